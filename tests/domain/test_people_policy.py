"""Every asker, role, scope, action and owner against a table written by hand."""

from dataclasses import replace
from itertools import chain, combinations, product

import pytest

from jicanet.core.actor import (
    ANY_TOKEN,
    CONSOLE,
    STRANGER,
    Action,
    Actor,
    ActorKind,
    Facts,
    Grant,
    Role,
    Scope,
    SessionFacts,
    StationFacts,
)
from jicanet.people.domain.policy import GRANTS, RULES, may

ME, ANOTHER = 7, 8
MY_ADDRESS = "me@example.org"
OWN = frozenset({"KEN-NBO"})
OTHER = frozenset({"JPN-TIC"})
ELSEWHERE = SessionFacts(visibility="", stations=OTHER, host="JPN-TIC")
ASKED_FOR = replace(ELSEWHERE, is_confirmed=False, status="requested")

# Whose a session is, and what is asked of it: one line, one owner.
OWNERS: dict[str, SessionFacts] = {
    "nobody's": SessionFacts(visibility="", stations=frozenset(), host=""),
    "others'": ELSEWHERE,
    "my seat": replace(ELSEWHERE, stations=OTHER | OWN),
    "my host": replace(ELSEWHERE, host="KEN-NBO"),
    "only mine": SessionFacts(visibility="", stations=OWN, host="KEN-NBO"),
    "my role": replace(ELSEWHERE, people=frozenset({MY_ADDRESS, "you@example.org"})),
    "another's role": replace(ELSEWHERE, people=frozenset({"you@example.org"})),
    "my request": replace(ASKED_FOR, requester_id=ME),
    "my request at my host": replace(ASKED_FOR, requester_id=ME, host="KEN-NBO"),
    "my request approved": replace(ELSEWHERE, requester_id=ME),
    "my request refused": replace(ASKED_FOR, requester_id=ME, status="cancelled"),
    "another's request": replace(ASKED_FOR, requester_id=ANOTHER),
    "another's request at my host": replace(ASKED_FOR, requester_id=ANOTHER, host="KEN-NBO"),
    "request of a program": ASKED_FOR,
    "hold": replace(ELSEWHERE, is_confirmed=False, status="hold"),
    "cancelled": replace(ELSEWHERE, status="cancelled"),
    "answer of my seat": replace(ELSEWHERE, stations=OTHER | OWN, answering="KEN-NBO"),
    "answer of another seat": replace(ELSEWHERE, stations=OTHER | OWN, answering="JPN-TIC"),
    "answer of another seat at my host": replace(ELSEWHERE, host="KEN-NBO", answering="JPN-TIC"),
}
VISIBILITIES = ("public", "network", "participants")

