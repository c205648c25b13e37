"""Half-open spans against plain sets of seconds."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jicanet.core.intervals import Interval, merge, peak, seconds, subtract

spans = st.builds(
    lambda start, length: Interval(start, start + length),
    st.integers(min_value=-30, max_value=30),
    st.integers(min_value=1, max_value=20),
)
lists = st.lists(spans, max_size=8)


def held(intervals: "list[Interval] | tuple[Interval, ...]") -> set[int]:
    """Return every second that lies in one of them."""
    return {second for span in intervals for second in range(span.start, span.end)}


@pytest.mark.parametrize(
    ("other", "clash"),
    [
        (Interval(0, 10), False),
        (Interval(0, 11), True),
        (Interval(10, 20), True),
        (Interval(12, 15), True),
        (Interval(5, 25), True),
        (Interval(19, 30), True),
        (Interval(20, 30), False),
    ],
    ids=[
        "touching_before",
        "one_second_before",
        "equal",
        "inside",
        "around",
        "one_second_after",
        "touching_after",
    ],
)
def test_overlap_is_half_open(other: Interval, *, clash: bool) -> None:
    span = Interval(10, 20)
    assert span.overlaps(other) is clash
    assert other.overlaps(span) is clash
    assert (span.clip(other) is not None) is clash


@pytest.mark.parametrize("end", [10, 9], ids=["empty", "backwards"])
def test_interval_without_a_second_is_refused(end: int) -> None:
    with pytest.raises(ValueError, match=rf"not \[10, {end}\)"):
        Interval(10, end)


def test_interval_and_instants_are_the_same_thing() -> None:
    start = datetime(2026, 12, 16, 15, tzinfo=timezone(timedelta(hours=9)))
    span = Interval.between(start, start + timedelta(minutes=90))
    assert (span.starts_at, span.ends_at) == (
        datetime(2026, 12, 16, 6, tzinfo=UTC),
        datetime(2026, 12, 16, 7, 30, tzinfo=UTC),
    )
    assert span.end - span.start == 90 * 60
    assert span.starts_at.tzinfo is UTC


def test_seconds_of_a_naive_time_are_refused() -> None:
    with pytest.raises(ValueError, match="2026-12-16T15:00:00 has no zone"):
        seconds(datetime(2026, 12, 16, 15))  # noqa: DTZ001 - a naive time is the point


@given(spans, spans)
def test_clip_is_the_common_seconds(span: Interval, window: Interval) -> None:
    clipped = span.clip(window)
    common = held([span]) & held([window])
    assert held([clipped] if clipped else []) == common
    assert span.overlaps(window) is bool(common)


@given(lists)
def test_merge_keeps_the_seconds_and_leaves_gaps(given_spans: list[Interval]) -> None:
    merged = merge(given_spans)
    assert held(merged) == held(given_spans)
    assert all(one.end < other.start for one, other in pairwise(merged))


@given(lists, lists)
def test_subtract_is_the_difference_of_seconds(given_spans: list[Interval], taken: list[Interval]) -> None:
    left = subtract(given_spans, taken)
    assert held(left) == held(given_spans) - held(taken)
    assert left == merge(left)


def test_peak_is_a_sweep_and_not_a_sum() -> None:
    loads = [(Interval(9, 10), 6), (Interval(10, 11), 6)]
    assert peak(loads, Interval(9, 11)).load == 6
    assert peak([*loads, (Interval(9, 11), 6)], Interval(9, 11)).load == 12


def test_peak_tells_where_it_is() -> None:
    found = peak([(Interval(0, 50), 1), (Interval(20, 30), 2)], Interval(10, 40))
    assert (found.load, found.span) == (3, Interval(20, 30))


def test_peak_of_nothing_is_none_over_the_whole_window() -> None:
    found = peak([(Interval(0, 10), 5)], Interval(10, 20))
    assert (found.load, found.span) == (0, Interval(10, 20))


@given(st.lists(st.tuples(spans, st.integers(min_value=1, max_value=9)), max_size=8), spans)
def test_peak_is_the_greatest_load_of_any_second(loads: list[tuple[Interval, int]], window: Interval) -> None:
    by_second = {
        second: sum(load for span, load in loads if span.start <= second < span.end)
        for second in held([window])
    }
    found = peak(loads, window)
    assert found.load == max(by_second.values())
    assert {by_second[second] for second in held([found.span])} == {found.load}
    assert found.span.start == min(second for second, load in by_second.items() if load == found.load)
