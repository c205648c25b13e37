"""Users on both databases: adding, shutting out, acting as one, and rivals for one address."""

import asyncio
from collections.abc import Iterable

import pytest
from sqlalchemy import Connection

from jicanet.core.actor import CONSOLE, STRANGER, Actor, ActorKind, Role, Scope
from jicanet.core.errors import Conflict, Forbidden, Invalid, SignInNeeded
from jicanet.people import service, store
from jicanet.people.domain.model import NewUser, User
from jicanet.people.domain.users import UserChange
from jicanet.services import Services
from jicanet.storage.store import audit_of
from tests.support.clock import FakeClock

EMAIL = "hana@example.org"
HANA = NewUser(
    email=" Hana@Example.org",
    name=" Hana ",
    language="ja",
    zone="Asia/Calcutta",
    telephone="+81 3 0000 0000",
    roles=frozenset({Role.OPERATOR, Role.LECTURER}),
    stations=frozenset({"KEN-NBO", "JPN-TIC"}),
)


def known(_db: Connection, codes: Iterable[str]) -> set[str]:
    return {"JPN-TIC", "KEN-NBO"} & set(codes)


async def kept(services: Services, email: str = EMAIL) -> User | None:
    return await services.database.read(lambda db: store.user_by_email(db, email))


async def audited(services: Services, subject: str) -> list[tuple[str, str, object]]:
    lines = await services.database.read(lambda db: audit_of(db, subject))
    return [(line.actor, line.action, line.detail) for line in lines]


async def test_user_is_kept_as_given_in_stored_form(services: Services) -> None:
    user = await service.add_user(services, CONSOLE, HANA, known_stations=known)

    assert user == User(
        id=user.id,
        email=EMAIL,
        name="Hana",
        language="ja",
        zone="Asia/Kolkata",
        telephone="+81 3 0000 0000",
        roles=frozenset({Role.OPERATOR, Role.LECTURER}),
        stations=frozenset({"KEN-NBO", "JPN-TIC"}),
    )
    assert await kept(services) == user
    assert await services.database.read(lambda db: store.users_by_ids(db, [user.id, 999])) == {user.id: user}
    assert await audited(services, f"user/{user.id}") == [
        (
            "console",
            "user-created",
            {"email": EMAIL, "roles": ["lecturer", "operator"], "stations": ["JPN-TIC", "KEN-NBO"]},
        )
    ]


async def test_every_wrong_field_of_a_user_is_named_and_nothing_stored(services: Services) -> None:
    wrong = NewUser(
        email="a b@c",
        name="x\r\ny",
        language="fr",
        zone="GMT+3",
        telephone="1" * 41,
        stations=frozenset({"KEN-NBO"}),
    )

    with pytest.raises(Invalid) as refusal:
        await service.add_user(services, CONSOLE, wrong)

    assert [(error.pointer, error.code) for error in refusal.value.errors] == [
        ("/email", "bad_address"),
        ("/name", "bad_name"),
        ("/language", "unknown_language"),
        ("/telephone", "bad_telephone"),
        ("/zone", "unknown_zone"),
        ("/stations", "unknown_station"),  # without the network no code is a station's
    ]
    assert await service.users(services, CONSOLE) == []


async def test_second_user_of_an_address_is_refused(services: Services) -> None:
    await service.add_user(services, CONSOLE, HANA, known_stations=known)

    with pytest.raises(Conflict) as refusal:
        await service.add_user(services, CONSOLE, NewUser(email="HANA@example.org", name="Other"))

    assert refusal.value.code == "user_exists"
    assert [user.name for user in await service.users(services, CONSOLE)] == ["Hana"]


async def test_of_rivals_for_one_address_one_adds_it(services: Services) -> None:
    outcomes = await asyncio.gather(
        *(service.add_user(services, CONSOLE, HANA, known_stations=known) for _ in range(8)),
        return_exceptions=True,
    )

    added = [one for one in outcomes if isinstance(one, User)]
    refused = [one.code for one in outcomes if isinstance(one, Conflict)]
    assert (len(added), refused) == (1, ["user_exists"] * 7)


async def test_users_are_listed_by_address_page_by_page(services: Services) -> None:
    for name in ("c", "a", "b"):
        await service.add_user(services, CONSOLE, NewUser(email=f"{name}@example.org", name=name))

    first = await service.users(services, CONSOLE, limit=2)

    assert [user.name for user in first] == ["a", "b"]
    assert [user.name for user in await service.users(services, CONSOLE, after=first[-1].email)] == ["c"]


