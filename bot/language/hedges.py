"""Words around a number or a length of time that move its bounds: 不到, 至少, 大概, 出头, 左右."""

import re
from collections.abc import Collection, Mapping
from math import ceil

_SOME = "[0-9零一二两俩三仨四五六七八九十百千万几半]"
_BEFORE = {
    "upto": "最多|不超过|没有?超过|超不过|不[多大高]于|顶多|顶天|至多|撑死了?",
    "from": "至少|不[少低小]于|起码|最少|少说|(?:(?<![早晚网线马])上|成)(?=[十百千万])",
    "above": "超过?|[多大高]于|不止|[过破](?=[百千万])",
    "about": "大概其?|差不多|大约摸?|约莫?|估计|估摸着?|可能|应该|好像|大致|也许|怕是",
    "below": f"还?(?:不|没|没有|未)[到足够满]|[少低小]于|到不了|没有?(?={_SOME})",
    "nearly": (
        f"快要?|将近?|接近|马上|(?<![最附])近|(?<![大中从])小(?={_SOME})"
        "|(?:差(?!不多)|再[过有]|还有)[^,。]{0,4}?[点些天户个月周人万千](?![天月])(?:不[到够满])?"  # 差几天半年, 再过一个月就一年
    ),
    "exactly": "正好|刚好|恰好|整整?|足足",
    "full": "[满够足]",
}
_AFTER = {
    "below": "[都还]?(?:不到|没到|没有)(?=[点的了呢吧啊]*$)",
    "above": "开外|都?不止",
    "from": r"及?以上|[往朝]上|打底|起步|\+",
    "upto": "及?以[下内]|之内|封顶",
    "about": "左右|上下|前后|样子",
    "over": "出头|挂零|冒头|多?一点|多点",
    "exactly": "整",
}
"""Words in front of a number and behind it, by what they do to it."""


def _one_of(words: Mapping[str, str]) -> str:
    return "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in words.items())


_IN_FRONT = re.compile(f"(?:{_one_of(_BEFORE)})[也就才都有是能到了个满够]*")
_REACH = 20
"""So far in front of a number its words begin at most."""
_BEHIND = re.compile(f"(?P<more>有?余|多(?![少一点]))|(?:(?!{_SOME})[^,。;、]){{0,6}}?(?:{_one_of(_AFTER)})")


def hedges(text: str, start: int, end: int) -> frozenset[str]:
    """What the words right before and right after a part of a normalised text do to it; empty for a plain number.

    >>> hedges("大概有10户", 3, 6), hedges("10个残疾人以上", 0, 3)
    (frozenset({'about'}), frozenset({'from'}))
    """
    near = _IN_FRONT.finditer(text, max(0, start - _REACH), start + 2)
    before = next((match for match in near if match.end() == start), None)
    after = _BEHIND.match(text, end)
    return frozenset(match.lastgroup for match in (before, after) if match and match.lastgroup)


def bounded(low: int, high: int, kinds: Collection[str], more: int) -> tuple[int, int | None]:
    """The bounds moved by what ``hedges`` found, both included, None for no upper end; ``more`` is how much 多 adds at most.

    >>> bounded(10, 10, {"below"}, 9), bounded(10, 10, {"upto"}, 9), bounded(10, 10, {"about"}, 9), bounded(10, 10, {"above"}, 9)
    ((0, 9), (0, 10), (8, 12), (11, None))
    """
    fifth = max(1, ceil(high / 5))
    if "about" in kinds and low == high:
        low, high = max(0, low - fifth), high + fifth
    if "nearly" in kinds:
        low, high = max(0, low - fifth), max(0, high - 1)
    high += fifth if "over" in kinds else more if "more" in kinds else 0
    if "below" in kinds:
        return 0, max(0, high - 1)
    if "upto" in kinds:
        return 0, high
    if "above" in kinds:
        return low + 1, None
    return low, None if "from" in kinds else high
