"""How to join, whom to call, what the session is about, and what of a mail may be passed on."""

from jicanet.core.text import message
from jicanet.ical import Join, clean
from jicanet.ical import place as place_to_join
from jicanet.invitations.domain.facts import Contact
from jicanet.invitations.render import phrases
from jicanet.invitations.render.detail import shortened
from jicanet.invitations.render.frame import Frame
from jicanet.invitations.render.news import Line
from jicanet.invitations.render.rows import MOST_NAMED
from jicanet.web import words


def join_lines(frame: Frame) -> tuple[str, ...]:
    """Return how to join, without the link: dial strings and PIN on one line, or that details follow."""
    join = frame.facts.join
    named = (("SIP", join.sip), ("H.323", join.h323), ("PIN", join.pin))
    dial = " · ".join(f"{label} {value}" for label, value in named if value)
    plain = join.url if join.url and not clean.web_address(join.url) else ""
    if not join.is_known:
        return tuple(line for line in (place_to_join(Join(), frame.tongue.translate), dial) if line)
    return tuple(line for line in (plain, dial) if line)


def calls(frame: Frame) -> tuple[str, ...]:
    """Return whom to call: coordinator and host, each with what is not known said so."""
    facts, tongue = frame.facts, frame.tongue
    coordinator = message("Coordinator: not named")
    if facts.coordinator:
        coordinator = message("Coordinator: %(who)s", who=_who(facts.coordinator))
    host = message(
        "Host, %(place)s: %(who)s", place=tongue.place(facts.host_site), who=_who(facts.host_contact)
    )
    return tongue.say(coordinator), tongue.say(host)


def _who(contact: Contact) -> object:
    telephone = contact.telephone or message("telephone not known")
    reached = (
        message("%(telephone)s, %(email)s", telephone=telephone, email=contact.email)
        if contact.email
        else telephone
    )
    if not contact.name:
        return reached
    return message("%(name)s, %(telephone)s", name=contact.name, telephone=reached)


def about(frame: Frame) -> tuple[str, ...]:
    """Return what the session is: kind, languages, department; interpretation and recording; people; purpose."""
    facts, tongue = frame.facts, frame.tongue
    told = [tongue.say(phrases.KINDS[facts.kind])] if facts.kind in phrases.KINDS else []
    if facts.languages:
        told.append(words.listed([words.language(tag, tongue.lang) for tag in facts.languages], tongue.lang))
    if facts.department:
        told.append(facts.department)
    heard = []
    if facts.interpretation:
        heard.append(tongue.say(message("Interpretation: %(how)s", how=facts.interpretation)))
    if facts.recording:
        heard.append(tongue.say(message("The session is recorded.")))
    people = [person for person in facts.people if not person.withdrawn]
    named = [tongue.say(phrases.named_role(person)) for person in people[:MOST_NAMED]]
    named += ["…"] * (len(people) > MOST_NAMED)
    purpose = shortened(facts.purpose, frame.detail.purpose)
    return tuple(line for line in (" · ".join(told), " · ".join(heard), " · ".join(named), purpose) if line)


def foot(frame: Frame) -> tuple[Line, ...]:
    """Return what may be passed on: the mail itself is not, for whoever has it can answer.

    To strangers, the page of a session that is not public is none; the attached file is for them.
    """
    say, places = frame.tongue.say, frame.addressees
    if frame.facts.visibility == "public":
        told = message(
            "This mail is for %(places)s alone. To let others know, forward the session's page or its calendar file:",
            places=places,
        )
        return Line(text=say(told), url=frame.page_url), Line(text="", url=frame.file_url)
    told = message("This mail is for %(places)s alone.", places=places)
    lines = [Line(text=say(told))]
    if frame.detail.has_file:
        file = message(
            "To let others know, forward the attached file session.ics: it has neither answer buttons nor the way in."
        )
        lines = [Line(text=frame.tongue.joined([say(told), say(file)]))]
    return *lines, Line(text=say(message("The session's page, for those who sign in:")), url=frame.page_url)
