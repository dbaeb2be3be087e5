"""Whether facts, rules and measures fit together: nothing unknown, nothing that cannot fail, no question nobody needs."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bot.content.condition import TESTS, AllOf, AnyOf, Change, Test, tests_in
from bot.content.fact import Fact, FactType, Implied
from bot.content.knowledge import PolicyFolder
from bot.content.problems import FieldPath, nearest, shown
from bot.content.region import Regions
from bot.content.rule import Rule

if TYPE_CHECKING:
    from bot.content.checks import AddProblem

_FITTING: Mapping[FactType, tuple[str, ...]] = {
    FactType.BOOL: ("is: true", "is: false"),
    FactType.ENUM: ("is", "in", "not_in"),
    FactType.SET: ("has", "has_none"),
    FactType.INTEGER: ("at_least", "at_most"),
    FactType.MONEY: ("at_least", "at_most"),
    FactType.REGION: ("within",),
    FactType.DATE: (),
}
"""The tests each type of fact can be put to, as staff write them; a date is tested by the months since it."""


_NUMBER = re.compile(r"\d+(?:\.\d+)?|[^\W\d]")
"""Where a number may begin: digits, or a letter that may be a numeral."""

_YEAR = 12
"""Months of a year."""


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """What is being checked: the folder, its facts and rules by entry id, and the policies they belong to.

    ``places`` says which entry of ``facts.yaml`` a fact is.
    """

    folder: Path
    facts: Mapping[str, Fact]
    places: Mapping[str, int]
    rules: Mapping[str, Rule]
    policies: Mapping[str, PolicyFolder]
    regions: Regions


def find_rule_problems(files: RuleFiles, broken: set[str], add: "AddProblem") -> None:
    """Note everything wrong between facts, rules and measures; ``broken`` are rules that could not be read.

    A fact nobody uses is noted only if nothing else is wrong: most often another mistake is why it is not used.
    """
    sound = not broken

    def note(path: Path, where: FieldPath, code: str, /, **details: object) -> None:
        nonlocal sound
        sound = False
        add(path, where, code, **details)

    _check_facts(files, note)
    used = set(_used_by_facts(files.facts))
    for entry_id, rule in files.rules.items():
        policy_id, _, measure_id = entry_id.partition("/")
        path = files.folder / policy_id / f"{measure_id}.yaml"
        used.add(rule.area)
        used.update(scale.times for scale in rule.scales)
        for where, condition in _conditions(rule):
            used.update(test.fact for _, test in tests_in(condition))
            _check_condition(files, policy_id, path, where, condition, note, in_rule=where == ("when",))
        _check_rule(files, policy_id, measure_id, path, rule, note)
    _check_every_measure_has_a_rule(files, broken, note)
    for fact_id in files.facts if sound else ():
        if fact_id not in used:
            add(files.folder / "facts.yaml", (files.places[fact_id], "id"), "dead_fact", id=fact_id)


def _check_every_measure_has_a_rule(files: RuleFiles, broken: set[str], add: "AddProblem") -> None:
    expected = {f"{policy_id}/{measure.id}": measure.id for policy_id, policy in files.policies.items() for measure in policy.measures}
    misplaced = {rule.id for entry_id, rule in files.rules.items() if entry_id not in expected}  # where they stand is reported already
    for entry_id, measure_id in expected.items():
        if entry_id not in files.rules and entry_id not in broken and measure_id not in misplaced:
            add(files.folder / f"{entry_id}.yaml", (), "measure_without_rule", id=measure_id)


def _conditions(rule: Rule) -> Iterator[tuple[FieldPath, Test | AllOf | AnyOf]]:
    if rule.when is not None:
        yield ("when",), rule.when
    for index, addition in enumerate(rule.additions):
        yield ("additions", index, "when"), addition.when


def _used_by_facts(facts: Mapping[str, Fact]) -> Iterator[str]:
    for fact in facts.values():
        if fact.part_of is not None:
            yield fact.part_of
        if fact.derived is not None and fact.derived.months_since is not None:
            yield fact.derived.months_since
        if fact.derived is not None and fact.derived.when is not None:
            yield from (test.fact for _, test in tests_in(fact.derived.when))


def _check_facts(files: RuleFiles, add: "AddProblem") -> None:
    path = files.folder / "facts.yaml"
    for fact in files.facts.values():
        index = files.places[fact.id]
        for where, implied in _implications(fact):
            for target, value in implied.items():
                if not _may_be(files.facts.get(target), value):
                    add(path, (index, *where, "implies", target), "impossible_implication", id=target, value=shown(value))
        if fact.part_of is not None:
            _check_type(files.facts, fact.part_of, fact.type, path, (index, "part_of"), add)
        if fact.derived is None:
            continue
        since = fact.derived.months_since
        if since is not None and (since not in files.facts or files.facts[since].type is not FactType.DATE):
            add(path, (index, "derived", "months_since"), "months_since_no_date", id=since)
            continue
        if fact.derived.when is not None:
            _check_condition(files, None, path, (index, "derived", "when"), fact.derived.when, add, in_rule=False)
        if _reaches(files.facts, fact.id, fact.id):
            add(path, (index, "derived"), "circular_fact", id=fact.id)


def _implications(fact: Fact) -> Iterator[tuple[FieldPath, Implied]]:
    for name, side in (("yes", fact.yes), ("no", fact.no)):
        if side is not None:
            yield (name,), side.implies
    for index, option in enumerate(fact.options):
        yield ("options", index), option.implies


def _check_type(facts: Mapping[str, Fact], fact_id: str, wanted: FactType, path: Path, where: FieldPath, add: "AddProblem") -> None:
    if fact_id not in facts:
        _add_unknown_fact(facts, fact_id, path, where, add)
    elif facts[fact_id].type is not wanted:
        add(path, where, "fact_of_other_type", id=fact_id, type=str(facts[fact_id].type), wanted=str(wanted))


def _add_unknown_fact(facts: Mapping[str, Fact], fact_id: str, path: Path, where: FieldPath, add: "AddProblem") -> None:
    if near := nearest(fact_id, facts):
        add(path, where, "unknown_fact_near", id=fact_id, near=near)
    else:
        add(path, where, "unknown_fact", id=fact_id)


def _may_be(fact: Fact | None, value: bool | int | str) -> bool:
    match fact:
        case Fact(type=FactType.BOOL, derived=None):
            return isinstance(value, bool)
        case Fact(type=FactType.ENUM):
            return value in {option.id for option in fact.options}
        case Fact(type=FactType.INTEGER | FactType.MONEY, derived=None):
            inside = isinstance(value, int) and fact.lowest <= value and (fact.highest is None or value <= fact.highest)
            return inside and not isinstance(value, bool)
        case Fact(type=FactType.DATE):
            return value == "never" and fact.never is not None
    return False


def _reaches(facts: Mapping[str, Fact], start: str, goal: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a derived fact leads back to ``goal``."""
    fact = facts.get(start)
    if fact is None or fact.derived is None or start in seen:
        return False
    when = fact.derived.when
    sources = [test.fact for _, test in tests_in(when)] if when is not None else [fact.derived.months_since or ""]
    return any(source == goal or _reaches(facts, source, goal, seen | {start}) for source in sources)


