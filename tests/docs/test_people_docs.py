"""docs/people.md says what the policy does, and names what there is."""

from pathlib import Path

import pytest

from jicanet.core.actor import Action, Actor, ActorKind, Role, Scope, SessionFacts
from jicanet.people.domain.policy import may

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "people.md").read_text(encoding="utf-8")
OWN = frozenset({"KEN-NBO"})
HEADS = ("stranger", "no role", *(role.value for role in Role), "token needs", "console")


def table() -> dict[str, list[str]]:
    lines = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")]
    start = next(place for place, cells in enumerate(lines) if cells[0] == "action")
    assert tuple(lines[start][1:]) == HEADS
    rows = lines[start + 1 : start + 1 + len(Action)]
    return {cells[0].strip("`"): cells[1:] for cells in rows}


def reach(actor: Actor, action: Action) -> str:
    """Return the document's word for what the policy grants."""
    granted = {
        (visibility, own)
        for visibility in ("public", "network", "participants")
        for own in (True, False)
        if may(
            actor,
            action,
            SessionFacts(
                visibility=visibility, stations=OWN if own else frozenset({"JPN-TIC"}), host="JPN-TIC"
            ),
        )
    }
    public, network = {("public", True), ("public", False)}, {("network", True), ("network", False)}
    words = {
        frozenset(): "-",
        frozenset(public): "public",
        frozenset(public | network): "network",
        frozenset(public | network | {("participants", True)}): "own stations",
        frozenset(public | network | {("participants", True), ("participants", False)}): "all",
    }
    return words[frozenset(granted)]


def somebody(kind: ActorKind, *roles: Role, scopes: frozenset[Scope] = frozenset()) -> Actor:
    return Actor(kind=kind, name="x", roles=frozenset(roles), stations=OWN, scopes=scopes)


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
