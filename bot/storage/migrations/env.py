"""What Alembic runs: the steps, on the connection that holds the lock."""

from alembic import context

from bot.storage.tables import metadata

if __name__ == "env_py":  # what Alembic calls this file while it runs it
    context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
