"""What is remembered of a conversation between two messages."""

from dataclasses import dataclass

from bot.dialogue.choice import Choice
from bot.dialogue.decision import Found
from bot.dialogue.questionnaire import Questionnaire
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
