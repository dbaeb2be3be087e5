"""Times on the calendar, as people name them: 去年秋天, 3月, 2025年9月中旬, 前年腊月, 国庆前."""

import re
from calendar import monthrange
from datetime import date, timedelta

from bot.content.months import add_months
from bot.language.hedges import hedges
from bot.language.lasting import EARLIEST, read_lasting
from bot.language.numerals import chinese_to_number

MONTH = "(?:1[0-2]|0?[1-9](?![0-9])|十[一二]?|[一二三四五六七八九])"
DAY = "(?:3[01]|[12][0-9]|0?[1-9](?![0-9])|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
NO_DATE = "(?![.,]?[0-9]|[万千百亿元块个户人名家级岁天多来几左以wk%])"
"""Patterns of the number of a month and of a day, and of what must not follow them."""

_PARTS_OF_YEAR = """
年初 初 1.1 3.31/年中 中 5.1 8.31/年底 年末 底 末 11.1 12.31/年根 12.1 14.20/上半年 前半年 1.1 6.30/下半年 后半年 7.1 12.31
一季度 1.1 3.31/二季度 4.1 6.30/三季度 7.1 9.30/四季度 10.1 12.31
春天 春季 春上 春 3.1 5.31/夏天 夏季 夏 6.1 8.31/秋天 秋季 秋上 秋 9.1 11.30/冬天 冬季 冬上 冬 11.8 14.29
开春 初春 2.1 4.30/初夏 入夏 4.20 6.30/夏末 8.1 9.15/初秋 入秋 8.1 10.10/秋末 深秋 秋后 10.1 12.10/初冬 入冬 10.20 12.15
立春 2.3 2.5/立夏 5.5 5.7/立秋 8.7 8.9/立冬 11.7 11.8/冬至 12.21 12.23/麦收 收麦 5.15 6.30/秋收 9.1 11.10/寒假 1.5 3.5/暑假 6.20 9.5
冬月 11.22 13.21/腊月 腊八 小年 12.20 14.20/年前 过年前 春节前 0.1 2.20/年三十 除夕 1.20 2.20/过年 春节 大年 1.20 3.6
正月 1.21 3.21/年后 过完年 过了年 春节后 开年 1.21 4.10/元宵 2.3 3.7/端午 5.27 6.26/中秋 八月十五 8.15 10.9/重阳 9.30 11.1
元旦 1.1 1.3/三八节 3.8 3.8/清明 4.3 4.7/五一 劳动节 4.28 5.6/六一 儿童节 6.1 6.1/七一 7.1 7.1/八一 建军节 8.1 8.1/教师节 9.10 9.10
国庆 十一假期 十一长假 十一期间 10.1 10.8/618 5.25 6.20/双十一 双11 11.1 11.12/双十二 双12 12.1 12.13
"""
"""Parts of a year with their first and last day; month 0 is the last of the year before, 13 the first of the next."""

_PARTS = {
    name: (int(first), int(first_day), int(last), int(last_day))
    for names, first, first_day, last, last_day in re.findall(r"([^/\n]+) (\d+)\.(\d+) (\d+)\.(\d+)", _PARTS_OF_YEAR)
    for name in names.split()
}
_PARTS_OF_MONTH = {
    "上半月": (1, 16),
    "下半月": (15, 31),
    "上中旬": (1, 20),
    "中下旬": (11, 31),
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 31),
    "初": (1, 12),
    "中": (8, 22),
    "底": (19, 31),
    "末": (19, 31),
}
_YEARS_BACK = {"今": 0, "本": 0, "去": 1, "上": 1, "上一": 1, "头": 1, "旧": 1, "昨": 1, "前": 2, "大前": 3}
_DAY = timedelta(days=1)
_MOST_YEARS = 15
"""10年 may be the year 2010 or ten years; 25年 is the year 2025."""

