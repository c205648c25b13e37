"""The SMTP mailer against a real server that refuses, delays, drops and comes back."""

import socket
from pathlib import Path

import pytest

from jicanet.core.mailer import Delivery, DeliveryState
from jicanet.mail.folder import FolderMailer, file_of
from jicanet.mail.mailers import OwingMailer, can_send, mailer_for
from jicanet.mail.smtp import SmtpMailer
from jicanet.settings import Mode, Settings
from tests.support.smtp import DROP, Post, listening

CONTENT = b"Message-ID: <1@example.org>\r\nSubject: x\r\n\r\nText\r\n.\r\n..two\r\nFrom here\r\n"


def mailer(port: int) -> SmtpMailer:
    return SmtpMailer(Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_timeout_seconds=5))


async def send(post_mailer: SmtpMailer, to: str = "room@example.org") -> Delivery:
    return await post_mailer.send(sender="sessions@example.org", recipient=to, content=CONTENT)


async def test_the_server_gets_the_very_bytes() -> None:
    post = Post()
    async with listening(post) as port:
        sender = mailer(port)
        done = await send(sender)
        await sender.close()

    assert done == Delivery(state=DeliveryState.SENT, words="taken")
    assert post.taken == [("sessions@example.org", "room@example.org", CONTENT)]


async def test_one_connection_is_kept_and_opened_again_when_dropped() -> None:
    post = Post()
    async with listening(post) as port:
        sender = mailer(port)
        assert (await send(sender)).state is DeliveryState.SENT
        assert (await send(sender)).state is DeliveryState.SENT
        assert post.connections == 1

        post.hang_up()
        assert (await send(sender)).state is DeliveryState.SENT
        assert post.connections == 2
        await sender.close()

    assert len(post.taken) == 3


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("451 4.3.0 try again", DeliveryState.LATER),
        ("452 4.2.2 mailbox full", DeliveryState.LATER),
        ("550 5.7.1 not here", DeliveryState.FAILED),
        ("552 5.3.4 too big", DeliveryState.FAILED),
    ],
)
async def test_an_answer_to_the_text_decides(answer: str, state: DeliveryState) -> None:
    post = Post(to_data=[answer])
    async with listening(post) as port:
        sender = mailer(port)
        assert await send(sender) == Delivery(state=state, words=answer)
        assert (await send(sender)).state is DeliveryState.SENT  # on the same connection
        await sender.close()

    assert post.connections == 1


async def test_a_refused_recipient_does_not_touch_the_next() -> None:
    post = Post(to_rcpt={"gone@example.org": "550 5.1.1 no such room", "full@example.org": "450 busy"})
    async with listening(post) as port:
        sender = mailer(port)
        gone, full, fine = [await send(sender, f"{name}@example.org") for name in ("gone", "full", "fine")]
        await sender.close()

    assert gone == Delivery(state=DeliveryState.FAILED, words="550 5.1.1 no such room")
    assert full == Delivery(state=DeliveryState.LATER, words="450 busy")
    assert fine.state is DeliveryState.SENT


async def test_a_connection_lost_after_the_text_is_tried_again() -> None:
    post = Post(to_data=[DROP])
    async with listening(post) as port:
        sender = mailer(port)
        lost = await send(sender)
        again = await send(sender)
        await sender.close()

    assert (lost.state, lost.reached) == (DeliveryState.LATER, True)
    assert again.state is DeliveryState.SENT
    # The server took both, and both are the same: a repeat that harms nobody.
    assert [content for _, _, content in post.taken] == [CONTENT, CONTENT]


async def test_a_server_that_is_away_is_not_reached_and_then_is() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    sender = mailer(port)

    away = await send(sender)
    assert (away.state, away.reached) == (DeliveryState.LATER, False)
    assert away.words

    async with listening(Post(), port):
        assert (await send(sender)).state is DeliveryState.SENT
        await sender.close()


async def test_a_silent_server_is_given_up_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        sender = SmtpMailer(
            Settings(smtp_host="127.0.0.1", smtp_port=silent.getsockname()[1], smtp_timeout_seconds=0.2)
        )
        delivery = await send(sender)
        await sender.close()

    assert (delivery.state, delivery.reached) == (DeliveryState.LATER, False)


async def test_a_server_that_wants_a_sign_in_is_our_fault_and_not_the_mails() -> None:
    post = Post(to_rcpt={"room@example.org": "530 5.7.0 Authentication required"})
    async with listening(post) as port:
        sender = mailer(port)
        delivery = await send(sender)
        await sender.close()

    assert delivery == Delivery(
        state=DeliveryState.LATER, words="530 5.7.0 Authentication required", reached=False
    )


async def test_a_password_at_a_server_without_sign_in_waits() -> None:
    post = Post()
    async with listening(post) as port:
        sender = SmtpMailer(
            Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_user="me", smtp_password="secret")
        )
        delivery = await send(sender)
        await sender.close()

    assert (delivery.state, delivery.reached) == (DeliveryState.LATER, False)
    assert "secret" not in delivery.words
    assert post.taken == []


@pytest.mark.parametrize("address", ["ルーム@example.org", "a b@example.org\r\nRCPT TO:<x@y>"])
async def test_an_address_that_smtp_cannot_carry_fails(address: str) -> None:
    post = Post()
    async with listening(post) as port:
        sender = mailer(port)
        delivery = await send(sender, address)
        after = await send(sender)
        await sender.close()

    assert delivery.state is DeliveryState.FAILED
    assert after.state is DeliveryState.SENT
    assert [to for _, to, _ in post.taken] == ["room@example.org"]


async def test_the_folder_keeps_one_file_a_mail(tmp_path: Path) -> None:
    folder = FolderMailer(tmp_path)
    one = await folder.send(sender="a@example.org", recipient="b@example.org", content=CONTENT)
    await folder.send(sender="a@example.org", recipient="b@example.org", content=CONTENT)
    await folder.close()

    path = file_of(tmp_path, "<1@example.org>")
    assert one == Delivery(state=DeliveryState.SENT, words=path.name)
    assert [found.name for found in (tmp_path / "mail").iterdir()] == [path.name]
    assert path.read_bytes() == CONTENT


async def test_a_folder_that_cannot_be_written_keeps_the_mail_owed(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    delivery = await FolderMailer(tmp_path).send(sender="a@x", recipient="b@x", content=CONTENT)

    assert (delivery.state, delivery.reached) == (DeliveryState.LATER, False)
    assert delivery.words


async def test_the_settings_choose_the_mailer(tmp_path: Path) -> None:
    smtp = Settings(smtp_host="127.0.0.1")
    development = Settings(mode=Mode.DEVELOPMENT, data=tmp_path)
    neither = Settings(data=tmp_path)

    assert isinstance(mailer_for(smtp), SmtpMailer)
    assert isinstance(mailer_for(development), FolderMailer)
    assert [can_send(given) for given in (smtp, development, neither)] == [True, True, False]

    owing = mailer_for(neither)
    assert isinstance(owing, OwingMailer)
    delivery = await owing.send(sender="a@x", recipient="b@x", content=CONTENT)
    await owing.close()
    assert (delivery.state, delivery.reached) == (DeliveryState.LATER, False)
    assert not (tmp_path / "mail").exists()
