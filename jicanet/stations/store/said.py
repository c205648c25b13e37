"""What files have said of the network's rows, in SQL."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, delete, insert, select

from jicanet.core.imports import Said
from jicanet.stations import tables


def said_of(db: Connection, kind: str) -> dict[str, Said]:
    """Return what files have said, by code, of all rows of a kind: `station`, `country` or `bridge`."""
    table = tables.network_said
    rows = db.execute(select(table).where(table.c.kind == kind))
    return {row.code: Said(imported=row.imported, shipped=row.shipped) for row in rows}


def note_said(db: Connection, kind: str, said: Mapping[str, Said]) -> None:
    """Keep what files have now said of these rows, in the place of what was kept."""
    table = tables.network_said
    if not said:
        return
    codes = sorted(said)
    forgotten = delete(table).where(table.c.kind == kind, table.c.code == bindparam("of_code"))
    db.execute(forgotten, [{"of_code": code} for code in codes])
    db.execute(
        insert(table),
        [
            {
                "kind": kind,
                "code": code,
                "imported": dict(said[code].imported),
                "shipped": dict(said[code].shipped),
            }
            for code in codes
        ],
    )
