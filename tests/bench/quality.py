"""How good answers are: right, wrong, refused, by the first measure an answer is about or by the whole reply."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from system import Answered

from bot.dialogue.outcome import Outcome
from bot.staff.golden import Case, Result


@dataclass(frozen=True, slots=True)
class Quality:
    """Percentages over the questions that have an answer; ``refused_rightly`` over those that are out of scope."""

    answerable: int
    right: float
    wrong: float
    refused: float
    asked_back: float
    out_of_scope: int
    refused_rightly: float


def is_answerable(case: Case) -> bool:
    """Whether a case expects an answer about a measure of one place."""
    return case.outcome == (Outcome.ANSWER,) and bool(case.measures) and len(case.policy) == 1


def is_out_of_scope(case: Case) -> bool:
    """Whether nothing but a refusal is right."""
    return case.outcome == (Outcome.REFUSE,)


def by_first_measure(answered: Iterable[Answered], codes: Mapping[str, str | None], threshold: float) -> Quality:
    """Answers judged by the code of the first entry alone; one that scores below the threshold counts as a refusal."""
    return _quality((one.case, *_judged(one, codes, threshold)) for one in answered)


def by_whole_reply(results: Iterable[Result]) -> Quality:
    """Our replies as the golden questions judge them: outcome, measures, figures said, validity first."""
    return _quality((result.case, str(result.turn.reply.outcome), not result.faults) for result in results)


def best_threshold(answered: Iterable[Answered], codes: Mapping[str, str | None]) -> float:
    """The lowest score to answer at that gets most cases right, answers and refusals counted alike."""
    listed = [one for one in answered if is_answerable(one.case) or is_out_of_scope(one.case)]

    def right(threshold: float) -> int:
        judged = ((one.case, *_judged(one, codes, threshold)) for one in listed)
        return sum(outcome == Outcome.REFUSE if is_out_of_scope(case) else good for case, outcome, good in judged)

    return max(sorted({0.0, *(one.score for one in listed)}), key=right)


def _judged(one: Answered, codes: Mapping[str, str | None], threshold: float) -> tuple[str, bool]:
    outcome = Outcome.REFUSE if one.outcome == Outcome.ANSWER and one.score < threshold else one.outcome
    return outcome, outcome == Outcome.ANSWER and codes.get(one.entry or "") in one.case.measures


def _quality(judged: Iterable[tuple[Case, str, bool]]) -> Quality:
    answerable: list[tuple[str, bool]] = []
    out_of_scope: list[str] = []
    for case, outcome, good in judged:
        if is_answerable(case):
            answerable.append((outcome, good))
        elif is_out_of_scope(case):
            out_of_scope.append(outcome)

    def share(outcomes: Iterable[bool], count: int) -> float:
        return 100 * sum(outcomes) / count if count else 0.0

    count = len(answerable)
    return Quality(
        count,
        share((good for _, good in answerable), count),
        share((outcome == Outcome.ANSWER and not good for outcome, good in answerable), count),
        share((outcome == Outcome.REFUSE for outcome, _ in answerable), count),
        share((outcome not in (Outcome.ANSWER, Outcome.REFUSE) for outcome, _ in answerable), count),
        len(out_of_scope),
        share((outcome == Outcome.REFUSE for outcome in out_of_scope), len(out_of_scope)),
    )
