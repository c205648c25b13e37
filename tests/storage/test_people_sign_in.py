"""One-time links and browser sessions on both databases: once, in time, by one of any rivals."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event, text

from jicanet.core.actor import CONSOLE, Role
from jicanet.core.errors import Invalid, Unavailable
from jicanet.mail.store import listed
from jicanet.people import service, store
from jicanet.people.domain.model import LinkState, NewUser
from jicanet.people.domain.tokens import hashed
from jicanet.people.service import LinkView, SignedIn
from jicanet.services import Services
from jicanet.storage.store import audit_of
from tests.support.clock import FakeClock

EMAIL = "coordinator@example.org"
TABLES = (
    "user",
    "sign_in_link",
    "sign_in_ask",
    "web_session",
    "service_token",
    "audit",
    "outbox",
    "mail_body",
)


async def everything_stored(services: Services) -> str:
    def query(db: Any) -> str:
        return repr([db.execute(text(f'SELECT * FROM "{name}"')).all() for name in TABLES])

    return await services.database.read(query)


async def count(services: Services, table: str) -> int:
    query = text(f'SELECT count(*) FROM "{table}"')
    return await services.database.read(lambda db: int(db.execute(query).scalar_one()))


async def a_link(services: Services) -> str:
    """Return the token of a new link for a coordinator, who is added if missing."""
    await service.first_coordinator(services, EMAIL)
    return (await service.new_sign_in_link(services, EMAIL)).rpartition("/")[2]


async def signed_in(services: Services, cookie: str | None = None) -> SignedIn:
    outcome = await service.use_link(services, await a_link(services), cookie=cookie)
    assert isinstance(outcome, SignedIn)
    return outcome


async def test_printed_link_is_absolute_and_made_from_settings(services: Services) -> None:
    await service.first_coordinator(services, EMAIL)

    link = await service.new_sign_in_link(services, EMAIL)

    assert link.startswith("http://jicanet.test/sign-in/")
    assert len(link.rpartition("/")[2]) == 43


async def test_link_signs_in_once(services: Services, clock: FakeClock) -> None:
    token = await a_link(services)

    first = await service.use_link(services, token)
    again = await service.use_link(services, token)

    assert isinstance(first, SignedIn)
    assert (first.user.email, (first.expires_at - clock.now()).days) == (EMAIL, 14)
    assert again == LinkView(state=LinkState.USED, address="c•••@example.org")
    assert await count(services, "web_session") == 1


async def test_looking_at_a_link_never_uses_it(services: Services) -> None:
    token = await a_link(services)
    before = await everything_stored(services)

    views = [await service.look_at_link(services, token) for _ in range(3)]

    assert views == [LinkView(state=LinkState.READY, address="c•••@example.org")] * 3
    assert await everything_stored(services) == before
    assert isinstance(await service.use_link(services, token), SignedIn)


@pytest.mark.parametrize(("seconds", "good"), [(899, True), (900, False)], ids=["last_second", "too_late"])
async def test_link_is_good_for_fifteen_minutes(
    services: Services, clock: FakeClock, *, seconds: int, good: bool
) -> None:
    token = await a_link(services)
    clock.advance(seconds=seconds)

    outcome = await service.use_link(services, token)

    assert isinstance(outcome, SignedIn) is good
    assert await count(services, "web_session") == int(good)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 5000, "\ud800", "拠点"])
async def test_unknown_link_says_no_more_than_that(services: Services, token: str) -> None:
    await a_link(services)

    assert await service.look_at_link(services, token) == LinkView(state=LinkState.UNKNOWN)
    assert await service.use_link(services, token) == LinkView(state=LinkState.UNKNOWN)


async def test_of_rivals_with_one_link_one_is_let_in(services: Services) -> None:
    token = await a_link(services)

    outcomes = await asyncio.gather(*(service.use_link(services, token) for _ in range(20)))

    let_in = [one for one in outcomes if isinstance(one, SignedIn)]
    others = [one.state for one in outcomes if isinstance(one, LinkView)]
    assert (len(let_in), others) == (1, [LinkState.USED] * 19)
    assert await count(services, "web_session") == 1


async def test_neither_link_nor_session_is_stored_in_plain(services: Services) -> None:
    token = await a_link(services)
    await service.ask_for_link(services, EMAIL)

    outcome = await service.use_link(services, token)

    assert isinstance(outcome, SignedIn)
    stored = await everything_stored(services)
    assert token not in stored
    assert outcome.token not in stored
    assert hashed(token) in stored
    assert hashed(outcome.token) in stored


async def test_session_is_who_signed_in_until_it_ends(services: Services, clock: FakeClock) -> None:
    outcome = await signed_in(services)

    session = await service.web_session(services, outcome.token)

    assert session is not None
    assert (session.user, session.expires_at) == (outcome.user, outcome.expires_at)
    assert session.csrf not in {"", outcome.token}
    clock.advance(days=14, seconds=-1)
    assert await service.web_session(services, outcome.token) == session
    clock.advance(seconds=1)
    assert await service.web_session(services, outcome.token) is None


async def test_signing_in_ends_the_session_that_was_there(services: Services) -> None:
    before = await signed_in(services)

    after = await signed_in(services, cookie=before.token)

    assert after.token != before.token
    assert await service.web_session(services, before.token) is None
    assert await service.web_session(services, after.token) is not None


async def test_used_link_leaves_the_session_that_was_there(services: Services) -> None:
    token = await a_link(services)
    outcome = await service.use_link(services, token)
    assert isinstance(outcome, SignedIn)

    await service.use_link(services, token, cookie=outcome.token)

    assert await service.web_session(services, outcome.token) is not None


async def test_signing_out_ends_this_browser_only(services: Services) -> None:
    here, elsewhere = await signed_in(services), await signed_in(services)

    assert await service.sign_out(services, here.token)
    assert not await service.sign_out(services, here.token)
    assert not await service.sign_out(services, "unknown")

    assert await service.web_session(services, here.token) is None
    assert await service.web_session(services, elsewhere.token) is not None


async def test_signing_in_and_out_is_audited_without_secrets(services: Services) -> None:
    outcome = await signed_in(services)
    await service.sign_out(services, outcome.token)

    subject = f"user/{outcome.user.id}"
    lines = await services.database.read(lambda db: audit_of(db, subject))

    assert [(line.actor, line.action, sorted(line.detail)) for line in lines] == [
        ("console", "user-created", ["email", "roles", "stations"]),
        (EMAIL, "signed-in", ["link", "session"]),
        (EMAIL, "signed-out", ["session"]),
    ]


async def test_asking_owes_one_mail_that_holds_no_secret(services: Services) -> None:
    await service.add_user(services, CONSOLE, NewUser(email=EMAIL, name="C"))

    await service.ask_for_link(services, "Coordinator@Example.ORG", next_path="/sessions/JN-2026-000001")

    (row,) = await services.database.read(lambda db: listed(db, limit=10))
    link = row.payload["link"]
    assert (row.identity, row.kind, row.recipient) == (f"sign-in/{link}", "sign-in", EMAIL)
    assert row.payload == {"link": link, "next": "/sessions/JN-2026-000001"}
    assert await count(services, "sign_in_link") == 1


async def test_foreign_way_on_is_not_mailed(services: Services) -> None:
    await service.first_coordinator(services, EMAIL)

    await service.ask_for_link(services, EMAIL, next_path="//evil.example")

    (row,) = await services.database.read(lambda db: listed(db, limit=10))
    assert row.payload["next"] == "/"


async def test_unknown_and_disabled_addresses_are_owed_nothing(services: Services) -> None:
    await service.add_user(services, CONSOLE, NewUser(email="gone@example.org", name="Gone"))
    await service.disable_user(services, CONSOLE, "gone@example.org")

    await service.ask_for_link(services, "nobody@example.org")
    await service.ask_for_link(services, "gone@example.org")

    assert (await count(services, "outbox"), await count(services, "sign_in_link")) == (0, 0)
    # What was typed is not kept either, only a mark of it.
    assert "nobody@example.org" not in await everything_stored(services)
    assert await count(services, "sign_in_ask") == 2


async def test_no_address_is_refused_whoever_asks(services: Services) -> None:
    with pytest.raises(Invalid) as refusal:
        await service.ask_for_link(services, "nobody")

    assert refusal.value.code == "bad_address"


async def test_an_address_gets_so_many_links_in_any_hour(services: Services, clock: FakeClock) -> None:
    await service.first_coordinator(services, EMAIL)
    await service.first_coordinator(services, "other@example.org")

    for _ in range(3):
        await service.ask_for_link(services, EMAIL)
    clock.advance(minutes=30)
    for _ in range(5):
        await service.ask_for_link(services, EMAIL.upper())
    await service.ask_for_link(services, "other@example.org")
    assert await count(services, "outbox") == 6
    clock.advance(minutes=29, seconds=59)
    await service.ask_for_link(services, EMAIL)
    assert await count(services, "outbox") == 6
    clock.advance(seconds=1)
    for _ in range(5):
        await service.ask_for_link(services, EMAIL)
    assert await count(services, "outbox") == 9


async def test_printed_links_do_not_use_up_the_mailed_ones(services: Services) -> None:
    for _ in range(6):
        await a_link(services)

    await service.ask_for_link(services, EMAIL)

    assert await count(services, "outbox") == 1


async def test_rivals_do_not_get_past_the_limit(services: Services) -> None:
    await service.first_coordinator(services, EMAIL)

    await asyncio.gather(*(service.ask_for_link(services, EMAIL) for _ in range(20)))

    assert await count(services, "outbox") == 5


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_unknown_address_costs_a_reading_and_a_writing_as_well(services: Services) -> None:
    """The time tells nothing when the first statements are the same and every ask commits something."""
    await service.first_coordinator(services, EMAIL)

    known, unknown = [await statements(services, address) for address in (EMAIL, "nobody@example.org")]

    assert unknown == known[: len(unknown)]
    assert [one.split()[0] for one in unknown] == ["INSERT", "SELECT", "SELECT"]


async def statements(services: Services, address: str) -> list[str]:
    """Return what one ask says to the database."""
    seen: list[str] = []

    def listen(_c: object, _k: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def wrapped(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def run(db: Any) -> Any:
            event.listen(db, "before_cursor_execute", listen)
            return change(db)

        return run

    class Listening:
        async def write(self, change: Callable[[Any], Any]) -> Any:
            return await services.database.write(wrapped(change))

    await service.ask_for_link(replace(services, database=Listening()), address)  # type: ignore[arg-type]  # writes only
    return seen


async def test_without_a_key_no_link_is_made(services: Services) -> None:
    await service.first_coordinator(services, EMAIL)
    keyless = replace(services, settings=services.settings.model_copy(update={"secret_key": None}))
    empty = replace(services, settings=services.settings.model_copy(update={"secret_key": SecretStr("")}))

    for without in (keyless, empty):
        for attempt in (service.new_sign_in_link(without, EMAIL), service.ask_for_link(without, EMAIL)):
            with pytest.raises(Unavailable) as refusal:
                await attempt
            assert refusal.value.code == "secret_key_missing"
    assert await count(services, "sign_in_link") == 0


async def test_what_is_over_is_forgotten_in_time(services: Services, clock: FakeClock) -> None:
    await service.ask_for_link(services, "nobody@example.org")
    ended, kept = await signed_in(services), await signed_in(services)
    await service.sign_out(services, ended.token)

    async def forgotten() -> int:
        now = clock.now()
        return await services.database.write(lambda db: store.forget_expired(db, now=now, kept_days=30))

    assert await forgotten() == 0
    clock.advance(hours=1, seconds=1)
    assert await forgotten() == 1
    clock.advance(days=10)
    assert await forgotten() == 0
    assert await service.web_session(services, kept.token) is not None
    clock.advance(days=20)
    assert await forgotten() == 3  # two links and the session that was signed out
    clock.advance(days=15)
    assert await forgotten() == 1
    assert [await count(services, name) for name in ("sign_in_ask", "sign_in_link", "web_session")] == [
        0,
        0,
        0,
    ]
    assert (await service.first_coordinator(services, EMAIL)).roles == frozenset({Role.COORDINATOR})
