"""Identifiers that count, so that equal runs give equal bytes."""

from itertools import count


class CountingIds:
    """Names uid-1, uid-2, ... and secrets of the real length."""

    def __init__(self) -> None:
        self._uids, self._secrets = count(1), count(1)

    def uid(self) -> str:
        return f"00000000-0000-4000-8000-{next(self._uids):012}"

    def secret(self) -> str:
        return f"secret{next(self._secrets):037}"
