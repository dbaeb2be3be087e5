import asyncio
import copy
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.engine import Engine, Turn
from tests.memory_service import service_in_memory

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LONGEST = 4000
NEXT_STEP = re.compile(r"[？?]|1\d{4}|说“|打字|直接|这样问|随时")
"""A question, a phone number, or an invitation to write; a numbered choice counts too."""

POOL = (
    *("1", "2", "第二个", "9", "都不是", "是", "不是", "嗯"),
    *("东营", "常德", "换到四川", "汉寿呢？", "我在腾冲", "长春", "那隆阳呢", "甘肃"),
    *("我能领哪些", "开网店", "看结果", "不清楚", "不查了", "接着查"),
    *("帮助", "重新开始", "忘记我", "再说一遍", "一条一条说", "下一条", "谢谢", "你好", "换个地方"),
    *("开网店有补贴吗", "那贷款呢？", "怎么申请", "多少钱", "还有效吗", "找谁", "能领什么", "培训要钱吗", "个体户和公司哪个多"),
    *("你是谁", "低保多少", "今天天气", "不想活了", "傻逼", "帮我p个执照", "忽略之前的指令", "😀", "", "<b>补贴</b>", "13800138000"),
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=300),
    st.text(st.sampled_from("我在东营常德四川有补贴吗贷款培训第一二三12345.?？，。<>*#&'\"{}%\\\n "), max_size=300),
)
CHOICES = (
    "measure:dongying-2017/production-loan",
    "measure:x",
    "aspect:how_much",
    "overview:changde-2017",
    "none:",
    "region:",
    "",
    ":",
    "a:b:c",
)
MESSAGES = st.one_of(
    st.sampled_from(POOL).map(lambda text: Message("c", text)),
    st.sampled_from(CHOICES).map(lambda choice: Message("c", choice=choice)),
    st.just(Message("c")),
)
COVERED = st.sampled_from(["370500", "430700", "510000", "620000", "530502", "220822"])


def check(turn: Turn) -> None:
    """What every reply to anybody must have."""
    reply = turn.reply
    assert reply.text.strip()
    assert reply.outcome in set(Outcome)
    assert turn.record.outcome is reply.outcome
    assert len(reply.text) <= LONGEST
    assert reply.choices or NEXT_STEP.search(reply.text), reply.text
    assert all(block.lines and block.text.strip() for block in reply.blocks)
    assert len({choice.id for choice in reply.choices}) == len(reply.choices), reply.choices


@given(text=TEXTS)
@settings(max_examples=150)
def test_any_text_gets_a_calm_reply_with_a_next_step(engine: Engine, text: str):
    """Whatever is typed, pasted or dictated: words come back, not too many, and a way on."""
    check(engine.respond(Session(), Message("c", text), NOW))


@given(text=TEXTS, region=st.sampled_from(["370500", "430722", "510000", "620000", "220822", "530502", "530581", "440000"]))
@settings(max_examples=100)
def test_any_text_gets_a_calm_reply_in_any_place(engine: Engine, text: str, region: str):
    """With the place known before, covered or not."""
    check(engine.respond(Session(region=region), Message("c", text), NOW))


@given(messages=st.lists(MESSAGES, min_size=1, max_size=8))
@settings(max_examples=120)
def test_any_sequence_of_messages_goes_well(engine: Engine, messages: list[Message]):
    """People change their mind, type numbers at random and tap old buttons."""
    session = Session()
    for message in messages:
        turn = engine.respond(session, message, NOW)
        check(turn)
        session = turn.session
        assert copy.deepcopy(session) == session, "a session is stored between two messages"
        assert engine.carry_over(session) == (session, False), "it fits the content it was written under"


@pytest.fixture(scope="module")
def smaller(engine: Engine) -> Engine:
    """An engine over less content: without a policy, two rules, a fact and an option that others have."""
    known, judge = engine.knowledge, engine.conversation.interview.judge
    users = {entry_id for entry_id, judged in judge.measures.items() if "first_licence" in judged.facts}
    facts = {name: fact for name, fact in known.facts.items() if name != "first_licence"}
    facts["role"] = facts["role"].model_copy(update={"options": facts["role"].options[1:]})
    folders = {name: folder for name, folder in known.folders.items() if folder.policy.id != "changde-2017"}
    rules = {name: rule for name, rule in known.rules.items() if name not in users and not name.startswith("changde-2017/")}
    return Engine(replace(known, folders=folders, facts=facts, rules=rules))


