import re
from collections.abc import Callable
from datetime import date

import pytest

from bot.dialogue.choice import Choice
from bot.dialogue.decision import Answer, Say, shown_entries
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.dialogue.step import MOST_CHARACTERS, Conversation, Step
from bot.engine import Engine

DAY = date(2026, 11, 21)
Said = Callable[..., Step]

GRANT = "dongying-2017/startup-grant-sole-trader"
LOAN = "dongying-2017/guaranteed-loan-individual"
OFFERED = Session(
    region="370500",
    offered=(
        Choice(f"measure:{GRANT}", "个体工商户一次性创办补助"),
        Choice(f"measure:{LOAN}", "残疾人电商个人创业担保贷款"),
        Choice("none:", "都不是"),
    ),
)


@pytest.fixture(scope="module")
def conversation(engine: Engine) -> Conversation:
    """The routing alone."""
    return engine.conversation


@pytest.fixture(scope="module")
def said(conversation: Conversation) -> Said:
    """One message in a session."""
    return lambda text, session=OFFERED: conversation.step(session, Message("c", text), DAY)


def entries(step: Step) -> list[str]:
    """What a step answers with."""
    assert isinstance(step.decision, Answer)
    return [part.entry_id for part in step.decision.parts]


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "\uff12",
        "第二个",
        "第2个",
        "第二项",
        "第二条",
        "我选2",
        "选第二个吧",
        "二",
        "2号",
        "残疾人电商个人创业担保贷款",
        "2. 残疾人电商个人创业担保贷款",
        "2残疾人电商个人创业担保贷款",
    ],
)
def test_a_choice_is_taken_as_number_ordinal_or_words(said: Said, text: str):
    """Typing alone must be enough, in whichever way a person answers a numbered list."""
    assert entries(said(text)) == [LOAN]


def test_a_choice_is_taken_by_tap(conversation: Conversation):
    """A button sends the id."""
    step = conversation.step(OFFERED, Message("c", choice=f"measure:{GRANT}"), DAY)

    assert entries(step) == [GRANT]


@pytest.mark.parametrize("text", ["7", "第九个", "0", "选8"])
def test_a_number_that_was_not_offered_is_told_so(said: Said, text: str):
    """A wrong number must not start a search for it, and the list stays open."""
    step = said(text)

    assert step.decision.outcome is Outcome.CLARIFY
    assert step.session.offered == OFFERED.offered


@pytest.mark.parametrize("choice", ["measure:dongying-2017/gone", "nonsense", "", "overview:gone", "aspect:how_much", "none:"])
def test_a_stale_or_foreign_choice_gets_a_friendly_reply(conversation: Conversation, choice: str):
    """Old buttons stay on screen after an update; tapping one must not fail."""
    step = conversation.step(Session(), Message("c", choice=choice), DAY)

    assert step.decision.outcome in {Outcome.META, Outcome.CLARIFY}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (None, "not_text"),
        ("", "empty_message"),
        ("  \n ", "empty_message"),
        ("😀", "only_symbols"),
        ("。。。", "only_symbols"),
        ("\u200b", "only_symbols"),
    ],
)
def test_what_holds_no_words_is_answered_calmly(said: Said, text: str | None, key: str):
    """A photo, an accidental tap, a row of emoji."""
    step = said(text)

    assert isinstance(step.decision, Say)
    assert step.decision.key == key
    assert step.session.region == "370500"


def test_a_message_is_read_up_to_the_limit(said: Said):
    """A pasted document is cut, and the reply says so."""
    assert said("啊" * (MOST_CHARACTERS + 1)).shortened
    assert not said("啊" * MOST_CHARACTERS).shortened


def test_private_numbers_never_reach_the_session(said: Said):
    """The question is remembered for follow-ups; the number in it must not be."""
    step = said("我身份证110101199003077758，在东营开网店有补贴吗", Session())

    assert step.masked
    assert "110101199003077758" not in repr(step)


def test_restarting_forgets_everything_but_the_pace(said: Said):
    """Who listens with a screen reader still wants one paragraph at a time."""
    step = said("重新开始", Session(region="370500", question="补贴", about=(GRANT,), slow=True))

    assert step.session == Session(slow=True)


def test_forgetting_leaves_nothing(said: Said):
    """忘记我 deletes everything at once."""
    assert said("忘记我", Session(region="370500", question="补贴", about=(GRANT,), slow=True)).session == Session()


def test_a_place_alone_is_remembered(said: Said):
    """Who first says where they are is asked what they want to know."""
    step = said("我在东营", Session())

    assert step.session.region == "370500"
    assert step.decision.outcome is Outcome.META


def test_a_place_alone_asks_the_last_question_there(said: Said):
    """那汉寿呢 is the same question in another place."""
    first = said("东营开网店有补贴吗", Session())
    second = said("那汉寿呢？", first.session)

    assert second.session.region == "430722"
    assert second.session.question == first.session.question
    assert shown_entries(second.decision)
    assert all(entry.startswith("changde-2017/") for entry in shown_entries(second.decision))


def test_another_side_of_the_same_measure_is_told(said: Said):
    """怎么申请 after an answer means that measure."""
    step = said("怎么申请", Session(region="370500", question="补贴", about=(GRANT,)))

    assert entries(step) == [GRANT]
    assert isinstance(step.decision, Answer)
    assert step.decision.aspects == ("how_to_apply",)


def test_distress_goes_before_a_number_and_everything_else(said: Said):
    """Not even a pending list may hide it."""
    assert said("我选第二个吧反正不想活了").decision.outcome is Outcome.CRISIS


def test_distress_closes_the_list(said: Said):
    """A number typed after it must not bring a loan."""
    assert said("不想活了").session.offered == ()


@pytest.mark.parametrize(
    ("text", "outcome"), [("再说一遍", Outcome.META), ("下一条", Outcome.META), ("都不是", Outcome.CLARIFY), ("嗯", Outcome.META)]
)
def test_commands_before_anything_was_said_are_answered(said: Said, text: str, outcome: Outcome):
    """There is nothing to repeat yet."""
    assert said(text, Session()).decision.outcome is outcome


@pytest.mark.parametrize("number", ["①①⓪①⓪①①⑨⑨⓪⓪③⓪⑦⑦⑦⑤⑧", "110101*19900307*7758", "110101_19900307_7758"])
def test_a_number_in_disguise_never_reaches_the_session(said: Said, number: str):
    """Signs that normalising makes digits of, or takes away, must not hide one."""
    step = said(f"我身份证{number}，在东营开网店有补贴吗", Session())

    assert step.session.question
    assert not re.search(r"\d{4}", step.session.question)
