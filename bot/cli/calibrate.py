"""``zhuchuang calibrate``: the thresholds the golden questions ask for."""

import argparse
import sys

from bot.cli.golden import add_cases, golden_cases
from bot.cli.options import add_as_of, engine, moment, settings
from bot.cli.table import table
from bot.content.read import knowledge_folder
from bot.content.wording import Wording
from bot.staff.calibrate import Calibration, Point, calibrate, with_thresholds

_EXAMPLES = """examples:
  zhuchuang calibrate
  zhuchuang calibrate --write     # also put the best thresholds into knowledge/ranking.yaml

Held-back questions are left out. The best setting has the fewest wrong answers among those that are right at most one point less often than
the one that is right most often."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add_cases(parser)
    add_as_of(parser, "judge every setting by the replies as on this day")
    parser.add_argument(
        "--write", action="store_true", help="put the best thresholds into knowledge/ranking.yaml (or that of ZHUCHUANG_KNOWLEDGE)"
    )


def run(options: argparse.Namespace) -> int:
    """Calibrate."""
    cases = golden_cases(options.cases)
    given = settings()
    asked = engine(given)
    wording = asked.knowledge.wording
    found = calibrate(asked, cases, moment(options).date(), _progress)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    _print(found, wording)
    if options.write:
        path = (given.knowledge or knowledge_folder()) / "ranking.yaml"
        best = {"answer": found.best.answer, "offer": found.best.offer, "margin": found.best.margin}
        path.write_text(with_thresholds(path.read_text("utf-8"), best), "utf-8", newline="")
        print(wording.say("calibrate_written", file=path.name))
    elif found.best != found.current:
        print(wording.say("calibrate_hint"))
    return 0


def _progress(points: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{points}", end="", file=sys.stderr, flush=True)


def _print(found: Calibration, wording: Wording) -> None:
    say = wording.say
    print(say("calibrate_opening", count=found.count))
    heads = [say("calibrate_wrong"), say("calibrate_withheld"), say("calibrate_right"), ""]
    for name, points in found.curves:
        rows = [[say(f"explain_threshold_{name}"), *heads]]
        for point in points:
            value = getattr(point, name)
            marks = [say("calibrate_now")] if value == getattr(found.current, name) else []
            marks += [say("calibrate_best")] if value == getattr(found.best, name) else []
            rows.append([f"{value:g}", *(f"{share:.1f}%" for share in (point.wrong, point.withheld, point.right)), " ".join(marks)])
        print("\n" + "\n".join(table(rows)))
    print()
    for key, point in (("calibrate_now", found.current), ("calibrate_best", found.best)):
        print(_summary(say(key), point, wording))


def _summary(label: str, point: Point, wording: Wording) -> str:
    shares = {name: f"{getattr(point, name):.1f}" for name in ("wrong", "withheld", "right")}
    limits = {name: f"{getattr(point, name):g}" for name in ("answer", "offer", "margin")}
    return wording.say("calibrate_summary", label=label, **limits, **shares)
