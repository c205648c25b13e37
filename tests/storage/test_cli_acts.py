"""The life of a session by command: ask, hold, change, answer, cancel, restore, and what each refusal says."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.forked import ForkedShell
from tests.support.shell import Shell

OPERATOR, LECTURER, CHIEF = "hanoi@example.org", "sato@example.org", "hana@example.org"


@pytest.fixture(scope="module")
def furnished(sqlite_network: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the real network, an operator of Hanoi, a lecturer and a coordinator."""
    folder = tmp_path_factory.mktemp("furnished")
    shutil.copy(sqlite_network, folder / "jicanet.db")
    shell = ForkedShell(folder)
    shell.json("users", "add", OPERATOR, "--name", "Linh", "--role", "operator", "--station", "VNM-HAN")
    shell.json("users", "add", LECTURER, "--name", "Sato", "--role", "lecturer")
    shell.json("users", "add", CHIEF, "--name", "Hana", "--role", "coordinator")
    return folder


@pytest.fixture
def shell(furnished: Path, tmp_path: Path) -> Shell:
    shutil.copy(furnished / "jicanet.db", tmp_path / "jicanet.db")
    return ForkedShell(tmp_path)


def book(*more: str, day: str = "2027-03-10") -> tuple[str, ...]:
    return (
        *("book", "--title", "Kaizen", "--host", "JPN-TIC", "--stations", "KEN-NBO,VNM-HAN"),
        *("--start", f"{day}T15:00", "--minutes", "90", *more),
    )


def booked(shell: Shell, *more: str, day: str = "2027-03-10") -> str:
    ref: str = shell.json(*book(*more, day=day))["ref"]
    return ref


def test_book_takes_who_else_takes_part_and_how(shell: Shell) -> None:
    session = shell.json(
        *book("--interpretation", "ja-en", "--recording", "--quorum", "2"),
        *("--person", "lecturer:Sato@Example.org:Dr Sato: agronomist;zone=Asia/Tokyo;language=ja"),
        *("--person", "moderator:mori@example.org:Ms Mori"),
        *("--guest", "it@moh.example:Ministry: Health:Nairobi:Africa/Nairobi;contact=Ms A;required"),
        *("--guest", "lab@uon.example:University:Nairobi:Africa/Nairobi; telephone=+254 20 1; role=sending"),
    )
    assert (session["interpretation"], session["recording"], session["quorum"]) == ("ja-en", True, 2)
    assert session["people"] == [
        {
            "role": "lecturer",
            "name": "Dr Sato: agronomist",
            "email": "sato@example.org",
            "zone": "Asia/Tokyo",
            "language": "ja",
        },
        {
            "role": "moderator",
            "name": "Ms Mori",
            "email": "mori@example.org",
            "zone": "Asia/Tokyo",
            "language": None,
        },
    ]
    ministry, university = session["guest_sites"]
    assert (ministry["organisation"], ministry["contact"], ministry["required"]) == (
        "Ministry: Health",
        "Ms A",
        True,
    )
    assert (university["telephone"], university["role"], university["required"]) == (
        "+254 20 1",
        "sending",
        False,
    )


@pytest.mark.parametrize(
    ("words", "pointer", "code"),
    [
        (("--person", "boss:a@example.org:A"), "/people/0/role", "not_a_choice"),
        (("--person", "lecturer:a@example.org"), "/people/0/name", "missing"),
        (("--person", "lecturer:a@example.org:A;colour=red"), "/people/0/colour", "unknown_field"),
        (("--person", "lecturer:nobody:A"), "/people/0/email", "bad_address"),
        (("--person", "lecturer:a@example.org:A;zone=Mars"), "/people/0/zone", "unknown_zone"),
        (("--guest", "a@example.org:Lab"), "/guest_sites/0/city", "missing"),
        (
            ("--guest", "a@example.org:Lab:Nairobi:Africa/Nairobi;role=boss"),
            "/guest_sites/0/role",
            "not_a_choice",
        ),
        (("--hold-until", "tomorrow", "--status", "hold"), "/hold_until", "bad_instant"),
        (("--quorum", "0"), "/quorum", "too_small"),
    ],
)
def test_book_refuses_who_else_takes_part_as_the_api_does(
    shell: Shell, words: tuple[str, ...], pointer: str, code: str
) -> None:
    problem = shell.json(*book(*words), status=1)
    assert (pointer, code) in [(each["pointer"], each["code"]) for each in problem["errors"]]


