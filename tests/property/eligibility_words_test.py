from datetime import date, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.content.months import add_months, whole_months
from bot.language.normalize import normalize
from bot.language.rough_numbers import read_count
from bot.language.time_words import read_when

TODAY = st.dates(date(2021, 1, 1), date(2040, 12, 31))
MONTHS = st.integers(1, 600)
WORDS = st.sampled_from(
    (
        *(
            "去年",
            "前年",
            "今年",
            "大前年",
            "25年",
            "2025",
            "年",
            "月",
            "个月",
            "号",
            "9",
            "15",
            "十",
            "三",
            "两",
            "俩",
            "半",
            "几",
            "多",
            "来",
        ),
        *(
            "不到",
            "超过",
            "以上",
            "以内",
            "左右",
            "大概",
            "差",
            "快",
            "满",
            "正好",
            "出头",
            "至少",
            "最多",
            "没",
            "没有",
            "再过",
            "好",
            "第",
            "前",
            "后",
        ),
        *(
            "春天",
            "腊月",
            "年底",
            "初",
            "底",
            "中旬",
            "过年",
            "国庆",
            "农历",
            "上个月",
            "上周",
            "天",
            "星期",
            "到",
            "-",
            ".",
            "/",
            "、",
            ",",
            " ",
            "的",
        ),
        *(
            "个",
            "户",
            "人",
            "万",
            "千",
            "百",
            "亿",
            "w",
            "k",
            "零",
            "点",
            "块",
            "每",
            "一个月",
            "就我",
            "和",
            "其中",
            "刚办",
            "1",
            "0",
            "99",
            "八",
        ),
    )
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(WORDS, max_size=12).map("".join),
    st.text("零一二两三五七八九十百千万亿几多来半年月个0129.-到", max_size=16),
)
DIGITS = "零一二三四五六七八九"


def in_chinese(number: int, two: str = "二") -> str:
    """A number below 100 000 000 in Chinese numerals; ``two`` is how the two before a unit is written."""
    if number >= 10_000:
        above, below = divmod(number, 10_000)
        gap = "零" if below and below < 1000 else ""
        return f"{in_chinese(above, two) if above != 2 else two}万" + (gap + in_chinese(below, two) if below else "")
    said = ""
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            said += (two if digit == 2 and size >= 100 else DIGITS[digit]) + unit
        elif said and number and not said.endswith("零"):
            said += "零"
    return said.removeprefix("一") if said.startswith("一十") else said or "零"


@given(text=TEXTS, today=TODAY)
@settings(max_examples=1000)
@example(text="1900年前", today=date(2026, 11, 21))
@example(text="超过960个月", today=date(2021, 1, 1))
@example(text="十" * 2000 + "年", today=date(2026, 11, 21))
@example(text="二" * 400 + "零个月", today=date(2026, 11, 21))
def test_a_time_is_in_order_and_never_after_today(text: str, today: date):
    """Whatever is typed is read or left alone; nobody has registered tomorrow."""
    for said in (text, normalize(text)):
        found = read_when(said, today)
        if found is not None:
            assert found[0] <= found[1] <= today


@given(text=TEXTS)
@settings(max_examples=1000)
@example(text="9" * 400 + "个")
@example(text="零" + "九" * 400)
@example(text="十" * 2000)
@example(text="几" + "亿" * 200)
def test_a_count_is_in_order_and_never_below_none(text: str):
    """Whatever is typed is read or left alone; a range turned round would fail every threshold."""
    for said in (text, normalize(text)):
        found = read_count(said)
        if found is not None:
            low, high = found
            assert low >= 0
            assert high is None or low <= high


@given(day=st.dates(date(1950, 1, 1), date(2040, 12, 31)), today=TODAY)
@settings(max_examples=300)
def test_a_written_day_is_read_as_itself(day: date, today: date):
    """Read off the licence, a date must not move by a day; one still to come is none."""
    year, month, number = day.year, day.month, day.day
    written = [day.isoformat(), f"{year}年{month}月{number}日", f"{year}年{month:02}月{number:02}号", f"{year}.{month}.{number}"]
    written += [f"{year}/{month}/{number}", day.strftime("%Y%m%d"), f"{year}年{in_chinese(month)}月{in_chinese(number)}号办的"]

    for text in written:
        assert read_when(text, today) == ((day, day) if day <= today else None), text


