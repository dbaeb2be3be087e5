"""A process that takes messages, answers them and sends the replies with the real service, store and sender, and may be killed anywhere.

It is forked from a server that has imported everything, so that hundreds can be killed. What it acknowledged and what it sent stand in
files, which outlive it as Telegram does.
"""

import asyncio
import contextlib
import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.allowance import Allowance
from bot.channels.telegram_outgoing import Pace, Sender
from bot.dialogue.message import Message
from bot.service import Service
from bot.storage.database import StoreDownError, open_database
from bot.storage.records import Delivery
from bot.storage.sealing import Sealer
from bot.storage.store import Store
from bot.storage.tables import metadata
from bot.telemetry import Metrics
from tests.channels.echo import EchoEngine, reply_of

KEY = "a-key-of-the-tests-that-nobody-else-has"
LEASE_SECONDS = 2.0
LONGEST_LIFE_SECONDS = 60
LONG = "长"
"""Its reply comes in two parts."""
FORGET = "忘记我"
_PACE = Pace(in_chat_seconds=0, overall_seconds=0, first_wait_seconds=0.01, look_again_seconds=0.2, lease_seconds=LEASE_SECONDS)


@dataclass(frozen=True, slots=True)
class Said:
    """A message of somebody, and its number among theirs."""

    chat: int
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is to do: deliver these, answer and send until nothing is left, then deliver some ``again``; or die on the way.

    It ``dies_at`` a step when it comes to it the so manieth time. Its clock is ``ahead``, so that what a dead one left is found at once.
    """

    url: str
    folder: Path
    messages: Sequence[Said]
    again: Sequence[Said] = ()
    dies_at: tuple[str, int] | None = None
    ahead: timedelta = timedelta()
    pause_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that reached a chat."""

    chat: int
    text: str


def start(orders: Orders) -> BaseProcess:
    """A worker at work. However it fares, it is gone after a minute."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=run, args=(orders,), daemon=True)
    process.start()
    return process


def run(orders: Orders) -> None:
    """What the process does."""
    signal.alarm(LONGEST_LIFE_SECONDS)
    asyncio.run(_Worker(orders).work())


def acknowledged(folder: Path) -> set[tuple[int, int]]:
    """Chat and number of the messages that were taken, so that nobody need deliver them again."""
    return {(chat, number) for chat, number in _lines(folder / "acknowledged")}


def sent(folder: Path) -> list[Sent]:
    """What arrived, in order."""
    return [Sent(chat, text) for chat, text in _lines(folder / "sent")]


def steps(folder: Path) -> list[str]:
    """The kinds of steps that workers came to."""
    return sorted({step for (step,) in _lines(folder / "steps")})


def parts_of(text: str) -> tuple[str, ...]:
    """How the reply to a message begins, part by part."""
    return ("1", "2") if text == LONG else (f"0 {text}",)


class _Worker:
    """One life."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._acknowledged = _File(orders.folder / "acknowledged")
        self._steps = _File(orders.folder / "steps")
        self._counts: Counter[str] = Counter()
        self._store = self._open()
        _watch(self._store.engine, self._step)
        engine = EchoEngine("0 {}".format)
        engine.replies[LONG] = reply_of(*(f"{part} {'字' * 2000}" for part in parts_of(LONG)))
        allowance = Allowance(messages_per_minute=10**6, largest_backlog=10**6)
        self._service = Service(engine, self._store, self._now, version="v1", allowance=allowance)
        bot: Any = _Bot(_File(orders.folder / "sent"), self._step)
        self._sender = Sender(bot, self._store, self._service.replies_ready, self._now, Metrics(), _PACE)

    async def work(self) -> None:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._service.work(stop, side_by_side=1 if self._orders.url.startswith("sqlite") else 4))
            parts.create_task(self._sender.run(stop, grace_seconds=2))
            for messages in (self._orders.messages, self._orders.again):
                for said in messages:
                    await self._deliver(said)
                    await asyncio.sleep(self._orders.pause_seconds)
                await self._until_nothing_is_left()
            stop.set()
        await self._store.close()

    async def _deliver(self, said: Said) -> None:
        """What the channel does: it acknowledges only what is stored, and whoever delivers comes again until it is."""
        message = Message(f"telegram:{said.chat}", said.text, id=str(said.number))
        delivery = Delivery("telegram", message, said.number, json.dumps({"chat": said.chat}))
        while True:
            try:
                await self._service.receive(delivery)
                break
            except StoreDownError:
                await asyncio.sleep(0.05)
        self._step("before acknowledging")
        self._acknowledged.write(said.chat, said.number)
        self._step("after acknowledging")

    async def _until_nothing_is_left(self) -> None:
        """Looked at past the watched connections, or looking would be a step."""
        onlooker = self._open()
        while True:
            with contextlib.suppress(StoreDownError):
                if await onlooker.backlog() == (0, None, 0):
                    break
            await asyncio.sleep(0.02)
        await onlooker.close()

    def _open(self) -> Store:
        return Store(open_database(self._orders.url), Sealer(KEY))

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._orders.ahead

    def _step(self, name: str) -> None:
        self._steps.write(name)
        self._counts[name] += 1
        if self._orders.dies_at == (name, self._counts[name]):
            os.kill(os.getpid(), signal.SIGKILL)


class _Bot:
    """What the sender needs of Telegram."""

    def __init__(self, file: "_File", step: Callable[[str], None]) -> None:
        self._file = file
        self._step = step

    async def send_message(self, chat: int, text: str, **_: object) -> None:
        self._step("before sending")
        self._file.write(chat, text.partition(" 字")[0])
        self._step("after sending")
        await asyncio.sleep(0)


class _File:
    """Lines that are there once they are written, whatever becomes of who wrote them."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, *values: object) -> None:
        os.write(self._file, f"{json.dumps(values)}\n".encode())


def _lines(path: Path) -> Iterator[list[Any]]:
    if path.exists():
        yield from map(json.loads, path.read_text("utf-8").splitlines())


def _watch(engine: AsyncEngine, step: Callable[[str], None]) -> None:
    """Make a step of everything that goes to the database and of everything that comes back."""

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        step(f"before {_short(statement)}")

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        step(f"after {_short(statement)}")

    event.listen(engine.sync_engine, "before_cursor_execute", before)
    event.listen(engine.sync_engine, "after_cursor_execute", after)
    event.listen(engine.sync_engine, "commit", lambda _: step("before COMMIT"))
    event.listen(engine.sync_engine, "rollback", lambda _: step("before ROLLBACK"))
    event.listen(engine.sync_engine, "checkin", lambda *_: step("after COMMIT or ROLLBACK"))


def _short(statement: str) -> str:
    tables = [name for name in (*metadata.tables, "advisory") if name in statement]
    return " ".join((statement.split()[0], *tables[:1]))
