"""What is known on a day: what was said, what follows from it, and the months since a date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.content.fact import Fact
from bot.content.months import add_months, whole_months
from bot.eligibility.answers import NEVER, NO, YES, Absence, Answer, Answers, Days, Known, OneOf, Span, disjoint, exactly, on, one
from bot.eligibility.conditions import Either, Every, Leaf, Node, holds
from bot.eligibility.truth import OPPOSITE, Truth


@dataclass(frozen=True, slots=True)
class _Link:
    """A fact some option of which implies others: what each such option implies, and all that any of them does."""

    fact: str
    options: frozenset[str]
    implied: Mapping[str, Mapping[str, Known]]
    targets: frozenset[str]


class FactBook:
    """All facts and what follows from what. Build once for a snapshot of the knowledge."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        """Prepare what each option implies."""
        self.facts = facts
        self.options: dict[str, frozenset[str]] = {}
        self.months_of: dict[str, str] = {}
        self.parts: dict[str, str] = {fact.id: fact.part_of for fact in facts.values() if fact.part_of is not None}
        self._implied: dict[tuple[str, str], dict[str, Known]] = {}
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
                    self._implied[fact.id, option] = {target: _known(value) for target, value in implies.items()}
        self._links = self._linked()
        linked = {name for link in self._links for name in (link.fact, *link.targets)}
        self._alone = frozenset(facts) - linked - {*self.parts, *self.parts.values()}
        self._bears_on: dict[str, frozenset[str]] = {}

    def completed(self, answers: Answers) -> dict[str, Answer]:
        """The answers with everything that follows from them; what was said itself is never changed, only narrowed."""
        known = dict(answers)
        for _ in self._links:
            if not self._follow(known):
                break
        for part, whole in reversed(self.parts.items()):
            least, most = known.get(part), known.get(whole)
            if isinstance(least, Span):
                low, high = (most.low, most.high) if isinstance(most, Span) else (0, None)
                if low < least.low and (high is None or least.low <= high):
                    known[whole] = Span(least.low, high)
        for part, whole in self.parts.items():
            most = known.get(whole)
            if isinstance(most, Span) and most.high is not None:
                own = known.get(part)
                low, high = (own.low, own.high) if isinstance(own, Span) else (0, None)
                if low <= most.high and (high is None or high > most.high):
                    known[part] = Span(low, most.high)
        return known

    def is_alone(self, fact: str) -> bool:
        """Whether an answer to a fact tells nothing about others, nor they about it."""
        return fact in self._alone

    def bears_on(self, fact: str) -> frozenset[str]:
        """The facts an answer to this one may tell something about, itself among them."""
        if fact not in self._bears_on:
            found = {fact}
            fresh = [fact]
            while fresh:
                one_fact = fresh.pop()
                near = {target for (source, _), implied in self._implied.items() if source == one_fact for target in implied}
                near |= {source for (source, _), implied in self._implied.items() if one_fact in implied}
                near |= {other for pair in self.parts.items() if one_fact in pair for other in pair}
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
        for part, whole in self.parts.items():
            least, most = answers.get(part), answers.get(whole)
            if isinstance(least, Span) and isinstance(most, Span) and most.high is not None and least.low > most.high:
                found.append((part, whole))
        return tuple(found)

    def _linked(self) -> tuple[_Link, ...]:
        links = []
        for fact in dict.fromkeys(fact for fact, _ in self._implied):
            implied = {option: values for (source, option), values in self._implied.items() if source == fact}
            targets = frozenset(target for values in implied.values() for target in values)
            links.append(_Link(fact, self.options[fact], implied, targets))
        return tuple(links)

    def _follow(self, known: dict[str, Answer]) -> bool:
        """Add what follows in one step; whether that was anything."""
        found = False
        for link in self._links:
            said = known.get(link.fact)
            possible = said.ids if isinstance(said, OneOf) else link.options
            if not known.keys().isdisjoint(link.targets):
                out = {option for option, implied in link.implied.items() if option in possible and _excluded(implied, known)}
                if 0 < len(out) < len(possible):
                    possible -= out
                    known[link.fact] = OneOf(possible)
                    found = True
            if len(possible) < len(link.options):
                first, *others = (link.implied.get(option, {}) for option in possible)
                for target, value in first.items():
                    told = known.get(target)
                    fits = told is None or isinstance(told, Absence) or not disjoint(told, value)
                    if told != value and fits and all(other.get(target) == value for other in others):
                        known[target] = value
                        found = True
        return found


class View:
    """What is known on a day. ``answers`` is what was said; ``known`` adds what follows from it."""

    __slots__ = ("_after", "_changed", "_months", "_truths", "_truths_before", "answers", "as_of", "book", "known")

    def __init__(self, book: FactBook, answers: Answers, as_of: date) -> None:
        """See the answers as on a day."""
        self._see(book, answers, as_of, book.completed(answers))

    def with_answer(self, fact: str, answer: Answer) -> "View":
        """The view after one more answer."""
        return self.with_answers(((fact, answer),))

    def with_answers(self, more: tuple[tuple[str, Answer], ...]) -> "View":
        """The view after more answers, kept for the next time; conditions that do not depend on what changes stand as they stood."""
        view = self._after.get(more)
        if view is None:
            answers = {**self.answers, **dict(more)}
            alone = all(self.book.is_alone(fact) for fact, _ in more)
            view = View.__new__(View)
            view._see(self.book, answers, self.as_of, {**self.known, **dict(more)} if alone else self.book.completed(answers))
            affected = {other for fact, _ in more for other in self.book.bears_on(fact)}
            view._changed = frozenset(fact for fact in affected if view.known.get(fact) != self.known.get(fact))
            view._truths_before = self._truths
            self._after[more] = view
        return view

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
        truth = self._truths.get(node.token)
        if truth is None:
            if self._truths_before and self._changed.isdisjoint(node.facts):
                truth = self._truths_before.get(node.token)
            if truth is None:
                truth = self._of_leaf(node) if isinstance(node, Leaf) else self._of_parts(node)
            self._truths[node.token] = truth
        return truth

    def _see(self, book: FactBook, answers: Answers, as_of: date, known: dict[str, Answer]) -> None:
        self.book = book
        self.answers = answers
        self.as_of = as_of
        self.known = known
        self._months: dict[tuple[str, bool], Span | None] = {}
        self._truths: dict[object, Truth] = {}
        self._truths_before: Mapping[object, Truth] = {}
        self._changed: frozenset[str] = frozenset()
        self._after: dict[tuple[tuple[str, Answer], ...], View] = {}

    def _of_leaf(self, leaf: Leaf) -> Truth:
        """By what is known of its fact, or by the condition behind it."""
        if leaf.inner is None:
            truth = holds(leaf.test, self.value(leaf.fact, begun=leaf.test.at_most is not None))
        else:
            truth = self.truth(leaf.inner)
        return OPPOSITE[truth] if leaf.negated else truth

    def _of_parts(self, node: Every | Either) -> Truth:
        """As the part that decides alone, else unknown if one part is."""
        deciding, found = (Truth.NO, Truth.YES) if isinstance(node, Every) else (Truth.YES, Truth.NO)
        for part in node.parts:
            truth = self.truth(part)
            if truth is deciding:
                return truth
            if truth is Truth.UNKNOWN:
                found = truth
        return found

    def _count(self, day: date, begun: bool) -> int:
        if day > self.as_of:
            return -1
        months = whole_months(day, self.as_of)
        return months + 1 if begun and add_months(day, months) < self.as_of else months


def _excluded(implied: Mapping[str, Known], known: Mapping[str, Answer]) -> bool:
    """Whether something an option implies is known not to be so."""
    for target, value in implied.items():
        said = known.get(target)
        if said is not None and not isinstance(said, Absence) and disjoint(said, value):
            return True
    return False


def _known(value: bool | int | str) -> Known:
    if isinstance(value, bool):
        return one(YES if value else NO)
    if isinstance(value, int):
        return exactly(value)
    return on(NEVER) if value == "never" else one(value)
