"""What a mail says, taken apart in the process of the test: who sent it, its token, which calendar counts."""

import base64
import quopri
from typing import Any

import pytest

from jicanet.mail.dissect import findings, sender, token_in
from tests.support.inbound import ATTENDEE, DOMAIN, TOKEN, calendar, job, mail, mixed, part, sample

OTHER = "f" * 32


def read(raw: bytes, **limits: int) -> dict[str, Any]:
    return findings(raw, job(raw, **limits))


def answer(raw: bytes) -> str:
    """Return the answer, or the reason for there being none."""
    found = read(raw)
    return str(found["reason"] or found["reply"]["answer"])


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("room@site.invalid", "room@site.invalid"),
        ("<Room@Site.Invalid>", "room@site.invalid"),
        ("Room 1 <room@site.invalid>", "room@site.invalid"),
        ('"Sato, Hanako" <room@site.invalid>', "room@site.invalid"),
        ('"room@other.invalid" <room@site.invalid>', "room@site.invalid"),  # Exchange names people so
        ("=?utf-8?B?5p2x5Lqs?= <room@site.invalid>", "room@site.invalid"),
        ("東京 <room@site.invalid>", "room@site.invalid"),
        ("room@site.invalid (the room (1))", ""),
        ("room@site.invalid (the room)", "room@site.invalid"),
        ("O'Neil J. <o'neil+room@site.invalid>", "o'neil+room@site.invalid"),
    ],
)
def test_one_sender_is_its_address(header: str, address: str) -> None:
    assert sender([header]) == address
    assert read(mail(sender=header))["from_address"] == address


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Room",
        "room@site.invalid, evil@other.invalid",
        "room@site.invalid <evil@other.invalid>",  # which of the two depends on who reads it
        "<room@site.invalid> <evil@other.invalid>",
        "<room@site.invalid>evil@other.invalid",
        "evil@other.invalid (<room@site.invalid>",
        '"evil"room@site.invalid',
        '"room@site.invalid"@other.invalid',
        '"a\\" <room@site.invalid>" <"evil"@other.invalid>',
        "rooms: room@site.invalid;",
        "@relay.invalid:room@site.invalid",
        "room@site.invalid\\",
        "ro om@site.invalid",
        "room@site@other.invalid",
        "<room@site.invalid",
        "room@site.invalid>",
        "room\x00@site.invalid",
        "room\x85@site.invalid",
        "=?utf-8?q?room=40site=2Einvalid?=",
        "<=?utf-8?q?room=40site.invalid?=>",
        "room@[192.0.2.1]",
        "room" * 100 + "@site.invalid",
        '"' * 3000 + "<room@site.invalid>",
    ],
)
def test_a_sender_that_programs_read_differently_is_none(header: str) -> None:
    assert sender([header]) == ""


def test_two_from_headers_are_no_sender() -> None:
    assert read(mail(head="From: evil@other.invalid\n"))["from_address"] == ""
    assert read(mail(sender="room@site.invalid\rFrom: evil@other.invalid"))["from_address"] == ""
    assert read(mail(sender="room@site.invalid\n\tevil"))["from_address"] == ""


def test_a_mailbox_with_line_breaks_adds_no_header() -> None:
    found = read(mail(sender='"a\nSubject: forged\nX: " <room@site.invalid>'))

    assert (found["from_address"], found["subject"]) == ("", "forged")  # three broken lines, as they stand
    coded = read(
        mail(sender="=?utf-8?q?a=0D=0ABcc=3A_x?= <room@site.invalid>", head="To: =?utf-8?q?=0D=0A?=\n")
    )
    assert coded["from_address"] == "room@site.invalid"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Plain", "Plain"),
        ("=?utf-8?B?5p2x5Lqs?=", "東京"),
        ("=?iso-2022-jp?B?GyRCRWw1fhsoQg==?= 1", "東京 1"),
        ("東京 =?utf-8?B?5p2x5Lqs?=", "東京 東京"),
        ("=?utf-8?q?a=0D=0ABcc=3A_x=00?=", "a Bcc: x"),
        ("=?x-none?q?caf=C3=A9?=", "café"),
        ("=?punycode?q?abc?=", "abc"),
        ("=?utf-8?b?abcde?=", "=?utf-8?b?abcde?="),
        ("=?utf-8?q?=ED=A0=80?=", "\ufffd\ufffd\ufffd"),
        ("a\\u000ab", "a\\u000ab"),
        ("x" * 400, "x" * 299 + "…"),
        ("folded\n here", "folded here"),
    ],
)
def test_the_subject_is_one_readable_line(written: str, shown: str) -> None:
    raw = mail().replace(b"Subject: Accepted", f"Subject: {written}".encode())

    assert read(raw)["subject"] == shown


