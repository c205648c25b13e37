"""Audit trail, remembered answers, leases of steps and revisions: plain functions of a Connection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jicanet.core.actor import Actor
from jicanet.core.errors import Invalid
from jicanet.core.text import message
from jicanet.storage import tables


def record_audit(
    db: Connection, *, at: datetime, actor: Actor, action: str, subject: str, detail: Mapping[str, Any]
) -> None:
    """Append one line to the audit trail; nothing can change or remove it afterwards."""
    row = {"at": at, "actor": actor.name, "action": action, "subject": subject, "detail": dict(detail)}
    db.execute(insert(tables.audit), row)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Who did what to which thing, when."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]


def audit_of(db: Connection, subject: str, *, limit: int = 200) -> tuple[AuditLine, ...]:
    """Return the newest `limit` lines about a subject, oldest first."""
    table = tables.audit
    rows = db.execute(
        select(table.c.at, table.c.actor, table.c.action, table.c.subject, table.c.detail)
        .where(table.c.subject == subject)
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return tuple(AuditLine(**row) for row in reversed(rows.mappings().all()))


def remembered(
    db: Connection, *, caller: str, route: str, key: str, body_hash: str
) -> Mapping[str, Any] | None:
    """Return the answer once given to this key, or None for a new key.

    Raises Invalid `idempotency_key_reused` where the key came with another body before.
    """
    table = tables.idempotency
    row = db.execute(
        select(table.c.body_hash, table.c.answer).where(
            table.c.caller == caller, table.c.route == route, table.c.key == key
        )
    ).one_or_none()
    if row is None:
        return None
    if row.body_hash != body_hash:
        raise Invalid.field(
            "Idempotency-Key",
            key[:200],
            "idempotency_key_reused",
            message("This Idempotency-Key was used for another request. Send a new key with a new request."),
        )
    answer: Mapping[str, Any] = row.answer
    return answer


def remember(
    db: Connection,
    *,
    caller: str,
    route: str,
    key: str,
    body_hash: str,
    answer: Mapping[str, Any],
    now: datetime,
) -> None:
    """Keep the answer to a key, in the transaction that earned it.

    Of two twins at once the second breaks the primary key; `write` runs its change again, which
    then finds the first one's answer.
    """
    row = {"caller": caller, "route": route, "key": key, "body_hash": body_hash}
    db.execute(insert(tables.idempotency), {**row, "answer": dict(answer), "created_at": now})


def forget_idempotency(db: Connection, before: datetime) -> int:
    """Forget the keys first used before that instant; return how many."""
    table = tables.idempotency
    return db.execute(delete(table).where(table.c.created_at < before)).rowcount


def _insert(db: Connection) -> Any:
    # Both dialects know ON CONFLICT; SQLAlchemy gives each its own insert without a common base.
    return postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert


def claim_step(db: Connection, name: str, *, worker: str, now: datetime, seconds: float) -> bool:
    """Say whether `worker` now owns the step, for `seconds` or until it finishes it.

    One statement, so that of rivals at once exactly one gets the row.
    """
    table = tables.step
    lease = {"lease_until": now + timedelta(seconds=seconds), "leased_by": worker}
    statement = _insert(db)(table).values(name=name, **lease)
    statement = statement.on_conflict_do_update(
        index_elements=[table.c.name],
        set_=lease,
        where=or_(table.c.lease_until.is_(None), table.c.lease_until <= now),
    ).returning(table.c.name)
    return db.execute(statement).one_or_none() is not None


def finish_step(db: Connection, name: str, *, worker: str, now: datetime, result: str) -> bool:
    """Keep what a run came to and give the lease back; False where another has taken it over."""
    table = tables.step
    done = db.execute(
        update(table)
        .where(table.c.name == name, table.c.leased_by == worker)
        .values(lease_until=None, leased_by=None, last_run_at=now, last_result=result)
    )
    return done.rowcount == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """What is known of one step's runs."""

    name: str
    lease_until: datetime | None
    leased_by: str | None
    last_run_at: datetime | None
    last_result: str | None


def steps(db: Connection) -> tuple[StepState, ...]:
    """Return every step that was ever claimed, by name."""
    rows = db.execute(select(tables.step).order_by(tables.step.c.name))
    return tuple(StepState(**row) for row in rows.mappings())


def revision(db: Connection, name: str) -> int:
    """Return a named revision, 0 where it was never raised."""
    table = tables.revision
    return db.execute(select(table.c.value).where(table.c.name == name)).scalar_one_or_none() or 0


def raise_revision(db: Connection, name: str) -> int:
    """Raise a named revision by one and return it; on PostgreSQL its row stays locked to the end."""
    table = tables.revision
    statement = _insert(db)(table).values(name=name, value=1)
    statement = statement.on_conflict_do_update(
        index_elements=[table.c.name], set_={"value": table.c.value + 1}
    ).returning(table.c.value)
    value: int = db.execute(statement).scalar_one()
    return value


def lock_rows(db: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    """Run the query and return its rows, locked to the end of the scope.

    `FOR NO KEY UPDATE` on PostgreSQL (rows that refer to them may still be inserted elsewhere);
    nothing is needed on SQLite, where a write scope is alone. The query orders by its key, or
    rivals that lock several rows deadlock.
    """
    return db.execute(query.with_for_update(key_share=True)).all()
