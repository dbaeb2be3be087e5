"""A service whose store is in memory, for tests of what it says rather than of what survives."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from bot.allowance import Allowance
from bot.service import Answering, Service
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.sealing import Sealer
from bot.storage.store import Store


@asynccontextmanager
async def service_in_memory(engine: Answering, now: datetime) -> AsyncIterator[Service]:
    """A service nobody has talked to yet, at one moment; its sessions are stored and loaded as on a disk."""
    store = Store(open_database("sqlite://"), Sealer("a key for one test, kept nowhere"))
    await migrate(store.engine)
    yield Service(engine, store, lambda: now, allowance=Allowance(messages_per_minute=1000))
    await store.close()
