"""Migrations: the schema's history, run through the same scopes as everything else."""

from jicanet.migrations.running import downgrade, is_current, schema_diff, upgrade

__all__ = ["downgrade", "is_current", "schema_diff", "upgrade"]
