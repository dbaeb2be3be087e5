"""Rules and what is known to verdicts, with reasons, repairs and dates."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from bot.content.condition import Change, Test
from bot.content.knowledge import Knowledge
from bot.content.measure import Measure, Standing
from bot.content.months import add_months
from bot.content.policy import Policy, Validity
from bot.content.rule import Rule
from bot.eligibility.answers import NEVER, Absence, Answers, Days, OneOf, Span
from bot.eligibility.cells import cells
from bot.eligibility.conditions import Either, Every, Leaf, Node, asked_leaves, compile_condition
from bot.eligibility.truth import Truth
from bot.eligibility.verdict import Blocked, Judgement, Repair, Verdict
from bot.eligibility.view import FactBook, View

AREA = "area"
"""The id of the condition every rule has: the place lies in the policy's regions."""

_MOST_REPAIRS = 2
_MOST_COMBINATIONS = 200


@dataclass(frozen=True, slots=True)
class JudgedMeasure:
    """A measure with its rule ready to be judged.

    ``repeated`` are facts that occur more than once in it, ``checks`` what else it needs.
    """

    entry_id: str
    policy: Policy
    measure: Measure
    rule: Rule
    condition: Node
    facts: frozenset[str]
    repeated: tuple[tuple[str, tuple[Leaf, ...]], ...]
    additions: tuple[tuple[Node, str], ...]
    checks: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "checks", tuple(prose.say for prose in self.rule.also_needed))


class Judge:
    """Judges measures. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Prepare every rule."""
        self.facts = knowledge.facts
        self.book = FactBook(knowledge.facts)
        self._tokens: dict[tuple[object, ...], object] = {}
        self.measures: dict[str, JudgedMeasure] = {}
        self.not_individual: dict[str, str] = {}
        area_say: Callable[..., str] = knowledge.wording.say
        for policy, measure in knowledge.measures():
            entry_id = f"{policy.id}/{measure.id}"
            rule = knowledge.rules.get(entry_id)
            if rule is None:
                continue
            if rule.when is None:
                self.not_individual[entry_id] = rule.not_individual or ""
                continue
            self.measures[entry_id] = self._prepare(entry_id, policy, measure, rule, area_say("rule_area", area=policy.place))

    def judge(self, entry_id: str, view: View) -> Judgement:
        """One measure judged by what is known."""
        judged = self.measures[entry_id]
        truth = self.truth(judged, view)
        validity = judged.policy.validity_on(view.as_of)
        firm = validity is not Validity.NOT_STATED and judged.measure.standing in {Standing.BENEFIT, Standing.SERVICE}
        repair = _few_repairs(judged.condition, view) if truth is Truth.NO else None
        match truth:
            case Truth.YES:
                otherwise = Verdict.MATCH if firm and not judged.checks else Verdict.MATCH_CHECK
            case Truth.UNKNOWN:
                otherwise = Verdict.UNKNOWN
            case _:
                otherwise = Verdict.NEAR if _is_near(repair) else Verdict.NOT_NOW
        closed = validity in {Validity.ENDED, Validity.NOT_YET} and otherwise is not Verdict.NOT_NOW
        live = dict.fromkeys(_live(judged.condition, view)) if truth is Truth.UNKNOWN else {}
        if repair is not None:
            live = dict.fromkeys(leaf.asked for open_ in repair.open_ for leaf in asked_leaves(open_) if _is_open(leaf, view))
        needs = tuple(live)
        unsure = tuple(fact for fact in needs if isinstance(view.answers.get(fact), Absence))
        return Judgement(
            entry_id,
            Verdict.CLOSED if closed else otherwise,
            otherwise,
            tuple(_blocked(judged.condition, view)) if truth is Truth.NO else (),
            repair if otherwise is Verdict.NEAR else None,
            tuple(_met(judged.condition, view)),
            needs,
            unsure,
            judged.checks,
            tuple(_heads(judged, view)),
            tuple(say for node, say in judged.additions if view.truth(node) is Truth.YES),
            truth is Truth.YES or not needs,
        )

    def judge_all(self, answers: Answers, as_of: date, scope: Collection[str] | None = None) -> tuple[Judgement, ...]:
        """Every measure of the scope judged on a day; all measures that can be judged without a scope."""
        view = View(self.book, answers, as_of)
        return tuple(self.judge(entry_id, view) for entry_id in self.measures if scope is None or entry_id in scope)

    def truth(self, judged: JudgedMeasure, view: View) -> Truth:
        """How a rule stands: by Kleene logic, and where one fact occurs twice, by whether every possible answer to it agrees."""
        truth = view.truth(judged.condition)
        if truth is not Truth.UNKNOWN or not judged.repeated:
            return truth
        options = [
            (fact, cells(self.facts[fact], found, view.known.get(fact), view.as_of, subsets=True)) for fact, found in judged.repeated
        ]
        options = [(fact, possible) for fact, possible in options if len(possible) > 1]
        total = 1
        for _, possible in options:
            total *= len(possible)
        if not options or total > _MOST_COMBINATIONS:
            return truth
        seen: set[Truth] = set()
        for combination in product(*([(fact, answer) for answer in possible] for fact, possible in options)):
            seen.add(view.with_answers(combination).truth(judged.condition))
            if len(seen) > 1 or Truth.UNKNOWN in seen:
                return truth
        return seen.pop()

    def live_facts(self, judged: JudgedMeasure, view: View) -> tuple[str, ...]:
        """The facts that can be asked and still matter to a measure; none once it is settled."""
        truth = self.truth(judged, view)
        if truth is Truth.YES:
            return ()
        if truth is Truth.UNKNOWN:
            return tuple(dict.fromkeys(_live(judged.condition, view)))
        repair = _few_repairs(judged.condition, view)
        if repair is None:
            return ()
        return tuple(dict.fromkeys(leaf.asked for open_ in repair.open_ for leaf in asked_leaves(open_) if _is_open(leaf, view)))

    def is_settled(self, judged: JudgedMeasure, view: View) -> bool:
        """Whether no fact matters any more to a measure: as if there were no ``live_facts``, without listing them."""
        truth = self.truth(judged, view)
        if truth is not Truth.NO:
            return truth is Truth.YES
        repair = _few_repairs(judged.condition, view)
        return repair is None or not repair.open_

    def _prepare(self, entry_id: str, policy: Policy, measure: Measure, rule: Rule, area_say: str) -> JudgedMeasure:
        assert rule.when is not None
        area = Test.model_validate({"id": AREA, "fact": rule.area, "within": policy.regions, "say": area_say, "change": Change.NEVER})
        condition = compile_condition(rule.when, self.facts, self._tokens)
        parts = condition.parts if isinstance(condition, Every) else (condition,)
        condition = Every((compile_condition(area, self.facts, self._tokens), *parts))
        found = [(leaf.asked, leaf) for leaf in asked_leaves(condition)]
        counts = Counter(fact for fact, _ in found)
        repeated = tuple((fact, tuple(leaf for other, leaf in found if other == fact)) for fact, count in counts.items() if count > 1)
        additions = tuple((compile_condition(addition.when, self.facts, self._tokens), addition.say) for addition in rule.additions)
        return JudgedMeasure(entry_id, policy, measure, rule, condition, frozenset(counts), repeated, additions)


