"""A request by itself: defaults filled in, and everything refused that no fact is needed to refuse."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from jicanet.core.errors import FieldError, Invalid
from jicanet.core.text import message, one_line
from jicanet.scheduler.domain.guests import LINE_LENGTH, others, too_long
from jicanet.scheduler.domain.guests import field_error as _error
from jicanet.scheduler.domain.guests import line_errors as _line
from jicanet.scheduler.domain.links import MOST_LINKS, doubled, plan_link
from jicanet.scheduler.domain.model import BookingRequest, Limits, Link, Outline, ResolvedStart, SeatPlan
from jicanet.scheduler.domain.words import SeatRole, Status

LEAST_MINUTES = 5
MOST_SETUP = 240
TITLE_LENGTH = 200
TEXT_LENGTH = 2000


def outline(
    request: BookingRequest, start: ResolvedStart, *, limits: Limits, now: datetime, is_moved: bool = True
) -> Outline:
    """Return the request with the defaults of `limits`, its seats and its links.

    `is_moved` False: the start is that of a session which stands, and is not judged again.

    Raises Invalid naming every field that is wrong, with its value and the remedy; its code is that of
    the first.
    """
    setup = limits.setup_minutes if request.setup_minutes is None else request.setup_minutes
    teardown = limits.teardown_minutes if request.teardown_minutes is None else request.teardown_minutes
    errors = _texts(request) + _lengths(request.minutes, setup, teardown, limits)
    errors += _stations(request, limits) + others(request, limits)
    if is_moved:
        errors += _moment(start, limits, now)
    hold_until, wrong = hold_end(request, start, limits, now)
    errors += wrong
    links, wrong = _links(request, start)
    errors += wrong
    if errors:
        raise refused(errors)
    return Outline(
        request=request,
        start=start,
        minutes=request.minutes,
        setup_minutes=setup,
        teardown_minutes=teardown,
        visibility=request.visibility or limits.visibility,
        seats=_seats(request),
        links=links,
        hold_until=hold_until,
    )


def refused(errors: Sequence[FieldError]) -> Invalid:
    """Return the one refusal of several wrong fields: code and sentence of the first, all of them listed."""
    first, more = errors[0], len(errors) - 1
    detail = first.detail
    if more == 1:
        detail = message("%(first)s There is one more.", first=first.detail)
    elif more:
        detail = message("%(first)s There are %(count)s more.", first=first.detail, count=more)
    extra = {"choices": list(first.choices)} if first.choices else {}
    return Invalid(first.code, detail, errors=errors, extra=extra)


def _seats(request: BookingRequest) -> tuple[SeatPlan, ...]:
    # interfaces.md: the host joins as sending if it is not listed; domain.md: it alone is required unasked.
    listed = {seat.station: seat for seat in request.stations}
    host = listed.pop(request.host, None)
    first = SeatPlan(
        station=request.host,
        role=(host.role if host else None) or SeatRole.SENDING,
        required=True if host is None or host.required is None else host.required,
    )
    others = tuple(
        SeatPlan(station=seat.station, role=seat.role or SeatRole.RECEIVING, required=seat.required or False)
        for seat in listed.values()
    )
    return (first, *others)


def _texts(request: BookingRequest) -> list[FieldError]:
    lines = {
        "/department": request.department,
        "/join/url": request.join.url,
        "/join/sip": request.join.sip,
        "/join/h323": request.join.h323,
        "/join/pin": request.join.pin,
        "/interpretation": request.interpretation,
        "/programme/agency": request.programme.agency if request.programme else "",
    }
    errors = _line("/title", request.title, TITLE_LENGTH)
    if not request.title.strip():
        errors.append(_error("/title", request.title, "text_empty", message("A session needs a title.")))
    for pointer, text in lines.items():
        errors += _line(pointer, text, LINE_LENGTH)
    if len(request.purpose) > TEXT_LENGTH:
        errors.append(too_long("/purpose", request.purpose, TEXT_LENGTH))
    if not one_line(request.purpose.replace("\n", "").replace("\t", "")):
        detail = message("The text holds a control character; only line breaks and tabs are taken.")
        errors.append(_error("/purpose", request.purpose, "text_has_control_characters", detail))
    return errors


def _lengths(minutes: int, setup: int, teardown: int, limits: Limits) -> list[FieldError]:
    bounds = (
        ("minutes", minutes, LEAST_MINUTES, limits.longest_session_minutes),
        ("setup_minutes", setup, 0, MOST_SETUP),
        ("teardown_minutes", teardown, 0, MOST_SETUP),
    )
    return [
        _error(
            f"/{name}",
            value,
            f"{name}_out_of_range",
            message(
                "%(name)s must be from %(least)s to %(most)s, not %(value)s.",
                name=name,
                least=least,
                most=most,
                value=str(value)[:20],
            ),
        )
        for name, value, least, most in bounds
        if not least <= value <= most
    ]


def _stations(request: BookingRequest, limits: Limits) -> list[FieldError]:
    errors = []
    if not request.host:
        errors.append(
            _error("/host", request.host, "host_missing", message("Name the station that is the host."))
        )
    seen: set[str] = set()
    for index, seat in enumerate(request.stations):
        if seat.station in seen:
            detail = message("Station %(code)s is listed twice; list it once.", code=seat.station)
            errors.append(_error(f"/stations/{index}", seat.station, "doubled_station", detail))
        seen.add(seat.station)
    if len(seen | {request.host}) > limits.most_stations:
        detail = message(
            "%(count)s stations are asked for; one session takes at most %(most)s.",
            count=len(seen | {request.host}),
            most=limits.most_stations,
        )
        errors.append(_error("/stations", len(request.stations), "too_many_stations", detail))
    return errors


def _moment(start: ResolvedStart, limits: Limits, now: datetime) -> list[FieldError]:
    said = start.local.isoformat(timespec="minutes")
    earliest = now + timedelta(minutes=limits.lead_minutes)
    latest = now + timedelta(days=limits.horizon_days)
    words = {"start": f"{said} {start.zone.name}", "now": _wall(now, start)}
    if start.starts_at < now:
        detail = message("%(start)s is in the past: it is %(now)s there now.", **words)
        return [_error("/start/local", said, "start_in_past", detail)]
    if start.starts_at < earliest:
        detail = message(
            "%(start)s is too soon: a session is booked at least %(lead)s minutes ahead, now from %(earliest)s on.",
            start=words["start"],
            lead=limits.lead_minutes,
            earliest=_wall(earliest, start),
        )
        return [_error("/start/local", said, "start_too_soon", detail)]
    if start.starts_at > latest:
        detail = message(
            "%(start)s is too far ahead: a session is booked at most %(days)s days ahead, now until %(latest)s.",
            start=words["start"],
            days=limits.horizon_days,
            latest=_wall(latest, start),
        )
        return [_error("/start/local", said, "start_beyond_horizon", detail)]
    return []


def _links(request: BookingRequest, start: ResolvedStart) -> tuple[tuple[Link, ...], list[FieldError]]:
    if len(request.materials) > MOST_LINKS:
        detail = message("At most %(most)s materials go with one session.", most=MOST_LINKS)
        return (), [_error("/materials", len(request.materials), "too_many_materials", detail)]
    links: list[Link] = []
    errors: list[FieldError] = []
    for index, asked in enumerate(request.materials):
        pointer = f"/materials/{index}"
        link, wrong = plan_link(asked, start=start, minutes=request.minutes, pointer=pointer)
        errors += wrong
        if link is None:
            continue
        links.append(link)
        if doubled(links):
            detail = message(
                "%(material)s is listed twice as %(kind)s; list it once.",
                material=link.material,
                kind=link.kind.value,
            )
            errors.append(_error(pointer, link.material, "doubled_material", detail))
            links.pop()
    return tuple(links), errors


def hold_end(
    request: BookingRequest, start: ResolvedStart, limits: Limits, now: datetime
) -> tuple[datetime | None, list[FieldError]]:
    """Return until when a hold lasts, None for what is no hold: the earlier of the longest and the start."""
    if request.status is not Status.HOLD:
        if request.hold_until is None:
            return None, []
        detail = message("Only a hold ends by itself: send status hold with hold_until.")
        return None, [_error("/hold_until", request.hold_until.isoformat(), "only_for_holds", detail)]
    longest = min(now + timedelta(hours=limits.hold_hours), start.starts_at)
    if request.hold_until is None:
        return longest, []
    if now < request.hold_until <= longest:
        return request.hold_until, []
    detail = message(
        "A hold ends after now and at the latest at %(latest)s: %(hours)s hours from now or the start.",
        latest=_wall(longest, start),
        hours=limits.hold_hours,
    )
    return None, [_error("/hold_until", request.hold_until.isoformat(), "hold_until_out_of_range", detail)]


def _wall(instant: datetime, start: ResolvedStart) -> str:
    return start.zone.local(instant).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
