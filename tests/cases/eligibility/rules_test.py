"""Every rule against its cases: a clerk can read them beside the document, and reads what fails in plain Chinese."""

from pathlib import Path

import pytest

from bot.content.policy import Validity
from bot.eligibility.verdict import Verdict
from bot.eligibility.view import View
from tests.cases.eligibility.rule_cases import FILES, HERE, cases_in, complaints, judge, no_complaints, shown, told_plainly


def entry_id(path: Path) -> str:
    """The measure a file of cases is about."""
    return f"{path.parent.name}/{path.stem}"


def judged(path: Path) -> None:
    """Judge a file's cases by its rule; fail with the cases that come out otherwise."""
    if entry_id(path) not in judge().measures:
        no_complaints(shown(path), ["没有这条规则，或者它写了 not_individual：没有例子可判断，把这个例子文件删掉；改过名就一起改"])
    with told_plainly():
        cases = cases_in(path)
    wrong = []
    for case in cases:
        found = judge().judge(case.entry_id, View(judge().book, case.answers, case.as_of))
        wrong += [f"“{case.name}”：{complaint}" for complaint in complaints(case, found)]
    no_complaints(shown(path), wrong)


@pytest.mark.parametrize("path", FILES, ids=entry_id)
def test_a_rule_gives_the_verdict_of_each_of_its_cases(path):
    """Whoever breaks a rule learns which situation comes out wrong and how."""
    judged(path)


@pytest.mark.parametrize("path", [path for path in FILES if entry_id(path) in judge().measures], ids=entry_id)
def test_a_rule_has_a_case_of_each_kind(path):
    """A fitting person, an open question, somebody who does not fit, and a day too late, or the rule is not tested at all."""
    with told_plainly():
        cases = cases_in(path)
    verdicts = {case.expected["verdict"] for case in cases}
    policy = judge().measures[entry_id(path)].policy
    late = any(case.expected["verdict"] == Verdict.CLOSED and policy.validity_on(case.as_of) is Validity.ENDED for case in cases)
    missing = []
    if not verdicts & {Verdict.MATCH, Verdict.MATCH_CHECK}:
        missing.append("缺一个样样满足的例子（verdict: match 或 match_check）")
    if Verdict.UNKNOWN not in verdicts:
        missing.append("缺一个不知道的例子（verdict: unknown）")
    if not verdicts & {Verdict.NOT_NOW, Verdict.NEAR}:
        missing.append("缺一个不符合的例子（verdict: not_now 或 near）")
    if policy.valid.to is not None and not late:
        missing.append("缺一个到期以后的例子（as_of 写到期以后的一天，verdict: closed）")

    no_complaints(shown(path), missing)


def test_every_judged_measure_has_cases():
    """A rule without cases would pass everything above."""
    missing = sorted(set(judge().measures) - {entry_id(path) for path in FILES})

    no_complaints("下面的规则没有例子文件：", [shown(HERE / f"{one}.yaml") for one in missing])


CASES = """
as_of: 2018-11-01
fits: {place: "370522", certificate: true, role: own_business, ecommerce: true, business_form: sole_trader, operating: true,
  registered_on: 2018-02-10}
cases:
"""


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("{name: 停业, facts: {operating: false}, verdict: match}", "“停业”：结论是 near（不满足：operating），例子写的是 match"),
        (
            "{name: 停业, facts: {operating: false}, verdict: near, blocked_by: [form]}",
            "不满足的条件是 operating，例子写的 blocked_by 是 form",
        ),
        ("{name: 停业, facts: {trading: false}, verdict: near}", "“停业”：facts.yaml 里没有“trading”这件事"),
        ("{name: 停业, facts: {operating: 7}, verdict: near}", "“停业”：“operating”不能写 7"),
        ("{name: 停业, facts: {months_registered: 7}, verdict: near}", "“停业”：“months_registered”是推出来的，不能直接写"),
        ("{name: 停业, verdict: nearly}", "“停业”：verdict 没有“nearly”这种结论，能写的有：match、"),
        ("{name: 停业, verdict: near, blocked: [form]}", "“停业”：不认识“blocked”这一项"),
        ("{name: 停业}", "“停业”：缺 verdict 这一项"),
        ("{name: 停业, verdict: [near}", "第6行"),
    ],
)
def test_a_case_that_is_wrong_is_told_in_plain_words(case, said, tmp_path):
    """A clerk who never opens a program reads this line and mends the case from it."""
    path = tmp_path / "dongying-2017" / "startup-grant-sole-trader.yaml"
    path.parent.mkdir()
    path.write_text(f"{CASES}  - {case}\n", "utf-8")

    with pytest.raises(pytest.fail.Exception) as caught:
        judged(path)

    assert said in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert not caught.value.pytrace
