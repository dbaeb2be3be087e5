"""The processes that serve, as they see one another: who lives, with which content, and what came of a reload."""

import asyncio
import contextlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from bot.storage.database import transaction
from bot.storage.store import Store
from bot.storage.tables import processes

ALIVE = timedelta(seconds=30)
"""Who was not seen for so long is taken for gone."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process that serves. ``result`` is what its last reload came to; absent while it was asked and has not answered."""

    id: str
    started_at: datetime
    seen_at: datetime
    knowledge: str
    result: str | None


async def show_alive(store: Store, process: str, knowledge: str, started_at: datetime, now: datetime) -> bool:
    """Write down that a process lives; True if it has been asked to reload its content, which is told once."""
    async with transaction(store.engine) as connection:
        mine = processes.c.id == process
        asked = (await connection.execute(select(processes.c.reload_asked_at).where(mine).with_for_update())).one_or_none()
        if asked is None:
            row = {"id": process, "started_at": started_at, "seen_at": now, "knowledge": knowledge}
            await connection.execute(processes.insert().values(row))
            return False
        await connection.execute(update(processes).where(mine).values(seen_at=now, knowledge=knowledge, reload_asked_at=None))
        return asked.reload_asked_at is not None


async def tell_result(store: Store, process: str, knowledge: str, result: str, now: datetime) -> None:
    """Write down what a reload came to."""
    async with transaction(store.engine) as connection:
        values = {"seen_at": now, "knowledge": knowledge, "reload_result": result}
        await connection.execute(update(processes).where(processes.c.id == process).values(values))


async def leave(store: Store, process: str) -> None:
    """Write down that a process has ended."""
    async with transaction(store.engine) as connection:
        await connection.execute(delete(processes).where(processes.c.id == process))


async def alive(store: Store, now: datetime) -> list[Process]:
    """The processes seen lately, the oldest first."""
    async with transaction(store.engine) as connection:
        seen = select(processes).where(processes.c.seen_at > now - ALIVE).order_by(processes.c.started_at, processes.c.id)
        rows = (await connection.execute(seen)).all()
    return [Process(row.id, row.started_at, row.seen_at, row.knowledge, row.reload_result) for row in rows]


async def ask_to_reload(store: Store, now: datetime) -> list[str]:
    """Ask every living process to reload its content; their ids."""
    asked = [process.id for process in await alive(store, now)]
    async with transaction(store.engine) as connection:
        mine = processes.c.id.in_(asked)
        await connection.execute(update(processes).where(mine).values(reload_asked_at=now, reload_result=None))
    return asked


async def reload_results(
    store: Store, asked: Collection[str], now: Callable[[], datetime], *, most_seconds: float, every_seconds: float = 0.5
) -> list[Process]:
    """The processes that were asked and still live, once each has told its result, or as they are when the time is up."""
    found: list[Process] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(most_seconds):
            while True:
                found = [process for process in await alive(store, now()) if process.id in asked]
                if all(process.result is not None for process in found):
                    break
                await asyncio.sleep(every_seconds)
    return found
