import pytest

from bot.language.normalize import has_words, normalize


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("\uff15\uff10\uff10\uff10元", "5000元"),
        ("\uff21\uff22\uff23", "abc"),
        ("残疾证①", "残疾证1"),
        ("开网店　有补贴吗？", "开网店 有补贴吗?"),
    ],
)
def test_wide_and_compatibility_forms_become_plain_ones(typed: str, normal: str):
    """Phone keyboards type full-width digits and ideographic blanks; the figure asked for is the same."""
    assert normalize(typed) == normal


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("開網店有補貼嗎", "开网店有补贴吗"),
        ("殘疾人創業擔保貸款", "残疾人创业担保贷款"),
        ("個體戶營業執照", "个体户营业执照"),
        ("四川的社會保險補貼怎麼領", "四川的社会保险补贴怎么领"),
        ("貧困戶後來發展電商", "贫困户后来发展电商"),
    ],
)
def test_traditional_script_becomes_simplified(typed: str, normal: str):
    """One knowledge base in simplified characters must serve those who read and write traditional ones."""
    assert normalize(typed) == normal


def test_simplified_text_stays_as_it_is():
    """Some characters are both a traditional form and a mainland one (著名, 瞭解, 后来, 里面); a mainland reader's must stay."""
    text = "我后来在著名景区里面开了个网店,卖干果和面条,几个月只赚了一点"

    assert normalize(text) == text


def test_one_pass_is_enough_for_every_character():
    """A character that needs two passes would be one word when typed and another when staff list it."""
    again = {
        char
        for char in map(chr, (*range(0x20, 0xD800), *range(0xE000, 0x30000)))
        if normalize(normalize(f"a{char}a")) != normalize(f"a{char}a")
    }

    assert again == set()


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("补\u200b贴", "补贴"),
        ("\ufeff东营\u202e补贴", "东营补贴"),
        ("东营\x00补贴\x07", "东营 补贴"),
        ("东营\r\n\t补贴\n", "东营 补贴"),
    ],
)
def test_control_and_invisible_characters_go(typed: str, normal: str):
    """Pasted text carries zero-width and control characters that would hide a word from the search."""
    assert normalize(typed) == normal


def test_half_an_emoji_goes():
    """A channel may cut a message in the middle of a surrogate pair; half a pair cannot be stored."""
    assert normalize("补贴\ud83d") == "补贴"


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("<b>东营</b>补贴", "东营 补贴"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("**东营** `补贴` # 标题", "东营 补贴 标题"),
        ("~~东营~~", "东营"),
        ("5<6 而且 7>3", "5<6 而且 7>3"),
    ],
)
def test_markup_goes_and_comparisons_stay(typed: str, normal: str):
    """HTML and Markdown are no words; a sign between figures is no markup."""
    assert normalize(typed) == normal


@pytest.mark.parametrize("typed", ["😀😀", "🙏🏻", "。。。！！", "?!", "（）", "❤️"])
def test_symbols_alone_hold_no_words(typed: str):
    """A message of symbols is answered by asking for words, not by a search."""
    assert not has_words(normalize(typed))


@pytest.mark.parametrize("typed", ["补贴😀", "2", "cjr", "㐀"])
def test_one_letter_digit_or_character_is_words(typed: str):
    """A bare number is an answer to a numbered list, so it must not be taken for a symbol."""
    assert has_words(normalize(typed))


def test_only_blanks_become_nothing():
    """Blanks of every kind make an empty message."""
    assert normalize(" \u3000\t\n\u200b") == ""
