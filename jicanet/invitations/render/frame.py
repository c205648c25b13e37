"""What every mail of a session is made from: the facts, who reads them by which clock, and how much is told."""

from dataclasses import dataclass, replace
from datetime import datetime

from jicanet.core.zones import Zones
from jicanet.invitations.domain.facts import InvitationFacts, Person, Recipient, Site
from jicanet.invitations.render.detail import Detail, trimmed
from jicanet.invitations.render.tongue import Tongue
from jicanet.settings import Settings
from jicanet.web import words
from jicanet.web.i18n import Catalogues


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything a view is made from.

    `own` and `people` are the sites and people that the reader speaks for; both are empty for a reader
    who takes no part. `zone` is the reader's clock, and `here` what it is called in the reader's
    language. `token` is the secret of the reader's answer page, empty where there is none.
    """

    facts: InvitationFacts
    own: tuple[Site, ...]
    people: tuple[Person, ...]
    tongue: Tongue
    zones: Zones
    detail: Detail
    public_url: str
    zone: str
    here: str
    token: str

    def local(self, instant: datetime, zone: str = "") -> datetime:
        """Return what the clock of a zone, or the reader's own, shows at an instant."""
        return self.zones.get(zone or self.zone).local(instant)

    @property
    def starts(self) -> datetime:
        """Return the start by the reader's own clock."""
        return self.local(self.facts.starts_at)

    @property
    def ends(self) -> datetime:
        """Return the end by the reader's own clock."""
        return self.local(self.facts.ends_at)

    @property
    def addressees(self) -> str:
        """Return whom the mail is for, sites first; empty for a reader who takes no part."""
        named = [*map(self.tongue.addressee, self.own), *map(self.tongue.person, self.people)]
        return words.listed(named, self.tongue.lang) if named else ""

    @property
    def page_url(self) -> str:
        """Return the address of the session's page."""
        return f"{self.public_url}/sessions/{self.facts.ref}"

    @property
    def file_url(self) -> str:
        """Return the address of the session's calendar file."""
        return f"{self.public_url}/api/v1/sessions/{self.facts.ref}.ics"

    @property
    def answer_url(self) -> str:
        """Return the address of the reader's answer page."""
        return f"{self.public_url}/answer/{self.token}"

    def before(self) -> "Frame":
        """Return the frame of the facts as they stood before their revision."""
        return replace(self, facts=self.facts.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What letters are written with, whatever they say."""

    catalogues: Catalogues
    zones: Zones
    settings: Settings

    def to_recipient(
        self,
        facts: InvitationFacts,
        recipient: Recipient,
        detail: Detail,
        *,
        token: str,
        is_leaving: bool = False,
    ) -> Frame:
        """Return the frame of a mail to a recipient of the session.

        The recipient speaks for its parts that take part; `is_leaving` gives those that no longer do,
        too. Without any part it is told by the host's clock.
        """
        facts = trimmed(facts, detail.line)
        own, people = _parts(facts, recipient, is_leaving=is_leaving)
        zone = own[0].zone if own else (people[0].zone if people else "")
        return self._frame(facts, recipient.language, zone, detail, own=own, people=people, token=token)

    def to_reader(self, facts: InvitationFacts, lang: str, zone: str, detail: Detail) -> Frame:
        """Return the frame of a mail to somebody who takes no part: a requester, a coordinator."""
        return self._frame(trimmed(facts, detail.line), lang, zone, detail)

    def _frame(
        self,
        facts: InvitationFacts,
        lang: str,
        zone: str,
        detail: Detail,
        *,
        own: tuple[Site, ...] = (),
        people: tuple[Person, ...] = (),
        token: str = "",
    ) -> Frame:
        tongue = Tongue.of(facts, lang, self.catalogues.translate(lang))
        clock = zone or facts.host_site.zone
        # A site's clock goes by its city, any other by the city that its zone is named for.
        place = own[0] if own else (None if zone else facts.host_site)
        return Frame(
            facts=facts,
            own=own,
            people=people,
            tongue=tongue,
            zones=self.zones,
            detail=detail,
            public_url=self.settings.public_url,
            zone=clock,
            here=tongue.city(place) if place else words.place(clock, lang),
            token=token,
        )


def _parts(
    facts: InvitationFacts, recipient: Recipient, *, is_leaving: bool
) -> tuple[tuple[Site, ...], tuple[Person, ...]]:
    """Return the recipient's parts: those that take part, else all there are."""
    gone = (facts.former_sites, facts.former_people) if is_leaving else ((), ())
    sites = [site for site in (*gone[0], *facts.sites) if site.key in recipient.parts]
    people = [one for one in (*gone[1], *facts.people) if one.key in recipient.parts]
    parts: list[Site | Person] = [*sites, *people]
    if is_leaving or all(part.withdrawn for part in parts):
        return tuple(sites), tuple(people)
    return (
        tuple(site for site in sites if not site.withdrawn),
        tuple(one for one in people if not one.withdrawn),
    )
