from collections.abc import AsyncIterator

import pytest

from tests.channels.bot_api import BotApi


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """Telegram on this machine; at the end nothing the bot asked for may have been against the API."""
    server = BotApi()
    await server.start()
    yield server
    await server.close()
    assert [line for line in server.refused if "told to fail" not in line and ": 401 " not in line and ": 409 " not in line] == []
