import pytest

from bot.language.numerals import chinese_to_number, read_numbers, say_number, spell_figures


def values(text: str) -> list[tuple[float, bool]]:
    """Every number of a text and whether it is a percentage."""
    return [(number.value, number.percent) for number in read_numbers(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("五千", 5000),
        ("5千", 5000),
        ("一万二", 12000),
        ("1.2万", 12000),
        ("1.2w", 12000),
        ("5w", 50000),
        ("3k", 3000),
        ("两百五", 250),
        ("两千五百", 2500),
        ("一百零五", 105),
        ("三千零五十", 3050),
        ("十五", 15),
        ("二十", 20),
        ("三百万", 3_000_000),
        ("1,200", 1200),
        ("零点五", 0.5),
        ("5000", 5000),
        ("2亿", 200_000_000),
    ],
)
def test_a_figure_is_read_in_every_way_people_write_it(text: str, value: float):
    """五千, 5千 and 5000 must find the same measure."""
    assert values(text)[0] == (value, False)


def test_an_arabic_figure_with_a_trailing_digit_is_read_whole():
    """1万5 is how people type 15000; reading it as 10000 and 5 would compare against the wrong threshold."""
    assert values("1万5") == [(15000, False)]


@pytest.mark.parametrize(
    ("text", "value", "percent"),
    [
        ("百分之五十", 50, True),
        ("50%", 50, True),
        ("百分之七点五", 7.5, True),
        ("百分之百", 100, True),
        ("三分之二", 0.666667, False),
    ],
)
def test_shares_are_read(text: str, value: float, percent: bool):
    """Interest subsidies are percentages, the Sichuan social insurance subsidy is two thirds."""
    assert values(text) == [(value, percent)]


def test_a_rough_count_is_no_figure():
    """十来个 is about ten; an exact ten would be compared with a threshold as if it had been said."""
    assert values("十来个") == []


@pytest.mark.parametrize("text", ["四川", "万一", "看一下", "一直", "三亚", "六安", "七台河", "统一"])
def test_a_digit_that_counts_nothing_is_no_number(text: str):
    """四川 holds no four."""
    assert values(text) == []


@pytest.mark.parametrize(("text", "value"), [("招了三个", 3), ("两年", 2), ("五天", 5), ("一级", 1), ("四档", 4)])
def test_a_single_digit_that_counts_something_is_read(text: str, value: int):
    """三个 is a headcount a rule asks for."""
    assert values(text) == [(value, False)]


@pytest.mark.parametrize("text", ["补六万元", "补60000元", "补6万元", "补60,000元", "补6w元"])
def test_figures_compare_equal_in_every_spelling(text: str):
    """A wrong belief about 六万 is recognised however it is typed."""
    assert spell_figures(text) == "补6万元"


def test_spelling_figures_keeps_the_rest():
    """Only the numbers change."""
    assert spell_figures("四川贴百分之五十,一共三年") == "四川贴50%,一共3年"


def test_two_neighbouring_digits_are_a_range_and_not_a_number():
    """七八个 means seven or eight; 78 would be wrong whatever it is compared with."""
    assert 78 not in [value for value, _ in values("七八个人")]


@pytest.mark.parametrize("text", ["半年", "几万", "多少", "好些", "亿"])
def test_what_holds_no_numeral_gives_no_number(text: str):
    """A guess at 几万 would be an invented figure."""
    assert values(text) == []


def test_numbers_stand_where_they_were_found():
    """The place in the text is what a later step shows or cuts out."""
    text = "交了十二个月,补5000元"

    assert [text[number.start : number.end] for number in read_numbers(text)] == ["十二", "5000"]


@pytest.mark.parametrize("text", ["半年", "", "第二", "二个", "abc", "五千元"])
def test_only_a_whole_numeral_is_a_number(text: str):
    """A choice by number must be a number and nothing else."""
    assert chinese_to_number(text) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.5, "0.5"),
        (180, "180"),
        (5000, "5000"),
        (9999, "9999"),
        (10000, "1万"),
        (12000, "1.2万"),
        (12345, "12345"),
        (60000, "6万"),
        (4_000_000, "400万"),
        (200_000_000, "2亿"),
    ],
)
def test_numbers_are_said_as_a_chinese_reader_expects(value: float, said: str):
    """12000 is said 1.2万; a number that 万 would make longer stays in digits."""
    assert say_number(value) == said


@pytest.mark.parametrize("value", [0, 1, 12, 5000, 12000, 60000, 300000, 3_000_000, 200_000_000])
def test_what_is_said_is_read_back_as_the_same_number(value: int):
    """The bot must understand its own figures when a person repeats them."""
    assert chinese_to_number(say_number(value)) == value
