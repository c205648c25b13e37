"""The plain text of an invitation: everything its HTML says, in the same order."""

from collections.abc import Iterable

from jicanet.core.text import message
from jicanet.invitations.render.materials import Group
from jicanet.invitations.render.phrases import Tongue
from jicanet.invitations.render.view import Row, View


def plain_text(view: View, tongue: Tongue) -> str:
    """Return the mail as plain text."""
    blocks = [
        [f"JICA-Net · {view.heading}"],
        [view.title],
        [view.day, f"{view.start}{view.rest} ({view.zone}, {view.offset})", view.notes],
        [f"! {view.alarm.facts}", f"  {view.alarm.consequence}"] if view.alarm else [],
        [tongue.say(message("All sites, each in its own time")), *_sites(view, tongue)],
        [tongue.say(message("Joining")), *filter(None, [view.join_url]), *view.join_lines],
        *map(_group, view.groups),
        [view.more_materials, view.page_url] if view.more_materials else [],
        [tongue.say(message("Whom to call")), *view.calls],
        [tongue.say(message("About this session")), *view.about] if view.about else [],
        [f"{view.ref} · JICA-Net", view.foot, view.page_url],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _sites(view: View, tongue: Tongue) -> Iterable[str]:
    for row in view.rows:
        yield site_line(row, tongue)
        yield from (f"    {told}" for told in row.notes)
    if view.more_sites:
        yield f"  {view.more_sites}"
        yield f"  {view.page_url}"


def site_line(row: Row, tongue: Tongue) -> str:
    """Return one site as a line, the reader's own with an asterisk."""
    line = message(
        "%(place)s: %(day)s, %(span)s, %(offset)s (%(zone)s)",
        place=row.place,
        day=row.day,
        span=row.span,
        offset=row.offset,
        zone=row.zone,
    )
    return f"{'*' if row.is_own else '-'} {tongue.say(line)}"


def _group(group: Group) -> list[str]:
    lines = [group.heading]
    for item in group.items:
        lines.append(f"- {item.title}")
        lines += [f"  {more}" for more in (item.detail, item.url) if more]
    return lines
