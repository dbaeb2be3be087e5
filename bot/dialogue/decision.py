"""What is decided about a message, before any words are chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.dialogue.outcome import Outcome
from bot.dialogue.questionnaire import Clash
from bot.eligibility.answers import Answer as FactAnswer
from bot.eligibility.next_question import Question
from bot.eligibility.verdict import Judgement


class Manner(StrEnum):
    """How several entries stand in one answer."""

    SINGLE = "single"
    COMPARE = "compare"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of an answer, and what the question asked of it.

    ``corrections`` are said first. ``unconditional`` marks a question that takes it for a gift (白给), ``repaid`` a loan taken for one.
    """

    entry_id: str
    corrections: tuple[str, ...] = ()
    unconditional: bool = False
    repaid: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Entries that answer the question; ``also`` were close and are offered in a line each.

    ``question`` (squeezed) tells which details are worth their room in the reply; ``heads`` is how many people it names;
    ``again`` that the reply before was about the same policy.
    """

    parts: tuple[Part, ...]
    manner: Manner
    aspects: tuple[str, ...]
    region: str | None
    also: tuple[str, ...] = ()
    ask_region: bool = False
    question: str = ""
    heads: int | None = None
    again: bool = False
    score: float | None = None
    outcome: Outcome = Outcome.ANSWER


@dataclass(frozen=True, slots=True)
class Clarify:
    """Up to three entries the question may mean."""

    entry_ids: tuple[str, ...]
    region: str | None
    score: float | None = None
    outcome: Outcome = Outcome.CLARIFY


@dataclass(frozen=True, slots=True)
class ByRegion:
    """No place is known and several have an answer: one entry each, then the question where."""

    entry_ids: tuple[str, ...]
    outcome: Outcome = Outcome.CLARIFY


@dataclass(frozen=True, slots=True)
class AskRegion:
    """Nothing can be said before the place is known."""

    outcome: Outcome = Outcome.CLARIFY


@dataclass(frozen=True, slots=True)
class Overview:
    """The measures of a policy that matter most to the person."""

    policy_id: str
    entry_ids: tuple[str, ...]
    region: str | None
    outcome: Outcome = Outcome.ANSWER


@dataclass(frozen=True, slots=True)
class RefuseTopic:
    """A topic no document here deals with."""

    topic_id: str
    region: str | None
    outcome: Outcome = Outcome.REFUSE


@dataclass(frozen=True, slots=True)
class RefusePlace:
    """A place no document here covers; ``near`` are policies of the same city or province."""

    code: str
    near: tuple[str, ...]
    outcome: Outcome = Outcome.REFUSE


@dataclass(frozen=True, slots=True)
class RefuseElsewhere:
    """Something that only another place's document has, asked for here."""

    entry_id: str
    region: str
    outcome: Outcome = Outcome.REFUSE


@dataclass(frozen=True, slots=True)
class RefuseUnsure:
    """Nothing found that surely answers; ``nearest`` may be what was meant."""

    region: str | None
    nearest: tuple[str, ...]
    outcome: Outcome = Outcome.REFUSE


@dataclass(frozen=True, slots=True)
class Say:
    """A fixed reply by its wording key; ``count`` is how many choices there are to name."""

    key: str
    outcome: Outcome
    region: str | None = None
    count: int = 0
    text: str = ""


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
    """The next question of the questionnaire; ``noted`` is what was just understood, ``ticks`` what was picked of a list so far."""

    question: Question
    lead: Lead = Lead.NONE
    noted: Mapping[str, FactAnswer] = field(default_factory=dict)
    ticks: frozenset[int] = frozenset()
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class ConfirmHeard:
    """What was heard before the questionnaire began, to be confirmed before it counts."""

    heard: Mapping[str, FactAnswer]
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class AskEnded:
    """Every policy of the place has ended or not begun: whether to look all the same."""

    policy_ids: tuple[str, ...]
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class AskConsent:
    """Before the first sensitive question: what, why, how long it is kept, and that it may be left out."""

    noted: Mapping[str, FactAnswer] = field(default_factory=dict)
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class OfferResults:
    """Enough is known to show results: so many questions asked, so many of the measures decided."""

    asked: int
    decided: int
    total: int
    noted: Mapping[str, FactAnswer] = field(default_factory=dict)
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class AskClash:
    """Two things said that do not go together; ``before`` is what was said first."""

    clash: Clash
    before: FactAnswer
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class AskWhichAnswer:
    """Something said before was wrong, but not which: what may be changed."""

    answers: Mapping[str, FactAnswer]
    outcome: Outcome = Outcome.QUESTION


@dataclass(frozen=True, slots=True)
class ShowResults:
    """The measures judged; ``not_judged`` are those of the place that nobody can be judged on, ``open_`` tells that questions are left."""

    judgements: tuple[Judgement, ...]
    not_judged: tuple[str, ...]
    open_: bool
    noted: Mapping[str, FactAnswer] = field(default_factory=dict)
    outcome: Outcome = Outcome.VERDICT


@dataclass(frozen=True, slots=True)
class ShowJudgement:
    """One measure judged, in full; ``alone`` when it is the only one asked about."""

    judgement: Judgement
    open_: bool
    noted: Mapping[str, FactAnswer] = field(default_factory=dict)
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
    answers: Mapping[str, FactAnswer] | None
    outcome: Outcome = Outcome.VERDICT


InterviewDecision = (
    AskFact
    | ConfirmHeard
    | AskEnded
    | AskConsent
    | OfferResults
    | AskClash
    | AskWhichAnswer
    | ShowResults
    | ShowJudgement
    | ShowFailing
    | ShowSheet
)
Decision = (
    Answer
    | Clarify
    | ByRegion
    | AskRegion
    | Overview
    | RefuseTopic
    | RefusePlace
    | RefuseElsewhere
    | RefuseUnsure
    | Say
    | InterviewDecision
)


def shown_entries(decision: Decision) -> tuple[str, ...]:
    """The ids of the entries a decision is about, the main one first."""
    match decision:
        case Answer(parts=parts, also=also):
            return (*(part.entry_id for part in parts), *also)
        case Clarify(entry_ids=ids) | ByRegion(entry_ids=ids) | Overview(entry_ids=ids):
            return ids
        case RefuseUnsure(nearest=ids):
            return ids
        case _:
            return ()
