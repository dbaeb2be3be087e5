"""All facts, for the clerk who writes rules or answers: what is asked, what may be answered, what it is good for."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.content.condition import tests_in
from bot.content.fact import Fact, FactType, Topic
from bot.content.knowledge import Knowledge
from bot.content.rule import Rule
from bot.staff.condition_words import ConditionWords

_INDENT = "    "


def facts_of(rule: Rule, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """The facts a rule looks at, with those they are derived from or counted in, in the order of the facts."""
    if rule.when is None:
        return ()
    conditions = (rule.when, *(addition.when for addition in rule.additions))
    fresh = {test.fact for condition in conditions for _, test in tests_in(condition)}
    fresh |= {rule.area} | {scale.times for scale in rule.scales}
    found: set[str] = set()
    while fresh:
        found |= fresh
        fresh = {other for fact_id in fresh for other in (*sources_of(facts[fact_id]), facts[fact_id].part_of) if other} - found
    return tuple(fact_id for fact_id in facts if fact_id in found)


def told_facts(knowledge: Knowledge) -> list[dict[str, Any]]:
    """Every fact for programs. The id of an option is what is written in a file of answers: true or false for a fact of type bool."""
    words = ConditionWords(knowledge)
    uses = _uses(knowledge)
    return [_told(fact, words, uses[fact.id]) for fact in knowledge.facts.values()]


def fact_lines(knowledge: Knowledge) -> list[str]:
    """Every fact as a clerk reads it, by topic."""
    return list(_FactWriter(knowledge).lines())


def number_range(fact: Fact, knowledge: Knowledge) -> str:
    """Which numbers a fact may have, both ends included."""
    if fact.highest is None:
        return knowledge.wording.say("facts_from", lowest=fact.lowest, unit=fact.unit or "")
    return knowledge.wording.say("facts_range", lowest=fact.lowest, highest=fact.highest, unit=fact.unit or "")


def sources_of(fact: Fact) -> tuple[str, ...]:
    """The facts a derived fact follows from; none for one that is asked."""
    if fact.derived is not None and fact.derived.when is not None:
        return tuple(dict.fromkeys(test.fact for _, test in tests_in(fact.derived.when)))
    return (fact.derived.months_since,) if fact.derived is not None and fact.derived.months_since is not None else ()


def _uses(knowledge: Knowledge) -> Counter[str]:
    """How many measures look at each fact."""
    return Counter(fact_id for rule in knowledge.rules.values() for fact_id in facts_of(rule, knowledge.facts))


def _options(fact: Fact) -> list[tuple[str | bool, str]]:
    if fact.yes is not None and fact.no is not None:
        return [(True, fact.yes.label), (False, fact.no.label)]
    return [(option.id, option.label) for option in fact.options]


def _told(fact: Fact, words: ConditionWords, measures: int) -> dict[str, Any]:
    derived = fact.derived.model_dump(mode="json", by_alias=True, exclude_none=True) if fact.derived is not None else None
    return {
        "id": fact.id,
        "type": fact.type,
        "topic": fact.topic,
        "name": fact.name,
        "ask": fact.ask,
        "why": fact.why,
        "find_out": fact.find_out,
        "sensitive": fact.sensitive,
        "options": [{"id": value, "label": label} for value, label in _options(fact)],
        "none": fact.none,
        "never": fact.never,
        "unit": fact.unit,
        "lowest": fact.lowest if fact.unit else None,
        "highest": fact.highest,
        "part_of": fact.part_of,
        "derived": derived,
        "derived_reads": words.derived(fact) or None,
        "measures": measures,
    }


class _FactWriter:
    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._say = knowledge.wording.say
        self._words = ConditionWords(knowledge)
        self._uses = _uses(knowledge)

    def lines(self) -> Iterator[str]:
        facts = self._knowledge.facts.values()
        derived = sum(fact.derived is not None for fact in facts)
        yield self._say("facts_count", count=len(facts), asked=len(facts) - derived, derived=derived)
        for topic in Topic:
            own = [fact for fact in facts if fact.topic is topic]
            if own:
                yield ""
                yield self._say("facts_topic", topic=self._say(f"facts_topic_{topic}"))
            for fact in own:
                yield self._say("facts_head", id=fact.id, type=self._say(f"facts_type_{fact.type}"), name=fact.name)
                yield from (f"{_INDENT}{line}" for line in self._about(fact))

    def _about(self, fact: Fact) -> Iterator[str]:
        if fact.ask is not None:
            yield self._say("facts_ask", text=fact.ask)
        if fact.derived is not None:
            yield self._say("facts_derived", text=self._words.derived(fact))
        if fact.sensitive:
            yield self._say("facts_sensitive")
        for value, label in _options(fact):
            yield self._say("facts_option", id=str(value).lower() if isinstance(value, bool) else value, label=label)
        if fact.none is not None:
            yield self._say("facts_option", id="[]", label=fact.none)
        if fact.never is not None:
            yield self._say("facts_option", id="never", label=fact.never)
        if fact.type in {FactType.INTEGER, FactType.MONEY} and fact.derived is None:
            yield number_range(fact, self._knowledge)
        if fact.part_of is not None:
            yield self._say("facts_part_of", name=self._knowledge.facts[fact.part_of].name, id=fact.part_of)
        parts = [self._words.named(other.id) for other in self._knowledge.facts.values() if other.part_of == fact.id]
        if parts:
            yield self._say("facts_parts", names="、".join(parts))
        if fact.why is not None:
            yield self._say("facts_why", text=fact.why)
        if fact.find_out is not None:
            yield self._say("facts_find_out", text=fact.find_out)
        yield self._say("facts_used", count=self._uses[fact.id])
