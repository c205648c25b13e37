"""The process that reads one mail of a stranger: started by `inbound` for this mail alone, and then gone.

It says "ready", takes one line of JSON (the job) and the mail, and answers with one line of JSON. From
the job on it has so much memory and time, and the system ends it where it goes beyond. It has no
environment, so no secrets, and can write to no file.
"""

import json
import resource
import signal
import sys
import time
from math import ceil

from jicanet.mail.dissect import Job, findings

READY = b"ready\n"
_CLOCK_SECONDS = 5  # over the limit: by then whoever started it has ended it, or is no more


def main() -> None:
    """Read the mail on standard input and write what it says to standard output."""
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    given = json.loads(sys.stdin.buffer.readline())
    confine(memory_bytes=given["memory_bytes"], seconds=given["seconds"])
    found = findings(sys.stdin.buffer.read(), Job(**given["job"]))
    sys.stdout.buffer.write(json.dumps(found).encode() + b"\n")


def confine(*, memory_bytes: int, seconds: float) -> None:
    """Limit this process from now on: address space, processor time, time on the clock, no files, no core."""
    sys.dont_write_bytecode = True  # a codec may still be imported
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # The system's own end of a process needs no code of ours to run; who is ignored is inherited.
    for number in (signal.SIGPROF, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    # The limit counts whole seconds since the start; the timer is exact.
    used = ceil(time.process_time() + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (used, used))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds + _CLOCK_SECONDS)


if __name__ == "__main__":
    main()