def _check_condition(
    files: RuleFiles,
    policy_id: str | None,
    path: Path,
    where: FieldPath,
    condition: Test | AllOf | AnyOf,
    add: "AddProblem",
    *,
    in_rule: bool,
) -> None:
    folder = files.policies.get(policy_id) if policy_id is not None else None
    sections = [section.name for section in folder.policy.document.sections] if folder is not None else []
    seen: set[str] = set()
    for inside, test in tests_in(condition):
        at = (*where, *inside)
        fact = files.facts.get(test.fact)
        if fact is None:
            _add_unknown_fact(files.facts, test.fact, path, (*at, "fact"), add)
            continue
        fits = _check_test(files.regions, fact, test, path, at, add)
        if folder is not None and test.section is not None and test.section not in sections:
            add(path, (*at, "section"), "unknown_section", section=test.section, known="、".join(sections))
        if not in_rule:
            continue
        if test.id in seen:
            add(path, (*at, "id"), "repeated_condition", id=test.id)
        seen.add(test.id or "")
        said = _contradiction(fact, test)
        if said is not None:
            field, number = ("at_least", test.at_least) if test.at_least is not None else ("at_most", test.at_most)
            add(path, (*at, "say"), "say_contradicts_number", said=said, test=field, number=number)
        for name in ("id", "say", "change"):
            if getattr(test, name) is None:
                add(path, at, "condition_lacks", name=name)
        is_months = fact.derived is not None and fact.derived.months_since is not None
        if fits and test.change is Change.WAIT and not (is_months and test.at_least is not None):
            add(path, (*at, "change"), "wait_without_months")


