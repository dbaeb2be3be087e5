"""Since when, from how long something has lasted: 半年多, 一年零三个月, 不到俩月, 十天前."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from math import ceil, floor

from bot.content.months import latest_start
from bot.language.hedges import bounded, hedges
from bot.language.numerals import chinese_to_number
from bot.language.rough_numbers import ROUGHLY, read_rough

EARLIEST = date(1900, 1, 1)
"""The first day of what names none: 三年以上, 2020年以前."""

_DAY = timedelta(days=1)
_MOST = {False: 960, True: 29_200}
"""No longer than eighty years, in months or days."""
_NOT_AFTER_NUMERAL = "(?<![0-9.零〇一二两俩仨三四五六七八九十百几半多好])"


def _nth_year(match: re.Match[str]) -> str:
    number = int(chinese_to_number(match[1] or match[2]) or 1)
    return f"{max(0, number - 1)}年到{number}年"


_SAID_PLAINLY: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    ("第([0-9一二三四五六七八九十]{1,2})年|([0-9一二两三四五六七八九十]{1,2})个年头", _nth_year),
    ("一年半载", "6到18个月"),
    ("半年一年", "6到12个月"),
    ("(?:大|(?<!差不)多)半年", "7到11个月"),
    ("十天半个?月", "10到15天"),
    ("整年", "年整"),
    ("半拉月", "半个月"),
    ("(?<=[俩两仨])半月", "个半月"),
    ("大半个月", "15到25天"),
    (f"{_NOT_AFTER_NUMERAL}年把", "一年左右"),
    (f"{_NOT_AFTER_NUMERAL}年半", "一年半"),
    (f"(?:[好很许]多|好些|{_NOT_AFTER_NUMERAL}多)年", "2年以上"),
)
"""Set phrases, and the same in the words of ``_LENGTH``."""

_UNIT = "周?年(?![级制龄代轻纪])|(?:个[半多来]?|(?<=[俩两仨半来多把]))月|个?星期|个?礼拜|周|天"
_TO = "(?:[到至~—-]|或者?)"
_LENGTH = re.compile(
    rf"(?<![第每0-9.零〇一二两三四五六七八九十百几])(?<!差)(?<!再过)(?<!再有)(?<!还有)(?<!不是)(?<![上下前后](?=半))"
    rf"(?:(?P<low>半|{ROUGHLY})(?:{_TO}|(?P<low_unit>{_UNIT})(?:{_TO}|(?={ROUGHLY}(?P=low_unit)))))?"
    rf"(?P<high>半|{ROUGHLY})(?P<unit>{_UNIT})"
    rf"(?P<and_half>半)?+(?:[零又加]?(?P<and_months>{ROUGHLY})个[半多来]?月)?+"
    rf"(?![卖挣赚收流营]|能[卖挣赚]|到晚|{ROUGHLY}(?:[块元个次回头左上多流收营,。]|$))"
)
_LATELY = re.compile("(?:前|头|这|(?<![将接])近|过去)$")
_SIZES = {"年": (12, False), "月": (1, False), "期": (7, True), "拜": (7, True), "周": (7, True), "天": (1, True)}
"""Units by their last character: how many months or, if true, days."""


def read_lasting(text: str, today: date) -> tuple[date, date] | None:
    """The first and last day on which something may have begun that has lasted so long; None if the text names no length of time.

    Whole months are counted: what has lasted 半年多 began 6 to 11 of them ago. A plain length is a rounded one: 6个月 may have been 5
    and a half, 一年 nine months or fifteen; 满 counts whole units, and 正好 takes the word for it.

    >>> [str(end) for end in read_lasting("半年多", date(2026, 11, 21))], [str(end) for end in read_lasting("满6个月", date(2026, 11, 21))]
    (['2025-11-22', '2026-05-21'], ['2026-04-22', '2026-05-21'])
    """
    for pattern, plain in _SAID_PLAINLY:
        text = re.sub(pattern, plain, text)
    return next(filter(None, (_began(text, match, today) for match in _LENGTH.finditer(text))), None)


def _began(text: str, match: re.Match[str], today: date) -> tuple[date, date] | None:
    unit, and_months = match["unit"], read_rough(match["and_months"] or "零")
    last = _amount(match["high"], unit)
    first = _amount(match["low"], match["low_unit"] or unit) if match["low"] else last
    if first is None or last is None or and_months is None or first[2] != last[2]:
        return None
    by_days, size = last[2], _SIZES[unit[-1]][0]
    step = 15 if by_days and unit[-1] == "月" else 6 if match["high"] == "半" or match["and_half"] else size
    half = size / 2 if match["and_half"] or "半" in unit else 0.0
    kinds = set(hedges(text, match.start(), match.end())) | {kind for char, kind in (("多", "more"), ("来", "about")) if char in unit}
    fewest = floor(first[0]) if match["low"] else floor(first[0] + half + and_months[0])
    most = (ceil if kinds & {"below", "upto", "nearly"} else floor)(last[1] + half + and_months[1])
    if not fewest <= most <= _MOST[by_days]:
        return None
    ends = _rounded(
        fewest, most, kinds, 1 if match["and_months"] or match["low"] else step, by_days, lately=bool(_LATELY.search(text[: match.start()]))
    )
    return _counted_back(*ends, kinds, today, by_days)


def _amount(quantity: str, unit: str) -> tuple[float, float, bool] | None:
    """At least and at most how many months or, if true, days."""
    size, by_days = _SIZES[unit[-1]]
    if quantity == "半":
        return {"年": (6.0, 6.0, False), "月": (15.0, 15.0, True)}.get(unit[-1])
    span = read_rough(quantity)
    return (span[0] * size, span[1] * size, by_days) if span else None


def _rounded(fewest: int, most: int, kinds: set[str], step: int, by_days: bool, *, lately: bool) -> tuple[int, int | None]:
    """The whole units meant, given what 多 adds at most and one more (``step``)."""
    if lately:
        return 0, most + ceil(most / 2)
    if "full" in kinds:
        return fewest, most + step - 1
    if kinds - {"about"} or (kinds and fewest == most):
        return bounded(fewest, most, kinds, step - 1)
    if fewest == most and (step > 1 or by_days):
        return bounded(fewest, most, {"about"}, 0)
    return max(0, fewest - 1), most + step - 1


def _counted_back(fewest: int, most: int | None, kinds: set[str], today: date, by_days: bool) -> tuple[date, date]:
    if by_days:
        return EARLIEST if most is None else today - timedelta(days=most), today - timedelta(days=fewest)
    last = latest_start(fewest - 1, today - _DAY) if "above" in kinds else latest_start(fewest, today)
    if most is None:
        return EARLIEST, last
    return (latest_start(most, today - _DAY) if "upto" in kinds else latest_start(most + 1, today)) + _DAY, last