@pytest.mark.parametrize(
    ("text", "token"),
    [
        (f"sessions+{TOKEN}@{DOMAIN}", TOKEN),
        (f"JICA-Net <SESSIONS+{TOKEN.upper()}@{DOMAIN.upper()}>", TOKEN),
        (f'"sessions+{TOKEN}@{DOMAIN}" <sessions+{TOKEN}@{DOMAIN}>', TOKEN),
        (f"a@b.invalid, sessions+{TOKEN}@{DOMAIN}, c@d.invalid", TOKEN),
        (f"sessions+{TOKEN}@{DOMAIN}, sessions+{OTHER}@{DOMAIN}", ""),
        (f"sessions+{TOKEN}@{DOMAIN}.evil.invalid", ""),
        (f"sessions+{TOKEN}@evil.invalid", ""),
        (f"sessions+{TOKEN}@jicanet-invalid", ""),
        (f"xsessions+{TOKEN}@{DOMAIN}", ""),
        (f"sessions+{TOKEN[:-1]}@{DOMAIN}", ""),
        (f"sessions+{TOKEN}0@{DOMAIN}", ""),
        (f"sessions+{TOKEN[:-1]}g@{DOMAIN}", ""),
        (f"sessions@{DOMAIN}", ""),
        ("", ""),
    ],
)
def test_the_token_stands_in_our_own_address(text: str, token: str) -> None:
    assert token_in(text, DOMAIN) == token


def test_the_token_of_to_goes_before_that_of_the_organiser() -> None:
    to = read(mail(head=f"To: sessions+{OTHER}@{DOMAIN}\n"))
    organiser = read(mail(head="To: rooms@site.invalid\n"))
    several = read(mail(head=f"To: sessions+{OTHER}@{DOMAIN}, sessions+{'e' * 32}@{DOMAIN}\n"))
    neither = read(mail(calendar(f"sessions+{TOKEN}@", "sessions@")))

    found = [one["token"] for one in (to, organiser, several, neither)]
    assert found == [OTHER, TOKEN, TOKEN, ""]


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied\n",
        "auto-submitted: Auto-Generated; owner=x\n",
        "Auto-Submitted: (odd) auto-replied\n",
        "Auto-Submitted:\n",
        "Auto-Submitted: no\nAuto-Submitted: auto-replied\n",
        "Return-Path: <>\n",
        "Return-Path: < >\n",
        "Content-Type: multipart/report; boundary=x\n",
    ],
)
def test_an_automatic_mail_does_not_count_by_itself(head: str) -> None:
    found = read(mail(head=head))

    assert (found["auto_submitted"], found["reason"]) == (True, "auto_submitted")


@pytest.mark.parametrize(
    "head", ["", "Auto-Submitted: no\n", "Auto-Submitted: No; x=y\n", f"Return-Path: <{ATTENDEE}>\n"]
)
def test_a_persons_mail_counts(head: str) -> None:
    found = read(mail(head=head))

    assert (found["auto_submitted"], found["reason"], found["reply"]["answer"]) == (False, "", "accepted")


