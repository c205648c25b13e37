"""How much a mail says: whatever was booked, it stays under 30 kB (interfaces.md, Mail)."""

from dataclasses import dataclass, replace

from jicanet.ical import clean
from jicanet.invitations.domain.facts import Contact, InvitationFacts, JoinFacts, Person, Site

MOST_SITES = 20  # above: the recipient's own, the host's, the count and a link


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """The most characters of the purpose and of quoted words, materials and sites that are written out.

    `line` is the most characters of any other text; a longer join link is left to the page. `has_file`
    says whether the calendar file that may be passed on comes along. `in_calendar` is the most sites that
    the event's own description lists, too: a calendar is in a mail twice.
    """

    purpose: int
    materials: int
    sites: int
    words: int
    line: int = 500
    has_file: bool = False
    in_calendar: int = MOST_SITES


# From the whole to the least; the first that fits is sent. The page of the session has everything.
LEVELS = (
    Detail(purpose=600, materials=12, sites=MOST_SITES, words=10_000, has_file=True),
    Detail(purpose=600, materials=12, sites=MOST_SITES, words=4000),
    Detail(purpose=200, materials=5, sites=MOST_SITES, words=1000, in_calendar=0),
    Detail(purpose=0, materials=0, sites=MOST_SITES, words=500, in_calendar=0),
    Detail(purpose=0, materials=0, sites=0, words=500, in_calendar=0),
    Detail(purpose=0, materials=0, sites=0, words=200, line=40, in_calendar=0),
)
_LONGEST_LINK = 400  # percent-encoded, it stands in a calendar four times and in a mail twice that


def shortened(text: str, most: int) -> str:
    """Return `text`, cut with an ellipsis if it has more than `most` characters; empty for 0."""
    if len(text) <= most:
        return text
    return text[: most - 1].rstrip() + "…" if most else ""


def trimmed(facts: InvitationFacts, most: int) -> InvitationFacts:
    """Return the facts with no line longer than `most` characters, but for the join link.

    The link goes only where it could burst the mail: no address that a program made is that long.
    """
    join = facts.join
    is_sane = len(clean.uri(join.url)) <= max(_LONGEST_LINK, most)
    changed = facts.changes.title
    return replace(
        facts,
        title=shortened(facts.title, most),
        department=shortened(facts.department, most),
        interpretation=shortened(facts.interpretation, most),
        join=JoinFacts(
            url=join.url if is_sane else "",
            sip=shortened(join.sip, most),
            h323=shortened(join.h323, most),
            pin=shortened(join.pin, most),
        ),
        coordinator=_called(facts.coordinator, most) if facts.coordinator else None,
        host_contact=_called(facts.host_contact, most),
        sites=tuple(_trimmed(site, most) for site in facts.sites),
        former_sites=tuple(_trimmed(site, most) for site in facts.former_sites),
        people=tuple(_named(person, most) for person in facts.people),
        former_people=tuple(_named(person, most) for person in facts.former_people),
        changes=replace(
            facts.changes,
            title=(shortened(changed[0], most), shortened(changed[1], most)) if changed else None,
        ),
    )


def _called(contact: Contact, most: int) -> Contact:
    # An address that is cut is none; the page of the session has it.
    return Contact(
        name=shortened(contact.name, most),
        telephone=shortened(contact.telephone, most),
        email=contact.email if len(contact.email) <= most else "",
    )


def _named(person: Person, most: int) -> Person:
    return replace(person, name=shortened(person.name, most))


def _trimmed(site: Site, most: int) -> Site:
    warnings = tuple(replace(found, name=shortened(found.name, most)) for found in site.warnings)
    names = {lang: shortened(name, most) for lang, name in site.names.items()}
    return replace(site, names=names, city=shortened(site.city, most), warnings=warnings)
