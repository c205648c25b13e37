"""Every asker, role, scope, action and visibility against a table written by hand."""

from itertools import chain, combinations, product

import pytest

from jicanet.core.actor import CONSOLE, STRANGER, Action, Actor, ActorKind, Role, Scope, SessionFacts
from jicanet.people.domain.policy import RULES, may

OWN = frozenset({"KEN-NBO"})
PLACES = {
    "only mine": SessionFacts(visibility="", stations=OWN, host="KEN-NBO"),
    "mine among others": SessionFacts(visibility="", stations=OWN | {"JPN-TIC"}, host="JPN-TIC"),
    "mine as host": SessionFacts(visibility="", stations=frozenset({"JPN-TIC"}), host="KEN-NBO"),
    "not mine": SessionFacts(visibility="", stations=frozenset({"JPN-TIC"}), host="JPN-TIC"),
    "no stations": SessionFacts(visibility="", stations=frozenset(), host=""),
}
VISIBILITIES = ("public", "network", "participants")

# What the words of the two tables below mean: by visibility, the places where it is granted.
ANYWHERE = set(PLACES)
SEATED = {"only mine", "mine among others", "mine as host"}
MEANING: dict[str, dict[str, set[str]]] = {
    "-": {"public": set(), "network": set(), "participants": set()},
    "all": {"public": ANYWHERE, "network": ANYWHERE, "participants": ANYWHERE},
    "public": {"public": ANYWHERE, "network": set(), "participants": set()},
    "network": {"public": ANYWHERE, "network": ANYWHERE, "participants": set()},
    "network, seat": {"public": ANYWHERE, "network": ANYWHERE, "participants": SEATED},
}

# Signed-in people. Columns: no role, coordinator, centre coordinator, operator, lecturer, curator.
ROLES: tuple[Role | None, ...] = (
    None,
    Role.COORDINATOR,
    Role.CENTRE_COORDINATOR,
    Role.OPERATOR,
    Role.LECTURER,
    Role.CURATOR,
)
USERS: dict[Action, tuple[str, ...]] = {
    Action.READ_PUBLIC: ("all", "all", "all", "all", "all", "all"),
    Action.SEE_STATIONS: ("all", "all", "all", "all", "all", "all"),
    Action.SEE_LIBRARY: ("all", "all", "all", "all", "all", "all"),
    Action.SEE_SESSIONS: ("network", "all", "network, seat", "network, seat", "network", "network"),
    Action.BOOK_SESSION: ("-", "all", "-", "-", "-", "-"),
    Action.MANAGE_FEEDS: ("-", "all", "-", "-", "-", "-"),
    Action.MANAGE_USERS: ("-", "all", "-", "-", "-", "-"),
    Action.IMPORT_REFERENCE: ("-", "all", "-", "-", "-", "-"),
    Action.SEE_MAILBOX: ("-", "all", "-", "-", "-", "-"),
    Action.USE_ACCOUNT: ("all", "all", "all", "all", "all", "all"),
}
STRANGERS: dict[Action, str] = {
    Action.READ_PUBLIC: "all",
    Action.SEE_STATIONS: "all",
    Action.SEE_LIBRARY: "all",
    Action.SEE_SESSIONS: "public",
    Action.BOOK_SESSION: "-",
    Action.MANAGE_FEEDS: "-",
    Action.MANAGE_USERS: "-",
    Action.IMPORT_REFERENCE: "-",
    Action.SEE_MAILBOX: "-",
    Action.USE_ACCOUNT: "-",
}
CONSOLES: dict[Action, str] = {
    Action.READ_PUBLIC: "all",
    Action.SEE_STATIONS: "all",
    Action.SEE_LIBRARY: "all",
    Action.SEE_SESSIONS: "all",
    Action.BOOK_SESSION: "all",
    Action.MANAGE_FEEDS: "all",
    Action.MANAGE_USERS: "all",
    Action.IMPORT_REFERENCE: "all",
    Action.SEE_MAILBOX: "all",
    Action.USE_ACCOUNT: "-",
}
# A token does what its user may (USERS), if its scope lets it do the action at all.
SCOPES: dict[Scope | None, set[Action]] = {
    None: {Action.READ_PUBLIC},
    Scope.ALL: {
        Action.READ_PUBLIC,
        Action.SEE_STATIONS,
        Action.SEE_LIBRARY,
        Action.SEE_SESSIONS,
        Action.BOOK_SESSION,
        Action.MANAGE_FEEDS,
    },
    Scope.SESSIONS_READ: {Action.READ_PUBLIC, Action.SEE_SESSIONS},
    Scope.SESSIONS_WRITE: {Action.READ_PUBLIC, Action.SEE_SESSIONS, Action.BOOK_SESSION},
    Scope.STATIONS_READ: {Action.READ_PUBLIC, Action.SEE_STATIONS},
    Scope.LIBRARY_READ: {Action.READ_PUBLIC, Action.SEE_LIBRARY},
    Scope.FEEDS_WRITE: {Action.READ_PUBLIC, Action.MANAGE_FEEDS},
}


