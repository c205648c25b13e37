"""The facts of one session at one revision, as its mails tell them.

A mail that is rendered late still says what was decided then, so everything it says is in the stored
picture of that revision (see `picture`). Only local times are not: they follow from the instants and the
sites' zones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWarning:
    """One thing a site must know; `code` is as on the seat, what does not apply is empty or zero."""

    code: str
    minutes: int = 0
    day: date | None = None
    name: str = ""
    local_name: str = ""
    country: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One place of the session, a station or a guest site; `city` is English, `names` by language.

    `key` is a station's code or a guest's address, which only the guest may see. A withdrawn site is
    still listed and takes no part.
    """

    key: str
    names: Mapping[str, str]
    city: str
    country: str
    zone: str
    role: str
    required: bool
    warnings: tuple[SiteWarning, ...]
    withdrawn: bool = False
    recipient_id: int | None = None
    is_guest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person with a role in the session. An empty zone means: by the host's clock."""

    key: str
    name: str
    role: str
    zone: str
    withdrawn: bool = False
    recipient_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMaterial:
    """One material tied to the session; minutes count from the session's start, kind `shown` only."""

    code: str
    titles: Mapping[str, str]
    kind: str
    start_minute: int | None
    end_minute: int | None
    language: str
    required: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to call; empty texts are not known."""

    name: str
    telephone: str
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinFacts:
    """How to join; empty texts are not known."""

    url: str
    sip: str
    h323: str
    pin: str

    @property
    def is_known(self) -> bool:
        """Say whether there is an address to join at; a PIN alone is none."""
        return bool(self.url or self.sip or self.h323)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One address of the session, the language it reads and the parts it speaks for, by key."""

    id: int
    address: str
    language: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A part that left the session in a revision: what it was called. A person has no city."""

    key: str
    names: Mapping[str, str]
    city: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a revision changed: pairs are (before, now), None and empty where nothing did."""

    starts_at: tuple[datetime, datetime] | None = None
    minutes: tuple[int, int] | None = None
    host: tuple[str, str] | None = None
    title: tuple[str, str] | None = None
    setup_minutes: tuple[int, int] | None = None
    teardown_minutes: tuple[int, int] | None = None
    join: bool = False
    added: tuple[str, ...] = ()
    removed: tuple[Gone, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationFacts:
    """One session at one revision. `sites` are in the order in which they are listed, host first.

    `former_sites` and `former_people` left in this revision. `cancel_reason` is what the coordinator
    wrote. `quorum` is None where any number will do.
    """

    ref: str
    uid: str
    title: str
    purpose: str
    kind: str
    department: str
    visibility: str
    languages: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    setup_minutes: int
    teardown_minutes: int
    host: str
    coordinator: Contact | None
    host_contact: Contact
    join: JoinFacts
    sites: tuple[Site, ...]
    materials: tuple[ShownMaterial, ...]
    recipients: tuple[Recipient, ...]
    created_at: datetime
    changed_at: datetime
    people: tuple[Person, ...] = ()
    former_sites: tuple[Site, ...] = ()
    former_people: tuple[Person, ...] = ()
    changes: Changes = field(default_factory=Changes)
    needs_attention: bool = False
    cancel_reason: str = ""
    quorum: int | None = None
    interpretation: str = ""
    recording: bool = False

    def recipient(self, recipient_id: int) -> Recipient:
        """Return one recipient; KeyError if the session has no such one."""
        for recipient in self.recipients:
            if recipient.id == recipient_id:
                return recipient
        raise KeyError(recipient_id)

    def site(self, key: str) -> Site | None:
        """Return a site of the session or one that just left it; None where there is no such one."""
        return next((site for site in (*self.sites, *self.former_sites) if site.key == key), None)

    def person(self, key: str) -> Person | None:
        """Return a person of the session or one who just left it; None where there is no such one."""
        return next((one for one in (*self.people, *self.former_people) if one.key == key), None)

    @property
    def parts(self) -> "tuple[Site | Person, ...]":
        """Return the sites and people that are listed."""
        return *self.sites, *self.people

    @property
    def former_parts(self) -> "tuple[Site | Person, ...]":
        """Return the sites and people that left in this revision."""
        return *self.former_sites, *self.former_people

    @property
    def host_site(self) -> Site:
        """Return the host's seat."""
        return next(site for site in self.sites if site.key == self.host)

    @property
    def live_sites(self) -> tuple[Site, ...]:
        """Return the sites that take part, guests included."""
        return tuple(site for site in self.sites if not site.withdrawn)

    @property
    def minutes(self) -> int:
        """Return the length."""
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)

    @property
    def before(self) -> "InvitationFacts":
        """Return the facts with the times and the title that stood before this revision."""
        changes = self.changes
        starts_at = changes.starts_at[0] if changes.starts_at else self.starts_at
        minutes = changes.minutes[0] if changes.minutes else self.minutes
        return replace(
            self,
            title=changes.title[0] if changes.title else self.title,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            setup_minutes=_first(changes.setup_minutes, self.setup_minutes),
            teardown_minutes=_first(changes.teardown_minutes, self.teardown_minutes),
            changes=Changes(),
        )


def _first(pair: tuple[int, int] | None, now: int) -> int:
    return pair[0] if pair else now
