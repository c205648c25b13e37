"""Stations in SQL: what is read, locked and written in a scope. Plain functions of a Connection."""

from jicanet.stations.store.bridges import bridges, lock_bridge, put_bridges, raise_bridge_revision
from jicanet.stations.store.days import countries, days_of, holiday_years, put_countries, replace_holidays
from jicanet.stations.store.said import note_said, said_of
from jicanet.stations.store.stations import (
    add_stations,
    all_stations,
    change_stations,
    feed_revision,
    lock_stations,
    raise_feed_revisions,
    records,
    stations_by_code,
)

__all__ = [
    "add_stations",
    "all_stations",
    "bridges",
    "change_stations",
    "countries",
    "days_of",
    "feed_revision",
    "holiday_years",
    "lock_bridge",
    "lock_stations",
    "note_said",
    "put_bridges",
    "put_countries",
    "raise_bridge_revision",
    "raise_feed_revisions",
    "records",
    "replace_holidays",
    "said_of",
    "stations_by_code",
]