_DIGITS = "零〇一二三四五六七八九"
_NAMES = "|".join(sorted((name for name in _PARTS if len(name) > 1), key=len, reverse=True))
_YEAR = (
    f"(?P<back>大前|前|去|上一?|头|旧|昨|今|本)年子?(?!纪)|(?<![0-9.])(?P<four>(?:19|20)[0-9]{{2}})(?:年|{NO_DATE})"
    f"|(?<![0-9.])(?P<two>[0-9]{{2}})年(?=的?(?:{MONTH}月|{_NAMES}|[初底末春夏秋冬办开注登领毕成起]))"
    f"|(?<![0-9.了有满快近约将到足整概])(?P<bare>[0-9]{{2}})年(?![了多前来以左出半整零又级代])"
    f"|(?P<ago>[1-9一二两三四五六七八九])年[以之]?前的?(?={MONTH}月|{_NAMES})"
)
_MONTH = (
    f"(?:(?P<near>上上个?月|上个?月|[这本当]个?月|(?<![{_DIGITS}十0-9个上这本])月(?=[初底末中上下]))"
    f"|(?P<lunar>[农阴旧]历)?(?<![0-9.十])(?P<month>{MONTH})(?:月?[到至~、,-]?(?P<to>{MONTH}))?月(?:份|(?(year)|(?!前))))"
    f"(?:的?月?(?P<third>[上下]半月|上中旬|中下旬|[上中下]旬|初(?![{_DIGITS}十])|中(?!秋)|底|末)|(?P<festive>初[{_DIGITS}十])|(?P<day>{DAY})(?:[日号]|{NO_DATE}))?"
)
_CALENDAR = re.compile(
    f"(?<!不是)(?<![那每当哪]年)(?<![那每当哪]年的)(?P<year>{_YEAR})?[的第]?"
    f"(?:(?<![0-9{_DIGITS}十几半多成青老少那])(?P<part>{_NAMES})(?![0-9元块个户人万路镇村街广轻日号])|{_MONTH}"
    "|(?(year)(?P<short>初(?!中)|底|末|中(?![专考学])|[春夏秋冬])|(?!)))?"
    "(?P<side>[以之]?前(?!后|[0-9一二两三几半])|[以之]?后(?![0-9一二两三几半续来]))?"
)


def read_calendar(text: str, today: date) -> tuple[date, date] | None:
    """The first and last day of the first time a text names, begun by ``today``; without a year the last one there was.

    >>> [str(end) for end in read_calendar("前年腊月", date(2026, 11, 21))], [str(end) for end in read_calendar("12月", date(2026, 11, 21))]
    (['2024-12-20', '2025-02-20'], ['2025-12-01', '2025-12-31'])
    """
    for match in _CALENDAR.finditer(text):
        months = _months(match, today)
        spans = [span for span in (_span(match, *month) for month in months) if span[0] <= today]
        if not spans:
            continue
        first, last = spans[0]
        if match["back"] and len(spans) > 1:
            first = date(today.year, 1, 1)  # 今年冬天, when this year has seen two
        if match["bare"] and 10 <= int(match["bare"]) <= _MOST_YEARS and (lasting := read_lasting(match[0], today)):
            first, last = min(first, lasting[0]), max(last, lasting[1])
        if "about" in hedges(text, match.start(), match.end()):
            slack = timedelta(days=max(5, (last - first).days // 2))
            first, last = first - slack, last + slack
        around = timedelta(days=45) if match["part"] else None
        if match["side"] and match["side"][-1] == "前":
            return first - around if around else min(EARLIEST, first - _DAY), first - _DAY
        return (first, last + around if around else today) if match["side"] else (first, last)
    return None


def _months(match: re.Match[str], today: date) -> list[tuple[int, int | None]]:
    """The years a match may be about, the likelier first, each with the number of a month if it names one."""
    month = _number(match["month"]) if match["month"] else None
    if match["near"]:
        back = 2 if match["near"].startswith("上上") else 1 if match["near"][0] == "上" else 0
        if match["near"] == "月" and not match["third"]:
            return []
        days = [add_months(today.replace(day=1), -back - more) for more in range(2 if match["near"] == "月" else 1)]
        return [(day.year, day.month) for day in days]
    if match["back"]:
        year = today.year - _YEARS_BACK[match["back"]]
        part = match["part"] or match["short"]
        reaches_over = part is not None and _PARTS[part][2] > 12
        return [(year, month), (year - 1, month)] if reaches_over and year == today.year else [(year, month)]
    if match["four"]:
        return [(int(match["four"]), month)]
    if match["ago"]:
        return [(today.year - _number(match["ago"]), month)]
    if short := match["two"] or match["bare"]:
        year = int(short) + (2000 if int(short) <= today.year % 100 else 1900)
        return [(year, month)] if year >= 1950 else []
    return [(today.year, month), (today.year - 1, month)] if month or match["part"] else []


def _span(match: re.Match[str], year: int, month: int | None) -> tuple[date, date]:
    if part := match["part"] or match["short"]:
        return _day(year, *_PARTS[part][:2]), _day(year, *_PARTS[part][2:])
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if match["lunar"] or match["festive"]:
        return _day(year, month, 21), _day(year, month + 2, 22)
    if match["third"]:
        return _day(year, month, _PARTS_OF_MONTH[match["third"]][0]), _day(year, month, _PARTS_OF_MONTH[match["third"]][1])
    day = _number(match["day"]) if match["day"] else None
    if day is not None and _day(year, month, day).day == day:
        return (_day(year, month, day),) * 2
    to = _number(match["to"]) if match["to"] else month
    return _day(year, month, 1), _day(year, to if to >= month else to + 12, 31)


def _day(year: int, month: int, day: int) -> date:
    """A day, or the last of its month if that is shorter; month 0 is the last of the year before, 13 the first of the next."""
    first = add_months(date(year, 1, 1), month - 1)
    return first.replace(day=min(day, monthrange(first.year, first.month)[1]))


def _number(text: str) -> int:
    return int(chinese_to_number(text) or 0)
