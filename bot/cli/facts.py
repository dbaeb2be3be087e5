"""``zhuchuang facts``: everything that may be asked, and what for."""

import argparse
import json

from bot.cli.options import add_json, knowledge, settings
from bot.staff.fact_list import fact_lines, told_facts

_EXAMPLES = """examples:
  zhuchuang facts
  zhuchuang facts --json

--json prints {"facts": [...]}, each with its options as they are written in a file of answers (true and false for a yes-or-no fact), how it
is derived if it is not asked, and "measures": how many measures look at it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """List."""
    found = knowledge(settings())
    print(json.dumps({"facts": told_facts(found)}, ensure_ascii=False) if options.json else "\n".join(fact_lines(found)))
    return 0
