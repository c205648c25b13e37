"""The sentences and labels of an invitation, each in the recipient's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from jicanet.core.text import Message, Translate, message
from jicanet.invitations.domain.facts import InvitationFacts, Site, SiteWarning
from jicanet.stations.render import holiday_name
from jicanet.web import words

KINDS: Mapping[str, Message] = {
    "lecture": message("Lecture"),
    "seminar": message("Seminar"),
    "meeting": message("Meeting"),
    "course-day": message("Course day"),
    "screening": message("Screening"),
    "test-call": message("Test call"),
}
# Which materials stand under which heading, in this order.
GROUPS: tuple[tuple[Message, frozenset[str]], ...] = (
    (message("Watch before the day"), frozenset({"pre-viewing"})),
    (message("Shown in the session"), frozenset({"shown"})),
    (message("Handouts and slides"), frozenset({"handout", "slides"})),
    (message("Afterwards"), frozenset({"recording", "minutes", "follow-up"})),
)
ROLES: Mapping[str, Message] = {
    "sending": message("You are a sending site."),
    "receiving": message("You are a receiving site."),
}
REQUIRED: Mapping[bool, Message] = {
    True: message("Your attendance is required."),
    False: message("Your attendance is optional."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """The recipient's language: its code, its catalogue, and how it names the sites of this session."""

    lang: str
    translate: Translate
    shared_cities: frozenset[str]

    @classmethod
    def of(cls, facts: InvitationFacts, lang: str, translate: Translate) -> "Tongue":
        """Return the language for one session: stations that share a city go by their own names."""
        cities = [site.city for site in facts.sites]
        shared = frozenset(city for city in cities if cities.count(city) > 1)
        return cls(lang=lang, translate=translate, shared_cities=shared)

    def say(self, sentence: Message) -> str:
        """Return a sentence in this language."""
        return sentence.to(self.translate)

    def city(self, site: Site) -> str:
        """Return the name of a site's city."""
        return self.translate(site.city)

    def place(self, site: Site) -> str:
        """Return what a site is called among the others: its city, its own name where two share one."""
        return self.name(site) if site.city in self.shared_cities else self.city(site)

    def name(self, site: Site) -> str:
        """Return a station's own name."""
        return site.names.get(self.lang) or site.names.get("en") or site.code

    def addressee(self, site: Site) -> str:
        """Return whom a mail is for: in Japanese the office, in English its place."""
        return self.name(site) if self.lang == "ja" else self.place(site)

    def holiday(self, site: Site, warning: SiteWarning) -> str:
        """Return the name of a holiday, Japan's own in Japanese."""
        return holiday_name(warning.name, warning.local_name, country=site.country, lang=self.lang)

    def day(self, when: date, beside: date) -> str:
        """Return a short date, with the year where it is not that of `beside`."""
        return words.day(when, self.lang, beside)

    def span(self, start: datetime, end: datetime) -> str:
        """Return `23:00–00:30 (+1 day)`: clocks of one place, and where its date changes between them."""
        mark = words.day_mark(end.date(), start.date(), self.lang)
        between = words.clock_range(start, end)
        if not mark:
            return between
        return self.say(message("%(span)s (%(mark)s)", span=between, mark=mark))

    def dated_span(self, start: datetime, end: datetime, beside: date) -> str:
        """Return a span with its date where that is not `beside`."""
        between = self.span(start, end)
        return between if start.date() == beside else f"{self.day(start.date(), beside)} {between}"


def note(tongue: Tongue, site: Site, warning: SiteWarning) -> str:
    """Return what stands under a site in the list: one exception in a few words; "" for none of theirs."""
    lang = tongue.lang
    found = {
        "holiday": message("Holiday: %(name)s", name=tongue.holiday(site, warning)),
        "holiday_estimated": message("Holiday, date estimated: %(name)s", name=tongue.holiday(site, warning)),
        "weekend": message("Weekend"),
        "outside_hours": message(
            "%(length)s outside office hours", length=words.duration(warning.minutes, lang)
        ),
        "holidays_unknown": message("Holidays of %(year)s not known", year=warning.year),
    }.get(warning.code)
    return tongue.say(found) if found else ""


def alarm(tongue: Tongue, site: Site, warning: SiteWarning) -> str:
    """Return the sentence that tells a site of its own exception; "" for what is not the site's to know."""
    lang = tongue.lang
    day = words.full_day(warning.day, lang, year=False) if warning.day else ""
    found = {
        "holiday": message("%(day)s is %(name)s.", day=day, name=tongue.holiday(site, warning)),
        "holiday_estimated": message(
            "%(day)s is probably %(name)s: the date is estimated.",
            day=day,
            name=tongue.holiday(site, warning),
        ),
        "weekend": message("%(day)s is a weekend day in %(place)s.", day=day, place=tongue.city(site)),
        "outside_hours": message(
            "The time lies up to %(length)s outside your office hours.",
            length=words.duration(warning.minutes, lang),
        ),
        "holidays_unknown": message(
            "The holidays of %(year)s in %(country)s are not known to us.",
            year=warning.year,
            country=words.country(warning.country, lang),
        ),
    }.get(warning.code)
    return tongue.say(found) if found else ""