def somebody(kind: ActorKind, roles: frozenset[Role], scopes: frozenset[Scope] = frozenset()) -> Actor:
    return Actor(kind=kind, name="x", roles=roles, scopes=scopes, stations=OWN)


def expected_word(kind: ActorKind, role: Role | None, scope: Scope | None, action: Action) -> str:
    if kind is ActorKind.STRANGER:
        return STRANGERS[action]
    if kind is ActorKind.CONSOLE:
        return CONSOLES[action]
    if kind is ActorKind.TOKEN and action not in SCOPES[scope]:
        return "-"
    return USERS[action][ROLES.index(role)]


def facts_of(visibility: str, place: str) -> SessionFacts:
    facts = PLACES[place]
    return SessionFacts(visibility=visibility, stations=facts.stations, host=facts.host)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ActorKind)
def test_policy_grants_what_the_table_says_and_nothing_else(
    kind: ActorKind, role: Role | None, action: Action
) -> None:
    cases = list(product(SCOPES, VISIBILITIES, PLACES))
    roles = frozenset({role} if role else ())

    granted = {
        (scope, visibility, place): may(
            somebody(kind, roles, frozenset({scope} if scope else ())), action, facts_of(visibility, place)
        )
        for scope, visibility, place in cases
    }

    assert granted == {
        (scope, visibility, place): place in MEANING[expected_word(kind, role, scope, action)][visibility]
        for scope, visibility, place in cases
    }


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("kind", ActorKind)
def test_without_facts_policy_says_whether_there_is_anything_at_all(kind: ActorKind, action: Action) -> None:
    for role, scope in product(ROLES, SCOPES):
        actor = somebody(kind, frozenset({role} if role else ()), frozenset({scope} if scope else ()))

        assert may(actor, action) is (expected_word(kind, role, scope, action) != "-")


def test_tables_name_every_action_role_and_scope() -> None:
    assert set(RULES) == set(USERS) == set(STRANGERS) == set(CONSOLES) == set(Action)
    assert {role for role in ROLES if role} == set(Role)
    assert {scope for scope in SCOPES if scope} == set(Scope)


@pytest.mark.parametrize("kind", ActorKind)
def test_visibility_nobody_knows_is_denied_to_everybody(kind: ActorKind) -> None:
    actor = somebody(kind, frozenset(Role), frozenset(Scope))

    for action in Action:
        assert not may(actor, action, SessionFacts(visibility="secret", stations=OWN, host="KEN-NBO"))


@pytest.mark.parametrize("kind", [ActorKind.USER, ActorKind.TOKEN])
@pytest.mark.parametrize("action", Action)
def test_several_roles_and_scopes_grant_the_union(kind: ActorKind, action: Action) -> None:
    subsets = list(chain.from_iterable(combinations(Role, size) for size in range(len(Role) + 1)))
    scopes = (frozenset({Scope.SESSIONS_READ, Scope.STATIONS_READ}), frozenset({Scope.FEEDS_WRITE}))
    for roles, held, visibility, place in product(subsets, scopes, VISIBILITIES, PLACES):
        facts = facts_of(visibility, place)
        one_by_one = any(
            may(somebody(kind, frozenset(role), frozenset({scope})), action, facts)
            for role in ((), *((role,) for role in roles))
            for scope in held
        )

        assert may(somebody(kind, frozenset(roles), held), action, facts) is one_by_one


def test_an_action_without_a_rule_is_denied() -> None:
    for actor in (STRANGER, CONSOLE, somebody(ActorKind.USER, frozenset(Role))):
        assert not may(actor, "invented")  # type: ignore[arg-type]  # the point of the test
