from typing import Any

import pytest

from bot.content.knowledge import Knowledge
from bot.content.measure import Amount, AmountRole
from bot.reply.figures import amount_line, say_amount


@pytest.fixture(scope="module")
def wording(knowledge: Knowledge):
    """The sentences that are shipped."""
    return knowledge.wording


def amount(**fields: Any) -> Amount:
    """An amount as staff write it."""
    return Amount(label="补助", **fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"exactly": 5000, "unit": "元"}, "5000元"),
        ({"exactly": 60000, "unit": "元"}, "6万元"),
        ({"at_least": 12000, "unit": "元"}, "不低于1.2万元"),
        ({"at_most": 3_000_000, "unit": "元"}, "最高300万元"),
        ({"exactly": 50, "unit": "%", "of": "利息"}, "利息的50%"),
        ({"at_most": 66.67, "unit": "%", "of": "实际缴费", "say": "最多实际缴费的2/3"}, "最多实际缴费的2/3"),
        ({"exactly": 100, "unit": "%", "of": "利息", "say": "财政全额贴息"}, "财政全额贴息"),
        ({"not_stated": True}, "原文没有写具体金额"),
        ({"same_as": "当地最低工资标准"}, "参照当地最低工资标准"),
        ({"exactly": 5000, "unit": "元", "per": "每户"}, "5000元（每户）"),
        ({"exactly": 5000, "unit": "元", "per": "每户", "note": "只给一次"}, "5000元（每户；只给一次）"),
    ],
)
def test_an_amount_is_said_exactly_as_the_document_has_it(wording, fields: dict[str, Any], said: str):
    """不低于 is a floor and 最高 a ceiling; a ceiling told as an amount would be a false promise."""
    assert say_amount(amount(**fields), wording) == said


def test_a_loan_says_that_it_must_be_paid_back(wording):
    """贷款 taken for a grant is the costliest misunderstanding."""
    assert "要还" in say_amount(amount(at_most=100_000, unit="元", role=AmountRole.LOAN), wording)


@pytest.mark.parametrize(("role", "word"), [(AmountRole.TARGET, "任务数"), (AmountRole.QUOTA, "名额"), (AmountRole.ADMIN_CAP, "上限")])
def test_a_figure_that_reaches_no_person_says_so(wording, role: AmountRole, word: str):
    """70 people a year is a task of the government; nobody can apply for it."""
    assert word in say_amount(amount(exactly=70, unit="名", role=role), wording)


def test_an_amount_with_its_label_is_one_line(wording):
    """One figure a line with its unit."""
    assert amount_line(amount(exactly=5000, unit="元"), wording) == "补助：5000元"


def test_every_amount_of_the_knowledge_is_said_in_words(knowledge: Knowledge):
    """No amount may come out as a bare number, with a leftover placeholder or empty."""
    for policy, measure in knowledge.measures():
        for one in measure.amounts:
            said = say_amount(one, knowledge.wording)

            assert said and not said.isdigit(), f"{policy.id}/{measure.id}"
            assert not set("{}") & set(said), f"{policy.id}/{measure.id}"
            assert "None" not in said, f"{policy.id}/{measure.id}"
