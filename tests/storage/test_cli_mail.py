"""A mail system hands messages to `jicanet mail ingest`: each is stored once, and only proven answers count."""

import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jicanet.scheduler.domain.tokens import organiser_token
from tests.support.forked import ForkedShell
from tests.support.inbound import REPLY, crlf

KEY = "k" * 43


@dataclass(frozen=True)
class Booked:
    """A session, and one station's own address for answers."""

    shell: ForkedShell
    ref: str
    uid: str
    address: str
    organiser: str

    def mail(self, **changes: str) -> bytes:
        """Return a REPLY as the station's own program sends it, but for `changes`."""
        told = {"sender": self.address, "answer": "ACCEPTED", "stamp": "20990101T090000Z", **changes}
        lines = {
            "UID:": self.uid,
            "DTSTAMP:": told["stamp"],
            "SEQUENCE:": "0",
            "ORGANIZER:": f"mailto:{self.organiser}",
            "ATTENDEE;PARTSTAT=ACCEPTED:": None,
        }
        calendar = []
        for line in REPLY.splitlines():
            name = next((name for name in lines if line.startswith(name)), None)
            if name is None:
                calendar.append(line)
            elif name.startswith("ATTENDEE"):
                calendar.append(f"ATTENDEE;PARTSTAT={told['answer']}:mailto:{self.address}")
            else:
                calendar.append(f"{name}{lines[name]}")
        head = (
            f"From: {told['sender']}\nTo: {self.organiser}\nSubject: Accepted\nMIME-Version: 1.0\n"
            "Content-Type: text/calendar; method=REPLY; charset=utf-8\n\n"
        )
        return crlf(head + "\n".join(calendar) + "\n")

    def ingest(self, raw: bytes, *more: str) -> Any:
        return self.shell.json("mail", "ingest", *more, given=raw)

    def answer(self) -> str:
        seats = self.shell.json("sessions", "show", self.ref)["seats"]
        [seat] = [each for each in seats if each["station"] == "VNM-HAN"]
        return str(seat["answer"])


@pytest.fixture
def booked(sqlite_network: Path, tmp_path: Path) -> Booked:
    path = tmp_path / "jicanet.db"
    shutil.copy(sqlite_network, path)
    shell = ForkedShell(tmp_path, JICANET_SECRET_KEY=KEY)
    words = ("--title", "Kaizen", "--host", "JPN-TIC", "--stations", "VNM-HAN", "--minutes", "90")
    session = shell.json("book", *words, "--start", "2027-03-10T15:00")
    with sqlite3.connect(path) as db:
        [uid, address] = db.execute(
            "SELECT session.uid, recipient.address FROM session JOIN seat ON seat.session_id = session.id "
            "JOIN recipient ON recipient.id = seat.recipient_id WHERE seat.station = 'VNM-HAN'"
        ).fetchone()
    token = organiser_token(KEY.encode(), uid, address)
    return Booked(shell, session["ref"], uid, address, f"sessions+{token}@jicanet.invalid")


def test_a_proven_answer_counts_and_a_repeat_changes_nothing(booked: Booked) -> None:
    first = booked.ingest(booked.mail())
    assert (first["state"], first["reason"], first["ref"], first["new"]) == (
        "counted",
        None,
        booked.ref,
        True,
    )
    assert booked.answer() == "accepted"
    assert booked.ingest(booked.mail()) == {**first, "new": False}
    told = booked.shell.run("mail", "ingest", given=booked.mail()).stdout
    assert told == f"Mail {first['id']} for {booked.ref}: counted, as it was the first time.\n"


def test_a_forged_sender_waits_for_a_person(booked: Booked) -> None:
    done = booked.ingest(booked.mail(sender="somebody@example.org", answer="DECLINED"))
    assert (done["state"], done["reason"]) == ("unverified", "other_sender")
    assert booked.answer() == "needs-action"


def test_the_envelope_may_carry_the_proof(booked: Booked) -> None:
    without = booked.mail().replace(booked.organiser.encode(), b"sessions@jicanet.invalid")
    assert booked.ingest(without)["reason"] == "no_token"
    done = booked.ingest(without, "--recipient", booked.organiser)
    assert (done["state"], booked.answer()) == ("counted", "accepted")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no_calendar"),
        (b"From: a@example.org\r\nSubject: Hello\r\n\r\nSee you there.\r\n", "no_calendar"),
        (b"From: a@example.org\r\nSubject: Hello\r\n\r\n" + b"x" * 2_000_000, "too_large"),
        (bytes(range(256)) * 8, "no_calendar"),
    ],
    ids=["empty", "by hand", "large", "no mail at all"],
)
def test_whatever_comes_is_stored_and_said(booked: Booked, raw: bytes, reason: str) -> None:
    done = booked.ingest(raw)
    assert (done["state"], done["reason"], done["ref"], done["new"]) == ("unread", reason, None, True)
    assert booked.answer() == "needs-action"


def test_what_cannot_be_stored_now_is_handed_back(tmp_path: Path) -> None:
    shell = ForkedShell(tmp_path)
    refused = shell.json("mail", "ingest", given=b"From: a@example.org\n\n", status=os.EX_TEMPFAIL)
    assert refused["code"] == "schema_not_current"
