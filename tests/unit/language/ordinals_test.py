import pytest

from bot.language.ordinals import read_ordinal


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        ("第二个", 2),
        ("第2项", 2),
        ("选三", 3),
        ("我选第三条", 3),
        ("要第一个", 1),
        ("看第4种吧", 4),
        ("十", 10),
        ("十二", 12),
        ("两", 2),
        ("0", 0),
    ],
)
def test_a_message_that_picks_by_number_is_read(text: str, number: int):
    """Typing alone must be enough to choose, in any way people say a number."""
    assert read_ordinal(text) == number


@pytest.mark.parametrize("text", ["", "第", "两万", "5000", "2个孩子", "二级残疾", "第二次办", "1.5", "选", "一条一条说", "十来个"])
def test_a_message_that_says_more_picks_nothing(text: str):
    """5000 is an amount and 二级残疾 a fact, not a choice."""
    assert read_ordinal(text) is None
