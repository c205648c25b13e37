"""Visits to the library: appended one by one, read as counts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, func, insert, select

from jicanet.catalog.domain.visits import Visit, VisitCount, VisitKind
from jicanet.catalog.tables import library_visit


def log_visit(db: Connection, visit: Visit) -> None:
    """Keep one visit."""
    row = {"day": visit.day, "what": visit.what.value, "material": visit.material}
    db.execute(insert(library_visit), {**row, "is_robot": visit.is_robot})


def count_visits(db: Connection, first: date, last: date) -> Sequence[VisitCount]:
    """Return the visits from the day `first` to the day `last`, both in Japan, counted by sort and day."""
    by = (
        library_visit.c.day,
        library_visit.c.what,
        library_visit.c.material,
        library_visit.c.is_robot,
    )
    rows = db.execute(
        select(*by, func.count().label("visits"))
        .where(library_visit.c.day.between(first, last))
        .group_by(*by)
        .order_by(by[0], by[1], func.coalesce(by[2], ""), by[3])
    )
    return [
        VisitCount(
            day=row.day,
            what=VisitKind(row.what),
            material=row.material,
            is_robot=row.is_robot,
            count=row.visits,
        )
        for row in rows
    ]
