"""When something happened, as people say it: 去年秋天, 3月, 半年多, 2025年9月15号, 刚办的."""

import re
from datetime import date, timedelta

from bot.content.months import add_months, latest_start
from bot.language.numerals import chinese_to_number

_N = r"(?:\d{1,4}|[零〇一二两三四五六七八九十]{1,3})"
_YEARS_BACK = {"今年": 0, "本年": 0, "去年": 1, "上年": 1, "头年": 1, "前年": 2, "大前年": 3}
_PARTS = {
    "春": (3, 5),
    "夏": (6, 8),
    "秋": (9, 11),
    "冬": (12, 12),
    "年初": (1, 3),
    "年底": (11, 12),
    "年末": (11, 12),
    "上半年": (1, 6),
    "下半年": (7, 12),
    "年中": (5, 8),
    "过年": (1, 2),
    "春节": (1, 2),
}
_FULL = re.compile(rf"(?P<year>\d{{4}}|\d{{2}}(?=年))[年./-](?:(?P<month>{_N})(?:[月./-](?P<day>{_N})?[日号]?)?)?")
_RELATIVE = re.compile(rf"(?P<back>大前年|今年|本年|去年|上年|头年|前年)的?(?:(?P<month>{_N})月份?(?:(?P<day>{_N})[日号])?)?")
_MONTH = re.compile(rf"(?P<month>{_N})月份?(?:(?P<day>{_N})[日号])?(?!前|多)")
_SPAN = re.compile(
    rf"(?P<nearly>快|将近|不到|差不多|大概|大约|约)?(?:有|满)?(?:(?P<half>半)年|(?P<years>{_N})年(?P<and_half>半)?|(?P<months>{_N})个?(?P<more_months>多)?月)"
    r"(?P<more>多|出头|左右|上下)?"
)
_BETWEEN = re.compile(rf"(?P<low>半|{_N})(?P<low_unit>年|个月)?(?:到|至|-)(?P<high>半|{_N})(?P<high_unit>年|个月)")
_RECENT = re.compile(r"刚刚|刚办|刚开|刚注册|刚登记|刚领|才办|才开|前几天|前两天|这几天|最近")
_DAYS_AGO = {"今天": 0, "昨天": 1, "前天": 2, "大前天": 3}


def read_when(text: str, today: date) -> tuple[date, date] | None:
    """The first and last day a normalised answer may mean, both included and none after ``today``; None if it names no time.

    A length of time counts back from today: what has lasted 半年多 began 6 to 11 whole months ago.

    >>> day = date(2026, 11, 21)
    >>> [str(end) for end in read_when("去年秋天", day)], [str(end) for end in read_when("半年多", day)]
    (['2025-09-01', '2025-11-30'], ['2025-11-22', '2026-05-21'])
    """
    found = _named(text, today) or _lasting(text, today)
    if found is None or found[0] > today:
        return None
    return found[0], min(found[1], today)


def _named(text: str, today: date) -> tuple[date, date] | None:
    if match := _FULL.search(text):
        year = int(match["year"])
        year += 2000 if year < 100 else 0
        return _calendar(year, match["month"], match["day"], text[match.end() :])
    if match := _RELATIVE.search(text):
        return _calendar(
            today.year - _YEARS_BACK[match["back"]], match["month"], match["day"], text[match.start() + len(match["back"]) - 1 :]
        )
    for word, back in _DAYS_AGO.items():
        if word in text:
            day = today - timedelta(days=back)
            return day, day
    if "上个月" in text or "上月" in text:
        first = add_months(today.replace(day=1), -1)
        return first, add_months(first, 1) - timedelta(days=1)
    if "这个月" in text or "本月" in text:
        return today.replace(day=1), today
    if match := _MONTH.search(text):
        month = _number(match["month"])
        if month is not None and 1 <= month <= 12 and not text[match.start() - 1 : match.start()].isdigit():
            year = today.year if month <= today.month else today.year - 1
            return _calendar(year, match["month"], match["day"], "")
    if any(word in text for word in ("上半年", "下半年", "年初", "春节", "过年")):
        return _calendar(today.year, None, None, text)
    return None


def _calendar(year: int, month: str | None, day: str | None, rest: str) -> tuple[date, date] | None:
    number = _number(month) if month else None
    if number is not None:
        if not 1 <= number <= 12 or not 1900 <= year <= 2100:
            return None
        first = date(year, number, 1)
        last = add_months(first, 1) - timedelta(days=1)
        exact = _number(day) if day else None
        if exact is not None:
            return (first.replace(day=exact),) * 2 if 1 <= exact <= last.day else None
        return first, last
    if not 1900 <= year <= 2100:
        return None
    for word, (start, end) in _PARTS.items():
        if word in rest[:6]:
            return date(year, start, 1), add_months(date(year, end, 1), 1) - timedelta(days=1)
    return date(year, 1, 1), date(year, 12, 31)


def _lasting(text: str, today: date) -> tuple[date, date] | None:
    if match := _BETWEEN.search(text):
        low = _months(match["low"], match["low_unit"] or match["high_unit"])
        high = _months(match["high"], match["high_unit"])
        return _began(low, high, today) if low is not None and high is not None and low <= high else None
    if match := _SPAN.search(text):
        return _spanned(match, today)
    return (today - timedelta(days=31), today) if _RECENT.search(text) else None


def _spanned(match: re.Match[str], today: date) -> tuple[date, date] | None:
    by_year = match["half"] or match["years"]
    months = 6 if match["half"] else _months(match["years"], "年") if match["years"] else _months(match["months"], "个月")
    if months is None or months > 1200:
        return None
    months += 6 if match["and_half"] else 0
    more = match["more"] in {"多", "出头"} or match["more_months"]
    if match["nearly"] == "不到":
        return _began(0, months - 1, today) if months else None
    if match["nearly"] in {"快", "将近"}:
        return _began(max(0, months - (2 if by_year else 1)), months - 1, today)
    if match["nearly"] or match["more"] in {"左右", "上下"}:
        return _began(max(0, months - 1), months + 1, today)
    if more:
        return _began(months, months + (5 if match["half"] or match["and_half"] else 11 if match["years"] else 0), today)
    return _began(months, months, today)


def _began(fewest: int, most: int, today: date) -> tuple[date, date]:
    """The days from which so many whole months have passed."""
    return latest_start(most + 1, today) + timedelta(days=1), latest_start(fewest, today)


def _months(text: str, unit: str) -> int | None:
    if text == "半":
        return 6
    number = _number(text)
    return None if number is None else number * (12 if unit == "年" else 1)


def _number(text: str) -> int | None:
    value = chinese_to_number(text)
    return int(value) if value is not None and value.is_integer() else None
