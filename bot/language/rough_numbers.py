"""How many, as people say it: 十来个, 5万出头, 不到10户, 两三个, 一个也没有."""

import re
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, prod

from bot.language.hedges import bounded, hedges
from bot.language.numerals import chinese_to_number

_DIGITS = "零〇一二两俩三仨四五六七八九"
_SIZES = {"亿": 10**8, "万": 10**4, "w": 10**4, "千": 1000, "k": 1000, "百": 100, "十": 10}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_NEXT = rf"[0-9{_DIGITS}十百千万亿]|儿(?=八)|[wk](?![a-z])|,(?=[0-9]{{3}}(?![0-9]))|[.点](?=[0-9{_DIGITS}])"
_ROUNDED = r"(?:[多来余把]|[好大]?几)十?(?:[百千万亿]|[wk](?![a-z])){0,2}"
ROUGHLY = rf"(?>个把|(?:[好大]?几|[0-9{_DIGITS}十百千万])(?:{_NEXT})*(?:{_ROUNDED})?)"
"""One number as people say it, exact or not: 3, 8万6, 十来, 二十多万, 百八十, 三五. A pattern without groups."""

_TWO_IN_ONE = (
    (re.compile("^([百千万])儿?八([十百千])"), r"八\2", r"一\1八\2"),  # 百八十: 80 to 180
    (re.compile("^百十"), "一百", "一百二十"),
    (re.compile("^个把"), "一", "二"),
    (re.compile(rf"^([0-9]+|[{_DIGITS}十])([十百千万])([0-9]+|[{_DIGITS}])\2$"), r"\1\2", r"\3\2"),  # 十万八万: 80000 to 100000
    (re.compile("^几"), "二", "九"),
    (re.compile("^好几"), "三", "九"),
    (re.compile("^大几"), "五", "九"),
    (re.compile("(?=一[二两]|[二两]三|三[两四五]|四五|五六|六七|七八|八九)(.)(.)"), r"\1", r"\2"),  # 七八, 三五百
)
"""What stands for two numbers, and each of them."""

_ONE_PLACE = re.compile(
    rf"(?:[0-9]{{1,15}}|[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,4}})(?:\.[0-9]{{1,4}})?|[{_DIGITS}](?:点[{_DIGITS}]{{1,4}})?|(?=.*[零〇])[{_DIGITS}]{{2,12}}"
)
"""A numeral without 十, 百, 千, 万 or 亿."""
_NOT_COUNTED = r"(?!个?[半多来]?月|年|天|日|号|岁|(?<!多)点|周|个?星期|个?礼拜|[.%折度:/]|分之)"
_UNIT = "(?P<unit>[个户人名家位口元块级单]*)"
_COUNT = re.compile(rf"(?<![第差0-9.:])(?<![0-9十{_DIGITS}]月)(?<!分之)(?<!不是)(?P<rough>{ROUGHLY}){_NOT_COUNTED}{_UNIT}")
_OTHER_END = re.compile(rf"(?P<join>[到至~—-]|或者?|还是|[、, ])?(?P<rough>{ROUGHLY}){_NOT_COUNTED}{_UNIT}")
_SURELY_A_NUMBER = re.compile(rf"[0-9俩仨]|[{_DIGITS}几].*[十百千万亿]|[十百千].*[{_DIGITS}几多来]")
_NOTHING = re.compile(
    rf"(?:目前|现在|暂时|我|还|就|真|根本|啥|什么|[一半1][个户人名家分毛单][^0-9{_DIGITS}十百千万几,]{{0,6}}?)*[也都还]*"
    r"(?:0|零|无|没|[没冇木莫][有得]|[没未]有?(?:[雇招请用带帮卖签收]|开[张业])(?:[到过上动]|出去)?)"
    r"(?:[个户名元块单]|别的?|外|农村的?|残疾的?)*(?:人|员工|工人|收入|销售额?|营业额|生意|贫困户|农户)?[的了呢吧啊呀哦]*"
)
_ONLY_US = re.compile("(?:就|只|光)有?(?:我|俺|咱|自己|本人|两口子)|[都全]是?自己|(?:我|自己)+一个|(?:[我咱俺]们?|夫妻|爷|娘)[俩仨]")
_EACH = re.compile("(?:[每一/]个?|平?均)(天|周|星期|月|季)|(月)(?:入|收入|流水|销)")
_IN_A_YEAR = {"天": 365, "周": 52, "星期": 52, "季": 4, "月": 12}
_ANOTHER_KIND = re.compile(
    "(?!.*(?:其中|[里中有含是]))(?:[^,。;]{1,6}|[^,。;]{1,6}的[,、]|[^,。;]{0,6}[,、 ]?(?:和|跟|加上?|还有|另外|外加|再)[^,。;]{0,3})"
)
"""What stands between numbers that add up: 2个男的3个女的, but not 5个，其中3个."""


@dataclass(frozen=True, slots=True)
class _Count:
    low: int
    high: int | None
    start: int
    end: int
    unit: str


