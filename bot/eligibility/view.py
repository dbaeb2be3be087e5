"""What is known on a day: what was said, what follows from it, and the months since a date."""

from collections.abc import Mapping
from datetime import date

from bot.content.fact import Fact
from bot.content.months import add_months, whole_months
from bot.eligibility.answers import NEVER, NO, YES, Absence, Answer, Answers, Days, Known, OneOf, Span, disjoint, exactly, on, one
from bot.eligibility.conditions import Every, Leaf, Node, holds
from bot.eligibility.truth import OPPOSITE, Truth


class FactBook:
    """All facts and what follows from what. Build once for a snapshot of the knowledge."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        """Prepare what each option implies."""
        self.facts = facts
        self.options: dict[str, frozenset[str]] = {}
        self.months_of: dict[str, str] = {}
        self.parts: dict[str, str] = {fact.id: fact.part_of for fact in facts.values() if fact.part_of is not None}
        self._implied: dict[tuple[str, str], dict[str, Known]] = {}
        self._implies: set[str] = set()
        for fact in facts.values():
            if fact.derived is not None:
                if fact.derived.months_since is not None:
                    self.months_of[fact.id] = fact.derived.months_since
                continue
            if fact.yes is not None and fact.no is not None:
                choices = {YES: fact.yes.implies, NO: fact.no.implies}
            else:
                choices = {option.id: option.implies for option in fact.options}
            self.options[fact.id] = frozenset(choices)
            for option, implies in choices.items():
                if implies:
                    self._implies.add(fact.id)
                    self._implied[fact.id, option] = {target: _known(value) for target, value in implies.items()}
        self._bears_on: dict[str, frozenset[str]] = {}

    def completed(self, answers: Answers) -> dict[str, Answer]:
        """The answers with everything that follows from them; what was said itself is never changed, only narrowed."""
        known = dict(answers)
        for _ in self._implies:
            before = len(known), sum(len(answer.ids) for answer in known.values() if isinstance(answer, OneOf))
            self._follow(known)
            if before == (len(known), sum(len(answer.ids) for answer in known.values() if isinstance(answer, OneOf))):
                break
        for part, whole in self.parts.items():
            most = known.get(whole)
            if isinstance(most, Span) and most.high is not None:
                own = known.get(part)
                low, high = (own.low, own.high) if isinstance(own, Span) else (0, None)
                if low <= most.high and (high is None or high > most.high):
                    known[part] = Span(low, most.high)
        return known

    def bears_on(self, fact: str) -> frozenset[str]:
        """The facts an answer to this one may tell something about, itself among them."""
        if fact not in self._bears_on:
            found = {fact}
            fresh = [fact]
            while fresh:
                one_fact = fresh.pop()
                near = {target for (source, _), implied in self._implied.items() if source == one_fact for target in implied}
                near |= {source for (source, _), implied in self._implied.items() if one_fact in implied}
                near |= {part for part, whole in self.parts.items() if whole == one_fact}
                fresh += near - found
                found |= near
            self._bears_on[fact] = frozenset(found)
        return self._bears_on[fact]

    def clashes(self, answers: Answers) -> tuple[tuple[str, str], ...]:
        """Pairs of facts that were both said and cannot both be true."""
        found = []
        for (fact, option), implied in self._implied.items():
            if answers.get(fact) != one(option):
                continue
            for target, value in implied.items():
                said = answers.get(target)
                if said is not None and not isinstance(said, Absence) and disjoint(said, value):
                    found.append((fact, target))
        return tuple(found)

    def _follow(self, known: dict[str, Answer]) -> None:
        for fact in self._implies:
            said = known.get(fact)
            possible = said.ids if isinstance(said, OneOf) else self.options[fact]
            if any(target in known for option in possible for target in self._implied.get((fact, option), ())):
                left = frozenset(option for option in possible if not self._excluded(fact, option, known))
                if left and left != possible:
                    possible = left
                    known[fact] = OneOf(left)
            if len(possible) == 1:
                for target, value in self._implied.get((fact, next(iter(possible))), {}).items():
                    if target not in known or isinstance(known[target], Absence):
                        known[target] = value

    def _excluded(self, fact: str, option: str, known: Mapping[str, Answer]) -> bool:
        for target, value in self._implied.get((fact, option), {}).items():
            said = known.get(target)
            if said is not None and not isinstance(said, Absence) and disjoint(said, value):
                return True
        return False


class View:
    """What is known on a day. ``answers`` is what was said; ``known`` adds what follows from it."""

    __slots__ = ("_months", "_truths", "answers", "as_of", "book", "known")

    def __init__(self, book: FactBook, answers: Answers, as_of: date) -> None:
        """See the answers as on a day."""
        self.book = book
        self.answers = answers
        self.as_of = as_of
        self.known = book.completed(answers)
        self._months: dict[tuple[str, bool], Span | None] = {}
        self._truths: dict[object, Truth] = {}

    def with_answer(self, fact: str, answer: Answer) -> "View":
        """The view after one more answer."""
        return View(self.book, {**self.answers, fact: answer}, self.as_of)

    def value(self, fact: str, *, begun: bool = False) -> Answer | None:
        """What is known of a fact. Months are counted to the day of the view; with ``begun`` one that has begun counts whole.

        What has not happened has lasted -1 months.
        """
        source = self.book.months_of.get(fact)
        if source is None:
            return self.known.get(fact)
        if (fact, begun) not in self._months:
            days = self.known.get(source)
            count = Span(self._count(days.high, begun), self._count(days.low, begun)) if isinstance(days, Days) else None
            self._months[fact, begun] = count
        return self._months[fact, begun]

    def truth(self, node: Node) -> Truth:
        """How a condition stands, in strong Kleene logic."""
        if isinstance(node, Leaf):
            truth = self._truths.get(node.token)
            if truth is None:
                truth = (
                    holds(node.test, self.value(node.fact, begun=node.test.at_most is not None))
                    if node.inner is None
                    else self.truth(node.inner)
                )
                self._truths[node.token] = truth
            return OPPOSITE[truth] if node.negated else truth
        if isinstance(node, Every):
            least = Truth.YES
            for part in node.parts:
                truth = self.truth(part)
                if truth is Truth.NO:
                    return truth
                least = min(least, truth)
            return least
        greatest = Truth.NO
        for part in node.parts:
            truth = self.truth(part)
            if truth is Truth.YES:
                return truth
            greatest = max(greatest, truth)
        return greatest

    def _count(self, day: date, begun: bool) -> int:
        if day > self.as_of:
            return -1
        months = whole_months(day, self.as_of)
        return months + 1 if begun and add_months(day, months) < self.as_of else months


def _known(value: bool | int | str) -> Known:
    if isinstance(value, bool):
        return one(YES if value else NO)
    if isinstance(value, int):
        return exactly(value)
    return on(NEVER) if value == "never" else one(value)
