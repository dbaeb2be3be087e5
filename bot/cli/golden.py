"""``zhuchuang golden``: asks the golden questions, counts, and fails below the floors."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from bot.cli import UsageError
from bot.cli.options import add_as_of, add_json, engine, moment, settings
from bot.cli.problems import problems_end_the_command
from bot.cli.table import table
from bot.content.authored import Authored
from bot.content.wording import Wording
from bot.dialogue.outcome import Outcome
from bot.staff.golden import Case, Judge, Result, Score, by, read_cases, score

CASES = Path("tests/cases/retrieval")
_BASELINE = Path("tests/cases/baseline.json")
_EXAMPLES = """examples:
  zhuchuang golden
  zhuchuang golden --failures --as-of 2026-11-21
  zhuchuang golden --cases DIR --baseline FILE --json

Ends with 1 if a figure is below its floor. Right replies are counted apart over questions that may be tuned on and those held back; wrong
answers and rightly refused questions over all of them."""

Percent = Annotated[int | float, Field(ge=0, le=100)]


class Baseline(Authored):
    """The figures the golden questions must reach, in percent."""

    tuned_right: Percent
    held_back_right: Percent
    wrong_most: Percent
    refused_rightly: Percent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add_cases(parser)
    add_as_of(parser)
    parser.add_argument("--baseline", metavar="FILE", type=Path, help=f"the floors, as JSON (default: {_BASELINE}, if there is one)")
    parser.add_argument("--failures", action="store_true", help="list every reply that was not right, with what was wrong")
    add_json(parser)


def add_cases(parser: argparse.ArgumentParser) -> None:
    """``--cases``: where the golden questions are."""
    parser.add_argument("--cases", metavar="DIR", type=Path, default=CASES, help=f"folder of the golden questions (default: {CASES})")


def run(options: argparse.Namespace) -> int:
    """Ask, count, compare."""
    baseline = _baseline(options.baseline)
    cases = golden_cases(options.cases)
    asked = engine(settings())
    judged = Judge(asked, moment(options).date()).results(cases)
    results = list(with_progress(judged, len(cases)))
    scores = {name: score(group) for name, group in _groups(results).items()}
    below = list(_below(scores, baseline)) if baseline is not None else []
    if options.json:
        print(json.dumps(_as_json(results, scores, below), ensure_ascii=False))
    else:
        _print(results, asked.knowledge.wording, failures=options.failures)
        _print_floors(below, baseline, asked.knowledge.wording)
    return 1 if below else 0


def golden_cases(folder: Path) -> tuple[Case, ...]:
    """The golden questions of a folder.

    Raises:
        UsageError: There are none.
    """
    with problems_end_the_command():
        cases = read_cases(folder)
    if not cases:
        raise UsageError(f"no golden questions in {folder}; give their folder with --cases")
    return cases


def with_progress(results: Iterable[Result], count: int) -> Iterator[Result]:
    """The same results, with a count on the screen while somebody waits."""
    watching = sys.stderr.isatty()
    for number, result in enumerate(results, 1):
        if watching and (number % 20 == 0 or number == count):
            print(f"\r{number}/{count}", end="" if number < count else "\n", file=sys.stderr, flush=True)
        yield result


def _baseline(path: Path | None) -> Baseline | None:
    if path is None and not _BASELINE.is_file():
        return None
    path = path or _BASELINE
    try:
        return Baseline.model_validate_json(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UsageError(f"{path}: {'.'.join(map(str, first['loc'])) or '-'}: {first['msg']}") from None


def _groups(results: list[Result]) -> dict[str, list[Result]]:
    tuned = [result for result in results if not result.case.held_back]
    return {"tuned": tuned, "held_back": [result for result in results if result.case.held_back], "all": results}


def _below(scores: Mapping[str, Score], baseline: Baseline) -> Iterator[tuple[str, float, float]]:
    """Every figure that misses its floor: its name in the baseline, what it is, what it must be."""
    reached = {
        "tuned_right": scores["tuned"].right,
        "held_back_right": scores["held_back"].right,
        "refused_rightly": scores["all"].refused_rightly,
    }
    for name, figure in reached.items():
        if figure < (floor := getattr(baseline, name)):
            yield name, figure, floor
    if scores["all"].wrong > baseline.wrong_most:
        yield "wrong_most", scores["all"].wrong, baseline.wrong_most


def _as_json(results: list[Result], scores: Mapping[str, Score], below: list[tuple[str, float, float]]) -> dict[str, Any]:
    groups = {f"by_{what}": {name: asdict(score(group)) for name, group in by(results, what).items()} for what in ("policy", "style")}
    failures = [
        {
            "id": result.case.id,
            "question": result.case.question,
            "held_back": result.case.held_back,
            "outcome": result.turn.reply.outcome,
            "wrong_answer": result.wrong_answer,
            "faults": list(result.faults),
        }
        for result in results
        if result.faults
    ]
    misses = [{"name": name, "figure": figure, "floor": floor} for name, figure, floor in below]
    return {name: asdict(one) for name, one in scores.items()} | groups | {"failures": failures, "below": misses}


def _print(results: list[Result], wording: Wording, *, failures: bool) -> None:
    say = wording.say
    heads = [say(f"golden_{name}") for name in ("count", "right", "wrong", "refused")]

    def show(title: str, groups: Mapping[str, list[Result]]) -> None:
        print("\n".join(table([[title, *heads], *([name, *_cells(group)] for name, group in groups.items())])))

    show("", {say(f"golden_{name}"): group for name, group in _groups(results).items()})
    for what in ("policy", "style"):
        print()
        show(say(f"golden_by_{what}"), by(results, what))
    for result in results if failures else ():
        if result.faults:
            print(f"\n{result.case.id} [{result.turn.reply.outcome}] {result.case.question}")
            print("\n".join(f"  {fault}" for fault in result.faults))


def _cells(group: list[Result]) -> list[str]:
    """The figures of a group of results; no share of refusals where nothing was to be refused."""
    counted = score(group)
    to_refuse = any(result.case.outcome == (Outcome.REFUSE,) for result in group)
    return [str(counted.count), f"{counted.right:.1f}%", f"{counted.wrong:.1f}%", f"{counted.refused_rightly:.1f}%" if to_refuse else "-"]


def _print_floors(below: list[tuple[str, float, float]], baseline: Baseline | None, wording: Wording) -> None:
    print()
    if baseline is None:
        print(wording.say("golden_no_floors"))
    elif not below:
        print(wording.say("golden_floors_reached"))
    for name, figure, floor in below:
        print(wording.say("golden_below", name=name, figure=f"{figure:.1f}", floor=f"{floor:.1f}"))
