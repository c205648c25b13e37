"""How commands tell a date: never without its weekday."""

from datetime import date

from jicanet.web import words


def spoken_day(instant: str) -> str:
    """Return the date that an ISO instant or local time starts with, its weekday first: `Wed 2026-12-09`."""
    return f"{words.weekday(date.fromisoformat(instant[:10]), 'en')} {instant[:10]}"
