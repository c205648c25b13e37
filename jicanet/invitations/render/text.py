"""The plain text of a mail: everything its HTML says, in the same order."""

from collections.abc import Iterable

from jicanet.core.text import message
from jicanet.invitations.render.materials import Group
from jicanet.invitations.render.news import Line
from jicanet.invitations.render.rows import row_line
from jicanet.invitations.render.tongue import Tongue
from jicanet.invitations.render.view import View


def plain_text(view: View, tongue: Tongue) -> str:
    """Return the mail as plain text."""
    say, hero = tongue.say, view.hero
    blocks = [
        [f"JICA-Net · {view.heading}"],
        [view.title],
        [view.news.headline, *_lines(view.news.lines)] if view.news else [],
        # Quoted line by line: what somebody typed cannot pass for a part of the mail.
        [view.quote.heading, *(f"> {line}" for line in view.quote.text.split("\n"))] if view.quote else [],
        [hero.day, f"{hero.start}{hero.rest} ({hero.zone}, {hero.offset})", *filter(None, [view.notes])],
        [f"! {view.alarm.facts}", f"  {view.alarm.consequence}"] if view.alarm else [],
        _answers(view, tongue),
        *([section.heading, *_lines(section.lines)] for section in view.sections),
        [say(message("All sites, each in its own time")), *_sites(view, tongue)] if view.rows else [],
        _joining(view, tongue),
        *map(_group, view.groups),
        [view.more_materials, view.page_url] if view.more_materials else [],
        [say(message("Whom to call")), *view.calls] if view.calls else [],
        [say(message("About this session")), *view.about] if view.about else [],
        [f"{view.ref} · JICA-Net", *_lines(view.foot)],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _lines(found: Iterable[Line]) -> Iterable[str]:
    for line in found:
        yield from filter(None, (line.text, line.url))


def _answers(view: View, tongue: Tongue) -> list[str]:
    found = view.answers
    if found is None:
        return []
    buttons = [
        tongue.say(message("%(label)s: %(url)s", label=one.label, url=one.url)) for one in found.buttons
    ]
    heading = tongue.say(message("Your answer"))
    return [heading, *filter(None, [found.before]), *(f"- {button}" for button in buttons), found.how]


def _sites(view: View, tongue: Tongue) -> Iterable[str]:
    for row in view.rows:
        yield row_line(row, tongue)
        yield from (f"    {told}" for told in row.notes)
    if view.more_sites:
        yield f"  {view.more_sites}"
        yield f"  {view.page_url}"


def _joining(view: View, tongue: Tongue) -> list[str]:
    lines = [*filter(None, [view.join_url]), *view.join_lines]
    return [tongue.say(message("Joining")), *lines] if lines else []


def _group(group: Group) -> list[str]:
    lines = [group.heading]
    for item in group.items:
        lines.append(f"- {item.title}")
        lines += [f"  {more}" for more in (item.detail, item.url) if more]
    return lines
