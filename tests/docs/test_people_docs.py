"""docs/people.md says what the policy does, and names what there is."""

from dataclasses import replace
from pathlib import Path

import pytest

from jicanet.core.actor import Action, Actor, ActorKind, Role, Scope, SessionFacts, StationFacts
from jicanet.people.domain.policy import may

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "people.md").read_text(encoding="utf-8")
ME, MY_ADDRESS = 7, "me@example.org"
OWN = frozenset({"KEN-NBO"})
HEADS = ("stranger", "no role", *(role.value for role in Role), "token needs", "console")


def table() -> dict[str, list[str]]:
    lines = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")]
    start = next(place for place, cells in enumerate(lines) if cells[0] == "action")
    assert tuple(lines[start][1:]) == HEADS
    rows = lines[start + 1 : start + 1 + len(Action)]
    return {cells[0].strip("`"): cells[1:] for cells in rows}


def granted(actor: Actor, action: Action) -> frozenset[str]:
    """Return for what the policy grants an action, each in the document's words."""
    elsewhere = SessionFacts(visibility="participants", stations=frozenset({"JPN-TIC"}), host="JPN-TIC")
    asked = replace(elsewhere, requester_id=ME, status="requested", is_confirmed=False)
    owned = {
        "anything": elsewhere,
        "public": replace(elsewhere, visibility="public"),
        "public unconfirmed": replace(elsewhere, visibility="public", is_confirmed=False),
        "network": replace(elsewhere, visibility="network"),
        "role": replace(elsewhere, people=frozenset({MY_ADDRESS})),
        "request": asked,
        "request later": replace(asked, status="confirmed"),
        "seat": replace(elsewhere, stations=OWN),
        "host": replace(elsewhere, host="KEN-NBO"),
        "answer": replace(elsewhere, answering="KEN-NBO"),
    }
    found = {word for word, facts in owned.items() if may(actor, action, facts)}
    return frozenset(found | ({"station"} if may(actor, action, StationFacts(station="KEN-NBO")) else set()))


SHOWN = {"public", "public unconfirmed", "network", "role", "request", "request later"}
WORDS = {
    frozenset[str](): "-",
    frozenset({"public"}): "public",
    frozenset(SHOWN): "network",
    frozenset({*SHOWN, "seat", "host"}): "own seats",
    frozenset({"host"}): "own host",
    frozenset({"request"}): "own request",
    frozenset({"answer"}): "own answer",
    frozenset({"answer", "host"}): "own answer or host",
    frozenset({"station"}): "own station",
    frozenset({*SHOWN, "seat", "host", "anything", "answer", "station"}): "all",
}


def reach(actor: Actor, action: Action) -> str:
    """Return the document's word for what the policy grants."""
    return WORDS[granted(actor, action)]


def somebody(kind: ActorKind, *roles: Role, scopes: frozenset[Scope] = frozenset()) -> Actor:
    return Actor(
        kind=kind,
        name="x",
        user_id=ME,
        email=MY_ADDRESS,
        roles=frozenset(roles),
        stations=OWN,
        scopes=scopes,
    )


@pytest.mark.parametrize("action", Action)
def test_table_of_the_document_is_the_policy(action: Action) -> None:
    needed = [
        f"`{scope.value}`"
        for scope in Scope
        if scope is not Scope.ALL
        and may(somebody(ActorKind.TOKEN, Role.COORDINATOR, scopes=frozenset({scope})), action)
    ]
    without = may(somebody(ActorKind.TOKEN, Role.COORDINATOR), action)

    assert table()[action.value] == [
        reach(somebody(ActorKind.STRANGER), action),
        reach(somebody(ActorKind.USER), action),
        *(reach(somebody(ActorKind.USER, role), action) for role in Role),
        "nothing" if without else ", ".join(needed) or "never",
        reach(somebody(ActorKind.CONSOLE), action),
    ]


def test_document_names_every_role_and_scope() -> None:
    for name in (*Role, *Scope):
        assert f"`{name.value}`" in TEXT


def test_document_names_every_audited_act() -> None:
    sources = (Path(__file__).resolve().parents[2] / "jicanet" / "people").rglob("*.py")
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    acts = {part.partition('"')[0] for part in text.split('action="')[1:]}

    assert acts
    assert [act for act in sorted(acts) if f"`{act}`" not in TEXT] == []
