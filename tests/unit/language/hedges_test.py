import pytest

from bot.language.hedges import bounded, hedges


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("10户", set()),
        ("有10户", set()),
        ("不到10户", {"below"}),
        ("10户不到", {"below"}),
        ("大概不到10户", {"below"}),
        ("最多不超过10户", {"upto"}),
        ("没超过10户", {"upto"}),
        ("至少也有10户", {"from"}),
        ("10户以上", {"from"}),
        ("10户残疾人家庭以上", {"from"}),
        ("不止10户", {"above"}),
        ("大概有个10户", {"about"}),
        ("10户左右", {"about"}),
        ("差不多10户", {"about"}),
        ("差两户10户", {"nearly"}),
        ("快要到10户", {"nearly"}),
        ("10户出头", {"over"}),
        ("10户多", {"more"}),
        ("正好10户", {"exactly"}),
        ("满10户", {"full"}),
        ("大概10户以上", {"about", "from"}),
    ],
)
def test_words_around_a_number_are_heard(text: str, kinds: set[str]):
    """不到 turns ten into at most nine; unheard, somebody with nine would be told that ten are reached."""
    start = text.index("10户")

    assert hedges(text, start, start + len("10户")) == kinds


@pytest.mark.parametrize("text", ["最近10户", "附近10户", "中小10户", "大小10户"])
def test_a_word_that_only_ends_like_one_moves_nothing(text: str):
    """最近 is no 近."""
    start = text.index("10户")

    assert hedges(text, start, start + len("10户")) == set()


@pytest.mark.parametrize(
    ("kinds", "bounds"),
    [
        (set(), (10, 10)),
        ({"exactly"}, (10, 10)),
        ({"below"}, (0, 9)),
        ({"upto"}, (0, 10)),
        ({"from"}, (10, None)),
        ({"above"}, (11, None)),
        ({"nearly"}, (8, 9)),
        ({"about"}, (8, 12)),
        ({"over"}, (10, 12)),
        ({"more"}, (10, 19)),
        ({"about", "from"}, (8, None)),
        ({"about", "upto"}, (0, 12)),
    ],
)
def test_bounds_move_as_the_words_say(kinds: set[str], bounds: tuple[int, int | None]):
    """以上 and 以内 include the number, 超过 and 不到 do not: thresholds in the documents are cut exactly there."""
    assert bounded(10, 10, kinds, 9) == bounds


@pytest.mark.parametrize("kind", ["below", "upto", "nearly", "about", "over", "more", "above", "from"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_small_numbers_stay_in_order(kind: str, number: int):
    """Nobody employs minus one person."""
    low, high = bounded(number, number, {kind}, 0)

    assert low >= 0
    assert high is None or low <= high
