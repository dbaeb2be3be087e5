import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.staff.explain import Explanation, Facet, HeardPlace, Ranked, as_text, explain

DAY = date(2026, 11, 21)
QUESTION = "我在東營，残急人想贷宽，最多多少"
SNAPSHOT = Path(__file__).with_name("explain_snapshot.txt")

EXPLANATION = Explanation(
    question="我在東營，残急人开网店补多少",
    normal="我在东营,残急人开网店补多少",
    read_as="我在东营,残疾人开网店补多少",
    repairs=(("残急人", "残疾人"),),
    asking_part="残疾人开网店补多少",
    words=(("残疾人", 1.0), ("网店", 0.8)),
    places=(HeardPlace("370500", "山东省东营市", "东营", 5, own=True), HeardPlace("510000", "四川省", "四川", -3, own=False)),
    region="370500",
    kinds=(Facet("subsidy", "补贴补助"),),
    audiences=(Facet("disabled", "残疾人"),),
    aspects=(Facet("how_much", "多少钱"),),
    signs=("topical", "trap"),
    policies=("dongying-2017",),
    candidates=(
        Ranked("dongying-2017/one", "第一项", "not_stated", 52.3, (("words", 40.3), ("kind", 7.0), ("too_new", 5.0)), (("网店", 3.1),), ()),
        Ranked("dongying-2017/two", "第二项", "ended", 41.0, (("words", 46.0), ("kind", -5.0)), (), (("kind", -12.0), ("words", 5.7))),
    ),
    thresholds=(("answer", 34.0), ("offer", 20.0)),
    band="answer",
    ahead=11.3,
    decision="by_region",
    outcome="clarify",
    entries=("dongying-2017/one", "dongying-2017/two"),
)


def test_an_explanation_reads_as_it_always_did(engine):
    """Clerks compare explanations of last week with today's. Changed on purpose? Then put the new text into the file."""
    assert as_text(EXPLANATION, engine.knowledge.wording) + "\n" == SNAPSHOT.read_text("utf-8")


def test_every_step_from_the_text_to_the_decision_is_shown(run):
    """A clerk sees where it went wrong: reading, words, place, ranking or decision."""
    ran = run("explain", "--as-of", "2026-11-21", QUESTION)

    assert ran.code == 0
    for words in (
        "残急人→残疾人",
        "贷宽→贷款",
        "山东省东营市（370500",
        "贷款（loan）",
        "多少钱（how_much）",
        "dongying-2017",
        "门槛：",
        "决定：",
    ):
        assert words in ran.out


def test_the_same_question_gives_the_same_text_in_any_process():
    """Python orders sets differently from run to run; a snapshot must not notice."""
    texts = {
        subprocess.run(
            [sys.executable, "-m", "bot.cli", "explain", "--as-of", "2026-11-21", QUESTION],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(texts) == 1


def test_signals_add_up_and_explain_the_order(engine):
    """A split that does not add up would send a clerk after the wrong signal."""
    found = explain(engine, QUESTION, None, DAY)
    first = found.candidates[0]

    assert 2 <= len(found.candidates) <= 8
    assert first.behind == ()
    for candidate in found.candidates:
        assert sum(value for _, value in candidate.parts) == pytest.approx(candidate.score, abs=0.5)
        assert first.score + sum(value for _, value in candidate.behind) == pytest.approx(candidate.score, abs=0.6)
    assert first.matched[0][0] in {word for word, _ in found.words}


def test_what_is_explained_is_what_is_answered(engine, run):
    """An explanation of another decision than the real one is worse than none."""
    for question, region in ((QUESTION, None), ("个人申请创业担保贷款最多能贷多少", None), ("个人申请创业担保贷款最多能贷多少", "370500")):
        found = explain(engine, question, region, DAY)
        place = ["--region", region] if region else []
        answer = json.loads(run("ask", "--json", "--as-of", str(DAY), *place, question).out)

        assert found.outcome == answer["outcome"]
        assert list(found.entries) == answer["measures"]


@pytest.mark.parametrize(
    ("question", "outcome"), [("你好", "meta"), ("活不下去了", "crisis"), ("帮我伪造一个残疾证", "refuse"), ("", "meta")]
)
def test_what_needs_no_policy_is_not_looked_up(engine, question, outcome):
    """Candidates under a cry for help would only distract."""
    found = explain(engine, question, None, DAY)

    assert found.outcome == outcome
    assert found.decision == "say"
    assert found.band == "not_looked_up"
    assert found.candidates == ()
    assert as_text(found, engine.knowledge.wording)


def test_a_place_without_a_policy_has_no_candidates(engine):
    """Nothing of another province is weighed for it."""
    found = explain(engine, "广州开网店有补贴吗", None, DAY)

    assert found.decision == "refuse_place"
    assert found.policies == ()
    assert found.candidates == ()


def test_candidates_say_whether_they_still_hold_on_the_day(engine):
    """The day of the question decides, not the day of the test."""
    before = explain(engine, "四川创业补贴多少", None, date(2028, 4, 30))
    after = explain(engine, "四川创业补贴多少", None, date(2028, 5, 1))

    assert {candidate.standing for candidate in before.candidates} == {"in_force"}
    assert {candidate.standing for candidate in after.candidates} == {"ended"}


def test_every_name_of_the_program_has_a_label(engine):
    """Clerks read Chinese; a bare ``audience`` in the text means that a label was forgotten."""
    templates = engine.knowledge.wording.templates
    found = [
        explain(engine, question, None, DAY) for question in (QUESTION, "办了执照在网上卖货能领5000吗", "四川创业补贴多少", "天气怎么样")
    ]
    signals = {signal for one in found for candidate in one.candidates for signal, _ in candidate.parts}

    assert signals
    assert [name for name in signals if f"explain_signal_{name}" not in templates] == []
    assert [name for name, _ in found[0].thresholds if f"explain_threshold_{name}" not in templates] == []


def test_json_holds_the_same(run, engine):
    """For tools that follow how scores move."""
    ran = run("explain", "--json", "--as-of", str(DAY), QUESTION)
    found = json.loads(ran.out)

    assert ran.code == 0
    assert found["repairs"] == [["残急人", "残疾人"], ["贷宽", "贷款"]]
    assert found["candidates"][0]["id"] == explain(engine, QUESTION, None, DAY).candidates[0].id
    assert found["places"][0]["code"] == "370500"
    assert found["places"][0]["own"] is True
