"""Instants and JSON values come back as they went in, from either database."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import StatementError

from jicanet.storage import Database
from jicanet.storage.types import Json, UtcDateTime, canonical_json

TOKYO = timezone(timedelta(hours=9))
kept = Table(
    "kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime),
    Column("value", Json),
)


@pytest.fixture
async def keeping(database: Database) -> Database:
    await database.write(kept.create)
    return database


async def keep(database: Database, **values: object) -> None:
    await database.write(lambda db: db.execute(insert(kept).values(**values)).close())


async def test_an_instant_comes_back_in_utc(keeping: Database) -> None:
    await keep(keeping, at=datetime(2026, 12, 16, 15, 0, 0, 123456, tzinfo=TOKYO))

    found = await keeping.read(lambda db: db.execute(select(kept.c.at)).scalar_one())

    assert found == datetime(2026, 12, 16, 6, 0, 0, 123456, tzinfo=UTC)
    assert found.tzinfo is UTC


async def test_a_naive_time_is_refused_and_not_told(keeping: Database) -> None:
    naive = datetime(2026, 12, 16, 15, 0)  # noqa: DTZ001 - what is to be refused

    with pytest.raises(StatementError, match="naive") as refused:
        await keep(keeping, at=naive)
    with pytest.raises(StatementError, match="naive"):
        await keeping.read(lambda db: db.execute(select(kept).where(kept.c.at < naive)).all())

    assert "2026" not in str(refused.value)
    assert await keeping.read(lambda db: db.execute(select(kept.c.id)).all()) == []


async def test_instants_compare_as_instants(keeping: Database) -> None:
    instants = [
        datetime(2026, 12, 16, 6, 0, tzinfo=UTC),
        datetime(2026, 12, 16, 15, 0, 0, 1, tzinfo=TOKYO),
        datetime(2026, 12, 16, 14, 59, 59, 999999, tzinfo=TOKYO),
    ]
    for at in instants:
        await keep(keeping, at=at)

    found = await keeping.read(
        lambda db: (
            db.execute(select(kept.c.id).where(kept.c.at >= instants[0]).order_by(kept.c.at.desc()))
            .scalars()
            .all()
        )
    )

    assert found == [2, 1]


@pytest.mark.parametrize(
    "value",
    [{"b": [1, 2.5, None, True], "a": {"題": "水"}}, [], {}, "5", 5, "null", "", False, 0],
    ids=repr,
)
async def test_a_json_value_comes_back_as_it_was(keeping: Database, value: Any) -> None:
    await keep(keeping, value=value)

    found = await keeping.read(lambda db: db.execute(select(kept.c.value)).scalar_one())

    assert (found, type(found)) == (value, type(value))


async def test_nothing_is_null(keeping: Database) -> None:
    await keep(keeping, at=None, value=None)

    rows = await keeping.read(
        lambda db: db.execute(
            text("SELECT count(*) FROM kept WHERE at IS NULL AND value IS NULL")
        ).scalar_one()
    )

    assert rows == 1
    assert await keeping.read(lambda db: db.execute(select(kept.c.value)).scalar_one()) is None


@pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": {1, 2}}], ids=["nan", "set"])
async def test_what_is_not_json_is_refused(keeping: Database, value: Any) -> None:
    with pytest.raises(StatementError, match=r"JSON (compliant|serializable)"):
        await keep(keeping, value=value)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(JSON_VALUES)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_canonical_text_does_not_depend_on_the_order_of_keys(value: Any) -> None:
    def turned(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: turned(part[key]) for key in reversed(part)}
        return [turned(item) for item in part] if isinstance(part, list) else part

    assert canonical_json(turned(value)) == canonical_json(value)
