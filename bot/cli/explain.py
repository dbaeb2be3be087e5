"""``zhuchuang explain``: how a question is understood and why this answer wins."""

import argparse
import json
from dataclasses import asdict

from bot.cli.options import add_as_of, add_json, add_region, engine, moment, region, settings
from bot.staff.explain import as_text, explain

_EXAMPLES = """example:
  zhuchuang explain --region dongying kai wangdian you butie ma

The same question and content always give the same text."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add_region(parser)
    add_as_of(parser)
    add_json(parser)
    parser.add_argument("question", metavar="QUESTION", nargs="+", help="the question, in Chinese or pinyin")


def run(options: argparse.Namespace) -> int:
    """Explain."""
    asked = engine(settings())
    found = explain(asked, " ".join(options.question), region(asked, options.region), moment(options).date())
    print(json.dumps(asdict(found), ensure_ascii=False) if options.json else as_text(found, asked.knowledge.wording))
    return 0
