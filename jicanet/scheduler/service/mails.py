"""The mails that a change owes, as rows of the outbox."""

import hashlib
from collections.abc import Sequence

from jicanet.mail.model import Owed
from jicanet.scheduler.domain.notices import CANCEL, Notice
from jicanet.scheduler.domain.record import RecipientRecord, StoredSession
from jicanet.scheduler.domain.tokens import organiser_token
from jicanet.services import Services


def token_hash(services: Services, uid: str, address: str) -> str | None:
    """Return what is stored of a recipient's secret address; None without a key to make it from."""
    key = services.settings.secret_key
    if key is None:
        return None
    return hash_of(organiser_token(key.get_secret_value().encode(), uid, address))


def hash_of(token: str) -> str:
    """Return what is stored of a secret address."""
    return hashlib.sha256(token.encode()).hexdigest()


def calendar_mails(
    stored: StoredSession, notices: Sequence[Notice], recipients: Sequence[RecipientRecord]
) -> list[Owed]:
    """Return the mails with a calendar, one for each notice."""
    ids = {recipient.address: recipient.id for recipient in recipients}
    return [_owed(stored, notice, ids[notice.address]) for notice in notices]


def _owed(stored: StoredSession, notice: Notice, recipient_id: int) -> Owed:
    session = stored.session
    kind = "cancel" if notice.method == CANCEL else "request"
    payload: dict[str, object] = {
        "session_id": session.id,
        "revision": session.revision,
        "recipient_id": recipient_id,
        "news": notice.news.value,
    }
    if kind == "cancel":
        payload["whole"] = notice.whole
        # What it spoke for until now: where its mailbox has changed, the picture has it under the new one.
        payload["parts"] = list(notice.parts)
    elif notice.partstat is not None:
        payload["partstat"] = notice.partstat.value.upper()
    return Owed(
        identity=f"{kind}/{recipient_id}/{session.revision}",
        kind=kind,
        recipient=notice.address,
        uid=session.uid,
        recipient_key=str(recipient_id),
        sequence=notice.sequence,
        dtstamp=notice.dtstamp,
        payload=payload,
    )
