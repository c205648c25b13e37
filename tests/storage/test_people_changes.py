"""Changing users on both databases: fields, stations, ways in, and the last coordinator among rivals."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from jicanet.core.actor import CONSOLE, Role, Scope
from jicanet.core.errors import Conflict, Invalid, NotFound
from jicanet.people import service, store
from jicanet.people.domain.model import NewUser, User
from jicanet.people.domain.users import UserChange
from jicanet.services import Services
from jicanet.storage.store import audit_of
from tests.support.clock import FakeClock
from tests.support.databases import ONLY_POSTGRES
from tests.support.meeting import Meeting

EMAIL = "hana@example.org"
HANA = NewUser(
    email=EMAIL,
    name="Hana",
    language="ja",
    zone="Asia/Tokyo",
    telephone="+81 3 0000 0000",
    roles=frozenset({Role.OPERATOR}),
)


def known(_db: Connection, codes: Iterable[str]) -> set[str]:
    return {"JPN-TIC", "KEN-NBO"} & set(codes)


async def audited(services: Services, user: User) -> list[tuple[str, object]]:
    lines = await services.database.read(lambda db: audit_of(db, f"user/{user.id}"))
    return [(line.action, line.detail) for line in lines if line.action != "user-created"]


@pytest.mark.parametrize(
    ("change", "after", "detail"),
    [
        (UserChange(name=" Hana S. "), {"name": "Hana S."}, {"fields": ["name"]}),
        (UserChange(language="en", zone="Asia/Calcutta"), {"language": "en", "zone": "Asia/Kolkata"},
         {"fields": ["language", "zone"]}),
        (UserChange(telephone=" 1 "), {"telephone": "1"}, {"fields": ["telephone"]}),
        (UserChange(telephone=""), {"telephone": None}, {"fields": ["telephone"]}),
        (UserChange(roles=frozenset()), {"roles": frozenset()},
         {"fields": ["roles"], "roles": [["operator"], []]}),
        (UserChange(stations=frozenset({"KEN-NBO", "JPN-TIC"}), roles=frozenset({Role.CENTRE_COORDINATOR})),
         {"stations": frozenset({"KEN-NBO", "JPN-TIC"}), "roles": frozenset({Role.CENTRE_COORDINATOR})},
         {"fields": ["roles", "stations"], "roles": [["operator"], ["centre-coordinator"]],
          "stations": [[], ["JPN-TIC", "KEN-NBO"]]}),
    ],
    ids=["name", "language_and_zone", "telephone", "no_telephone", "no_roles", "roles_and_stations"],
)  # fmt: skip
async def test_change_touches_what_it_names_and_is_written_down(
    services: Services, change: UserChange, after: dict[str, object], detail: dict[str, object]
) -> None:
    before = await service.add_user(services, CONSOLE, HANA)

    done = await service.change_user(services, CONSOLE, "Hana@Example.org", change, known_stations=known)

    assert done == service.ChangedUser(user=replace(before, **after), is_changed=True)  # type: ignore[arg-type]  # by name
    assert await service.user(services, CONSOLE, EMAIL) == done.user
    assert await audited(services, before) == [("user-changed", detail)]


async def test_change_that_changes_nothing_leaves_no_trace(services: Services) -> None:
    before = await service.add_user(services, CONSOLE, HANA)
    same = UserChange(name="Hana", language="ja", roles=frozenset({Role.OPERATOR}), disabled=False)

    for change in (UserChange(), same):
        done = await service.change_user(services, CONSOLE, EMAIL, change)
        assert done == service.ChangedUser(user=before, is_changed=False)

    assert await audited(services, before) == []


async def test_every_wrong_field_of_a_change_is_named_and_nothing_stored(services: Services) -> None:
    before = await service.add_user(services, CONSOLE, HANA)
    wrong = UserChange(
        name="x\ny",
        language="fr",
        zone="GMT+3",
        telephone="1" * 41,
        roles=frozenset(Role),
        stations=frozenset({"KEN-NBO", "NOPE", "ZZ\n"}),
    )

    with pytest.raises(Invalid) as refusal:
        await service.change_user(services, CONSOLE, EMAIL, wrong, known_stations=known)

    assert [(error.pointer, error.code, error.value) for error in refusal.value.errors] == [
        ("/name", "bad_name", "x\ny"),
        ("/language", "unknown_language", "fr"),
        ("/telephone", "bad_telephone", "1" * 41),
        ("/zone", "unknown_zone", "GMT+3"),
        ("/stations", "unknown_station", "NOPE"),
        ("/stations", "unknown_station", "ZZ\n"),
    ]
    assert await service.user(services, CONSOLE, EMAIL) == before
    assert await audited(services, before) == []


@pytest.mark.parametrize("email", ["nobody@example.org", "no address", "", "x" * 300])
async def test_unknown_user_is_not_found(services: Services, email: str) -> None:
    for attempt in (
        service.user(services, CONSOLE, email),
        service.change_user(services, CONSOLE, email, UserChange(name="X")),
        service.change_user(services, CONSOLE, email, UserChange(roles=frozenset())),
        service.disable_user(services, CONSOLE, email),
    ):
        with pytest.raises(NotFound) as refusal:
            await attempt
        assert refusal.value.code == "unknown_user"


async def test_whoever_is_let_in_again_needs_new_ways_in(services: Services, clock: FakeClock) -> None:
    user = await service.add_user(services, CONSOLE, HANA)
    token = await service.create_token(services, CONSOLE, email=EMAIL, scopes=[Scope.ALL], name="x")
    used, unused = [(await service.new_sign_in_link(services, EMAIL)).rpartition("/")[2] for _ in range(2)]
    browser = await service.use_link(services, used)
    assert isinstance(browser, service.SignedIn)

    await service.change_user(services, CONSOLE, EMAIL, UserChange(disabled=True))
    clock.advance(seconds=60)
    again = await service.change_user(services, CONSOLE, EMAIL, UserChange(disabled=False))

    assert again == service.ChangedUser(user=user, is_changed=True)
    assert await service.bearer(services, token) is None
    assert await service.web_session(services, browser.token) is None
    assert (await service.look_at_link(services, unused)).state == "expired"
    new = (await service.new_sign_in_link(services, EMAIL)).rpartition("/")[2]
    assert isinstance(await service.use_link(services, new), service.SignedIn)
    assert [action for action, _ in await audited(services, user)] == [
        "signed-in",
        "user-disabled",
        "user-enabled",
        "signed-in",
    ]


async def test_ways_in_that_outlived_a_disabling_end_when_somebody_is_let_in(services: Services) -> None:
    user = await service.add_user(services, CONSOLE, HANA)
    token = await service.create_token(services, CONSOLE, email=EMAIL, scopes=[Scope.ALL], name="x")
    shut_out = replace(user, disabled_at=services.clock.now())
    await services.database.write(lambda db: store.change_user(db, shut_out))  # as an older release did

    await service.change_user(services, CONSOLE, EMAIL, UserChange(disabled=False))

    assert await service.bearer(services, token) is None


LOSSES = {
    "disabled": UserChange(disabled=True),
    "without_roles": UserChange(roles=frozenset()),
    "other_roles": UserChange(roles=frozenset({Role.CENTRE_COORDINATOR, Role.CURATOR}), name="New"),
}


@pytest.mark.parametrize("change", LOSSES.values(), ids=list(LOSSES))
async def test_last_coordinator_stays_one(services: Services, change: UserChange) -> None:
    last = await service.first_coordinator(services, "last@example.org")
    # None of these could let anybody in again.
    centre = NewUser(email="a@example.org", name="A", roles=frozenset({Role.CENTRE_COORDINATOR}))
    await service.add_user(services, CONSOLE, centre)
    await service.first_coordinator(services, "gone@example.org")
    assert await service.disable_user(services, CONSOLE, "gone@example.org")

    with pytest.raises(Conflict) as refusal:
        await service.change_user(services, CONSOLE, "last@example.org", change)

    assert refusal.value.code == "last_coordinator"
    assert await service.user(services, CONSOLE, "last@example.org") == last
    assert await audited(services, last) == []
    # What is no coordinator's may go.
    assert await service.disable_user(services, CONSOLE, "a@example.org")
    assert not await service.disable_user(services, CONSOLE, "gone@example.org")


async def test_last_coordinator_may_change_otherwise_and_leave_when_there_is_another(
    services: Services,
) -> None:
    await service.first_coordinator(services, "first@example.org")
    more = UserChange(name="First", roles=frozenset({Role.COORDINATOR, Role.CURATOR}), disabled=False)

    assert (await service.change_user(services, CONSOLE, "first@example.org", more)).is_changed
    await service.first_coordinator(services, "second@example.org")
    assert await service.disable_user(services, CONSOLE, "first@example.org")

    users = await service.users(services, CONSOLE)
    assert [(user.email, user.is_enabled) for user in users] == [
        ("first@example.org", False),
        ("second@example.org", True),
    ]


@pytest.mark.parametrize("change", LOSSES.values(), ids=list(LOSSES))
async def test_of_rivals_who_shut_each_other_out_one_coordinator_stays(
    services: Services, change: UserChange
) -> None:
    emails = [f"{name}@example.org" for name in "abcdef"]
    for email in emails:
        await service.first_coordinator(services, email)

    outcomes = await asyncio.gather(
        *(service.change_user(services, CONSOLE, email, change) for email in (*emails, *reversed(emails))),
        return_exceptions=True,
    )

    refused = [one.code for one in outcomes if isinstance(one, Conflict)]
    assert set(refused) == {"last_coordinator"}
    assert [one for one in outcomes if not isinstance(one, (Conflict, service.ChangedUser))] == []
    left = [user for user in await service.users(services, CONSOLE) if user.is_enabled]
    assert [Role.COORDINATOR in user.roles for user in left].count(True) == 1


@ONLY_POSTGRES
async def test_without_the_lock_two_rivals_leave_no_coordinator(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for email in ("a@example.org", "b@example.org"):
        await service.first_coordinator(services, email)

    meeting = Meeting()

    def unlocked(db: Connection, _email: str) -> list[User]:
        found = [user for user in store.users(db, limit=10) if user.is_enabled]
        meeting.wait(db)
        return found

    monkeypatch.setattr(store, "lock_coordinators_and", unlocked)
    await asyncio.gather(
        *(service.disable_user(services, CONSOLE, email) for email in ("a@example.org", "b@example.org"))
    )

    assert [user.is_enabled for user in await service.users(services, CONSOLE)] == [False, False]