def test_an_automatic_mail_keeps_its_answer_and_its_faults() -> None:
    automatic = "Auto-Submitted: auto-replied\n"

    assert read(mail(head=automatic))["reply"]["answer"] == "accepted"
    assert read(mail(calendar("REPLY", "REQUEST"), head=automatic))["reason"] == "not_a_reply"
    assert read(mail(b"I am away", head=automatic, kind="text/plain"))["reason"] == "auto_submitted"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (mail(b"Yes, we come.", kind="text/plain"), "no_calendar"),
        (mail(kind="application/ics; name=invite.ics"), "accepted"),
        (mail(kind="application/octet-stream; name=invite.ics"), "no_calendar"),
        (mail(b"\x78\x9f\x3e\x22", kind="application/ms-tnef; name=winmail.dat"), "outlook_format"),
        (mixed(part(b"\x78\x9f", "application/ms-tnef"), part(calendar())), "accepted"),
        (mixed(part(b"Yes", "text/plain"), part(calendar())), "accepted"),
        (mixed(part(calendar()), part(calendar(), "application/ics")), "accepted"),
        (mixed(part(calendar()), part(calendar("ACCEPTED", "DECLINED"), "application/ics")), "accepted"),
        (mixed(part(calendar()), part(calendar())), "accepted"),
        (mixed(part(calendar()), part(calendar("ACCEPTED", "DECLINED"))), "two_calendars"),
        (
            mixed(part(calendar("REPLY", "REQUEST"), "text/calendar; method=REQUEST"), part(calendar())),
            "accepted",
        ),
        (
            mixed(part(calendar("REPLY", "REQUEST"), "text/calendar"), part(calendar(), "text/calendar")),
            "two_calendars",
        ),
        (mixed(part(mail(), "message/rfc822")), "no_calendar"),  # somebody else's answer, passed on
        (mixed(part(calendar("METHOD:REPLY\n", ""))), "accepted"),
        (
            mixed(
                part(calendar("METHOD:REPLY\n", "")), part(calendar("METHOD:REPLY\n", ""), "text/calendar")
            ),
            "accepted",
        ),
        (mixed(part(calendar(), "text/calendar; method=REQUEST")), "not_a_reply"),
        (mixed(part(calendar(), "text/calendar; method*0=RE; method*1=PLY")), "accepted"),
        (b"", "no_calendar"),
        (b"\r\n" + mail(), "no_calendar"),  # no headers: all of it is text
        (b"From rooms Thu Dec  3 09:00:00 2026\r\n" + mail(), "accepted"),
        (mail().replace(b"\r\n", b"\n"), "accepted"),
        (mail().replace(b"\r\n", b"\r"), "bad_calendar"),
    ],
)
def test_one_calendar_is_the_answer(raw: bytes, found: str) -> None:
    assert answer(raw) == found


@pytest.mark.parametrize(
    ("charset", "coded"),
    [
        ("utf-8", "utf-8"),
        ("us-ascii", "utf-8"),  # it says what it is not
        ("iso-2022-jp", "iso-2022-jp"),
        ("iso-2022-jp", "utf-8"),
        ("Shift_JIS", "shift_jis"),
        ("x-none", "utf-8"),
        ("utf-16", "utf-8"),
        ("punycode", "utf-8"),
        ("zip", "utf-8"),
    ],
)
def test_words_are_read_in_the_charset_that_they_are_in(charset: str, coded: str) -> None:
    content = calendar("We are ready.", "参加します").decode().encode(coded)

    found = read(mail(content, kind=f"text/calendar; method=REPLY; charset={charset}"))

    assert found["reply"]["comment"] == "参加します"


