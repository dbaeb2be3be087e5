"""An engine that only says back what it hears, for tests of what is around it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from bot.content.wording import Wording
from bot.dialogue.choice import Choice
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.engine import Record, Turn
from bot.reply.reply import Block, Reply

WORDING = {
    "telegram_about": "扶持政策问答",
    "command_start": "开始",
    "command_help": "怎么用",
    "command_check": "查我符合哪些",
    "command_mydata": "看记了我什么",
    "command_restart": "重新开始",
    "command_forget": "忘记我",
    "error": "出错了，请再发一次。",
    "too_fast": "慢一点。",
    "busy": "人太多。",
    "forgotten": "都删掉了。",
}


class EchoEngine:
    """Says back what it hears, unless a reply is laid out for a text; what is to fail fails. ``history`` in a session is all it heard."""

    def __init__(self, note: Callable[[str], str] = "听到：{}".format) -> None:
        self.heard: list[Message] = []
        self.replies: dict[str, Reply] = {}
        self.knowledge: Any = SimpleNamespace(wording=Wording(WORDING))
        self.carried: list[Session] = []
        self.loses = False
        self._note = note

    def respond(self, session: Session, message: Message, now: datetime, *, changed: bool = False) -> Turn:
        self.heard.append(message)
        if message.text == "弄坏":
            raise RuntimeError(f"{message.text} {message.conversation}")
        history = f"{session.question or ''}{message.text}"
        reply = self.replies.get(message.text or "", reply_of("（资料变了）" if changed else "", self._note(message.text or "")))
        forgotten = message.text == "忘记我"
        after = Session() if forgotten else replace(session, question=history)
        return Turn(after, reply, Record(reply.outcome, (), None, 0, None, forgotten=forgotten))

    def carry_over(self, session: Session) -> tuple[Session, bool]:
        self.carried.append(session)
        return session, self.loses

    def must_be_met(self, text: str) -> bool:
        return "不想活" in text or text == "忘记我"


def reply_of(*paragraphs: str, choices: tuple[Choice, ...] = ()) -> Reply:
    """A reply of these paragraphs, without the empty ones."""
    return Reply(Outcome.ANSWER, tuple(Block((paragraph,)) for paragraph in paragraphs if paragraph), choices)
