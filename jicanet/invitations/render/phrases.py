"""The sentences and labels of an invitation, each in the recipient's language."""

from collections.abc import Mapping

from jicanet.core.text import Message, message
from jicanet.invitations.domain.facts import Person, Site, SiteWarning
from jicanet.invitations.render.tongue import Tongue
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


PERSON_ROLES: Mapping[str, Message] = {
    "moderator": message("You are the moderator."),
    "lecturer": message("You are a lecturer."),
    "interpreter": message("You are an interpreter."),
    "local-facilitator": message("You are a local facilitator."),
    "operator": message("You are an operator."),
}


PERSON_NOUNS: Mapping[str, Message] = {
    "moderator": message("moderator"),
    "lecturer": message("lecturer"),
    "interpreter": message("interpreter"),
    "local-facilitator": message("local facilitator"),
    "operator": message("operator"),
}


def named_role(person: Person) -> Message:
    """Return a person of the session with the role, as others read it."""
    return message("%(place)s (%(role)s)", place=person.name, role=PERSON_NOUNS[person.role])


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