async def test_first_coordinator_is_made_once(services: Services) -> None:
    made = await asyncio.gather(*(service.first_coordinator(services, EMAIL) for _ in range(5)))

    assert len({user.id for user in made}) == 1
    assert (made[0].email, made[0].name, made[0].roles) == (EMAIL, "hana", frozenset({Role.COORDINATOR}))
    assert [line[1] for line in await audited(services, f"user/{made[0].id}")] == ["user-created"]


async def test_first_coordinator_may_be_a_user_already(services: Services) -> None:
    user = await service.add_user(services, CONSOLE, HANA, known_stations=known)

    promoted = await service.first_coordinator(services, EMAIL)

    assert promoted.roles == user.roles | {Role.COORDINATOR}
    assert await kept(services) == promoted
    assert await audited(services, f"user/{user.id}") == [
        (
            "console",
            "user-created",
            {"email": EMAIL, "roles": ["lecturer", "operator"], "stations": ["JPN-TIC", "KEN-NBO"]},
        ),
        (
            "console",
            "user-changed",
            {
                "fields": ["roles"],
                "roles": [["lecturer", "operator"], ["coordinator", "lecturer", "operator"]],
            },
        ),
    ]


async def test_disabled_user_gets_in_nowhere(services: Services, clock: FakeClock) -> None:
    await service.first_coordinator(services, "other@example.org")
    user = await service.first_coordinator(services, EMAIL)
    token = await service.create_token(services, CONSOLE, email=EMAIL, scopes=[Scope.ALL], name="x")
    link, later = [(await service.new_sign_in_link(services, EMAIL)).rpartition("/")[2] for _ in range(2)]
    signed_in = await service.use_link(services, link)
    assert isinstance(signed_in, service.SignedIn)

    assert await service.disable_user(services, CONSOLE, EMAIL)
    assert not await service.disable_user(services, CONSOLE, EMAIL)

    assert await service.bearer(services, token) is None
    assert await service.web_session(services, signed_in.token) is None
    assert (await service.look_at_link(services, later)).state == "unknown"
    assert not isinstance(await service.use_link(services, later), service.SignedIn)
    for refused in (
        service.new_sign_in_link(services, EMAIL),
        service.act_as(services, EMAIL),
        service.first_coordinator(services, EMAIL),
        service.create_token(services, CONSOLE, email=EMAIL, scopes=["all"], name="x"),
    ):
        with pytest.raises((Conflict, Invalid)) as refusal:
            await refused
        assert refusal.value.code in {"user_disabled", "unknown_user"}
    assert [line[1] for line in await audited(services, f"user/{user.id}")][-1] == "user-disabled"
    found = await kept(services)
    assert found is not None
    assert found.disabled_at == clock.now()


async def test_command_acts_as_a_user_and_says_that_it_was_a_command(services: Services) -> None:
    user = await service.add_user(services, CONSOLE, HANA, known_stations=known)

    assert await service.act_as(services, "HANA@example.org") == Actor(
        kind=ActorKind.USER,
        name="hana@example.org (console)",
        user_id=user.id,
        email=EMAIL,
        roles=user.roles,
        stations=user.stations,
    )
    with pytest.raises(Invalid) as refusal:
        await service.act_as(services, "nobody@example.org")
    assert [(error.pointer, error.value, error.code) for error in refusal.value.errors] == [
        ("/as", "nobody@example.org", "unknown_user")
    ]


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (STRANGER, SignInNeeded),
        (Actor(kind=ActorKind.USER, name="x", roles=frozenset(set(Role) - {Role.COORDINATOR})), Forbidden),
        (
            Actor(
                kind=ActorKind.TOKEN,
                name="x",
                roles=frozenset({Role.COORDINATOR}),
                scopes=frozenset({Scope.ALL}),
            ),
            Forbidden,
        ),
    ],
    ids=["stranger", "user", "coordinators_token"],
)
async def test_users_and_tokens_are_a_coordinators_own_business(
    services: Services, actor: Actor, refusal: type[Exception]
) -> None:
    await service.first_coordinator(services, EMAIL)

    for attempt in (
        service.add_user(services, actor, NewUser(email="new@example.org", name="New")),
        service.users(services, actor),
        service.user(services, actor, EMAIL),
        service.disable_user(services, actor, EMAIL),
        service.change_user(services, actor, EMAIL, UserChange(name="Mine")),
        service.create_token(services, actor, email=EMAIL, scopes=[Scope.ALL], name="x"),
        service.revoke_token(services, actor, 1),
        service.tokens(services, actor, EMAIL),
    ):
        with pytest.raises(refusal):
            await attempt

    assert [(user.name, user.is_enabled) for user in await service.users(services, CONSOLE)] == [
        ("hana", True)
    ]
    assert await service.tokens(services, CONSOLE, EMAIL) == []
