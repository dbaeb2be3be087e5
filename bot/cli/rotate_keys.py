"""``zhuchuang rotate-keys``: everything sealed anew with the newest key, while the service goes on."""

import argparse

from bot.bootstrap import now
from bot.cli import UsageError
from bot.cli.on_store import on_store
from bot.cli.options import settings
from bot.storage.store import Store
from bot.storage.upkeep import note, seal_anew

_EXAMPLES = """example:
  ZHUCHUANG_ENCRYPTION_KEYS=new,old zhuchuang rotate-keys

1. Put the new key in front of the old one wherever the service runs, and restart it.
2. Run this. 3. Take the old key away, and restart once more."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES


def run(options: argparse.Namespace) -> int:
    """Seal anew."""
    given = settings()
    if not given.encryption_keys:
        raise UsageError("ZHUCHUANG_ENCRYPTION_KEYS is not set; make a key with `zhuchuang new-key`")

    async def work(store: Store) -> int:
        count = await seal_anew(store)
        await note(store, "rotate-keys", "seal_anew", now(), rows=count)
        return count

    print(f"Sealed anew with the newest key: {on_store(given, work)} rows.")
    return 0
