"""Run migrations and compare the schema with the tables, on either database.

All of these wait for the database: from a running loop call them in a thread.
"""

import asyncio
import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text

import jicanet
from jicanet.storage import open_database
from jicanet.storage.metadata import metadata

Result = TypeVar("Result")
_HERE = Path(__file__).parent


def upgrade(url: str, to: str = "head") -> None:
    """Bring the schema up to a revision, all steps in one transaction: it stands whole or not at all."""
    _run(url, lambda db: command.upgrade(_config(db), to))


def downgrade(url: str, to: str) -> None:
    """Bring the schema down to a revision (`base` for none), in one transaction; data of what goes are lost."""
    _run(url, lambda db: command.downgrade(_config(db), to))


def is_current(url: str) -> bool:
    """Say whether the schema is this program's newest; makes no file where there is none."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return False
    newest = set(ScriptDirectory.from_config(_config(None)).get_heads())
    return _run(url, lambda db: set(MigrationContext.configure(db).get_current_heads())) == newest


def schema_diff(url: str) -> list[Any]:
    """Return what differs between the database and the tables of all slices, as Alembic tells it; empty is right."""
    _import_tables()

    def compare(db: Connection) -> list[Any]:
        hidden = _shadow_tables(db)
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_name": lambda name, kind, _parents: kind != "table" or name not in hidden,
            "include_object": lambda item, *_: _is_for(item, db.dialect.name),
        }
        return list(compare_metadata(MigrationContext.configure(db, opts=options), metadata))

    return _run(url, compare)


def _config(db: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = db
    return config


def _import_tables() -> None:
    # By name and late: a slice may have no tables, and migrating needs none.
    for path in sorted(Path(jicanet.__file__).parent.glob("*/tables.py")):
        importlib.import_module(f"jicanet.{path.parent.name}.tables")


def _shadow_tables(db: Connection) -> set[str]:
    """Return SQLite's full-text tables and the shadow tables in which they keep their index."""
    if db.dialect.name != "sqlite":
        return set()
    names = db.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    virtual = {name for name, sql in names if sql.upper().startswith("CREATE VIRTUAL TABLE")}
    return {name for name, _ in names if name in virtual or name.rpartition("_")[0] in virtual}


def _is_for(item: Any, dialect: str) -> bool:
    """Say whether a declared index or constraint is meant for this database (`ddl_if`, which Alembic overlooks)."""
    condition = getattr(item, "_ddl_if", None)  # SQLAlchemy shows it nowhere else
    return condition is None or condition.dialect in {None, dialect}


def _run(url: str, work: Callable[[Connection], Result]) -> Result:
    async def scope() -> Result:
        database = open_database(url)
        await database.start()
        try:
            return await database.write(work)
        finally:
            await database.close()

    # A thread of its own, so that a caller inside a running loop gets its answer too.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, scope()).result()
