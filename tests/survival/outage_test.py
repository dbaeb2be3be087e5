"""The store goes away for half a minute while people write on."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.bootstrap import now
from bot.engine import Engine
from bot.storage.database import file_of
from tests.channels.bot_api import BotApi, Delivery
from tests.postgres import Postgres
from tests.survival.conftest import Note
from tests.survival.serve import PATIENCE_SECONDS, serving
from tests.survival.walks import replies, walk

pytestmark = pytest.mark.long

_OUTAGE_SECONDS = 30
_MESSAGES = 30
_EVERY_SECONDS = 1.5
_REPLIES_SECONDS = 300


async def test_half_a_minute_without_the_store_loses_nothing(
    url: str, request: pytest.FixtureRequest, api: BotApi, engine: Engine, tmp_path: Path, note: Note
):
    """Database servers are updated by day as well. Telegram keeps what is refused, and nobody has to restart anything."""
    said = {chat: walk(chat, _MESSAGES) for chat in range(1, 31)}
    expected = {chat: replies(engine, texts, now()) for chat, texts in said.items()}
    api.delivery = Delivery(timeout_seconds=60)
    loop = asyncio.get_running_loop()
    async with serving(1, url, api, tmp_path) as (place,):
        crowd = asyncio.gather(*(_says(api, chat, texts) for chat, texts in said.items()))
        await api.replies(len(said), PATIENCE_SECONDS)
        async with _outage(url, request):
            began, before = loop.time(), len(api.delivered)
            async with asyncio.timeout(_OUTAGE_SECONDS):
                while await place.ready() != 503:  # noqa: ASYNC110 - another process says so
                    await asyncio.sleep(0.1)
            noticed = loop.time() - began
            await asyncio.sleep(_OUTAGE_SECONDS - noticed)
            at_the_end = await place.ready()
            refused = Counter(status for _, status in api.delivered[before:])
        back = loop.time()
        await place.until_ready()
        ready_after = loop.time() - back
        await crowd
        await api.until_confirmed(_REPLIES_SECONDS)
        await api.replies(sum(map(len, expected.values())), _REPLIES_SECONDS)
        answered_after = loop.time() - back
    note(
        messages=len(said) * _MESSAGES,
        seconds_until_noticed=round(noticed, 1),
        statuses_meanwhile=refused,
        statuses_in_all=Counter(status for _, status in api.delivered),
        seconds_until_ready_again=round(ready_after, 1),
        seconds_until_all_were_answered=round(answered_after, 1),
    )

    assert at_the_end == 503
    assert refused[503] > 0
    assert {status for _, status in api.delivered} == {200, 503}
    assert [chat for chat in said if api.sent_to(chat) != expected[chat]] == []


async def _says(api: BotApi, chat: int, texts: list[str]) -> None:
    for text in texts:
        await api.says(text, chat=chat)
        await asyncio.sleep(_EVERY_SECONDS)


@asynccontextmanager
async def _outage(url: str, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """A server that fell over; a file that another program has locked, as a backup or a virus scanner does."""
    if file := file_of(url):
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
    else:
        server: Postgres = request.getfixturevalue("postgres")
        await asyncio.to_thread(server.stop)
        try:
            yield
        finally:
            await asyncio.to_thread(server.start)
