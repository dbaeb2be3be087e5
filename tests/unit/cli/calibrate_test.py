from datetime import date

import pytest

from bot.content.read import read_knowledge
from bot.dialogue.outcome import Outcome
from bot.staff.calibrate import calibrate, with_thresholds
from bot.staff.golden import Case, Judge, score

DAY = date(2026, 11, 21)
QUESTIONS = {
    "我在东营，刚办了个执照自己在网上卖货，能领多少钱": (Outcome.ANSWER,),
    "东营个人申请创业担保贷款最多能贷多少": (Outcome.ANSWER,),
    "四川创业补贴给多少钱": (Outcome.ANSWER,),
    "隆阳盲人学按摩收费吗": (Outcome.ANSWER,),
    "常德怎么种好水稻": (Outcome.REFUSE,),
    "我在广州，开网店有补贴吗": (Outcome.REFUSE,),
}
CASES = [Case(id=question, question=question, style="plain", outcome=outcome) for question, outcome in QUESTIONS.items()]
YAML = "".join(
    f"- {{id: q{number}, question: {case.question}, style: plain, outcome: {case.outcome[0]}}}\n" for number, case in enumerate(CASES)
)


@pytest.fixture(scope="module")
def found(engine):
    """The questions calibrated once for the tests that only look at the outcome."""
    return calibrate(engine, CASES, DAY)


def test_the_current_point_is_what_the_golden_questions_say(engine, found):
    """Trying settings works with a shortcut; it must not change what is measured."""
    counted = score(Judge(engine, DAY).results(CASES))

    assert found.current.right == pytest.approx(counted.right, abs=0.01)
    assert found.current.wrong == pytest.approx(counted.wrong, abs=0.01)


def test_the_best_point_gives_up_at_most_one_point_of_right_replies(found):
    """Fewer wrong answers are wanted, but not by refusing everybody."""
    points = [point for _, curve in found.curves for point in curve]
    most = max(point.right for point in points)

    assert found.best in points
    assert found.best.right >= most - 1
    assert not [point for point in points if point.right >= most - 1 and point.wrong < found.best.wrong]


def test_a_higher_threshold_never_withholds_less(found):
    """The curve of refusals rises with the threshold, or something else is being measured."""
    curve = dict(found.curves)["answer"]
    withheld = [point.withheld for point in curve]

    assert [point.answer for point in curve] == sorted(point.answer for point in curve)
    assert withheld == sorted(withheld)


def test_held_back_questions_are_left_out_and_the_engine_stays_as_it_was(engine, found):
    """What thresholds were fitted to says nothing about strangers' questions; trying them must not change a served engine."""
    aside = Case(id="aside", question="你好", style="plain", outcome=(Outcome.REFUSE,), held_back=True)

    decider = engine.conversation.decider

    assert calibrate(engine, [*CASES, aside], DAY) == found
    assert engine.conversation.decider is decider


def test_only_the_numbers_change_in_the_file():
    """Comments are how staff remember why a number is what it is."""
    text = "# why\nweights:\n  answer: 1\nthresholds:\n  answer: 34  # sure\n  offer: 20.5\n\n  margin: 5\n"

    assert with_thresholds(text, {"answer": 40, "offer": 18, "margin": 2.5}) == (
        "# why\nweights:\n  answer: 1\nthresholds:\n  answer: 40  # sure\n  offer: 18\n\n  margin: 2.5\n"
    )


def test_a_threshold_that_is_not_there_is_not_passed_over():
    """Writing nothing and saying that it was written is the worst of both."""
    with pytest.raises(ValueError, match="offer"):
        with_thresholds("thresholds:\n  answer: 34\n", {"offer": 1})


def test_the_curves_are_printed_and_nothing_is_written(run, knowledge, tmp_path, monkeypatch):
    """Looking is free."""
    before = prepare(knowledge, tmp_path, monkeypatch)
    ran = run("calibrate", "--cases", str(tmp_path / "cases"))

    assert ran.code == 0
    for words in ("作答", "差距", "给选项", "现在", "最好", "--write", f"{len(CASES)} 道题"):
        assert words in ran.out
    assert (knowledge / "ranking.yaml").read_text("utf-8") == before


def test_write_puts_the_best_thresholds_into_the_file(run, knowledge, tmp_path, monkeypatch):
    """After a bad hand edit one command brings usable thresholds back, and every other line stays."""
    before = prepare(knowledge, tmp_path, monkeypatch)
    ran = run("calibrate", "--cases", str(tmp_path / "cases"), "--write")
    after = (knowledge / "ranking.yaml").read_text("utf-8")
    changed = [new for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]

    assert ran.code == 0
    assert any(line.startswith("  answer: ") for line in changed)
    assert all(line.split(":")[0].strip() in {"answer", "offer", "margin"} for line in changed)
    assert read_knowledge(knowledge).ranking.thresholds.answer < 100


def prepare(knowledge, tmp_path, monkeypatch) -> str:
    """Content that answers nothing by a threshold of 100, the questions beside it; the text of its ranking.yaml."""
    path = knowledge / "ranking.yaml"
    path.write_text(with_thresholds(path.read_text("utf-8"), {"answer": 100}), "utf-8")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "cases.yaml").write_text(YAML, "utf-8")
    monkeypatch.setenv("ZHUCHUANG_KNOWLEDGE", str(knowledge))
    return path.read_text("utf-8")
