"""``zhuchuang explain-rule``: the rule of a measure as sentences, to be held against the document."""

import argparse
import json

from bot.cli import UsageError
from bot.cli.options import add_json, knowledge, settings
from bot.content.knowledge import Knowledge
from bot.staff.rule_report import RuleReport, codes_beside, measures_called, measures_like, suggested

_EXAMPLES = """examples:
  zhuchuang explain-rule DY-03
  zhuchuang explain-rule startup-grant-sole-trader
  zhuchuang explain-rule dongying-2017/startup-grant-sole-trader --json

--json prints the rule as it is written in rules/, each test with "reads", the test as a sentence, and "section", the part of the document
it stands in."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add_json(parser)
    parser.add_argument("measure", metavar="MEASURE", help="the measure, by its code, its name, its id, or policy/id")


def run(options: argparse.Namespace) -> int:
    """Spell it out."""
    found = knowledge(settings())
    report = RuleReport(found, _measure(found, options.measure))
    print(json.dumps(report.told(), ensure_ascii=False) if options.json else "\n".join(report.lines()))
    return 0


def _measure(knowledge: Knowledge, name: str) -> str:
    """The one measure that was named.

    Raises:
        UsageError: There is none, or there are several.
    """
    say = knowledge.wording.say
    found = measures_called(knowledge, name)
    if len(found) > 1:
        raise UsageError(say("explain_rule_ambiguous", name=name, ids=suggested(knowledge, found)))
    if found:
        return found[0]
    beside = codes_beside(knowledge, name)
    if beside is not None:
        policy, codes = beside
        raise UsageError(say("explain_rule_unknown_code", name=name, policy=policy, codes="、".join(codes)))
    near = measures_like(knowledge, name)
    ids = suggested(knowledge, near)
    raise UsageError(say("explain_rule_unknown_near", name=name, ids=ids) if near else say("explain_rule_unknown", name=name))
