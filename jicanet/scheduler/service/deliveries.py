"""What became of a session's mails, for those who may manage it: a mail that failed needs a person."""

from sqlalchemy import Connection

from jicanet.core.actor import Actor
from jicanet.mail import store as outbox
from jicanet.scheduler.domain.deliveries import Delivery, deliveries
from jicanet.scheduler.domain.record import SessionView
from jicanet.scheduler.service.reading import visible
from jicanet.scheduler.service.views import may_manage, views
from jicanet.services import Services

_MOST = 1000


async def session_with_mail(
    services: Services, actor: Actor, ref: str
) -> tuple[SessionView, tuple[Delivery, ...] | None]:
    """Return a session, and its mails as `deliveries_of` does; raises what `session` raises."""

    def query(db: Connection) -> tuple[SessionView, tuple[Delivery, ...] | None]:
        view = views(db, services, actor, [visible(db, services, actor, ref)])[0]
        return view, deliveries_of(db, services, actor, view)

    return await services.database.read(query)


def deliveries_of(
    db: Connection, services: Services, actor: Actor, view: SessionView
) -> tuple[Delivery, ...] | None:
    """Return what became of the mails, host first, in one statement; None to those who may not manage it."""
    if not may_manage(services, actor, view.stored):
        return None
    return deliveries(outbox.about(db, view.session.uid, limit=_MOST), view.parts())
