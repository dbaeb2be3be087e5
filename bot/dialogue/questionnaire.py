"""What is remembered of a questionnaire: what was said, what was asked, and what it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.eligibility.answers import Answer
from bot.eligibility.next_question import Question


class Waiting(StrEnum):
    """What the next message is expected to be."""

    PLACE = "place"
    ENDED = "ended"
    HEARD = "heard"
    CONSENT = "consent"
    ANSWER = "answer"
    OFFER = "offer"
    CLASH = "clash"
    RESULTS = "results"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Clash:
    """Something said that does not go with something said before: a fact with its new answer, and the one it disagrees with."""

    fact_id: str
    answer: Answer
    other: str


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """State of one questionnaire; everything else follows from ``answers``.

    ``scope`` are the measures judged; ``single`` tells that one measure was asked about. ``asked`` are the questions answered so far,
    in order, each by its facts; ``ticks`` the things of the present list that were picked one by one. ``heard`` waits to be
    confirmed. ``consent`` is None until sensitive questions were agreed to or refused. ``changing`` is what was waited for before an
    earlier answer was asked for once more.
    """

    scope: tuple[str, ...]
    waiting: Waiting
    single: bool = False
    answers: Mapping[str, Answer] = field(default_factory=dict)
    asked: tuple[tuple[str, ...], ...] = ()
    question: Question | None = None
    ticks: frozenset[int] = frozenset()
    heard: Mapping[str, Answer] = field(default_factory=dict)
    clash: Clash | None = None
    consent: bool | None = None
    offered: bool = False
    changing: Waiting | None = None
