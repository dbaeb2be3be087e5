import pytest

from bot.language.private_numbers import mask, without_names


def wide(text: str) -> str:
    """Full-width digits and letters, as phone keyboards type them."""
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


@pytest.mark.parametrize(
    ("number", "what"),
    [
        ("110101199003077758", "identity card"),
        ("11010119900307775X", "identity card ending in X"),
        ("11010119900307775x", "identity card ending in x"),
        ("110101900307775", "old identity card of 15 digits"),
        (wide("110101199003077758"), "identity card in full-width digits"),
        (wide("11010119900307775X"), "identity card in full-width digits and X"),
        ("110101 19900307 7758", "identity card with blanks"),
        ("110101-19900307-775X", "identity card with dashes and X"),
        ("110101 19900307 775 X", "identity card with a blank before X"),
        ("1101 0119 9003 0777 58", "identity card in fours"),
        ("110101\u200b19900307\u200b7758", "identity card with invisible characters"),
        ("1 1 0 1 0 1 1 9 9 0 0 3 0 7 7 7 5 8", "identity card digit by digit, as speech is written down"),
        ("11010119900307775812", "disability certificate: identity number, kind, grade"),
        ("11010119900307775X43", "disability certificate ending in X and two digits"),
        ("11010119900307775812B1", "disability certificate issued anew"),
        ("11010119900307775X43B2", "disability certificate with X issued anew"),
        ("6222020200112233445", "bank card"),
        ("6222020200112233", "bank card of 16 digits"),
        ("6222 0202 0011 2233 445", "bank card in fours"),
        ("6222-0202-0011-2233", "bank card in fours with dashes"),
        ("621700 1234567890123", "bank card in two parts"),
        ("13800138000", "mobile phone"),
        (wide("13800138000"), "mobile phone in full-width digits"),
        ("138-0013-8000", "mobile phone with dashes"),
        ("138 0013 8000", "mobile phone with blanks"),
        ("138\u30000013\u30008000", "mobile phone with wide blanks"),
        ("138.0013.8000", "mobile phone with dots"),
        ("1380013 8000", "mobile phone in two parts"),
        ("1 3 8 0 0 1 3 8 0 0 0", "mobile phone digit by digit"),
        ("+8613800138000", "mobile phone with the code of the country"),
        ("+86 138 0013 8000", "the same with blanks"),
        ("008613800138000", "the same with two zeros"),
        ("86-13800138000", "the same without a plus"),
        ("0546-8331234", "landline"),
        ("05468331234", "landline in one"),
        ("0546 8331234", "landline with a blank"),
        ("(0546)8331234", "landline with brackets"),
        (wide("0546-8331234"), "landline in full-width digits"),
        ("010-62345678", "landline of Beijing"),
        ("028 6234 5678", "landline of Chengdu"),
        ("0546-8331234-801", "landline with an extension"),
        ("0546-8331234转801", "landline with an extension in words"),
        ("+86 546 8331234", "landline with the code of the country"),
        ("92370502MA3CXXXX8K", "licence of a sole trader"),
        ("91370502ma3ck12g8k", "licence of a firm in small letters"),
        ("zhang.san+1@example.com", "e-mail"),
        ("zhangsan\uff20qq.com", "e-mail with a wide sign"),
        ("12345678@qq.com", "e-mail of digits"),
        ("wxid_a1b2c3d4e5f6", "account of WeChat"),
    ],
)
def test_a_number_that_names_a_person_is_masked(number: str, what: str):
    """Disability status beside a name or number is sensitive; the number is replaced before anything is kept."""
    masked, found = mask(f"我的号是{number}，东营有补贴吗")

    assert (masked, found) == ("我的号是＊，东营有补贴吗", True), what


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我微信号abc123，加我", "我微信号＊，加我"),
        ("微信：zhang_san-1", "微信：＊"),
        ("我微信是kaiwangdian，加一下", "我微信是＊，加一下"),
        ("加微信zs19900307", "加微信＊"),
        ("加我vx zs19900307问", "加我vx ＊问"),
        ("WX:zs19900307", "WX:＊"),
        ("微信12345678", "微信＊"),
        ("QQ12345678", "QQ＊"),
        ("qq号是 12345678", "qq＊"),
        ("扣扣：1234567", "扣扣＊"),
        ("家里电话8331234", "家里电话＊"),
        ("座机是 833 1234", "座机是 ＊"),
    ],
)
def test_an_account_or_number_said_as_such_is_masked(text: str, masked: str):
    """What it is stays readable; what leads to the person goes."""
    assert mask(text) == (masked, True)


@pytest.mark.parametrize(
    "text",
    [
        *("12385", "12333", "12345", "0546-12333", "0546 12345", "电话0546-12333", "打110或120", "短信到12110", "12385 12333 12345哪个管"),
        *("5000元", "3000000元", "300000 100000 50000 20000", "1500 3000 500哪个", "满6个月，1.2万", "每年12000元，最多36个月"),
        *("2026-11-21", "20231219", "2018-01-01 2018-12-31", "20180101-20181231", "2018 2019 2020 2021年", "2018.11.01-2026.11.21"),
        *("1 2 3 4 5 6 7 8 9 10 11 12", "我选2", "1和3", "第15条", "9点到17点"),
        *("财金〔2023〕75号", "川财规〔2025〕2号", "东政发[2017]12号", "鲁残联发〔2016〕15号、鲁财社〔2017〕3号"),
        *("微信小程序", "在微信上卖货", "微信kaidian", "QQ群怎么加", "微信支付300000元", "qq空间", "vx是什么"),
        *("手机5000元", "电话费100", "400-8123-123", "税号", "抖音douyin888"),
    ],
)
def test_hotlines_amounts_dates_and_documents_stay(text: str):
    """Masking a figure would lose what was asked."""
    assert mask(text) == (text, False)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("老公13800138000，我110101199003077758", "老公＊，我＊"),
        ("2018-01-01办的，电话13800138000", "2018-01-01办的，电话＊"),
        ("5000元 13800138000", "5000元 ＊"),
        ("2018-01-01 13800138000", "2018-01-01 ＊"),
        ("5000 6222020200112233445", "5000 ＊"),
        ("11010119900307775X1213800138000", "＊＊"),
    ],
)
def test_what_stands_beside_a_masked_number_stays(text: str, masked: str):
    """A family pastes the numbers of two people among the dates and amounts of their question."""
    assert mask(text) == (masked, True)


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("我叫张小明,在东营开网店", "我叫＊,在东营开网店"),
        ("姓名:欧阳娜 想问补贴", "姓名:＊ 想问补贴"),
        ("本人李强", "本人＊"),
        ("我叫他去办", "我叫他去办"),
        ("我是高中毕业", "我是高中毕业"),
        ("名字是随便起的", "名字是随便起的"),
        ("本人残疾,开网店", "本人残疾,开网店"),
    ],
)
def test_a_name_given_as_such_is_left_out(text: str, without: str):
    """Questions nothing was found for are kept for staff, and people begin them with who they are."""
    assert without_names(text) == without
