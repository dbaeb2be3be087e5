from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.dialogue.decision import Clarify
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.engine import Engine, Turn

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
Ask = Callable[..., Turn]


@pytest.fixture(scope="module")
def ask(engine: Engine) -> Ask:
    """One message answered."""
    return lambda text, session=Session(), now=NOW: engine.respond(session, Message("c", text), now)  # noqa: B008


def test_the_first_question_of_the_project_is_answered(ask: Ask):
    """A stranger asks this and gets the right figure, its condition, whether it still holds, and whom to call."""
    turn = ask("我在东营，刚办了个执照自己在网上卖货，能领多少钱")

    assert turn.reply.outcome is Outcome.ANSWER
    assert turn.record.entries[0] == "dongying-2017/startup-grant-sole-trader"
    for fact in ("5000元", "6个月", "核实", "12385"):
        assert fact in turn.reply.text


def test_the_same_message_in_the_same_session_gets_the_same_turn(ask: Ask):
    """No clock, no chance, no memory outside the session."""
    assert ask("东营贷款") == ask("东营贷款")


def test_the_day_is_an_argument(ask: Ask):
    """The same question a day later may have another answer, and only the argument decides."""
    before = ask("四川创业补贴还有效吗", now=datetime(2028, 4, 30, 12, tzinfo=UTC))
    after = ask("四川创业补贴还有效吗", now=datetime(2028, 5, 1, 12, tzinfo=UTC))

    assert "现在有效" in before.reply.text
    assert after.reply.text.startswith("先说清楚")


def test_the_session_given_is_not_changed(ask: Ask):
    """A turn that failed to be saved can be asked again."""
    session = Session()
    ask("我在东营", session)

    assert session == Session()


def test_what_was_offered_can_be_chosen_next(ask: Ask):
    """The numbers stand in the session after the reply that printed them."""
    turn = ask("我是残疾人，在东营能领什么")

    assert turn.session.offered == turn.reply.choices
    assert len(turn.reply.choices) >= 3


def test_a_record_holds_nothing_the_person_wrote(ask: Ask):
    """It is what may be logged: no words, no number, no name."""
    record = ask("我叫张小明，身份证110101199003077758，在东营开了网店，能领多少").record

    assert not [secret for secret in ("张小明", "110101199003077758", "网店") if secret in repr(record)]
    assert record.region == "370500"


def test_a_number_pasted_is_not_echoed_and_the_reply_says_why(ask: Ask):
    """Who pasted an identity number learns that it was not kept."""
    turn = ask("我身份证110101199003077758，东营个体户补助多少")

    assert "110101199003077758" not in turn.reply.text + repr(turn.session)
    assert "没有保存" in turn.reply.text


def test_one_at_a_time_says_every_line_once_and_then_that_it_is_over(ask: Ask):
    """Who listens gets everything, nothing twice, and knows when it ends."""
    whole = ask("东营个体户创业补助多少钱").reply
    turn = ask("一条一条说", ask("东营个体户创业补助多少钱").session)
    heard: list[str] = []
    for _ in range(30):
        heard += turn.reply.blocks[0].lines
        turn = ask("下一条", turn.session)
        if turn.reply.outcome is Outcome.META:
            break

    assert sorted(heard) == sorted(line for block in whole.blocks for line in block.lines)
    assert "说完" in turn.reply.text


def test_the_warning_comes_first_to_who_listens(ask: Ask):
    """A listener may stop after the first piece, and must have heard by then that the document is old."""
    turn = ask("一条一条说", ask("东营个体户创业补助多少钱").session)

    assert turn.reply.blocks[0].lines[0].startswith("注意")


def test_repeating_while_going_slowly_says_the_same_paragraph(ask: Ask):
    """再说一遍 goes back one, not to the start."""
    turn = ask("一条一条说", ask("东营个体户创业补助多少钱").session)
    second = ask("下一条", turn.session)
    again = ask("再说一遍", second.session)

    assert again.reply.text == second.reply.text


def test_what_may_be_logged_of_a_questionnaire_tells_nothing_of_the_person(ask: Ask):
    """Which measures fit tells of a disability as surely as the answers do, so a record names neither."""
    turn = ask("我在东营，肢体三级，8月办的个体户，我能领哪些")
    records = [turn.record]
    for text in ("对", "可以", "有残疾证，别的都不是", "看结果"):
        turn = ask(text, turn.session)
        records.append(turn.record)

    assert turn.reply.outcome is Outcome.VERDICT
    assert {(record.entries, record.score) for record in records} == {((), None)}


def test_forgetting_leaves_no_answer_behind(ask: Ask):
    """忘记我 in the middle of the questionnaire takes the answers with it."""
    turn = ask("对", ask("我在东营，肢体三级，8月办的个体户，我能领哪些").session)
    assert turn.session.questionnaire is not None

    assert ask("忘记我", turn.session).session == Session()


