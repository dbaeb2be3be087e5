"""Replies in the store that this program cannot read, as while it is updated or its keys are changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from bot.channels.telegram_outgoing import Pace, Sender
from bot.dialogue.message import Message
from bot.dialogue.session import Session
from bot.storage.database import open_database, transaction
from bot.storage.records import Answered, Delivery
from bot.storage.sealing import Sealer
from bot.storage.store import Store
from bot.storage.tables import outbox
from bot.telemetry import Metrics
from tests.channels.echo import reply_of
from tests.survival.worker import KEY


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """A store nobody has used yet."""
    opened = Store(open_database(url), Sealer(KEY))
    yield opened
    await opened.close()


@pytest.mark.parametrize("unreadable", [{"reply": "{}"}, {"reply": "sealed:by-another-key"}, {"address": "sealed:by-another-key"}])
async def test_a_reply_that_cannot_be_read_holds_up_nobody_else(store: Store, unreadable: dict[str, str]):
    """One row that the new version does not understand would silence the bot for everybody; who can read it may still send it."""
    for chat in (1, 2, 3):
        await store.receive(Delivery("telegram", Message(f"telegram:{chat}", "好", id="1"), address=f'{{"chat": {chat}}}'), _now())
        await store.answer_next(store.hashed_conversation(f"telegram:{chat}"), lambda _: Answered(Session(), reply_of("好"), "v1"), _now())
    first = outbox.c.conversation == store.hashed_conversation("telegram:1")
    async with transaction(store.engine) as connection:
        await connection.execute(update(outbox).where(first).values(unreadable))

    assert sorted(await _chats_reached(store)) == [2, 3]
    assert (await store.backlog())[2] == 1


async def _chats_reached(store: Store) -> list[int]:
    bot: Any = _Bot()
    stop = asyncio.Event()
    sending = asyncio.create_task(
        Sender(bot, store, asyncio.Event(), _now, Metrics(), Pace(look_again_seconds=0.01)).run(stop, grace_seconds=1)
    )
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            while (await store.backlog())[2] > 1:  # noqa: ASYNC110 - the store has no event
                await asyncio.sleep(0.02)
    stop.set()
    await sending
    return bot.reached


class _Bot:
    """What the sender needs of Telegram."""

    def __init__(self) -> None:
        self.reached: list[int] = []

    async def send_message(self, chat: int, _: str, **__: object) -> None:
        self.reached.append(chat)


def _now() -> datetime:
    return datetime.now(UTC)
