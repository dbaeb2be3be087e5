"""Updates taken from Telegram and not yet handled: chats side by side, each chat in its own order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.channels.telegram_client import error_name

log = logging.getLogger(__name__)


class Inbox:
    """Runs the work of each update and knows which updates Telegram may forget.

    Telegram forgets every update below the offset it is asked for. The offset therefore stays at the oldest update whose work is not
    done, and updates above it that come again are recognised. What was in work when the process died is delivered again.
    """

    def __init__(self) -> None:
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._last_of_chat: dict[int, asyncio.Task[None]] = {}
        self._taken: set[int] = set()
        self._next: int | None = None

    @property
    def is_idle(self) -> bool:
        """Whether everything taken is done."""
        return not self._tasks

    def offset(self) -> int | None:
        """The offset to ask Telegram for next; absent before the first update.

        Ids below it are dropped only here: an answer to an earlier request may still hold an update that got done in the meantime.
        """
        offset = min(self._tasks, default=self._next)
        if offset is not None:
            self._taken = {taken for taken in self._taken if taken >= offset}
        return offset

    def take(self, update_id: int, chat: int, work: Callable[[], Awaitable[None]]) -> None:
        """Start the work of an update once the earlier ones of its chat are done; an update already taken is passed over."""
        if update_id in self._taken:
            return
        self._taken.add(update_id)
        self._next = update_id + 1  # not the highest ever: after a quiet week Telegram starts again from any number
        task = asyncio.create_task(self._run(self._last_of_chat.get(chat), work))
        self._tasks[update_id] = self._last_of_chat[chat] = task
        task.add_done_callback(lambda done: self._finish(update_id, chat, done))

    async def wait(self, seconds: float) -> None:
        """Wait until everything taken is done, at most so long."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=seconds)

    async def close(self, seconds: float) -> None:
        """Let the work end by itself for so long, then break it off; what is broken off stays unhandled."""
        await self.wait(seconds)
        unfinished = list(self._tasks.values())
        for task in unfinished:
            task.cancel()
        if unfinished:
            await asyncio.wait(unfinished)
            log.warning("telegram_updates_broken_off count=%d", len(unfinished))

    async def _run(self, earlier: asyncio.Task[None] | None, work: Callable[[], Awaitable[None]]) -> None:
        if earlier is not None:
            await asyncio.wait([earlier])
        try:
            await work()
        except Exception as error:  # one failed update must stop neither its chat nor the others
            log.error("telegram_update_failed error=%s", error_name(error))

    def _finish(self, update_id: int, chat: int, task: asyncio.Task[None]) -> None:
        if self._last_of_chat.get(chat) is task:
            del self._last_of_chat[chat]
        if not task.cancelled():
            del self._tasks[update_id]
