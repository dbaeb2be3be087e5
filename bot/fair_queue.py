"""Whose turn it is: conversations looked after one message at a time, in turn."""

import asyncio
from collections import OrderedDict


class FairQueue:
    """Conversations to look after, in turn: who sent much waits for those who sent little."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, int] = OrderedDict()  # messages to answer, as far as known here
        self._working: set[str] = set()
        self._changed = asyncio.Event()
        self._is_closed = False

    def add(self, conversation: str) -> None:
        """One more message has come."""
        self._counts[conversation] = self._counts.get(conversation, 0) + 1
        self._changed.set()

    def find(self, conversation: str, count: int) -> None:
        """So many messages wait, whoever took them."""
        self._counts[conversation] = max(self._counts.get(conversation, 0), count)
        self._changed.set()

    async def next(self) -> str | None:
        """The conversation whose turn it is, not to be given out again before it is back; None once closed."""
        while not self._is_closed:
            for conversation in self._counts:
                if conversation not in self._working:
                    self._working.add(conversation)
                    return conversation
            self._changed.clear()
            await self._changed.wait()
        return None

    def done(self, conversation: str) -> None:
        """One message of it was answered; if there are more, it goes to the end."""
        self._working.discard(conversation)
        left = self._counts.pop(conversation, 1) - 1
        if left > 0:
            self._counts[conversation] = left
        self._changed.set()

    def put_back(self, conversation: str) -> None:
        """It could not be looked after now; it goes to the end."""
        self._working.discard(conversation)
        self._counts[conversation] = self._counts.pop(conversation, 1)
        self._changed.set()

    def forget(self, conversation: str) -> None:
        """Nothing waits in it."""
        self._working.discard(conversation)
        self._counts.pop(conversation, None)
        self._changed.set()

    def open(self) -> None:
        """Give out again."""
        self._is_closed = False

    def close(self) -> None:
        """Give out nothing more."""
        self._is_closed = True
        self._changed.set()