# What the words of the tables below mean: where each grants something.
ANYWHERE = set(OWNERS)
NEVER_CONFIRMED = {
    "my request",
    "my request at my host",
    "my request refused",
    "another's request",
    "another's request at my host",
    "request of a program",
    "hold",
}
MINE_AS_HOST = {
    "my host",
    "only mine",
    "my request at my host",
    "another's request at my host",
    "answer of another seat at my host",
}
SEATED = MINE_AS_HOST | {"my seat", "answer of my seat", "answer of another seat"}
PART = {"my role", "my request", "my request at my host", "my request approved", "my request refused"}
REACHED: dict[str, set[str]] = {
    "-": set(),
    "all": ANYWHERE,
    "own host": MINE_AS_HOST,
    "own request": {"my request", "my request at my host"},
    "own answer": {"answer of my seat"},
    "own answer or host": MINE_AS_HOST | {"answer of my seat"},
    "own station": set(),  # nothing that is a session
}
SEEN: dict[str, dict[str, set[str]]] = {
    "public": {"public": ANYWHERE - NEVER_CONFIRMED, "network": set(), "participants": set()},
    "part": {"public": ANYWHERE, "network": ANYWHERE, "participants": PART},
    "part or seat": {"public": ANYWHERE, "network": ANYWHERE, "participants": PART | SEATED},
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
    Action.SEE_SESSIONS: ("part", "all", "part or seat", "part or seat", "part", "part"),
    Action.ASK_SESSION: ("-", "all", "all", "all", "all", "-"),
    Action.BOOK_SESSION: ("-", "all", "own host", "-", "-", "-"),
    Action.MANAGE_SESSION: ("-", "all", "own host", "-", "-", "-"),
    Action.CHANGE_REQUEST: ("-", "all", "own request", "own request", "own request", "-"),
    Action.ANSWER_SEAT: ("-", "all", "own answer or host", "own answer", "-", "-"),
    Action.TAKE_REPLIES: ("-", "all", "-", "-", "-", "-"),
    Action.MANAGE_FEEDS: ("-", "all", "own station", "own station", "-", "-"),
    Action.MANAGE_USERS: ("-", "all", "-", "-", "-", "-"),
    Action.IMPORT_REFERENCE: ("-", "all", "-", "-", "-", "-"),
    Action.SEE_MAILBOX: ("-", "all", "-", "-", "-", "-"),
    Action.USE_ACCOUNT: ("all", "all", "all", "all", "all", "all"),
}
STRANGERS: dict[Action, str] = {
    **dict.fromkeys(Action, "-"),
    Action.READ_PUBLIC: "all",
    Action.SEE_STATIONS: "all",
    Action.SEE_LIBRARY: "all",
    Action.SEE_SESSIONS: "public",
}
CONSOLES: dict[Action, str] = {
    Action.READ_PUBLIC: "all",
    Action.SEE_STATIONS: "all",
    Action.SEE_LIBRARY: "all",
    Action.SEE_SESSIONS: "all",
    Action.ASK_SESSION: "all",
    Action.BOOK_SESSION: "all",
    Action.MANAGE_SESSION: "all",
    Action.CHANGE_REQUEST: "all",
    Action.ANSWER_SEAT: "all",
    Action.TAKE_REPLIES: "all",
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
        Action.ASK_SESSION,
        Action.BOOK_SESSION,
        Action.MANAGE_SESSION,
        Action.CHANGE_REQUEST,
        Action.ANSWER_SEAT,
        Action.MANAGE_FEEDS,
    },
    Scope.SESSIONS_READ: {Action.READ_PUBLIC, Action.SEE_SESSIONS},
    Scope.SESSIONS_WRITE: {
        Action.READ_PUBLIC,
        Action.SEE_SESSIONS,
        Action.ASK_SESSION,
        Action.BOOK_SESSION,
        Action.MANAGE_SESSION,
        Action.CHANGE_REQUEST,
        Action.ANSWER_SEAT,
    },
    Scope.STATIONS_READ: {Action.READ_PUBLIC, Action.SEE_STATIONS},
    Scope.LIBRARY_READ: {Action.READ_PUBLIC, Action.SEE_LIBRARY},
    Scope.FEEDS_WRITE: {Action.READ_PUBLIC, Action.MANAGE_FEEDS},
}


def somebody(kind: ActorKind, roles: frozenset[Role], scopes: frozenset[Scope] = frozenset()) -> Actor:
    return Actor(kind=kind, name="x", user_id=ME, email=MY_ADDRESS, roles=roles, scopes=scopes, stations=OWN)


def expected_word(kind: ActorKind, role: Role | None, scope: Scope | None, action: Action) -> str:
    if kind is ActorKind.STRANGER:
        return STRANGERS[action]
    if kind is ActorKind.CONSOLE:
        return CONSOLES[action]
    if kind is ActorKind.TOKEN and action not in SCOPES[scope]:
        return "-"
    return USERS[action][ROLES.index(role)]


