"""Bridges in SQL: their ports, and the lock that guards them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from jicanet.core.errors import Invalid
from jicanet.core.text import message
from jicanet.stations import tables
from jicanet.stations.domain.model import Bridge
from jicanet.storage.store import lock_rows


def bridges(db: Connection) -> tuple[Bridge, ...]:
    """Return every bridge, by code."""
    rows = db.execute(select(tables.bridge).order_by(tables.bridge.c.code))
    return tuple(_bridge(row) for row in rows)


def put_bridges(db: Connection, added: Sequence[Bridge], changed: Sequence[Bridge]) -> None:
    """Store new bridges, and the facts of those that exist; a new default takes over from the old one."""
    table = tables.bridge
    if any(bridge.is_default for bridge in (*added, *changed)):
        db.execute(update(table).where(table.c.is_default).values(is_default=False))
    for bridge in changed:
        facts = {
            "name": bridge.name,
            "ports": bridge.ports,
            "is_default": bridge.is_default,
            "basis": bridge.basis,
        }
        db.execute(update(table).where(table.c.code == bridge.code).values(**facts))
    for bridge in added:
        db.execute(
            insert(table).values(
                code=bridge.code,
                name=bridge.name,
                ports=bridge.ports,
                is_default=bridge.is_default,
                basis=bridge.basis,
                revision=0,
            )
        )


def lock_bridge(db: Connection, code: str | None = None) -> Bridge:
    """Return a bridge, or the default one, locked to the end of the scope. Lock the stations first.

    This lock is the ports' only guard on PostgreSQL (architecture.md, Transactions). Raises Invalid
    `unknown_bridge` where there is none.
    """
    table = tables.bridge
    wanted = table.c.is_default if code is None else table.c.code == code
    rows = lock_rows(db, select(table).where(wanted).order_by(table.c.code))
    if not rows:
        detail = (
            message("There is no bridge yet. Load the network first: jicanet init")
            if code is None
            else message('There is no bridge "%(code)s".', code=code[:40])
        )
        raise Invalid.field("/bridge", code, "unknown_bridge", detail)
    return _bridge(rows[0])


def raise_bridge_revision(db: Connection, code: str) -> int:
    """Raise a bridge's revision by one and return it: the stamp of a session change. Lock it first."""
    table = tables.bridge
    raised = update(table).where(table.c.code == code).values(revision=table.c.revision + 1)
    stamp: int = db.execute(raised.returning(table.c.revision)).scalar_one()
    return stamp


def _bridge(row: Row[Any]) -> Bridge:
    return Bridge(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
