"""The one policy function: who may do what. Whatever no rule grants is denied."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from jicanet.core.actor import Action, Actor, ActorKind, Facts, Grant, Role, Scope, SessionFacts, StationFacts


class Reach(StrEnum):
    """How far a grant reaches among sessions, and among things of one station."""

    PUBLIC = "public"  # sessions shown to anybody, once they were confirmed
    SIGNED_IN = "signed-in"  # those shown to whoever is signed in, and those the actor has a part in
    SEAT = "seat"  # those in which one of the actor's stations has a seat or is the host
    HOST = "host"  # those whose host is one of the actor's stations
    OWN_REQUEST = "own-request"  # those the actor asked for, while nobody has approved them
    ANSWER_STATION = "answer-station"  # the answer of one of the actor's stations
    ANSWER_CENTRE = "answer-centre"  # that, and every answer in a session whose host is one of them
    STATION = "station"  # things of one of the actor's stations
    ALL = "all"


_VISIBILITIES = frozenset({"public", "network", "participants"})


def _is_shown_to_signed_in(actor: Actor, facts: SessionFacts) -> bool:
    return (
        facts.visibility in {"public", "network"}
        or actor.email in facts.people
        or (actor.user_id is not None and actor.user_id == facts.requester_id)
    )


_AMONG_SESSIONS: Mapping[Reach, Callable[[Actor, SessionFacts], bool]] = MappingProxyType(
    {
        Reach.PUBLIC: lambda _, facts: facts.visibility == "public" and facts.is_confirmed,
        Reach.SIGNED_IN: _is_shown_to_signed_in,
        Reach.SEAT: lambda actor, facts: bool(actor.stations & (facts.stations | {facts.host})),
        Reach.HOST: lambda actor, facts: facts.host in actor.stations,
        Reach.OWN_REQUEST: lambda actor, facts: (
            actor.user_id is not None and actor.user_id == facts.requester_id and facts.status == "requested"
        ),
        Reach.ANSWER_STATION: lambda actor, facts: facts.answering in actor.stations,
        Reach.ANSWER_CENTRE: lambda actor, facts: (
            not actor.stations.isdisjoint({facts.answering, facts.host})
        ),
        Reach.ALL: lambda *_: True,
    }
)
_AMONG_STATIONS: Mapping[Reach, Callable[[Actor, StationFacts], bool]] = MappingProxyType(
    {
        Reach.STATION: lambda actor, facts: facts.station in actor.stations,
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


# A session belongs to its host's people (domain.md, centre).
_OF_CENTRES = Rule(
    roles={Role.COORDINATOR: Reach.ALL, Role.CENTRE_COORDINATOR: Reach.HOST},
    console=True,
    scopes=_scopes(Scope.SESSIONS_WRITE),
)


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
            signed_in=Reach.SIGNED_IN,
            roles={
                Role.COORDINATOR: Reach.ALL,
                Role.CENTRE_COORDINATOR: Reach.SEAT,
                Role.OPERATOR: Reach.SEAT,
            },
            console=True,
            # Who books has to see what stands in the way, so writing includes reading.
            scopes=_scopes(Scope.SESSIONS_READ, Scope.SESSIONS_WRITE),
        ),
        Action.ASK_SESSION: Rule(
            roles={
                Role.COORDINATOR: Reach.ALL,
                Role.CENTRE_COORDINATOR: Reach.ALL,
                Role.OPERATOR: Reach.ALL,
                Role.LECTURER: Reach.ALL,
            },
            console=True,
            scopes=_scopes(Scope.SESSIONS_WRITE),
        ),
        Action.BOOK_SESSION: _OF_CENTRES,
        Action.MANAGE_SESSION: _OF_CENTRES,
        Action.CHANGE_REQUEST: Rule(
            roles={
                Role.COORDINATOR: Reach.ALL,
                Role.CENTRE_COORDINATOR: Reach.OWN_REQUEST,
                Role.OPERATOR: Reach.OWN_REQUEST,
                Role.LECTURER: Reach.OWN_REQUEST,
            },
            console=True,
            scopes=_scopes(Scope.SESSIONS_WRITE),
        ),
        Action.ANSWER_SEAT: Rule(
            roles={
                Role.COORDINATOR: Reach.ALL,
                Role.CENTRE_COORDINATOR: Reach.ANSWER_CENTRE,
                Role.OPERATOR: Reach.ANSWER_STATION,
            },
            console=True,
            scopes=_scopes(Scope.SESSIONS_WRITE),
        ),
        # What is in doubt is for a person to judge: no scopes.
        Action.TAKE_REPLIES: Rule(roles=_COORDINATOR, console=True),
        Action.MANAGE_FEEDS: Rule(
            roles={
                Role.COORDINATOR: Reach.ALL,
                Role.CENTRE_COORDINATOR: Reach.STATION,
                Role.OPERATOR: Reach.STATION,
            },
            console=True,
            scopes=_scopes(Scope.FEEDS_WRITE),
        ),
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


def may(actor: Actor, action: Action, facts: Facts | None = None) -> bool:
    """Say whether `actor` may do `action`, on what `facts` describe where they are given.

    Without facts the answer is whether the actor may do it on anything at all: whoever then acts on
    one session or station asks again with its facts. Facts with a visibility that is not one of the
    three are denied to everybody.
    """
    rule = RULES.get(action)
    if rule is None:
        return False
    return any(_reaches(reach, actor, facts) for reach in _granted(rule, actor))


def _reaches(reach: Reach, actor: Actor, facts: Facts | None) -> bool:
    if facts is None:
        return True
    if isinstance(facts, StationFacts):
        return reach in _AMONG_STATIONS and _AMONG_STATIONS[reach](actor, facts)
    return (
        facts.visibility in _VISIBILITIES
        and reach in _AMONG_SESSIONS
        and _AMONG_SESSIONS[reach](actor, facts)
    )


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
