"""The pure middle: session and message in, session and reply out. No clock, no disk, no chance."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.content.knowledge import Knowledge
from bot.dialogue.decision import Found, shown_entries
from bot.dialogue.interview_decision import ShowVerdicts
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.dialogue.step import MOST_CHARACTERS, Conversation
from bot.reply.compose import Composer
from bot.reply.reply import Block, Reply, followed

_LINES_AT_ONCE = 3


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
        step = self.conversation.step(session, message, now.date())
        reply = self._composer.compose(step.decision, now.date())
        if step.then is not None:
            reply = followed(reply, self._composer.compose(step.then, now.date()))
        after = replace(step.session, offered=reply.choices or step.session.offered)
        if after.slow and isinstance(step.decision, Found | ShowVerdicts) and reply.outcome is not Outcome.REFUSE:
            reply, after = self._one_at_a_time(reply, after)
        extra = [self._composer.extra("masked")] if step.masked else []
        extra += [self._composer.extra("too_long", limit=MOST_CHARACTERS)] if step.shortened else []
        if extra:
            reply = replace(reply, blocks=(*reply.blocks, *extra))
        score = getattr(step.decision, "score", None)
        shown = min(100.0, round(score, 1)) if score is not None else None
        record = Record(reply.outcome, shown_entries(step.decision), after.region, len(step.query.changes) if step.query else 0, shown)
        return Turn(after, reply, record)

    def in_distress(self, text: str) -> bool:
        """Whether a message is one that the crisis reply must meet: no limit, list or question may stand before that."""
        return self.conversation.in_distress(text)

    def _one_at_a_time(self, reply: Reply, session: Session) -> tuple[Reply, Session]:
        """The next few lines only, for someone who listens, warnings first; 下一条 brings those after them."""
        warnings = [line for block in reply.blocks if block.warning for line in block.lines]
        rest = [line for block in reply.blocks if not block.warning for line in block.lines]
        lines = [*warnings, *rest]
        first = len(warnings) + _LINES_AT_ONCE
        pieces = [lines[:first], *(lines[at : at + _LINES_AT_ONCE] for at in range(first, len(lines), _LINES_AT_ONCE))]
        position = session.shown
        if position >= len(pieces):
            return Reply(Outcome.META, (self._composer.extra("no_more"),)), session
        shown = [Block(tuple(pieces[position]))]
        if position + 1 < len(pieces):
            shown.append(self._composer.extra("more_follows"))
        return replace(reply, blocks=tuple(shown)), replace(session, shown=position + 1)
