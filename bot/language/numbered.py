"""Several things picked by their numbers: 1和3, 1 3, 13, 一、三, 都是, 2不清楚."""

import re
from collections.abc import Collection

_NUMBER = re.compile(r"[0-9]+|[一二两三四五六七八九]")
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ALL = re.compile(r"(?:全部?|都|全都)(?:是|有|要|符合|对|选)?(?:的|了)?")
_NONE = re.compile(r"0|零|(?:都|全)(?:不|没).{0,3}|一?个?(?:都|也)?没有")
_BETWEEN = re.compile(r"[\s,，、.。和跟与及还有第个项条号也选我要是的吧;；+&?？]*")


def read_ticks(text: str, most: int, unsure_words: Collection[str]) -> tuple[frozenset[int], frozenset[int]] | None:
    """The numbers a normalised text picks from 1 to ``most``, and those it is unsure of; None if it is no such pick.

    A number followed by a question mark or one of ``unsure_words`` is unsure. 0 and 都不是 pick nothing.

    >>> read_ticks("1和3", 4, ()), read_ticks("13", 4, ()), read_ticks("都不是", 4, ())
    ((frozenset({1, 3}), frozenset()), (frozenset({1, 3}), frozenset()), (frozenset(), frozenset()))
    """
    text = text.strip(" ,，。.!！")
    if _NONE.fullmatch(text):
        return frozenset(), frozenset()
    if _ALL.fullmatch(text):
        return frozenset(range(1, most + 1)), frozenset()
    chosen: set[int] = set()
    unsure: set[int] = set()
    at = 0
    while at < len(text):
        match = _NUMBER.match(text, at)
        if match is None:
            gap = _BETWEEN.match(text, at)
            if gap is None or gap.end() == at:
                return None
            at = gap.end()
            continue
        numbers = _numbers(match.group(), most)
        if numbers is None:
            return None
        at = match.end()
        doubt = next((word for word in ("?", "？", *unsure_words) if text.startswith(word, at)), None)
        (unsure if doubt else chosen).update(numbers)
        at += len(doubt or "")
    return (frozenset(chosen - unsure), frozenset(unsure)) if chosen or unsure else None


def _numbers(text: str, most: int) -> list[int] | None:
    """One number, or several digits written together where no list is that long."""
    if not text.isdigit() or not text.isascii():
        number = _DIGITS.get(text, 0)
        return [number] if 1 <= number <= most else None
    if 1 <= int(text) <= most:
        return [int(text)]
    digits = [int(digit) for digit in text]
    return digits if all(1 <= digit <= most for digit in digits) else None
