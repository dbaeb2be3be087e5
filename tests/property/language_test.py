import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine import Engine
from bot.language.normalize import normalize
from bot.language.numerals import chinese_to_number, read_numbers, say_number
from bot.language.private_numbers import mask

WORDS = st.sampled_from(
    (
        *("我", "在", "东营", "常德", "四川", "残疾人", "残急人", "补贴", "补帖"),
        *("贷款", "贷宽", "网店", "开", "有", "吗", "能领多少", "5000", "五千"),
        *("一万二", "canjiren", "butie", "个体户", "公司", "培训", "怎么申请", "的", "，"),
        *("。",),
    )
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map("".join)


@given(text=st.text(max_size=200))
@settings(max_examples=200)
def test_normalising_twice_changes_nothing_more(text: str):
    """Cues, phrasings and messages are normalised at different times and must still meet."""
    once = normalize(text)

    assert normalize(once) == once


@given(sentence=SENTENCES)
@settings(max_examples=150)
def test_repairing_twice_changes_nothing_more(engine: Engine, sentence: str):
    """A follow-up repairs the remembered question again; it must stay the same question."""
    repair = engine.conversation.understanding.homophones.repair
    once = repair(normalize(sentence)).text

    assert repair(once).text == once


def test_every_word_of_the_lexicon_stays_itself(engine: Engine):
    """A word on the list is right as it is."""
    repair = engine.conversation.understanding.homophones.repair
    changed = {word: repair(normalize(word)).text for word in engine.knowledge.lexicon.words if repair(normalize(word)).changes}

    assert changed == {}


@given(text=st.text(st.sampled_from("零一二两三五十百千万亿点分之%0123.,wk个元半几 "), max_size=30))
@settings(max_examples=200)
def test_numbers_are_read_in_order_and_never_fail(text: str):
    """Any heap of digits is read or left alone."""
    found = read_numbers(normalize(text))

    assert all(number.value >= 0 for number in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(value=st.integers(0, 10**9))
@settings(max_examples=200)
def test_a_whole_number_survives_being_said(value: int):
    """Rounding would invent a figure."""
    assert chinese_to_number(say_number(value)) == value


@given(
    before=st.text(st.sampled_from("我的号是，。 ab"), max_size=10),
    digits=st.text("0123456789", min_size=17, max_size=17),
    after=st.text(st.sampled_from("，谢谢。 "), max_size=10),
)
@settings(max_examples=100)
def test_an_identity_number_is_masked_wherever_it_stands(before: str, digits: str, after: str):
    """No neighbour may hide it."""
    masked, found = mask(f"{before}{digits}X{after}")

    assert found
    assert digits not in masked


PERSONAL = st.text(
    st.sampled_from("0123456789012345678901\uff11\uff13\uff18xXbB+-. \u3000()（），我电话微信号qQvVwW:_@a.c\u200b"), max_size=80
)


@given(text=st.one_of(PERSONAL, st.text(max_size=120)))
@settings(max_examples=400)
def test_masking_twice_changes_nothing_more(text: str):
    """A message is masked when it comes and again when it is read; what is kept must not depend on how often."""
    once, found = mask(text)

    assert mask(once) == (once, False)
    assert found == (once != text)


@given(text=PERSONAL)
@settings(max_examples=400)
def test_no_long_run_of_digits_survives(text: str):
    """Fifteen digits in a row are no amount and no date, whatever stands around them."""
    assert not re.search(r"\d{15}", mask(text)[0])