def _is_open(leaf: Leaf, view: View) -> bool:
    return view.truth(leaf) is Truth.UNKNOWN


def _live(node: Node, view: View) -> Iterator[str]:
    """The facts behind the tests that keep an open condition so."""
    if not isinstance(node, Leaf):
        for part in node.parts:
            if view.truth(part) is Truth.UNKNOWN:
                yield from _live(part, view)
    elif node.inner is None:
        yield node.asked
    else:
        yield from _live(node.inner, view)


def _is_near(repair: Repair | None) -> bool:
    """Whether little is missing: time alone, or something to do while all else is known to hold."""
    return repair is not None and (not repair.open_ or repair.ready_on is not None)


def _met(node: Node, view: View) -> Iterator[Leaf]:
    """The tests that hold and count: of a choice only those of the alternatives that hold."""
    if isinstance(node, Leaf):
        if view.truth(node) is Truth.YES:
            yield node
        return
    for part in node.parts:
        if isinstance(node, Every) or view.truth(part) is Truth.YES:
            yield from _met(part, view)


def _blocked(node: Node, view: View) -> list[Blocked]:
    """The fewest tests that make a failing condition fail; where any of several would do, each with what it lacks."""
    if isinstance(node, Leaf):
        return [Blocked(((node,),))]
    failing = [_blocked(part, view) for part in node.parts if view.truth(part) is Truth.NO]
    if isinstance(node, Every):
        return [blocked for found in failing for blocked in found]
    ways: list[tuple[Leaf, ...]] = []
    for found in failing:
        # an alternative that is itself a choice offers its ways one by one
        ways += found[0].ways if len(found) == 1 else [tuple(leaf for blocked in found for leaf in blocked.leaves)]
    return [Blocked(tuple(ways), node.say)]


def _few_repairs(node: Node, view: View) -> Repair | None:
    """What would make a condition hold, if that is something and not too much."""
    repair = _repair(node, view)
    return repair if repair is not None and 0 < len(repair.leaves) <= _MOST_REPAIRS else None


def _repair(node: Node, view: View) -> Repair | None:
    """The least that would make a condition hold, or None if nothing lawful would."""
    match node:
        case Leaf():
            return _repaired(node, view)
        case Every(parts=parts):
            found = Repair()
            for part in parts:
                if view.truth(part) is Truth.YES:
                    continue
                more = _repair(part, view)
                if more is None:
                    return None
                found = Repair(
                    (*found.leaves, *more.leaves),
                    (*found.open_, *more.open_),
                    _later(found.ready_on, more.ready_on),
                    _later(found.ready_from, more.ready_from),
                )
            return found
        case Either(parts=parts):
            ways = [way for way in (_repair(part, view) for part in parts) if way is not None]
            return min(ways, key=lambda way: (len(way.leaves), len(way.open_), way.ready_on or date.min), default=None)


def _repaired(leaf: Leaf, view: View) -> Repair | None:
    truth = view.truth(leaf)
    if truth is not Truth.NO:
        return Repair(open_=(leaf,) if truth is Truth.UNKNOWN else ())
    test = leaf.test
    if leaf.change is Change.ACT:
        answer = view.value(leaf.fact)
        if test.only_from is not None and not (isinstance(answer, OneOf) and answer.ids <= set(test.only_from)):
            return None
        if test.at_least is not None and isinstance(answer, Span) and not (answer.high and answer.high * 2 >= test.at_least):
            return None
        return Repair((leaf,))
    if leaf.change is Change.WAIT and test.at_least is not None:
        days = view.known.get(leaf.asked)
        if isinstance(days, Days) and days.high != NEVER:
            return Repair((leaf,), (), add_months(days.high, test.at_least), add_months(days.low, test.at_least))
    return None


def _later(first: date | None, second: date | None) -> date | None:
    return max((day for day in (first, second) if day is not None), default=None)


def _heads(judged: JudgedMeasure, view: View) -> Iterator[tuple[str, int]]:
    for scale in judged.rule.scales:
        number = view.value(scale.times)
        if isinstance(number, Span) and number.low == number.high and number.low > 0:
            yield scale.amount, number.low
