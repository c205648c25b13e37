"""The mails whose every byte is looked at, and the sessions that they tell of.

`python -m tests.support.goldens` writes the golden copies anew: look at each difference before it is kept.

Two are rounds of the course "Remote Sensing and GIS" as they happened: one was planned for August 2005 and
held from October on, with Jordan added; the next was planned with Bangladesh and held without. The days and
hours are made up.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from jicanet.mail.message import Letter
from tests.support.invitations import guest, in_language, material, person, site, snapshot
from tests.support.letters import (
    calendar,
    cancel_to,
    declined_notice,
    golden_letters,
    letter_to,
    message_to,
    outcome,
)

GOLDEN = Path(__file__).resolve().parents[1] / "mail" / "golden"
_EARLY = {"code": "outside_hours", "minutes": 45}
_LATE = {"code": "outside_hours", "minutes": 30}


def round_4(*more: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the first day of the fourth round as it was held: Wed 9 November 2005, 06:00-09:30 UTC."""
    made = {
        "ref": "JN-2005-000041",
        "title": "Remote Sensing and GIS, day 1",
        "starts_at": "2005-11-09T06:00:00Z",
        "ends_at": "2005-11-09T09:30:00Z",
        "minutes": 210,
        "created_at": "2005-07-01T00:00:00Z",
        "changed_at": "2005-08-01T00:00:00Z",
        "materials": [material(kind="shown", start_minute=10, end_minute=40)],
        "revision": 2,
    }
    return snapshot(
        site("JPN-TIC", role="sending", required=True, warnings=(_LATE,)),
        *more,
        site("PHL-MNL", warnings=(_LATE,)),
        site("VNM-HAN", required=True),
        site("TUR-ANK", warnings=(_EARLY,)),
        **{**made, **changes},
    )


def round_4_moved() -> dict[str, Any]:
    """Return the change from the plan: August, when Ankara's clock was an hour ahead of November's."""
    return round_4(changes={"starts_at": ["2005-08-24T06:00:00Z", "2005-11-09T06:00:00Z"]})


def round_4_with_jordan() -> dict[str, Any]:
    """Return the change that added Amman."""
    return round_4(
        site("JOR-AMM", warnings=(_EARLY,)), revision=3, changes={"added": ["JOR-AMM"], "removed": []}
    )


def round_5_without_bangladesh() -> dict[str, Any]:
    """Return the change that dropped Dhaka from the fifth round: Wed 18 January 2006, 06:00-09:30 UTC."""
    return snapshot(
        site("JPN-TIC", role="sending", required=True, warnings=(_LATE,)),
        site("MYS-KUL"),
        site("KHM-PNH"),
        site("LAO-VTE"),
        ref="JN-2005-000063",
        title="Remote Sensing and GIS, day 1",
        starts_at="2006-01-18T06:00:00Z",
        ends_at="2006-01-18T09:30:00Z",
        minutes=210,
        revision=2,
        created_at="2005-10-01T00:00:00Z",
        changed_at="2005-12-01T00:00:00Z",
        materials=[],
        former_sites=[site("BGD-DAC")],
        changes={
            "added": [],
            "removed": [{"key": "BGD-DAC", "name": "JICA Bangladesh Office", "city": "Dhaka"}],
        },
    )


def course_day(**changes: Any) -> dict[str, Any]:
    """Return a course day with people, a guest site, an interpreter and a recording."""
    return snapshot(
        site("JPN-TIC", role="sending", required=True),
        site("VNM-HAN"),
        site("BGD-DAC", required=True),
        guest("Institute of Engineering", "Pulchowk", "Asia/Kathmandu", "lab@ioe.example.org"),
        site("EGY-CAI"),
        people=[
            person("moderator", "Ono Keiko", "ono@example.org", "Asia/Tokyo", language="ja"),
            person("lecturer", "Prof. S. Murai", "murai@example.org", "Europe/Vienna"),
            person("local-facilitator", "Rahman", "rahman@example.org", "Asia/Dhaka"),
        ],
        **{"quorum": 3, "interpretation": "Japanese–English", "recording": True, **changes},
    )


def changed_day() -> dict[str, Any]:
    return course_day(
        revision=2,
        changes={
            "title": ["Remote Sensing, day 5", "Remote Sensing and GIS, day 5"],
            "host": ["VNM-HAN", "JPN-TIC"],
            "join": True,
            "setup_minutes": [10, 15],
        },
    )