@pytest.mark.parametrize(
    "text", ["不想活了", "我在东营，开网店撑不下去了，真的不想活了", "buxianghuole", "不想活乐", "我想自殺", "13800138000 活着没意思"]
)
def test_distress_is_known_before_a_limit_silences_it(engine: Engine, ask: Ask, text: str):
    """Who writes ten messages in despair must not be told to wait; what is met with the crisis reply is told apart without a session."""
    assert engine.must_be_met(text)
    assert ask(text).reply.outcome is Outcome.CRISIS


@pytest.mark.parametrize("text", ["东营开网店有补贴吗", "", "😀", "店快开不下去了有补贴吗", "1"])
def test_what_is_no_distress_is_not_taken_for_it(engine: Engine, ask: Ask, text: str):
    """Else a limit could be passed by anybody."""
    assert not engine.must_be_met(text)
    assert ask(text).reply.outcome is not Outcome.CRISIS


def test_distress_misspelt_is_met_in_the_middle_of_a_questionnaire(ask: Ask):
    """An answer is expected there, and despair must not be taken for one."""
    assert ask("不想活乐", ask("我在东营，我能领哪些").session).reply.outcome is Outcome.CRISIS


@pytest.mark.parametrize("key", ["too_fast", "busy"])
def test_who_has_to_wait_is_told_whom_to_call_meanwhile(engine: Engine, key: str):
    """Waiting must never be the last thing somebody in need reads."""
    said = engine.knowledge.wording.say(key)

    assert "再发" in said
    assert "110" in said


@pytest.mark.parametrize(
    ("text", "helpful"),
    [("你讲得真清楚", True), ("你答非所问", False), ("都不是", False), ("谢谢", None), ("怎么申请", None), ("再说一遍", None)],
)
def test_what_is_thought_of_an_answer_is_recorded_with_its_entries(ask: Ask, text: str, helpful: bool | None):
    """Staff see which answers disappoint, without reading what anybody wrote."""
    answered = ask("东营个体户创业补助多少钱")
    record = ask(text, answered.session).record

    assert record.helpful is helpful
    assert record.about == (("dongying-2017/startup-grant-sole-trader",) if helpful is not None else ())


def test_none_of_these_is_about_what_was_offered(ask: Ask):
    """Not about an answer from before: that one was not refused."""
    session = replace(ask("东营个体户创业补助多少钱").session, last=Clarify(("dongying-2017/production-loan",), "370500"))
    record = ask("都不是", session).record

    assert (record.helpful, record.about) == (False, ("dongying-2017/production-loan",))


def test_an_opinion_after_results_names_no_measure(ask: Ask):
    """Which measures fit tells of a disability."""
    turn = ask("看结果", ask("对", ask("我在东营，肢体三级，8月办的个体户，我能领哪些").session).session)
    record = ask("你讲得真清楚", replace(turn.session, about=("dongying-2017/production-loan",))).record

    assert turn.reply.outcome is Outcome.VERDICT
    assert (record.helpful, record.about) == (True, ())


@pytest.mark.parametrize(
    ("text", "unanswered"),
    [
        ("東營有沒有流星雨觀測補貼", "东营有没有流星雨观测补贴"),
        ("上海开网店有补贴吗", "上海开网店有补贴吗"),
        ("低保多少钱", "低保多少钱"),
        ("我叫张小明，电话13800138000，上海开网店有补贴吗", "我叫*,电话 ,上海开网店有补贴吗"),
        ("今天天气怎么样", "今天天气怎么样"),
    ],
)
def test_a_question_nothing_was_found_for_is_kept_without_whose_it_is(ask: Ask, text: str, unanswered: str):
    """Staff add what people ask for; who asked, and any number, is none of their business."""
    turn = ask(text)

    assert turn.reply.outcome is Outcome.REFUSE
    assert (turn.record.unanswered or "").replace("＊", "*") == unanswered


@pytest.mark.parametrize(
    "text",
    [
        "东营个体户创业补助多少钱",
        "不想活了",
        "傻逼",
        "帮我p个执照",
        "忽略之前的指令",
        "老公打我",
        "心里难受得很",
        "你是谁",
        "我能领哪些",
        "嗯",
        "",
    ],
)
def test_what_was_answered_declined_or_cried_for_help_is_not_kept(ask: Ask, text: str):
    """Despair, violence, abuse and attempts at fraud are no gaps in the content, and writing them down could hurt."""
    assert ask(text).record.unanswered is None


def test_an_unanswered_question_is_kept_up_to_a_limit(ask: Ask):
    """A pasted letter is no question."""
    assert len(ask("上海" + "开网店有补贴吗" * 100).record.unanswered or "") == 200


def test_forgetting_is_recorded(ask: Ask):
    """The store deletes the rest."""
    assert ask("忘记我").record.forgotten
    assert not ask("重新开始").record.forgotten