def reached(word: str, visibility: str) -> set[str]:
    return SEEN[word][visibility] if word in SEEN else REACHED[word]


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ActorKind)
def test_policy_grants_what_the_table_says_and_nothing_else(
    kind: ActorKind, role: Role | None, action: Action
) -> None:
    cases = list(product(SCOPES, VISIBILITIES, OWNERS))
    roles = frozenset({role} if role else ())

    granted = {
        (scope, visibility, owner): may(
            somebody(kind, roles, frozenset({scope} if scope else ())),
            action,
            replace(OWNERS[owner], visibility=visibility),
        )
        for scope, visibility, owner in cases
    }

    assert granted == {
        (scope, visibility, owner): owner in reached(expected_word(kind, role, scope, action), visibility)
        for scope, visibility, owner in cases
    }


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ActorKind)
def test_things_of_a_station_are_for_whoever_may_everything_and_for_its_own_people(
    kind: ActorKind, role: Role | None, action: Action
) -> None:
    stations = ("KEN-NBO", "JPN-TIC", "")
    reach = {"all": set(stations), "own station": {"KEN-NBO"}}

    for scope in SCOPES:
        actor = somebody(kind, frozenset({role} if role else ()), frozenset({scope} if scope else ()))
        granted = {code for code in stations if may(actor, action, StationFacts(station=code))}

        assert granted == reach.get(expected_word(kind, role, scope, action), set()), scope


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

    for action, facts in product(Action, OWNERS.values()):
        assert not may(actor, action, replace(facts, visibility="secret"))


@pytest.mark.parametrize("action", Action)
def test_who_has_no_number_address_or_station_owns_nothing(action: Action) -> None:
    nobody = Actor(kind=ActorKind.USER, name="x", roles=frozenset(Role) - {Role.COORDINATOR})
    owned = {"own host", "own request", "own answer", "own answer or host", "own station"}
    words = {word for role, word in zip(ROLES, USERS[action], strict=True) if role is not Role.COORDINATOR}

    granted = {
        (visibility, owner)
        for visibility, owner in product(VISIBILITIES, OWNERS)
        if may(nobody, action, replace(OWNERS[owner], visibility=visibility))
    }

    if words <= owned | {"-"}:
        assert granted == set()
    elif action is Action.SEE_SESSIONS:
        assert granted == set(product(("public", "network"), OWNERS))
    else:
        assert granted == set(product(VISIBILITIES, OWNERS))


@pytest.mark.parametrize("kind", [ActorKind.USER, ActorKind.TOKEN])
@pytest.mark.parametrize("action", Action)
def test_several_roles_and_scopes_grant_the_union(kind: ActorKind, action: Action) -> None:
    subsets = list(chain.from_iterable(combinations(Role, size) for size in range(len(Role) + 1)))
    scopes = (frozenset({Scope.SESSIONS_READ, Scope.STATIONS_READ}), frozenset({Scope.FEEDS_WRITE}))
    places: list[Facts] = [StationFacts(station="KEN-NBO"), StationFacts(station="JPN-TIC")]
    places += [replace(OWNERS[owner], visibility=shown) for shown, owner in product(VISIBILITIES, OWNERS)]
    for held, facts in product(scopes, places):
        alone = {
            role: any(
                may(somebody(kind, frozenset({role} if role else ()), frozenset({scope})), action, facts)
                for scope in held
            )
            for role in ROLES
        }
        for roles in subsets:
            together = may(somebody(kind, frozenset(roles), held), action, facts)

            assert together is (alone[None] or any(alone[role] for role in roles))


@pytest.mark.parametrize("action", Action)
def test_a_refusal_names_every_role_and_scope_that_would_do(action: Action) -> None:
    words = dict(zip(ROLES, USERS[action], strict=True))
    roles = {role for role, word in words.items() if role and word != "-"} if words[None] == "-" else set()
    scopes = {scope for scope in Scope if scope is not Scope.ALL and action in SCOPES[scope]}
    open_to_any = action in SCOPES[None]

    assert GRANTS[action] == Grant(roles=frozenset(roles), scopes=frozenset(() if open_to_any else scopes))
    assert may(ANY_TOKEN, action) is bool(open_to_any or scopes)


def test_an_action_without_a_rule_is_denied() -> None:
    for actor in (STRANGER, CONSOLE, somebody(ActorKind.USER, frozenset(Role))):
        assert not may(actor, "invented")  # type: ignore[arg-type]  # the point of the test
