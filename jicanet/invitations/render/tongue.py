"""The reader's language: how it names the places, days and clocks of one session."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from jicanet.core.text import Message, Translate, message
from jicanet.invitations.domain.facts import Gone, InvitationFacts, Person, Site, SiteWarning
from jicanet.stations.render import holiday_name
from jicanet.web import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """The reader's language: its code, its catalogue, and how it names the sites of this session."""

    lang: str
    translate: Translate
    shared_cities: frozenset[str]

    @classmethod
    def of(cls, facts: InvitationFacts, lang: str, translate: Translate) -> "Tongue":
        """Return the language for one session: stations that share a city go by their own names."""
        # Those that left are named beside those that stay.
        cities = Counter(
            {
                site.key: site.city for site in (*facts.sites, *facts.former_sites) if not site.is_guest
            }.values()
        )
        shared = frozenset(city for city, count in cities.items() if count > 1)
        return cls(lang=lang, translate=translate, shared_cities=shared)

    def say(self, sentence: Message) -> str:
        """Return a sentence in this language."""
        return sentence.to(self.translate)

    def joined(self, told: list[str]) -> str:
        """Return sentences one after the other: with a space between, in Japanese without."""
        return ("" if self.lang == "ja" else " ").join(told)

    def city(self, site: Site) -> str:
        """Return the name of a site's city."""
        return self.translate(site.city)

    def place(self, site: Site) -> str:
        """Return what a site is called among the others.

        A station by its city, by its own name where two share one; a guest site by both.
        """
        return self._place(self.name(site), site.city, is_guest=site.is_guest)

    def gone(self, part: Gone) -> str:
        """Return what a site that left was called."""
        name = part.names.get(self.lang) or part.names.get("en") or part.city
        # The key of a guest site is its address, that of a station has no such sign.
        return self._place(name, part.city, is_guest="@" in part.key)

    def _place(self, name: str, city: str, *, is_guest: bool) -> str:
        if is_guest:
            return self.say(message("%(name)s (%(city)s)", name=name, city=self.translate(city)))
        return name if city in self.shared_cities else self.translate(city)

    def name(self, site: Site) -> str:
        """Return a site's own name; never its key, which may be an address."""
        return site.names.get(self.lang) or site.names.get("en") or self.city(site)

    def addressee(self, site: Site) -> str:
        """Return whom a mail is for: in Japanese the office, in English its place."""
        return self.name(site) if self.lang == "ja" else self.place(site)

    def person(self, person: Person) -> str:
        """Return how a person is addressed."""
        return f"{person.name} 様" if self.lang == "ja" else person.name

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