@given(number=st.integers(0, 10**12))
@settings(max_examples=300)
def test_a_plain_number_is_read_as_itself(number: int):
    """A figure typed is the figure meant."""
    for text in (f"{number}", f"{number}户", f"{number}元", f"雇了{number}个人", f"{number:,}"):
        assert read_count(text) == (number, number), text


@given(number=st.integers(1, 99_999_999), two=st.sampled_from("二两"))
@settings(max_examples=500)
def test_chinese_numerals_count_as_digits_do(number: int, two: str):
    """Voice input writes 一万零二十 where others type 10020."""
    said = in_chinese(number, two)

    for before, after in (("", "户"), ("", ""), ("不到", "户"), ("", "户以上"), ("大概", "个"), ("", "块出头")):
        assert read_count(f"{before}{said}{after}") == read_count(f"{before}{number}{after}"), f"{before}{said}{after}"
    assert read_count(f"{said}户") == (number, number)


@given(number=st.integers(1, 10**6), unit=st.sampled_from(["个", "户", "人", "元", ""]))
@settings(max_examples=200)
def test_the_cut_is_right_to_the_one(number: int, unit: str):
    """以上 and 以内 hold the number, 超过 and 不到 do not: rules are cut at just these numbers."""
    said = f"{number}{unit}"

    assert read_count(f"{said}以上") == read_count(f"至少{said}") == (number, None)
    assert read_count(f"超过{said}") == read_count(f"不止{said}") == (number + 1, None)
    assert read_count(f"{said}以内") == read_count(f"最多{said}") == read_count(f"不超过{said}") == (0, number)
    assert read_count(f"不到{said}") == read_count(f"还没到{said}") == (0, number - 1)


@given(months=MONTHS, today=TODAY)
@settings(max_examples=300)
def test_so_many_months_hold_the_day_just_so_many_months_ago(months: int, today: date):
    """Whoever counts right must not be told that the own date is impossible."""
    day = add_months(today, -months)

    for text in (
        f"{months}个月",
        f"{in_chinese(months)}个月",
        f"满{months}个月",
        f"正好{months}个月",
        f"有{months}个月了",
        f"大概{months}个月",
    ):
        found = read_when(text, today)
        assert found is not None, text
        assert found[0] <= day <= found[1], text
    assert read_when(f"{in_chinese(months)}个月", today) == read_when(f"{months}个月", today)


@given(months=MONTHS, today=TODAY)
@settings(max_examples=300)
def test_full_months_are_cut_where_their_number_changes(months: int, today: date):
    """满6个月 begins and ends at the days on which six whole months begin and end."""
    found = read_when(f"满{months}个月", today)

    assert found is not None
    first, last = found
    assert whole_months(first, today) == whole_months(last, today) == months
    assert whole_months(first - timedelta(days=1), today) == months + 1
    assert whole_months(last + timedelta(days=1), today) == months - 1


@given(months=MONTHS, today=TODAY)
@settings(max_examples=300)
def test_bounds_in_months_meet_without_gap_or_overlap(months: int, today: date):
    """What is not at least six months is under six; what is not at most six is over six."""
    under, over = read_when(f"不到{months}个月", today), read_when(f"超过{months}个月", today)
    least, most = read_when(f"{months}个月以上", today), read_when(f"{months}个月以内", today)

    assert under and over and least and most
    assert (under[1], most[1]) == (today, today)
    assert under[0] == least[1] + timedelta(days=1)
    assert most[0] == over[1] + timedelta(days=1)
    assert add_months(today, -months) <= least[1]
    if today.day <= 28:
        assert most[0] <= add_months(today, -months)


@given(years=st.integers(1, 40), today=TODAY)
@settings(max_examples=100)
def test_years_hold_the_day_just_so_many_years_ago(years: int, today: date):
    """三年 said on the third anniversary is true."""
    day = add_months(today, -12 * years)

    for text in (f"{in_chinese(years)}年了", f"满{years}年", f"开了{years}年了", f"{in_chinese(years)}年左右", f"{years}年多"):
        found = read_when(text, today)
        assert found is not None, text
        assert found[0] <= day <= found[1], text
