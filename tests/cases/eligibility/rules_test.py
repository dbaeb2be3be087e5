"""Every rule against its cases: a clerk can read them beside the document."""

from pathlib import Path

import pytest

from bot.content.policy import Validity
from bot.eligibility.verdict import Verdict
from bot.eligibility.view import View
from tests.cases.eligibility.rule_cases import FILES, cases_in, complaints, judge


def entry_id(path: Path) -> str:
    """The measure a file of cases is about."""
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", FILES, ids=entry_id)
def test_a_rule_gives_the_verdict_of_each_of_its_cases(path):
    """Whoever breaks a rule learns which situation comes out wrong and how."""
    wrong = []
    for case in cases_in(path):
        found = judge().judge(case.entry_id, View(judge().book, case.answers, case.as_of))
        wrong += [f"{case.name}: {complaint}" for complaint in complaints(case, found)]

    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=entry_id)
def test_a_rule_has_a_case_of_each_kind(path):
    """A fitting person, an open question, somebody who does not fit, and a day too late, or the rule is not tested at all."""
    cases = cases_in(path)
    verdicts = {case.expected["verdict"] for case in cases}
    policy = judge().measures[entry_id(path)].policy

    assert verdicts & {Verdict.MATCH, Verdict.MATCH_CHECK}
    assert Verdict.UNKNOWN in verdicts
    assert verdicts & {Verdict.NOT_NOW, Verdict.NEAR}
    if policy.valid.to is not None:
        assert any(case.expected["verdict"] == Verdict.CLOSED and policy.validity_on(case.as_of) is Validity.ENDED for case in cases)


def test_every_judged_measure_has_cases():
    """A rule without cases would pass everything above."""
    assert {entry_id(path) for path in FILES} == set(judge().measures)
