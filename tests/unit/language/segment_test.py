import jieba
from jieba import finalseg

from bot.language.segment import Segmenter


def test_own_words_are_kept_whole():
    """A measure is found by its name only if the name is a word."""
    plain, own = Segmenter([]), Segmenter(["富民生产贷", "康复扶贫贷款"])

    assert "富民生产贷" not in plain.words("怎么申请富民生产贷")
    assert "富民生产贷" in own.words("怎么申请富民生产贷")


def test_long_words_also_give_the_shorter_ones_inside():
    """创业担保贷款 must also be found by 贷款."""
    words = Segmenter(["创业担保贷款"]).words("创业担保贷款")

    assert {"创业担保贷款", "创业", "担保", "贷款"} <= set(words)


def test_two_segmenters_do_not_disturb_each_other():
    """The global dictionary of jieba made one bot's words change another's answers."""
    first = Segmenter(["千牵万行动"])
    before = first.words("千牵万行动和百千万工程")
    second = Segmenter(["百千万工程"])

    assert first.words("千牵万行动和百千万工程") == before
    assert "百千万工程" in second.words("千牵万行动和百千万工程")
    assert "千牵万行动" not in second.words("千牵万行动和百千万工程")


def test_the_global_tokenizer_of_jieba_stays_untouched():
    """Other code in the same process may use jieba itself; forced splits are global to the process and must stay empty."""
    before = (jieba.dt.initialized, dict(jieba.dt.FREQ), set(finalseg.Force_Split_Words))
    Segmenter(["盲人按摩初级培训"]).words("盲人按摩初级培训")

    assert (jieba.dt.initialized, dict(jieba.dt.FREQ), set(finalseg.Force_Split_Words)) == before
    assert "盲人按摩初级培训" not in jieba.dt.FREQ


def test_tokens_cover_the_text_without_gaps():
    """Repairing typos walks over the tokens; a gap would lose characters."""
    text = "我在东营,5000元 wangdian 怎么领?"
    tokens = Segmenter(["东营"]).tokens(text)

    assert "".join(word for word, _, _ in tokens) == text
    assert all(text[start:end] == word for word, start, end in tokens)


def test_numbers_and_latin_words_stay_whole():
    """1.2 is one figure and wangdian one word."""
    assert Segmenter([]).words("1.2万 wangdian!") == ["1.2", "万", "wangdian"]


def test_nothing_gives_no_words():
    """Punctuation alone is nothing to search for."""
    assert Segmenter([]).words("?! 。,") == []
