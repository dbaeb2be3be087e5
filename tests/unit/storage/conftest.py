"""Every test of the store runs on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.sealing import Sealer
from bot.storage.store import Store
from tests.postgres import Postgres, running_postgres

KEY = "a-key-of-the-tests-that-nobody-else-has"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server with a migrated database to copy."""
    with running_postgres() as server:
        server.sql("CREATE DATABASE migrated")
        asyncio.run(_migrated(server.url("migrated")))
        yield server


async def _migrated(url: str) -> None:
    engine = open_database(url)
    await migrate(engine)
    await engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh store with its tables, of each kind in turn."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.new_database(like="migrated")
    url = f"sqlite:///{tmp_path / 'store.db'}"
    asyncio.run(_migrated(url))
    return url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """A store nobody has used yet."""
    opened = Store(open_database(url), Sealer(KEY))
    yield opened
    await opened.close()


@pytest.fixture
async def other(url: str) -> AsyncIterator[Store]:
    """The same store as another process has it open."""
    opened = Store(open_database(url), Sealer(KEY))
    yield opened
    await opened.close()
