"""The one policy function: who may do what. Whatever no rule grants is denied."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from jicanet.core.actor import Action, Actor, ActorKind, Grant, Role, Scope, SessionFacts


class Reach(StrEnum):
    """How far a grant reaches among sessions."""

    PUBLIC = "public"  # sessions shown to anybody
    NETWORK = "network"  # and those shown to whoever is signed in
    SEAT = "seat"  # and those in which one of the actor's stations has a seat
    ALL = "all"


_VISIBILITIES = frozenset({"public", "network", "participants"})

_REACHES: Mapping[Reach, Callable[[Actor, SessionFacts], bool]] = MappingProxyType(
    {
        Reach.PUBLIC: lambda _, facts: facts.visibility == "public",
        Reach.NETWORK: lambda _, facts: facts.visibility in {"public", "network"},
        Reach.SEAT: lambda actor, facts: bool(actor.stations & (facts.stations | {facts.host})),
        Reach.ALL: lambda *_: True,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may do one action. A user has what `signed_in` and each of their roles grant.

    A token has what its user has, and only when it carries one of `scopes`; no scopes, no token.
    """

    stranger: Reach | None = None
    signed_in: Reach | None = None
    roles: Mapping[Role, Reach] = field(default_factory=dict)
    console: bool = False
    scopes: frozenset[Scope] = frozenset()
    any_token: bool = False


_COORDINATOR: Mapping[Role, Reach] = MappingProxyType({Role.COORDINATOR: Reach.ALL})


def _scopes(*named: Scope) -> frozenset[Scope]:
    return frozenset({Scope.ALL, *named})


RULES: Mapping[Action, Rule] = MappingProxyType(
    {
        Action.READ_PUBLIC: Rule(stranger=Reach.ALL, signed_in=Reach.ALL, console=True, any_token=True),
        Action.SEE_STATIONS: Rule(
            stranger=Reach.ALL, signed_in=Reach.ALL, console=True, scopes=_scopes(Scope.STATIONS_READ)
        ),
        Action.SEE_LIBRARY: Rule(
            stranger=Reach.ALL, signed_in=Reach.ALL, console=True, scopes=_scopes(Scope.LIBRARY_READ)
        ),
        Action.SEE_SESSIONS: Rule(
            stranger=Reach.PUBLIC,
            signed_in=Reach.NETWORK,
            roles={
                Role.COORDINATOR: Reach.ALL,
                Role.CENTRE_COORDINATOR: Reach.SEAT,
                Role.OPERATOR: Reach.SEAT,
            },
            console=True,
            # Who books has to see what stands in the way, so writing includes reading.
            scopes=_scopes(Scope.SESSIONS_READ, Scope.SESSIONS_WRITE),
        ),
        Action.BOOK_SESSION: Rule(roles=_COORDINATOR, console=True, scopes=_scopes(Scope.SESSIONS_WRITE)),
        Action.MANAGE_FEEDS: Rule(roles=_COORDINATOR, console=True, scopes=_scopes(Scope.FEEDS_WRITE)),
        # A leaked token must not make users or further tokens, nor replace the network: no scopes.
        Action.MANAGE_USERS: Rule(roles=_COORDINATOR, console=True),
        Action.IMPORT_REFERENCE: Rule(roles=_COORDINATOR, console=True),
        # The mailbox holds sign-in links, so even in development it is for coordinators alone.
        Action.SEE_MAILBOX: Rule(roles=_COORDINATOR, console=True),
        Action.USE_ACCOUNT: Rule(signed_in=Reach.ALL),
    }
)


# What a refusal names as the remedy. A role counts only where being signed in is not enough.
GRANTS: Mapping[Action, Grant] = MappingProxyType(
    {
        action: Grant(
            roles=frozenset(rule.roles) if rule.signed_in is None else frozenset(),
            scopes=rule.scopes - {Scope.ALL},
        )
        for action, rule in RULES.items()
    }
)


def may(actor: Actor, action: Action, facts: SessionFacts | None = None) -> bool:
    """Say whether `actor` may do `action`, on what `facts` describe where they are given.

    Without facts the answer is whether the actor may do it on anything at all: whoever then acts on
    one session asks again with its facts. Facts with a visibility that is
    not one of the three are denied to everybody.
    """
    rule = RULES.get(action)
    if rule is None or (facts is not None and facts.visibility not in _VISIBILITIES):
        return False
    return any(facts is None or _REACHES[reach](actor, facts) for reach in _granted(rule, actor))


def _granted(rule: Rule, actor: Actor) -> Iterator[Reach]:
    if actor.kind is ActorKind.CONSOLE and rule.console:
        yield Reach.ALL
    elif actor.kind is ActorKind.STRANGER and rule.stranger is not None:
        yield rule.stranger
    elif actor.kind is ActorKind.USER or (
        actor.kind is ActorKind.TOKEN and (rule.any_token or not actor.scopes.isdisjoint(rule.scopes))
    ):
        if rule.signed_in is not None:
            yield rule.signed_in
        for role in actor.roles:
            if role in rule.roles:
                yield rule.roles[role]
