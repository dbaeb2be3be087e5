import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from bot.cli.golden import Baseline
from bot.cli.table import table
from bot.engine import Engine
from bot.staff.golden import Judge, Result, by, read_cases, score

FOLDER = Path(__file__).parent
CASES = read_cases(FOLDER / "retrieval")
FLOORS = Baseline.model_validate_json((FOLDER / "baseline.json").read_text("utf-8"))
DAY = date(2026, 11, 21)
STYLES = {"plain", "colloquial", "typo", "traditional", "pinyin", "voice", "story", "family", "hr", "staff"}


@pytest.fixture(scope="module")
def results(engine: Engine) -> list[Result]:
    """Every golden question asked."""
    return list(Judge(engine, DAY).results(CASES))


def test_the_results_are_shown(results: list[Result], capsys: pytest.CaptureFixture[str]):
    """Whoever runs the tests sees how good the answers are, per policy and per style, and not only that they reach the floor."""
    groups = {"tuned": tuned(results), "held back": held_back(results), "traps": traps(results), "all": results}
    for what in ("policy", "style"):
        groups |= {f"{what} {name}": group for name, group in by(results, what).items() if "+" not in name}
    heads = ["golden questions", "count", "right", "wrong", "refused rightly"]
    lines = table([heads, *([name, *figures(group)] for name, group in groups.items())])

    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert len(lines) > len(groups)


def test_enough_questions_are_answered_right(results: list[Result]):
    """Retrieval drifts in silence: one changed word list can spoil answers nobody looks at."""
    assert score(tuned(results)).right >= FLOORS.tuned_right, told(tuned(results))


def test_enough_questions_nobody_tuned_on_are_answered_right(results: list[Result]):
    """What was tuned on flatters; the held-back third shows what strangers will meet. It is named by id only: nobody looks."""
    assert score(held_back(results)).right >= FLOORS.held_back_right, told(held_back(results))


def test_few_confident_answers_are_wrong(results: list[Result]):
    """A wrong figure said with confidence sends somebody on a useless journey; a question back does not."""
    assert score(results).wrong <= FLOORS.wrong_most, told(result for result in results if result.wrong_answer)


def test_enough_of_what_is_not_covered_is_refused(results: list[Result]):
    """Another place's rule must not be told as an answer."""
    to_refuse = [result for result in results if result.case.outcome == ("refuse",)]

    assert score(results).refused_rightly >= FLOORS.refused_rightly, told(to_refuse)


def test_every_trap_is_avoided(results: list[Result]):
    """The traps are the mistakes the documents invite; each has questions of its own, and each of these must be answered right."""
    own = [result for result in traps(results) if result.case.id.startswith("tr-")]

    assert {f"T{number:02}" for number in range(1, 60)} - {trap for result in own for trap in result.case.traps} == set()
    assert not [result for result in own if result.faults], told(own)


def test_the_exam_is_large_and_varied():
    """A gate over a handful of questions proves nothing."""
    assert len(CASES) >= 400
    assert len({case.id for case in CASES}) == len(CASES)
    assert 0.3 <= sum(case.held_back for case in CASES) / len(CASES) <= 0.4
    assert {case.style for case in CASES} >= STYLES
    assert {outcome for case in CASES for outcome in case.outcome} >= {"answer", "clarify", "refuse", "meta", "crisis"}


def test_every_measure_is_asked_about(engine: Engine):
    """A measure nobody asks about in the exam may be unfindable without anyone noticing."""
    asked = {code for case in CASES for code in (*case.measures, *case.also)}

    assert {measure.code for _, measure in engine.knowledge.measures()} - asked == set()


def test_every_trap_is_asked_about():
    """There are 59 of them."""
    assert {f"T{number:02}" for number in range(1, 60)} - {trap for case in CASES for trap in case.traps} == set()


def tuned(results: Iterable[Result]) -> list[Result]:
    """Those that may be tuned on."""
    return [result for result in results if not result.case.held_back]


def held_back(results: Iterable[Result]) -> list[Result]:
    """Those nobody tunes on."""
    return [result for result in results if result.case.held_back]


def traps(results: Iterable[Result]) -> list[Result]:
    """Those that test a trap."""
    return [result for result in results if result.case.traps]


def figures(group: list[Result]) -> list[str]:
    """Their number and how well they were answered."""
    found = score(group)
    return [str(found.count), f"{found.right:.1f}%", f"{found.wrong:.1f}%", f"{found.refused_rightly:.1f}%"]


def told(group: Iterable[Result]) -> str:
    """What went wrong, question by question."""
    return "\n".join(
        result.case.id if result.case.held_back else f"{result.case.id} {result.case.question[:60]}: {'; '.join(result.faults)}"
        for result in group
        if result.faults
    )
