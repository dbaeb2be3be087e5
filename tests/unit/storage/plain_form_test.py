"""Sessions and replies survive being stored, whatever they hold."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.message import Message
from bot.dialogue.questionnaire import Questionnaire, Waiting
from bot.dialogue.session import Session
from bot.eligibility.answers import NEVER, Absence, Days, Members, OneOf, Span, Within
from bot.storage.plain_form import from_json, to_json

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ids = st.text("abcdef", min_size=1, max_size=4)
days = st.dates(date(1900, 1, 1), NEVER)
answers = st.one_of(
    st.builds(OneOf, st.frozensets(ids)),
    st.builds(Span, st.integers(), st.none() | st.integers()),
    st.builds(Days, days, days),
    st.builds(Within, ids),
    st.builds(Members, st.frozensets(ids), st.frozensets(ids)),
    st.sampled_from(Absence),
)


@given(st.dictionaries(ids, answers), st.sampled_from(Waiting), st.none() | st.booleans())
def test_any_answers_come_back_as_they_were(held, waiting, consent):
    """A span must not come back as two days, nor 不清楚 as a text."""
    session = Session(questionnaire=Questionnaire(("a/b",), waiting, answers=held, consent=consent, ticks=frozenset((1, 3))))

    assert from_json(Session, to_json(session)) == session


@pytest.mark.parametrize(
    "words",
    [
        ["我在东营，肢体三级，8月办的个体户，做电商，我能领哪些", "1", "1", "看结果", "一条一条说", "下一条", "再说一遍", "1"],
        ["四川创业补贴要什么条件", "那贷款呢", "第二个", "都不是", "换到广东"],
        ["开网店有补贴吗", "汉寿", "我符合吗", "1", "不清楚", "为什么问这个", "先看结果", "给我一张单子"],
        ["我能领哪些", "隆阳", "1", "1", "3", "上一题", "说错了", "看结果", "哪些不符合", "2"],
    ],
)
def test_every_session_of_a_real_conversation_comes_back_as_it_was(engine, words):
    """Lists to tick, cells of questions, what was offered and what was said last are all needed after a restart."""
    session = Session()
    for text in words:
        turn = engine.respond(session, Message("a", text), NOW)
        session = from_json(Session, to_json(turn.session))

        assert session == turn.session


@pytest.mark.parametrize(
    "text", ["", "[]", '{"region": 5}', '{"last": {"is": "Bomb"}}', '{"offered": [{"id": "a"}]}', "null", '{"slow": "yes"}']
)
def test_what_is_no_session_is_refused_without_quoting_it(text):
    """An error's text may end in a log."""
    with pytest.raises(ValueError, match=r"^not a stored Session \(\w+\)$"):
        from_json(Session, text)


def test_the_same_session_is_always_the_same_text():
    """Sets have no order; a text that changes by itself would look like a change."""
    first = Session(questionnaire=Questionnaire((), Waiting.PLACE, answers={"a": OneOf(frozenset("abc"))}))
    second = Session(questionnaire=Questionnaire((), Waiting.PLACE, answers={"a": OneOf(frozenset("cba"))}))

    assert to_json(first) == to_json(second)
