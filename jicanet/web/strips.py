"""Hours drawn as a step line (ui.md 3): spans of time become SVG shapes in per cent, with a twin in words.

All numbers are worked out here; components/strip.html only writes them. There is no viewBox: x and
width are per cent of the row, y and height pixels, so that text and patterns keep their size.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from jicanet.core.intervals import Interval, merge, subtract
from jicanet.core.text import Message, message
from jicanet.core.zones import Zone
from jicanet.web import words
from jicanet.web.shapes import Axis, Block, Kind, Letter, Scale, Span, Strip, Tick

__all__ = [
    "Axis",
    "Block",
    "Kind",
    "Letter",
    "Scale",
    "Span",
    "Strip",
    "Tick",
    "axis",
    "in_words",
    "strip",
    "window_around",
    "with_shoulders",
]

TOP = 6  # px above a full block, where its rail lies
RAIL = 5
_BUSY_TOP = 9
_MIDDLE_HEIGHT = 20  # px from which a letter fits
_LETTER_SHARE = 0.04  # of the window that a span needs to carry a letter
_CLOCK_ROOM = 3 * 3600  # seconds that must stay free for a clock inside an open block
_QUARTER = 900
# Shares of the axis: where half a figure would be cut off, and where the flag would cover one, on wide
# screens and on phones.
_FIRST_TICK, _LAST_TICK = 1.5, 98.5
_UNDER_FLAG, _NEAR_FLAG = 3.5, 13.5

_ORDER = {kind: place for place, kind in enumerate(Kind)}
_CLOSED_DAYS = frozenset({Kind.WEEKEND, Kind.HOLIDAY, Kind.HOLIDAY_ESTIMATED})


def strip(
    scale: Scale,
    spans: Iterable[Span],
    *,
    zone: Zone,
    place: str,
    height: int = 28,
    clocks: bool = False,
    midnights: bool = False,
) -> Strip:
    """Return the row of one place.

    Spans beyond the window are cut off. `clocks` prints opening and closing clock inside open blocks
    where three hours stay free; `midnights` marks the local midnights with their date.
    """
    shown = _visible(spans, scale.window)
    marks = _midnights(scale.window, zone) if midnights else ()
    letters = _letters(scale, shown, zone, height)
    if clocks:
        letters += _clocks(scale, shown, zone, height)
    letters += tuple(_date(scale, at, zone, height) for at in marks if _is_free(scale, shown, at))
    return Strip(
        height=height,
        label=in_words(scale, shown, zone=zone, place=place),
        blocks=tuple(_block(scale, span, height) for span in shown),
        letters=letters,
        midnights=tuple(scale.x(at) for at in marks),
        now=_now(scale),
        grid=scale.grid,
    )


def _now(scale: Scale) -> str | None:
    if scale.now is None or not scale.window.start <= scale.now < scale.window.end:
        return None
    return scale.x(scale.now)


def _visible(spans: Iterable[Span], window: Interval) -> list[Span]:
    """Return the spans as far as the window shows them, equal touching ones merged, in drawing order."""
    cut: list[Span] = []
    for span in spans:
        inside = Interval(span.start, span.end).clip(window)
        if inside is not None:
            cut.append(Span(span.kind, inside.start, inside.end, span.label))
    cut.sort(key=lambda span: (_ORDER[Kind(span.kind)], span.start, span.end))
    merged: list[Span] = []
    for span in cut:
        last = merged[-1] if merged else None
        # Neighbours that are busy stay apart: two sessions must not read as one.
        if last and span.kind == last.kind == Kind.OPEN and span.start <= last.end:
            merged[-1] = Span(last.kind, last.start, max(last.end, span.end), last.label)
        else:
            merged.append(span)
    return merged


def _block(scale: Scale, span: Span, height: int) -> Block:
    kind = Kind(span.kind)
    x, width = scale.block(Interval(span.start, span.end))
    y, rail = TOP, float(RAIL)
    if kind is Kind.SHOULDER:
        y = TOP + (height - TOP) // 2
        rail = y + 0.5
    elif kind in {Kind.BUSY, Kind.HOLD}:
        y = _BUSY_TOP
    elif kind in {Kind.SESSION, Kind.COLUMN}:
        y = 0
    return Block(
        kind=kind.value,
        x=x,
        width=width,
        y=y,
        height=height - y,
        until=scale.x(span.start if scale.rtl else span.end),
        rail=rail if kind in {Kind.OPEN, Kind.SHOULDER, Kind.HOLIDAY, Kind.HOLIDAY_ESTIMATED} else None,
        title=span.label if kind in {Kind.BUSY, Kind.HOLD} else "",
    )


_HOLIDAY = message("H")
_ESTIMATED = message("H?")


def _letters(scale: Scale, spans: Sequence[Span], zone: Zone, height: int) -> tuple[Letter, ...]:
    """Return the letter of each closed day: its weekday, H or H?, in its middle."""
    if height < _MIDDLE_HEIGHT:
        return ()
    least = _LETTER_SHARE * (scale.window.end - scale.window.start)
    found: list[Letter] = []
    for span in spans:
        if Kind(span.kind) not in _CLOSED_DAYS or span.end - span.start < least:
            continue
        if span.kind == Kind.WEEKEND:
            text = words.weekday(zone.local(datetime.fromtimestamp(span.start, UTC)), scale.lang)
        else:
            text = (_HOLIDAY if span.kind == Kind.HOLIDAY else _ESTIMATED).to(scale.translate)
        middle = (span.start + span.end) // 2
        found.append(Letter(kind=str(span.kind), x=scale.x(middle), y=height // 2 + 7, text=text))
    return tuple(found)


def _clocks(scale: Scale, spans: Sequence[Span], zone: Zone, height: int) -> tuple[Letter, ...]:
    found: list[Letter] = []
    room = max(_CLOCK_ROOM, (scale.window.end - scale.window.start) // 8)
    taken = [(s.start, s.end) for s in spans if s.kind in {Kind.BUSY, Kind.HOLD, Kind.SESSION}]
    if scale.now is not None:
        taken.append((scale.now, scale.now))
    for span in spans:
        if span.kind != Kind.OPEN:
            continue
        inside = [(a, b) for a, b in taken if a <= span.end and b >= span.start]
        first = min([a for a, _ in inside], default=span.end)
        last = max([b for _, b in inside], default=span.start)
        if span.start > scale.window.start and first - span.start >= room:
            found.append(_inner_clock(scale, span.start, zone, height, at_start=True))
        if span.end < scale.window.end and span.end - last >= room:
            found.append(_inner_clock(scale, span.end, zone, height, at_start=False))
    return tuple(found)


def _inner_clock(scale: Scale, at: int, zone: Zone, height: int, *, at_start: bool) -> Letter:
    local = zone.local(datetime.fromtimestamp(at, UTC))
    leads = at_start is not scale.rtl
    return Letter(
        kind="clock",
        x=scale.x(at),
        y=height - 5,
        text=words.clock(local),
        anchor="start" if leads else "end",
        shift=4 if leads else -4,
    )


def _date(scale: Scale, at: int, zone: Zone, height: int) -> Letter:
    text = words.short_day(zone.local(datetime.fromtimestamp(at, UTC)), scale.lang)
    return Letter(kind="date", x=scale.x(at), y=height - 4, text=text, anchor="start", shift=4)


def _is_free(scale: Scale, spans: Sequence[Span], at: int) -> bool:
    """Say whether a date may be written after a midnight: not over a block, nor out of the window."""
    room = (scale.window.end - scale.window.start) // (6 if scale.lang == "ja" else 10)
    until = at + room
    solid = {*_CLOSED_DAYS, Kind.OPEN, Kind.BUSY, Kind.HOLD, Kind.SESSION}
    return until <= scale.window.end and not any(
        span.start < until and span.end > at for span in spans if Kind(span.kind) in solid
    )


def _midnights(window: Interval, zone: Zone) -> tuple[int, ...]:
    """Return the instants within the window at which a local date begins."""
    day = zone.local(window.starts_at).date()
    found: list[int] = []
    while True:
        day += timedelta(days=1)
        begins = int(zone.day(day)[0].timestamp())
        if begins >= window.end:
            return tuple(found)
        # A date that the zone skipped whole begins where the next one does.
        if begins > window.start and begins not in found:
            found.append(begins)


def axis(scale: Scale, zone: Zone, *, step_hours: int = 3) -> Axis:
    """Return the axis on a zone's clock: a tick wherever its clock shows a multiple of `step_hours`."""
    ticks: list[Tick] = []
    lines: list[str] = []
    first = -(-scale.window.start // _QUARTER) * _QUARTER
    for at in range(first, scale.window.end, _QUARTER):
        instant = datetime.fromtimestamp(at, UTC)
        local = zone.local(instant)
        if local.minute or local.hour % step_hours:
            continue
        lines.append(scale.x(at))
        share = scale.share(at)
        flag = abs(share - scale.share(scale.now)) if scale.now is not None else 100
        if share > _LAST_TICK or flag < _UNDER_FLAG:
            continue
        near_start = share < _FIRST_TICK
        ticks.append(
            Tick(
                x=scale.x(at),
                text=f"{local:%H}",
                under=f"{instant:%H}" if instant.minute == 0 else f"{instant:%H:%M}",
                anchor=("end" if scale.rtl else "start") if near_start else "middle",
                minor=local.hour % (2 * step_hours) != 0 or flag < _NEAR_FLAG,
            )
        )
    now = _now(scale)
    clock = words.clock(zone.local(datetime.fromtimestamp(scale.now, UTC))) if scale.now and now else ""
    return Axis(
        place=words.place(zone.name, scale.lang),
        ticks=tuple(ticks),
        lines=tuple(lines),
        now=now,
        clock=clock,
        grid=scale.grid,
    )


def with_shoulders(spans: Sequence[Span], minutes: int) -> tuple[Span, ...]:
    """Return the spans and the shoulders of their openings: `minutes` before and after, where nothing else is."""
    openings = merge(Interval(span.start, span.end) for span in spans if span.kind == Kind.OPEN)
    if minutes <= 0:
        return tuple(spans)
    around = [Interval(o.start - 60 * minutes, o.end + 60 * minutes) for o in openings]
    taken = [Interval(s.start, s.end) for s in spans if s.kind == Kind.OPEN or Kind(s.kind) in _CLOSED_DAYS]
    return (*spans, *(Span(Kind.SHOULDER, left.start, left.end) for left in subtract(around, taken)))


def window_around(span: Interval, zone: Zone, *, hours: int = 24) -> Interval:
    """Return the window of `hours` with the span in its middle, begun at a full hour of the zone's clock."""
    middle = (span.start + span.end) // 2
    start = zone.local(datetime.fromtimestamp(middle - hours * 1800, UTC))
    begun = middle - hours * 1800 - start.minute * 60 - start.second
    return Interval(begun, begun + hours * 3600)


_SAID: dict[Kind, Message] = {
    Kind.OPEN: message("open %(hours)s"),
    Kind.WEEKEND: message("weekend"),
    Kind.HOLIDAY: message("holiday %(name)s"),
    Kind.HOLIDAY_ESTIMATED: message("estimated holiday %(name)s"),
    Kind.BUSY: message("busy %(hours)s"),
    Kind.HOLD: message("on hold %(hours)s"),
    Kind.SESSION: message("this session %(hours)s"),
}
_CLOSED = message("closed")


def in_words(scale: Scale, spans: Sequence[Span], *, zone: Zone, place: str) -> str:
    """Return what a row shows: `Kathmandu, Wed 9 Dec: open 08:30–17:00, busy 11:45–13:15`."""
    by_day: dict[str, list[str]] = {}
    for span in sorted(spans, key=lambda span: (span.start, _ORDER[Kind(span.kind)])):
        sentence = _SAID.get(Kind(span.kind))
        if sentence is None:
            continue
        start = zone.local(datetime.fromtimestamp(span.start, UTC))
        end = zone.local(datetime.fromtimestamp(span.end, UTC))
        is_midnight = end.hour == end.minute == 0 and end.date() > start.date()
        hours = words.clock_range(start, None if is_midnight else end)
        said = Message(sentence.msgid, {"hours": hours, "name": span.label}).to(scale.translate).strip()
        by_day.setdefault(words.day(start, scale.lang), []).append(said)
    if not by_day:
        by_day[words.day(zone.local(scale.window.starts_at), scale.lang)] = [_CLOSED.to(scale.translate)]
    comma, colon, stop = ("、", "：", "。") if scale.lang == "ja" else (", ", ": ", "; ")
    return place + comma + stop.join(f"{day}{colon}{comma.join(said)}" for day, said in by_day.items())