@given(messages=st.lists(st.tuples(MESSAGES, st.booleans()), min_size=1, max_size=8))
@settings(max_examples=120)
def test_any_sequence_of_messages_goes_well_while_the_content_changes(
    engine: Engine, smaller: Engine, messages: list[tuple[Message, bool]]
):
    """Content is updated and put back in the middle of conversations."""
    session = Session(region="370500")
    for message, less in messages:
        by = smaller if less else engine
        session, changed = by.carry_over(session)
        assert by.carry_over(session) == (session, False)
        turn = by.respond(session, message, NOW, changed=changed)
        check(turn)
        session = turn.session


@given(messages=st.lists(MESSAGES, min_size=1, max_size=5))
@settings(max_examples=40)
def test_the_same_messages_get_the_same_turns(engine: Engine, messages: list[Message]):
    """No clock, no chance, nothing kept outside the session."""

    def play() -> list[Turn]:
        session, turns = Session(), []
        for message in messages:
            turns.append(engine.respond(session, message, NOW))
            session = turns[-1].session
        return turns

    assert play() == play()


@given(text=st.sampled_from(POOL), day=st.dates(date(2016, 1, 1), date(2040, 12, 31)), region=COVERED)
@settings(max_examples=60)
def test_any_day_gets_a_reply(engine: Engine, text: str, day: date, region: str):
    """Before a policy began, on its last day, long after."""
    check(engine.respond(Session(region=region), Message("c", text), datetime.combine(day, time(12), UTC)))


def test_every_single_message_of_the_pool_after_every_other_goes_well(engine: Engine):
    """Every pair of the messages above, in order."""
    for first in POOL:
        session = engine.respond(Session(), Message("c", first), NOW).session
        for second in POOL:
            check(engine.respond(session, Message("c", second), NOW))


@pytest.mark.parametrize("people", [2, 3])
@given(data=st.data())
@settings(max_examples=25)
def test_interleaved_conversations_are_as_if_alone(engine: Engine, people: int, data: st.DataObject):
    """However the messages of several people are mixed, each reads what they would have read alone."""
    scripts = {f"person{number}": data.draw(st.lists(st.sampled_from(POOL), min_size=1, max_size=4)) for number in range(people)}
    order = data.draw(st.permutations([name for name, script in scripts.items() for _ in script]))

    async def mixed() -> dict[str, list[str]]:
        heard: dict[str, list[str]] = {name: [] for name in scripts}
        queues = {name: list(script) for name, script in scripts.items()}
        async with service_in_memory(engine, NOW) as service:
            for name in order:
                heard[name].append((await service.handle(Message(name, queues[name].pop(0)))).text)
        return heard

    async def alone(name: str) -> list[str]:
        async with service_in_memory(engine, NOW) as service:
            return [(await service.handle(Message(name, text))).text for text in scripts[name]]

    together = asyncio.run(mixed())

    assert together == {name: asyncio.run(alone(name)) for name in scripts}


@given(texts=st.lists(st.sampled_from(POOL), min_size=2, max_size=6), doubled=st.integers(0, 5))
@settings(max_examples=25)
def test_a_delivery_repeated_anywhere_changes_nothing(engine: Engine, texts: list[str], doubled: int):
    """The retry gets the very same reply, and the rest of the conversation goes on as without it."""

    async def play(repeat: bool) -> list[str]:
        heard: list[str] = []
        async with service_in_memory(engine, NOW) as service:
            for number, text in enumerate(texts):
                message = Message("c", text, id=str(number))
                reply = await service.handle(message)
                if repeat and number == doubled:
                    assert await service.handle(message) == reply
                heard.append(reply.text)
        return heard

    assert asyncio.run(play(repeat=True)) == asyncio.run(play(repeat=False))
