"""The connection to SQLite or PostgreSQL, set up so that both behave alike."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
_POOL = 8
_CONNECT_SECONDS = 5
_STATEMENT_SECONDS = 10
_BUSY_SECONDS = 5
_RETRY = {"40001", "40P01"}  # serialisation failure, deadlock
_GONE = {"08", "53", "57", "58"}  # classes of errors: connection, resources, operator intervention, system


class StoreDownError(Exception):
    """The store cannot be reached or cannot write just now. Its text holds no value."""


class AgainError(Exception):
    """Somebody else changed the same rows; the work is to be done anew."""


def open_database(url: str) -> AsyncEngine:
    """The database an address names, not yet connected to.

    >>> open_database("sqlite:///conversations.db").url.drivername
    'sqlite+aiosqlite'

    Raises:
        ValueError: The address is of no kind known here.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # whose text quotes the address, password included
        raise ValueError("it is no address of a database; in a user's name or password write @ as %40, : as %3A and / as %2F") from None
    driver = _DRIVERS.get(parsed.drivername.partition("+")[0])
    if driver is None:
        raise ValueError(f"databases of kind {parsed.drivername} are not served; sqlite and postgresql are")
    parsed = parsed.set(drivername=driver)
    if driver.startswith("sqlite"):
        # One connection: writers of this process queue in order instead of polling for SQLite's lock.
        pool = {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0, "pool_timeout": 30}
        engine = create_async_engine(parsed, **pool, hide_parameters=True)
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_immediate)
        return engine
    if mode := parsed.query.get("sslmode"):  # what every other client of PostgreSQL calls it
        parsed = parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return create_async_engine(
        parsed,
        pool_size=_POOL,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        connect_args={"timeout": _CONNECT_SECONDS, "command_timeout": _STATEMENT_SECONDS},
    )


def file_of(url: str) -> Path | None:
    """The file an SQLite address names; None for one in memory, on a server, or that is no address."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return None
    in_file = parsed.drivername.startswith("sqlite") and parsed.database not in (None, "", ":memory:")
    return Path(parsed.database or "") if in_file else None


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that is committed at the end, or rolled back on any error.

    Raises:
        StoreDownError: The store cannot be reached or cannot write.
        AgainError: It lost against somebody else's.
    """
    try:
        async with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        if state in _RETRY:
            raise AgainError from None
        if isinstance(error, IntegrityError | DataError) and state[:2] not in _GONE:
            raise  # a mistake of ours; everything else is the database's: gone, full, read-only, its tables not there
        raise StoreDownError(_name(error)) from None
    except (OSError, TimeoutError, PoolTimeoutError) as error:
        raise StoreDownError(_name(error)) from None
    except SQLAlchemyError:
        raise
    except Exception as error:
        # Before a connection stands, the driver's own errors come as they are: the server starting, too many clients.
        if getattr(error, "sqlstate", None):
            raise StoreDownError(_name(error)) from None
        raise


def _name(error: BaseException) -> str:
    inner = getattr(error, "orig", None)
    return "/".join(type(one).__name__ for one in (error, inner) if one is not None)


def _set_up_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin when we say so, not when the driver guesses
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # what was acknowledged survives a power cut
        f"busy_timeout={_BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


async def drop_old_pages(engine: AsyncEngine) -> None:
    """On SQLite, empty the log of changes, where what was deleted may still stand; while somebody else writes it is left for later."""
    if engine.dialect.name != "sqlite":
        return
    with contextlib.suppress(SQLAlchemyError, OSError):
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            if raw is not None:
                await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
