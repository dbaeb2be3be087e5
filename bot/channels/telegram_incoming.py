"""Telegram's updates read as messages of people; what is not meant for the bot is nothing."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from telegram import CallbackQuery, ChatMemberUpdated, MessageEntity, Update, User
from telegram import Message as TelegramMessage
from telegram.constants import ChatMemberStatus, ChatType

from bot.dialogue.message import Message
from bot.storage.records import Delivery

CHANNEL = "telegram"

READ_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update Telegram is asked for; a channel's posts are not among them."""

_GONE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reply goes. In a group it answers one person's message, so that the buttons are shown to that person only.

    ``callback`` is the id of a tapped button that waits for a sign of life.
    """

    chat: int
    thread: int | None = None
    answers: int | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """What an update asks for.

    ``message`` is absent when nothing is to be said; ``gone`` means that the chat has shut the bot out.
    """

    conversation: str
    address: Address
    message: Message | None = None
    gone: bool = False


def conversation_of(chat: int, person: int) -> str:
    """What a conversation is called, before it is hashed.

    In a group each person has one of their own: what one tells of themselves, nobody else there is to be shown or asked about.

    >>> conversation_of(100, 100), conversation_of(-500, 100)
    ('telegram:100', 'telegram:-500:100')
    """
    return f"{CHANNEL}:{chat}" if chat == person else f"{CHANNEL}:{chat}:{person}"


def delivery_of(incoming: Incoming, update_id: int) -> Delivery | None:
    """What the service is to take: a message, or that the person has left; None if it is neither.

    Telegram numbers updates in their order.
    """
    if incoming.gone:
        return Delivery(CHANNEL, Message(incoming.conversation, id=str(update_id)), position=update_id, gone=True)
    if incoming.message is None:
        return None
    return Delivery(CHANNEL, incoming.message, position=update_id, address=json.dumps(asdict(incoming.address)))


def address_from(text: str) -> Address:
    """The address of a stored reply."""
    return Address(**json.loads(text))


def read_update(update: Update, me: User) -> Incoming | None:
    """What an update asks of the bot ``me``; None for what is not meant for it."""
    if update.callback_query is not None:
        return _read_tap(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _read_membership(update.my_chat_member)
    if update.message is not None:
        return _read_message(update.update_id, update.message, me, edited=False)
    if update.edited_message is not None:
        return _read_message(update.update_id, update.edited_message, me, edited=True)
    return None


def _read_tap(update_id: int, tap: CallbackQuery) -> Incoming:
    chat = tap.message.chat.id if tap.message is not None else tap.from_user.id
    conversation = conversation_of(chat, tap.from_user.id)
    has_choice = tap.message is not None and tap.data is not None
    message = Message(conversation, choice=tap.data, id=str(update_id)) if has_choice else None
    return Incoming(conversation, Address(chat, callback=tap.id), message)


def _read_membership(change: ChatMemberUpdated) -> Incoming | None:
    if change.new_chat_member.status not in _GONE:
        return None
    return Incoming(conversation_of(change.chat.id, change.from_user.id), Address(change.chat.id), gone=True)


def _read_message(update_id: int, message: TelegramMessage, me: User, *, edited: bool) -> Incoming | None:
    if message.chat.type == ChatType.CHANNEL or message.from_user is None or message.from_user.is_bot:
        return None
    written = message.text if message.text is not None else message.caption
    if written is None and (edited or not message.effective_attachment):
        return None  # a live location is edited every few seconds; a message with no content is Telegram's own notice
    calls = tuple(_calls(message, me))
    in_group = message.chat.type != ChatType.PRIVATE
    if in_group and not calls and not _replies_to(message, me):
        return None
    conversation = conversation_of(message.chat.id, message.from_user.id)
    return Incoming(
        conversation,
        Address(
            message.chat.id,
            thread=message.message_thread_id if message.is_topic_message else None,
            answers=message.message_id if in_group else None,
        ),
        Message(conversation, text=None if written is None else _without(written, calls), id=str(update_id)),
    )


def _replies_to(message: TelegramMessage, me: User) -> bool:
    answered = message.reply_to_message
    return answered is not None and answered.from_user is not None and answered.from_user.id == me.id


def _calls(message: TelegramMessage, me: User) -> Iterator[tuple[int, int]]:
    """Where the bot's name stands in the text, from and to, in UTF-16 units; of ``/help@name`` only the name."""
    name = f"@{me.username}".casefold()
    found = message.parse_entities() if message.text is not None else message.parse_caption_entities()
    for entity, words in found.items():
        end = entity.offset + entity.length
        if entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == me.id:
            yield entity.offset, end
        elif entity.type in (MessageEntity.MENTION, MessageEntity.BOT_COMMAND) and words.casefold().endswith(name):
            yield end - len(name), end


def _without(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    for start, end in sorted(spans, reverse=True):
        units = units[: 2 * start] + units[2 * end :]
    return units.decode("utf-16-le", "replace").strip() if spans else text
