"""The forms of pages that act on a session, and what a form means as a change."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from jicanet.scheduler.domain.model import SeatRequest
from jicanet.scheduler.domain.patching import Patch, request_of
from jicanet.scheduler.domain.record import GuestRecord, PersonRecord, SeatRecord, StoredSession
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import ANY, Match
from jicanet.web.models import Form, Query

_MOST = 10**9


class ActForm(Form):
    """An act on a session. `revision` is the one that the page showed: a page that is behind is told so."""

    revision: int | None = Field(default=None, ge=0, le=_MOST)

    @property
    def match(self) -> Match:
        """Return which revisions the act is meant for."""
        return ANY if self.revision is None else Match(frozenset({self.revision}))


class NothingForm(Form):
    """A button alone."""


class WordsForm(ActForm):
    """An act with a reason in words."""

    words: str = ""


class MessageForm(Form):
    """A message to all. `once` is the page's own: a second press sends nothing more."""

    words: str = ""
    once: str = Field(default="", max_length=80)


class PartForm(ActForm):
    """An act on one part: a station by its code, guests and people by number."""

    part: str = Field(default="", max_length=40)


class AddForm(PartForm):
    """Adding a station. `seen` names the warnings that the page showed."""

    seen: str = Field(default="", max_length=40)


class SeatForm(PartForm):
    """An answer for a part of a session."""

    answer: Answer
    words: str = ""


class LinkForm(Form):
    """The answer of whoever holds a secret address."""

    answer: Literal["accepted", "tentative", "declined"]
    words: str = ""


class LinkQuery(Query):
    """Which answer a mail's button chose. Looking changes nothing."""

    answer: str = Field(default="", max_length=40)


class PartQuery(Query):
    """Which part a page is about."""

    part: str = Field(default="", max_length=40)


class MomentQuery(Query):
    """What a session's page shows besides: the act just done, by its revision, and the whole ledger."""

    done: str = Field(default="", max_length=20)
    history: str = Field(default="", max_length=10)


class LettersQuery(Query):
    """Which mails are shown: those that wait, or all; from which one on. `done` is the one just decided."""

    all: bool = False
    before: int | None = Field(default=None, ge=1, le=_MOST)
    done: int | None = Field(default=None, ge=1, le=_MOST)


def without(stored: StoredSession, part: SeatRecord | GuestRecord | PersonRecord) -> Patch:
    """Return the change that takes a part off the list."""
    request = request_of(stored)
    found: Mapping[str, tuple[Any, ...]]
    if isinstance(part, SeatRecord):
        codes = (code for code in stored.codes if code != part.station)
        found = {"stations": tuple(SeatRequest(station=code) for code in codes)}
    elif isinstance(part, GuestRecord):
        found = {"guest_sites": tuple(each for each in request.guest_sites if each.email != part.email)}
    else:
        found = {"people": tuple(each for each in request.people if each.email != part.email)}
    return found


def with_station(stored: StoredSession, code: str) -> Patch:
    """Return the change that adds a station, receiving and optional."""
    return {"stations": tuple(SeatRequest(station=each) for each in (*stored.codes, code))}
