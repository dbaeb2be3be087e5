"""One turn around the engine: in order for each conversation, answered once for each delivery."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from bot.dialogue.message import Message
from bot.dialogue.session import Session
from bot.engine import Engine
from bot.reply.reply import Reply

Key = TypeVar("Key")
Value = TypeVar("Value")

_CONVERSATIONS_KEPT = 10_000
_REPLIES_KEPT = 10_000


class Service:
    """Answers messages of many people. Sessions live in memory, the longest unused go first."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        """Serve an engine; ``clock`` gives the present time with its zone."""
        self._engine = engine
        self._clock = clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._replies: OrderedDict[tuple[str, str], Reply] = OrderedDict()
        self._locks: OrderedDict[str, asyncio.Lock] = OrderedDict()

    async def handle(self, message: Message) -> Reply:
        """Answer one message. A repeated delivery gets the reply it got before."""
        async with self._lock(message.conversation):
            delivery = (message.conversation, message.id) if message.id is not None else None
            if delivery is not None and delivery in self._replies:
                return self._replies[delivery]
            session = self._sessions.pop(message.conversation, Session())
            turn = self._engine.respond(session, message, self._clock())
            _keep(self._sessions, message.conversation, turn.session, _CONVERSATIONS_KEPT)
            if delivery is not None:
                _keep(self._replies, delivery, turn.reply, _REPLIES_KEPT)
            return turn.reply

    def forget(self, conversation: str) -> None:
        """Drop everything held of one conversation."""
        self._sessions.pop(conversation, None)
        for delivery in [key for key in self._replies if key[0] == conversation]:
            del self._replies[delivery]

    def _lock(self, conversation: str) -> asyncio.Lock:
        lock = self._locks.pop(conversation, None) or asyncio.Lock()
        self._locks[conversation] = lock
        while len(self._locks) > _CONVERSATIONS_KEPT:
            oldest, candidate = next(iter(self._locks.items()))
            if candidate.locked():
                break
            del self._locks[oldest]
        return lock


def _keep(store: OrderedDict[Key, Value], key: Key, value: Value, most: int) -> None:
    store[key] = value
    while len(store) > most:
        store.popitem(last=False)
