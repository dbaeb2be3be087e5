"""Thresholds from the golden questions: where fewest replies are wrong without many more being refused."""

import re
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import date

from bot.content.ranking import Thresholds
from bot.dialogue.decide import Decider
from bot.dialogue.outcome import Outcome
from bot.engine import Engine
from bot.retrieval.entry import Entry
from bot.retrieval.query import Query
from bot.retrieval.rank import Candidate, Ranker
from bot.retrieval.understand import Understanding
from bot.staff.golden import Case, Judge

_ANSWERS = tuple(range(10, 31, 2))
_MARGINS = (0, 2, 4, 6, 8, 10, 12)
_OFFERS = tuple(range(4, 21, 2))
_RIGHT_GIVEN_UP = 1.0
"""How many points of right replies fewer wrong ones may cost."""

Number = int | float


@dataclass(frozen=True, slots=True)
class Point:
    """Three thresholds and what they lead to, in percent.

    Of all questions, ``wrong`` are confident answers that are not right and ``right`` replies without any fault. Of those that should be
    answered, ``withheld`` are refused or met with a question.
    """

    answer: Number
    offer: Number
    margin: Number
    wrong: float
    withheld: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Where the thresholds stand, where they stand best, and for each what happens when it alone is moved from its best."""

    count: int
    current: Point
    best: Point
    curves: tuple[tuple[str, tuple[Point, ...]], ...]


def calibrate(engine: Engine, cases: Iterable[Case], day: date, progress: Callable[[int], None] = lambda points: None) -> Calibration:
    """The best thresholds by the cases that are not held back; ``progress`` is told how many settings have been tried."""
    trial = _Trial(engine, [case for case in cases if not case.held_back], day, progress)
    now = engine.knowledge.ranking.thresholds
    current = trial.point(now.answer, now.offer, now.margin)
    answers, margins = sorted({*_ANSWERS, now.answer}), sorted({*_MARGINS, now.margin})
    grid = [trial.point(answer, now.offer, margin) for answer in answers if answer >= now.offer for margin in margins]
    coarse = _best(grid, current)
    offers = [offer for offer in sorted({*_OFFERS, now.offer}) if offer <= coarse.answer]
    best = _best([trial.point(coarse.answer, offer, coarse.margin) for offer in offers], current)
    curves = (
        ("answer", tuple(trial.point(answer, best.offer, best.margin) for answer in answers if answer >= best.offer)),
        ("margin", tuple(trial.point(best.answer, best.offer, margin) for margin in margins)),
        ("offer", tuple(trial.point(best.answer, offer, best.margin) for offer in offers)),
    )
    return Calibration(trial.count, current, best, curves)


def with_thresholds(text: str, values: dict[str, Number]) -> str:
    r"""The text of ``ranking.yaml`` with other thresholds; comments, order and everything else stay.

    >>> with_thresholds("thresholds:\n  answer: 34 # sure\n", {"answer": 40})
    'thresholds:\n  answer: 40 # sure\n'
    """
    before, heading, after = text.partition("thresholds:")
    for name, value in values.items():
        after, found = re.subn(rf"(?m)^(\s+{name}:\s*)[-\d.]+", rf"\g<1>{value:g}", after, count=1)
        if not found:
            raise ValueError(f"no threshold {name}")
    return before + heading + after


def _best(points: Iterable[Point], current: Point) -> Point:
    """The point with fewest wrong answers of those that are right nearly as often as any; of equals the one nearest to where we are."""
    listed = list(points)
    most = max(point.right for point in listed)
    good = [point for point in listed if point.right >= most - _RIGHT_GIVEN_UP]

    def rank(point: Point) -> tuple[float, float, float]:
        moved = abs(point.answer - current.answer) + abs(point.offer - current.offer) + abs(point.margin - current.margin)
        return point.wrong, -point.right, moved

    return min(good, key=rank)


class _Trial:
    """The same questions under many thresholds; what does not depend on them is worked out once."""

    def __init__(self, engine: Engine, cases: list[Case], day: date, progress: Callable[[int], None]) -> None:
        self._engine = copy(engine)
        self._engine.conversation = copy(engine.conversation)
        self._understanding = _Understanding(engine.conversation.understanding)
        self._ranker = _Ranker(engine.conversation.ranker)
        self._engine.conversation.understanding = self._understanding
        self._engine.conversation.ranker = self._ranker
        self._cases = cases
        self._judge = Judge(self._engine, day)
        self._progress = progress
        self._points: dict[tuple[Number, Number, Number], Point] = {}
        self.count = len(cases)

    def point(self, answer: Number, offer: Number, margin: Number) -> Point:
        """What three thresholds lead to."""
        key = (answer, offer, margin)
        if key not in self._points:
            self._points[key] = self._measured(answer, offer, margin)
            self._progress(len(self._points))
        return self._points[key]

    def _measured(self, answer: Number, offer: Number, margin: Number) -> Point:
        knowledge = self._engine.knowledge
        thresholds: Thresholds = knowledge.ranking.thresholds.model_copy(update={"answer": answer, "offer": offer, "margin": margin})
        moved = replace(knowledge, ranking=knowledge.ranking.model_copy(update={"thresholds": thresholds}))
        conversation = self._engine.conversation
        conversation.decider = Decider(moved, self._understanding, self._ranker, conversation.listener)
        results = list(self._judge.results(self._cases))
        answerable = [result for result in results if Outcome.ANSWER in result.case.outcome]
        withheld = sum(result.turn.reply.outcome in (Outcome.REFUSE, Outcome.CLARIFY) for result in answerable)
        return Point(
            answer,
            offer,
            margin,
            wrong=_percent(sum(result.wrong_answer for result in results), len(results)),
            withheld=_percent(withheld, len(answerable)),
            right=_percent(sum(not result.faults for result in results), len(results)),
        )


class _Understanding(Understanding):
    """Understands each text once."""

    def __init__(self, inner: Understanding) -> None:
        vars(self).update(vars(inner))
        self._queries: dict[str, Query] = {}

    def query(self, typed: str) -> Query:
        if typed not in self._queries:
            self._queries[typed] = super().query(typed)
        return self._queries[typed]


class _Ranker(Ranker):
    """Ranks each query once among the same entries."""

    def __init__(self, inner: Ranker) -> None:
        vars(self).update(vars(inner))
        self._rankings: dict[tuple[Query, tuple[int, ...]], tuple[Candidate, ...]] = {}

    def rank(self, query: Query, allowed: Callable[[Entry], bool] = lambda entry: True) -> tuple[Candidate, ...]:
        key = (query, tuple(index for index, entry in enumerate(self.entries) if allowed(entry)))
        if key not in self._rankings:
            self._rankings[key] = super().rank(query, allowed)
        return self._rankings[key]


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
