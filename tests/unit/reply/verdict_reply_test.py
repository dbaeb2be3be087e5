from dataclasses import replace
from datetime import date

import pytest

from bot.content.rule import Combining
from bot.dialogue.interview_decision import ShowResults, ShowSheet
from bot.eligibility.answers import Answers, Within, exactly, on, one
from bot.eligibility.judge import Judge
from bot.eligibility.verdict import Judgement
from bot.reply.fact_words import FactWords
from bot.reply.policy_lines import PolicyLines
from bot.reply.verdict_reply import VerdictReplies

DAY = date(2018, 11, 1)
GRANT, SERVICE = "dongying-2017/startup-grant-sole-trader", "dongying-2017/incubation-service"
TRADER: Answers = {
    "place": Within("370500"),
    "role": one("own_business"),
    "certificate": one("yes"),
    "business_form": one("sole_trader"),
    "registered_on": on(date(2018, 1, 8)),
    "operating": one("yes"),
    "ecommerce": one("yes"),
}


@pytest.fixture
def pair(knowledge):
    """The knowledge with two measures of which only one can be had; the six documents name no such pair."""
    rule = knowledge.rules[GRANT].model_copy(update={"combine": Combining(either_or=("incubation-service",))})
    return replace(knowledge, rules={**knowledge.rules, GRANT: rule})


def replies(knowledge):
    """The writer of results over a knowledge."""
    return VerdictReplies(knowledge, FactWords(knowledge), PolicyLines(knowledge))


def judged(knowledge, answers: Answers) -> tuple[Judgement, ...]:
    """The measures of Dongying judged."""
    judge = Judge(knowledge)
    return judge.judge_all(answers, DAY, [entry_id for entry_id in judge.measures if entry_id.startswith("dongying")])


def test_measures_that_exclude_each_other_are_both_shown_and_named_together(pair):
    """Dropping one silently would decide for the person which is worth more."""
    text = replies(pair).compose(ShowResults(judged(pair, TRADER), (), open_=False), DAY).text

    assert "这几项二选一：" in text
    line = next(line for line in text.splitlines() if line.startswith("这几项二选一："))
    assert "个体工商户一次性创办补助" in line
    assert "残疾人电商创业孵化服务" in line
    assert "5000元" in text


def test_an_amount_for_each_person_is_told_with_its_arithmetic(knowledge):
    """Whoever reads 10万元 must be able to see where it comes from."""
    text = (
        replies(knowledge)
        .compose(ShowResults(judged(knowledge, {**TRADER, "rural_poor_disabled_led": exactly(2)}), (), open_=False), DAY)
        .text
    )

    assert "2人×5万元＝10万元" in text


def test_an_unknown_number_of_people_gives_no_total(knowledge):
    """Unknown never becomes an amount."""
    text = replies(knowledge).compose(ShowResults(judged(knowledge, TRADER), (), open_=True), DAY).text

    assert "合计" not in text


def test_a_sheet_carries_no_answers_unless_they_are_wanted(knowledge):
    """It is made to be passed on, and what is on it cannot be taken back."""
    found = judged(knowledge, TRADER)
    plain = replies(knowledge).compose(ShowSheet(found, None), DAY).text
    full = replies(knowledge).compose(ShowSheet(found, TRADER), DAY).text

    assert "有残疾人证" not in plain.replace("要核对", "")
    assert "执照日期" not in plain
    assert "执照日期：2018年1月8日" in full
