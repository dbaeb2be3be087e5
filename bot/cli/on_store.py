"""Commands that work on the store: it is opened, brought up to date, and closed; what is wrong with it is one line."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.bootstrap import build_store
from bot.cli import UsageError
from bot.settings import Settings, SettingsError
from bot.storage.database import StoreDownError
from bot.storage.migrate import NewerTablesError, migrate
from bot.storage.sealing import SealError
from bot.storage.store import Store

Result = TypeVar("Result")


def on_store(given: Settings, work: Callable[[Store], Awaitable[Result]]) -> Result:
    """What the work gives.

    Raises:
        UsageError: The store cannot be used; the text says what to mend.
    """
    try:
        return asyncio.run(_opened(build_store(given), work))
    except SettingsError as error:
        raise UsageError(str(error)) from None
    except StoreDownError as error:
        raise UsageError(f"the store cannot be reached ({error}); see ZHUCHUANG_DATABASE_URL, and whether the server runs") from None
    except NewerTablesError:
        raise UsageError("the tables were made by a newer version of this program; use that, or restore the backup before it") from None
    except SealError:
        raise UsageError("something is sealed with a key that is not at hand; add it to ZHUCHUANG_ENCRYPTION_KEYS") from None


async def _opened(store: Store, work: Callable[[Store], Awaitable[Result]]) -> Result:
    try:
        await migrate(store.engine)
        return await work(store)
    finally:
        await store.close()
