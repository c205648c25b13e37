"""A seat's warnings in words."""

from datetime import date

from jicanet.core.text import Translate, message, untranslated
from jicanet.scheduler.domain.model import SeatWarning
from jicanet.web import words


def warning_text(warning: SeatWarning, lang: str = "en", translate: Translate = untranslated) -> str:
    """Return what a site must know as one sentence without a place: it stands beside the site's name."""
    facts = warning.facts
    day = words.day(date.fromisoformat(facts["date"]), lang) if "date" in facts else ""
    sentence = {
        "outside_hours": message(
            "%(length)s outside opening hours", length=words.duration(int(facts.get("minutes", 0)), lang)
        ),
        "weekend": message("%(day)s is a weekend day there", day=day),
        "holiday": message("%(day)s is a holiday there: %(name)s", day=day, name=facts.get("name", "")),
        "holiday_estimated": message(
            "%(day)s may be a holiday there, the date is estimated: %(name)s",
            day=day,
            name=facts.get("name", ""),
        ),
        "holidays_unknown": message(
            "Holidays of %(country)s in %(year)s are not known",
            country=words.country(str(facts.get("country", "")), lang),
            year=facts.get("year", ""),
        ),
        "no_mailbox": message("No mailbox is known: the invitation may reach nobody"),
    }[warning.code]
    return sentence.to(translate)


def brief_text(warning: SeatWarning, lang: str, translate: Translate) -> str:
    """Return a warning in a few words, for lists and narrow places."""
    facts = warning.facts
    sentence = {
        "outside_hours": message(
            "%(length)s outside hours", length=words.duration(int(facts.get("minutes", 0)), lang)
        ),
        "weekend": message("weekend"),
        "holiday": message("holiday: %(name)s", name=facts.get("name", "")),
        "holiday_estimated": message("holiday, date estimated: %(name)s", name=facts.get("name", "")),
        "holidays_unknown": message("holidays not known"),
        "no_mailbox": message("no mailbox"),
    }[warning.code]
    return sentence.to(translate)