def test_one_address_twice_is_refused(shell: Shell) -> None:
    twice = ("--person", "lecturer:a@example.org:A", "--person", "moderator:A@example.org:A")
    assert shell.json(*book(*twice), status=1)["code"] == "doubled_person"


def test_a_request_is_asked_for_listed_refused_or_approved(shell: Shell) -> None:
    asked = shell.json(*book(), "--as", LECTURER)
    assert asked["status"] == "requested"
    listed = shell.json("sessions", "list", "--status", "requested")["items"]
    assert [item["ref"] for item in listed] == [asked["ref"]]
    assert (
        shell.json("sessions", "confirm", asked["ref"], "--as", LECTURER, status=1)["code"] == "not_permitted"
    )
    assert shell.json("sessions", "confirm", asked["ref"], "--as", CHIEF)["status"] == "confirmed"
    assert shell.json("sessions", "list", "--status", "requested")["items"] == []
    other = shell.json(*book(day="2027-03-11"), "--as", LECTURER)["ref"]
    assert shell.json("sessions", "refuse", other, "--reason", "  ", status=1)["code"] == "text_empty"
    refused = shell.json("sessions", "refuse", other, "--reason", "No room")
    assert (refused["status"], refused["ending"]) == ("cancelled", {"code": "refused", "reason": "No room"})
    assert (
        shell.json("sessions", "refuse", asked["ref"], "--reason", "Late", status=1)["code"] == "wrong_status"
    )


def test_a_hold_is_kept_prolonged_and_confirmed(shell: Shell) -> None:
    held = shell.json(*book("--status", "hold"))
    assert held["status"] == "hold"
    told = shell.run("sessions", "show", held["ref"]).stdout
    assert "On hold until" in told
    until = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    prolonged = shell.json("sessions", "change", held["ref"], "--hold-until", f"{until:%Y-%m-%dT%H:%M:%SZ}")
    assert datetime.fromisoformat(prolonged["hold_until"]) == until
    assert shell.json("sessions", "confirm", held["ref"])["hold_until"] is None


def test_a_session_is_changed_as_it_was_read(shell: Shell) -> None:
    ref = booked(shell, "--zone", "Africa/Nairobi")
    moved = shell.json("sessions", "change", ref, "--start", "2027-03-11T10:00", "--minutes", "120")
    assert moved["start"] == {"local": "2027-03-11T10:00", "zone": "Africa/Nairobi", "fold": 0}
    assert (moved["minutes"], moved["sequence"], moved["revision"]) == (120, 1, 2)
    stale = shell.json("sessions", "change", ref, "--title", "Late", "--revision", "1", status=1)
    assert (stale["status"], stale["code"]) == (412, "outdated")
    judged = shell.json("sessions", "change", ref, "--title", "Checked", "--revision", "2", "--check")
    assert {notice["sequence"] for notice in judged["notices"]} == {1}
    assert shell.json("sessions", "show", ref) == moved
    without = shell.json(
        *("sessions", "change", ref, "--stations", "JPN-TIC,VNM-HAN", "--clear", "quorum", "--recording")
    )
    assert [each["station"] for each in without["seats"]] == ["JPN-TIC", "VNM-HAN"]
    assert without["recording"] is True


