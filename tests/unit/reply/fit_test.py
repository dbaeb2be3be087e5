from bot.dialogue.outcome import Outcome
from bot.reply.fit import Limits, fit, utf16_units
from bot.reply.reply import Block, Reply


def reply(*paragraphs: str) -> Reply:
    """A reply of paragraphs."""
    return Reply(Outcome.ANSWER, tuple(Block(tuple(paragraph.split("\n"))) for paragraph in paragraphs))


def test_what_fits_is_one_message():
    """No reply is split without need."""
    assert fit(reply("甲。", "乙。\n丙。"), Limits(100)) == ("甲。\n\n乙。\n丙。",)


def test_it_is_split_between_paragraphs_first():
    """A paragraph belongs together: the amount and its condition stay in one message."""
    assert fit(reply("一" * 6, "二" * 6, "三" * 6), Limits(14)) == ("一" * 6 + "\n\n" + "二" * 6, "三" * 6)


def test_a_long_paragraph_is_split_between_lines():
    """One figure a line: a line is never torn while lines can be kept apart."""
    assert fit(reply("一二三四五\n六七八九十\n甲乙丙丁戊"), Limits(11)) == ("一二三四五\n六七八九十", "甲乙丙丁戊")


def test_a_long_line_is_split_between_sentences():
    """A sentence is the smallest thing that can be read aloud."""
    assert fit(reply("一二三四五。六七八九十。甲乙"), Limits(9)) == ("一二三四五。", "六七八九十。甲乙")


def test_a_long_sentence_is_cut_at_the_limit():
    """Better a torn sentence than a refused message."""
    assert fit(reply("一二三四五六七八九十"), Limits(4)) == ("一二三四", "五六七八", "九十")


def test_telegram_counts_characters_beyond_the_basic_plane_twice():
    """𠮷 and emoji are two UTF-16 units; counting them once overruns the limit."""
    assert (utf16_units("补贴"), utf16_units("𠮷"), utf16_units("😀a")) == (2, 2, 3)
    assert fit(reply("𠮷𠮷𠮷"), Limits(5, utf16_units)) == ("𠮷𠮷", "𠮷")
