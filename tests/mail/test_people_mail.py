"""The sign-in mail: what it says in each language, and where its secret is and is not."""

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from jicanet.core.actor import CONSOLE
from jicanet.core.mailer import Delivery, DeliveryState
from jicanet.mail.delivery import DeliveryReport, deliver
from jicanet.mail.store import kept, listed
from jicanet.people import service
from jicanet.people.domain.model import NewUser
from jicanet.people.render import sign_in_renderer
from jicanet.people.service import SignedIn
from jicanet.services import Services
from jicanet.settings import Mode
from jicanet.web.i18n import Catalogues
from tests.support.clock import FakeClock
from tests.support.mailer import CollectingMailer

EMAIL = "hana@example.org"
RENDERERS = {"sign-in": sign_in_renderer(Catalogues.load())}
LINK = re.compile(r"http://jicanet\.test/sign-in/([A-Za-z0-9_-]{43})(\S*)")


async def asked(services: Services, *, language: str = "en", next_path: str = "/") -> None:
    user = NewUser(email=EMAIL, name="Hana", language=language, zone="Africa/Nairobi")
    await service.add_user(services, CONSOLE, user)
    await service.ask_for_link(services, EMAIL, next_path=next_path)


def parsed(content: bytes) -> EmailMessage:
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def in_production(services: Services) -> Services:
    return replace(services, settings=services.settings.model_copy(update={"mode": Mode.PRODUCTION}))


async def test_mail_says_what_it_is_and_until_when_on_the_users_clock(
    services: Services, mailer: CollectingMailer
) -> None:
    await asked(services)

    assert await deliver(services, RENDERERS, worker="w") == DeliveryReport(sent=1)

    ((sender, recipient, content),) = mailer.sent
    mail = parsed(content)
    assert (sender, recipient) == ("sessions@jicanet.invalid", EMAIL)
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "JICA-Net <sessions@jicanet.invalid>",
        EMAIL,
        "Sign in to JICA-Net",
    )
    assert mail["Auto-Submitted"] == "auto-generated"
    plain = part(mail, "plain")
    link = LINK.search(plain)
    assert link is not None
    assert plain == (
        "Somebody, most likely you, asked for a way in with this address. Open the page and press its button:\n"
        "\n"
        f"{link.group()}\n"
        "\n"
        "The link works once, until 03:15 on Tue 1 Dec (Nairobi, UTC+03:00).\n"
        "\n"
        "If it was not you, do nothing. Nobody gets in without this mail.\n"
    )
    html = part(mail, "html")
    assert f'href="{link.group()}"' in html
    assert "The link works once, until 03:15 on Tue 1 Dec (Nairobi, UTC+03:00)." in html
    assert not re.search(r"<img|<script|<link|url\(", html)


async def test_mail_in_japanese(services: Services, mailer: CollectingMailer) -> None:
    await asked(services, language="ja")

    await deliver(services, RENDERERS, worker="w")

    mail = parsed(mailer.sent[0][2])
    assert (mail["Subject"], mail["Content-Language"]) == ("JICA-Netへのログイン", "ja")
    assert "リンクは12月1日（火）03:15（ナイロビ、UTC+03:00）まで、1回だけ使えます。" in part(mail, "plain")
    assert '<html lang="ja">' in part(mail, "html")


async def test_link_in_the_mail_signs_in(services: Services, mailer: CollectingMailer) -> None:
    await asked(services, next_path="/library?q=%E6%B0%B4&lang=ja")
    await deliver(services, RENDERERS, worker="w")

    link = LINK.search(part(parsed(mailer.sent[0][2]), "plain"))
    assert link is not None
    assert link.group(2) == "?next=/library?q=%25E6%25B0%25B4%26lang=ja"
    outcome = await service.use_link(services, link.group(1))

    assert isinstance(outcome, SignedIn)
    assert outcome.user.email == EMAIL


async def everything(services: Services) -> str:
    """Return all that is stored; of mails what they say, since their coding breaks long words."""
    names = ("sign_in_link", "sign_in_ask", "web_session", "audit", "outbox", "mail_body")
    rows: list[Any] = await services.database.read(
        lambda db: [tuple(row) for name in names for row in db.execute(text(f"SELECT * FROM {name}"))]
    )
    said = [part(parsed(value), "plain") for row in rows for value in row if isinstance(value, bytes)]
    return repr(rows) + repr(said)


class Refusing(CollectingMailer):
    """Puts every mail off after having seen it."""

    async def send(self, *, sender: str, recipient: str, content: bytes) -> Delivery:
        await super().send(sender=sender, recipient=recipient, content=content)
        return Delivery(state=DeliveryState.LATER, words="451 later")


async def test_in_production_the_way_in_is_in_the_mail_and_nowhere_else(
    services: Services, clock: FakeClock, mailer: CollectingMailer
) -> None:
    live = in_production(services)
    await asked(live)
    first = Refusing()

    assert await deliver(replace(live, mailer=first), RENDERERS, worker="w") == DeliveryReport(later=1)
    token = str(LINK.findall(part(parsed(first.sent[0][2]), "plain"))[0][0])
    assert token not in await everything(live)
    clock.advance(minutes=2)
    assert await deliver(live, RENDERERS, worker="w") == DeliveryReport(sent=1)

    assert token not in await everything(live)
    assert mailer.sent == first.sent  # byte for byte, though nothing was stored
    (row,) = await live.database.read(lambda db: listed(db, limit=10))
    assert row.message_id == parsed(mailer.sent[0][2])["Message-ID"]


async def test_in_development_the_mail_can_be_read_afterwards(
    services: Services, mailer: CollectingMailer
) -> None:
    await asked(services)
    await deliver(services, RENDERERS, worker="w")

    (row,) = await services.database.read(lambda db: listed(db, limit=10))
    body = await services.database.read(lambda db: kept(db, row.id))

    assert body is not None
    assert body.content == mailer.sent[0][2]
    token = str(LINK.findall(part(parsed(body.content), "plain"))[0][0])
    assert token in await everything(services)  # so that not finding it in production means something


def other_key(services: Services) -> Services:
    return replace(
        services, settings=services.settings.model_copy(update={"secret_key": SecretStr("other" * 9)})
    )


def same(services: Services) -> Services:
    return services


@pytest.mark.parametrize(
    ("broken", "spoil", "words"),
    [
        (other_key, "SELECT 1", "the secret key has changed since the sign-in link was made"),
        (same, "DELETE FROM sign_in_link", "the sign-in link no longer exists"),
    ],
    ids=["key_changed", "link_forgotten"],
)
async def test_mail_whose_link_cannot_work_is_not_sent(
    services: Services,
    mailer: CollectingMailer,
    broken: Callable[[Services], Services],
    spoil: str,
    words: str,
) -> None:
    await asked(services)

    def change(db: Any) -> None:
        db.execute(text(spoil))

    await services.database.write(change)

    assert await deliver(broken(services), RENDERERS, worker="w") == DeliveryReport(failed=1)

    assert mailer.sent == []
    (row,) = await services.database.read(lambda db: listed(db, limit=10))
    assert words in row.last_words
