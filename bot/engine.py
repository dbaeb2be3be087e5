"""The pure middle: session and message in, session and reply out. No clock, no disk, no chance."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.content.knowledge import Knowledge
from bot.dialogue.decision import shown_entries
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.dialogue.step import MOST_CHARACTERS, Conversation, Step
from bot.reply.compose import Composer
from bot.reply.reply import Block, Reply


@dataclass(frozen=True, slots=True)
class Record:
    """What may be logged of a turn: no words of the person, no id of theirs."""

    outcome: Outcome
    entries: tuple[str, ...]
    region: str | None
    repaired: int
    score: float | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message answered."""

    session: Session
    reply: Reply
    record: Record


class Engine:
    """Answers messages from one snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Build every part once."""
        self.knowledge = knowledge
        self.conversation = Conversation(knowledge)
        self._composer = Composer(knowledge)

    def respond(self, session: Session, message: Message, now: datetime) -> Turn:
        """The reply to a message and the session after it, as of ``now``."""
        step = self.conversation.step(session, message)
        reply = self._composer.compose(step.decision, now.date())
        after = replace(step.session, offered=reply.choices or step.session.offered)
        if after.slow and len(reply.blocks) > 1 and step.decision is after.last:
            reply, after = self._one_at_a_time(reply, after, step)
        extra = [self._composer.extra("masked")] if step.masked else []
        extra += [self._composer.extra("too_long", limit=MOST_CHARACTERS)] if step.shortened else []
        if extra:
            reply = replace(reply, blocks=(*reply.blocks, *extra))
        score = getattr(step.decision, "score", None)
        shown = min(100.0, round(score, 1)) if score is not None else None
        record = Record(reply.outcome, shown_entries(step.decision), after.region, len(step.query.changes) if step.query else 0, shown)
        return Turn(after, reply, record)

    def _one_at_a_time(self, reply: Reply, session: Session, step: Step) -> tuple[Reply, Session]:
        """The next paragraph only, for someone who listens; 下一条 brings the one after it."""
        position = session.shown
        if position >= len(reply.blocks):
            return Reply(Outcome.META, (self._composer.extra("no_more"),)), session
        shown: tuple[Block, ...] = (reply.blocks[position],)
        if position + 1 < len(reply.blocks):
            shown = (*shown, self._composer.extra("more_follows"))
        return replace(reply, blocks=shown), replace(session, shown=position + 1)
