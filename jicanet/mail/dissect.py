"""What a mail of a stranger says: its sender, its token and the answer of its calendar.

Runs in the child (`reader`): nothing here may be trusted to end in time or to stay small. The headers
that matter are taken apart here, by a rule stricter than the standard's; the library's parser is asked
for the MIME parts only.
"""

import codecs
import re
from binascii import Error as CodingError
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from typing import Any

from jicanet.ical import clean
from jicanet.ical.replies import Reply, Unreadable, folded, parse_reply

_TEXTS = ("from_address", "subject", "message_id", "token", "reason", "words", "error")
MOST_SHOWN = 300  # characters of a subject or Message-ID
_MOST_VALUE = 2000  # a sender or subject longer than this is not looked at whole
_CALENDARS = ("text/calendar", "application/ics")
_TNEF = "application/ms-tnef"  # winmail.dat, which only Outlook reads

# An empty line, whichever way lines end; it may be the first.
_HEAD_END = re.compile(rb"(?:\A|\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))")
_LINE_END = re.compile("\r\n|\r|\n")
_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\([^()\\]*\)")
_NAMED = re.compile(r"[^@<>(),;:\\\"\[\]]*<([^<>]*)>")
_WORD = re.compile(r"[a-z-]+")
# What mail is written in; others, some of them slow or no text at all, are taken for UTF-8.
_CHARSETS = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp125\d|cp932|cp949|cp950|shift_jis|euc_(jp|kr)|iso2022_(jp|kr)|gb(k|2312|18030)|big5|koi8-[ru]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What the child is told besides the mail: `size` of the whole mail, and the limits in bytes."""

    domain: str
    size: int
    message_bytes: int
    header_bytes: int
    parts: int
    calendar_bytes: int


Fields = Mapping[str, Sequence[str]]


def findings(raw: bytes, job: Job) -> dict[str, Any]:
    """Return what the mail says as JSON can carry it; `raw` may be its beginning only, as `job.size` tells.

    Exactly one of `reply` and `reason` is filled, both for an automatic mail that carries an answer.
    """
    found: dict[str, Any] = dict.fromkeys(_TEXTS, "") | {"auto_submitted": False, "reply": None}
    try:
        _find(found, raw, job)
    except Unreadable as refused:
        found |= {"reason": refused.code, "words": refused.words}
    except RecursionError:
        found["reason"] = "too_many_parts"  # multiparts in multiparts, deeper than the parser goes
    except MemoryError:
        found["reason"] = "too_much_memory"
    except Exception as error:  # noqa: BLE001 - whatever a broken mail does to the parser, it is told in words
        found |= {"reason": "bad_mail", "error": type(error).__name__}
    if found["auto_submitted"] and (found["reply"] or found["reason"] == "no_calendar"):
        found["reason"] = "auto_submitted"
    return found


def _find(found: dict[str, Any], raw: bytes, job: Job) -> None:
    fields, whole = _fields(raw, job)
    found |= _about(fields, job.domain)
    if not whole:
        raise Unreadable("headers_too_large")
    if job.size > job.message_bytes:
        raise Unreadable("too_large")
    reply = _reply(raw, job)
    found["reply"] = {**asdict(reply), "dtstamp": reply.dtstamp.isoformat()}
    found["token"] = found["token"] or token_in(reply.organiser, job.domain)


def token_in(text: str, domain: str) -> str:
    """Return the token of the answer address that `text` holds, in lower case; "" for none or several."""
    address = rf"(?<![\w.+-])sessions\+([0-9a-f]{{32}})@{re.escape(domain)}(?![\w.-])"
    tokens = {found.lower() for found in re.findall(address, text, re.IGNORECASE | re.ASCII)}
    return tokens.pop() if len(tokens) == 1 else ""


def _fields(raw: bytes, job: Job) -> tuple[Fields, bool]:
    """Return the values of each header by its name in lower case, and whether these are all of them."""
    end = _HEAD_END.search(raw)
    head = raw[: end.start()] if end else raw
    whole = len(head) <= job.header_bytes
    lines = _LINE_END.split(head[: job.header_bytes].decode("utf-8", "replace"))
    joined: list[list[str]] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and joined:
            joined[-1].append(line)
        else:
            joined.append([line])
    if not whole:
        joined.pop()  # it is cut
    fields: dict[str, list[str]] = {}
    for parts in joined:
        if field := _FIELD.match("".join(parts)):
            fields.setdefault(field[1].lower(), []).append(field[2].strip())
    return fields, whole


def _about(fields: Fields, domain: str) -> dict[str, Any]:
    subjects, ids = fields.get("subject", ("",)), fields.get("message-id", ("",))
    return {
        "from_address": sender(fields.get("from", ())),
        "subject": _cut(_decoded(subjects[0][:_MOST_VALUE])),
        "message_id": _cut(ids[0][:_MOST_VALUE]),
        "auto_submitted": _is_automatic(fields),
        "token": token_in(", ".join(fields.get("to", ())), domain),
    }


def sender(values: Sequence[str]) -> str:
    """Return the one address of the one From header, folded; "" if programs could read it differently."""
    if len(values) != 1 or len(values[0]) > _MOST_VALUE:
        return ""
    # NUL stands in no address: what was quoted can only be part of a name.
    text = _COMMENT.sub(" ", _QUOTED.sub("\0", values[0])).strip()
    named = _NAMED.fullmatch(text)
    return folded(named[1] if named else text)


def _is_automatic(fields: Fields) -> bool:
    """Say whether no person sent it: RFC 3834 5, a report (RFC 6522), a null return path (RFC 5321 4.5.5)."""
    words = [_WORD.match(value.lower()) for value in fields.get("auto-submitted", ())]
    kinds = fields.get("content-type", ())
    return (
        any(word is None or word[0] != "no" for word in words)
        or any(value.replace(" ", "") == "<>" for value in fields.get("return-path", ()))
        or any(kind.lower().startswith("multipart/report") for kind in kinds)
    )


def _decoded(value: str) -> str:
    """Return a header's text, its encoded words (RFC 2047) read; what cannot be read stays as it is."""
    try:
        parts = decode_header(value)
    except (MessageError, CodingError, ValueError):
        return value
    return "".join(
        part if isinstance(part, str) else part.decode(_charset(name or "raw_unicode_escape"), "replace")
        for part, name in parts
    )


