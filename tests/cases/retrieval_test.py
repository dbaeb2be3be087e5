import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from bot.engine import Engine
from bot.staff.golden import Judge, Result, by, read_cases, score

FOLDER = Path(__file__).parent
CASES = read_cases(FOLDER / "retrieval")
FLOORS = json.loads((FOLDER / "baseline.json").read_text("utf-8"))
DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def results(engine: Engine) -> dict[str, list[Result]]:
    """Every golden question asked, by set."""
    judged = list(Judge(engine, DAY).results(CASES))
    return {
        "tuned": [result for result in judged if not result.case.held_back],
        "held_back": [result for result in judged if result.case.held_back],
        "traps": [result for result in judged if result.case.traps],
    }


def test_the_results_are_shown(results: dict[str, list[Result]], capsys: pytest.CaptureFixture[str]):
    """Whoever runs the tests sees how good the answers are, per policy and per style, and not only that they are above the floor."""
    lines = ["", f"{'golden questions':32}{'count':>7}{'right %':>9}{'wrong %':>9}{'refused %':>11}"]
    for name, group in results.items():
        lines.append(row(name, group))
        for what in ("policy", "style"):
            lines += [row(f"  {what} {key}", part) for key, part in by(group, what).items()]

    with capsys.disabled():
        sys.stdout.write("\n".join(lines) + "\n")
    assert len(lines) > len(results)


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_the_answers_are_not_worse_than_the_floor(results: dict[str, list[Result]], name: str):
    """Retrieval drifts in silence: one changed word list can spoil answers nobody looks at. Held-back questions are named by id only."""
    found = score(results[name])
    below = {
        what: f"{got:.1f}, floor {FLOORS[name][what]}"
        for what, got, worse in (
            ("right", found.right, found.right < FLOORS[name]["right"]),
            ("wrong", found.wrong, found.wrong > FLOORS[name]["wrong"]),
            ("refused_rightly", found.refused_rightly, found.refused_rightly < FLOORS[name]["refused_rightly"]),
        )
        if worse
    }

    assert not below, f"{below}\n" + "\n".join(failures(results[name]))


def test_the_exam_is_large_and_varied():
    """A gate over a handful of questions proves nothing."""
    assert len(CASES) >= 400
    assert len({case.id for case in CASES}) == len(CASES)
    assert 0.3 <= sum(case.held_back for case in CASES) / len(CASES) <= 0.4
    assert {case.style for case in CASES} >= {"plain", "colloquial", "typo", "traditional", "pinyin", "voice", "story", "family", "hr", "staff"}
    assert {outcome for case in CASES for outcome in case.outcome} >= {"answer", "clarify", "refuse", "meta", "crisis"}


def test_every_measure_is_asked_about(engine: Engine):
    """A measure nobody asks about in the exam may be unfindable without anyone noticing."""
    asked = {code for case in CASES for code in (*case.measures, *case.also)}

    assert {measure.code for _, measure in engine.knowledge.measures()} - asked == set()


def test_every_trap_is_asked_about():
    """The 59 traps are the mistakes the documents invite."""
    assert {f"T{number:02}" for number in range(1, 60)} - {trap for case in CASES for trap in case.traps} == set()


def row(name: str, group: Iterable[Result]) -> str:
    found = score(group)
    return f"{name:32}{found.count:>7}{found.right:>9.1f}{found.wrong:>9.1f}{found.refused_rightly:>11.1f}"


def failures(group: Iterable[Result]) -> list[str]:
    return [
        result.case.id if result.case.held_back else f"{result.case.id} {result.case.question[:60]}: {'; '.join(result.faults)}"
        for result in group
        if result.faults
    ]
