"""The knowledge against the catalogue of measures and traps that was made from the same documents."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.knowledge import Knowledge
from bot.content.measure import Correction, Measure
from bot.staff.golden import read_cases

CASES = Path(__file__).parents[1] / "cases" / "retrieval"
KINDS = {"loan+interest_subsidy": "loan", "license_relief": "licence_relief"}
"""Kinds the catalogue names differently."""

FIELDS = {"exact": "exactly", "at_least": "at_least", "at_most": "at_most"}


@pytest.fixture(scope="module")
def catalogue(sources: Path) -> dict[str, Any]:
    """The catalogue, which lies beside the source documents and is not ours to publish either."""
    path = sources.parent / "reference" / "catalogue.yaml"
    if not path.is_file():
        pytest.skip(f"the catalogue is not here: no file ../{path.relative_to(sources.parents[1])}")
    return dict(yaml.safe_load(path.read_text("utf-8")))


@pytest.fixture(scope="module")
def measures(knowledge: Knowledge) -> dict[str, Measure]:
    """Every measure by its code."""
    return {measure.code: measure for _, measure in knowledge.measures()}


def corrections(knowledge: Knowledge) -> list[Correction]:
    """The corrections of all measures, policies and clauses."""
    owners = [
        *(measure for _, measure in knowledge.measures()),
        *knowledge.policies(),
        *(clause for policy in knowledge.policies() for clause in policy.clauses),
    ]
    return [correction for owner in owners for correction in owner.corrections]


def test_every_measure_of_the_catalogue_is_there_once(knowledge, catalogue):
    """162 measures: none forgotten, none invented, none twice."""
    codes = Counter(measure.code for _, measure in knowledge.measures())

    assert codes == Counter(benefit["id"] for benefit in catalogue["benefits"])
    assert codes.total() == 162


def test_every_measure_is_of_the_kind_the_catalogue_gives(measures, catalogue):
    """The kind decides whether a question about loans, training or subsidies finds it."""
    differ = {
        benefit["id"]: (benefit["kind"], measures[benefit["id"]].kind.value)
        for benefit in catalogue["benefits"]
        if measures[benefit["id"]].kind != KINDS.get(benefit["kind"], benefit["kind"])
    }

    assert differ == {}


def test_every_number_of_the_catalogue_is_given_as_exactly_at_least_or_at_most(measures, catalogue):
    """「最高10万」 and 「10万」 are different promises."""
    wanted = {
        (benefit["id"], FIELDS[amount["exactness"]], amount[key], amount["unit"])
        for benefit in catalogue["benefits"]
        for amount in benefit["amounts"]
        if amount["exactness"] in FIELDS
        for key in ("value", "min", "max")
        if isinstance(amount.get(key), int | float)
    }

    missing = {
        (code, field, value, unit)
        for code, field, value, unit in wanted
        if not any(getattr(amount, field) == value and str(amount.unit)[0] in unit for amount in measures[code].amounts)
    }

    assert missing == set()
    assert len(wanted) > 20


def test_targets_and_quotas_are_not_given_as_benefits(measures, catalogue):
    """Seventy trainees a year is a task of the office, not something a reader can claim."""
    wanted = [
        (benefit["id"], amount["exactness"], amount[key])
        for benefit in catalogue["benefits"]
        for amount in benefit["amounts"]
        if amount["exactness"] in {"target", "quota"}
        for key in ("value", "min")
        if isinstance(amount.get(key), int | float)
    ]

    roles = [
        {str(amount.role) for amount in measures[code].amounts if value in (amount.exactly, amount.at_least, amount.at_most)}
        for code, _, value in wanted
    ]

    assert roles == [{role} for _, role, _ in wanted]


def test_every_trap_is_tested_by_a_golden_question(catalogue):
    """A trap is a wrong reading somebody will bring along; each needs a question that would show us falling for it."""
    tested = {trap for case in read_cases(CASES) for trap in case.traps}

    assert tested == {trap["id"] for trap in catalogue["traps"]}
    assert len(tested) == 59


def test_every_trap_a_correction_names_exists(knowledge, catalogue):
    """A misspelt trap would leave the real one without its correction, unnoticed."""
    named = {correction.trap for correction in corrections(knowledge) if correction.trap}

    assert named <= {trap["id"] for trap in catalogue["traps"]}
    assert len(named) > 50