@pytest.mark.parametrize(
    ("words", "pointer", "code"),
    [
        (("--clear", "title"), "/title", "field_needed"),
        (("--clear", "status"), "/status", "read_only_field"),
        (("--clear", "colour"), "/colour", "unknown_field"),
        (("--minutes", "100000"), "/minutes", "minutes_out_of_range"),
        (("--start", "2027-03-10 15:00"), "/start/local", "bad_local_time"),
        (("--start", "2027-03-10T15:00", "--zone", "GMT+3"), "/start/zone", "unknown_zone"),
        (("--stations", "NOPE"), "/stations/0", "unknown_station"),
    ],
)
def test_a_change_is_refused_as_the_api_does(
    shell: Shell, words: tuple[str, ...], pointer: str, code: str
) -> None:
    ref = booked(shell)
    problem = shell.json("sessions", "change", ref, *words, status=1)
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    "words",
    [
        ("change", "JN-2027-000001"),
        ("change", "JN-2027-000001", "--zone", "Asia/Tokyo"),
        ("change", "JN-2027-000001", "--quorum", "2", "--clear", "quorum"),
        ("cancel", "JN-2027-000001"),
        ("message", "JN-2027-000001"),
        ("answer", "JN-2027-000001", "VNM-HAN", "perhaps"),
        ("list", "--status", "perhaps"),
    ],
)
def test_wrong_usage_ends_with_status_2(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell.run("sessions", *words, status=2).stdout == ""


def test_a_station_answers_by_its_own_people(shell: Shell) -> None:
    ref = booked(shell)
    mine = ("sessions", "answer", ref, "VNM-HAN")
    accepted = shell.json(*mine, "accepted", "--comment", "With 12 people", "--as", OPERATOR)
    [seat] = [each for each in accepted["seats"] if each["station"] == "VNM-HAN"]
    assert (seat["answer"], seat["words"], seat["answered_via"]) == ("accepted", "With 12 people", "api")
    assert shell.json(*mine, "accepted", "--comment", "With 12 people", "--as", OPERATOR) == accepted
    other = shell.json("sessions", "answer", ref, "KEN-NBO", "declined", "--as", OPERATOR, status=1)
    assert other["code"] == "not_permitted"
    assert shell.json("sessions", "answer", ref, "PER-LIM", "accepted", status=1)["code"] == "unknown_seat"
    told = shell.run(*mine, "declined", "--as", OPERATOR).stdout
    assert "declined" in told


def test_a_session_is_cancelled_restored_and_written_about(shell: Shell) -> None:
    ref = booked(shell)
    assert shell.json("sessions", "message", ref, "--text", "Bring the forms", "--key", "m1") == {
        "recipients": 3
    }
    assert shell.json("sessions", "message", ref, "--text", "Bring the forms", "--key", "m1") == {
        "recipients": 3
    }
    cancelled = shell.json("sessions", "cancel", ref, "--reason", "The lecturer is ill")
    assert (cancelled["status"], cancelled["sequence"]) == ("cancelled", 1)
    assert shell.json("sessions", "message", ref, "--text", "Sorry", status=1)["code"] == "wrong_status"
    assert "Ended: cancelled: The lecturer is ill" in shell.run("sessions", "show", ref).stdout
    rival = booked(shell)
    clash = shell.json("sessions", "restore", ref, status=1)
    assert (clash["status"], clash["code"]) == (409, "station_busy")
    assert clash["conflicts"][0]["ref"] == rival
    told = shell.run("sessions", "restore", ref, status=1)
    assert (told.stdout, rival in told.stderr) == ("", True)
    shell.json("sessions", "cancel", rival, "--reason", "Not needed")
    assert shell.json("sessions", "restore", ref)["status"] == "confirmed"


def test_the_ledger_tells_every_notice_and_answer(shell: Shell) -> None:
    ref = booked(shell)
    shell.json("sessions", "answer", ref, "VNM-HAN", "accepted", "--as", OPERATOR)
    shell.json("sessions", "cancel", ref, "--reason", "The lecturer\nis ill")
    found = shell.json("sessions", "ledger", ref)
    assert found["next"] is None
    whats = [line["what"] for line in found["items"]]
    assert whats.count("REQUEST") == whats.count("CANCEL") == 3
    assert {"session-booked", "accepted", "session-cancelled"} <= set(whats)
    told = shell.run("sessions", "ledger", ref).stdout
    assert "The lecturer is ill" in told
    assert OPERATOR in told
    assert "stations.invalid" not in json.dumps(found)
    assert shell.json("sessions", "ledger", ref, "--as", OPERATOR, status=1)["code"] == "not_permitted"


def test_acts_tell_a_person_how_the_session_then_is(shell: Shell) -> None:
    told = shell.run(*book("--station", "THA-BKK:required", "--person", "lecturer:a@example.org:Dr A")).stdout
    assert told.startswith("Booked JN-")
    ref = told.split()[1].rstrip(".")
    assert "Dr A" in told
    lost = shell.run("sessions", "answer", ref, "THA-BKK", "declined").stdout
    assert "needs-attention" in lost
    assert "Attention: required seat lost THA-BKK" in lost
    known = shell.run("sessions", "confirm", ref).stdout
    assert "Attention: required seat lost THA-BKK (acknowledged)" in known
    checked = shell.run("sessions", "change", ref, "--minutes", "60", "--check").stdout
    assert "REQUEST to KEN-NBO: Moved: " in checked
    assert "It can stand. Nothing was stored." in checked
