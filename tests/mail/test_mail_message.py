"""The bytes of a mail: the same for the same letter, and nothing typed can add a header."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jicanet.mail.message import CalendarPart, Letter, compose, message_id, most_bytes
from jicanet.mail.reading import opened, subject_of

CREATED = datetime(2026, 12, 1, 3, 4, 5, tzinfo=UTC)
CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
LETTER = Letter(
    sender="sessions+00112233445566778899aabbccddeeff@jicanet.invalid",
    sender_name="JICA-Net",
    subject="12/16（水）15:00 東京：Remote Sensing and GIS, day 5 [JN-2026-000437]",
    text="東京\n.\nFrom here = x\n" + "long " * 60,
    html="<p>é = ü</p>",
    language="ja",
    calendar=CalendarPart(method="REQUEST", content=CALENDAR),
)


def composed(letter: Letter, identity: str = "request/1/1", recipient: str = "room@example.org") -> bytes:
    return compose(
        letter, identity=identity, recipient=recipient, created_at=CREATED, domain="jicanet.invalid"
    )


def parsed(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_the_headers_say_who_what_and_when() -> None:
    mail = parsed(composed(LETTER))

    assert mail["From"] == f"JICA-Net <{LETTER.sender}>"
    assert mail["To"] == "room@example.org"
    assert mail["Subject"] == LETTER.subject
    assert mail["Date"].datetime == CREATED
    assert mail["Message-ID"] == message_id("request/1/1", "jicanet.invalid")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "ja"
    assert len(mail.keys()) == len(set(mail.keys()))


def test_a_mail_that_is_cut_anywhere_after_its_headers_is_still_readable() -> None:
    content = composed(replace(LETTER, text="東京 " * 40, html="<p>é</p>" + "東京" * 40))

    for cut in range(content.index(b"\r\n\r\n") + 2, len(content), 7):
        assert subject_of(content[:cut]) == LETTER.subject
        assert opened(content[:cut]).subject == LETTER.subject


@settings(deadline=None, max_examples=100)
@given(words=st.lists(st.text("ab東é\U0001f600", min_size=1, max_size=30), min_size=1, max_size=8))
def test_a_subject_comes_back_letter_by_letter_from_lines_of_76(words: list[str]) -> None:
    subject = " ".join(words)
    content = composed(replace(LETTER, subject=subject))

    lines = content.partition(b"\r\nSubject: ")[2].partition(b"\r\nDate: ")[0].split(b"\r\n ")
    assert str(make_header(decode_header(b"\r\n ".join(lines).decode()))).replace("\r\n", "") == subject
    assert parsed(content)["Subject"] == subject
    if not subject.isascii():
        assert max(map(len, lines)) <= 76 - len("Subject: ")


def test_the_parts_stand_as_outlook_and_rfc_6047_want_them() -> None:
    mail = parsed(composed(LETTER))

    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    _, _, plain, html, calendar, file = mail.walk()
    assert plain.get_content().split("\r\n") == [*LETTER.text.split("\n"), ""]
    assert html.get_content() == LETTER.html + "\r\n"
    assert calendar["Content-Type"].params == {"method": "REQUEST", "charset": "utf-8"}
    assert calendar["Content-Disposition"] is None
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar.get_payload(decode=True) == CALENDAR
    assert (file.get_filename(), file.get_content_disposition()) == ("invite.ics", "attachment")
    assert file.get_payload(decode=True) == CALENDAR


@pytest.mark.parametrize(
    ("letter", "types"),
    [
        (replace(LETTER, html="", calendar=None), ["text/plain"]),
        (replace(LETTER, calendar=None), ["multipart/alternative", "text/plain", "text/html"]),
    ],
    ids=["plain", "with html"],
)
def test_a_letter_without_a_calendar_is_no_more_than_it_needs(letter: Letter, types: list[str]) -> None:
    mail = parsed(composed(letter))

    assert [part.get_content_type() for part in mail.walk()] == types
    assert mail["Content-Language"] == "ja"


def test_the_same_letter_gives_the_same_bytes_and_another_identity_others() -> None:
    assert composed(LETTER) == composed(LETTER)
    assert parsed(composed(LETTER, "request/1/2"))["Message-ID"] != parsed(composed(LETTER))["Message-ID"]


def test_no_server_has_to_change_a_byte() -> None:
    content = composed(LETTER)

    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert max(map(len, content.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("address", ["", "room", "a@b\r\nBcc: x@y", "a@b, c@d", "ルーム@example.org"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        composed(LETTER, recipient=address)


hostile = st.text(
    alphabet=st.sampled_from(list('aX:;,=?"\\<>@\r\n\t\x00\x0b\x0c\x1c\x85\u2028\u2029 ü東\ud800\U0001f600')),
    max_size=200,
)


@settings(deadline=None, max_examples=50)
@given(
    text=st.lists(
        st.sampled_from(["a", "=", " ", "\n", " \n", "東", "x" * 80, "\t\n", "é", "<td>" * 30])
    ).map("".join),
    html=st.text(alphabet="a=東 \n", max_size=600),
    calendar=st.binary(max_size=3000),
)
def test_the_size_is_known_before(text: str, html: str, calendar: bytes) -> None:
    letter = replace(LETTER, text=text, html=html, calendar=CalendarPart(method="REQUEST", content=calendar))
    content = composed(letter)
    assert len(content) <= most_bytes(letter) <= len(content) + 3000 + len(content) // 10


@settings(deadline=None, max_examples=50)
@given(subject=hostile, name=hostile, text=hostile, html=hostile)
def test_nothing_typed_adds_a_header_or_a_part(subject: str, name: str, text: str, html: str) -> None:
    clean = text.encode(errors="replace").decode(), html.encode(errors="replace").decode()
    letter = replace(LETTER, subject=subject, sender_name=name, text=clean[0], html=f"<p>{clean[1]}")

    mail = parsed(composed(letter))

    whole = parsed(composed(LETTER))
    assert sorted(mail.keys()) == sorted(whole.keys())
    assert [part.get_content_type() for part in mail.walk()] == [
        part.get_content_type() for part in whole.walk()
    ]
    assert mail["To"] == "room@example.org"
    assert mail["From"].addresses[0].addr_spec == LETTER.sender
    assert len(mail["From"].addresses) == 1
    assert mail["Subject"] == " ".join(
        "".join(sign if sign.isprintable() else " " for sign in subject).split()
    )
