"""``zhuchuang judge``: what somebody can get, from a file of answers."""

import argparse
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bot.cli import UsageError
from bot.cli.options import add_as_of, add_json, knowledge, moment, region, settings
from bot.cli.problems import print_problems, problem_words, told
from bot.content.knowledge import Knowledge
from bot.content.problems import Problems
from bot.content.region import contains
from bot.eligibility.answers import NEVER, Answers, Days, Within
from bot.eligibility.judge import Judge
from bot.engine import Engine
from bot.reply.fact_words import FactWords
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

Ends with 2 if the file cannot be read or an answer does not fit; all mistakes are listed, with --json as {"problems": [...]} like those of
zhuchuang check --json."""


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
        listed, words = sorted(set(problems.found)), problem_words(given.knowledge)
        if options.json:
            print(json.dumps({"problems": [told(problem, words) for problem in listed]}, ensure_ascii=False))
        else:
            print_problems(listed, words)
        return 2
    if place is not None and _PLACE in found.facts:
        answers = {_PLACE: Within(place), **answers}
    judge, day = Judge(found), moment(options).date()
    scope = measures_of(found, place)
    report = JudgementReport(found, judge, answers, scope, day)
    clashes = judge.book.clashes(answers)
    if options.json:
        found_out: dict[str, Any] = {"region": place, "clashes": clashes, **report.told(not_individual=options.all)}
        print(json.dumps(found_out, ensure_ascii=False))
        return 0
    lines = report.lines(not_individual=options.all) if scope else [found.wording.say("judge_nothing_here", area=_named(found, place))]
    print("\n".join([*_notes(found, answers, place, day, clashes), *lines]))
    return 0


def _notes(knowledge: Knowledge, answers: Answers, region: str | None, day: date, clashes: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """What to know before reading the report: for where and when it holds, and which answers look wrong."""
    say, words = knowledge.wording.say, FactWords(knowledge)
    place = answers.get(_PLACE)
    if isinstance(place, Within):
        yield say("judge_as_of", place=words.answer(_PLACE, place), day=words.day(day))
        if region is not None and not contains(region, place.code) and not contains(place.code, region):
            yield say("judge_elsewhere", place=words.answer(_PLACE, place), area=_named(knowledge, region))
    else:
        yield say("judge_as_of_nowhere", day=words.day(day))
    for fact, answer in answers.items():
        if isinstance(answer, Days) and any(day < end != NEVER for end in (answer.low, answer.high)):
            yield say("judge_later", fact=words.told({fact: answer}), day=words.day(day))
    for one, other in clashes:
        yield say("judge_clash", one=words.told({one: answers[one]}), other=words.told({other: answers[other]}))


def _named(knowledge: Knowledge, region: str | None) -> str:
    return knowledge.regions.full_name(region) if region is not None else ""
