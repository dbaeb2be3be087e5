import pytest

from bot.language.private_numbers import mask


def wide(digits: str) -> str:
    """Full-width digits, as phone keyboards type them."""
    return "".join(chr(ord(digit) + 0xFEE0) for digit in digits)


@pytest.mark.parametrize(
    ("number", "what"),
    [
        ("110101199003077758", "identity card"),
        ("11010119900307775X", "identity card ending in X"),
        ("11010119900307775x", "identity card ending in x"),
        ("11010119900307775812", "disability certificate: identity number, kind, grade"),
        ("11010119900307775X43", "disability certificate ending in X and two digits"),
        ("110101900307775", "old identity card of 15 digits"),
        ("6222020200112233445", "bank card"),
        ("13800138000", "mobile phone"),
        (wide("110101199003077758"), "identity card in full-width digits"),
        (wide("13800138000"), "mobile phone in full-width digits"),
        ("138-0013-8000", "mobile phone with dashes"),
        ("138 0013 8000", "mobile phone with blanks"),
        ("6222 0202 0011 2233 445", "bank card with blanks"),
        ("110101 19900307 7758", "identity card with blanks"),
        ("zhang.san+1@example.com", "e-mail"),
    ],
)
def test_a_number_that_names_a_person_is_masked(number: str, what: str):
    """Disability status beside a name or number is sensitive; the number is replaced before anything is kept."""
    masked, found = mask(f"我的号是{number}，东营有补贴吗")

    assert (masked, found) == ("我的号是＊，东营有补贴吗", True), what


@pytest.mark.parametrize("text", ["12385", "5000元", "2026-11-21", "3000000元", "电话0546-12333", "我选2", "满6个月，1.2万", "20231219"])
def test_hotlines_amounts_and_dates_stay(text: str):
    """Masking a figure would lose what was asked."""
    assert mask(text) == (text, False)


def test_several_numbers_are_all_masked():
    """A family pastes the numbers of two people."""
    masked, _ = mask("老公13800138000，我110101199003077758")

    assert masked == "老公＊，我＊"
