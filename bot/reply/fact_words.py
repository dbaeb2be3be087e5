"""Facts and answers in words: 残疾等级：三级, 不到6个月, 10户以上, 2026年3月."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from bot.content.fact import Fact, FactType
from bot.content.knowledge import Knowledge
from bot.content.months import add_months, whole_months
from bot.eligibility.answers import ELSEWHERE, NEVER, NO, YES, Absence, Answer, Days, Members, OneOf, Span, Within, one
from bot.eligibility.cells import EARLIEST
from bot.eligibility.ticking import Item
from bot.language.numerals import say_number

_BY_YEARS = 24
_FEW = 2
_WIDE = 60
"""Of a span of more days only the months are named."""


class FactWords:
    """Says facts and answers. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Say them in the words of this knowledge."""
        self.facts = knowledge.facts
        self._say: Callable[..., str] = knowledge.wording.say
        self._regions = knowledge.regions

    def told(self, answers: Mapping[str, Answer]) -> str:
        """Answers called back: 残疾等级：三级；执照日期：2026年3月."""
        lines = (
            self._say("interview_fact", name=self.facts[fact].name, answer=self.answer(fact, answer)) for fact, answer in answers.items()
        )
        return "；".join(lines)

    def noted(self, answers: Mapping[str, Answer]) -> str:
        """Answers just given called back in short: of a list that was ticked only what is so."""
        if len(answers) <= _FEW:
            return self.told(answers)
        absent = next(iter(answers.values()))
        if isinstance(absent, Absence) and all(answer == absent for answer in answers.values()):
            return self._say(f"noted_{absent}")
        so = {fact: answer for fact, answer in answers.items() if answer != one(NO) and (not isinstance(answer, Members) or answer.has)}
        ticks = [self._so(fact, answer) for fact, answer in so.items()]
        return "；".join([*ticks, self._say("noted_rest" if ticks else "noted_none")][: None if len(so) < len(answers) else -1])

    def _so(self, fact_id: str, answer: Answer) -> str:
        return self.facts[fact_id].tick or "" if answer == one(YES) else self.told({fact_id: answer})

    def answer(self, fact_id: str, answer: Answer) -> str:
        """One answer in words."""
        fact = self.facts[fact_id]
        match answer:
            case Absence():
                return self._say(f"answer_{answer}")
            case OneOf(ids=ids):
                return "、".join(self._option(fact, option) for option in sorted(ids))
            case Members(has=has, lacks=lacks):
                named = "、".join(option.label for option in fact.options if option.id in has)
                if named:
                    return named
                return self._say("answer_lacks", names="、".join(option.label for option in fact.options if option.id in lacks))
            case Within(code=code):
                return self._say("answer_elsewhere") if code == ELSEWHERE else self._regions.full_name(code)
            case Span(low=low, high=high):
                return self._number(fact, low, high)
            case Days(low=low, high=high):
                return self._days(fact, low, high)

    def cell(self, fact_id: str, cell: Answer, as_of: date) -> str:
        """An answer that may be picked, in words."""
        fact = self.facts[fact_id]
        match cell:
            case Within(code=code):
                return self._say("cell_not_in") if code == ELSEWHERE else self._say("cell_in", place=self._regions.name(code))
            case Span(low=low, high=high):
                return self._range(fact, low, high)
            case Days(low=low, high=high):
                return self._time(fact, low, high, as_of)
        return self.answer(fact_id, cell)

    def item(self, item: Item) -> str:
        """A thing to tick, in words."""
        fact = self.facts[item.fact_id]
        label = next((option.label for option in fact.options if option.id == item.member), "")
        return f"{fact.tick or ''}{label}" or fact.name

    def names(self, fact_ids: Iterable[str]) -> str:
        """The names of facts."""
        return "、".join(self.facts[fact_id].name for fact_id in fact_ids)

    def day(self, day: date) -> str:
        """A day as people say it."""
        return self._say("answer_day", year=day.year, month=day.month, day=day.day)

    def until(self, today: date, day: date) -> str:
        """How long it is until a day: 9天, 1个月, 1个多月."""
        months = whole_months(today, day)
        if not months:
            return self._say("gap_days", count=(day - today).days)
        return self._say("gap_months" if add_months(today, months) == day else "gap_months_more", count=months)

    def _option(self, fact: Fact, option: str) -> str:
        if fact.yes is not None and fact.no is not None:
            return fact.yes.label if option == YES else fact.no.label
        return next(one.label for one in fact.options if one.id == option)

    def _figure(self, fact: Fact, number: int) -> str:
        shown = say_number(number) if fact.type is FactType.MONEY else str(number)
        return f"{shown}{fact.unit or ''}"

    def _number(self, fact: Fact, low: int, high: int | None) -> str:
        if high is None:
            return self._say("answer_from", low=self._figure(fact, low))
        if low == high:
            return self._say("cell_none") if low == 0 else self._figure(fact, low)
        first = self._figure(fact, low) if fact.type is FactType.MONEY else str(low)
        return self._say("answer_about", low=first, high=self._figure(fact, high))

    def _range(self, fact: Fact, low: int, high: int | None) -> str:
        if high is None:
            return self._say("cell_at_least", figure=self._figure(fact, low))
        if low == high:
            return self._say("cell_none") if low == 0 else self._figure(fact, low)
        if low <= fact.lowest:
            return self._say("cell_below", figure=self._figure(fact, high + 1))
        if fact.type is FactType.MONEY:
            return self._say("cell_from_below", low=self._figure(fact, low), high=self._figure(fact, high + 1))
        return self._say("cell_between", low=low, high=self._figure(fact, high))

    def _days(self, fact: Fact, low: date, high: date) -> str:
        if low == NEVER:
            return fact.never or self._say("cell_none")
        if low == high:
            return self.day(low)
        if low.day == 1 and (low.year, low.month) == (high.year, high.month):
            return self._say("answer_month", year=low.year, month=low.month)
        if (low.month, low.day) == (1, 1) and low.year == high.year and high.month == 12:
            return self._say("answer_year", year=low.year)
        if low == EARLIEST:
            return self._say("answer_before", day=self.day(high))
        if (high - low).days > _WIDE:
            first, last = (self._say("answer_month", year=day.year, month=day.month) for day in (low, high))
            return self._say("answer_sometime", low=first, high=last)
        return self._say("answer_sometime", low=self.day(low), high=self.day(high))

    def _time(self, fact: Fact, low: date, high: date, as_of: date) -> str:
        if low == NEVER:
            return fact.never or self._say("cell_none")
        newest = high >= as_of
        if newest and low == EARLIEST:
            return self._days(fact, low, as_of)
        if newest:
            months = whole_months(low, as_of)
            if add_months(low, months) == as_of:
                return self._say("cell_time_within", time=self._length(months), day=self.day(low))
            return self._say("cell_time_below", time=self._length(months + 1), day=self.day(low))
        fewest = whole_months(high, as_of)
        if low != EARLIEST:
            return self._say("cell_time_between", low=self._length(fewest), high=self._length(whole_months(low, as_of) + 1))
        key = "cell_time_full" if add_months(high, fewest) == as_of else "cell_time_over"
        return self._say(key, time=self._length(fewest), day=self.day(high))

    def _length(self, months: int) -> str:
        if months >= _BY_YEARS and months % 12 == 0:
            return self._say("cell_years", count=months // 12)
        return self._say("cell_months", count=months)
