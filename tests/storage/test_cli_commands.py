"""The commands as a person or a script runs them: processes of their own on a real database."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.forked import ForkedShell
from tests.support.shell import Shell


@pytest.fixture
def shell(sqlite_network: Path, tmp_path: Path) -> Shell:
    """A shell over the real network and library, as `jicanet init` leaves them."""
    shutil.copy(sqlite_network, tmp_path / "jicanet.db")
    return ForkedShell(tmp_path)


BOOKING = {
    "--title": "Kaizen",
    "--host": "JPN-TIC",
    "--stations": "KEN-NBO,THA-BKK",
    "--start": "2027-03-10T15:00",
    "--zone": "Asia/Tokyo",
    "--minutes": "90",
    "--materials": "JN-M001",
}


def book(**changes: str) -> list[str]:
    options: Mapping[str, str] = {**BOOKING, **{f"--{name}": value for name, value in changes.items()}}
    return ["book", *(word for option in options.items() for word in option)]


def test_a_session_is_booked_listed_shown_and_a_rival_refused(shell: Shell) -> None:
    assert shell.json(*book(), "--check")["conflicts"] == []
    booked = shell.json(*book())
    assert booked["starts_at"] == "2027-03-10T06:00:00Z"
    refused = shell.json(*book(title="Rival"), status=1)
    assert (refused["status"], refused["code"]) == (409, "station_busy")
    told = shell.run(*book(title="Rival"), status=1)
    assert told.stdout == ""
    assert booked["ref"] in told.stderr
    listed = shell.json("sessions", "list", "--from", "2027-03-10", "--to", "2027-03-11")
    assert [item["ref"] for item in listed["items"]] == [booked["ref"]]
    assert shell.json("sessions", "show", booked["ref"]) == booked


def test_wrong_input_is_refused_with_status_1_and_wrong_usage_with_2(shell: Shell) -> None:
    problem = shell.json(*book(zone="GMT+3"), status=1)
    assert problem["errors"][0]["pointer"] == "/start/zone"
    assert shell.json(*book(), "--as", "nobody@example.org", status=1)["code"] == "unknown_user"
    assert "Missing option" in shell.run("book", status=2).stderr
    assert (
        "invalid"
        in shell.run(
            "users", "add", "a@example.org", "--name", "A", "--role", "king", status=2
        ).stderr.lower()
    )


FULL = (
    *("--title", "Kaizen", "--host", "JPN-TIC", "--start", "2027-03-10T15:00", "--minutes", "90"),
    *("--stations", "KEN-NBO", "--station", "THA-BKK:sending:required", "--station", "JPN-TIC:receiving"),
    *("--setup-minutes", "15", "--teardown-minutes", "10", "--kind", "seminar", "--visibility", "public"),
    *("--purpose", "Line one", "--department", "Training", "--language", "en", "--language", "pt-BR"),
    *("--scheme", "kccp", "--country", "VN", "--country", "KE", "--agency", "Ministry", "--stage", "5"),
    *("--materials", "JN-M001", "--material", "JN-M002:shown:5-35", "--material", "JN-M003:handout"),
    *("--join-url", "https://meet.example/1", "--join-sip", "1@bridge.example"),
    *("--join-h323", "bridge.example##1", "--join-pin", "4071", "--key", "kaizen-1"),
)


def test_book_takes_every_field_of_post_and_a_key(shell: Shell) -> None:
    booked = shell.json("book", *FULL)
    assert {each["code"]: (each["role"], each["required"]) for each in booked["stations"]} == {
        "JPN-TIC": ("receiving", True),
        "KEN-NBO": ("receiving", False),
        "THA-BKK": ("sending", True),
    }
    assert booked["programme"] == {
        "scheme": "kccp",
        "countries": ["VN", "KE"],
        "agency": "Ministry",
        "stage": 5,
    }
    assert booked["join"] == {
        "url": "https://meet.example/1",
        "sip": "1@bridge.example",
        "h323": "bridge.example##1",
        "pin": "4071",
    }
    assert booked["languages"] == ["en", "pt-BR"]
    assert [(each["material"], each["kind"], each["start"], each["end"]) for each in booked["materials"]] == [
        ("JN-M001", "pre-viewing", None, None),
        ("JN-M002", "shown", 5, 35),
        ("JN-M003", "handout", None, None),
    ]
    assert shell.json("book", *FULL) == booked
    assert shell.json(*book(), "--key", "kaizen-1", status=1)["code"] == "idempotency_key_reused"
    assert shell.json(*book(), "--key", "two words", status=1)["code"] == "bad_idempotency_key"


@pytest.mark.parametrize(
    ("words", "pointer", "code"),
    [
        (("--station", "THA-BKK:leading"), "/stations/2/role", "not_a_choice"),
        (("--station", "THA-BKK:required:optional"), "/stations/2/role", "not_a_choice"),
        (("--material", "JN-M002:shown:soon"), "/materials/1/start", "bad_local_time"),
        (("--stage", "5"), "/programme/scheme", "missing"),
    ],
)
def test_book_refuses_as_the_api_does(shell: Shell, words: tuple[str, str], pointer: str, code: str) -> None:
    problem = shell.json(*book(), *words, status=1)
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [(pointer, code)]


def test_sessions_are_told_with_weekdays_and_paged(shell: Shell) -> None:
    refs = [shell.json(*book(start=f"2027-03-{day}T15:00"))["ref"] for day in (10, 11)]
    first = shell.json("sessions", "list", "--limit", "1")
    second = shell.json("sessions", "list", "--limit", "1", "--after", first["next"])
    assert [[item["ref"] for item in page["items"]] for page in (first, second)] == [[refs[0]], [refs[1]]]
    assert second["next"] is None
    told = shell.run("sessions", "list", "--limit", "1").stdout
    assert "Wed 2027-03-10 15:00 Asia/Tokyo" in told
    assert f"There are more: add --after {first['next']}" in told
    shown = shell.run("sessions", "show", refs[1]).stdout
    assert "Thu 2027-03-11 15:00 Asia/Tokyo, 90 minutes" in shown
    assert "Thu 2027-03-11 09:00-10:30" in shown


@pytest.mark.parametrize(
    ("words", "pointer", "code"),
    [
        (("--q", "x" * 201), "q", "too_long"),
        (("--station", "x" * 21), "station", "too_long"),
        (("--station", "XXX"), "station", "unknown_station"),
        (("--to", "soon"), "to", "bad_range"),
        (("--to", "1" * 41), "to", "too_long"),
        (("--limit", "0"), "limit", "too_small"),
        (("--after", "x"), "after", "bad_cursor"),
    ],
)
def test_a_list_is_refused_in_words(shell: Shell, words: tuple[str, str], pointer: str, code: str) -> None:
    problem = shell.json("sessions", "list", *words, status=1)
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [(pointer, code)]
    assert "Traceback" not in shell.run("sessions", "list", *words, status=1).stderr


def test_a_user_is_not_assigned_to_a_station_that_is_none(shell: Shell) -> None:
    words = ("users", "add", "a@example.org", "--name", "A", "--station", "VNM-HAN", "--station", "NOPE")
    assert shell.json(*words, status=1)["code"] == "unknown_station"
    assert "a@example.org" not in [user["email"] for user in shell.json("users", "list")["items"]]


def test_network_is_listed_shown_exported_and_imported_unchanged(shell: Shell, tmp_path: Path) -> None:
    listed = shell.json("stations", "list")["items"]
    assert len(listed) == 78
    assert len({item["country"] for item in listed}) == 61
    assert shell.json("stations", "show", "VNM-HAN")["zone"] == "Asia/Ho_Chi_Minh"
    assert shell.json("stations", "show", "XXX", status=1)["code"] == "unknown_station"
    exported = tmp_path / "stations.csv"
    exported.write_text(shell.run("stations", "export").stdout, encoding="utf-8")
    report = shell.json("stations", "import", str(exported))
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 78)


def test_bad_row_is_named_and_nothing_is_loaded(shell: Shell, tmp_path: Path) -> None:
    good = shell.run("stations", "export").stdout
    changed = good.replace("JICA Kenya Office", "Renamed").replace("Asia/Ho_Chi_Minh", "Asia/Tokyo")
    path = tmp_path / "stations.csv"
    path.write_text(changed, encoding="utf-8")
    problem = shell.json("stations", "import", str(path), status=1)
    line = next(at for at, text in enumerate(good.splitlines(), 1) if text.startswith("VNM-HAN"))
    (refused,) = problem["refused"]
    assert (refused["file"], refused["line"], refused["column"]) == ("stations.csv", line, "timezone")
    assert refused["value"] == "Asia/Tokyo"
    assert shell.json("stations", "show", "KEN-NBO")["name"]["en"] == "JICA Kenya Office"


def test_library_is_searched_in_both_languages(shell: Shell, tmp_path: Path) -> None:
    for words, code in (("ヒロシマ", "JN-M001"), ("Hiroshima", "JN-M001"), ("母子手帳", "JN-M002")):
        assert code in [item["code"] for item in shell.json("catalog", "search", words)["items"]]
    exported = tmp_path / "materials.csv"
    exported.write_text(shell.run("catalog", "export").stdout, encoding="utf-8")
    report = shell.json("catalog", "import", str(exported), "--dry-run")
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 59)


def test_tokens_are_shown_once_listed_and_revoked(shell: Shell) -> None:
    shell.json(
        "users", "add", "hanoi@example.org", "--name", "Hanoi", "--role", "operator", "--station", "VNM-HAN"
    )
    assert "hanoi@example.org" in [user["email"] for user in shell.json("users", "list")["items"]]
    token = shell.json("token", "create", "--user", "hanoi@example.org", "--scope", "sessions:read")["token"]
    assert token.startswith("jnt_")
    listed = shell.json("token", "list", "--user", "hanoi@example.org")["items"]
    assert [each["revoked"] for each in listed] == [False]
    assert token not in json.dumps(listed)
    assert shell.json("token", "revoke", str(listed[0]["id"]))["changed"] is True
    assert shell.json("token", "revoke", str(listed[0]["id"]))["changed"] is False


@pytest.mark.usefixtures("shell")
def test_production_does_not_start_without_mail_server_and_key(tmp_path: Path) -> None:
    bare = Shell(tmp_path, JICANET_MODE="production")
    for command in ("serve", "worker"):
        told = bare.run(command, status=2).stderr
        assert "JICANET_SMTP_HOST" in told
    with_mail = Shell(tmp_path, JICANET_MODE="production", JICANET_SMTP_HOST="127.0.0.1")
    assert "JICANET_SECRET_KEY" in with_mail.run("serve", status=2).stderr
    # Other commands run in any mode and only owe mail.
    assert bare.json(*book())["status"] == "confirmed"


def test_database_without_schema_is_named_with_the_remedy(tmp_path: Path) -> None:
    empty = Shell(tmp_path)
    assert "jicanet init" in empty.run("serve", status=2).stderr
    assert empty.json("sessions", "list", status=1)["code"] == "schema_not_current"


def test_wrong_setting_is_named(tmp_path: Path) -> None:
    told = Shell(tmp_path, JICANET_HORIZON_DAYS="soon").run("sessions", "list", status=2).stderr
    assert "JICANET_HORIZON_DAYS" in told
    assert "soon" in told
