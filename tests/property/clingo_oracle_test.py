"""An answer-set solver as a second opinion on verdicts.

A rule and what somebody said become a logic program, straight from the YAML; each of its answer sets is one way in which the rest may
turn out. If the rule holds in some and fails in others it is open, if they agree it is decided. Of ``bot.eligibility`` only the shapes of
answers are used, and the verdict under test.

In one case the engine may know less: it works out what each fact by itself can still be (through ``implies`` and ``part_of``), and from
then on takes open facts for independent of each other. So where it says unknown although all answer sets agree, they must disagree once
the links between the facts are cut and each fact is kept to the values it has in some answer set.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from random import Random

import clingo
import pytest

from bot.content import condition
from bot.content.fact import FactType
from bot.eligibility.answers import ELSEWHERE, Answers, Days, Members, Span, Within
from bot.eligibility.judge import Judge
from bot.eligibility.truth import Truth
from bot.eligibility.view import View
from tests.property.situations import (
    DAYS,
    Value,
    anniversary,
    asked_facts,
    asked_tests,
    condition_of,
    exact,
    fits,
    implied,
    is_so,
    judged_rules,
    lies_in,
    linked,
    linked_groups,
    number_parts,
    rough,
    rule_tests,
    said,
    shipped,
    somebody,
    values,
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    """The judge under test."""
    return Judge(shipped())


# what may be so: at least one value for each way in which tests and links can come out


def possible(fact_id: str, answers: Answers, as_of: date) -> tuple[Value, ...]:
    """The values of a fact that fit what was said of it alone."""
    fact, answer = asked_facts()[fact_id], answers.get(fact_id)
    match fact.type:
        case FactType.REGION:
            regions = sorted({region for test in rule_tests().get(fact_id, ()) for region in test.within or ()})
            return places(tuple(regions), answer.code if isinstance(answer, Within) else None)
        case FactType.DATE:
            ends = {answer.low, answer.high} if isinstance(answer, Days) else set()
            found: set[Value] = {*values(fact_id, as_of), *ends, as_of + timedelta(days=1)}
        case FactType.INTEGER | FactType.MONEY:
            found = {*numbers(fact_id, answers)}
        case _:
            found = {*values(fact_id, as_of)}
    return tuple(value for value in sorted(found, key=term) if fits(answer, value))


@cache
def places(regions: tuple[str, ...], around: str | None) -> tuple[str, ...]:
    """One of the smallest places for each choice of regions it can lie in."""
    outer = {code for inner in shipped().regions.names for code in shipped().regions.parents(inner)}
    found: dict[tuple[bool, ...], str] = {}
    for code in (*(code for code in shipped().regions.names if code not in outer), ELSEWHERE):
        if around is None or lies_in(code, around):
            found.setdefault(tuple(lies_in(code, region) for region in regions), code)
    return tuple(found.values())


def numbers(fact_id: str, answers: Answers) -> Iterator[int]:
    """Every number at which something begins, for this or for one it is part of: rounding down to these upsets no test and no order."""
    together = {fact_id}
    while more := {fact for pair in number_parts() for fact in pair if not together.isdisjoint(pair)} - together:
        together |= more
    for one in together:
        yield asked_facts()[one].lowest
        if isinstance(answer := answers.get(one), Span):
            yield answer.low
        for test in rule_tests().get(one, ()):
            yield test.at_least if test.at_least is not None else (test.at_most or 0) + 1
        for so in (follows[one] for follows in implied().values() if one in follows):
            if isinstance(so, int):
                yield from (so, so + 1)


# the program


def term(value: Value) -> str:
    """A value as the program writes it."""
    match value:
        case date():
            return str(value.toordinal())
        case int():
            return str(value)
    return f'"{value}"'


@dataclass
class Program:
    """A condition on a day and what is known, in which ``holds(0)`` is the condition."""

    as_of: date
    lines: list[str] = field(default_factory=list)
    conditions: int = 0

    def add_facts(self, fact_ids: frozenset[str], answers: Answers) -> None:
        """Each fact has exactly one of its possible values, a set any members."""
        for fact_id in sorted(fact_ids):
            fact, answer = asked_facts()[fact_id], answers.get(fact_id)
            tests = rule_tests().get(fact_id, ())
            if fact.type is FactType.SET:
                has, lacks = (answer.has, answer.lacks) if isinstance(answer, Members) else (frozenset[str](), frozenset[str]())
                self.lines.append(f"{{ {'; '.join(f'has({fact_id},{term(option.id)})' for option in fact.options)} }}.")
                self.lines += [f":- not has({fact_id},{term(member)})." for member in has]
                self.lines += [f":- has({fact_id},{term(member)})." for member in lacks]
                continue
            found = possible(fact_id, answers, self.as_of)
            self.lines.append(f"1 {{ {'; '.join(f'is({fact_id},{term(value)})' for value in found)} }} 1.")
            for value in found:
                if isinstance(value, date) and value <= self.as_of:
                    lengths = {test.at_least or test.at_most or 0 for test in tests}
                    self.lines += [f"due({term(value)},{length},{term(anniversary(value, length))})." for length in lengths]
                elif fact.type is FactType.REGION:
                    regions = {region for test in tests for region in test.within or () if lies_in(str(value), region)}
                    self.lines += [f"lies({term(value)},{term(region)})." for region in regions]

    def add_links(self, fact_ids: frozenset[str]) -> None:
        """What follows from an option is so, and a part is not more than the whole."""
        for (fact_id, option), follows in implied().items():
            both = [(target, so) for target, so in follows.items() if {fact_id, target} <= fact_ids]
            self.lines += [f":- is({fact_id},{term(option)}), not is({target},{term(so)})." for target, so in both]
        self.lines += [f":- is({part},N), is({whole},M), N > M." for part, whole in number_parts() if {part, whole} <= fact_ids]

    def add_limits(self, only: Mapping[str, set[str]]) -> None:
        """No fact has any other value than these."""
        for fact_id, terms in only.items():
            self.lines.append(f":- is({fact_id},V), {', '.join(f'V != {one}' for one in sorted(terms))}.")

    def add_condition(self, part: condition.Test | condition.AllOf | condition.AnyOf) -> int:
        """When a condition holds, under the number that is given back."""
        number, self.conditions = self.conditions, self.conditions + 1
        match part:
            case condition.AllOf(all=parts):
                ways = [", ".join([f"holds({self.add_condition(one)})" for one in parts])]
            case condition.AnyOf(any=parts):
                ways = [f"holds({self.add_condition(one)})" for one in parts]
            case condition.Test():
                ways = self.ways(part)
        self.lines += [f"holds({number}) :- {way}." for way in ways]
        return number

    def ways(self, test: condition.Test) -> list[str]:
        """Each way in which a test holds."""
        fact, derived = test.fact, shipped().facts[test.fact].derived
        if derived is not None and derived.when is not None:
            return [f"{'' if test.is_ else 'not '}holds({self.add_condition(derived.when)})"]
        if derived is not None:
            length, order = (test.at_least, "<=") if test.at_least is not None else (test.at_most, ">=")
            return [f"is({derived.months_since},D), due(D,{length},A), A {order} {term(self.as_of)}"]
        if test.at_least is not None:
            return [f"is({fact},N), N >= {test.at_least}"]
        if test.at_most is not None:
            return [f"is({fact},N), N <= {test.at_most}"]
        if test.within:
            return [f"is({fact},P), lies(P,{term(region)})" for region in test.within]
        if test.has:
            return [f"has({fact},{term(member)})" for member in test.has]
        if test.has_none:
            return [", ".join(f"not has({fact},{term(member)})" for member in test.has_none)]
        if test.not_in:
            return [", ".join(f"not is({fact},{term(option)})" for option in test.not_in)]
        wanted = test.in_ or ((test.is_ if isinstance(test.is_, str) else "yes" if test.is_ else "no"),)
        return [f"is({fact},{term(option)})" for option in wanted]

    def grounded(self) -> clingo.Control:
        """The program ready to be solved."""
        control = clingo.Control(["--warn=none"])
        control.add("\n".join([*self.lines, "#show is/2."]))
        control.ground()
        return control

    def truth(self) -> Truth:
        """Whether the condition holds in all answer sets, in none, or in some."""
        control, holds = self.grounded(), clingo.Function("holds", [clingo.Number(0)])
        brave, not_cautious = (bool(control.solve(assumptions=[(holds, so)]).satisfiable) for so in (True, False))
        assert brave or not_cautious, "what was said contradicts itself"
        return Truth.UNKNOWN if brave and not_cautious else Truth.YES if brave else Truth.NO

    def values(self) -> dict[str, set[str]]:
        """The values each fact has in some answer set."""
        control = self.grounded()
        control.configuration.solve.enum_mode = "brave"  # type: ignore[union-attr]
        found: dict[str, set[str]] = {}
        with control.solve(yield_=True) as models:
            for model in models:
                for atom in model.symbols(shown=True):
                    found.setdefault(str(atom.arguments[0]), set()).add(str(atom.arguments[1]))
        return found


def translated(rule: condition.AllOf, answers: Answers, as_of: date, *, links: bool = True) -> Program:
    """A rule with all facts that bear on it."""
    fact_ids = linked(frozenset(fact for fact, _ in asked_tests(rule)))
    program = Program(as_of)
    program.add_facts(fact_ids, answers)
    if links:
        program.add_links(fact_ids)
    program.add_condition(rule)
    return program


def second_opinion(rule: condition.AllOf, answers: Answers, as_of: date) -> Truth:
    """Whether a rule holds in every way in which the rest may turn out."""
    return translated(rule, answers, as_of).truth()


def opinion_without_links(rule: condition.AllOf, answers: Answers, as_of: date) -> Truth:
    """The same if open facts had nothing to do with each other, each kept to what it can still be."""
    program = translated(rule, answers, as_of, links=False)
    program.add_limits(translated(rule, answers, as_of).values())
    return program.truth()


def situations(entry_id: str) -> Iterator[tuple[Answers, date]]:
    """What somebody to whom a measure applies says who tells everything; what they and others say of themselves; and nothing.

    All but one thing is told, where that is more than one yes or no: it shows what is concluded, and what is made of half an answer.
    """
    rule, chance = condition_of(entry_id), Random(entry_id)
    fact_ids = list(dict.fromkeys(fact for fact, _ in asked_tests(rule)))
    everybody = ((somebody(fact_ids, as_of, chance.choice, entry_id), as_of) for as_of in DAYS * 20)
    fitting = next((person, as_of) for person, as_of in everybody if is_so(rule, person, as_of))
    day = chance.choice(DAYS)
    others = [(somebody(fact_ids, day, chance.choice, wish), day) for wish in (None, entry_id)]
    for person, as_of in (fitting, *others):
        everything = {fact: exact(asked_facts()[fact], value) for fact, value in person.items()}
        yield everything, as_of
        for fact in fact_ids:
            if len(linked(frozenset((fact,)))) == 1 and asked_facts()[fact].type in (FactType.BOOL, FactType.REGION):
                continue
            without = {other: answer for other, answer in everything.items() if other != fact}
            yield chance.choice((without, {**without, fact: rough(asked_facts()[fact], person[fact], chance.choice)})), as_of
        yield said(person, chance.choice), as_of
    yield {}, DAYS[0]


@pytest.mark.parametrize("entry_id", judged_rules())
def test_a_verdict_is_what_every_way_the_rest_may_turn_out_agrees_on(judge: Judge, entry_id: str):
    """A verdict comes from logic that is short and clever; a general solver that knows nothing of it must come to the same."""
    rule, opinions = condition_of(entry_id), []
    for answers, as_of in situations(entry_id):
        found = judge.truth(judge.measures[entry_id], View(judge.book, answers, as_of))
        opinion = second_opinion(rule, answers, as_of)
        if found is Truth.UNKNOWN and opinion is not Truth.UNKNOWN:
            opinion = opinion_without_links(rule, answers, as_of)
        opinions.append(opinion)

        assert found is opinion, (answers, as_of)
    assert (opinions[0], opinions[-1]) == (Truth.YES, Truth.UNKNOWN)


@pytest.mark.parametrize("group", linked_groups(), ids=lambda group: group[0])
def test_what_a_fact_can_still_be_is_worked_out_to_the_last_value(judge: Judge, group: tuple[str, ...]):
    """Whatever follows is not asked any more, and what does not follow is not taken for granted."""
    chance = Random("-".join(group))
    for as_of in chance.choices(DAYS, k=15 * len(group)):
        answers = said(somebody(group, as_of, chance.choice), chance.choice)
        program = Program(as_of)
        program.add_facts(frozenset(group), answers)
        program.add_links(frozenset(group))
        known, left = View(judge.book, answers, as_of).known, program.values()
        for fact in group:
            found = {term(value) for value in possible(fact, answers, as_of) if fits(known.get(fact), value)}

            assert found == left[fact], (fact, answers)


def test_links_between_open_facts_are_all_that_is_overlooked():
    """A rule for those without a business who run one is for nobody. The engine sees that only once one of the two is known."""
    wanted = ({"fact": "role", "is": "looking_for_work"}, {"fact": "operating", "is": True})
    entry_id = next(iter(judged_rules()))
    changed = judged_rules()[entry_id].model_copy(update={"when": condition.AllOf.model_validate({"all": wanted})})
    judge = Judge(replace(shipped(), rules={**shipped().rules, entry_id: changed}))
    impossible, measure = condition.AllOf.model_validate({"all": wanted}), judge.measures[entry_id]
    seeker = {"role": exact(asked_facts()["role"], "looking_for_work")}

    assert second_opinion(impossible, {}, DAYS[0]) is Truth.NO
    assert opinion_without_links(impossible, {}, DAYS[0]) is Truth.UNKNOWN
    assert judge.truth(measure, View(judge.book, {}, DAYS[0])) is Truth.UNKNOWN
    assert judge.truth(measure, View(judge.book, seeker, DAYS[0])) is Truth.NO
