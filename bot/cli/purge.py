"""``zhuchuang purge``: what is past its time deleted. The service does the same every hour."""

import argparse
import json

from bot.bootstrap import now
from bot.cli.on_store import on_store
from bot.cli.options import add_json, settings
from bot.storage.store import Store
from bot.storage.upkeep import Purged, note, purge, told

_EXAMPLES = """example:
  zhuchuang purge

How long things are kept: ZHUCHUANG_IDLE_DAYS, ZHUCHUANG_FACTS_HOURS, ZHUCHUANG_INBOX_HOURS, ZHUCHUANG_UNANSWERED_DAYS."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Delete."""
    given = settings()

    async def work(store: Store) -> Purged:
        purged = await purge(store, given.keeping, now())
        await note(store, "purge", "purge", now(), **told(purged))
        return purged

    purged = told(on_store(given, work))
    if options.json:
        print(json.dumps(purged))
    else:
        print("Deleted: " + ", ".join(f"{count} {what}" for what, count in purged.items()) + ".")
    return 0
