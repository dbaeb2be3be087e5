"""The pure middle: session and message in, session and reply out. No clock, no disk, no chance."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.content.knowledge import Knowledge
from bot.dialogue.carry_over import is_answer_in_vain, news_of_change
from bot.dialogue.decision import Found, Say, shown_entries
from bot.dialogue.interview_decision import ShowVerdicts
from bot.dialogue.keeping import Keeping
from bot.dialogue.lessons import Lessons
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.dialogue.step import MOST_CHARACTERS, Conversation, Step
from bot.reply.compose import Composer
from bot.reply.reply import Block, Reply, followed

_LINES_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Record:
    """What may be logged of a turn: no words of the person, no id of theirs.

    ``helpful`` tells that the person praised an answer, or that it was not what they wanted; ``about`` are its entries. ``forgotten``
    tells that they asked to have everything deleted.

    ``unanswered`` is the exception: a question nothing was found for, masked. It is for the store of unanswered questions alone, and
    never for a log.
    """

    outcome: Outcome
    entries: tuple[str, ...]
    region: str | None
    repaired: int
    score: float | None
    helpful: bool | None = None
    about: tuple[str, ...] = ()
    forgotten: bool = False
    unanswered: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message answered."""

    session: Session
    reply: Reply
    record: Record


class Engine:
    """Answers messages from one snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, *, keeping: Keeping | None = None) -> None:
        """Build every part once; ``keeping`` is what people are told of how long things are kept."""
        self.knowledge = knowledge
        self.keeping = keeping or Keeping()
        self.conversation = Conversation(knowledge)
        self._lessons = Lessons(knowledge)
        self._composer = Composer(knowledge, self.keeping)

    def respond(self, session: Session, message: Message, now: datetime, *, changed: bool = False) -> Turn:
        """The reply to a message and the session after it, as of ``now``; ``changed`` tells that new content cost it a questionnaire."""
        step = self.conversation.step(session, message, now.date())
        news = news_of_change(session, step.decision) if changed else None
        if news is not None and is_answer_in_vain(step.decision):
            step = Step(Say(news, Outcome.META), session, masked=step.masked, shortened=step.shortened)
            news = None
        reply = self._composer.compose(step.decision, now.date())
        if step.then is not None:
            reply = followed(reply, self._composer.compose(step.then, now.date()))
        after = replace(step.session, offered=reply.choices or step.session.offered)
        if after.slow and isinstance(step.decision, Found | ShowVerdicts) and reply.outcome is not Outcome.REFUSE:
            reply, after = self._one_at_a_time(reply, after)
        if news is not None:
            reply = replace(reply, blocks=(self._composer.extra(news), *reply.blocks))
        extra = [self._composer.extra("masked")] if step.masked else []
        extra += [self._composer.extra("too_long", limit=MOST_CHARACTERS)] if step.shortened else []
        if extra:
            reply = replace(reply, blocks=(*reply.blocks, *extra))
        return Turn(after, reply, self._record(session, message, step, reply.outcome))

    def carry_over(self, session: Session) -> tuple[Session, bool]:
        """A session of other content made fit for this one, and whether something of a questionnaire was lost."""
        return self.conversation.carry_over(session)

    def must_be_met(self, text: str) -> bool:
        """Whether a message is one that no limit may stand before: somebody in despair, or who wants everything deleted."""
        return self.conversation.must_be_met(text)

    def _record(self, before: Session, message: Message, step: Step, outcome: Outcome) -> Record:
        helpful, about = self._lessons.opinion(step.decision, before)
        score = getattr(step.decision, "score", None)
        return Record(
            outcome,
            shown_entries(step.decision),
            step.session.region,
            len(step.query.changes) if step.query else 0,
            min(100.0, round(score, 1)) if score is not None else None,
            helpful,
            about,
            isinstance(step.decision, Say) and step.decision.key == "forgotten",
            self._lessons.unanswered(step.decision, message.text),
        )

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
