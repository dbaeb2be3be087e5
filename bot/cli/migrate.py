"""``zhuchuang migrate``: the store's tables as this version needs them. The service does the same when it starts."""

import argparse

from bot.cli.on_store import on_store
from bot.cli.options import settings
from bot.storage.migrate import differences
from bot.storage.store import Store

_EXAMPLES = """example:
  zhuchuang migrate

Make a backup first. Ends with 1 if the tables are not as they should be afterwards."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES


def run(options: argparse.Namespace) -> int:
    """Migrate."""

    async def work(store: Store) -> list[str]:
        return await differences(store.engine)

    found = on_store(settings(), work)
    print("\n".join(found) if found else "The tables are as they should be.")
    return 1 if found else 0
