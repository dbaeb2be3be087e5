"""Stores to be killed over, of both kinds, and a place for the figures that are measured on the way."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from bot.storage.database import open_database
from bot.storage.migrate import migrate
from tests.channels.bot_api import BotApi
from tests.postgres import Postgres, running_postgres

Note = Callable[..., None]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh store with its tables, of each kind in turn."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_database()
    else:
        url = f"sqlite:///{tmp_path / 'store.db'}"
    asyncio.run(_migrated(url))
    return url


async def _migrated(url: str) -> None:
    engine = open_database(url)
    await migrate(engine)
    await engine.dispose()


@pytest.fixture
def note(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Note:
    """Writes figures down: on the screen with ``-s``, in the JUnit report, and as a line of the file ZHUCHUANG_TEST_FIGURES names."""

    def write(**figures: object) -> None:
        for name, value in figures.items():
            record_property(name, value)
        line = json.dumps({"test": request.node.name, **figures}, ensure_ascii=False)
        print(f"\n{line}")  # noqa: T201 - the figures are what somebody runs these tests for
        if file := os.environ.get("ZHUCHUANG_TEST_FIGURES"):
            with Path(file).open("a", encoding="utf-8") as lines:
                lines.write(f"{line}\n")

    return write


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """Telegram on this machine; nothing the bot asks for may be against the API."""
    server = BotApi()
    await server.start()
    yield server
    await server.close()
    assert [line for line in server.refused if ": 409 " not in line and "told to fail" not in line] == []
