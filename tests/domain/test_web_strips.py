"""The geometry of strips, number by number, and their twin in words."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from jicanet.core.intervals import Interval, seconds
from jicanet.core.text import untranslated
from jicanet.core.zones import Zones
from jicanet.web import strips
from jicanet.web.i18n import Catalogues
from jicanet.web.strips import Axis, Block, Kind, Letter, Scale, Span, Strip, Tick

ZONES = Zones()
TOKYO, KATHMANDU, LIMA = (ZONES.get(name) for name in ("Asia/Tokyo", "Asia/Kathmandu", "America/Lima"))
DAY = date(2026, 12, 9)
HOUR = 3600


def tokyo(hour: int, minute: int = 0, day: date = DAY) -> int:
    return seconds(TOKYO.at(day, time(hour, minute)))


MIDNIGHT = seconds(TOKYO.day(DAY)[0])
SCALE = Scale(window=Interval(MIDNIGHT, MIDNIGHT + 24 * HOUR), lang="en", translate=untranslated)


def draw(*spans: Span, scale: Scale = SCALE, height: int = 28) -> Strip:
    return strips.strip(scale, spans, zone=TOKYO, place="Tokyo", height=height)


def shape(kind: str, place: tuple[str, str, str], y: int, height: int, rail: float | None = None) -> Block:
    x, width, until = place
    return Block(kind=kind, x=x, width=width, until=until, y=y, height=height, rail=rail)


@pytest.mark.parametrize(
    ("kind", "y", "height", "rail"),
    [
        (Kind.OPEN, 6, 22, 5.0),
        (Kind.SHOULDER, 17, 11, 17.5),
        (Kind.WEEKEND, 6, 22, None),
        (Kind.HOLIDAY, 6, 22, 5.0),
        (Kind.HOLIDAY_ESTIMATED, 6, 22, 5.0),
        (Kind.BUSY, 9, 19, None),
        (Kind.HOLD, 9, 19, None),
        (Kind.SESSION, 0, 28, None),
        (Kind.COLUMN, 0, 28, None),
    ],
)
def test_height_says_the_kind(kind: Kind, y: int, height: int, rail: float | None) -> None:
    drawn = draw(Span(kind, tokyo(6), tokyo(18)))

    assert drawn.blocks == (shape(kind, ("25.00%", "50.00%", "75.00%"), y, height, rail),)


def test_two_decimals_and_the_window_cuts() -> None:
    drawn = draw(
        Span("open", tokyo(9, 20), tokyo(9, 20) + 30 * HOUR), Span("open", MIDNIGHT - HOUR, MIDNIGHT)
    )

    assert drawn.blocks == (shape("open", ("38.89%", "61.11%", "100.00%"), 6, 22, 5.0),)


def test_right_to_left_mirrors_every_block() -> None:
    drawn = draw(Span("open", tokyo(6), tokyo(9)), scale=replace(SCALE, rtl=True))

    assert drawn.blocks == (shape("open", ("62.50%", "12.50%", "75.00%"), 6, 22, 5.0),)


def test_open_hours_that_touch_become_one_block() -> None:
    drawn = draw(Span("open", tokyo(9), tokyo(12)), Span("open", tokyo(12), tokyo(18)))

    assert [(b.x, b.width) for b in drawn.blocks] == [("37.50%", "37.50%")]


def test_sessions_that_touch_stay_two_blocks_with_their_titles() -> None:
    drawn = draw(Span("busy", tokyo(9), tokyo(12), "JN-1"), Span("busy", tokyo(12), tokyo(15), "JN-2"))

    assert [(b.x, b.width, b.title) for b in drawn.blocks] == [
        ("37.50%", "12.50%", "JN-1"),
        ("50.00%", "12.50%", "JN-2"),
    ]


def test_later_kinds_lie_over_earlier_ones() -> None:
    drawn = draw(
        Span("session", tokyo(9), tokyo(10)),
        Span("busy", tokyo(9), tokyo(10)),
        Span("open", tokyo(9), tokyo(18)),
    )

    assert [b.kind for b in drawn.blocks] == ["open", "busy", "session"]


@pytest.mark.parametrize(
    ("kind", "lang", "text"),
    [
        (Kind.WEEKEND, "en", "Wed"),
        (Kind.HOLIDAY, "en", "H"),
        (Kind.HOLIDAY_ESTIMATED, "en", "H?"),
        (Kind.WEEKEND, "ja", "水"),
        (Kind.HOLIDAY, "ja", "祝"),
        (Kind.HOLIDAY_ESTIMATED, "ja", "祝?"),
    ],
)
def test_closed_days_carry_a_letter(kind: Kind, lang: str, text: str) -> None:
    scale = replace(SCALE, lang=lang, translate=Catalogues.load().translate(lang))

    drawn = draw(Span(kind, MIDNIGHT, MIDNIGHT + 24 * HOUR), scale=scale)

    assert drawn.letters == (Letter(kind=kind, x="50.00%", y=21, text=text),)


@pytest.mark.parametrize(("hours", "height"), [(0.9, 28), (24, 16)], ids=["too_narrow", "too_low"])
def test_a_letter_needs_room(hours: float, height: int) -> None:
    assert draw(Span("holiday", MIDNIGHT, MIDNIGHT + int(hours * HOUR)), height=height).letters == ()


def clocks(*spans: Span, scale: Scale = SCALE) -> list[tuple[str, str, str, int]]:
    drawn = strips.strip(scale, spans, zone=TOKYO, place="Tokyo", clocks=True)
    return [(mark.text, mark.x, mark.anchor, mark.shift) for mark in drawn.letters]


OPEN = Span("open", tokyo(9, 30), tokyo(17, 45))


def test_opening_and_closing_clock_stand_inside() -> None:
    assert clocks(OPEN) == [("09:30", "39.58%", "start", 4), ("17:45", "73.96%", "end", -4)]


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [((12, 30), (13, 0), ["09:30", "17:45"]), ((12, 29), (15, 0), []), ((15, 0), (16, 30), ["09:30"])],
    ids=["three_hours_free", "one_minute_less", "closing_taken"],
)
def test_a_clock_needs_three_hours(start: tuple[int, int], end: tuple[int, int], left: list[str]) -> None:
    session = Span("session", tokyo(*start), tokyo(*end))

    assert [text for text, *_ in clocks(OPEN, session)] == left


def test_now_takes_room_from_the_clocks() -> None:
    assert [text for text, *_ in clocks(OPEN, scale=replace(SCALE, now=tokyo(12)))] == ["17:45"]


def test_clocks_change_sides_right_to_left() -> None:
    assert clocks(OPEN, scale=replace(SCALE, rtl=True)) == [
        ("09:30", "60.42%", "end", -4),
        ("17:45", "26.04%", "start", 4),
    ]


def test_no_clock_where_the_window_cuts() -> None:
    assert clocks(Span("open", MIDNIGHT - HOUR, tokyo(18))) == [("18:00", "75.00%", "end", -4)]


def test_midnight_of_the_place_is_marked_with_its_date() -> None:
    drawn = strips.strip(SCALE, [], zone=KATHMANDU, place="Kathmandu", midnights=True)

    assert drawn.midnights == ("13.54%",)
    assert drawn.letters == (Letter(kind="date", x="13.54%", y=24, text="Wed 9", anchor="start", shift=4),)


def test_a_date_is_left_out_over_a_block() -> None:
    open_all_night = Span("open", MIDNIGHT, tokyo(9))

    drawn = strips.strip(SCALE, [open_all_night], zone=KATHMANDU, place="Kathmandu", midnights=True)

    assert (drawn.midnights, drawn.letters) == (("13.54%",), ())


@pytest.mark.parametrize(
    ("at", "expected"),
    [(MIDNIGHT, "0.00%"), (tokyo(14, 20), "59.72%"), (MIDNIGHT + 24 * HOUR, None), (MIDNIGHT - 1, None)],
)
def test_now_is_drawn_only_within_the_window(at: int, expected: str | None) -> None:
    assert draw(scale=replace(SCALE, now=at)).now == expected


def test_axis_ticks_every_three_hours_of_the_viewers_clock() -> None:
    axis = strips.axis(SCALE, TOKYO)

    assert [(tick.text, tick.under, tick.x, tick.minor) for tick in axis.ticks] == [
        ("00", "15", "0.00%", False),
        ("03", "18", "12.50%", True),
        ("06", "21", "25.00%", False),
        ("09", "00", "37.50%", True),
        ("12", "03", "50.00%", False),
        ("15", "06", "62.50%", True),
        ("18", "09", "75.00%", False),
        ("21", "12", "87.50%", True),
    ]
    assert axis.ticks[0] == Tick(x="0.00%", text="00", under="15", anchor="start")
    assert (axis.place, axis.now, axis.clock) == ("Tokyo", None, "")


def test_axis_of_a_quarter_hour_zone_stands_between_the_utc_hours() -> None:
    axis = strips.axis(SCALE, KATHMANDU)

    assert [(tick.text, tick.under) for tick in axis.ticks][:2] == [("21", "15:15"), ("00", "18:15")]


def test_axis_flag_hides_the_hour_beneath_it() -> None:
    axis = strips.axis(replace(SCALE, now=tokyo(14, 20)), TOKYO)

    assert [tick.text for tick in axis.ticks if not tick.minor] == ["00", "06", "18"]
    assert [tick.text for tick in axis.ticks] == ["00", "03", "06", "09", "12", "18", "21"]
    assert (axis.now, axis.clock, len(axis.lines)) == ("59.72%", "14:20", 8)


def test_axis_over_a_clock_change_follows_the_wall() -> None:
    belgrade = ZONES.get("Europe/Belgrade")
    start = seconds(belgrade.day(date(2026, 10, 25))[0])
    scale = replace(SCALE, window=Interval(start, start + 25 * HOUR))

    axis = strips.axis(scale, belgrade)

    assert isinstance(axis, Axis)
    assert [(tick.text, tick.x) for tick in axis.ticks][:3] == [
        ("00", "0.00%"),
        ("03", "16.00%"),
        ("06", "28.00%"),
    ]


def test_shoulders_fill_what_is_free_around_openings() -> None:
    weekend = Span("weekend", tokyo(19), MIDNIGHT + 24 * HOUR)

    found = strips.with_shoulders([OPEN, weekend], 120)

    assert found == (
        OPEN,
        weekend,
        Span("shoulder", tokyo(7, 30), tokyo(9, 30)),
        Span("shoulder", tokyo(17, 45), tokyo(19)),
    )


def test_no_shoulders_if_the_setting_is_nought() -> None:
    assert strips.with_shoulders([OPEN], 0) == (OPEN,)


def test_window_around_a_session_starts_at_a_full_hour_of_the_viewer() -> None:
    session = Interval(tokyo(15), tokyo(16, 30))

    assert strips.window_around(session, TOKYO) == Interval(tokyo(3), tokyo(3) + 24 * HOUR)
    assert strips.window_around(session, KATHMANDU).start == tokyo(3, 15)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "Kathmandu, Wed 9 Dec: open 08:30–17:00, busy 11:45–13:15, this session 14:00–15:00"),
        ("ja", "カトマンズ、12月9日（水）：開所 08:30–17:00、使用中 11:45–13:15、このセッション 14:00–15:00"),
    ],
)
def test_words_say_what_the_strip_shows(lang: str, expected: str) -> None:
    at = [
        seconds(KATHMANDU.at(DAY, time(h, m)))
        for h, m in ((8, 30), (17, 0), (11, 45), (13, 15), (14, 0), (15, 0))
    ]
    spans = [Span("open", at[0], at[1]), Span("busy", at[2], at[3]), Span("session", at[4], at[5])]
    scale = replace(SCALE, lang=lang, translate=Catalogues.load().translate(lang))

    drawn = strips.strip(
        scale,
        strips.with_shoulders(spans, 120),
        zone=KATHMANDU,
        place="カトマンズ" if lang == "ja" else "Kathmandu",
    )

    assert drawn.label == expected


def test_words_tell_each_local_date() -> None:
    start, end = LIMA.day(date(2026, 12, 8))
    spans = [
        Span("holiday", seconds(start), seconds(end), "Immaculate Conception"),
        Span("open", seconds(LIMA.at(DAY, time(9))), seconds(LIMA.at(DAY, time(17)))),
    ]

    drawn = strips.strip(SCALE, spans, zone=LIMA, place="Lima")

    assert drawn.label == "Lima, Tue 8 Dec: holiday Immaculate Conception; Wed 9 Dec: open 09:00–10:00"


def test_words_of_a_place_without_any_hours() -> None:
    assert draw().label == "Tokyo, Wed 9 Dec: closed"


def test_words_end_a_day_at_24_00() -> None:
    assert draw(Span("open", tokyo(22), MIDNIGHT + 24 * HOUR)).label == "Tokyo, Wed 9 Dec: open 22:00–24:00"


def test_midnights_over_a_skipped_date_go_on() -> None:
    apia = ZONES.get("Pacific/Apia")
    start = int(datetime(2011, 12, 29, 12, 0, tzinfo=UTC).timestamp())
    scale = replace(SCALE, window=Interval(start, start + 48 * HOUR))

    drawn = strips.strip(scale, [], zone=apia, place="Apia", midnights=True)

    assert drawn.midnights == ("45.83%", "95.83%")
