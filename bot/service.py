"""One turn around the engine: stored before it is acknowledged, answered once, in order within each conversation."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.allowance import Allowance
from bot.content.knowledge import Knowledge
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.step import MOST_CHARACTERS
from bot.fair_queue import FairQueue
from bot.language.private_numbers import mask
from bot.one_turn import Answering, OneTurn, say
from bot.reply.reply import Reply
from bot.storage.database import StoreDownError, drop_old_pages
from bot.storage.records import Delivery
from bot.storage.store import Progress, Store
from bot.telemetry import Metrics, error_name

_BUSY_SECONDS = 0.02
_LOOK_AROUND_SECONDS = 1.0
_FOUND_AT_ONCE = 200
_LONGEST_WAIT_SECONDS = 5.0

log = logging.getLogger(__name__)


class BacklogError(Exception):
    """Too many messages wait; this one was not taken and should be sent again later."""


class Service:
    """Answers messages of many people, by itself or together with other processes on the same store."""

    def __init__(
        self,
        engine: Answering,
        store: Store,
        clock: Callable[[], datetime],
        *,
        version: str = "",
        allowance: Allowance | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        """Serve an engine over content of a ``version``; ``clock`` gives the present time with its zone."""
        self.store = store
        self.metrics = metrics or Metrics()
        self.replies_ready = asyncio.Event()
        """Set when a reply was stored that is to be sent."""
        self.version = version
        self._engine = engine
        self._clock = clock
        self._allowance = allowance or Allowance()
        self._backlog = 0
        self._queue = FairQueue()

    def use(self, engine: Answering, version: str) -> None:
        """Answer from other content from the next message on."""
        self._engine, self.version = engine, version

    @property
    def knowledge(self) -> Knowledge:
        """The content answered from."""
        return self._engine.knowledge

    async def receive(self, delivery: Delivery) -> bool:
        """Take a message to be answered by ``work``; False if it was taken before. Once this returns, it will be answered.

        Raises:
            StoreDownError: It could not be stored; whoever sent it must send it again.
            BacklogError: Likewise, because too many wait already.
        """
        if self._backlog > self._allowance.largest_backlog:
            self.metrics.limited.labels("backlog").inc()
            raise BacklogError
        stored = replace(delivery, message=_storable(delivery.message))
        is_new = await self.store.receive(stored, self._clock())
        self.metrics.received.labels(delivery.channel, "yes" if is_new else "again").inc()
        if is_new:
            self._queue.add(self.store.hashed_conversation(delivery.message.conversation))
        return is_new

    async def handle(self, message: Message, channel: str = "terminal") -> Reply:
        """Answer one message on the spot. A repeated delivery gets the reply it got before.

        While too much waits, nothing is stored and the person is asked to come again.

        Raises:
            StoreDownError: It could not be stored.
        """
        message = _storable(replace(message, id=message.id or uuid.uuid4().hex))
        if self._backlog > self._allowance.largest_backlog and not (message.text and self._engine.must_be_met(message.text)):
            self.metrics.limited.labels("backlog").inc()
            return say(self.knowledge, "busy", Outcome.REFUSE)
        conversation = self.store.hashed_conversation(message.conversation)
        delivery = self.store.hashed_delivery(message.conversation, channel, message.id or "")
        is_new = await self.store.receive(Delivery(channel, message), self._clock())
        self.metrics.received.labels(channel, "yes" if is_new else "again").inc()
        if not is_new and (earlier := await self.store.reply_to(delivery)) is not None:
            return earlier
        while True:
            turn = OneTurn(self._engine, self.version, self._allowance, self._clock)
            progress = await self._answer(conversation, turn)
            if turn.reply is not None and turn.waiting is not None and turn.waiting.delivery == delivery:
                return turn.reply
            if progress is Progress.NOTHING:  # another process was faster, or the person was forgotten meanwhile
                return await self.store.reply_to(delivery) or say(self.knowledge, "forgotten", Outcome.META)
            if progress is Progress.BUSY:
                await asyncio.sleep(_BUSY_SECONDS)

    async def work(self, stop: asyncio.Event, *, side_by_side: int = 1) -> None:
        """Answer what was received, here or by a process that died, until told to stop; the turns begun are finished."""
        self._queue.open()
        workers = [asyncio.create_task(self._work()) for _ in range(side_by_side)]
        looking = asyncio.create_task(self._look_around(stop))
        await stop.wait()
        self._queue.close()
        await asyncio.gather(looking, *workers)

    async def _work(self) -> None:
        failures = 0
        while (conversation := await self._queue.next()) is not None:
            turn = OneTurn(self._engine, self.version, self._allowance, self._clock)
            try:
                progress = await self._answer(conversation, turn)
            except StoreDownError as error:
                failures += 1
                self.metrics.store_up.set(0)
                log.warning("store_down", extra={"error": str(error), "attempt": failures})
                self._queue.put_back(conversation)
                await asyncio.sleep(min(0.1 * 2**failures, _LONGEST_WAIT_SECONDS))
                continue
            except Exception as error:  # one conversation must not stop the others; what waits is found again
                log.error("turn_failed", extra={"error": error_name(error)})
                self._queue.done(conversation)
                continue
            failures = 0
            if progress is Progress.BUSY:
                self._queue.put_back(conversation)
                await asyncio.sleep(_BUSY_SECONDS)
            elif progress is Progress.NOTHING:
                self._queue.forget(conversation)
            else:
                self._queue.done(conversation)

    async def _answer(self, conversation: str, turn: OneTurn) -> Progress:
        progress = await self.store.answer_next(conversation, turn.answer, self._clock())
        if progress is Progress.ANSWERED:
            self._observe(turn)
            if turn.has_forgotten:
                await drop_old_pages(self.store.engine)
        return progress

    async def _look_around(self, stop: asyncio.Event) -> None:
        """Find what waits and nobody looks after, and how much it is."""
        while not stop.is_set():
            try:
                now = self._clock()
                left = await self.store.waiting(_FOUND_AT_ONCE, before=now - timedelta(seconds=_LOOK_AROUND_SECONDS))
                for conversation, count in left:
                    self._queue.find(conversation, count)
                self._backlog, oldest, to_send = await self.store.backlog()
                self.metrics.waiting.set(self._backlog)
                self.metrics.lag.set((now - oldest).total_seconds() if oldest is not None else 0)
                self.metrics.to_send.set(to_send)
                self.metrics.store_up.set(1)
            except StoreDownError:
                self.metrics.store_up.set(0)
            except Exception as error:  # it must go on looking
                log.error("look_around_failed", extra={"error": error_name(error)})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_AROUND_SECONDS)

    def _observe(self, turn: OneTurn) -> None:
        """One event a turn."""
        waiting, record, reply = turn.waiting, turn.record, turn.reply
        if waiting is None or reply is None:
            return
        waited = (self._clock() - waiting.received_at).total_seconds()
        self.metrics.turns.labels(waiting.channel, reply.outcome.value).inc()
        self.metrics.seconds.labels(waiting.channel).observe(max(waited, 0))
        fields: dict[str, object] = {"channel": waiting.channel, "outcome": reply.outcome.value, "took_ms": turn.took_ms}
        fields["waited_ms"] = round(waited * 1000)
        if record is not None:
            fields |= {"entries": list(record.entries), "region": record.region, "repaired": record.repaired, "score": record.score}
        if turn.error is not None:
            log.error("turn", extra=fields | {"error": turn.error})
        else:
            log.info("turn", extra=fields)
        if turn.is_limited:
            self.metrics.limited.labels("person").inc()
        self.replies_ready.set()


def _storable(message: Message) -> Message:
    """A message without numbers that name a person, no longer than is read, and without what no store takes."""
    choice = None if message.choice is None else _whole(message.choice)
    if message.text is None:
        return replace(message, choice=choice)
    text, is_masked = mask(_whole(message.text))
    return replace(message, text=text[: MOST_CHARACTERS + 1], choice=choice, masked=message.masked or is_masked)


def _whole(text: str) -> str:
    """Text without halves of characters, which cannot be written down."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