def _check_test(regions: Regions, fact: Fact, test: Test, path: Path, at: FieldPath, add: "AddProblem") -> bool:
    """Whether a fact of this type can be put to the test at all; whatever is wrong is noted."""
    field = next(name for name in TESTS if getattr(test, name) is not None).rstrip("_")
    if fact.type is FactType.DATE:
        add(path, (*at, field), "date_tested", id=fact.id)
        return False
    picked = shown(test.is_) if isinstance(test.is_, bool) else test.is_
    written = f"is: {picked}" if fact.type is FactType.BOOL else field
    if written not in _FITTING[fact.type]:
        add(path, (*at, field), "test_does_not_fit", id=fact.id, type=str(fact.type), fitting=", ".join(_FITTING[fact.type]))
        return False
    known = [option.id for option in fact.options] if fact.type is not FactType.BOOL else ["yes", "no"]
    if fact.type in {FactType.ENUM, FactType.SET}:
        chosen = (picked,) if picked is not None else test.in_ or test.not_in or test.has or test.has_none or ()
        _check_options(known, chosen, path, (*at, field), add)
        if fact.type is FactType.ENUM and set(chosen) >= set(known):
            add(path, (*at, field), "never_holds" if test.not_in else "never_fails")
    _check_options(known, test.only_from or (), path, (*at, "only_from"), add)
    if test.at_least is not None and test.at_least <= fact.lowest:
        add(path, (*at, field), "never_fails")
    if test.at_least is not None and fact.highest is not None and test.at_least > fact.highest:
        add(path, (*at, field), "never_holds")
    if test.at_most is not None and fact.highest is not None and test.at_most >= fact.highest:
        add(path, (*at, field), "never_fails")
    if test.at_most is not None and test.at_most < fact.lowest:
        add(path, (*at, field), "never_holds")
    for index, code in enumerate(test.within or ()):
        if code not in regions.names:
            add(path, (*at, field, index), "unknown_region", code=code)
    return True


def _contradiction(fact: Fact, test: Test) -> str | None:
    """The one number in the words of a condition that is not the one it tests; None if they agree or it cannot be told.

    Only a number in the unit of the fact counts. Of months it may be one in another unit if there is none in months: those are years.
    """
    number = test.at_least if test.at_least is not None else test.at_most
    if number is None or test.say is None or fact.unit is None:
        return None
    numbers = list(_numbers(test.say))
    if any(second[1] - first[2] <= 1 for first, second in pairwise(numbers)):  # from one to the other
        return None
    in_unit = [(value, begin, end + len(fact.unit)) for value, begin, end in numbers if test.say.startswith(fact.unit, end)]
    if not in_unit and fact.derived is not None and fact.derived.months_since is not None:
        in_unit = [(value * _YEAR, begin, end + 1) for value, begin, end in numbers]
    if len(in_unit) != 1 or in_unit[0][0] == number:
        return None
    _, begin, end = in_unit[0]
    return test.say[begin:end]


def _numbers(text: str) -> Iterator[tuple[float, int, int]]:
    """The numbers of a text, written in digits or as one numeral above one, with where each begins and ends."""
    end = 0
    for found in _NUMBER.finditer(text):
        if found.start() < end:
            continue
        value = float(found[0]) if found[0][0].isdecimal() else unicodedata.numeric(found[0], 0)
        if value <= 1 and not found[0].isdecimal():  # "one" is in many other words
            continue
        end = found.end()
        while end < len(text) and not text[end].isdecimal() and (times := unicodedata.numeric(text[end], 0)):
            value, end = (value * times if times > 1 and times % 10 == 0 else 0), end + 1
        if value:  # else a numeral of several digits, which is not read
            yield value, found.start(), end


def _check_options(known: Sequence[str], chosen: Sequence[str], path: Path, where: FieldPath, add: "AddProblem") -> None:
    for index, option in enumerate(chosen):
        if option not in known:
            at = where if where[-1] == "is" else (*where, index)
            if near := nearest(option, known):
                add(path, at, "unknown_option_near", id=option, near=near, known=", ".join(known))
            else:
                add(path, at, "unknown_option", id=option, known=", ".join(known) or "-")


def _check_rule(files: RuleFiles, policy_id: str, measure_id: str, path: Path, rule: Rule, add: "AddProblem") -> None:
    folder = files.policies.get(policy_id)
    if folder is None:  # said once of the folder
        return
    measure = next((one for one in folder.measures if one.id == measure_id), None)
    if measure is None:
        add(path, (), "rule_without_measure", id=measure_id, policy=policy_id)
        return
    if rule.id != measure_id:
        add(path, ("id",), "rule_id_differs", id=rule.id, file=measure_id)
    if rule.area not in files.facts or files.facts[rule.area].type is not FactType.REGION:
        add(path, ("area",), "area_no_region", id=rule.area)
    sections = [section.name for section in folder.policy.document.sections]
    for index, prose in enumerate(rule.also_needed):
        if prose.section is not None and prose.section not in sections:
            add(path, ("also_needed", index, "section"), "unknown_section", section=prose.section, known="、".join(sections))
    amounts = [amount.label for amount in measure.amounts if amount.exactly is not None and amount.unit != "%"]
    for index, scale in enumerate(rule.scales):
        if scale.amount not in amounts:
            add(path, ("scales", index, "amount"), "unknown_amount", label=scale.amount, known="、".join(amounts) or "-")
        _check_type(files.facts, scale.times, FactType.INTEGER, path, ("scales", index, "times"), add)
    if rule.combine is not None:
        others = {one.id for one in folder.measures} - {measure_id}
        for name, ids in (("either_or", rule.combine.either_or), ("with", rule.combine.with_), ("after", rule.combine.after)):
            for index, other in enumerate(ids):
                if other not in others:
                    add(path, ("combine", name, index), "unknown_measure", id=other, policy=policy_id)
