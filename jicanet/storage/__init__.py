"""Storage: a database with two scopes, and the tables that every slice leans on."""

from jicanet.storage.opening import open_database
from jicanet.storage.scopes import Database

__all__ = ["Database", "open_database"]
