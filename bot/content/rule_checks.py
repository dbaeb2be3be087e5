"""Whether facts, rules and measures fit together: nothing unknown, nothing that cannot fail, no question nobody needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.content.condition import AllOf, AnyOf, Change, Test, tests_in
from bot.content.fact import Fact, FactType, Implied
from bot.content.knowledge import PolicyFolder
from bot.content.problems import FieldPath
from bot.content.region import Regions
from bot.content.rule import Rule

if TYPE_CHECKING:
    from bot.content.checks import AddProblem

_FITTING = {
    FactType.BOOL: {"is_"},
    FactType.ENUM: {"is_", "in_", "not_in"},
    FactType.SET: {"has", "has_none"},
    FactType.INTEGER: {"at_least", "at_most"},
    FactType.MONEY: {"at_least", "at_most"},
    FactType.REGION: {"within"},
    FactType.DATE: set[str](),
}
"""The tests each type of fact can be put to; a date is tested by the months since it."""


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """What is being checked: the folder, its facts and rules by entry id, and the policies they belong to."""

    folder: Path
    facts: Mapping[str, Fact]
    rules: Mapping[str, Rule]
    policies: Mapping[str, PolicyFolder]
    regions: Regions


def find_rule_problems(files: RuleFiles, broken: set[str], add: "AddProblem") -> None:
    """Note everything wrong between facts, rules and measures; ``broken`` are rules that could not be read."""
    _check_facts(files, add)
    used = set(_used_by_facts(files.facts))
    for entry_id, rule in files.rules.items():
        policy_id, _, measure_id = entry_id.partition("/")
        path = files.folder / policy_id / f"{measure_id}.yaml"
        used.add(rule.area)
        used.update(scale.times for scale in rule.scales)
        for where, condition in _conditions(rule):
            used.update(test.fact for _, test in tests_in(condition))
            _check_condition(files, policy_id, path, where, condition, add, in_rule=where == ("when",))
        _check_rule(files, policy_id, measure_id, path, rule, add)
    facts_path = files.folder / "facts.yaml"
    for index, fact_id in enumerate(files.facts):
        if fact_id not in used and not broken:
            add(facts_path, (index, "id"), "dead_fact", id=fact_id)
    for policy_id, policy in files.policies.items():
        for measure in policy.measures:
            entry_id = f"{policy_id}/{measure.id}"
            if entry_id not in files.rules and entry_id not in broken:
                add(files.folder / policy_id / f"{measure.id}.yaml", (), "measure_without_rule", id=measure.id)


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
    for index, fact in enumerate(files.facts.values()):
        for where, implied in _implications(fact):
            for target, value in implied.items():
                if not _may_be(files.facts.get(target), value):
                    add(path, (index, *where, "implies", target), "impossible_implication", id=target, value=value)
        if fact.part_of is not None and (fact.part_of not in files.facts or files.facts[fact.part_of].type is not fact.type):
            add(path, (index, "part_of"), "unknown_fact", id=fact.part_of)
        if fact.derived is None:
            continue
        since = fact.derived.months_since
        if since is not None and (since not in files.facts or files.facts[since].type is not FactType.DATE):
            add(path, (index, "derived", "months_since"), "months_since_no_date", id=since)
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


def _may_be(fact: Fact | None, value: bool | int | str) -> bool:
    match fact:
        case Fact(type=FactType.BOOL, derived=None):
            return isinstance(value, bool)
        case Fact(type=FactType.ENUM):
            return value in {option.id for option in fact.options}
        case Fact(type=FactType.INTEGER | FactType.MONEY, derived=None):
            return isinstance(value, int) and not isinstance(value, bool)
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
    seen: set[str] = set()
    for inside, test in tests_in(condition):
        at = (*where, *inside)
        fact = files.facts.get(test.fact)
        if fact is None:
            add(path, (*at, "fact"), "unknown_fact", id=test.fact)
            continue
        _check_test(files.regions, fact, test, path, at, add)
        if not in_rule:
            continue
        if test.id in seen:
            add(path, (*at, "id"), "repeated_condition", id=test.id)
        seen.add(test.id or "")
        for name in ("id", "say", "change"):
            if getattr(test, name) is None:
                add(path, at, "condition_lacks", name=name)
        is_months = fact.derived is not None and fact.derived.months_since is not None
        if test.change is Change.WAIT and not (is_months and test.at_least is not None):
            add(path, (*at, "change"), "wait_without_months")
        sections = {section.name for section in files.policies[policy_id].policy.document.sections} if policy_id else set()
        if test.section is not None and test.section not in sections:
            add(path, (*at, "section"), "unknown_section", section=test.section, known="、".join(sorted(sections)))


def _check_test(regions: Regions, fact: Fact, test: Test, path: Path, at: FieldPath, add: "AddProblem") -> None:
    kind = next(
        name for name in ("is_", "in_", "not_in", "at_least", "at_most", "within", "has", "has_none") if getattr(test, name) is not None
    )
    field = kind.rstrip("_")
    if kind not in _FITTING[fact.type] or (fact.type is FactType.BOOL) != isinstance(test.is_, bool):
        fitting = ", ".join(sorted(name.rstrip("_") for name in _FITTING[fact.type])) or "-"
        add(path, (*at, field), "test_does_not_fit", id=fact.id, type=str(fact.type), fitting=fitting)
        return
    if fact.type in {FactType.ENUM, FactType.SET}:
        known = {option.id for option in fact.options}
        chosen = (test.is_,) if isinstance(test.is_, str) else test.in_ or test.not_in or test.has or test.has_none or ()
        for option in (*chosen, *(test.only_from or ())):
            if option not in known:
                add(path, (*at, field), "unknown_option", id=option, known=", ".join(sorted(known)))
        if fact.type is FactType.ENUM and set(chosen) >= known:
            add(path, (*at, field), "never_fails")
    if test.at_least is not None and test.at_least <= fact.lowest:
        add(path, (*at, field), "never_fails")
    if test.at_least is not None and fact.highest is not None and test.at_least > fact.highest:
        add(path, (*at, field), "never_holds")
    if test.at_most is not None and fact.highest is not None and test.at_most >= fact.highest:
        add(path, (*at, field), "never_fails")
    if test.at_most is not None and test.at_most < fact.lowest:
        add(path, (*at, field), "never_holds")
    for code in test.within or ():
        if code not in regions.names:
            add(path, (*at, field), "unknown_region", code=code)


def _check_rule(files: RuleFiles, policy_id: str, measure_id: str, path: Path, rule: Rule, add: "AddProblem") -> None:
    if rule.id != measure_id:
        add(path, ("id",), "id_differs_from_file", id=rule.id, file=measure_id)
    folder = files.policies.get(policy_id)
    measure = next((one for one in folder.measures if one.id == measure_id), None) if folder else None
    if folder is None or measure is None:
        add(path, ("id",), "rule_without_measure", id=measure_id, policy=policy_id)
        return
    if rule.area not in files.facts or files.facts[rule.area].type is not FactType.REGION:
        add(path, ("area",), "area_no_region", id=rule.area)
    sections = {section.name for section in folder.policy.document.sections}
    for index, prose in enumerate(rule.also_needed):
        if prose.section is not None and prose.section not in sections:
            add(path, ("also_needed", index, "section"), "unknown_section", section=prose.section, known="、".join(sorted(sections)))
    amounts = {amount.label: amount for amount in measure.amounts}
    for index, scale in enumerate(rule.scales):
        if scale.amount not in amounts or amounts[scale.amount].exactly is None:
            add(path, ("scales", index, "amount"), "unknown_amount", label=scale.amount, known="、".join(amounts))
        if scale.times not in files.facts or files.facts[scale.times].type is not FactType.INTEGER:
            add(path, ("scales", index, "times"), "unknown_fact", id=scale.times)
    if rule.combine is not None:
        others = {one.id for one in folder.measures} - {measure_id}
        for name, ids in (("either_or", rule.combine.either_or), ("with", rule.combine.with_), ("after", rule.combine.after)):
            for index, other in enumerate(ids):
                if other not in others:
                    add(path, ("combine", name, index), "unknown_measure", id=other, policy=policy_id)
