"""Service tokens on both databases: shown once, kept as a hash, narrowed, revoked."""

import hashlib

import pytest
from sqlalchemy import text

from jicanet.core.actor import CONSOLE, Actor, ActorKind, Role, Scope
from jicanet.core.errors import Invalid, NotFound
from jicanet.people import service
from jicanet.services import Services
from jicanet.storage.store import audit_of
from tests.support.clock import FakeClock

EMAIL = "coordinator@example.org"


async def everything_stored(services: Services) -> str:
    """Return all that the database holds, as text."""

    def query(db: object) -> str:
        names = ("user", "sign_in_link", "sign_in_ask", "web_session", "service_token", "audit", "outbox")
        rows = [db.execute(text(f'SELECT * FROM "{name}"')).all() for name in names]  # type: ignore[attr-defined]  # a Connection
        return repr(rows)

    return await services.database.read(query)


async def test_token_is_its_user_narrowed_to_its_scopes(services: Services) -> None:
    user = await service.first_coordinator(services, EMAIL)

    token = await service.create_token(
        services, CONSOLE, email="Coordinator@example.org", scopes=["sessions:read"], name=" nightly "
    )

    assert token.startswith("jnt_")
    assert len(token) == 47
    assert await service.bearer(services, token) == Actor(
        kind=ActorKind.TOKEN,
        name="coordinator@example.org (token 1)",
        user_id=user.id,
        email=EMAIL,
        roles=frozenset({Role.COORDINATOR}),
        scopes=frozenset({Scope.SESSIONS_READ}),
    )
    assert [(one.id, one.name, one.scopes) for one in await service.tokens(services, CONSOLE, EMAIL)] == [
        (1, "nightly", frozenset({Scope.SESSIONS_READ}))
    ]


async def test_token_is_stored_as_its_hash_alone(services: Services) -> None:
    await service.first_coordinator(services, EMAIL)

    token = await service.create_token(services, CONSOLE, email=EMAIL, scopes=["all"], name="x")

    stored = await everything_stored(services)
    assert token.removeprefix("jnt_") not in stored
    assert hashlib.sha256(token.encode()).hexdigest() in stored


@pytest.mark.parametrize(
    "presented", ["", "jnt_", "jnt_unknown", "JNT_{secret}", "{secret}", "jnt_{secret}x", "jnt_ {secret}"]
)
async def test_only_the_token_itself_is_good(services: Services, presented: str) -> None:
    await service.first_coordinator(services, EMAIL)
    token = await service.create_token(services, CONSOLE, email=EMAIL, scopes=["all"], name="x")

    assert await service.bearer(services, presented.format(secret=token.removeprefix("jnt_"))) is None


async def test_revoked_token_is_over_at_once(services: Services, clock: FakeClock) -> None:
    await service.first_coordinator(services, EMAIL)
    first, second = [
        await service.create_token(services, CONSOLE, email=EMAIL, scopes=["all"], name=name)
        for name in ("first", "second")
    ]
    clock.advance(hours=1)

    assert await service.revoke_token(services, CONSOLE, 1)
    assert not await service.revoke_token(services, CONSOLE, 1)

    assert await service.bearer(services, first) is None
    assert await service.bearer(services, second) is not None
    assert [(one.name, one.revoked_at) for one in await service.tokens(services, CONSOLE, EMAIL)] == [
        ("second", None),
        ("first", clock.now()),
    ]
    lines = await services.database.read(lambda db: audit_of(db, "token/1"))
    assert [(line.actor, line.action, line.detail) for line in lines] == [
        ("console", "token-created", {"user": EMAIL, "name": "first", "scopes": ["all"]}),
        ("console", "token-revoked", {"user": EMAIL, "name": "first"}),
    ]


async def test_unknown_user_scope_and_token_are_refused(services: Services) -> None:
    with pytest.raises(Invalid) as nobody:
        await service.create_token(services, CONSOLE, email=EMAIL, scopes=["all"], name="x")
    with pytest.raises(Invalid) as scope:
        await service.create_token(services, CONSOLE, email=EMAIL, scopes=["everything"], name="x")
    with pytest.raises(NotFound) as token:
        await service.revoke_token(services, CONSOLE, 7)
    with pytest.raises(Invalid) as listed:
        await service.tokens(services, CONSOLE, EMAIL)

    codes = [refusal.value.code for refusal in (nobody, scope, token, listed)]
    assert codes == ["unknown_user", "unknown_scope", "unknown_token", "unknown_user"]
