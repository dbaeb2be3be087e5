"""The Telegram channel: takes in what people write, by polling or by webhook, and sends the answers.

The library is used for transport only. Conversations, their state, their order and what is to be sent belong to the service.
"""

import asyncio
import contextlib
import hmac
import json
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import BotCommand, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.request_limits import TooLongError, WrongRequests, body_of
from bot.channels.telegram_client import TelegramTokenError, build_bot, is_from_telegram, wait_asked_for
from bot.channels.telegram_incoming import READ_UPDATES, delivery_of, read_update
from bot.channels.telegram_outgoing import Pace, Sender
from bot.service import BacklogError, Service
from bot.storage.database import StoreDownError
from bot.telemetry import error_name

__all__ = ["Pace", "TelegramChannel", "TelegramTokenError"]

COMMANDS = ("start", "check", "help", "mydata", "restart", "forget")
"""The commands of the menu, each described by the wording ``command_<name>``."""

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_UPDATE = 256 * 1024
"""Bytes of one update; Telegram's own are far smaller."""

_LONG_POLL_SECONDS = 30
_REQUEST_SECONDS = 8.0  # three of them, to connect, to write and to read, are less than the lease of a reply
_LONGEST_WAIT_SECONDS = 60.0
_CONFIRM_SECONDS = 3.0
_WEBHOOK_CONNECTIONS = 40

Result = TypeVar("Result")

log = logging.getLogger(__name__)


