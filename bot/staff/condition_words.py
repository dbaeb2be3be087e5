"""Conditions and derived facts as sentences a clerk can hold against the document."""

from collections.abc import Iterable

from bot.content.condition import AllOf, AnyOf, Test
from bot.content.fact import Fact, FactType
from bot.content.knowledge import Knowledge
from bot.language.numerals import say_number


class ConditionWords:
    """Says conditions with the names and labels of their facts."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Say them in the words of this knowledge."""
        self._facts = knowledge.facts
        self._regions = knowledge.regions
        self._say = knowledge.wording.say

    def named(self, fact_id: str) -> str:
        """A fact by its name, with its id to look it up."""
        return self._say("facts_named", name=self._facts[fact_id].name, id=fact_id)

    def test(self, test: Test) -> str:
        """One test, as it is worked out: 登记满的月数（months_registered）不少于6个月."""
        fact = self._facts[test.fact]
        return self._say("condition_test", name=fact.name, id=fact.id, test=self._tested(fact, test))

    def condition(self, condition: Test | AllOf | AnyOf) -> str:
        """A whole condition in one line."""
        match condition:
            case Test():
                return self.test(condition)
            case AllOf(all=parts):
                return self._say("condition_and").join(map(self._part, parts))
            case AnyOf(any=parts):
                return self._say("condition_or").join(map(self._part, parts))

    def derived(self, fact: Fact) -> str:
        """How a fact that is not asked follows from others; empty for one that is asked."""
        if fact.derived is None:
            return ""
        if fact.derived.months_since is not None:
            return self._say("facts_months_since", name=self.named(fact.derived.months_since))
        return self.condition(fact.derived.when) if fact.derived.when is not None else ""

    def options(self, fact_id: str, option_ids: Iterable[str]) -> str:
        """Options of a fact by their labels, in quotation marks."""
        labels = {option.id: option.label for option in self._facts[fact_id].options}
        return "".join(f"“{labels[option_id]}”" for option_id in option_ids)

    def _part(self, condition: Test | AllOf | AnyOf) -> str:
        text = self.condition(condition)
        return text if isinstance(condition, Test) else self._say("condition_all", parts=text)

    def _tested(self, fact: Fact, test: Test) -> str:
        if isinstance(test.is_, bool):
            side = fact.yes if test.is_ else fact.no
            if side is None:
                return self._say("condition_true" if test.is_ else "condition_false")
            return self._say("condition_is", options=f"“{side.label}”")
        for key, number in (("condition_at_least", test.at_least), ("condition_at_most", test.at_most)):
            if number is not None:
                shown = say_number(number) if fact.type is FactType.MONEY else number
                return self._say(key, number=shown, unit=fact.unit or "")
        if test.within is not None:
            return self._say("condition_within", areas="、".join(map(self._regions.full_name, test.within)))
        chosen = (test.is_,) if test.is_ is not None else test.in_ or test.not_in or test.has or test.has_none or ()
        several = len(chosen) > 1
        keys = {
            "condition_not_in": test.not_in,
            "condition_has_none": test.has_none,
            "condition_has_some" if several else "condition_has": test.has,
        }
        key = next((key for key, ids in keys.items() if ids is not None), "condition_in" if several else "condition_is")
        return self._say(key, options=self.options(fact.id, chosen))
