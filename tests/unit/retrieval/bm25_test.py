import pytest

from bot.retrieval.bm25 import Bm25

BAGS = [
    {"贷款": 1.0, "创业": 1.0, "担保": 1.0},
    {"补贴": 2.0, "创业": 1.0},
    {"培训": 1.0, "电商": 1.0, "免费": 1.0},
    {"补贴": 1.0, "社保": 1.0},
]


@pytest.fixture(scope="module")
def index() -> Bm25:
    """A small index."""
    return Bm25(BAGS)


def test_an_entry_asked_for_in_its_own_words_scores_about_one(index: Bm25):
    """The score is divided by the best any text could reach, so thresholds mean the same for short and long questions."""
    for position, bag in enumerate(BAGS):
        scores = index.scores([(term, 1.0) for term in bag])

        assert max(scores, key=scores.__getitem__) == position
        assert 0.75 < scores[position] <= 1.2


def test_a_term_repeated_without_end_is_bounded():
    """An entry stuffed with one word must not beat every other for ever: a term counts at most 1.72 times its single mention."""
    index = Bm25([{"补贴": 10_000.0}, {"补贴": 1.0, "社保": 1.0}, {"培训": 1.0}])

    assert index.scores([("补贴", 1.0)])[0] <= 1.72


def test_only_entries_that_share_a_term_are_scored(index: Bm25):
    """What shares nothing is no candidate."""
    assert set(index.scores([("补贴", 1.0)])) == {1, 3}
    assert index.scores([("天气", 1.0)]) == {}
    assert index.scores([]) == {}


def test_unknown_words_lower_the_score(index: Bm25):
    """A question mostly about something else must not look sure."""
    alone = index.scores([("社保", 1.0)])[3]
    among = index.scores([("社保", 1.0), ("天气", 1.0), ("股票", 1.0)])[3]

    assert among < alone / 2


def test_a_rare_word_tells_more_than_a_common_one(index: Bm25):
    """社保 is in one entry, 补贴 in two."""
    assert index.idf("社保") > index.idf("补贴")


def test_weights_count(index: Bm25):
    """What was only implied by a synonym counts less than what was said."""
    scores = index.scores([("贷款", 1.0), ("电商", 0.5)])

    assert scores[0] > scores[2]


def test_equal_entries_score_the_same():
    """Ties are broken later, by id; the scores themselves must not depend on the order."""
    index = Bm25([{"补贴": 1.0}, {"社保": 1.0}, {"补贴": 1.0}])
    scores = index.scores([("补贴", 1.0)])

    assert scores[0] == scores[2]


def test_the_parts_of_a_score_are_told_most_first(index: Bm25):
    """`explain` shows staff which words matched."""
    parts = index.parts([("创业", 1.0), ("补贴", 1.0), ("天气", 1.0)], 1)

    assert set(parts) == {"创业", "补贴"}
    assert list(parts.values()) == sorted(parts.values(), reverse=True)


def test_an_empty_index_finds_nothing():
    """No content, no crash."""
    assert Bm25([]).scores([("补贴", 1.0)]) == {}
