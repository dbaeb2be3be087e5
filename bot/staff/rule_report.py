"""A rule as sentences a clerk can hold against the document, and finding it by what people call it."""

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from bot.content.condition import AllOf, AnyOf, Change, Test
from bot.content.knowledge import Knowledge
from bot.content.measure import Measure
from bot.content.policy import Policy
from bot.content.rule import Combining, Rule
from bot.reply.figures import amount_line, say_amount
from bot.staff.condition_words import ConditionWords
from bot.staff.fact_list import facts_of

_INDENT = "  "
_MOST_NEAR = 5
_NEAR_ENOUGH = 0.6


def measures_called(knowledge: Knowledge, name: str) -> tuple[str, ...]:
    """The measures of an id, ``policy/id``, code or name; several where two policies use one id or name."""
    return tuple(
        f"{policy.id}/{measure.id}"
        for policy, measure in knowledge.measures()
        if name in {measure.id, f"{policy.id}/{measure.id}", measure.name} or name.upper() == measure.code
    )


def measures_like(knowledge: Knowledge, name: str) -> tuple[str, ...]:
    """The measures whose id, code or name is closest to what was written, best first."""
    called: dict[str, list[str]] = {}
    for policy, measure in knowledge.measures():
        entry_id = f"{policy.id}/{measure.id}"
        for form in (measure.id, measure.code.lower(), measure.name):
            called.setdefault(form, []).append(entry_id)
    forms = get_close_matches(name.rpartition("/")[2].lower(), called, _MOST_NEAR, _NEAR_ENOUGH)
    return tuple(dict.fromkeys(entry_id for form in forms for entry_id in called[form]))[:_MOST_NEAR]


def codes_beside(knowledge: Knowledge, code: str) -> tuple[str, tuple[str, ...]] | None:
    """For something written like a code, the policy whose codes begin so, and all its codes; None if there is no such policy."""
    begins, dash, number = code.upper().rpartition("-")
    if not dash or not number.isdigit():
        return None
    found = [(policy, measure.code) for policy, measure in knowledge.measures() if measure.code.rpartition("-")[0] == begins]
    return (found[0][0].title, tuple(code for policy, code in found if policy is found[0][0])) if found else None


def suggested(knowledge: Knowledge, entry_ids: Iterable[str]) -> str:
    """Measures to choose from, each by its name, its code and its id."""
    measures = {f"{policy.id}/{measure.id}": measure for policy, measure in knowledge.measures()}
    return "、".join(
        knowledge.wording.say("explain_rule_suggested", name=measures[entry_id].name, code=measures[entry_id].code, id=entry_id)
        for entry_id in entry_ids
    )


