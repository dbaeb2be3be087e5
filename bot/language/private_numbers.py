"""What names a person or leads to them: identity, licence, card and phone numbers, addresses of mail and chats; names said as such."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

_MASK = "＊"
_BLANK = r"[ \t\u00a0\u2000-\u200f\u2060\u3000\ufeff]"
_GAP = rf"(?:{_BLANK}|[-\u2010-\u2015\u2212]){{0,3}}"
"""What may stand between the digits of one number."""
_DOT = rf"(?:{_GAP}|[.\u00b7])"
_ENDS = rf"(?:{_GAP}[xX](?![a-zA-Z])(?:{_GAP}\d){{0,2}})?(?:[bB]\d{{1,2}}(?!\d))?"
"""The letters an identity number, and a disability certificate issued anew, end with."""
_COUNTRY = rf"(?:(?:\+|00)?86{_GAP})?"
_IS = rf"(?:{_BLANK}|[:=]|号码?|账号|帐号|[iI][dD]|是|为|叫)"
_WECHAT = r"(?:微信|威信|薇信|(?<![a-zA-Z])(?:[vV][xX]|[wW][xX]|[vV]信))"

_PRIVATE = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",  # mail
        r"(?<![a-zA-Z])wxid_[a-zA-Z\d]+",
        rf"(?P<kept>{_WECHAT}{_IS}+)(?:[a-zA-Z][a-zA-Z\d_-]{{5,19}}|\d{{6,}})",
        rf"(?P<kept>{_WECHAT})(?:(?=[a-zA-Z_-]*\d)[a-zA-Z][a-zA-Z\d_-]{{5,19}}|\d{{6,}})",
        rf"(?P<kept>(?<![a-zA-Z])[qQ]{{2}}|扣扣)(?:{_IS}|群)*\d{{5,}}",
        # the licence of a firm or a sole trader
        r"(?<![a-zA-Z\d])[159yY][1239]\d{6}[\da-hj-np-rtuwxyA-HJ-NP-RTUWXY]{10}(?![a-zA-Z\d])",
        rf"\d{{15,}}{_ENDS}",  # identity, disability certificate, bank card
        rf"(?<![\d.]){_COUNTRY}1[3-9]\d{{9}}(?!\d)",  # mobile phone
        # landline
        rf"(?<![\d.])(?:\(?0(?:10|2\d|[3-9]\d\d)\)?|\+86{_GAP}[1-9]\d{{1,2}}){_GAP}[2-9]\d{{2,3}}{_GAP}\d{{4}}(?:[-转]\d{{1,5}})?(?!\d)",
        rf"\d(?:{_GAP}\d){{14,}}{_ENDS}",  # as above, in parts
        rf"(?P<few>(?<![\d.]){_COUNTRY}1{_DOT}[3-9](?:{_DOT}\d){{9}}(?!\d))",  # mobile phone in a few parts
        rf"(?P<kept>(?:电话|座机|手机|传真){_IS}*)[2-9]\d{{2,3}}{_GAP}\d{{4}}(?!\d)",
    )
)
_LONGEST_PART = 14
"""A run of more digits is masked, whatever it looks like."""
_FEW = 5
"""A phone number is not written in more parts than that, unless each is one digit."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_ORDINARY = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?"  # 202305, 20230518
    r"|1\d\d|1[0-2]\d{3}|9[56]\d{3}"  # 110, 12345
    r"|[1-9]\d{0,5}00"  # 5000
)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) != _MASK}

_NAME = re.compile(
    r"(我叫|名叫|名字叫|名字是|名字[:：]|姓名是?[:： ]?|本人叫?)"
    r"(?:(?:欧阳|司马|上官|诸葛|夏侯|皇甫|尉迟|令狐|慕容|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    r"苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊"
    r"兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成"
    r"游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边瞿])[\u4e00-\u9fff]{1,2})"
)


def mask(text: str) -> tuple[str, bool]:
    """The text with what names a person replaced by ＊, and whether there was any; hotlines, dates and amounts stay.

    >>> mask("我的号是110101199003077758")
    ('我的号是＊', True)
    >>> mask("加我微信abc12345，2023-05-18问过12385")
    ('加我微信＊，2023-05-18问过12385', True)
    """
    masked = text
    while (again := _masked_once(masked)) != masked:
        masked = again
    return masked, masked != text


def without_names(text: str) -> str:
    """A normalised text with the names that people give as theirs replaced.

    >>> without_names("我叫王小明,想问补贴")
    '我叫＊,想问补贴'
    """
    return _NAME.sub(rf"\1{_MASK}", text)


def _masked_once(text: str) -> str:
    for pattern in _PRIVATE:
        for start, end in reversed(list(_found(pattern, _plain(text)))):
            text = text[:start] + _MASK + text[end:]
    return text


def _found(pattern: re.Pattern[str], plain: str) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(plain):
        start = match.end("kept") if "kept" in pattern.groupindex else match.start()
        number = plain[start : match.end()]
        parts = re.findall(r"\d+", number)
        if "few" in pattern.groupindex and len(parts) > _FEW and max(map(len, parts)) > 1:
            continue
        if any(map(str.isalpha, number)) or len(parts) < 2 or max(map(len, parts)) > _LONGEST_PART or not _is_ordinary(parts):
            yield start, match.end()


def _plain(text: str) -> str:
    """The text with digits and Latin letters of any width as plain ones, character for character."""
    return re.sub(r"(?![0-9])\d", lambda digit: str(unicodedata.decimal(digit[0])), text.translate(_WIDE))


def _is_ordinary(parts: Sequence[str]) -> bool:
    """Whether the parts of a run of digits are dates, hotlines, amounts, or numbers counted on."""
    numbers = [int(part) for part in parts]
    if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return True
    of_date = 0
    for part in parts:
        if _YEAR.fullmatch(part):
            of_date = 2
        elif of_date and len(part) <= 2:
            of_date -= 1
        elif _ORDINARY.fullmatch(part):
            of_date = 0
        else:
            return False
    return True
