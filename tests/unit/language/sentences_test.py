from bot.language.sentences import clauses, name_parts, sentences


def test_sentences_end_at_full_stops_and_questions():
    """A question particle before a comma ends a sentence too: people type two questions in one line."""
    assert sentences("能贷款吗,利息谁出?我在东营。谢谢") == ["能贷款吗", "利息谁出", "我在东营", "谢谢"]


def test_clauses_end_at_every_mark():
    """Each clause is looked at by itself when several needs are named."""
    assert clauses("想开店,缺钱、缺人 还想学直播!") == ["想开店", "缺钱", "缺人", "还想学直播"]


def test_marks_alone_hold_no_sentence():
    """No empty pieces."""
    assert sentences("。!?") == []
    assert clauses(" ,,。") == []


def test_a_title_is_also_said_in_parts():
    """Nobody types 创业补贴（正常运营满6个月） in full; a single character is no part."""
    assert name_parts("创业补贴（正常运营满6个月）") == ["创业补贴", "正常运营满6个月"]
    assert name_parts("电话和宽带") == ["电话", "宽带"]
    assert name_parts("课") == []
