"""How many, heard for a fact: any number, or the one that counts what the fact counts."""

from bot.content.fact import Fact, FactType
from bot.eligibility.answers import Answer, Span, exactly
from bot.language.rough_numbers import read_count

_NUMBER_LENGTH = 8


def read_number(fact: Fact, text: str) -> Answer | None:
    """The number a text names, if the fact can be so many."""
    found = read_count(text)
    if found is None:
        return None
    low, high = found
    if fact.highest is not None and (low > fact.highest or low < fact.lowest):
        return None
    return exactly(low) if low == high else Span(low, high)


def read_counted(fact: Fact, text: str) -> Answer | None:
    """The number in a text that counts what the fact counts; of money any number."""
    if fact.type is FactType.MONEY or not fact.unit:
        return read_number(fact, text)
    if (number := read_counted_by_noun(fact, text)) is not None:
        return number
    before, unit, after = text.partition(fact.unit)
    while unit:
        if (number := read_number(fact, before[-_NUMBER_LENGTH:] + unit)) is not None and read_count(before[-1:] + unit) is not None:
            return number
        before, unit, after = before + unit + after.partition(fact.unit)[0], *after.partition(fact.unit)[1:]
    return None


def read_counted_by_noun(fact: Fact, text: str) -> Answer | None:
    """The number right before one of the nouns for what the fact counts."""
    for noun in fact.counts:
        before, found, _ = text.partition(noun)
        last = read_count(before[-2:]) if found else None
        for length in range(3, _NUMBER_LENGTH) if last is not None else ():
            longer = read_count(before[-length:])
            if longer == last:
                return read_number(fact, before[-length:])
            last = longer
    return None
