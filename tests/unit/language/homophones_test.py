from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.content.knowledge import Knowledge
from bot.language.homophones import Repaired
from bot.language.normalize import normalize
from bot.retrieval.understand import Understanding
from bot.staff.golden import read_cases

Repair = Callable[[str], Repaired]

CASES = Path(__file__).parents[2] / "cases" / "retrieval"
MISTYPED = {"typo", "pinyin", "traditional", "fragment", "voice"}
"""Styles whose questions are meant to hold slips."""
SAME_MEANING = {("自己缴社保", "自己交社保")}
"""Repairs of correct Chinese that say the same in another character."""

PLAIN_SENTENCES = (
    "我想开个网店不知道有没有补贴",
    "今天天气很好我们去公园走走",
    "孩子明天要上学了",
    "妈妈在家做饭等我回来",
    "我每天早上六点起床",
    "请问这个东西怎么用",
    "他以前在工厂上班后来回家种地",
    "这边的路不好走轮椅过不去",
    "我的手机坏了打不开",
    "银行说要先开户才能办卡",
    "我们村里通了网络",
    "老师说下个月考试",
    "我弟弟在外地打工过年才回来",
    "医生让我多休息别太累",
    "我想学做蛋糕",
    "你能不能说慢一点",
    "隔壁老王家养了几头猪",
    "这件衣服穿着很合适",
    "春节快递停运货发不出去",
    "我爸腿脚不方便出门要人扶",
    "晚上睡不着觉怎么办",
    "他们说可以去试一试",
    "我刚从医院回来身体还没恢复",
    "去年收成不好今年想换个活",
    "她会做手工会刺绣也会做鞋",
    "店里生意一般每个月刚够房租",
    "我不太会打字您别着急",
    "家里老人需要照顾走不开",
    "我的名字写错了能改吗",
    "快递员说地址不对",
    "冬天路滑出门要小心",
    "买东西的时候记得要小票",
    "听说镇上新修了一条路",
    "我们这里种苹果也种梨",
    "两个孩子一个上小学一个上初中",
    "他申请了三次都没有通过",
    "证件放在家里忘带了",
    "以前做过销售现在没事做",
    "老板人很好工资按时发",
    "天黑了早点回去吧",
    "不知不觉已经十年了",
    "这几天网速很慢",
    "我把材料交给了窗口的同志",
    "他是个实在人不会骗你",
    "我只有初中文化看不懂文件",
    "投资少见效快的项目",
    "公司带着残疾人一起干",
    "标准能不能往上提一提",
    "以前有人说过给村里修路",
)


@pytest.fixture(scope="module")
def repair(understanding: Understanding) -> Repair:
    """Normalise and repair, as a question is."""
    return lambda typed: understanding.homophones.repair(normalize(typed))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("残急人", "残疾人"),
        ("补帖", "补贴"),
        ("贷宽", "贷款"),
        ("东赢", "东营"),
        ("建挡立卡", "建档立卡"),
        ("创页不贴", "创业补贴"),
        ("单保贷宽", "担保贷款"),
        ("泻露", "泄露"),
        ("隐四", "隐私"),
        ("东赢残急人能领补帖吗", "东营残疾人能领补贴吗"),
        ("我是残急人想问创页不贴", "我是残疾人想问创业补贴"),
        ("單保貸寬", "担保贷款"),
    ],
)
def test_a_word_typed_as_another_that_sounds_alike_is_put_back(repair: Repair, typed: str, meant: str):
    """Pinyin keyboards and voice input choose the wrong characters all the time; the sound is right."""
    assert repair(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("canjiren", "残疾人"),
        ("can ji ren", "残疾人"),
        ("dongying canjiren butie", "东营残疾人补贴"),
        ("wo zai dongying kai wangdian neng ling duoshao qian", "我在东营开网店能领多少钱"),
        ("sichuan chuangyebutie", "四川创业补贴"),
        ("我想在dongying开网店", "我想在东营开网店"),
        ("我是canjiren能领butie吗", "我是残疾人能领补贴吗"),
        ("DongYing的补贴", "东营的补贴"),
        ("残ji人", "残疾人"),
        ("创业补tie", "创业补贴"),
    ],
)
def test_pinyin_joined_spaced_or_mixed_in_is_read(repair: Repair, typed: str, meant: str):
    """Whoever cannot find a character types its sound, for a whole sentence or for one character."""
    assert repair(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"), [("cjr cybt", "残疾人 创业补贴"), ("cjrcybt", "残疾人创业补贴"), ("cydbdk怎么办", "创业担保贷款怎么办")]
)
def test_initials_are_read(repair: Repair, typed: str, meant: str):
    """Young people write cjr for 残疾人 in chats."""
    assert repair(typed).text == meant


@pytest.mark.parametrize(
    "typed", ["zhangxiaoming", "hello", "can you help me", "vip", "app", "wechat", "syb", "http", "ok", "ab", "iphone"]
)
def test_latin_letters_that_mean_something_else_stay(repair: Repair, typed: str):
    """English words, names and abbreviations are not pinyin of our words."""
    assert repair(typed) == Repaired(typed, ())


def test_what_was_changed_is_told(repair: Repair):
    """`explain` shows staff each repair, as typed and as read."""
    assert repair("东赢的补帖").changes == (("东赢", "东营"), ("补帖", "补贴"))


@pytest.mark.parametrize("sentence", PLAIN_SENTENCES)
def test_an_ordinary_sentence_stays_as_it_is(repair: Repair, sentence: str):
    """A repair of correct Chinese puts words into somebody's mouth."""
    assert repair(sentence) == Repaired(sentence, ())


def test_no_correctly_typed_golden_question_is_changed_in_meaning(repair: Repair):
    """Hundreds of questions in correct Chinese, written without a look at the word lists."""
    changed = {
        case.id: change
        for case in read_cases(CASES)
        if case.style not in MISTYPED
        for change in repair(case.question).changes
        if change not in SAME_MEANING
    }

    assert changed == {}


def test_no_text_of_our_own_is_changed(repair: Repair, knowledge: Knowledge):
    """What staff wrote is spelt right; a repair in it shows a word list that hears too much."""
    changed = {text: changes for text in written(knowledge) if (changes := repair(text).changes)}

    assert changed == {}


def test_no_place_is_taken_for_another(repair: Repair, knowledge: Knowledge):
    """礼县 in Gansu sounds like 澧县 in Hunan: whoever names a place correctly must never get another place's answer."""
    changed = {name: changes for name in knowledge.regions.names.values() if (changes := repair(name).changes)}

    assert changed == {}


def written(knowledge: Knowledge) -> Iterator[str]:
    """Everything in correct Chinese that the program shows or searches."""
    for _, measure in knowledge.measures():
        yield from (measure.name, measure.summary, *measure.conditions, *measure.notes, *measure.phrasings)
        yield from (text for text in (measure.use, measure.duration, measure.apply, measure.combine, measure.department) if text)
    for policy in knowledge.policies():
        yield from (policy.title, policy.coverage, policy.overview, policy.silent)
        for clause in policy.clauses:
            yield from (clause.name, clause.text, *clause.phrasings)
    yield from knowledge.wording.templates.values()
