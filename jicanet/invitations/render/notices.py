"""Plain mails, without a calendar part: a decline, the outcome of a request, a message to all.

What they are told by is the clock and the language of who reads them, as their outbox rows say.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from jicanet.core.text import Message, message
from jicanet.ical import clean
from jicanet.invitations.domain.facts import InvitationFacts, Recipient
from jicanet.invitations.render import phrases
from jicanet.invitations.render.contact import calls
from jicanet.invitations.render.detail import LEVELS, Detail
from jicanet.invitations.render.frame import Desk, Frame
from jicanet.invitations.render.letter import organiser_address
from jicanet.invitations.render.news import Line, News, subject
from jicanet.invitations.render.page import html_page
from jicanet.invitations.render.rows import named, rows
from jicanet.invitations.render.text import plain_text
from jicanet.invitations.render.view import Quote, Section, View, hero_of, quoted
from jicanet.mail.message import MOST_BYTES, Letter, most_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a plain mail: language and zone; `is_host` is true of the host's own mailbox."""

    language: str
    zone: str
    is_host: bool = False


def declined_letter(facts: InvitationFacts, *, part: str, words: str, reader: Reader, desk: Desk) -> Letter:
    """Return the mail that tells the host or the coordinator of a decline, with what still stands."""

    def told(frame: Frame) -> tuple[Message, View]:
        word = message("%(who)s declined", who=_who(frame, part))
        view = _plain(
            frame,
            word,
            News(headline=frame.tongue.say(_decline(frame, part)), lines=_losses(frame, part), tone="bad"),
            quote=quoted(frame, message("Their words"), words),
        )
        coordinator, host = view.calls
        return word, replace(
            view,
            sections=(_standing(frame), _ways_on(frame, part, reader)),
            calls=(coordinator,) if reader.is_host else (host,),  # nobody is told to call themselves
            foot=(),
        )

    return _fitted(lambda detail: _to_reader(facts, reader, detail, desk), told, desk)


def approved_letter(facts: InvitationFacts, *, reason: str, reader: Reader, desk: Desk) -> Letter:
    """Return the mail that tells the requester that the session will be."""

    def told(frame: Frame) -> tuple[Message, View]:
        say = frame.tongue.say
        news = News(
            headline=say(message("Your request is approved: the session will take place.")),
            lines=(Line(text=say(message("The invitations to all sites are on their way."))),),
            tone="done",
        )
        word = message("Approved")
        view = _plain(frame, word, news, quote=quoted(frame, message("The coordinator's words"), reason))
        found, more = rows(frame)
        return word, replace(view, rows=found, more_sites=more)

    return _fitted(lambda detail: _to_reader(facts, reader, detail, desk), told, desk)


def refused_letter(facts: InvitationFacts, *, reason: str, reader: Reader, desk: Desk) -> Letter:
    """Return the mail that tells the requester, in the coordinator's words, that the session will not be."""

    def told(frame: Frame) -> tuple[Message, View]:
        say = frame.tongue.say
        news = News(
            headline=say(message("Your request is not approved.")),
            lines=(Line(text=say(message("Nothing is booked, and no site was told of it."))),),
            tone="bad",
        )
        word = message("Not approved")
        view = _plain(frame, word, news, quote=quoted(frame, message("The coordinator's words"), reason))
        return word, replace(view, hero=replace(view.hero, is_off=True), calls=view.calls[:1])

    return _fitted(lambda detail: _to_reader(facts, reader, detail, desk), told, desk)


def reopened_letter(facts: InvitationFacts, *, reader: Reader, desk: Desk) -> Letter:
    """Return the mail that tells the requester that what was refused or cancelled waits again."""

    def told(frame: Frame) -> tuple[Message, View]:
        say = frame.tongue.say
        news = News(
            headline=say(message("Your request is open again.")),
            lines=(
                Line(
                    text=say(message("Nothing is booked yet. You get a mail when it is approved or refused."))
                ),
            ),
        )
        word = message("Open again")
        view = _plain(frame, word, news, quote=None)
        return word, replace(view, calls=view.calls[:1])

    return _fitted(lambda detail: _to_reader(facts, reader, detail, desk), told, desk)


def message_letter(
    facts: InvitationFacts, *, recipient: Recipient, sender: str, text: str, token: str, desk: Desk
) -> Letter:
    """Return the mail that brings one recipient a message to all sites; `sender` is who wrote it."""

    def told(frame: Frame) -> tuple[Message, View]:
        word = message("Message to all sites")
        quote = quoted(frame, message("From %(name)s", name=clean.line(sender)), text)
        heading = frame.tongue.say(message("Message for %(places)s", places=frame.addressees))
        view = _plain(frame, word, None, quote=quote)
        return word, replace(view, heading=heading if frame.addressees else view.heading)

    letter = _fitted(lambda detail: desk.to_recipient(facts, recipient, detail, token=token), told, desk)
    # A reply reaches the address that knows whose it is.
    return replace(letter, sender=organiser_address(desk, token))


def _to_reader(facts: InvitationFacts, reader: Reader, detail: Detail, desk: Desk) -> Frame:
    frame = desk.to_reader(facts, reader.language, reader.zone, detail)
    # The host's clock goes by its city.
    if reader.is_host and facts.host_site.zone == frame.zone:
        return replace(frame, here=frame.tongue.city(facts.host_site))
    return frame


