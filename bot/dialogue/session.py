"""What is remembered of a conversation between two messages."""

from dataclasses import dataclass, replace

from bot.dialogue.choice import QUESTIONNAIRE_CHOICES, Choice
from bot.dialogue.decision import Answer, Found
from bot.dialogue.questionnaire import Questionnaire, Waiting
from bot.dialogue.said_verdict import SaidVerdict

Remembered = Found | SaidVerdict
"""What can be said again."""


@dataclass(frozen=True, slots=True)
class Session:
    """State of one conversation; it holds no name and no number. It is stored between two messages, so all of it are plain values.

    ``region`` is the user's place (GB/T 2260). ``question`` is the last policy question, normalised and masked; ``about`` are the
    entries last answered. ``offered`` may be chosen by number or words. ``last`` is what was said last; with ``slow``, ``shown`` tells
    how many of its paragraphs have been said. ``questionnaire`` holds facts about the person.
    """

    region: str | None = None
    question: str | None = None
    about: tuple[str, ...] = ()
    offered: tuple[Choice, ...] = ()
    last: Remembered | None = None
    slow: bool = False
    shown: int = 0
    questionnaire: Questionnaire | None = None


def is_finished(session: Session) -> bool:
    """Whether a questionnaire shows its results: nothing is asked any more."""
    return session.questionnaire is not None and session.questionnaire.waiting is Waiting.RESULTS


def without_facts(session: Session) -> Session:
    """The session without anything a person told of themselves: questionnaire, verdicts, their choices, the words of the last question.

    What stays is the place, the entries answered and the pace.
    """
    last = session.last
    if isinstance(last, SaidVerdict):
        last = None
    elif isinstance(last, Answer):
        last = replace(last, question="", heads=None)
    is_of_it = any(choice.id.partition(":")[0] in QUESTIONNAIRE_CHOICES for choice in session.offered)
    offered = () if is_of_it else session.offered
    return replace(session, question=None, questionnaire=None, offered=offered, last=last, shown=0 if last is None else session.shown)
