"""What is decided about a message, before any words are chosen."""

from dataclasses import dataclass
from enum import StrEnum

from bot.dialogue.interview_decision import InterviewDecision
from bot.dialogue.outcome import Outcome
from bot.dialogue.questionnaire import Waiting
from bot.dialogue.said_verdict import SaidVerdict
from bot.eligibility.answers import Answers
from bot.eligibility.ticking import Item


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


@dataclass(frozen=True, slots=True)
class ShowHeld:
    """Everything held of the person, for them to see.

    ``entry_ids`` were told or offered last. ``answers`` were given in a questionnaire; ``unsure`` is what was heard and not settled,
    ``ticked`` what was picked of a list so far. ``has_position`` tells that it is remembered what was said last;
    ``waiting`` is how a questionnaire stands, if there is one.
    """

    region: str | None
    question: str | None
    entry_ids: tuple[str, ...]
    answers: Answers
    unsure: Answers
    ticked: tuple[Item, ...]
    consent: bool | None
    is_slow: bool
    has_position: bool
    waiting: Waiting | None
    outcome: Outcome = Outcome.META


Found = Answer | Clarify | ByRegion | AskRegion | Overview | RefuseTopic | RefusePlace | RefuseElsewhere | RefuseUnsure
"""What a policy question gets. It is remembered as it is."""

Decision = Found | Say | ShowHeld | InterviewDecision


def shown_entries(decision: Decision | SaidVerdict) -> tuple[str, ...]:
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