def declined_by_cairo() -> dict[str, Any]:
    """Return the day after Cairo, which was required, has declined."""
    made = course_day(
        revision=4,
        quorum=5,
        status="needs-attention",
    )
    cairo = next(place for place in made["sites"] if place["code"] == "EGY-CAI")
    cairo.update(required=True, withdrawn=True, answer="declined")
    return made


def _cancelled(lang: str) -> dict[str, Any]:
    reason = {
        "en": "The lecturer is ill.\nA new day is being looked for.",
        "ja": "講師が体調不良のためです。\n代わりの日程を調整しています。",
    }[lang]
    made = course_day(revision=3, status="cancelled", cancel={"code": "cancelled", "reason": reason})
    return in_language(made, lang)


_WORDS = {
    "en": ("The power is out until Friday.", "The bridge is full on that day.\nAsk for 17 December."),
    "ja": (
        "金曜日まで停電の予定です。",
        "その日は多地点接続装置に空きがありません。\n12月17日でお申し込みください。",
    ),
}
_MESSAGE = {
    "en": "Bring the printed maps of day 4.\nThe test call is on Tuesday at 15:00 Tokyo time.",
    "ja": "4日目の地図を印刷してお持ちください。\n接続テストは火曜日15:00（東京時間）です。",
}


def _made(lang: str) -> dict[str, Callable[[], Letter]]:
    """Return the letters of one language by what they tell."""
    dhaka = in_language(snapshot(), lang)
    decline, reason = _WORDS[lang]

    def to(part: str, data: dict[str, Any], **told: Any) -> Callable[[], Letter]:
        return lambda: letter_to(part, in_language(data, lang), **{"sequence": 1, **told})

    def ending(part: str, data: dict[str, Any], news: str) -> Callable[[], Letter]:
        return lambda: cancel_to(part, in_language(data, lang), news)

    return {
        "moved": to("TUR-ANK", round_4_moved(), news="moved"),
        "changed": to("BGD-DAC", changed_day(), news="changed"),
        "site-added": to("VNM-HAN", round_4_with_jordan(), news="changed", partstat="ACCEPTED"),
        "site-dropped": to(
            "MYS-KUL", round_5_without_bangladesh(), news="changed", partstat="TENTATIVE", sequence=0
        ),
        "restored": to("BGD-DAC", dhaka, news="restored"),
        "cancelled": ending("BGD-DAC", _cancelled(lang), "cancelled"),
        "removed": ending("BGD-DAC", round_5_without_bangladesh(), "removed"),
        "declined": ending("EGY-CAI", declined_by_cairo(), "declined"),
        "moderator": to("ono@example.org", course_day(), sequence=0),
        "lecturer": to("murai@example.org", course_day(), sequence=0),
        "guest-site": to("lab@ioe.example.org", course_day(), sequence=0),
        "notice-declined": lambda: declined_notice(declined_by_cairo(), "EGY-CAI", words=decline, lang=lang),
        "notice-declined-host": lambda: declined_notice(
            declined_by_cairo(), "EGY-CAI", words=decline, lang=lang, to="host"
        ),
        "approved": lambda: outcome(course_day(), "approved", lang=lang, zone="Asia/Dhaka"),
        "refused": lambda: outcome(course_day(), "refused", reason=reason, lang=lang, zone="Asia/Dhaka"),
        "message": lambda: message_to("BGD-DAC", dhaka, sender="Sato Hanako", text=_MESSAGE[lang]),
    }


def goldens() -> dict[str, Callable[[], Letter]]:
    """Return what makes each golden letter, by name."""
    first = {name: partial(golden_letters().__getitem__, name) for name in golden_letters()}
    later = {f"{told}-{lang}": make for lang in ("en", "ja") for told, make in _made(lang).items()}
    return {**first, **later}


GOLDEN_NAMES = tuple(sorted(goldens()))


def golden_files(made: Letter) -> dict[str, bytes]:
    """Return what the golden copies of a letter should hold, by suffix."""
    files = {".txt": f"{made.subject}\n\n{made.text}".encode(), ".html": made.html.encode()}
    if made.calendar:
        files[".ics"] = calendar(made)
    if made.passed_on:
        files[".session.ics"] = made.passed_on.content
    return files


if __name__ == "__main__":
    for path in GOLDEN.iterdir():
        path.unlink()
    for name, make in goldens().items():
        for suffix, content in golden_files(make()).items():
            (GOLDEN / f"{name}{suffix}").write_bytes(content)
