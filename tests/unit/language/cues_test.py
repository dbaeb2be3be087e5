import pytest

from bot.language.cues import Cues, squeeze


def test_squeezing_keeps_decimals_and_percentages():
    """1.2万 and 50% are figures; the full stop of a sentence is not."""
    assert squeeze("补贴1.2万, 贴息 50%。对吗? a.b") == "补贴1.2万贴息50%对吗ab"


@pytest.mark.parametrize(
    ("cue", "text", "heard"),
    [
        ("贷款", "我想贷款", True),
        ("贷款", "我想代课", False),
        ("招+残疾", "我们招了两个残疾人", True),
        ("招+残疾", "残疾人去招聘", False),
        ("借/贷+几万", "能借我几万", True),
        ("借/贷+几万", "能贷个几万", True),
        ("借/贷+几万", "几万能贷", False),
        ("毕业/中专+找工作", "女儿中专刚念完想找工作", True),
        ("网 店", "开网店", True),
        ("開網店", "开网店", True),
    ],
)
def test_plus_means_in_this_order_and_slash_means_either(cue: str, text: str, heard: bool):
    """Staff write the lists with these two signs only; blanks and traditional characters in a cue do not matter."""
    assert Cues([cue]).hit(squeeze(text)) is heard


@pytest.mark.parametrize(("gap", "heard"), [(0, True), (12, True), (13, False)])
def test_the_two_sides_stand_at_most_twelve_characters_apart(gap: int, heard: bool):
    """Two words at the two ends of a story say nothing about each other."""
    assert Cues(["招+残疾"]).hit("招" + "啊" * gap + "残疾") is heard


def test_what_was_heard_comes_in_the_order_of_the_text():
    """The first need named is answered first."""
    cues = Cues(["培训", "贷款", "开+店"])

    assert cues.heard("想开个店要贷款还要培训") == ("开个店", "贷款", "培训")


def test_the_longer_cue_wins_where_two_start():
    """创业担保贷款 is not 创业."""
    assert Cues(["创业", "创业担保贷款"]).heard("问创业担保贷款") == ("创业担保贷款",)


def test_first_tells_where_the_earliest_stands():
    """Facets are ordered by where they are heard."""
    cues = Cues(["贷款", "想+培训"])

    assert cues.first("我想参加培训再贷款") == 1
    assert cues.first("你好") is None


@pytest.mark.parametrize("text", ["", "随便什么"])
def test_no_cues_hear_nothing(text: str):
    """An empty list, or one of punctuation only, must not match everything."""
    assert not Cues([]).hit(text)
    assert not Cues(["。", " "]).hit(text)
    assert Cues([]).heard(text) == ()
