"""The tables brought to the form this program needs, by one process at a time."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.database import transaction
from bot.storage.tables import metadata

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x5A48_4348  # any number that nobody else in the database uses


class NewerTablesError(Exception):
    """The tables were made by a newer version of the program than this one."""


async def migrate(engine: AsyncEngine) -> None:
    """Take the steps that are missing, all or none. A second process waits for the first and finds nothing to do.

    Raises:
        NewerTablesError: The tables are ahead of this program.
        StoreDownError: The store cannot be reached.
    """
    async with transaction(engine) as connection:  # on SQLite this alone locks everybody else out
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_upgrade)


async def differences(engine: AsyncEngine) -> list[str]:
    """How the tables differ from what this program needs; empty when they are as they should be."""
    async with transaction(engine) as connection:
        return await connection.run_sync(_differences)


async def are_newer(engine: AsyncEngine) -> bool:
    """Whether the tables were made by a newer version of the program than this one."""
    async with transaction(engine) as connection:
        return await connection.run_sync(lambda sync: _unknown(sync, ScriptDirectory(str(_FOLDER))))


def _unknown(connection: Connection, scripts: ScriptDirectory) -> bool:
    known = {script.revision for script in scripts.walk_revisions()}
    return not set(MigrationContext.configure(connection).get_current_heads()) <= known


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    if _unknown(connection, ScriptDirectory.from_config(config)):
        raise NewerTablesError
    command.upgrade(config, "head")


def _differences(connection: Connection) -> list[str]:
    return [str(difference) for difference in compare_metadata(MigrationContext.configure(connection), metadata)]
