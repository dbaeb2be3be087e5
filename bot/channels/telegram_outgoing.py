"""Replies sent to Telegram: in parts, at its pace, and again when it does not answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import Bot, KeyboardButton, LinkPreviewOptions, ReplyKeyboardMarkup, ReplyKeyboardRemove, ReplyParameters
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram_client import error_name, wait_asked_for
from bot.channels.telegram_incoming import Address
from bot.dialogue.choice import Choice
from bot.reply.fit import Limits, fit, utf16_units
from bot.reply.reply import Reply

LIMITS = Limits(3500, utf16_units)
"""Telegram takes 4096; the rest is spare."""

BUTTON_CHARACTERS = 40
"""The longest words on a button, without the number; the full words stand in the text."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast parts follow one another and how patiently Telegram is asked again."""

    between_parts_seconds: float = 1.0
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 120.0
    tries: int = 5
    conflict_wait_seconds: float = 30.0


class Sender:
    """Sends replies in order.

    A message may arrive twice when the answer to its sending got lost: Telegram knows no repeated sending, and twice is better than never.
    """

    def __init__(self, bot: Bot, pace: Pace) -> None:
        self._bot = bot
        self._pace = pace

    async def send(self, address: Address, reply: Reply) -> None:
        """Send a reply part by part, the choices with the last.

        Raises:
            Forbidden: The person has blocked the bot, or the group has removed it.
            TelegramError: A part could not be delivered; those after it were not sent.
        """
        parts = fit(reply, LIMITS)
        for index, part in enumerate(parts):
            if index > 0:
                await asyncio.sleep(self._pace.between_parts_seconds)
            await self._send_part(address, part, keyboard(reply.choices, address) if index == len(parts) - 1 else None)

    async def acknowledge(self, callback: str) -> None:
        """Tell Telegram that a button's tap was seen; one that is too old does no harm."""
        try:
            await self._insist(lambda: self._bot.answer_callback_query(callback))
        except TelegramError as error:
            log.info("telegram_tap_not_acknowledged error=%s", error_name(error))

    async def _send_part(self, address: Address, text: str, markup: ReplyKeyboardMarkup | ReplyKeyboardRemove | None) -> None:
        answers = None if address.answers is None else ReplyParameters(address.answers, allow_sending_without_reply=True)
        await self._insist(
            lambda: self._bot.send_message(
                address.chat,
                text,
                message_thread_id=address.thread,
                reply_parameters=answers,
                reply_markup=markup,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )

    async def _insist(self, call: Callable[[], Awaitable[object]]) -> None:
        """Call until it goes through, waiting as long as Telegram asks or twice as long each time; the last error is raised."""
        for attempt in range(self._pace.tries):
            try:
                await call()
                return
            except BadRequest:
                raise  # a NetworkError to the library, but it would be refused again
            except (RetryAfter, NetworkError) as error:
                wait = wait_asked_for(error) if isinstance(error, RetryAfter) else self._pace.first_wait_seconds * 2**attempt
                if attempt == self._pace.tries - 1 or wait > self._pace.longest_wait_seconds:
                    raise
                log.warning("telegram_sending_again error=%s attempt=%d", error_name(error), attempt + 1)
                await asyncio.sleep(wait)


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
