"""The Telegram channel: fetches what people write, has it answered, sends the answers.

The library is used for transport only. Conversations, their state and their order belong to the service.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from telegram import Bot, BotCommand, Update
from telegram.error import Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram_client import TelegramTokenError, build_bot, error_name, wait_asked_for
from bot.channels.telegram_inbox import Inbox
from bot.channels.telegram_incoming import READ_UPDATES, read_update
from bot.channels.telegram_outgoing import Pace, Sender
from bot.content.wording import Wording
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.reply.reply import Block, Reply

__all__ = ["Answering", "Pace", "TelegramTokenError", "poll", "run"]

COMMANDS = ("start", "check", "help", "restart", "forget")
"""The commands of the menu, each described by the wording ``command_<name>``."""

_LONG_POLL_SECONDS = 30
_REQUEST_SECONDS = 15.0
_BUSY_POLL_SECONDS = 0.5  # while an update is in work Telegram answers at once, with that update again
_LONGEST_WAIT_SECONDS = 60.0
_GRACE_SECONDS = 6.0  # with the next less than the ten seconds after which Docker kills
_CONFIRM_SECONDS = 3.0

Result = TypeVar("Result")

log = logging.getLogger(__name__)


class Answering(Protocol):
    """What the channel needs of the service."""

    async def handle(self, message: Message) -> Reply:
        """Answer one message; a repeated delivery gets the reply it got before."""

    def forget(self, conversation: str) -> None:
        """Drop everything held of one conversation."""


def run(service: Answering, token: str, *, base_url: str | None, wording: Wording) -> None:
    """Serve Telegram until the process is told to stop (SIGINT, SIGTERM).

    Raises:
        TelegramTokenError: Telegram does not accept the token.
    """

    async def until_signalled() -> None:
        stop = asyncio.Event()
        with contextlib.suppress(NotImplementedError):  # Windows knows Ctrl-C only
            for sign in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        await poll(service, token, base_url=base_url, wording=wording, stop=stop)

    asyncio.run(until_signalled())


async def poll(
    service: Answering,
    token: str,
    *,
    base_url: str | None,
    wording: Wording,
    stop: asyncio.Event | None = None,
    pace: Pace | None = None,
) -> None:
    """Serve Telegram by long polling until ``stop`` is set; then what is in work gets a few seconds to end.

    ``base_url`` is the address up to the token, such as ``https://proxy.example/bot``; absent means Telegram's own.

    Raises:
        TelegramTokenError: Telegram does not accept the token.
    """
    bot = build_bot(token, base_url, timeout_seconds=_REQUEST_SECONDS)
    try:
        await _Poller(bot, service, wording, stop or asyncio.Event(), pace or Pace()).serve()
        return
    except InvalidToken:
        pass  # its text holds the token and would travel along with an error raised here
    finally:
        await bot.shutdown()
    raise TelegramTokenError


class _Poller:
    """One run of the channel."""

    def __init__(self, bot: Bot, service: Answering, wording: Wording, stop: asyncio.Event, pace: Pace) -> None:
        self._bot = bot
        self._service = service
        self._wording = wording
        self._stop = stop
        self._pace = pace
        self._sender = Sender(bot, pace)
        self._inbox = Inbox()
        self._failures = 0
        self._trouble: str | None = None

    async def serve(self) -> None:
        """Fetch and answer until told to stop."""
        await self._introduce()
        try:
            while not self._stop.is_set():
                for update in await self._fetch():
                    chat = update.effective_chat.id if update.effective_chat is not None else 0
                    self._inbox.take(update.update_id, chat, partial(self._answer, update))
                await self._inbox.wait(_BUSY_POLL_SECONDS)
        finally:
            await self._inbox.close(_GRACE_SECONDS if self._stop.is_set() else 0)
        await self._confirm()
        log.info("telegram_stopped")

    async def _introduce(self) -> None:
        """Learn who the bot is and set its menu, trying until Telegram is reached."""
        while not self._stop.is_set():
            try:
                await self._unless_stopped(self._bot.initialize())
            except InvalidToken:
                raise
            except Exception as error:
                await self._wait_after(error)
                continue
            self._recovered()
            await self._unless_stopped(self._set_menu())
            log.info("telegram_started")
            return

    async def _set_menu(self) -> None:
        commands = [BotCommand(name, self._wording.say(f"command_{name}")) for name in COMMANDS]
        try:
            await self._bot.delete_webhook()  # while one is set Telegram refuses to be polled
            await self._bot.set_my_commands(commands)
            await self._bot.set_my_short_description(self._wording.say("telegram_about"))
        except TelegramError as error:
            log.warning("telegram_menu_not_set error=%s", error_name(error))

    async def _fetch(self) -> Sequence[Update]:
        """The next updates; none after trouble, which is waited out here."""
        offset = self._inbox.offset()
        timeout = _LONG_POLL_SECONDS if self._inbox.is_idle else 0
        try:
            updates = await self._unless_stopped(self._bot.get_updates(offset=offset, timeout=timeout, allowed_updates=READ_UPDATES))
        except InvalidToken:
            raise
        except Exception as error:  # a proxy may answer with anything, on which the library raises anything
            await self._wait_after(error)
            return ()
        self._recovered()
        return updates or ()

    async def _answer(self, update: Update) -> None:
        incoming = read_update(update, self._bot.bot)
        if incoming is None:
            return
        if incoming.callback is not None:
            await self._sender.acknowledge(incoming.callback)
        if incoming.gone:
            self._service.forget(incoming.conversation)
        if incoming.message is None:
            return
        reply = await self._reply_to(incoming.message)
        try:
            await self._sender.send(incoming.address, reply)
        except Forbidden:
            log.info("telegram_chat_closed")
            self._service.forget(incoming.conversation)
        except TelegramError as error:
            log.error("telegram_reply_lost error=%s", error_name(error))

    async def _reply_to(self, message: Message) -> Reply:
        try:
            return await self._service.handle(message)
        except Exception as error:  # the person must not be left without an answer
            log.error("telegram_turn_failed error=%s", error_name(error))
            return Reply(Outcome.ERROR, (Block((self._wording.say("error"),)),))

    async def _unless_stopped(self, call: Coroutine[Any, Any, Result]) -> Result | None:
        """What the call gives; None if told to stop first."""
        calling = asyncio.create_task(call)
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait([calling, stopping], return_when=asyncio.FIRST_COMPLETED)
            return calling.result() if calling.done() else None
        finally:
            calling.cancel()
            stopping.cancel()
            await asyncio.wait([calling, stopping])

    async def _confirm(self) -> None:
        """Tell Telegram what was handled, or it would deliver it again to the next start."""
        offset = self._inbox.offset()
        if offset is None:
            return
        try:
            await self._bot.get_updates(
                offset=offset,
                limit=1,
                timeout=0,
                allowed_updates=READ_UPDATES,
                connect_timeout=_CONFIRM_SECONDS,
                read_timeout=_CONFIRM_SECONDS,
            )
        except TelegramError as error:
            log.warning("telegram_not_confirmed error=%s", error_name(error))

    async def _wait_after(self, error: Exception) -> None:
        """Wait before asking again. Trouble that lasts is logged once."""
        self._failures += 1
        name = error_name(error)
        if isinstance(error, Conflict):
            seconds = self._pace.conflict_wait_seconds
            name = f"{name}: another process is polling with this token"
        elif isinstance(error, RetryAfter):
            seconds = wait_asked_for(error)
        else:
            seconds = min(self._pace.first_wait_seconds * 2 ** min(self._failures - 1, 10), _LONGEST_WAIT_SECONDS)
        if name != self._trouble:
            log.warning("telegram_unreachable error=%s", name)
            self._trouble = name
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    def _recovered(self) -> None:
        if self._trouble is not None:
            log.info("telegram_reachable_again failures=%d", self._failures)
        self._failures = 0
        self._trouble = None
