"""Numbers as people write them: 五千, 1.2万, 十来个, 百分之五十, 三分之二."""

import re
from dataclasses import dataclass

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_COUNTED = frozenset("个年月天次人户名岁级档万千百元块成项家倍样种条点届折回")
"""What follows a single Chinese digit that counts something; 四 in 四川 counts nothing."""
DAY_LIKE_UNITS = "天样条点种"
"""What small numbers count in passing (这两天, 两样): no amount and no limit."""
_ARABIC = r"\d+(?:,\d{3})*(?:\.\d+)?"
_CHINESE = "[零〇一二两俩三仨四五六七八九十百千]+(?:点[零一二三四五六七八九]+)?"
_NUMBER = re.compile(
    rf"(?P<share>百分之(?:{_CHINESE}|{_ARABIC}))"
    rf"|(?P<over>(?P<bottom>{_CHINESE}|{_ARABIC})分之(?P<top>{_CHINESE}|{_ARABIC}))"
    rf"|(?P<number>{_ARABIC}|{_CHINESE})(?P<scale>[万千百亿wk]+(?![a-z]))?(?P<tail>[一二三四五六七八九1-9](?![\d.%个千百十月年天名人户位家台种条次万]))?(?P<percent>%)?"
)


_HEADS = re.compile(r"(\d+|[一二两三四五六七八九十]+)(?:个|名|位)(?!月)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number heard in a text: its value, whether it is a percentage, where it stands, and the character after it (what it counts)."""

    value: float
    percent: bool
    start: int
    end: int
    unit: str = ""


def chinese_to_number(text: str) -> float | None:
    """The value of a Chinese or Arabic numeral, or None if it is not one.

    >>> chinese_to_number("一万二"), chinese_to_number("三百五"), chinese_to_number("1.2万"), chinese_to_number("十五")
    (12000.0, 350.0, 12000.0, 15.0)
    """
    match = _NUMBER.fullmatch(text)
    return _value(match) if match and match["number"] else None


def read_numbers(text: str) -> tuple[Number, ...]:
    """Every number in a normalised text, in order; a lone Chinese digit only where it counts something.

    >>> [(n.value, n.percent) for n in read_numbers("5000元和百分之五十,五千块")]
    [(5000.0, False), (50.0, True), (5000.0, False)]
    """
    found = []
    for match in _NUMBER.finditer(text):
        value = _value(match)
        unit = text[match.end() : match.end() + 1]
        counts = len(match.group()) > 1 or match.group().isascii() or unit in _COUNTED
        if value is not None and counts:
            found.append(Number(value, bool(match["share"] or match["percent"]), match.start(), match.end(), unit))
    return tuple(found)


def read_heads(text: str) -> int | None:
    """How many persons or things a normalised text counts first, or None.

    >>> read_heads("我雇了2个农村残疾人"), read_heads("开了6个月")
    (2, None)
    """
    for match in _HEADS.finditer(text):
        value = chinese_to_number(match[1])
        if value is not None and value.is_integer():
            return int(value)
    return None


def spell_figures(text: str) -> str:
    """A normalised text with every number in one spelling, so that 六万, 60000 and 6万 compare equal.

    >>> spell_figures("四川五千块和百分之五十, 60000元")
    '四川5000块和50%, 6万元'
    """
    pieces, end = [], 0
    for number in read_numbers(text):
        pieces += [text[end : number.start], say_number(number.value), "%" if number.percent else ""]
        end = number.end
    return "".join(pieces) + text[end:]


def _value(match: re.Match[str]) -> float | None:
    if match["share"]:
        return _plain(match["share"][3:])
    if match["over"]:
        top, bottom = _plain(match["top"]), _plain(match["bottom"])
        return round(top / bottom, 6) if top is not None and bottom else None
    value = _plain(match["number"])
    if value is None:
        return None
    factor = 1.0
    for char in match["scale"] or "":
        factor *= {"w": 10_000, "k": 1000, **_UNITS, **_BIG}[char]
    value *= factor
    if match["tail"] and factor >= 100:
        value += (_DIGITS.get(match["tail"]) or int(match["tail"])) * factor / 10
    return value


def _plain(text: str) -> float | None:
    if text[0].isascii():
        return float(text.replace(",", ""))
    whole, _, decimals = text.partition("点")
    if any(char in _UNITS for char in whole):
        total, current, last_unit = 0, 0, 0
        for char in whole:
            if char in _UNITS:
                total += (current or 1) * _UNITS[char]
                current, last_unit = 0, _UNITS[char]
            else:
                current = _DIGITS[char]
        total += current * (last_unit // 10 if last_unit >= 100 and "零" not in whole and "〇" not in whole else 1)
        value = float(total)
    elif len(whole) == 1:
        value = float(_DIGITS[whole])
    elif len(whole) == 2 and not set(whole) & {"零", "〇"}:
        return None  # 七八个: about so many, no number
    else:
        value = float("".join(str(_DIGITS[char]) for char in whole))
    if decimals:
        value += float("0." + "".join(str(_DIGITS[char]) for char in decimals))
    return value


def say_number(value: float) -> str:
    """A number as a Chinese reader expects it: 5000, 1.2万, 300万, 2亿.

    >>> say_number(5000), say_number(12000), say_number(3_000_000), say_number(1.5)
    ('5000', '1.2万', '300万', '1.5')
    """
    for size, name in ((100_000_000, "亿"), (10_000, "万")):
        if value >= size and value % (size / 100) == 0:
            return f"{value / size:.2f}".rstrip("0").rstrip(".") + name
    return f"{value:.4f}".rstrip("0").rstrip(".")
