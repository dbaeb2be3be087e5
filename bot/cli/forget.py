"""``zhuchuang forget``: everything held of one person deleted, and shown to be gone."""

import argparse
import json
import re
from dataclasses import asdict

from bot.bootstrap import now
from bot.cli import UsageError
from bot.cli.on_store import on_store
from bot.cli.options import add_json, settings
from bot.storage.database import file_of
from bot.storage.records import Held
from bot.storage.store import Store
from bot.storage.upkeep import note

_CHANNELS = ("telegram",)
_EXAMPLES = """example:
  zhuchuang forget telegram:123456789

The number is the chat's id, as Telegram shows it to the person's own client or to a bot such as @userinfobot. The person can do the same
with /forget. Ends with 1 if something is still held afterwards."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument("conversation", metavar="CHANNEL:ID", help="the conversation, such as telegram:123456789")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Forget."""
    channel, _, name = options.conversation.partition(":")
    if channel not in _CHANNELS or not re.fullmatch(r"-?\d+(:\d+)?", name):
        raise UsageError("name the conversation as CHANNEL:ID, such as telegram:123456789, or in a group telegram:GROUP:PERSON")
    given = settings()
    file = file_of(given.database_url)
    if file is not None and not file.exists():
        raise UsageError(f"there is no store {file}; run this as the user and with the environment of the service")
    place = str(file) if file is not None else "the database of ZHUCHUANG_DATABASE_URL"

    async def forget(store: Store) -> tuple[Held, Held]:
        conversation = store.hashed_conversation(options.conversation)
        deleted = await store.forget(conversation)
        await note(store, "forget", "forget", now(), rows=deleted.total)
        return deleted, await store.held(conversation)

    deleted, left = on_store(given, forget)
    if options.json:
        print(json.dumps({"deleted": asdict(deleted), "left": asdict(left)}))
    elif deleted.total == 0:
        print(f"Nothing was held of this conversation in {place}. Is the number right, and is this the store of the service?")
    else:
        print(f"Deleted: {_listed(deleted)}.\nStill held: {_listed(left)}.")
    return 1 if left.total else 0


def _listed(held: Held) -> str:
    return f"{held.sessions} sessions, {held.inbox} messages with their replies, {held.outbox} replies on their way"
