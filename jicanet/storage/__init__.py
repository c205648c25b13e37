"""Storage: a database with two scopes, and the tables that every slice leans on."""

from jicanet.storage.opening import open_database
from jicanet.storage.scopes import Again, Database

__all__ = ["Again", "Database", "open_database"]
