"""The mailbox of development: every mail that is owed, was sent or has failed, as it was sent."""

from dataclasses import dataclass

from sqlalchemy import Connection

from jicanet.core.actor import Action, Actor
from jicanet.core.errors import Forbidden, NotFound
from jicanet.core.text import message
from jicanet.mail import store
from jicanet.mail.model import OutboxRow
from jicanet.mail.reading import OpenedMail, opened, subject_of
from jicanet.services import Services

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMail:
    """One line of the mailbox; `subject` is empty until the mail is rendered."""

    row: OutboxRow
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One page of the mailbox, newest first; `older` is where the next begins, None on the last."""

    mails: tuple[ListedMail, ...]
    older: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMail:
    """One mail; `content` and `opened` are None until it is rendered."""

    row: OutboxRow
    content: bytes | None
    opened: OpenedMail | None


async def mailbox(services: Services, actor: Actor, *, before: int | None = None) -> Mailbox:
    """Return the mails with ids under `before`, or the newest. NotFound in production, Forbidden."""
    _check(services, actor)

    def query(db: Connection) -> Mailbox:
        rows = store.listed(db, limit=PAGE + 1, before=before)
        shown = rows[:PAGE]
        heads = store.heads(db, [row.id for row in shown])
        return Mailbox(
            mails=tuple(
                ListedMail(row=row, subject=subject_of(heads[row.id]) if row.id in heads else "")
                for row in shown
            ),
            older=shown[-1].id if len(rows) > PAGE else None,
        )

    return await services.database.read(query)


async def mail(services: Services, actor: Actor, mail_id: int) -> ShownMail:
    """Return one mail. NotFound for an unknown one and in production, Forbidden."""
    _check(services, actor)
    row, kept = await services.database.read(lambda db: (store.one(db, mail_id), store.kept(db, mail_id)))
    if row is None:
        raise NotFound("unknown_mail", message("There is no mail %(id)s.", id=mail_id))
    return ShownMail(
        row=row,
        content=kept.content if kept else None,
        opened=opened(kept.content) if kept else None,
    )


def _check(services: Services, actor: Actor) -> None:
    if not services.settings.is_development:
        raise NotFound("no_such_address", message("There is nothing at this address."))
    if not services.may(actor, Action.SEE_MAILBOX):
        raise Forbidden("forbidden", message("Only coordinators may look into the mailbox."))
