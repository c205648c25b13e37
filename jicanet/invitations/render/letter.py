"""The invitation as a letter, and the renderer that delivery calls for outbox rows of kind `request`."""

from datetime import datetime

from sqlalchemy import Connection

from jicanet.core.zones import Zones
from jicanet.invitations.domain.facts import InvitationFacts, facts_of
from jicanet.invitations.render.calendar import calendar_part
from jicanet.invitations.render.detail import LEVELS, trimmed
from jicanet.invitations.render.page import html_page
from jicanet.invitations.render.text import plain_text
from jicanet.invitations.render.view import Frame, subject, view_of
from jicanet.mail.delivery import Renderer
from jicanet.mail.message import MOST_BYTES, CalendarPart, Letter, most_bytes
from jicanet.mail.model import OutboxRow
from jicanet.scheduler import store
from jicanet.scheduler.domain.tokens import organiser_token
from jicanet.services import Services
from jicanet.settings import Settings
from jicanet.web.i18n import Catalogues

KIND = "request"


def request_renderer(catalogues: Catalogues) -> Renderer:
    """Return the renderer of invitations; it reads the snapshot that the row names and nothing else.

    It raises LookupError where the row names no snapshot or no recipient of it.
    """

    def render(db: Connection, services: Services, row: OutboxRow) -> Letter:
        data = store.snapshot(db, row.payload["session_id"], row.payload["revision"])
        return _rendered(facts_of(data), services, row, catalogues)

    return render


def _rendered(facts: InvitationFacts, services: Services, row: OutboxRow, catalogues: Catalogues) -> Letter:
    if row.sequence is None or row.dtstamp is None:
        msg = f"mail {row.id} is an invitation without SEQUENCE or DTSTAMP"
        raise ValueError(msg)
    if services.settings.secret_key is None:
        msg = "invitations need secret_key: it signs the address that answers come to"
        raise ValueError(msg)
    key = services.settings.secret_key.get_secret_value().encode()
    recipient = facts.recipient(row.payload["recipient_id"])
    return invitation_letter(
        facts,
        recipient_id=recipient.id,
        sequence=row.sequence,
        dtstamp=row.dtstamp,
        token=organiser_token(key, facts.uid, recipient.address),
        catalogues=catalogues,
        zones=services.zones,
        settings=services.settings,
    )


def invitation_letter(
    facts: InvitationFacts,
    *,
    recipient_id: int,
    sequence: int,
    dtstamp: datetime,
    token: str,
    catalogues: Catalogues,
    zones: Zones,
    settings: Settings,
) -> Letter:
    """Return one recipient's invitation, as full as 30 kB allow. `token` makes the address of its answers."""
    recipient = facts.recipient(recipient_id)
    sender = f"sessions+{token}@{settings.mail_domain}"
    for detail in LEVELS:
        frame = Frame.of(
            trimmed(facts, detail.line),
            recipient,
            catalogues.translate(recipient.language),
            zones=zones,
            detail=detail,
            public_url=settings.public_url,
        )
        view = view_of(frame)
        content = calendar_part(
            frame,
            view,
            sequence=sequence,
            dtstamp=dtstamp,
            organiser=sender,
            organiser_name=settings.mail_name,
        )
        letter = Letter(
            sender=sender,
            sender_name=settings.mail_name,
            subject=subject(frame),
            text=plain_text(view, frame.tongue),
            html=html_page(view, frame.tongue),
            language=recipient.language,
            calendar=CalendarPart(method="REQUEST", content=content),
        )
        if most_bytes(letter) <= MOST_BYTES:
            break
    return letter
