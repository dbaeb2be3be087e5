from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from bot.dialogue.decision import ShowHeld
from bot.dialogue.keeping import Keeping
from bot.dialogue.message import Message
from bot.dialogue.questionnaire import Clash, Questionnaire, Waiting
from bot.dialogue.session import Session
from bot.eligibility.answers import Absence, one
from bot.eligibility.next_question import Question
from bot.eligibility.ticking import Item
from bot.engine import Engine

NOW = datetime(2018, 11, 1, 12, tzinfo=UTC)
Ask = Callable[..., str]


@pytest.fixture(scope="module")
def ask(engine: Engine) -> Ask:
    """What is replied to the last of several messages."""

    def asked(*texts: str, session: Session | None = None, by: Engine = engine) -> str:
        said, session = "", session or Session()
        for text in texts:
            turn = by.respond(session, Message("c", text), NOW)
            said, session = turn.reply.text, turn.session
        return said

    return asked


@pytest.mark.parametrize(
    "text",
    [
        *("我的数据", "我的数据？", "请查看我的数据", "你记了我什么", "你都存了我啥呀", "我的信息", "看看我的资料", "你有我哪些信息"),
        *("/mydata", "wodeshuju", "wo de shu ju", "查看我的數據", "你晓得我些啥"),
    ],
)
def test_what_is_held_is_shown_however_it_is_asked_for(engine: Engine, text: str):
    """A right that has to be asked for in one particular way is none."""
    assert isinstance(engine.conversation.step(Session(), Message("c", text), NOW.date()).decision, ShowHeld)


@pytest.mark.parametrize("text", ["删掉我的数据", "我的数据会不会泄露", "我的信息安全吗", "东营个体户创业补助要我的什么资料", "忘记我"])
def test_other_words_about_data_are_something_else(engine: Engine, text: str):
    """Deleting must delete, and a question about safety gets its own answer."""
    assert not isinstance(engine.conversation.step(Session(), Message("c", text), NOW.date()).decision, ShowHeld)


def test_showing_what_is_held_changes_nothing(engine: Engine):
    """Who only looks must find the list they were choosing from as it was."""
    session = engine.respond(Session(), Message("c", "我是残疾人，在东营能领什么"), NOW).session

    assert engine.respond(session, Message("c", "我的数据"), NOW).session == session


def test_everything_a_session_can_hold_is_told(ask: Ask):
    """Whatever is added to a session has to be told as well; this list is where that is decided."""
    question = Question(("certificate", "household"), (), (Item("certificate"), Item("household", "low_income")), ())
    state = Questionnaire(
        ("dongying-2017/production-loan",),
        Waiting.RESULTS,
        answers={"grade": Absence.DECLINED, "ecommerce": one("yes")},
        question=question,
        ticks=frozenset((1,)),
        heard={"rural": one("yes")},
        clash=Clash("role", one("student"), "ecommerce"),
        consent=True,
    )
    session = Session(
        region="370500",
        question="富民生产贷是多少",
        about=("dongying-2017/production-loan",),
        last=None,
        slow=True,
        questionnaire=state,
    )
    told = ask("我的数据", session=replace(session, offered=()))

    for words in (
        "山东省东营市",
        "富民生产贷是多少",
        "刚给您讲过、列过的：富民生产贷",
        "残疾等级：不想说",
        "做电商：是",
        "低保",
        "农村户口：是",
    ):
        assert words in told
    for words in ("在校学生", "您同意问残疾和家庭的情况", "一条一条说"):
        assert words in told
    assert {field.name for field in fields(Session)} == {
        *("region", "question", "about", "offered", "last", "slow", "shown", "questionnaire")
    }
    assert {field.name for field in fields(Questionnaire)} == {
        *("scope", "waiting", "single", "answers", "asked", "question", "ticks", "heard", "clash", "consent", "offered", "changing")
    }


def test_how_long_things_are_kept_is_what_the_operator_set(engine: Engine, ask: Ask):
    """A promise in the wording that the store does not keep would be a lie."""
    by = Engine(engine.knowledge, keeping=Keeping(idle_days=7, facts_hours=2, inbox_hours=3, unanswered_days=90))
    for texts, promised in (
        (("我的数据",), ("7天", "2小时", "3小时", "90天")),
        (("我在东营，我能领哪些", "我的数据"), ("7天", "2小时", "3小时", "90天")),
        (("你会不会把我说的话存起来",), ("7天", "2小时", "3小时", "90天")),
        (("我在东营，我能领哪些", "开网店"), ("7天", "2小时")),
        (("我在东营，我能领哪些", "不查了"), ("7天",)),
    ):
        said = ask(*texts, by=by)

        assert [figure for figure in promised if figure not in said] == [], said
        assert not [figure for figure in ("30天", "24小时", "48小时", "180天") if figure in said], said


def test_help_tells_that_one_can_look_and_delete(ask: Ask):
    """Nobody uses what they do not know of."""
    assert "说“我的数据”" in ask("帮助")
    assert "说“忘记我”" in ask("帮助")
    assert "说“我的数据”" in ask("你会不会把我说的话存起来")
