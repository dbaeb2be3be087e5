"""Lists of measures, for questions that name no single one: all that matters here, or all of one kind of help."""

from collections.abc import Callable

from bot.content.knowledge import Knowledge
from bot.content.measure import Audience, Kind, Measure
from bot.dialogue.decision import Overview
from bot.retrieval.query import Query
from bot.retrieval.understand import Understanding

_LONGEST = 6
_FEW = 2
"""Up to so many measures of one kind are answered, more are listed."""
_OWN_BUSINESS = frozenset({Audience.DISABLED_ENTREPRENEUR, Audience.DISABLED_PERSON, Audience.SOLE_TRADER})
_MONEY = {
    Kind.ONE_OFF_SUBSIDY,
    Kind.START_UP_SUBSIDY,
    Kind.LOAN,
    Kind.TRAINING,
    Kind.TRAINING_ALLOWANCE,
    Kind.INTEREST_SUBSIDY,
    Kind.SOCIAL_INSURANCE_SUBSIDY,
    Kind.ENTREPRENEUR_SUPPORT,
}


class Overviews:
    """Lists measures of a policy. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, understanding: Understanding) -> None:
        """Prepare the measures of each policy."""
        self._understanding = understanding
        self._measures: dict[str, list[Measure]] = {}
        for policy, measure in knowledge.measures():
            self._measures.setdefault(policy.id, []).append(measure)
        self._covers = {entry.id: entry.covers for entry in knowledge.lexicon.kinds}

    def of_policy(self, policy_id: str, region: str | None, wanted: frozenset[Audience] = frozenset()) -> Overview:
        """The measures that matter most to a person, money first; to one with a business of their own if nobody is ``wanted``."""
        people = wanted or _OWN_BUSINESS
        return self._listed(policy_id, region, self._measures[policy_id], lambda own: (-2 * _fit(people, own) - (own.kind in _MONEY),))

    def of_a_kind(self, query: Query, region: str, policy_id: str) -> Overview | None:
        """The list for a question that names one kind of help and nothing else (有没有培训), if there are several of that kind."""
        narrow = query.narrow_kinds
        if len(narrow) != 1 or query.narrow_audiences or query.numbers or self._understanding.leftover(query):
            return None
        covers = self._covers[narrow[0]]
        own = [measure for measure in self._measures[policy_id] if measure.kind in covers]
        if len(own) <= _FEW:
            return None
        people = self._understanding.audiences_fit(query) or _OWN_BUSINESS
        return self._listed(policy_id, region, own, lambda own: (not _fit(people, own), covers.index(own.kind), -_fit(people, own)))

    def _listed(self, policy_id: str, region: str | None, own: list[Measure], order: Callable[[Measure], tuple[int, ...]]) -> Overview:
        first = sorted(own, key=order)[:_LONGEST]
        return Overview(policy_id, tuple(f"{policy_id}/{measure.id}" for measure in first), region)


def _fit(people: frozenset[Audience], measure: Measure) -> int:
    return len(people & set(measure.audience))
