"""What is remembered of a conversation between two messages."""

from dataclasses import dataclass

from bot.dialogue.choice import Choice
from bot.dialogue.decision import Decision
from bot.dialogue.questionnaire import Questionnaire


@dataclass(frozen=True, slots=True)
class Session:
    """State of one conversation; it holds no name and no number.

    ``region`` is the user's place (GB/T 2260). ``question`` is the last policy question, normalised and masked; ``about`` are the
    entries last answered. ``offered`` may be chosen by number or words. ``last`` is what was said last; with ``slow``, ``shown`` tells
    how many of its paragraphs have been said. ``questionnaire`` holds facts about the person.
    """

    region: str | None = None
    question: str | None = None
    about: tuple[str, ...] = ()
    offered: tuple[Choice, ...] = ()
    last: Decision | None = None
    slow: bool = False
    shown: int = 0
    questionnaire: Questionnaire | None = None