def read_count(text: str) -> tuple[int, int | None] | None:
    """The lowest and highest number a normalised answer may mean, both included, None where there is no upper end; None if it names none.

    >>> read_count("十来个"), read_count("5万出头"), read_count("不到10户"), read_count("没有"), read_count("两三个")
    ((9, 13), (50000, 60000), (0, 9), (0, 0), (2, 3))
    """
    text = re.sub("(?<![0-9]) | (?![0-9])", "", text.translate(_FORMAL)).strip(",，。.!！?？")
    if _NOTHING.fullmatch(text):
        return 0, 0
    each = _EACH.search(text)
    times = _IN_A_YEAR[each[1] or each[2]] if each else 1
    counts = [count for match in _COUNT.finditer(text) if (count := _count(text, match, times)) is not None]
    if _ONLY_US.match(text):
        return 0, counts[0].high if counts else 2 if re.search("[和跟]", text) else 1
    if not counts:
        return None
    low, high = counts[0].low, counts[0].high
    for one, other in pairwise(counts):
        if one.unit[:1] != other.unit[:1] or not other.unit or not _ANOTHER_KIND.fullmatch(text, one.end, other.start):
            break
        low, high = min(low, other.low), None if high is None or other.high is None else high + other.high
    return low, high


def read_rough(word: str) -> tuple[float, float] | None:
    """The lowest and highest number a word that matches ``ROUGHLY`` may mean, or None if it is no number.

    >>> read_rough("十来"), read_rough("二十多万"), read_rough("七八"), read_rough("8万6")
    ((9.0, 13.0), (200001.0, 299999.0), (7.0, 8.0), (86000.0, 86000.0))
    """
    match = re.fullmatch("(个把|[好大]?几.*?|.+?)(?:([多来余把]|[好大]?几)十?([百千万亿wk]*))?", word)
    if match is None:
        return None
    number, more, sizes = match.groups()
    ends = next(((p.sub(one, number, 1), p.sub(two, number, 1)) for p, one, two in _TWO_IN_ONE if p.search(number)), (number, number))
    first, second = _value(ends[0]), _value(ends[1])
    if first is None or second is None or (more and "几" in more and max(first, second) < 10):
        return None
    low, high, size = min(first, second), max(first, second), prod(_SIZES[char] for char in sizes or "")
    if number[0] in "几好大":
        high += _last_place(high) - 1
    if more in {"来", "把"}:
        return low * size - ceil(low * size / 10), high * size + ceil(high * size * 0.3)
    return (low * size + 1, (high + max(2, _last_place(high))) * size - 1) if more else (low, high)


def _count(text: str, match: re.Match[str], times: int) -> _Count | None:
    span, end, unit = read_rough(match["rough"]), match.end(), match["unit"]
    if span is None:
        return None
    second = _OTHER_END.match(text, end)
    other = read_rough(second["rough"]) if second else None
    is_number = _says_how_many(text, match)
    if second and other and _joined(match, second, ascending=span[1] < other[0]):
        size = _SIZES.get(second["rough"][-1], 1)
        if match["rough"][-1] not in _SIZES and span[0] * size <= other[0]:
            span = span[0] * size, span[1] * size  # 五到八万
        span, end, unit = (min(span + other), max(span + other)), second.end(), second["unit"]
        is_number = True
    kinds = hedges(text, match.start(), end)
    if not (unit or kinds or is_number):
        return None
    bottom, top = floor(span[0]), ceil(span[1])
    low, high = bounded(bottom, top, kinds, max(1, _last_place(top) - 1))
    if high is not None and unit in {"", "元", "块"}:
        high *= times  # whether it is said of a month or of the year is open
    return _Count(low, high, match.start(), end, unit)


def _joined(first: re.Match[str], second: re.Match[str], *, ascending: bool) -> bool:
    """Whether two numbers are the ends of one: 5到8万, 8、9个, 十个八个, 十几二十."""
    if second["join"] in {"、", ",", " "}:
        return ascending and not first["unit"]
    return bool(second["join"]) or (len(first["unit"]) == 1 and first["unit"] == second["unit"]) or first["rough"][-1] in "几来"


def _says_how_many(text: str, match: re.Match[str]) -> bool:
    """Whether a number without a unit counts at all: 五万 does, the one in 一般 and the thousands in 千万别 do not."""
    if _SURELY_A_NUMBER.search(match["rough"]):
        return True
    before, after = text[: match.start()], text[match.end() :]
    return before[-1:] in {"", *"了有是共才就到,"} and after[:1] in {"", *"的了呢吧啊,。"}


def _value(numeral: str) -> float | None:
    """The value of an exact numeral: 8万6, 十万零五百, 1.2万, 3千5."""
    for char, size in _SIZES.items():
        left, found, right = numeral.rpartition(char)
        if char in left:
            return None
        if found:
            times = _value(left) if left else 1.0
            rest = _value(right.lstrip("零〇")) if right else 0.0
            if times is None or rest is None or rest >= size or (right and not left and size >= 10**4):
                return None
            return round(times * size + rest * (size / 10 if size >= 100 and len(right) == 1 else 1), 4)
    return chinese_to_number(numeral) if _ONE_PLACE.fullmatch(numeral) else None


def _last_place(number: float) -> int:
    """The size of the last place that is not zero: 10 for 20, 100 for 300, 10000 for 50000."""
    size = 1
    while number and number % (size * 10) == 0:
        size *= 10
    return size
