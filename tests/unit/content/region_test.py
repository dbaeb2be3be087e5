"""Where places lie."""

import pytest

from bot.content.region import contains


@pytest.mark.parametrize(
    ("outer", "inner", "held"),
    [
        ("510000", "510104", True),
        ("370500", "370523", True),
        ("370500", "370500", True),
        ("370523", "370500", False),
        ("530502", "530581", False),
        ("220000", "230100", False),
    ],
)
def test_a_policy_covers_its_region_and_everything_in_it(outer, inner, held):
    """腾冲 is not 隆阳 although both are in 保山; 成都 is in 四川."""
    assert contains(outer, inner) is held


def test_the_whole_country_is_known(knowledge):
    """A county nobody knows would be answered as if nothing had been said about it."""
    codes = knowledge.regions.names.keys()

    assert sum(code.endswith("0000") for code in codes) == 34
    assert len(codes) > 3000
    assert knowledge.regions.full_name("530581") == "云南省保山市腾冲市"


def test_every_region_lies_in_one_that_is_known(knowledge):
    """Otherwise a county would belong to no province, and its province's policy would not reach it."""
    names = knowledge.regions.names

    assert [code for code in names if not code.endswith("0000") and code[:2] + "0000" not in names] == []
