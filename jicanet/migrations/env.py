"""What Alembic runs for every command: the connection is handed in by `running`, inside a write scope."""

from alembic import context

from jicanet.storage.metadata import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
