"""How many, as people say it: 十来个, 5万出头, 不到10户, 两三个, 一个也没有."""

import re

from bot.language.numerals import chinese_to_number

_N = r"(?:\d+(?:\.\d+)?(?:[万千百亿wk]+[1-9]?(?!\d))?|[零〇一二两俩三仨四五六七八九十百千万亿]+(?:点[一二三四五六七八九]+)?[万千百亿]*)"
_BELOW = r"(?:不到|不足|没到|没有到|少于|低于|不够|差一点到|还没到)"
_ABOVE = r"(?:超过|多于|不止|大于|高于)"
_FROM = r"(?:至少|不少于|不低于|起码|最少)"
_UPTO = r"(?:最多|不超过|顶多|至多)"
_ABOUT = r"(?:大概|差不多|大约|约|估计|可能|应该)"
_NEARLY = r"(?:快|将近|接近|快到|马上)"
_RANGE = re.compile(rf"(?P<low>{_N})[个户人名元块]?(?:到|至|-|~|—)(?P<high>{_N})")
_NUMBER = re.compile(
    rf"(?:(?P<below>{_BELOW})|(?P<above>{_ABOVE})|(?P<from>{_FROM})|(?P<upto>{_UPTO})|(?P<about>{_ABOUT})|(?P<nearly>{_NEARLY}))?"
    rf"有?(?P<number>{_N})(?P<more>多|来|几|余)?(?P<scale>万|千|百)?(?P<unit>[个户人名元块家位]{{0,2}})"
    rf"(?P<after>以上|往上|出头|以下|以内|左右|上下|多)?"
)
_NONE = re.compile(r"(?:一个|一户|一人|一名|1个)?(?:也|都)?(?:没有|没|无|零|0)(?:个|户|人|名)?[^0-9一二两三四五六七八九十百千万几]{0,4}")
_SEVERAL = re.compile(r"(?:好)?几(?:个|户|人|名|家)")
_PAIR = re.compile(r"(?P<first>[一二两三四五六七八九])(?P<second>[二三四五六七八九])(?P<scale>十|百|千|万)?(?=[个户人名家万千元块]|$)")
_DIGITS = dict(zip("一二两三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_SCALES = {None: 1, "十": 10, "百": 100, "千": 1000, "万": 10_000}


def read_count(text: str) -> tuple[int, int | None] | None:
    """The lowest and highest number a normalised answer may mean, both included, None where there is no upper end; None if it names none.

    >>> read_count("十来个"), read_count("5万出头"), read_count("不到10户"), read_count("没有"), read_count("两三个")
    ((9, 13), (50000, 60000), (0, 9), (0, 0), (2, 3))
    """
    text = text.strip(" ,，。.!！?？")
    if _NONE.fullmatch(text):
        return 0, 0
    if match := _RANGE.search(text):
        low, high = _ends(match["low"], match["high"])
        return (low, high) if low is not None and high is not None and low <= high else None
    if match := _PAIR.search(text):
        first, second = _DIGITS[match["first"]], _DIGITS[match["second"]]
        if second == first + 1:
            scale = _SCALES[match["scale"]] * (10_000 if match["scale"] != "万" and text[match.end() : match.end() + 1] == "万" else 1)
            return first * scale, second * scale
    if match := _NUMBER.search(text):
        return _bounded(match)
    return (2, 9) if _SEVERAL.search(text) else None


def _ends(low: str, high: str) -> tuple[int | None, int | None]:
    first, last = chinese_to_number(low), chinese_to_number(high)
    if first is not None and last is not None and first < last and high[-1] in "万千百" and low[-1] not in "万千百":
        first *= _SCALES[high[-1]]  # 五到八万
    return (None if first is None else int(first)), (None if last is None else int(last))


def _bounded(match: re.Match[str]) -> tuple[int, int | None] | None:
    value = chinese_to_number(match["number"])
    if value is None:
        return None
    number = int(value * _SCALES[match["scale"]])
    size = _unit_of(number)
    if match["below"]:
        return 0, max(0, number - 1)
    if match["above"]:
        return number + 1, None
    if match["from"] or match["after"] in {"以上", "往上"}:
        return number, None
    if match["upto"] or match["after"] in {"以下", "以内"}:
        return 0, number
    if match["nearly"]:
        return number - max(1, number // 5), max(0, number - 1)
    if match["more"] == "来":
        return number - max(1, number // 10), number + max(1, number * 3 // 10)
    if match["more"] in {"几", "余"} or (match["more"] == "多" and number == 10):
        return number + 1, number + size - 1
    if match["more"] == "多" or match["after"] == "多":
        return number, number + size - 1
    if match["after"] == "出头":
        return number, number + max(1, number // 5)
    if match["about"] or match["after"] in {"左右", "上下"}:
        return number - number // 5, number + number // 5
    return number, number


def _unit_of(number: int) -> int:
    """The size of the last place that is not zero: 10 for 20, 100 for 300, 10000 for 50000; at least 2."""
    size = 1
    while number and number % (size * 10) == 0:
        size *= 10
    return max(2, size)
