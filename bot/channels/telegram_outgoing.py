"""Stored replies sent to Telegram: in parts, in order within a chat, at its pace, and again until it takes them."""

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from telegram import Bot, KeyboardButton, LinkPreviewOptions, ReplyKeyboardMarkup, ReplyKeyboardRemove, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram_client import is_from_telegram, wait_asked_for
from bot.channels.telegram_incoming import CHANNEL, Address, address_from
from bot.dialogue.choice import Choice
from bot.reply.fit import Limits, fit, utf16_units
from bot.reply.reply import Reply
from bot.storage.database import StoreDownError
from bot.storage.records import Sending
from bot.storage.store import Store
from bot.telemetry import Metrics, error_name

LIMITS = Limits(3500, utf16_units)
"""Telegram takes 4096; the rest is spare."""

BUTTON_CHARACTERS = 40
"""The longest words on a button, without the number; the full words stand in the text."""

_SIDE_BY_SIDE = 200  # most of them only wait for their chat's next second
_CHATS_REMEMBERED = 5_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast messages follow one another, in one chat and in all, and how patiently Telegram is asked again.

    A reply is reserved for one process for ``lease_seconds``, longer than sending one part may take; if the process dies, another sends it
    after that.
    """

    in_chat_seconds: float = 1.0
    overall_seconds: float = 1 / 28
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 60.0
    give_up_seconds: float = 24 * 3600.0
    look_again_seconds: float = 1.0
    lease_seconds: float = 30.0
    conflict_wait_seconds: float = 30.0


class UnreadableError(Exception):
    """A stored reply cannot be read, as while programs of two versions or with different keys share a store."""


class Sender:
    """Sends what the store holds for Telegram.

    A message may arrive twice when the answer to its sending got lost or the process died right after it: Telegram knows no repeated
    sending, and twice is better than never.
    """

    def __init__(self, bot: Bot, store: Store, ready: asyncio.Event, clock: Callable[[], datetime], metrics: Metrics, pace: Pace) -> None:
        """Send with a bot; ``ready`` is set by others when there may be something new."""
        self._bot = bot
        self._store = store
        self._ready = ready
        self._clock = clock
        self._metrics = metrics
        self._pace = pace
        self._lease = timedelta(seconds=pace.lease_seconds)
        # No more than can be sent while they are reserved, or another process would take those at the end of the line.
        in_half_a_lease = int(pace.lease_seconds / 2 / pace.overall_seconds) if pace.overall_seconds else _SIDE_BY_SIDE
        self._most = max(1, min(_SIDE_BY_SIDE, in_half_a_lease))
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._claims: dict[int, Sending] = {}
        self._last_in_chat: OrderedDict[int, float] = OrderedDict()
        self._next_overall = 0.0

    async def run(self, stop: asyncio.Event, *, grace_seconds: float) -> None:
        """Send until told to stop, then finish what is on its way or give it back within the grace."""
        failures = 0
        while not stop.is_set():
            self._ready.clear()
            try:
                free = self._most - len(self._tasks)
                claimed = await self._store.claim_sendings(CHANNEL, self._clock(), lease=self._lease, most=free) if free > 0 else []
                failures = 0
            except StoreDownError:
                claimed, failures = [], failures + 1
            except Exception as error:  # it must go on sending
                log.error("telegram_claim_failed", extra={"error": error_name(error)})
                claimed, failures = [], failures + 1
            for sending in (one for one in claimed if one.id not in self._tasks):
                self._claims[sending.id] = sending
                task = self._tasks[sending.id] = asyncio.create_task(self._deliver(sending))
                task.add_done_callback(partial(self._finished, sending.id))
            if not claimed or free == len(claimed):
                wait = self._pace.look_again_seconds * (1 + min(failures, 4))
                await _first_of(stop.wait(), self._ready.wait(), seconds=wait)
        await self._close(grace_seconds)

    def _finished(self, sending: int, _: asyncio.Task[None]) -> None:
        del self._tasks[sending], self._claims[sending]
        self._ready.set()  # the next of its chat may be due

    async def _close(self, seconds: float) -> None:
        left, claims = dict(self._tasks), dict(self._claims)
        if not left:
            return
        await asyncio.wait(left.values(), timeout=seconds)
        unsent = [claims[sending] for sending, task in left.items() if not task.done()]
        for sending in unsent:
            left[sending.id].cancel()
        await asyncio.gather(*left.values(), return_exceptions=True)
        if unsent:
            with contextlib.suppress(StoreDownError):
                await self._store.release(unsent)
            log.warning("telegram_left_for_later", extra={"count": len(unsent)})

    async def _deliver(self, sending: Sending) -> None:
        """Send one reply, as far as Telegram takes it now."""
        try:
            if sending.reply is None:
                raise UnreadableError
            await self._send(sending, sending.reply, address_from(sending.address))
        except Forbidden as error:
            if not is_from_telegram(error):
                await self._put_off(sending, error)
                return
            log.info("telegram_chat_closed")
            self._count("blocked")
            await self._insist(partial(self._store.forget, sending.conversation))
        except BadRequest as error:
            if not is_from_telegram(error):
                await self._put_off(sending, error)
                return
            log.error("telegram_reply_refused", extra={"error": error_name(error)})
            await self._give_up(sending)
        except TelegramError as error:
            await self._put_off(sending, error)
        except Exception as error:  # besides what is above: a proxy may answer with anything, on which the library raises anything
            await self._put_off(sending, error)

    async def _send(self, sending: Sending, reply: Reply, address: Address) -> None:
        parts = fit(reply, LIMITS)
        if address.callback is not None and sending.parts_sent == 0:
            await self.acknowledge(address.callback)
        for index in range(sending.parts_sent, len(parts)):
            markup = keyboard(reply.choices, address) if index == len(parts) - 1 else None
            await self._keep_pace(address.chat)
            if self._clock() > sending.claimed_until - self._lease * 2 / 3:
                renewed = await self._renewed(sending, index)
                if renewed is None:
                    return
                sending = renewed
            try:
                await self._send_part(address, parts[index], markup)
            except ChatMigrated as moved:
                address = replace(address, chat=moved.new_chat_id)
                await self._send_part(address, parts[index], markup)
            if index < len(parts) - 1:
                renewed = await self._renewed(sending, index + 1)
                if renewed is None:
                    return
                sending = renewed
        await self._insist(partial(self._store.remove_sending, sending.id))
        self._count("sent")

    async def _renewed(self, sending: Sending, parts: int) -> Sending | None:
        """The reply, of which so many parts are out, as the caller's for longer; None if no more of it is to be sent by this process."""
        until, wait = self._clock() + self._lease, 0.1
        while True:
            try:
                is_mine = await self._store.keep_claim(sending, parts, until)
            except StoreDownError:
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5)
                continue
            renewed = replace(sending, parts_sent=parts, claimed_until=until)
            if is_mine:
                self._claims[sending.id] = renewed
            return renewed if is_mine else None

    def _count(self, result: str) -> None:
        self._metrics.sent.labels(CHANNEL, result).inc()

    async def acknowledge(self, callback: str) -> None:
        """Tell Telegram that a button's tap was seen; one that is too old does no harm."""
        try:
            await self._bot.answer_callback_query(callback)
        except TelegramError as error:
            log.info("telegram_tap_not_acknowledged", extra={"error": error_name(error)})

    async def _send_part(self, address: Address, text: str, markup: ReplyKeyboardMarkup | ReplyKeyboardRemove | None) -> None:
        answers = None if address.answers is None else ReplyParameters(address.answers, allow_sending_without_reply=True)
        await self._bot.send_message(
            address.chat,
            text,
            message_thread_id=address.thread,
            reply_parameters=answers,
            reply_markup=markup,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    async def _put_off(self, sending: Sending, error: Exception) -> None:
        """Try again when Telegram allows it, or twice as long later each time; after a day not any more."""
        now = self._clock()
        if (now - sending.created_at).total_seconds() > self._pace.give_up_seconds:
            log.error("telegram_reply_given_up", extra={"error": error_name(error), "attempt": sending.attempts + 1})
            await self._give_up(sending)
            return
        if isinstance(error, RetryAfter):
            wait = wait_asked_for(error)
        else:
            wait = min(self._pace.first_wait_seconds * 2 ** min(sending.attempts, 10), self._pace.longest_wait_seconds)
            known = isinstance(error, NetworkError)
            log.log(logging.WARNING if known else logging.ERROR, "telegram_not_sent", extra={"error": error_name(error)})
        self._count("again")
        await self._insist(partial(self._store.put_off, self._claims[sending.id], now + timedelta(seconds=wait)))

    async def _give_up(self, sending: Sending) -> None:
        self._count("given_up")
        await self._insist(partial(self._store.remove_sending, sending.id))

    async def _insist(self, write: Callable[[], Awaitable[object]]) -> None:
        """Write to the store until it takes it: else what is sent already would be sent again."""
        wait = 0.1
        while True:
            try:
                await write()
                return
            except StoreDownError:
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5)

    async def _keep_pace(self, chat: int) -> None:
        """Wait until Telegram would take another message, in this chat and in all."""
        now = time.monotonic()
        in_chat = self._last_in_chat.pop(chat, 0) + self._pace.in_chat_seconds
        due = max(now, in_chat, self._next_overall)
        self._next_overall = max(now, self._next_overall) + self._pace.overall_seconds
        self._last_in_chat[chat] = due
        while len(self._last_in_chat) > _CHATS_REMEMBERED:
            self._last_in_chat.popitem(last=False)
        if due > now:
            await asyncio.sleep(due - now)


async def _first_of(*waits: Awaitable[object], seconds: float) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def keyboard(choices: tuple[Choice, ...], address: Address) -> ReplyKeyboardMarkup | ReplyKeyboardRemove:
    """One column of numbered choices, which a tap puts into the chat as text; without choices the earlier ones are taken away.

    A keyboard's words are read aloud and stay in the chat, which buttons under a message do not.
    """
    in_group = address.answers is not None  # there only the person who is answered sees it
    if not choices:
        return ReplyKeyboardRemove(selective=in_group)
    rows = [[KeyboardButton(button(number, choice.label))] for number, choice in enumerate(choices, start=1)]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, selective=in_group)


def button(number: int, label: str) -> str:
    """The words on a button: the number the text gives the choice, then as much of its words as is readable.

    >>> button(2, "apply")
    '2 apply'
    """
    return f"{number} {label if len(label) <= BUTTON_CHARACTERS else label[: BUTTON_CHARACTERS - 1] + '…'}"