class RuleReport:
    """The rule of one measure."""

    def __init__(self, knowledge: Knowledge, entry_id: str) -> None:
        """Look at the rule of a measure that has one."""
        policy_id, _, measure_id = entry_id.partition("/")
        folder = knowledge.folders[policy_id]
        self._entry_id = entry_id
        self._policy: Policy = folder.policy
        self._measures = {measure.id: measure for measure in folder.measures}
        self._measure: Measure = self._measures[measure_id]
        self._rule: Rule = knowledge.rules[entry_id]
        self._facts = knowledge.facts
        self._wording = knowledge.wording
        self._say: Callable[..., str] = knowledge.wording.say
        self._words = ConditionWords(knowledge)
        self._area = Test.model_validate(
            {
                "id": "area",
                "fact": self._rule.area,
                "within": self._policy.regions,
                "say": self._say("rule_area", area=self._policy.place),
                "change": Change.NEVER,
            }
        )

    def told(self) -> dict[str, Any]:
        """The rule for programs: as staff write it, each test with ``reads``, the sentence, and the section it stands in."""
        rule, measure = self._rule, self._measure
        return {
            "id": self._entry_id,
            "policy": self._policy.id,
            "code": measure.code,
            "name": measure.name,
            "section": measure.source.section,
            "not_individual": rule.not_individual,
            "area": self._told_condition(self._area),
            "when": self._told_condition(rule.when) if rule.when is not None else None,
            "derived": [{"id": fact_id, "reads": self._words.derived(self._facts[fact_id])} for fact_id in self._derived()],
            "also_needed": [{"say": one.say, "section": one.section or measure.source.section} for one in rule.also_needed],
            "amounts": [{"label": one.label, "reads": say_amount(one, self._wording)} for one in measure.amounts],
            "scales": [{"amount": one.amount, "times": one.times} for one in rule.scales],
            "additions": [{"when": self._told_condition(one.when), "say": one.say} for one in rule.additions],
            "combine": rule.combine.model_dump(mode="json", by_alias=True) if rule.combine is not None else None,
            "papers": list(rule.papers),
        }

    def lines(self) -> list[str]:
        """The rule as a clerk reads it."""
        measure, rule = self._measure, self._rule
        lines = [
            self._say("explain_rule_title", name=measure.name, code=measure.code, id=self._entry_id),
            self._say("source_line", policy=self._policy.title, section=measure.source.section),
        ]
        if rule.not_individual is not None:
            return [*lines, self._say("explain_rule_not_individual", text=rule.not_individual)]
        lines += [self._say("explain_rule_section", section=measure.source.section), "", self._say("explain_rule_all"), *self._conditions()]
        lines += self._block("explain_rule_derived", map(self._derived_line, self._derived()))
        lines += self._block("explain_rule_also_needed", (one.say + self._section(one.section) for one in rule.also_needed))
        scales = (self._say("explain_rule_scale", amount=one.amount, name=self._words.named(one.times)) for one in rule.scales)
        lines += self._block("explain_rule_amounts", (*(amount_line(one, self._wording) for one in measure.amounts), *scales))
        additions = (self._say("explain_rule_addition", text=one.say, test=self._words.condition(one.when)) for one in rule.additions)
        lines += self._block("explain_rule_additions", additions)
        lines += self._block("explain_rule_combine", self._combining(rule.combine) if rule.combine is not None else ())
        return [*lines, *(self._block("explain_rule_papers", rule.papers) or ["", self._say("explain_rule_no_papers")])]

    def _block(self, key: str, items: Iterator[str] | tuple[str, ...]) -> list[str]:
        """A heading with its items; nothing without items."""
        listed = [f"{_INDENT}- {item}" for item in items]
        return ["", self._say(key), *listed] if listed else []

    def _conditions(self) -> Iterator[str]:
        yield from self._nested(self._area, 1)
        when = self._rule.when
        for part in when.all if isinstance(when, AllOf) else (when,):
            if part is not None:
                yield from self._nested(part, 1)

    def _nested(self, condition: Test | AllOf | AnyOf, depth: int) -> Iterator[str]:
        parts: tuple[Test | AllOf | AnyOf, ...] = ()
        match condition:
            case Test():
                said = self._test_line(condition)
            case AllOf(all=inner):
                said, parts = self._say("explain_rule_all"), inner
            case AnyOf(any=inner, say=None):
                said, parts = self._say("explain_rule_any"), inner
            case AnyOf(any=inner, say=say):
                said, parts = self._say("explain_rule_any_say", say=say), inner
        yield f"{_INDENT * depth}- {said}"
        for part in parts:
            yield from self._nested(part, depth + 1)

    def _test_line(self, test: Test) -> str:
        change = self._change(test) + self._section(test.section)
        return self._say("explain_rule_test", say=test.say, test=self._words.test(test), change=change)

    def _change(self, test: Test) -> str:
        if test.change is Change.ACT and test.only_from:
            return self._say("explain_rule_act_from", text=test.do, options=self._words.options(test.fact, test.only_from))
        return self._say(f"explain_rule_{test.change or Change.NEVER}", **{"text": test.do} if test.change is Change.ACT else {})

    def _section(self, section: str | None) -> str:
        """Where it stands, if not in the measure's own section."""
        if section is None or section == self._measure.source.section:
            return ""
        return self._say("explain_rule_in_section", section=section)

    def _derived(self) -> tuple[str, ...]:
        return tuple(fact_id for fact_id in facts_of(self._rule, self._facts) if self._facts[fact_id].derived is not None)

    def _derived_line(self, fact_id: str) -> str:
        return self._say("explain_rule_derived_fact", name=self._words.named(fact_id), text=self._words.derived(self._facts[fact_id]))

    def _combining(self, combine: Combining) -> Iterator[str]:
        if combine.not_stated:
            yield self._say("explain_rule_combine_not_stated")
        for key, ids in (("either_or", combine.either_or), ("with", combine.with_), ("after", combine.after)):
            if ids:
                others = (self._measures[other] for other in ids)
                yield self._say(f"explain_rule_{key}", names="、".join(f"{other.name}（{other.code}）" for other in others))
        if combine.say is not None:
            yield combine.say

    def _told_condition(self, condition: Test | AllOf | AnyOf) -> dict[str, Any]:
        match condition:
            case Test():
                written = condition.model_dump(mode="json", by_alias=True, exclude_none=True)
                return {**written, "reads": self._words.test(condition), "section": condition.section or self._measure.source.section}
            case AllOf(all=parts):
                return {"all": [self._told_condition(part) for part in parts]}
            case AnyOf(any=parts, say=say):
                return {"any": [self._told_condition(part) for part in parts], "say": say}
