"""Persons known through and through, and what they may have said: exactly, roughly, in part, or not at all.

Everything here is read off the rules as staff write them; of ``bot.eligibility`` only the shapes of answers are used.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from bot.content.condition import AllOf, AnyOf, Test, tests_in
from bot.content.fact import Fact, FactType, Implied
from bot.content.knowledge import Knowledge
from bot.content.read import read_knowledge
from bot.content.rule import Rule
from bot.eligibility.answers import ELSEWHERE, NEVER, Absence, Answer, Days, Known, Members, OneOf, Span, Within

Value = str | int | date | frozenset[str]
"""What is so: an option (yes and no too), a number, a day, the members of a set, or the code of a county."""

Person = dict[str, Value]
Pick = Callable[[Sequence[Any]], Any]
"""Chooses one of several, by chance or as hypothesis wants it."""

DAYS = (date(2026, 11, 21), date(2026, 2, 28), date(2024, 2, 29), date(2023, 8, 31), date(2018, 3, 31))
"""Days to judge on: ordinary, and the ends of months, where counting months is hard."""


@cache
def shipped() -> Knowledge:
    """The knowledge that is shipped."""
    return read_knowledge()


@cache
def judged_rules() -> dict[str, Rule]:
    """Every rule somebody can be judged on, by entry id."""
    return {entry_id: rule for entry_id, rule in shipped().rules.items() if rule.when is not None}


@cache
def asked_facts() -> dict[str, Fact]:
    """The facts that can be asked, larger numbers before those counted in them."""
    return {fact.id: fact for fact in shipped().facts.values() if fact.derived is None}


@cache
def condition_of(entry_id: str) -> AllOf:
    """What a rule wants, the place included."""
    rule = judged_rules()[entry_id]
    assert rule.when is not None
    regions = next(policy.regions for policy in shipped().policies() if policy.id == entry_id.partition("/")[0])
    return AllOf(all=(Test.model_validate({"fact": rule.area, "within": regions}), rule.when))


def asked_tests(condition: Test | AllOf | AnyOf) -> list[tuple[str, Test]]:
    """Every test with the fact that is asked for it: for months the date, for what follows from a condition the facts of that."""
    found: list[tuple[str, Test]] = []
    for _, test in tests_in(condition):
        derived = shipped().facts[test.fact].derived
        if derived is not None and derived.when is not None:
            found += asked_tests(derived.when)
        else:
            found.append(((derived.months_since if derived else None) or test.fact, test))
    return found


@cache
def rule_tests() -> dict[str, tuple[Test, ...]]:
    """Every test of every rule, by the fact that is asked for it."""
    found: dict[str, list[Test]] = {}
    for entry_id in judged_rules():
        for fact, test in asked_tests(condition_of(entry_id)):
            found.setdefault(fact, []).append(test)
    return {fact: tuple(tests) for fact, tests in found.items()}


@cache
def implied() -> dict[tuple[str, str], Person]:
    """What follows from an option about other facts."""
    choices: dict[tuple[str, str], Implied] = {}
    for fact in asked_facts().values():
        if fact.yes is not None and fact.no is not None:
            choices |= {(fact.id, "yes"): fact.yes.implies, (fact.id, "no"): fact.no.implies}
        choices |= {(fact.id, option.id): option.implies for option in fact.options}
    return {key: {target: _value(value) for target, value in found.items()} for key, found in choices.items() if found}


def _value(written: bool | int | str) -> Value:
    if isinstance(written, bool):
        return "yes" if written else "no"
    return NEVER if written == "never" else written


@cache
def linked(facts: frozenset[str]) -> frozenset[str]:
    """These facts and all that tell something about them, in one step or several."""
    links = [(source, target) for (source, _), targets in implied().items() for target in targets]
    links += number_parts()
    found = set(facts)
    while more := {fact for link in links for fact in link if not found.isdisjoint(link)} - found:
        found |= more
    return frozenset(found)


def linked_groups() -> tuple[tuple[str, ...], ...]:
    """The facts that tell something about each other, group by group."""
    groups = {tuple(sorted(linked(frozenset((fact,))))) for fact in asked_facts()}
    return tuple(sorted(group for group in groups if len(group) > 1))


# months and places, in our own words


def anniversary(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def edge(months: int, as_of: date) -> tuple[date, ...]:
    """The days around that from which so many months have passed: months have 28 to 31 days, so it is not one day only."""
    around = anniversary(as_of, -months)
    return tuple(around + timedelta(days=step) for step in range(-4, 5))


def lies_in(inner: str, outer: str) -> bool:
    """Whether a place is another or lies in it."""
    return inner == outer or outer in shipped().regions.parents(inner)


def holds(test: Test, value: Value, as_of: date) -> bool:
    """Whether a test holds for what is exactly so; months are given by the day they are counted from."""
    match value:
        case date():
            happened = value <= as_of
            if test.at_least is not None:
                return happened and anniversary(value, test.at_least) <= as_of
            return happened and anniversary(value, test.at_most or 0) >= as_of
        case int():
            return value >= test.at_least if test.at_least is not None else value <= (test.at_most or 0)
        case frozenset():
            return bool(value & set(test.has)) if test.has else not value & set(test.has_none or ())
    if test.within is not None:
        return any(lies_in(value, outer) for outer in test.within)
    if isinstance(test.is_, bool):
        return value == ("yes" if test.is_ else "no")
    if test.is_ is not None:
        return value == test.is_
    return value in test.in_ if test.in_ else value not in (test.not_in or ())


def is_so(condition: Test | AllOf | AnyOf, person: Person, as_of: date) -> bool:
    """Whether a condition holds for somebody of whom everything is known."""
    match condition:
        case AllOf(all=parts):
            return all(is_so(part, person, as_of) for part in parts)
        case AnyOf(any=parts):
            return any(is_so(part, person, as_of) for part in parts)
    derived = shipped().facts[condition.fact].derived
    if derived is not None and derived.when is not None:
        return is_so(derived.when, person, as_of) is condition.is_
    return holds(condition, person[(derived.months_since if derived else None) or condition.fact], as_of)


# persons


@cache
def values(fact_id: str, as_of: date) -> tuple[Value, ...]:
    """What is worth trying: every option, and numbers, days and places on both sides of where a rule cuts."""
    fact, tests = asked_facts()[fact_id], rule_tests().get(fact_id, ())
    match fact.type:
        case FactType.BOOL:
            return ("yes", "no")
        case FactType.ENUM:
            return tuple(option.id for option in fact.options)
        case FactType.SET:
            found = [frozenset[str]()]
            for option in fact.options:
                found += [members | {option.id} for members in found]
            return tuple(found)
        case FactType.DATE:
            cuts = {test.at_least or test.at_most or 0 for test in tests}
            days = {day for cut in cuts for day in edge(cut, as_of)} | {as_of + timedelta(days=step) for step in (-4000, -1, 0, 1, 40)}
            return (*sorted(days), NEVER)
        case FactType.REGION:
            return _places()
    whole = [one for one in asked_facts().values() if fact_id in (one.id, one.part_of) or one.id == fact.part_of]
    cuts = {cut for one in whole for test in rule_tests().get(one.id, ()) for cut in (test.at_least, test.at_most) if cut is not None}
    numbers = {number for cut in cuts for number in (cut - 1, cut, cut + 1)} | {fact.lowest, 3, max(cuts, default=1) * 3}
    return tuple(sorted(number for number in numbers if fact.lowest <= number <= (fact.highest or number)))


@cache
def _places() -> tuple[str, ...]:
    counties = [code for code in shipped().regions.names if not code.endswith("00")]
    found: dict[str, None] = {}
    for region in (code for policy in shipped().policies() for code in policy.regions):
        inside = [code for code in counties if lies_in(code, region)]
        beside = [code for code in counties if code[:2] == region[:2] and code not in inside]
        found |= dict.fromkeys((*inside[:1], *inside[-1:], *beside[:1], *beside[-1:]))
    return (*found, "110101", ELSEWHERE)


@cache
def follows(fact_id: str, value: Value) -> Person:
    """Everything that follows from one thing, itself included."""
    found: Person = {fact_id: value}
    fresh = [fact_id]
    while fresh:
        source = fresh.pop()
        for target, so in implied().get((source, str(found[source])), {}).items():
            if target not in found:
                found[target] = so
                fresh.append(target)
    return found


def somebody(facts: Iterable[str], as_of: date, pick: Pick, wish: str | None = None) -> Person:
    """Somebody of whom these facts are known and all that bear on them, with nothing that contradicts itself.

    With ``wish`` it is as far as possible somebody to whom this measure applies.
    """
    wanted = _wanted(condition_of(wish), as_of, pick) if wish else {}
    person: Person = {}
    for fact_id in sorted(linked(frozenset(facts)), key=lambda fact: (fact not in wanted, _place_in_file(fact))):
        possible = [value for value in values(fact_id, as_of) if _agrees(person, fact_id, value)]
        chosen = [value for value in possible if value in wanted[fact_id]] if fact_id in wanted else []
        person |= follows(fact_id, pick(chosen or possible))
    return person


@cache
def _place_in_file(fact_id: str) -> int:
    return list(asked_facts()).index(fact_id)


@cache
def number_parts() -> tuple[tuple[str, str], ...]:
    """Numbers that are counted in a larger one, with that."""
    return tuple((fact.id, fact.part_of) for fact in asked_facts().values() if fact.part_of is not None)


def _agrees(person: Person, fact_id: str, value: Value) -> bool:
    if any(person.get(other, so) != so for other, so in follows(fact_id, value).items()):
        return False
    if not isinstance(value, int):
        return True
    with_it = {**person, fact_id: value}
    return all(with_it.get(part, 0) <= with_it.get(whole, value) for part, whole in number_parts() if fact_id in (part, whole))


def _wanted(condition: Test | AllOf | AnyOf, as_of: date, pick: Pick, *, so: bool = True) -> dict[str, tuple[Value, ...]]:
    match condition:
        case AllOf(all=parts):
            chosen = parts if so else (pick(parts),)
        case AnyOf(any=parts):
            chosen = (pick(parts),) if so else parts
        case Test():
            derived = shipped().facts[condition.fact].derived
            if derived is not None and derived.when is not None:
                return _wanted(derived.when, as_of, pick, so=so is condition.is_)
            asked = (derived.months_since if derived else None) or condition.fact
            return {asked: tuple(value for value in values(asked, as_of) if holds(condition, value, as_of) is so)}
    found: dict[str, tuple[Value, ...]] = {}
    for part in chosen:
        for fact, good in _wanted(part, as_of, pick, so=so).items():
            found[fact] = tuple(value for value in found.get(fact, good) if value in good)
    return found


# what they say


def exact(fact: Fact, value: Value) -> Known:
    """The answer of somebody who knows it exactly."""
    match value:
        case date():
            return Days(value, value)
        case int():
            return Span(value, value)
        case frozenset():
            return Members(value, frozenset(option.id for option in fact.options) - value)
    return Within(value) if fact.type is FactType.REGION else OneOf(frozenset((value,)))


def rough(fact: Fact, value: Value, pick: Pick, before: Known | None = None) -> Known:
    """An answer that is true, says no more than somebody may know, and lies inside what was said ``before``."""
    match value:
        case date():
            low, high = (before.low, before.high) if isinstance(before, Days) else (date(1900, 1, 1), NEVER)
            near = timedelta(days=pick((0, 1, 25, 200, 2000)))
            earlier = pick((low, value if value == NEVER else value - near))
            later = pick((high, NEVER if value == NEVER else value + timedelta(days=pick((0, 1, 25, 200, 2000)))))
            return Days(max(low, earlier), min(high, later))
        case int():
            least, most = (before.low, before.high) if isinstance(before, Span) else (fact.lowest, fact.highest)
            lower = max(least, value - pick((0, 1, 9, value)))
            upper = pick((most, value, value + 1, value + 90000))
            return Span(lower, most if upper is None else upper if most is None else min(most, upper))
        case frozenset():
            has, lacks = (before.has, before.lacks) if isinstance(before, Members) else (frozenset[str](), frozenset[str]())
            said = frozenset(option.id for option in fact.options if pick((True, False)))
            return Members(has | (value & said), lacks | (said - value))
    if fact.type is FactType.REGION:
        around = (*shipped().regions.parents(value), value) if value != ELSEWHERE else (value,)
        inside = [code for code in around if not isinstance(before, Within) or lies_in(code, before.code)]
        return Within(pick(inside))
    ids = before.ids if isinstance(before, OneOf) else frozenset(values(fact.id, DAYS[0]))
    return OneOf(frozenset(option for option in sorted(map(str, ids)) if option == value or pick((True, False))))


def fits(answer: Answer | None, value: Value) -> bool:
    """Whether what is so can be what was said."""
    match answer, value:
        case ((None | Absence()), _):
            return True
        case Days(low=low, high=high), date():
            return low <= value <= high
        case Span(low=low, high=high), int():
            return low <= value and (high is None or value <= high)
        case Members(has=has, lacks=lacks), frozenset():
            return has <= value and not lacks & value
        case Within(code=code), str():
            return lies_in(value, code)
        case OneOf(ids=ids), str():
            return value in ids
    return False


_HOW = {
    "little": ("not", "not", "not", "exactly", "roughly", "absent"),
    "some": ("not", "exactly", "roughly", "exactly", "not", "absent"),
    "rough": ("roughly", "roughly", "exactly", "roughly", "not"),
    "much": ("exactly", "exactly", "exactly", "exactly", "exactly", "exactly", "exactly", "roughly", "not", "absent"),
}


def said(person: Person, pick: Pick, before: Mapping[str, Answer] | None = None) -> dict[str, Answer]:
    """Some of what somebody could say, each thing exactly, roughly, in part, or not; more than ``before`` if that is given."""
    answers: dict[str, Answer] = dict(before or {})
    ways = _HOW[pick(tuple(_HOW))]
    for fact_id, value in person.items():
        fact, old = asked_facts()[fact_id], answers.get(fact_id)
        known = None if isinstance(old, Absence) else old
        how = pick(ways)
        if how == "exactly":
            answers[fact_id] = exact(fact, value)
        elif how == "roughly":
            answers[fact_id] = rough(fact, value, pick, known)
        elif how == "absent" and known is None:
            answers[fact_id] = pick(tuple(Absence))
    return answers
