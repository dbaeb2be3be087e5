"""``zhuchuang judge``: what somebody can get, from a file of answers."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.cli import UsageError
from bot.cli.options import add_as_of, add_json, knowledge, moment, region, settings
from bot.cli.problems import print_problems, problem_words
from bot.content.knowledge import Knowledge
from bot.content.problems import Problems
from bot.eligibility.answers import Within
from bot.eligibility.judge import Judge
from bot.engine import Engine
from bot.staff.answer_file import read_answer_file
from bot.staff.judgement_report import JudgementReport, measures_of

_PLACE = "place"
"""The fact that ``--region`` stands for."""
_EXAMPLES = """example:
  zhuchuang judge --facts someone.yaml --region dongying --as-of 2026-11-21

someone.yaml, one fact a line (zhuchuang facts lists them all):
  certificate: true
  role: own_business
  business_form: sole_trader
  ecommerce: true
  operating: true
  registered_on: 2026-05-21    # or [2026-05-01, 2026-05-31], or never
  household: []                # none of them
  grade: unsure                # asked, but not known; a fact that was not asked is left out

--json prints an object with "as_of", "region", "counts" by verdict, "clashes" (pairs of facts that cannot both be true), "measures",
"facts" (what is still to be found out, and how) and "not_individual" (with --all). The verdicts are match, match_check, near, unknown,
closed and not_now; "otherwise" is the verdict if the dates of the policy did not count.

Ends with 2 if the file cannot be read or an answer does not fit; all mistakes are listed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument("--facts", metavar="FILE", type=Path, required=True, help="the answers, a YAML file with a fact a line, as below")
    add_as_of(parser, "judge as on this day")
    parser.add_argument(
        "--region",
        metavar="PLACE",
        help="judge only what is for this place, by its name or code, and take it for the place where the file gives none (default: all)",
    )
    parser.add_argument("--all", action="store_true", help="also list what nobody can be judged on, with the reason")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Judge."""
    if not options.facts.is_file():
        raise UsageError(f"no such file: {options.facts}")
    given = settings()
    found = knowledge(given)
    place = region(Engine(found), options.region) if options.region is not None else None
    problems = Problems()
    answers = read_answer_file(options.facts, found, problems)
    if problems.found:
        print_problems(sorted(set(problems.found)), problem_words(given.knowledge))
        return 2
    if place is not None and _PLACE in found.facts:
        answers = {_PLACE: Within(place), **answers}
    judge, day = Judge(found), moment(options).date()
    scope = measures_of(found, place)
    report = JudgementReport(found, judge, judge.judge_all(answers, day, scope), scope, day)
    clashes = judge.book.clashes(answers)
    if options.json:
        told: dict[str, Any] = {"region": place, "clashes": clashes, **report.told(not_individual=options.all)}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print("\n".join([*_notes(found, place, clashes, scope), *report.lines(not_individual=options.all)]))
    return 0


def _notes(knowledge: Knowledge, place: str | None, clashes: tuple[tuple[str, str], ...], scope: frozenset[str]) -> Iterator[str]:
    """What to know before reading the report."""
    say = knowledge.wording.say
    for one, other in clashes:
        yield say("judge_clash", one=knowledge.facts[one].name, other=knowledge.facts[other].name)
    if place is not None and not scope:
        yield say("judge_nothing_here", area=knowledge.regions.full_name(place))
