"""``zhuchuang check``: every mistake in the content, with where it is and how to mend it."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from bot.bootstrap import now
from bot.cli import UsageError
from bot.cli.options import add_as_of, add_json, settings
from bot.cli.problems import count_line, problem_words, shown, told
from bot.content.knowledge import Knowledge
from bot.content.problems import Problem
from bot.content.read import inspect_knowledge, knowledge_folder

_EXAMPLES = """examples:
  zhuchuang check
  zhuchuang check --sources DIR   # DIR holds the texts of the documents
  zhuchuang check --schemas DIR   # also write the JSON Schemas for editors

Ends with 1 if anything is wrong. A policy that ends within 30 days is a reminder, not a mistake."""
_REMIND_DAYS = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument("--knowledge", metavar="DIR", type=Path, help="the content to check (default: what the program would serve)")
    parser.add_argument("--sources", metavar="DIR", type=Path, help="also look up every figure in the text of its document")
    parser.add_argument("--schemas", metavar="DIR", type=Path, help="write the JSON Schemas of the YAML files there")
    add_as_of(parser, "judge as on this day which policies end soon")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Check."""
    for folder in (options.knowledge, options.sources):
        if folder is not None and not folder.is_dir():
            raise UsageError(f"no such folder: {folder}")
    folder = options.knowledge or settings().knowledge or knowledge_folder()
    if options.schemas is not None:
        from bot.content.schemas import write_schemas

        write_schemas(options.schemas)
    knowledge, problems = inspect_knowledge(folder)
    if knowledge is not None and options.sources is not None:
        from bot.staff.sources import find_source_problems

        problems = (*problems, *find_source_problems(knowledge, options.sources, folder))
    day = options.as_of or now().date()
    reminders = tuple(_ending_soon(knowledge, folder, day.toordinal())) if knowledge is not None else ()
    words = problem_words(folder)
    if options.json:
        found = {"problems": [told(one, words) for one in problems], "reminders": [told(one, words) for one in reminders]}
        print(json.dumps(found, ensure_ascii=False))
        return 1 if problems else 0
    for problem in (*problems, *reminders):
        print(shown(problem, words))
    if reminders:
        print(count_line("check_reminders", len(reminders)))
    print(count_line("check_problems" if problems else "check_clean", len(problems)))
    return 1 if problems else 0


def _ending_soon(knowledge: Knowledge, folder: Path, today: int) -> Iterator[Problem]:
    for policy in knowledge.policies():
        if policy.valid.to is not None and 0 <= (days := policy.valid.to.toordinal() - today) <= _REMIND_DAYS:
            path = folder / "policies" / policy.id / "policy.yaml"
            yield Problem(str(path), _line_of(path, "valid:"), "valid.to", "expiring", (("days", str(days)),))


def _line_of(path: Path, begins: str) -> int:
    lines = path.read_text("utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.startswith(begins)), 1)