class TelegramChannel:
    """One bot. Every update is in the store before Telegram is told that it was taken."""

    def __init__(
        self,
        service: Service,
        token: str,
        *,
        clock: Callable[[], datetime],
        base_url: str | None = None,
        webhook_url: str | None = None,
        wrong_requests: WrongRequests | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Prepare the connection; nothing is sent yet.

        ``base_url`` is the address up to the token, such as ``https://proxy.example/bot``; absent means Telegram's own. With
        ``webhook_url`` Telegram calls that address instead of being polled.

        Raises:
            TelegramTokenError: The token cannot be one.
        """
        self._bot = build_bot(token, base_url, timeout_seconds=_REQUEST_SECONDS)
        self._service = service
        self._pace = pace or Pace()
        self._sender = Sender(self._bot, service.store, service.replies_ready, clock, service.metrics, self._pace)
        self._webhook_url = webhook_url
        self._secret = service.store.sealer.hashed("telegram webhook", token)
        self._wrong_requests = wrong_requests or WrongRequests()
        self._is_introduced = False
        self._offset: int | None = None
        self._failures = 0
        self._trouble: str | None = None
        self._background: set[asyncio.Task[None]] = set()

    def routes(self) -> list[Route]:
        """What Telegram calls; nothing when it is polled."""
        return [Route("/telegram/webhook", self._webhook, methods=["POST"])] if self._webhook_url is not None else []

    async def run(self, stop: asyncio.Event, *, grace_seconds: float = 6.0) -> None:
        """Serve until told to stop; then what is on its way gets a few seconds.

        Raises:
            TelegramTokenError: Telegram does not accept the token.
        """
        sending: asyncio.Task[None] | None = None
        try:
            await self._introduce(stop)
            sending = asyncio.create_task(self._sender.run(stop, grace_seconds=grace_seconds))
            if self._webhook_url is None:
                await self._poll(stop)
            await stop.wait()
            await sending
            log.info("telegram_stopped")
            return
        except InvalidToken:
            pass  # its text holds the token and would travel along with an error raised here
        finally:
            if sending is not None and not sending.done():
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
            for task in tuple(self._background):
                task.cancel()
            await self._bot.shutdown()
        raise TelegramTokenError

    # taking in

    async def _take(self, update: Update) -> None:
        """One update into the store.

        Raises:
            StoreDownError: It is not there, so Telegram must keep it.
            BacklogError: Likewise, as too much waits.
        """
        try:
            incoming = read_update(update, self._bot.bot)
        except Exception as error:  # one that cannot be read must not hold up those after it
            log.error("telegram_update_unreadable", extra={"error": error_name(error)})
            return
        if incoming is None:
            return
        delivery = delivery_of(incoming, update.update_id)
        if delivery is not None:
            await self._service.receive(delivery)
        elif incoming.address.callback is not None:
            task = asyncio.create_task(self._sender.acknowledge(incoming.address.callback))
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    async def _webhook(self, request: Request) -> Response:
        """200 once the update is stored, or can never be read; 503 while it cannot be taken, and Telegram sends it again."""
        given = request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(given, self._secret.encode()):
            status = self._wrong_requests.refuse(request)
            self._service.metrics.limited.labels("address").inc()
            return Response(status_code=status)
        if not self._is_introduced:  # until the bot knows its own name it cannot tell who in a group means it
            return Response(status_code=503, headers={"Retry-After": "1"})
        try:
            body = await body_of(request, LARGEST_UPDATE)
            update = Update.de_json(json.loads(body), self._bot)
        except TooLongError as error:
            return Response(status_code=error.status)
        except Exception as error:  # the library raises whatever its constructors raise; sent again it would be no better
            log.error("telegram_update_unreadable", extra={"error": error_name(error)})
            return Response(status_code=200)
        try:
            await self._take(update)
        except Exception as error:  # whatever it is, Telegram has it still and sends it again
            log.warning("telegram_update_not_taken", extra={"error": error_name(error)})
            return Response(status_code=503, headers={"Retry-After": "1"})
        return Response(status_code=200)

    async def _poll(self, stop: asyncio.Event) -> None:
        """Fetch updates until told to stop. The offset, which tells Telegram what it may forget, moves only after the store has it."""
        while not stop.is_set():
            updates = await self._fetch(stop)
            if updates is None:
                continue
            for update in updates:
                try:
                    await self._take(update)
                except Exception as error:  # whatever it is, Telegram has it still
                    await self._wait_after(error, stop)
                    break
                self._offset = update.update_id + 1  # not the highest ever: after a quiet week Telegram starts again from any number
            else:
                self._recovered()
        await self._confirm()

    async def _fetch(self, stop: asyncio.Event) -> Sequence[Update] | None:
        """The next updates; None after trouble, which is waited out here."""
        call = self._bot.get_updates(offset=self._offset, timeout=_LONG_POLL_SECONDS, allowed_updates=READ_UPDATES)
        try:
            return await _unless_stopped(call, stop) or ()
        except Exception as error:  # a proxy may answer with anything, on which the library raises anything
            if isinstance(error, InvalidToken) and is_from_telegram(error):
                raise
            await self._wait_after(error, stop)
            return None

    async def _confirm(self) -> None:
        """Tell Telegram what was taken, or it would deliver it again to the next start."""
        if self._offset is None:
            return
        try:
            await self._bot.get_updates(
                offset=self._offset,
                limit=1,
                timeout=0,
                allowed_updates=READ_UPDATES,
                connect_timeout=_CONFIRM_SECONDS,
                read_timeout=_CONFIRM_SECONDS,
            )
        except TelegramError as error:
            log.warning("telegram_not_confirmed", extra={"error": error_name(error)})

    # beginning, and trouble

    async def _introduce(self, stop: asyncio.Event) -> None:
        """Learn who the bot is, say how updates are to come and set its menu, trying until Telegram is reached."""
        while not stop.is_set():
            try:
                await _unless_stopped(self._bot.initialize(), stop)
                self._is_introduced = not stop.is_set()
                await _unless_stopped(self._say_how(), stop)
            except Exception as error:
                if isinstance(error, InvalidToken) and is_from_telegram(error):
                    raise
                await self._wait_after(error, stop)
                continue
            self._recovered()
            await _unless_stopped(self._set_menu(), stop)
            log.info("telegram_started", extra={"mode": "polling" if self._webhook_url is None else "webhook"})
            return

    async def _say_how(self) -> None:
        if self._webhook_url is None:
            await self._bot.delete_webhook()  # while one is set Telegram refuses to be polled
            return
        await self._bot.set_webhook(
            self._webhook_url, secret_token=self._secret, allowed_updates=READ_UPDATES, max_connections=_WEBHOOK_CONNECTIONS
        )

    async def _set_menu(self) -> None:
        say = self._service.knowledge.wording.say
        try:
            await self._bot.set_my_commands([BotCommand(name, say(f"command_{name}")) for name in COMMANDS])
            await self._bot.set_my_short_description(say("telegram_about"))
        except TelegramError as error:
            log.warning("telegram_menu_not_set", extra={"error": error_name(error)})

    async def _wait_after(self, error: Exception, stop: asyncio.Event) -> None:
        """Wait before asking again. Trouble that lasts is logged once."""
        self._failures += 1
        name = error_name(error)
        if isinstance(error, Conflict):
            seconds = self._pace.conflict_wait_seconds  # another process is polling with this token
        elif isinstance(error, RetryAfter):
            seconds = wait_asked_for(error)
        else:
            seconds = min(self._pace.first_wait_seconds * 2 ** min(self._failures - 1, 10), _LONGEST_WAIT_SECONDS)
        if name != self._trouble:
            is_ours = isinstance(error, StoreDownError | BacklogError)
            event = "telegram_update_not_taken" if is_ours else "telegram_unreachable"
            event = "telegram_polled_by_another_process" if isinstance(error, Conflict) else event
            log.warning(event, extra={"error": name})
            self._trouble = name
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)

    def _recovered(self) -> None:
        if self._trouble is not None:
            log.info("telegram_reachable_again", extra={"attempt": self._failures})
        self._failures = 0
        self._trouble = None


async def _unless_stopped(call: Coroutine[Any, Any, Result], stop: asyncio.Event) -> Result | None:
    """What the call gives; None if told to stop first."""
    calling = asyncio.create_task(call)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([calling, stopping], return_when=asyncio.FIRST_COMPLETED)
        return calling.result() if calling.done() else None
    finally:
        calling.cancel()
        stopping.cancel()
        await asyncio.wait([calling, stopping])
