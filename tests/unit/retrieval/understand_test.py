from collections.abc import Callable

import pytest

from bot.retrieval.query import Query
from bot.retrieval.understand import Understanding, figure_token

Ask = Callable[[str], Query]

STORY = (
    "我老公前年在工地上摔了，现在坐轮椅，家里有两个孩子要上学，公公婆婆身体也不好，一家人就靠我在镇上的超市打零工过日子，"
    "去年他看别人在网上卖腊肉，也跟着学，慢慢有了点生意，今年三月把执照也办下来了，户口在常德，邻居说可以去问问，"
    "我也不懂这些，就想问一下，像我们这样的贷款有没有贴息"
)


@pytest.fixture(scope="module")
def ask(understanding: Understanding) -> Ask:
    """A question understood."""
    return understanding.query


@pytest.mark.parametrize(
    ("question", "kinds", "aspects"),
    [
        ("东营个体户补助多少钱", ["money"], ["how_much"]),
        ("贷款怎么申请", ["loan"], ["how_to_apply"]),
        ("培训要什么条件,找谁", ["training"], ["conditions", "where"]),
        ("贴息还有效吗", ["interest"], ["until_when"]),
        ("补贴能领几年", ["money"], ["duration"]),
        ("这钱能买设备吗", [], ["use"]),
        ("两个补贴能一起领吗", ["money"], ["combine"]),
    ],
)
def test_kind_of_help_and_aspect_are_heard(ask: Ask, question: str, kinds: list[str], aspects: list[str]):
    """The aspect asked is answered first; the kind of help steers the ranking."""
    query = ask(question)

    assert [kind for kind in kinds if kind not in query.kinds] == []
    assert [aspect for aspect in aspects if aspect not in query.aspects] == []


@pytest.mark.parametrize(
    ("question", "audience"),
    [
        ("我是个体户", "sole_trader"),
        ("我们公司招了残疾人", "employer"),
        ("女儿大学刚毕业", "graduate"),
        ("我眼睛看不见", "blind"),
        ("我当过兵", "veteran"),
        ("我家是建档立卡户", "poor"),
        ("我做木雕的", "heritage"),
        ("我在抖音直播带货", "online_merchant"),
    ],
)
def test_everyday_words_tell_who_is_asking(ask: Ask, question: str, audience: str):
    """People say 眼睛看不见, not 视力残疾人."""
    assert audience in ask(question).audiences


def test_a_short_message_is_looked_up_whole(ask: Ask):
    """Nothing is background in a short question."""
    query = ask("东营开网店有补贴吗")

    assert query.focus == query.text
    assert len(query.windows) == 1


def test_the_question_at_the_end_of_a_story_is_what_counts(ask: Ask):
    """The last sentence of 300 characters may hold the question; the story is background."""
    query = ask(STORY)

    assert "贴息" in query.focus
    assert "工地" not in query.focus
    assert query.kinds[0] in {"interest", "loan"}


def test_the_place_named_in_a_story_is_kept(ask: Ask):
    """The place stands in the background part."""
    assert ask(STORY).regions == ("430700",)


def test_place_names_are_not_searched_for(ask: Ask):
    """东营 is in every measure of that policy and tells nothing; the filter by place does that work."""
    words = [word for word, _ in ask("东营开网店有补贴吗").windows[0].words]

    assert "东营" not in words
    assert "网店" in words


@pytest.mark.parametrize("question", ["补5000元的那个", "补五千的那个", "补5千的那个", "补0.5万的那个"])
def test_a_figure_is_one_search_word_however_it_is_written(ask: Ask, question: str):
    """The index holds figures, not spellings."""
    assert figure_token(5000, False) in dict(ask(question).windows[0].words)


def test_years_and_a_bare_one_are_no_figures(ask: Ask):
    """2017 and 一个 would match by accident."""
    words = dict(ask("2017年的一个文件").windows[0].words)

    assert not [word for word in words if word.startswith("#")]


@pytest.mark.parametrize(
    ("question", "general"),
    [("我是残疾人能领什么", True), ("有什么政策", True), ("创业补贴多少钱", False)],
)
def test_a_question_for_everything_is_heard(ask: Ask, question: str, general: bool):
    """能领什么 gets an overview, not the measure that happens to score best."""
    assert ask(question).general is general


@pytest.mark.parametrize(("question", "trap"), [("只要有残疾证就白给5000？", True), ("是不是人人都有", True), ("要什么条件", False)])
def test_a_wrong_belief_is_heard(ask: Ask, question: str, trap: bool):
    """白给 is answered with no and the condition."""
    assert ask(question).trap is trap


@pytest.mark.parametrize(("question", "topical"), [("东营补贴", True), ("贷款", True), ("今天星期几", False), ("你吃了吗", False)])
def test_what_is_ours_is_heard(ask: Ask, question: str, topical: bool):
    """A score alone does not show that a question is about help at all."""
    assert ask(question).topical is topical


def test_a_part_of_a_message_keeps_the_places_of_the_whole(ask: Ask, understanding: Understanding):
    """The second question of a message is about the same place."""
    whole = ask("我在东营，开店有补贴吗，还有贷款吗")

    assert understanding.narrowed(whole, "还有贷款吗").regions == whole.regions == ("370500",)


def test_the_repairs_are_told(ask: Ask):
    """A record counts repairs, `explain` shows them."""
    query = ask("东赢的补帖")

    assert (query.typed, query.text, len(query.changes)) == ("东赢的补帖", "东营的补贴", 2)
