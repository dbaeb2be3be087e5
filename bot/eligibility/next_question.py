"""Which question to ask next: the one expected to settle the most measures for the least effort."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.content.fact import Fact, FactType, Topic
from bot.eligibility.answers import Absence, Known, Members, Span, exactly
from bot.eligibility.cells import cells, weight
from bot.eligibility.conditions import Leaf, asked_leaves
from bot.eligibility.judge import Judge
from bot.eligibility.ticking import Item
from bot.eligibility.truth import Truth
from bot.eligibility.view import View

LONGEST_LIST = 6
"""A list of things to tick is read aloud to some people."""
_LIST_EFFORT = 1.2
_WAITING_COUNTS = 0.15
"""A measure that waits for a fact counts so much of one that its answer settles: what many wait for comes early."""
_TOPIC_GAIN = 2
"""A question about something else must promise so many times as much."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: a fact with the ``cells`` that make a difference, or several things to tick (``items``), never both.

    ``decides`` are the measures that wait for an answer.
    """

    facts: tuple[str, ...]
    cells: tuple[Known, ...]
    items: tuple[Item, ...]
    decides: tuple[str, ...]

    @property
    def fact_id(self) -> str:
        """The fact it is about, the first of a list."""
        return self.facts[0]


class Asker:
    """Chooses questions. Build once for a snapshot of the knowledge."""

    def __init__(self, judge: Judge) -> None:
        """Prepare what is tested of each fact."""
        self._judge = judge
        self._tests: dict[str, dict[str, tuple[Leaf, ...]]] = {}
        for entry_id, judged in judge.measures.items():
            found: dict[str, list[Leaf]] = {}
            for leaf in asked_leaves(judged.condition):
                found.setdefault(leaf.asked, []).append(leaf)
            self._tests[entry_id] = {fact: tuple(leaves) for fact, leaves in found.items()}

    def next(self, view: View, scope: Collection[str], *, shut: Collection[str] = (), topic: Topic | None = None) -> Question | None:
        """The next question for the measures in ``scope``, or None when no answer would settle any more.

        ``shut`` are facts not to be asked (again); ``topic`` is what the question before was about.
        """
        waiting = self.waiting(view, scope, shut)
        facts = dict.fromkeys(fact for live in waiting.values() for fact in live)
        wholes = dict.fromkeys(whole for fact in facts if (whole := self._unasked_whole(fact, view, shut)))
        candidates = [*wholes, *(fact for fact in facts if self._may_ask(fact, waiting))]
        if not candidates:
            return None
        singles = {fact: self._single(fact, view, waiting) for fact in candidates}
        gains = {fact: self._gain(question, view, waiting) for fact, question in singles.items()}
        offers = [(gains[fact], question) for fact, question in singles.items()]
        offers += [(self._list_gain(listed, gains), listed) for listed in self._lists(singles, gains)]
        best = max(offers, key=lambda offer: offer[0])
        close = max((offer for offer in offers if self._topic(offer[1]) is topic), key=lambda offer: offer[0], default=None)
        if close is not None and 0 < best[0][0] <= close[0][0] * _TOPIC_GAIN:
            best = close
        return best[1]

    def about(self, fact_ids: Sequence[str], view: View, scope: Collection[str]) -> Question:
        """The question about a fact, or the list about several, whether or not it is the best; every answer may be given."""
        waiting = self.waiting(view, scope, ())
        asked = [self._single(fact_id, view, waiting, open_to_all=True) for fact_id in fact_ids]
        if len(asked) == 1:
            return asked[0]
        items = tuple(item for question in asked for item in question.items or (Item(question.fact_id),))
        return Question(tuple(fact_ids), (), items, tuple(dict.fromkeys(entry_id for question in asked for entry_id in question.decides)))

    def waiting(self, view: View, scope: Collection[str], shut: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The measures that are not settled, each with the facts that can still be asked for it."""
        found = {}
        for entry_id in scope:
            live = self._judge.live_facts(self._judge.measures[entry_id], view)
            open_ = tuple(fact for fact in live if fact not in shut and not isinstance(view.answers.get(fact), Absence))
            if open_:
                found[entry_id] = open_
        return found

    def _topic(self, question: Question) -> Topic:
        return self._judge.facts[question.fact_id].topic

    def _unasked_whole(self, fact_id: str, view: View, shut: Collection[str]) -> str | None:
        """The larger number a fact is part of, if nothing is known of it: none at all means none of any part."""
        whole = self._judge.book.parts.get(fact_id)
        return whole if whole is not None and whole not in shut and whole not in view.known else None

    def _may_ask(self, fact_id: str, waiting: Mapping[str, tuple[str, ...]]) -> bool:
        """A sensitive fact only where some measure waits for nothing else."""
        if not self._judge.facts[fact_id].sensitive:
            return True
        return any(fact_id in live and all(self._judge.facts[other].sensitive for other in live) for live in waiting.values())

    def _single(self, fact_id: str, view: View, waiting: Mapping[str, tuple[str, ...]], *, open_to_all: bool = False) -> Question:
        fact = self._judge.facts[fact_id]
        decides = tuple(entry_id for entry_id, live in waiting.items() if fact_id in live)
        open_ = [leaf for entry_id in decides for leaf in self._tests[entry_id][fact_id] if view.truth(leaf) is Truth.UNKNOWN]
        parts = {part for part, whole in self._judge.book.parts.items() if whole == fact_id}
        if parts and not open_:
            decides = tuple(entry_id for entry_id, live in waiting.items() if not parts.isdisjoint(live))
            return Question((fact_id,), (exactly(0), Span(1, None)), (), decides)
        possible = cells(fact, open_, None if open_to_all else view.known.get(fact_id), view.as_of)
        if fact.type is FactType.SET:
            every = tuple(Item(fact.id, option.id) for option in fact.options) if open_to_all else ()
            return Question((fact_id,), (), _members_to_tick(fact, possible) or every, decides)
        return Question((fact_id,), possible, (), decides)

    def _lists(self, singles: Mapping[str, Question], gains: Mapping[str, tuple[float, float]]) -> list[Question]:
        """Things to tick together: yes-or-no facts and sets, the most telling, those of one topic side by side."""
        groups: dict[bool, list[str]] = {}
        for fact_id in singles:
            fact = self._judge.facts[fact_id]
            if fact.type in {FactType.BOOL, FactType.SET}:
                groups.setdefault(fact.sensitive, []).append(fact_id)
        found = []
        topics = list(Topic)
        for group in groups.values():
            items: list[Item] = []
            decides: dict[str, None] = {}
            for fact_id in sorted(group, key=lambda fact_id: gains[fact_id], reverse=True):
                question = singles[fact_id]
                more = question.items or (Item(fact_id),)
                if len(items) + len(more) <= LONGEST_LIST:
                    items += more
                    decides |= dict.fromkeys(question.decides)
            items.sort(key=lambda item: topics.index(self._judge.facts[item.fact_id].topic))
            facts = tuple(dict.fromkeys(item.fact_id for item in items))
            if len(facts) > 1:
                found.append(Question(facts, (), tuple(items), tuple(decides)))
        return found

    def _list_gain(self, listed: Question, gains: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
        together = [gains[fact] for fact in listed.facts]
        return sum(gain for gain, _ in together) / _LIST_EFFORT, sum(live for _, live in together) / _LIST_EFFORT

    def _gain(self, question: Question, view: View, waiting: Mapping[str, tuple[str, ...]]) -> tuple[float, float]:
        """What a question promises for the effort: measures expected to be settled with a share of those that wait, then how many wait."""
        fact = self._judge.facts[question.fact_id]
        possible = question.cells or _ticked(question.items)
        weights = [weight(fact, cell) for cell in possible]
        total = sum(weights) or 1.0
        affected = self._judge.book.bears_on(question.fact_id)
        touched = [entry_id for entry_id, live in waiting.items() if not affected.isdisjoint(live)]
        settled = 0.0
        for cell, share in zip(possible, weights, strict=True):
            after = view.with_answer(question.fact_id, cell)
            settled += share * sum(self._judge.is_settled(self._judge.measures[entry_id], after) for entry_id in touched)
        waits = len(question.decides)
        return (settled / total + _WAITING_COUNTS * waits) / fact.effort, waits / fact.effort


def _members_to_tick(fact: Fact, possible: tuple[Known, ...]) -> tuple[Item, ...]:
    """The members that some answers have and others lack."""
    sets = [cell for cell in possible if isinstance(cell, Members)]
    members = {member for cell in sets for member in cell.has} & {member for cell in sets for member in cell.lacks}
    return tuple(Item(fact.id, option.id) for option in fact.options if option.id in members)


def _ticked(items: tuple[Item, ...]) -> tuple[Known, ...]:
    """Each thing alone, and none of them."""
    members = frozenset(item.member for item in items if item.member)
    return (*(Members(frozenset((member,)), members - {member}) for member in sorted(members)), Members(frozenset(), members))
