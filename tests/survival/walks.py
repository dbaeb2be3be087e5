"""What people say to the real engine, and what it must reply."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from bot.channels.telegram_outgoing import LIMITS
from bot.dialogue.message import Message
from bot.dialogue.session import Session
from bot.engine import Engine
from bot.reply.fit import fit

_SENTENCES = (
    "我在东营",
    "换到四川",
    "我在汉寿",
    "我是常德的",
    "那吉林呢",
    "东营开网店有补贴吗",
    "残疾人创业能领什么",
    "那贷款呢",
    "能贷多少",
    "要什么材料",
    "去哪里办",
    "找谁问",
    "到期了吗",
    "第二个",
    "第一个",
    "1",
    "2",
    "下一条",
    "一条一条说",
    "再说一遍",
    "说简单点",
    "帮我查查能领哪些",
    "不清楚",
    "可以",
    "看结果",
    "不查了",
    "谢谢",
    "你是谁",
    "今天天气怎么样",
)


def walk(person: int, length: int) -> list[str]:
    """What somebody says, one after the other: always the same for the same person."""
    random = Random(person)
    return [random.choice(_SENTENCES) for _ in range(length)]


def replies(engine: Engine, texts: Sequence[str], now: datetime) -> list[str]:
    """The messages that must reach somebody who says these texts to nobody but the engine."""
    session, sent = Session(), []
    for text in texts:
        turn = engine.respond(session, Message("somebody", text), now)
        session = turn.session
        sent += fit(turn.reply, LIMITS)
    return sent
