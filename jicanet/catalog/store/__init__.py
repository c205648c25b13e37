"""The library's SQL: plain functions of a Connection."""

from jicanet.catalog.store.finding import count_each, facets, search
from jicanet.catalog.store.materials import (
    Imported,
    all_materials,
    held,
    imported_rows,
    materials_by_code,
    note_imported,
    save_materials,
)
from jicanet.catalog.store.visits import count_visits, log_visit

__all__ = [
    "Imported",
    "all_materials",
    "count_each",
    "count_visits",
    "facets",
    "held",
    "imported_rows",
    "log_visit",
    "materials_by_code",
    "note_imported",
    "save_materials",
    "search",
]
