"""``zhuchuang chat``: a conversation in the terminal, or many as lines of JSON."""

import argparse
import json
import sys
from contextlib import suppress
from importlib import import_module

from bot.bootstrap import noon, now
from bot.channels.terminal import answer_lines, talk
from bot.cli.options import engine, settings

_EXAMPLES = """examples:
  zhuchuang chat
  zhuchuang chat --jsonl < messages.jsonl

--jsonl reads lines {"conversation", "text"?, "choice"?, "as_of"?}; "choice" is the id of a choice that was offered. Conversations with
different names know nothing of each other."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument("--jsonl", action="store_true", help="read messages from standard input and write replies, a line of JSON each")


def run(options: argparse.Namespace) -> int:
    """Talk."""
    talking = engine(settings())
    if options.jsonl:
        for answer in answer_lines(talking, now, noon, sys.stdin):
            print(json.dumps(answer, ensure_ascii=False), flush=True)
        return 0
    with suppress(ImportError):  # Windows has none; where it is there, the arrow keys bring back earlier lines
        import_module("readline")
    talk(talking, now, input, print)
    return 0
