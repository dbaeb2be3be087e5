import json
from pathlib import Path

import pytest

CASES = """
- id: right
  question: 我在东营，刚办了个执照自己在网上卖货，能领多少钱
  style: plain
  outcome: answer
  measures: [DY-03]
  policy: dongying
  says: ["5000"]
- id: wrong
  question: 我在东营，刚办了个执照自己在网上卖货，能领多少钱
  style: typo
  outcome: answer
  policy: dongying
  says: ["8000"]
- {id: refused, question: 我在广州，开网店有补贴吗, style: plain, outcome: refuse, policy: none}
- {id: aside, question: 你好, style: plain, outcome: meta, policy: none, held_back: true}
"""
FLOORS = {"tuned_right": 60, "held_back_right": 100, "wrong_most": 30, "refused_rightly": 100}


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """Four questions: three may be tuned on, one of them is answered wrongly."""
    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / "cases.yaml").write_text(CASES, "utf-8")
    return folder


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    """Floors that the four questions just reach."""
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps(FLOORS), "utf-8")
    return path


def test_right_wrong_and_refused_are_counted_apart(run, cases, baseline):
    """Three different figures: a program may be right often and still lie sometimes."""
    ran = run("golden", "--cases", str(cases), "--baseline", str(baseline), "--json")
    found = json.loads(ran.out)

    assert ran.code == 0
    assert found["tuned"] == {"count": 3, "right": pytest.approx(200 / 3), "wrong": pytest.approx(100 / 3), "refused_rightly": 100}
    assert found["held_back"] == {"count": 1, "right": 100, "wrong": 0, "refused_rightly": 100}
    assert found["all"]["wrong"] == 25
    assert found["by_policy"]["dongying"]["count"] == 2
    assert found["by_style"]["typo"]["right"] == 0
    assert [failure["id"] for failure in found["failures"]] == ["wrong"]
    assert found["failures"][0]["wrong_answer"] is True
    assert found["failures"][0]["faults"] == ["does not say /8000/"]


def test_the_table_has_every_group(run, cases, baseline):
    """What a person reads after a change of words."""
    ran = run("golden", "--cases", str(cases), "--baseline", str(baseline))

    assert ran.code == 0
    for words in ("dongying", "typo", "66.7%", "33.3%", "都达到了下限"):
        assert words in ran.out
    assert "8000" not in ran.out
    assert ran.err == ""


def test_failures_are_listed_when_asked_for(run, cases):
    """With what was asked and what was wrong with the reply."""
    ran = run("golden", "--cases", str(cases), "--failures", "--baseline", str(write(cases, {})))

    assert "does not say /8000/" in ran.out
    assert "刚办了个执照" in ran.out


@pytest.mark.parametrize("name", FLOORS)
def test_below_a_floor_the_gate_fails(run, cases, name):
    """Each floor by itself, and the figure that missed it is named."""
    more = "- {id: more, question: 你好, style: plain, outcome: refuse, policy: none, held_back: true}"
    (cases / "more.yaml").write_text(more, "utf-8")
    passes = {"tuned_right": 66, "held_back_right": 50, "wrong_most": 20, "refused_rightly": 50}
    misses = {"tuned_right": 67, "held_back_right": 51, "wrong_most": 19, "refused_rightly": 51}
    good = run("golden", "--cases", str(cases), "--baseline", str(write(cases, passes)))
    ran = run("golden", "--cases", str(cases), "--baseline", str(write(cases, passes | {name: misses[name]})))

    assert good.code == 0
    assert ran.code == 1
    assert [floor for floor in FLOORS if floor in ran.out] == [name]


def test_a_missed_figure_is_shown_with_what_it_may_be(run, cases):
    """A figure that reads like its floor tells nobody why the gate failed; too many wrong answers are above, not below."""
    path = str(write(cases, {"tuned_right": 66.68, "wrong_most": 24.5}))
    ran = run("golden", "--cases", str(cases), "--baseline", path)
    missed = json.loads(run("golden", "--cases", str(cases), "--baseline", path, "--json").out)["missed"]

    assert "tuned_right 是 66.67%，至少要 66.68%" in ran.out
    assert "wrong_most 是 25.00%，最多 24.50%" in ran.out
    assert missed == [
        {"name": "tuned_right", "figure": 66.67, "floor": 66.68},
        {"name": "wrong_most", "figure": 25, "ceiling": 24.5},
    ]


def test_a_figure_reaches_the_floor_it_is_shown_as(run, cases):
    """Two of three is 66.67 as shown: whoever writes that down as a floor must not fail by a third of a hundredth."""
    ran = run("golden", "--cases", str(cases), "--baseline", str(write(cases, {"tuned_right": 66.67})))

    assert ran.code == 0


@pytest.mark.parametrize(
    "text", ["{", "{}", '{"tuned_right": 95, "held_back_right": 88, "wrong_most": 3, "refused_rightly": 90, "typo": 1}']
)
def test_a_broken_baseline_is_a_wrong_call(run, cases, text):
    """A gate without floors would let everything through."""
    path = cases / "baseline.json"
    path.write_text(text, "utf-8")
    ran = run("golden", "--cases", str(cases), "--baseline", str(path))

    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert "baseline.json" in ran.err


def test_a_missing_baseline_is_a_wrong_call(run, cases):
    """Who names a file wants it to be used."""
    ran = run("golden", "--cases", str(cases), "--baseline", str(cases / "none.json"))

    assert ran.code == 2
    assert "none.json" in ran.err


def test_broken_cases_are_listed_like_broken_content(run, cases):
    """A golden question that is not read would be one that always passes."""
    (cases / "cases.yaml").write_text("- {id: a, question: 你好, style: plain, outcome: laughter}\n- {id: b}\n", "utf-8")
    ran = run("golden", "--cases", str(cases))

    assert ran.code == 1
    assert "cases.yaml:1: [0].outcome" in ran.err
    assert "cases.yaml:2: [1].question" in ran.err


def write(folder: Path, changes: dict[str, float]) -> Path:
    """The floors with changes, as a file."""
    path = folder / "floors.json"
    path.write_text(json.dumps(FLOORS | changes), "utf-8")
    return path
