"""``zhuchuang serve`` killed between every two answers of a questionnaire."""

import asyncio
from pathlib import Path

import pytest

from bot.bootstrap import now
from bot.engine import Engine
from bot.storage.database import open_database
from bot.storage.sealing import Sealer
from bot.storage.store import Store
from tests.channels.bot_api import BotApi
from tests.survival.conftest import Note
from tests.survival.serve import PATIENCE_SECONDS, serving
from tests.survival.walks import replies
from tests.survival.worker import KEY

pytestmark = pytest.mark.long

_ANSWERS = ("/check", "东营", "1", "可以", "1", "2", "是", "看结果", "1")


@pytest.mark.parametrize("webhook", [True, False], ids=["webhook", "polling"])
async def test_a_questionnaire_goes_on_as_if_nobody_had_been_killed(
    url: str, api: BotApi, engine: Engine, tmp_path: Path, webhook: bool, note: Note
):
    """Nobody answers ten questions twice. What is said while no process lives is Telegram's to keep and ours to answer."""
    expected = replies(engine, _ANSWERS, now())
    store = Store(open_database(url), Sealer(KEY))
    async with serving(1, url, api, tmp_path, webhook=webhook) as (place,):
        for number, text in enumerate(_ANSWERS):
            await place.kill()
            await api.says(text)
            await place.start()
            await api.replies(number + 1, PATIENCE_SECONDS)
            await _until_nothing_is_left(store)
    await store.close()
    note(kills=len(_ANSWERS), replies=len(api.sent))

    assert "查了15项" in expected[-2]
    assert api.sent_to(100) == expected


async def test_what_comes_while_telegram_cannot_be_called_is_refused_and_answered_later(api: BotApi, tmp_path: Path):
    """After a restart updates come in at once, while the proxy through which the bot speaks may still be down."""
    async with serving(1, f"sqlite:///{tmp_path / 'store.db'}", api, tmp_path) as (place,):
        await place.kill()
        api.fail("getMe", 502, times=3)
        await api.says("你好")
        await place.start()
        await api.replies(1, PATIENCE_SECONDS)

    assert {status for _, status in api.delivered} == {0, 503, 200}
    assert place.events("library") == []


async def _until_nothing_is_left(store: Store) -> None:
    """What was sent is also written down as sent; who is killed before that sends it once more."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await store.backlog() != (0, None, 0):  # noqa: ASYNC110 - another process works on it
            await asyncio.sleep(0.05)