def _cut(value: str) -> str:
    line = clean.line(value)
    return line if len(line) <= MOST_SHOWN else line[: MOST_SHOWN - 1] + "…"


def _charset(name: str) -> str:
    # The library gives back what stood between encoded words in this form.
    if name == "raw_unicode_escape":
        return name
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return "utf-8"
    return known if _CHARSETS.fullmatch(known) else "utf-8"


def _reply(raw: bytes, job: Job) -> Reply:
    leaves = [(part.get_content_type(), part) for part in _leaves(message_from_bytes(raw), job)]
    # The attachment repeats what the body says, for programs that look there only.
    kind = next((kind for kind in _CALENDARS if kind in dict(leaves)), None)
    if kind is None:
        raise Unreadable("outlook_format" if _TNEF in dict(leaves) else "no_calendar")
    found = {(_calendar(part, job), _text(part, "method").upper()) for each, part in leaves if each == kind}
    if len({content for content, _ in found}) > 1:  # what was answered may stand beside the answer
        found = {(content, method) for content, method in found if method == "REPLY"} or found
    if len({content for content, _ in found}) > 1:
        raise Unreadable("two_calendars")
    content, method = max(found)  # of equal ones that which names its method
    return parse_reply(content, method=method)


def _leaves(mail: Message, job: Job) -> Iterator[Message]:
    """Yield the parts that are no container, in order, but those of mails inside the mail.

    A mail inside the mail was written by somebody else: a bounce brings our own invitation back.
    """
    count, size = 0, 0
    waiting = [(mail, True)]
    while waiting:
        part, is_own = waiting.pop()
        count += 1
        size += sum(len(name) + len(value) for name, value in part.raw_items())
        if count > job.parts:
            raise Unreadable("too_many_parts")
        if size > job.header_bytes:
            raise Unreadable("headers_too_large")
        if part.is_multipart():
            inner = [each for each in part.get_payload() if isinstance(each, Message)]
            is_own = is_own and part.get_content_maintype() == "multipart"
            waiting += [(each, is_own) for each in reversed(inner)]
        elif is_own:
            yield part


def _calendar(part: Message, job: Job) -> bytes:
    """Return the part's calendar in UTF-8."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise Unreadable("bad_mail")
    if len(content) > job.calendar_bytes:
        raise Unreadable("calendar_too_large")
    charset = _charset(_text(part, "charset") or "utf-8")
    if charset in {"utf-8", "ascii"}:
        return content
    try:
        return content.decode(charset).encode()
    except UnicodeDecodeError:
        return content  # it says what it is not


def _text(part: Message, name: str) -> str:
    value = part.get_param(name)
    return value.strip() if isinstance(value, str) else ""  # a split or coded one is none of ours
