"""What is decided in a questionnaire, before any words are chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.dialogue.outcome import Outcome
from bot.dialogue.questionnaire import Clash
from bot.eligibility.answers import Answer
from bot.eligibility.next_question import Question
from bot.eligibility.verdict import Judgement


class Lead(StrEnum):
    """What is said before a question is asked (again)."""

    NONE = ""
    BEGIN = "begin"
    MISREAD = "misread"
    RESUMED = "resumed"
    BACK = "back"
    MOVED = "moved"
    SPARED = "spared"
    NOTHING_BEFORE = "nothing_before"
    WHY = "why"
    HOW = "how"
    DECLINED = "declined"
    NUMBER_OR_CHOICE = "number_or_choice"


@dataclass(frozen=True, slots=True)
class AskFact:
    """The next question of the questionnaire; ``noted`` is what was just understood, ``ticks`` what was picked of a list so far.

    ``number`` is what was typed where it may be how many or which choice.
    """

    question: Question
    lead: Lead = Lead.NONE
    noted: Mapping[str, Answer] = field(default_factory=dict)
    ticks: frozenset[int] = frozenset()
    number: int | None = None
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class ConfirmHeard:
    """What was heard before the questionnaire began, to be confirmed before it counts."""

    heard: Mapping[str, Answer]
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class AskEnded:
    """Every policy of the place has ended or not begun: whether to look all the same."""

    policy_ids: tuple[str, ...]
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class AskConsent:
    """Before the first sensitive question: what, why, how long it is kept, and that it may be left out."""

    noted: Mapping[str, Answer] = field(default_factory=dict)
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class OfferResults:
    """Enough is known to show results: so many questions asked, so many of the measures decided."""

    asked: int
    decided: int
    total: int
    noted: Mapping[str, Answer] = field(default_factory=dict)
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class AskClash:
    """Two things said that do not go together; ``before`` is what was said first."""

    clash: Clash
    before: Answer
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class AskWhichAnswer:
    """Something said before was wrong, but not which: what may be changed."""

    answers: Mapping[str, Answer]
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class ShowResults:
    """The measures judged; ``not_judged`` are those of the place that nobody can be judged on, ``open_`` tells that questions are left."""

    judgements: tuple[Judgement, ...]
    not_judged: tuple[str, ...]
    open_: bool
    noted: Mapping[str, Answer] = field(default_factory=dict)
    outcome: Outcome = Outcome.VERDICT


@dataclass(frozen=True, slots=True)
class ShowJudgement:
    """One measure judged, in full; ``alone`` when it is the only one asked about."""

    judgement: Judgement
    open_: bool
    noted: Mapping[str, Answer] = field(default_factory=dict)
    alone: bool = False
    outcome: Outcome = Outcome.VERDICT


@dataclass(frozen=True, slots=True)
class ShowFailing:
    """The measures that do not fit now, each with what is in the way."""

    judgements: tuple[Judgement, ...]
    outcome: Outcome = Outcome.VERDICT


@dataclass(frozen=True, slots=True)
class ShowSheet:
    """The results as a sheet to pass on or print; ``answers`` only when the person wants them on it."""

    judgements: tuple[Judgement, ...]
    answers: Mapping[str, Answer] | None
    outcome: Outcome = Outcome.VERDICT


ShowVerdicts = ShowResults | ShowJudgement | ShowFailing | ShowSheet
"""What is judged; a session remembers it as ``SaidVerdict``."""

InterviewDecision = AskFact | ConfirmHeard | AskEnded | AskConsent | OfferResults | AskClash | AskWhichAnswer | ShowVerdicts
