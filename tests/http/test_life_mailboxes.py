"""A station's mailbox changes between two mails: by import, before and amid every act, on both databases."""

import csv
from datetime import UTC, datetime
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from jicanet.app import renderers
from jicanet.core.actor import CONSOLE
from jicanet.core.errors import Invalid
from jicanet.mail.delivery import deliver
from jicanet.scheduler.domain.words import Answer
from jicanet.scheduler.service import answer_by_token, answer_moment, follow_mailboxes
from jicanet.settings.model import CONFIG
from jicanet.stations import service as stations
from tests.support.desk import Desk, Mail, chief, seat_of
from tests.support.reference import Site

NEW = "nairobi@example.org"
OLD = "ken-nbo@stations.invalid"
RENDERERS = cache(renderers)


@pytest.fixture
def desk(site: Site) -> Desk:
    return chief(site)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


async def import_mailboxes(desk: Desk, folder: Path, **mailboxes: str) -> None:
    """Import the rows of these stations (KEN_NBO=...) with another mailbox."""
    wanted = {code.replace("_", "-"): mailbox for code, mailbox in mailboxes.items()}
    with (CONFIG / "network" / "stations.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [{**row, "mailbox": wanted[row["code"]]} for row in reader if row["code"] in wanted]
        columns = reader.fieldnames or []
    path = folder / "mailboxes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    await stations.import_network(desk.services, CONSOLE, path)


async def booked(desk: Desk, **more: Any) -> str:
    ref: str = (await desk.book(**more))["ref"]
    await desk.mails()
    return ref


async def test_the_old_mailbox_is_taken_out_and_the_new_one_invited(desk: Desk, folder: Path) -> None:
    ref = await booked(desk)
    await desk.reply(ref, "KEN-NBO", "accepted")
    before = await desk.get(ref)
    await import_mailboxes(desk, folder, KEN_NBO=f"  {NEW.upper()} ")
    assert await desk.mails() == []
    desk.clock.advance(minutes=5)
    assert await follow_mailboxes(desk.services) == 1
    assert await desk.mails() == [
        Mail("request", NEW, 1, "", "ACCEPTED"),
        Mail("cancel", "ken-nbo", 1, "removed"),
    ]
    after = await desk.get(ref)
    assert (after["sequence"], after["revision"]) == (1, before["revision"] + 1)
    assert seat_of(after, "KEN-NBO") == {
        **seat_of(before, "KEN-NBO"),
        # What was warned of is over.
        "warnings": [each for each in seat_of(before, "KEN-NBO")["warnings"] if each["code"] != "no_mailbox"],
    }
    rows = await desk.rows()
    assert (await follow_mailboxes(desk.services), await desk.rows()) == (0, rows)
    # The old secret address answers for nobody any more, the new one for the station.
    uid = await desk.uid(ref)
    assert (await answer_moment(desk.services, desk.token(uid, OLD))).keys == ()
    view = await answer_by_token(desk.services, desk.token(uid, NEW), Answer.DECLINED, "Moved")
    assert view.keys == ("KEN-NBO",)
    assert [mail.to for mail in await desk.mails() if mail.kind == "cancel"] == [NEW]
    lines = [(line["what"], line["sequence"], line["parts"]) for line in await desk.ledger(ref)]
    assert ("CANCEL", 1, ["KEN-NBO"]) in lines
    assert ("CANCEL", 2, ["KEN-NBO"]) in lines


async def test_each_mailbox_gets_its_own_letter(desk: Desk, folder: Path) -> None:
    ref = await booked(desk)
    await deliver(desk.services, RENDERERS(), worker="test")
    mailer: Any = desk.services.mailer
    mailer.sent.clear()
    await import_mailboxes(desk, folder, KEN_NBO=NEW)
    await follow_mailboxes(desk.services)
    await deliver(desk.services, RENDERERS(), worker="test")
    letters = {to: message_from_bytes(content, policy=policy.default) for _, to, content in mailer.sent}
    assert {*letters} == {NEW, OLD}
    calendars = {
        to: next(part for part in letter.walk() if part.get_content_type() == "text/calendar").get_content()
        for to, letter in letters.items()
    }
    assert "METHOD:REQUEST" in calendars[NEW]
    assert "METHOD:CANCEL" in calendars[OLD]
    assert "STATUS:CANCELLED" not in calendars[OLD]
    assert OLD not in calendars[NEW].replace("\r\n ", "")
    assert NEW not in calendars[OLD].replace("\r\n ", "")
    assert str(letters[OLD]["Subject"]).startswith("Removed: ")
    assert ref in str(letters[NEW]["Subject"])


async def test_any_change_meanwhile_tells_the_mailbox_of_now(desk: Desk, folder: Path) -> None:
    ref = await booked(desk)
    await import_mailboxes(desk, folder, KEN_NBO=NEW)
    moved = await desk.changed(ref, minutes=60)
    assert await desk.mails() == [
        Mail("request", "jpn-tic", 1, "moved", "NEEDS-ACTION"),
        Mail("request", NEW, 1, "", "NEEDS-ACTION"),
        Mail("request", "lka-cmb", 1, "moved", "NEEDS-ACTION"),
        Mail("cancel", "ken-nbo", 1, "removed"),
    ]
    assert moved["sequence"] == 1
    assert await follow_mailboxes(desk.services) == 0


async def test_a_check_foretells_the_mailbox_of_now(desk: Desk, folder: Path) -> None:
    ref = await booked(desk)
    await import_mailboxes(desk, folder, KEN_NBO=NEW)
    judged = await desk.check(ref, {"department": "Training"})
    await desk.changed(ref, department="Training")
    mails = await desk.mails()
    assert [(mail.kind, mail.to) for mail in mails] == [("request", NEW), ("cancel", "ken-nbo")]
    assert [(note["recipient"], note["method"]) for note in judged.body["notices"]] == [
        (["KEN-NBO"], "REQUEST"),
        (["KEN-NBO"], "CANCEL"),
    ]


async def test_who_left_or_is_over_is_not_told_of_another_mailbox(desk: Desk, folder: Path) -> None:
    declined = await booked(desk)
    await desk.reply(declined, "KEN-NBO", "declined")
    cancelled = await booked(desk, start={"local": "2026-12-10T15:00", "zone": "Asia/Tokyo"})
    await desk.done(cancelled, "cancel", reason="No need")
    await booked(desk, start={"local": "2026-12-11T15:00", "zone": "Asia/Tokyo"}, status="hold")
    await booked(desk, start={"local": "2026-12-12T15:00", "zone": "Asia/Tokyo"}, status="requested")
    await booked(desk, start={"local": "2026-12-02T15:00", "zone": "Asia/Tokyo"})
    desk.clock.instant = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
    await import_mailboxes(desk, folder, KEN_NBO=NEW)
    await desk.mails()
    assert (await follow_mailboxes(desk.services), await desk.mails()) == (0, [])
    # Restored, it is the new mailbox that is told.
    await desk.done(cancelled, "restore")
    assert [(mail.to, mail.news) for mail in await desk.mails()] == [
        ("jpn-tic", "restored"),
        (NEW, ""),
        ("lka-cmb", "restored"),
    ]


async def test_whoever_was_told_hears_of_the_end_though_the_mailbox_has_changed(
    desk: Desk, folder: Path
) -> None:
    ref = await booked(desk)
    await import_mailboxes(desk, folder, KEN_NBO=NEW)
    await desk.done(ref, "cancel", reason="No need")
    assert await desk.mails() == [
        Mail("cancel", to, 1, "cancelled", "whole") for to in ("jpn-tic", "lka-cmb", "ken-nbo")
    ]


async def test_two_stations_exchange_share_and_part_their_mailboxes(desk: Desk, folder: Path) -> None:
    ref = await booked(desk)
    await desk.reply(ref, "KEN-NBO", "accepted")
    await import_mailboxes(desk, folder, KEN_NBO="lka-cmb@stations.invalid", LKA_CMB=OLD)
    assert await follow_mailboxes(desk.services) == 1
    # Each was told of another's part: the answer is the station's, not the mailbox's.
    assert await desk.mails() == [
        Mail("request", "lka-cmb", 0, "changed", "ACCEPTED"),
        Mail("request", "ken-nbo", 0, "changed", "NEEDS-ACTION"),
    ]
    await import_mailboxes(desk, folder, KEN_NBO=NEW, LKA_CMB=NEW)
    assert await follow_mailboxes(desk.services) == 1
    assert await desk.mails() == [
        Mail("request", NEW, 1, "", "NEEDS-ACTION"),
        Mail("cancel", "ken-nbo", 1, "removed"),
        Mail("cancel", "lka-cmb", 1, "removed"),
    ]
    uid = await desk.uid(ref)
    view = await answer_by_token(desk.services, desk.token(uid, NEW), Answer.ACCEPTED, "")
    assert view.keys == ("KEN-NBO", "LKA-CMB")
    await import_mailboxes(desk, folder, KEN_NBO=OLD, LKA_CMB=NEW)
    assert await follow_mailboxes(desk.services) == 1
    assert {mail.to: (mail.kind, mail.as_) for mail in await desk.mails()} == {
        "ken-nbo": ("request", "ACCEPTED"),
        NEW: ("request", "ACCEPTED"),
    }


@pytest.mark.parametrize("network_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "mailbox",
    ["a@example.org\r\nBcc: x@example.org", "a@example.org\nb@example.org", "a b@example.org", "nobody", "a@b@c",
     "a@example.org,b@example.org", "x" * 300 + "@example.org", "a\x00@example.org"],
    ids=["crlf", "lf", "space", "no_sign", "two_signs", "two_addresses", "long", "nul"],
)  # fmt: skip
async def test_a_mailbox_that_is_none_is_refused_with_its_line_and_nobody_is_told(
    desk: Desk, folder: Path, mailbox: str
) -> None:
    ref = await booked(desk)
    before, rows = await desk.get(ref), await desk.rows()
    with pytest.raises(Invalid) as refused:
        await import_mailboxes(desk, folder, LKA_CMB="colombo@example.org", KEN_NBO=mailbox)
    assert "mailbox" in str([(error.pointer, str(error.detail)) for error in refused.value.errors])
    assert (await follow_mailboxes(desk.services), await desk.mails()) == (0, [])
    assert (await desk.get(ref), await desk.rows()) == (before, rows)
