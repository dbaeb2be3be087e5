"""When something happened, as people say it: 去年秋天, 3月, 半年多, 2025年9月15号, 刚办的."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.language.calendar_words import DAY, MONTH, NO_DATE, read_calendar
from bot.language.lasting import read_lasting
from bot.language.rough_numbers import ROUGHLY

_DAYS_BACK = (
    ("今[天早晚儿]|刚才", 0, 0),
    ("昨[天晚儿日]", 1, 1),
    ("大前[天儿日]", 3, 3),
    ("前[天儿日](?!子)", 2, 2),
    ("[前这]些(?:天|日子)", 0, 40),
    ("前一?阵|前段|[有这]一?段时间|有一阵", 0, 200),
    ("(?:刚刚?|才|新|最近|近期)[才就又给把证去]{0,2}[办开注登领下拿弄毕交缴成起干做入批搞]|刚刚[了的]?$|没多久|前不久|不久前", 0, 92),
)
"""Words for days not long ago: how many days at least and at most."""

_WEEK = re.compile("(?P<ago>上上|上|这|本)个?(?:周|星期|礼拜)")
_YEAR = "(?<![0-9.])((?:19|20)[0-9]{2}|1[3-9]|2[0-9])"
_DIGITS = "零〇一二三四五六七八九"
_PAIR = "(?:一二|二三|三四|三五|四五|五六|六七|七八|八九)"


def _in_figures(match: re.Match[str]) -> str:
    return "".join(str(max(0, _DIGITS.index(char) - 1)) for char in match[0])


_SAID_PLAINLY: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    ("(?<![0-9]) | (?![0-9])", ""),
    (
        f"(?<![{_DIGITS}十])(?:[{_DIGITS}]{{4}}|(?!{_PAIR}年(?![0-9一二三四五六七八九十初底末办开注登领毕]))[{_DIGITS}]{{2}})(?=年)",
        _in_figures,
    ),
    ("(?<![0-9])((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])(?![0-9])", r"\1年\2月\3日"),
    ("(?<![0-9])((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(?![0-9])", r"\1年\2月"),
    (f"{_YEAR}[年./ -](?!八月十五(?![日号]))({MONTH})[月./ -]({DAY})[日号]?{NO_DATE}", r"\1年\2月\3日"),
    (f"{_YEAR}[年./ -]({MONTH})月?+{NO_DATE}", r"\1年\2月"),
    (f"(?<![0-9./月-])([1-9]|1[0-2])[./]([0-3][0-9]|[1-9](?=[日号]))[日号]?{NO_DATE}", r"\1月\2日"),
    (f"{_YEAR}(?=[上下]半年|[春夏秋冬]|第?[一二三四]季度)", r"\1年"),
    (f"{_YEAR}届", r"\1年毕业"),
    ("马上", "快"),
    (f"到?今年(?=[^0-9,。]{{0,4}}(?:{ROUGHLY}|半)年)|今年[^,。]{{0,3}}岁", ""),
)
"""Ways of writing, and the same as ``read_calendar`` knows it."""

_FUTURE = re.compile(
    "明年|(?<!大)后年|(?<![十百几0-9])来年|下下?个?(?:月|周|星期|礼拜)|打算|准备(?!了)|计划(?!生育)|[没未]有?[办开注登领毕缴交](?!.{0,2}多久)"
)


def read_when(text: str, today: date) -> tuple[date, date] | None:
    """The first and last day a normalised answer may mean, both included and none after ``today``; None if it names no time.

    A length of time counts back from today: what has lasted 半年多 began 6 to 11 whole months ago.

    >>> day = date(2026, 11, 21)
    >>> [str(end) for end in read_when("去年秋天", day)], [str(end) for end in read_when("半年多", day)]
    (['2025-09-01', '2025-11-30'], ['2025-11-22', '2026-05-21'])
    """
    for pattern, plain in _SAID_PLAINLY:
        text = re.sub(pattern, plain, text)
    if _FUTURE.search(text):
        return None
    found = read_calendar(text, today) or read_lasting(text, today) or _lately(text, today)
    if found is None or found[0] > today:
        return None
    return found[0], min(found[1], today)


def _lately(text: str, today: date) -> tuple[date, date] | None:
    if match := _WEEK.search(text):
        monday = today - timedelta(days=today.weekday() + 7 * match["ago"].count("上"))
        return monday, monday + timedelta(days=6)
    for pattern, fewest, most in _DAYS_BACK:
        if re.search(pattern, text):
            return today - timedelta(days=most), today - timedelta(days=fewest)
    return None