def _plain(frame: Frame, word: Message, news: News | None, *, quote: Quote | None) -> View:
    say = frame.tongue.say
    told = message("The session's page, for those who sign in:")
    if frame.facts.visibility == "public":
        told = message("The session's page:")
    return View(
        lang=frame.tongue.lang,
        heading=say(word),
        title=frame.facts.title,
        news=news,
        quote=quote,
        hero=hero_of(frame),
        page_url=frame.page_url,
        calls=calls(frame),
        ref=frame.facts.ref,
        foot=(Line(text=say(told), url=frame.page_url),),
    )


def _fitted(
    framed: Callable[[Detail], Frame], told: Callable[[Frame], tuple[Message, View]], desk: Desk
) -> Letter:
    """Return the letter as full as 30 kB allow: words that somebody wrote outlast the HTML."""
    for detail in LEVELS:
        frame = framed(detail)
        word, view = told(frame)
        letter = Letter(
            sender=f"sessions@{desk.settings.mail_domain}",
            sender_name=desk.settings.mail_name,
            subject=subject(frame, word),
            text=plain_text(view, frame.tongue),
            html=html_page(view, frame.tongue),
            language=frame.tongue.lang,
        )
        for made in (letter, replace(letter, html="")):
            if most_bytes(made) <= MOST_BYTES:
                return made
    return replace(letter, html="")


def _who(frame: Frame, key: str) -> str:
    """Return what a part is called; a part of a name unknown to the facts goes unnamed."""
    site, person = frame.facts.site(key), frame.facts.person(key)
    if site:
        return frame.tongue.place(site)
    return person.name if person else frame.tongue.say(message("Somebody"))


def _decline(frame: Frame, key: str) -> Message:
    person = frame.facts.person(key)
    if person and not frame.facts.site(key):
        return message("%(who)s does not take part.", who=phrases.named_role(person))
    return message("%(who)s does not take part.", who=_who(frame, key))


def _losses(frame: Frame, key: str) -> tuple[Line, ...]:
    """Return what the decline frees, and what it breaks."""
    facts, say = frame.facts, frame.tongue.say
    site, told = facts.site(key), []
    if site:
        told.append(message("Its room and its port are free again."))
    if site and site.key == facts.host:
        told.append(message("It was the host."))
    elif site and site.required:
        told.append(message("It was required."))
    if _lacks_quorum(facts):
        told.append(message("Fewer sites are left than the quorum."))
    if facts.needs_attention:
        told.append(message("The session needs attention."))
    return (Line(text=frame.tongue.joined([say(sentence) for sentence in told])),) if told else ()


def _lacks_quorum(facts: InvitationFacts) -> bool:
    return facts.quorum is not None and len(facts.live_sites) < facts.quorum


def _standing(frame: Frame) -> Section:
    facts, tongue = frame.facts, frame.tongue
    live = [tongue.place(site) for site in facts.live_sites]
    told = [
        message(
            "Taking part: %(count)s of %(all)s sites (%(places)s)",
            count=len(live),
            all=len(facts.sites),
            places=named(live, tongue),
        )
        if live
        else message("No site takes part any more.")
    ]
    if facts.quorum is not None:
        told.append(
            message("Quorum: %(quorum)s, not reached", quorum=facts.quorum)
            if _lacks_quorum(facts)
            else message("Quorum: %(quorum)s, reached", quorum=facts.quorum)
        )
    return Section(
        heading=tongue.say(message("What stands")),
        lines=tuple(Line(text=tongue.say(sentence)) for sentence in told),
    )


def _host_reads(frame: Frame, who: str, *, is_site: bool) -> Message:
    """Return who else knows; without a coordinator all of the network's are told."""
    if frame.facts.coordinator is None:
        if not is_site:
            return message("The coordinators know, too. The other sites are not told.")
        return message(
            "The coordinators know, too. The other sites are told only if %(who)s is removed.", who=who
        )
    if not is_site:
        return message("The coordinator knows, too. The other sites are not told.")
    return message(
        "The coordinator knows, too. The other sites are told only if %(who)s is removed.", who=who
    )


def _ways_on(frame: Frame, key: str, reader: Reader) -> Section:
    """Return what the addressee can do: the coordinator decides, the host knows."""
    site = frame.facts.site(key)
    who = _who(frame, key)
    if reader.is_host:
        told = _host_reads(frame, who, is_site=site is not None)
    elif site and site.key == frame.facts.host:
        told = message(
            "Name another host, ask %(who)s again or cancel. The other sites are not told yet.", who=who
        )
    elif site:
        told = message(
            "Remove %(who)s, ask it again or leave it so. Until it is removed, the other sites are not told.",
            who=who,
        )
    else:
        told = message("Name somebody else or ask %(who)s again. The sites are not told.", who=who)
    heading = message("What happens now") if reader.is_host else message("What you can do")
    return Section(
        heading=frame.tongue.say(heading),
        lines=(Line(text=frame.tongue.say(told)), Line(text="", url=frame.page_url)),
    )
