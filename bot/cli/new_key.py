"""``zhuchuang new-key``: a fresh key, for ZHUCHUANG_SECRET_KEY or ZHUCHUANG_ENCRYPTION_KEYS."""

import argparse

from bot.storage.sealing import new_key

_EXAMPLES = """example:
  (umask 077; zhuchuang new-key > secret.key)"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES


def run(options: argparse.Namespace) -> int:
    """Print a key."""
    print(new_key())
    return 0
