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
_CEILING = "wrong_most"
_EXAMPLES = """examples:
  zhuchuang golden
  zhuchuang golden --failures --as-of 2026-11-21
  zhuchuang golden --cases DIR --baseline FILE --json

The baseline has four figures in percent:
  tuned_right      floor: right replies to the questions that may be tuned on
  held_back_right  floor: right replies to the questions held back
  refused_rightly  floor: refusals of the questions that are to be refused
  wrong_most       ceiling: wrong answers to all questions

Ends with 1 if a figure is below its floor or above its ceiling. Figures are rounded to two decimals and then compared."""

Percent = Annotated[int | float, Field(ge=0, le=100)]


class Baseline(Authored):
    """The floors and the ceiling of what the golden questions give, in percent."""

    tuned_right: Percent
    held_back_right: Percent
    wrong_most: Percent
    refused_rightly: Percent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add_cases(parser)
    add_as_of(parser, "judge the replies as on this day")
    parser.add_argument(
        "--baseline", metavar="FILE", type=Path, help=f"the floors and the ceiling, as JSON (default: {_BASELINE}, if there is one)"
    )
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
    missed = list(_missed(scores, baseline)) if baseline is not None else []
    if options.json:
        print(json.dumps(_as_json(results, scores, missed), ensure_ascii=False))
    else:
        _print(results, asked.knowledge.wording, failures=options.failures)
        _print_floors(missed, baseline, asked.knowledge.wording)
    return 1 if missed else 0


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


def _missed(scores: Mapping[str, Score], baseline: Baseline) -> Iterator[tuple[str, float, float]]:
    """Every figure below its floor or above its ceiling: its name in the baseline, what it is, what it may be. As shown, so compared."""
    reached = {
        "tuned_right": scores["tuned"].right,
        "held_back_right": scores["held_back"].right,
        "refused_rightly": scores["all"].refused_rightly,
    }
    for name, figure in reached.items():
        if (shown := round(figure, 2)) < (floor := getattr(baseline, name)):
            yield name, shown, floor
    if (shown := round(scores["all"].wrong, 2)) > baseline.wrong_most:
        yield _CEILING, shown, baseline.wrong_most


def _as_json(results: list[Result], scores: Mapping[str, Score], missed: list[tuple[str, float, float]]) -> dict[str, Any]:
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
    misses = [{"name": name, "figure": figure, _limit(name): limit} for name, figure, limit in missed]
    return {name: asdict(one) for name, one in scores.items()} | groups | {"failures": failures, "missed": misses}


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


def _print_floors(missed: list[tuple[str, float, float]], baseline: Baseline | None, wording: Wording) -> None:
    print()
    if baseline is None:
        print(wording.say("golden_no_floors"))
    elif not missed:
        print(wording.say("golden_floors_reached"))
    for name, figure, limit in missed:
        key = "golden_above" if name == _CEILING else "golden_below"
        print(wording.say(key, name=name, figure=f"{figure:.2f}", **{_limit(name): f"{limit:.2f}"}))


def _limit(name: str) -> str:
    return "ceiling" if name == _CEILING else "floor"
