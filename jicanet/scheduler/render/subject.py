"""The subject of a mail about a session: one line for the mail itself and for whoever asks beforehand."""

from collections.abc import Mapping
from datetime import datetime

from jicanet.core.text import Message, Translate, message
from jicanet.web import words

MOST_TITLE = 120
# By the words of domain.notices.News.
NEWS: Mapping[str, Message] = {
    "moved": message("Moved"),
    "changed": message("Changed"),
    "restored": message("Restored"),
    "cancelled": message("Cancelled"),
    "removed": message("Removed"),
    "declined": message("Declined"),
}


def subject_line(
    *,
    starts: datetime,
    place: str,
    title: str,
    ref: str,
    news: Message | None,
    lang: str,
    translate: Translate,
) -> str:
    """Return `[Moved: ]Wed 16 Dec 12:00 Dhaka: title [JN-2026-000437]`, the title cut if it is long.

    `starts` is the start by the reader's clock, `place` what that place is called. What is not booked yet
    has no `ref`.
    """
    day = words.day(starts.date(), "en")
    if lang == "ja":
        day = f"{starts.month}/{starts.day}（{words.weekday(starts.date(), 'ja')}）"
    short = title if len(title) <= MOST_TITLE else title[: MOST_TITLE - 1].rstrip() + "…"
    said = {"day": day, "clock": words.clock(starts), "place": place, "title": short}
    line = message("%(day)s %(clock)s %(place)s: %(title)s", **said)
    if ref:
        line = message("%(day)s %(clock)s %(place)s: %(title)s [%(ref)s]", **said, ref=ref)
    if news is not None:
        line = message("%(news)s: %(subject)s", news=news, subject=line)
    return line.to(translate)
