"""One message answered within the store's transaction, and what came of it."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bot.allowance import Allowance
from bot.content.knowledge import Knowledge
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session, is_finished
from bot.engine import Record, Turn
from bot.reply.reply import Block, Reply
from bot.storage.records import Answered, Waiting
from bot.telemetry import error_name


class Answering(Protocol):
    """What the service needs of the engine."""

    @property
    def knowledge(self) -> Knowledge:
        """The content it answers from."""

    def respond(self, session: Session, message: Message, now: datetime, *, changed: bool = False) -> Turn:
        """The reply to a message and the session after it."""

    def carry_over(self, session: Session) -> tuple[Session, bool]:
        """A session of other content made fit for this one, and whether something of a questionnaire was lost."""

    def must_be_met(self, text: str) -> bool:
        """Whether a message is one that no limit may stand before."""


class OneTurn:
    """One message being answered: what the store calls within its transaction, and what came of it. It may be called again."""

    def __init__(self, engine: Answering, version: str, allowance: Allowance, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._version = version
        self._allowance = allowance
        self._clock = clock
        self.waiting: Waiting | None = None
        self.reply: Reply | None = None
        self.record: Record | None = None
        self.error: str | None = None
        self.took_ms = 0.0
        self.is_limited = False
        self.has_forgotten = False

    def answer(self, waiting: Waiting) -> Answered:
        """The answer to the message that waits, an apology where the engine fails."""
        self.waiting, self.record, self.error = waiting, None, None
        started = time.perf_counter()
        answered = self._left(waiting) or self._limited(waiting) or self._answered(waiting)
        self.took_ms = round((time.perf_counter() - started) * 1000, 1)
        self.reply, self.has_forgotten = answered.reply, answered.forget
        return answered

    def _left(self, waiting: Waiting) -> Answered | None:
        """Whoever has left is forgotten, in the order of what they sent before and after."""
        if not waiting.is_gone:
            return None
        return Answered(Session(), Reply(Outcome.META, ()), self._version, send=False, forget=True)

    def _limited(self, waiting: Waiting) -> Answered | None:
        """Whoever writes too fast is told so once and then not answered; despair is always met."""
        over = waiting.recent - self._allowance.messages_per_minute
        self.is_limited = over > 0 and not (waiting.message.text and self._engine.must_be_met(waiting.message.text))
        if not self.is_limited:
            return None
        reply = say(self._engine.knowledge, "too_fast", Outcome.REFUSE)
        return self._unmoved(waiting, reply, send=over == 1)

    def _unmoved(self, waiting: Waiting, reply: Reply, *, send: bool = True) -> Answered:
        """A reply that leaves the conversation where it was."""
        finished = is_finished(waiting.session)
        return Answered(waiting.session, reply, waiting.knowledge or self._version, send=send, finished=finished)

    def _answered(self, waiting: Waiting) -> Answered:
        try:
            session, is_changed = waiting.session, waiting.is_lost
            if waiting.knowledge not in ("", self._version):
                session, lost = self._engine.carry_over(session)
                is_changed = is_changed or lost
            turn = self._engine.respond(session, waiting.message, self._clock(), changed=is_changed)
        except Exception as error:  # the person must not be left without an answer, nor the conversation stuck
            self.error = error_name(error)
            reply = say(self._engine.knowledge, "error", Outcome.ERROR)
            return self._unmoved(waiting, reply)
        self.record = record = turn.record
        return Answered(
            turn.session,
            turn.reply,
            self._version,
            region=record.region,
            forget=record.forgotten,
            finished=is_finished(turn.session),
            unanswered=record.unanswered,
            helpful=record.helpful,
            about=record.about,
        )


def say(knowledge: Knowledge, key: str, outcome: Outcome) -> Reply:
    """A fixed sentence as a reply."""
    return Reply(outcome, (Block((knowledge.wording.say(key),)),))
