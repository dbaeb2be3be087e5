"""What a policy says about itself on a day."""

from datetime import date

import pytest

from bot.content.policy import Policy, Validity
from bot.content.problems import Problems
from bot.content.read import knowledge_folder
from bot.content.yaml_file import read_yaml


def policy(**valid: object) -> Policy:
    """A policy with other dates."""
    file = read_yaml(knowledge_folder() / "policies" / "sichuan-2025" / "policy.yaml", Problems())
    assert file is not None
    return Policy.model_validate({**file.value, "valid": {"basis": "文中写明", **valid}})


@pytest.mark.parametrize(
    ("day", "validity"),
    [
        (date(2025, 4, 30), Validity.NOT_YET),
        (date(2025, 5, 1), Validity.IN_FORCE),
        (date(2028, 4, 30), Validity.IN_FORCE),
        (date(2028, 5, 1), Validity.ENDED),
    ],
)
def test_the_first_and_the_last_day_count(day, validity):
    """Somebody who comes on the last day is still in time."""
    assert policy(**{"from": date(2025, 5, 1), "to": date(2028, 4, 30)}).validity_on(day) is validity


def test_a_policy_without_an_end_is_never_said_to_be_in_force():
    """The document says nothing about its end, so neither do we."""
    assert policy(**{"from": date(2025, 5, 1)}).validity_on(date(2026, 11, 21)) is Validity.NOT_STATED
    assert policy().validity_on(date(2026, 11, 21)) is Validity.NOT_STATED


def test_a_policy_without_a_start_still_ends():
    """常德 names its last year only."""
    assert policy(to=date(2020, 12, 31)).validity_on(date(2026, 11, 21)) is Validity.ENDED


@pytest.mark.parametrize(
    ("policy_id", "validity"),
    [
        ("changde-2017", Validity.ENDED),
        ("dongying-2017", Validity.NOT_STATED),
        ("gansu-ecommerce", Validity.NOT_STATED),
        ("jilin-2018", Validity.ENDED),
        ("longyang-2022", Validity.ENDED),
        ("sichuan-2025", Validity.IN_FORCE),
    ],
)
def test_the_six_policies_in_november_2026(knowledge, policy_id, validity):
    """An ended policy offered as open would send people on a useless way."""
    assert knowledge.folders[policy_id].policy.validity_on(date(2026, 11, 21)) is validity
