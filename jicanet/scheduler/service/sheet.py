"""What the form that books or changes a session shows beside itself: the judgement, drawn even from half a wish."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from jicanet.catalog import store as library
from jicanet.catalog.domain.criteria import LONGEST_WORDS, Criteria
from jicanet.catalog.domain.model import Material
from jicanet.core.actor import Action, Actor, SessionFacts
from jicanet.core.errors import FieldError, Invalid
from jicanet.core.intervals import peak
from jicanet.scheduler import store
from jicanet.scheduler.domain.booking import clashes, draft, unknown
from jicanet.scheduler.domain.conflicts import Clash
from jicanet.scheduler.domain.life import settle, wrong_status
from jicanet.scheduler.domain.mending import Mending
from jicanet.scheduler.domain.model import BookingRequest, Outline
from jicanet.scheduler.domain.notices import Notice
from jicanet.scheduler.domain.patching import request_of
from jicanet.scheduler.domain.record import SessionView, StoredSession
from jicanet.scheduler.domain.words import Status, Visibility
from jicanet.scheduler.service.booking import folded, lay_out, new_session
from jicanet.scheduler.service.changing import Use, mailboxes, permit
from jicanet.scheduler.service.facts import Gathered, Wanted, default_bridge, gather
from jicanet.scheduler.service.reading import visible
from jicanet.scheduler.service.views import views
from jicanet.services import Services
from jicanet.stations import store as network
from jicanet.stations.domain.model import Bridge, Days, Station

MOST_FOUND = 9  # materials offered for some words, one more than is shown
_QUORUM = "/quorum"
_MOST_PASSES = 12  # each leaves something out; more are only needed by what nobody types


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the form itself needs: the network, its materials by code, and those that fit some words."""

    stations: Mapping[str, Station]
    materials: Mapping[str, Material] = field(default_factory=dict)
    found: tuple[Material, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A wish as it would stand. `view` is None where too little is known to draw anything.

    `errors` point into the request. What is wrong is left out of the view, so that the rest can be
    seen. A session that is only asked for is judged as if it were booked, but a change of it sends
    no mails. `taken` are the ports that
    others take at most meanwhile, `ports` all that there are.
    """

    errors: tuple[FieldError, ...] = ()
    view: SessionView | None = None
    days: Mapping[str, Days] = field(default_factory=dict)
    clashes: tuple[Clash, ...] = ()
    notices: tuple[Notice, ...] = ()
    taken: int = 0
    ports: int = 0


async def desk(services: Services, *, materials: Collection[str] = (), words: str = "") -> Desk:
    """Return the network, the materials of these codes, and the first that fit `words`.

    One statement, up to nine more where there are materials to show or to find.
    """
    asked = Criteria(words=words[:LONGEST_WORDS])

    def query(db: Connection) -> Desk:
        return Desk(
            stations={station.code: station for station in network.all_stations(db)},
            materials=library.materials_by_code(db, materials) if materials else {},
            found=library.search(db, asked, limit=MOST_FOUND) if asked.phrases else (),
        )

    return await services.database.read(query)


def may_book(services: Services, actor: Actor, host: str) -> bool:
    """Say whether the asker may book with that host, or at all where there is no host yet."""
    if not host:
        return services.may(actor, Action.BOOK_SESSION)
    facts = SessionFacts(
        visibility=Visibility(services.settings.visibility).value, stations=frozenset({host}), host=host
    )
    return services.may(actor, Action.BOOK_SESSION, facts)


async def session_to_change(services: Services, actor: Actor, ref: str) -> SessionView:
    """Return a session that the asker may change; of one that has begun only the materials can be.

    Raises Hidden `unknown_session`, Forbidden, and Conflict `wrong_status` of a cancelled one.
    """

    def query(db: Connection) -> SessionView:
        stored = visible(db, services, actor, ref)
        permit(services, actor, stored, or_own_request=True)
        if stored.session.status is Status.CANCELLED:
            raise wrong_status(stored.session)
        return views(db, services, actor, [stored])[0]

    return await services.database.read(query)


async def judge(
    services: Services,
    actor: Actor,
    request: BookingRequest,
    *,
    before: StoredSession | None = None,
    unread: Collection[FieldError] = (),
) -> Judged:
    """Return the judgement of a wish, `before` being the session that it would change.

    `unread` are errors that are known already: rows that they name are left out. Everything else that is
    wrong is told, not raised. A fixed number of statements, whatever the number of sites.
    """
    now = services.clock.now()
    request = replace(request, status=None, hold_until=None)
    is_moved = before is None or request.start != request_of(before).start
    left = Mending(request=request).without_rows(unread)
    left, asked, errors = _laid_out(services, left, now, is_moved=is_moved)
    if asked is None:
        return Judged(errors=tuple(errors))

    def query(db: Connection) -> Judged:
        return _judged(Use(db, services, actor, now), left, asked, errors, before)

    return await services.database.read(query)


def _laid_out(
    services: Services, left: Mending, now: datetime, *, is_moved: bool
) -> tuple[Mending, Outline | None, list[FieldError]]:
    """Return what is left of a request without what is wrong in it, laid out, and all that is wrong."""
    errors: list[FieldError] = []
    for _ in range(_MOST_PASSES):
        try:
            asked = lay_out(services, folded(services, left.request), now, is_moved=is_moved)
        except Invalid as wrong:
            more = [left.placed(error) for error in wrong.errors]
            about_start = any(error.pointer.startswith("/start") for error in more)
            less = left.without(wrong.errors)
        else:
            return left, asked, errors
        # A quorum that only fails because sites were left out is right.
        errors += [
            error for error in more if error not in errors and not (errors and error.pointer == _QUORUM)
        ]
        if less is None or (less == left and not (about_start and is_moved)):
            return left, None, errors
        left, is_moved = less, is_moved and not about_start
    return left, None, errors


def _judged(
    use: Use, left: Mending, asked: Outline, errors: Sequence[FieldError], before: StoredSession | None
) -> Judged:
    stations = network.stations_by_code(use.db, {*asked.codes, *(before.every_code if before else ())})
    bridge = _bridge(use.db, before)
    known = _gathered(use, asked, before, stations, bridge)
    if wrong := unknown(asked, known.facts):
        errors = (*errors, *map(left.placed, wrong))
        less = left.without(wrong)
        if less is None:
            return Judged(errors=tuple(errors))
        asked = lay_out(use.services, folded(use.services, less.request), use.now, is_moved=False)
        known = replace(known, facts=replace(known.facts, coordinator_known=True))
    new = new_session(use.services, use.actor, Status.CONFIRMED, uid="", now=use.now)
    wished = _as_booked(draft(asked, known.facts, new=new, before=before))
    told = store.recipients(use.db, before) if before else ()
    settled = settle(before, wished, mailboxes=mailboxes(stations), recipients=told, now=use.now)
    return Judged(
        errors=tuple(errors),
        view=views(use.db, use.services, use.actor, [settled.after], stations=stations)[0],
        days=known.facts.days,
        clashes=clashes(wished, before, known.facts, zone=asked.start.zone),
        notices=() if before and before.session.status is Status.REQUESTED else settled.notices,
        taken=peak(known.facts.bridge.loads, asked.occupied).load,
        ports=bridge.ports,
    )


def _gathered(
    use: Use,
    asked: Outline,
    before: StoredSession | None,
    stations: Mapping[str, Station],
    bridge: Bridge,
) -> Gathered:
    coordinator_id = before.session.coordinator_id if before else use.actor.user_id
    number = before.session.id if before else 0
    wanted = Wanted.by(asked, coordinator_id=coordinator_id, but=number)
    return gather(use.db, use.services, use.actor, wanted, stations=stations, bridge=bridge, now=use.now)


def _bridge(db: Connection, before: StoredSession | None) -> Bridge:
    if before is None:
        return default_bridge(db)
    return next(each for each in network.bridges(db) if each.code == before.session.bridge)


def _as_booked(wished: StoredSession) -> StoredSession:
    """Return a request as the session that it would become: what nobody booked yet clashes with nothing."""
    if wished.session.status is not Status.REQUESTED:
        return wished
    return replace(wished, session=replace(wished.session, status=Status.CONFIRMED))
