"""Sends mail to an SMTP server over one kept connection, opened again when it was dropped."""

import asyncio

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from jicanet.core.mailer import Delivery, DeliveryState
from jicanet.settings import Settings

_PERMANENT = range(500, 600)
# RFC 4954 6: the server wants another sign-in or TLS first. A wrong setting, not a wrong mail.
_OURS_TO_MEND = frozenset({530, 534, 535, 538})
_MOST_WORDS = 500


class SmtpMailer:
    """A Mailer that holds one connection; sends one mail after the other on it."""

    def __init__(self, settings: Settings) -> None:
        """Keep how to reach the server; the first `send` connects."""
        self._settings = settings
        self._client: SMTP | None = None
        self._turn = asyncio.Lock()

    async def send(self, *, sender: str, recipient: str, content: bytes) -> Delivery:
        """Return what the server made of one mail to one recipient.

        Sent when it accepted, failed when it refused for good (5xx) with its words, later for all else:
        4xx, a lost connection, a server that takes no sign-in. A connection lost after the text was
        sent leaves open whether it was accepted: later, since the same bytes sent twice are harmless.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(self._settings.smtp_timeout_seconds):
                    client = await self._connection()
            except (SMTPException, OSError, TimeoutError) as error:
                self._drop()
                return _later(error, reached=False)
            try:
                async with asyncio.timeout(self._settings.smtp_timeout_seconds):
                    _, words = await client.sendmail(sender, [recipient], content)
            except (ValueError, SMTPNotSupported) as error:  # an address that SMTP cannot carry
                return Delivery(state=DeliveryState.FAILED, words=_words(error))
            except (SMTPRecipientsRefused, SMTPResponseException) as error:
                return _refused(error)
            except (SMTPException, OSError, TimeoutError) as error:
                self._drop()
                return _later(error, reached=True)
            except asyncio.CancelledError:
                self._drop()  # in the middle of a mail the connection is good for nothing
                raise
            return Delivery(state=DeliveryState.SENT, words=words[:_MOST_WORDS])

    async def close(self) -> None:
        """Leave the server; a server that is gone is left without a word."""
        async with self._turn:
            client, self._client = self._client, None
            if client is not None and client.is_connected:
                try:
                    async with asyncio.timeout(5):
                        await client.quit()
                except (SMTPException, OSError, TimeoutError):
                    client.close()

    async def _connection(self) -> SMTP:
        """Return the open connection, or a new one if the server has closed it meanwhile."""
        if self._client is not None and self._client.is_connected:
            try:
                await self._client.rset()
            except (SMTPException, OSError, TimeoutError):
                self._drop()
            else:
                return self._client
        given = self._settings
        password = given.smtp_password.get_secret_value() if given.smtp_password else None
        self._client = SMTP(
            hostname=given.smtp_host,
            port=given.smtp_port,
            username=given.smtp_user,
            password=password,
            timeout=given.smtp_timeout_seconds,
            use_tls=given.smtp_tls == "tls",
            start_tls=given.smtp_tls == "starttls",
        )
        await self._client.connect()
        return self._client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _refused(error: SMTPRecipientsRefused | SMTPResponseException) -> Delivery:
    answer = error.recipients[0] if isinstance(error, SMTPRecipientsRefused) else error
    words = _answer(answer)
    if answer.code in _OURS_TO_MEND:
        return Delivery(state=DeliveryState.LATER, words=words, reached=False)
    state = DeliveryState.FAILED if answer.code in _PERMANENT else DeliveryState.LATER
    return Delivery(state=state, words=words)


def _answer(answer: SMTPRecipientRefused | SMTPResponseException) -> str:
    return f"{answer.code} {answer.message}"[:_MOST_WORDS]


def _later(error: Exception, *, reached: bool) -> Delivery:
    words = _answer(error) if isinstance(error, SMTPResponseException) else _words(error)
    return Delivery(state=DeliveryState.LATER, words=words, reached=reached)


def _words(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:_MOST_WORDS]
