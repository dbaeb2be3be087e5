"""Several processes on one store, and a crowd that writes to whichever comes first."""

import asyncio
import time
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random
from statistics import quantiles

import aiohttp
import pytest

from bot.bootstrap import now
from bot.engine import Engine
from tests.channels.bot_api import BotApi
from tests.postgres import Postgres
from tests.survival.conftest import Note
from tests.survival.serve import SECRET, Serve, serving
from tests.survival.walks import replies, walk

pytestmark = pytest.mark.long

_AT_ONCE = 40  # as many as Telegram is told to open
_TWICE = 0.1
_REPLIES_SECONDS = 600


class Crowd:
    """Posts as Telegram does: of a person one message after the other, some of them twice, and again what was not taken."""

    def __init__(self, api: BotApi, places: list[Serve], random: Random) -> None:
        self._api = api
        self._places = places
        self._random = random
        self._ids = count(1)
        self._free = asyncio.Semaphore(_AT_ONCE)
        self.seconds: list[float] = []
        self.statuses: Counter[int] = Counter()

    async def say(self, session: aiohttp.ClientSession, chat: int, texts: list[str]) -> None:
        for text in texts:
            update = {"update_id": next(self._ids), "message": self._api.message(chat, text=text)}
            times = 2 if self._random.random() < _TWICE else 1
            await asyncio.gather(*(self._deliver(session, update) for _ in range(times)))

    async def _deliver(self, session: aiohttp.ClientSession, update: dict[str, object]) -> None:
        for _ in range(100):
            async with self._free:
                began = time.monotonic()
                async with session.post(self._random.choice(self._places).webhook, json=update, headers=SECRET) as response:
                    self.seconds.append(time.monotonic() - began)
                    self.statuses[response.status] += 1
            if response.status == 200:
                return
            await asyncio.sleep(0.2)
        raise AssertionError("never taken")


async def test_three_workers_answer_everybody_once_and_in_order(
    postgres: Postgres, api: BotApi, engine: Engine, tmp_path: Path, note: Note
):
    """One machine may be updated while two go on; nobody may notice which of them answered."""
    await crowd_is_served(3, postgres.new_database(), api, engine, tmp_path, note, people=500, messages=10)


async def test_two_workers_may_share_one_file(api: BotApi, engine: Engine, tmp_path: Path, note: Note):
    """Nobody should do it, and somebody will: an update that starts the new process before it stops the old one is enough."""
    await crowd_is_served(2, f"sqlite:///{tmp_path / 'store.db'}", api, engine, tmp_path, note, people=100, messages=10)


async def crowd_is_served(
    workers: int, url: str, api: BotApi, engine: Engine, folder: Path, note: Note, *, people: int, messages: int
) -> None:
    """Everybody gets exactly the replies the engine gives to what they said, none twice, in their order."""
    said = {chat: walk(chat, messages) for chat in range(1, people + 1)}
    expected = {chat: replies(engine, texts, now()) for chat, texts in said.items()}
    async with serving(workers, url, api, folder) as places, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        crowd = Crowd(api, places, Random(1))
        began = time.monotonic()
        await asyncio.gather(*(crowd.say(session, chat, texts) for chat, texts in said.items()))
        taken = time.monotonic() - began
        await api.replies(sum(map(len, expected.values())), _REPLIES_SECONDS)
        took = time.monotonic() - began
    hundredths = quantiles(crowd.seconds, n=100)
    note(
        workers=workers,
        messages=people * messages,
        posts=len(crowd.seconds),
        statuses=crowd.statuses,
        replies=len(api.sent),
        taken_per_second=round(people * messages / taken),
        answered_per_second=round(people * messages / took),
        webhook_ms={f"p{at}": round(hundredths[at - 1] * 1000) for at in (50, 95, 99)},
        seconds_until_taken=round(taken, 1),
        seconds_until_all_were_out=round(took, 1),
        turns_by_worker=[len(place.events("turn")) for place in places],
    )

    assert [chat for chat in said if api.sent_to(chat) != expected[chat]] == []
