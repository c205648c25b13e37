"""Chooses how mail leaves by the settings."""

from jicanet.core.mailer import Delivery, DeliveryState, Mailer
from jicanet.mail.folder import FolderMailer
from jicanet.mail.smtp import SmtpMailer
from jicanet.settings import Settings


class OwingMailer:
    """A Mailer of commands that only owe mail: it sends nothing and says so."""

    async def send(self, *, sender: str, recipient: str, content: bytes) -> Delivery:  # noqa: ARG002 - it sends nothing
        """Return later: a worker with a mail server will send it."""
        return Delivery(state=DeliveryState.LATER, words="no mail server is set (smtp_host)", reached=False)

    async def close(self) -> None:
        """Do nothing: there is nothing to leave."""


def can_send(settings: Settings) -> bool:
    """Say whether mail can leave; where it cannot, `serve` and `worker` must refuse to start."""
    return settings.smtp_host is not None or settings.is_development


def mailer_for(settings: Settings) -> Mailer:
    """Return the mailer of these settings: SMTP, files in development, else one that only owes."""
    if settings.smtp_host is not None:
        return SmtpMailer(settings)
    return FolderMailer(settings.data) if settings.is_development else OwingMailer()