@pytest.mark.parametrize(
    ("coding", "content", "found"),
    [
        ("base64", base64.encodebytes(calendar()), "accepted"),
        ("base64", base64.b64encode(calendar()).rstrip(b"="), "accepted"),
        ("base64", b"!@#$" * 10_000, "bad_calendar"),
        ("quoted-printable", quopri.encodestring(calendar()), "accepted"),
        ("quoted-printable", b"=\r\n" * 200_000 + quopri.encodestring(calendar()), "accepted"),
        ("quoted-printable", b"=" * 900_000, "calendar_too_large"),
        ("x-uuencode", b"begin 644 x\r\n" + b"M" * 900_000, "bad_calendar"),
        ("x-none", calendar(), "accepted"),
    ],
)
def test_the_coding_is_undone(coding: str, content: bytes, found: str) -> None:
    assert answer(mail(content, head=f"Content-Transfer-Encoding: {coding}\n")) == found


def test_limits_are_kept_to_the_byte() -> None:
    whole, content = mail(), calendar()
    head = whole.index(b"\r\n\r\n")

    for name, size, reason in (
        ("message_bytes", len(whole), "too_large"),
        ("header_bytes", head, "headers_too_large"),
        ("calendar_bytes", len(content), "calendar_too_large"),
    ):
        assert read(whole, **{name: size})["reason"] == ""
        assert read(whole, **{name: size - 1})["reason"] == reason

    three = mixed(part(content), part(b"x", "text/plain"))
    assert read(three, parts=3)["reason"] == ""
    assert read(three, parts=2)["reason"] == "too_many_parts"


def test_what_is_too_large_still_says_whose_it_is() -> None:
    big = read(mail(head=f"To: {'a@b.invalid, ' * 40_000}\n"))
    cut = read(mail(head="X-Long: " + "x" * 40_000), header_bytes=1000)

    for found in (big, cut):
        assert (found["from_address"], found["subject"], found["reason"]) == (
            ATTENDEE,
            "Accepted",
            "headers_too_large",
        )


def test_a_header_that_is_cut_is_not_believed() -> None:
    raw = mail(sender="room@site.invalid.elsewhere.invalid")

    assert read(raw, header_bytes=raw.index(b".elsewhere"))["from_address"] == ""


def test_large_headers_of_parts_count_too() -> None:
    raw = mixed(part(calendar(), "text/calendar" + ";" * 40_000))

    assert answer(raw) == "headers_too_large"


@pytest.mark.parametrize("depth", [99, 100, 5000])
def test_mails_in_mails_are_parts(depth: int) -> None:
    raw = b"Content-Type: message/rfc822\r\n\r\n" * depth + mail()

    assert answer(raw) == ("no_calendar" if depth < 100 else "too_many_parts")


@pytest.mark.parametrize("depth", [50, 200, 5000])
def test_multiparts_in_multiparts_are_parts(depth: int) -> None:
    open_parts = (f"Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n" for at in range(depth))
    raw = "".join(open_parts).encode() + part(calendar())

    assert answer(raw) == ("accepted" if depth < 100 else "too_many_parts")


def test_three_thousand_parts_are_too_many() -> None:
    assert answer(mixed(*[part(b"x")] * 3000)) == "too_many_parts"


@pytest.mark.parametrize(
    ("name", "found", "second", "words"),
    [
        ("google.eml", "accepted", 3, "We open at 11:30, the guard knows."),
        ("outlook.eml", "tentative", 4, "停電の予定があります。\n前日にもう一度ご連絡します。"),
        ("apple.eml", "declined", 5, "Victory Day: the building is shut."),
        ("thunderbird.eml", "accepted", 6, ""),
    ],
)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_mails_as_calendar_programs_write_them(
    name: str, found: str, second: int, words: str, ends: bytes
) -> None:
    said = read(sample(name).replace(b"\n", ends))

    assert (said["from_address"], said["token"], said["reason"]) == (ATTENDEE, TOKEN, "")
    assert (said["reply"]["answer"], said["reply"]["comment"]) == (found, words)
    assert said["reply"]["dtstamp"] == f"2026-12-03T09:00:0{second}+00:00"


def test_a_bounce_does_not_bring_our_own_invitation_back_as_an_answer() -> None:
    found = read(sample("bounce.eml"))

    assert (found["reason"], found["reply"], found["token"]) == ("auto_submitted", None, TOKEN)
