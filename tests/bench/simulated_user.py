"""People made up by chance: a truth about every fact that fits together, and how they answer a question about it."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bot.content.fact import Fact, FactType
from bot.content.policy import Policy
from bot.eligibility.answers import (
    ELSEWHERE,
    NEVER,
    NO,
    YES,
    Absence,
    Answer,
    Days,
    Known,
    Members,
    OneOf,
    Span,
    Within,
    exactly,
    on,
    one,
)
from bot.eligibility.next_question import Question
from bot.eligibility.ticking import Item, ticked
from bot.eligibility.view import FactBook

UNSURE_SHARE = 0.05
HOUSEHOLD_HERE = 0.8
NOUGHT_SHARE = 0.6
"""How many people a number without an upper end is 0 for: most employ nobody."""
HIGHEST_COUNT, HIGHEST_MONEY = 15, 600_000
NEVER_SHARE = 0.3
LONGEST_AGO = 1500
"""A date that has come lies at most so many days back."""


@dataclass(frozen=True, slots=True)
class SimulatedUser:
    """Somebody with a truth for every fact; of those in ``unsure`` they say that they do not know."""

    place: Within
    truth: dict[str, Known]
    unsure: frozenset[str]

    def reply(self, question: Question) -> dict[str, Answer]:
        """What they answer."""
        if not question.items:
            return {question.fact_id: self._said(question.fact_id)}
        unsure = [item for item in question.items if item.fact_id in self.unsure]
        return ticked(question.items, [item for item in question.items if item not in unsure and self._is_so(item)], unsure)

    def _said(self, fact_id: str) -> Answer:
        return Absence.UNSURE if fact_id in self.unsure else self.truth[fact_id]

    def _is_so(self, item: Item) -> bool:
        truth = self.truth[item.fact_id]
        return item.member in truth.has if isinstance(truth, Members) else truth == one(YES)


def draw(book: FactBook, policy: Policy, day: date, number: int) -> SimulatedUser:
    """The user with that number of a policy, always the same one: who lives where it holds, and is what the ``usual`` weights say."""
    rng = Random(f"{policy.id} {number}")
    place = Within(rng.choice(policy.regions))
    truth: dict[str, Known] = {"place": place}
    known = book.completed(truth)
    for fact in book.facts.values():
        if fact.derived is None and fact.id not in truth:
            truth[fact.id] = _drawn(fact, known.get(fact.id), place, day, rng)
            if len(book.bears_on(fact.id)) > 1:
                known = book.completed(truth)
    return SimulatedUser(place, truth, frozenset(fact_id for fact_id in truth if rng.random() < UNSURE_SHARE))


def _drawn(fact: Fact, implied: Answer | None, place: Within, day: date, rng: Random) -> Known:
    match fact.type:
        case FactType.BOOL | FactType.ENUM:
            if fact.yes is not None and fact.no is not None:
                weights = {YES: fact.yes.usual, NO: fact.no.usual}
            else:
                weights = {option.id: option.usual for option in fact.options}
            possible = [option for option in weights if not isinstance(implied, OneOf) or option in implied.ids]
            return one(rng.choices(possible, [weights[option] for option in possible])[0])
        case FactType.SET:
            has = frozenset(option.id for option in fact.options if rng.random() * 100 < option.usual)
            return Members(has, frozenset(option.id for option in fact.options) - has)
        case FactType.INTEGER | FactType.MONEY:
            return exactly(_number(fact, implied if isinstance(implied, Span) else Span(fact.lowest, fact.highest), rng))
        case FactType.DATE:
            if implied == on(NEVER) or (fact.never is not None and rng.random() < NEVER_SHARE):
                return on(NEVER)
            assert not isinstance(implied, Days)
            return on(day - timedelta(days=rng.randint(1, LONGEST_AGO)))
        case FactType.REGION:
            return place if rng.random() < HOUSEHOLD_HERE else Within(ELSEWHERE)


def _number(fact: Fact, span: Span, rng: Random) -> int:
    if fact.highest is None and rng.random() < NOUGHT_SHARE:
        return span.low
    usual = HIGHEST_MONEY if fact.type is FactType.MONEY else HIGHEST_COUNT
    return rng.randint(span.low, usual if span.high is None else span.high)
