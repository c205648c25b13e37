"""Which renderer makes which kind of mail: outbox rows to letters, from the stored pictures alone."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from jicanet.core.text import fold
from jicanet.invitations.domain.facts import InvitationFacts
from jicanet.invitations.domain.picture import facts_of
from jicanet.invitations.render.frame import Desk
from jicanet.invitations.render.letter import cancel_letter, request_letter
from jicanet.invitations.render.notices import (
    Reader,
    approved_letter,
    declined_letter,
    message_letter,
    refused_letter,
    reopened_letter,
)
from jicanet.mail.delivery import Renderer
from jicanet.mail.message import Letter
from jicanet.mail.model import OutboxRow
from jicanet.scheduler import store
from jicanet.scheduler.domain.tokens import organiser_token
from jicanet.services import Services
from jicanet.web.i18n import Catalogues, as_language

Write = Callable[[InvitationFacts, OutboxRow, Desk, Services], Letter]


def renderers(catalogues: Catalogues) -> Mapping[str, Renderer]:
    """Return the renderers of all mails of sessions, by the kind of their rows.

    Each reads the picture of the revision that its row names and nothing else. They raise LookupError
    where there is no such picture or no such recipient in it, and ValueError where a row lacks what its
    mail needs.
    """
    written: Mapping[str, Write] = {
        "request": _request,
        "cancel": _cancel,
        "declined": _declined,
        "approved": _approved,
        "refused": _refused,
        "reopened": _reopened,
        "message": _message,
    }
    return {kind: _renderer(write, catalogues) for kind, write in written.items()}


def _renderer(write: Write, catalogues: Catalogues) -> Renderer:
    def render(db: Connection, services: Services, row: OutboxRow) -> Letter:
        data = store.snapshot(db, row.payload["session_id"], row.payload["revision"])
        desk = Desk(catalogues=catalogues, zones=services.zones, settings=services.settings)
        return write(facts_of(data), row, desk, services)

    return render


def _request(facts: InvitationFacts, row: OutboxRow, desk: Desk, services: Services) -> Letter:
    sequence, dtstamp = _order(row)
    return request_letter(
        facts,
        recipient_id=row.payload["recipient_id"],
        sequence=sequence,
        dtstamp=dtstamp,
        token=_token(facts, row, services),
        desk=desk,
        # Rows of before sessions could change have neither.
        news=row.payload.get("news", ""),
        partstat=row.payload.get("partstat", "NEEDS-ACTION"),
    )


def _cancel(facts: InvitationFacts, row: OutboxRow, desk: Desk, services: Services) -> Letter:
    sequence, dtstamp = _order(row)
    return cancel_letter(
        facts,
        recipient_id=row.payload["recipient_id"],
        sequence=sequence,
        dtstamp=dtstamp,
        token=_token(facts, row, services),
        desk=desk,
        news=row.payload["news"],
        whole=row.payload["whole"],
        parts=tuple(row.payload.get("parts", ())),
    )


def _declined(facts: InvitationFacts, row: OutboxRow, desk: Desk, _services: Services) -> Letter:
    payload = row.payload
    reader = _reader(row, is_host=payload["to"] == "host")
    return declined_letter(
        facts, part=payload["part"], words=payload.get("words") or "", reader=reader, desk=desk
    )


def _approved(facts: InvitationFacts, row: OutboxRow, desk: Desk, _services: Services) -> Letter:
    return approved_letter(facts, reason=row.payload.get("reason") or "", reader=_reader(row), desk=desk)


def _refused(facts: InvitationFacts, row: OutboxRow, desk: Desk, _services: Services) -> Letter:
    return refused_letter(facts, reason=row.payload.get("reason") or "", reader=_reader(row), desk=desk)


def _reopened(facts: InvitationFacts, row: OutboxRow, desk: Desk, _services: Services) -> Letter:
    return reopened_letter(facts, reader=_reader(row), desk=desk)


def _message(facts: InvitationFacts, row: OutboxRow, desk: Desk, services: Services) -> Letter:
    return message_letter(
        facts,
        recipient=facts.recipient(row.payload["recipient_id"]),
        sender=row.payload["from"],
        text=row.payload["text"],
        token=_token(facts, row, services),
        desk=desk,
    )


def _reader(row: OutboxRow, *, is_host: bool = False) -> Reader:
    return Reader(
        language=as_language(row.payload["language"]) or "en", zone=row.payload["zone"], is_host=is_host
    )


def _order(row: OutboxRow) -> tuple[int, datetime]:
    if row.sequence is None or row.dtstamp is None:
        msg = f"mail {row.id} has a calendar part without SEQUENCE or DTSTAMP"
        raise ValueError(msg)
    return row.sequence, row.dtstamp


def _token(facts: InvitationFacts, row: OutboxRow, services: Services) -> str:
    if services.settings.secret_key is None:
        msg = "invitations need secret_key: it signs the address that answers come to"
        raise ValueError(msg)
    key = services.settings.secret_key.get_secret_value().encode()
    recipient = facts.recipient(row.payload["recipient_id"])
    return organiser_token(key, facts.uid, fold(recipient.address))
