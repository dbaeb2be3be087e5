"""The words of a source document, without the noise its copies carry."""

import re

from bot.language.normalize import normalize

_PINYIN = re.compile(r"\([a-zü]+\)")
_DIGIT = "0-9零〇一二两三四五六七八九十百千"


def clean_source(text: str) -> str:
    """The text in normal form, without blanks and without pinyin in brackets, so that copies can be compared.

    >>> clean_source("補貼(tie)　5000 元")
    '补贴5000元'
    """
    return _PINYIN.sub("", normalize(text)).replace(" ", "")


def cut_document(text: str, begins: str, ends: str | None) -> str | None:
    """The part of a cleaned text from ``begins`` up to ``ends`` (absent: to the end), or None if either is not there.

    >>> cut_document("广告第一条第二条广告", "第一条", None), cut_document("广告第一条", "第二条", None)
    ('第一条第二条广告', None)
    """
    start = text.find(clean_source(begins))
    if start < 0:
        return None
    if ends is None:
        return text[start:]
    end = text.find(clean_source(ends), start)
    return None if end < 0 else text[start:end]


def cut_sections(document: str, begins: tuple[str, ...]) -> tuple[str | None, ...]:
    """The text of each section of a cleaned document, from its beginning to the next one found; None: not found in this order.

    >>> cut_sections("一、钱二、人三、事", ("一、", "三、", "二、"))
    ('一、钱二、人', '三、事', None)
    """
    starts: list[int] = []
    at = 0
    for begin in begins:
        start = document.find(clean_source(begin), at)
        starts.append(start)
        at = start + 1 if start >= 0 else at
    found = [start for start in starts if start >= 0]
    ends = dict(zip(found, [*found[1:], len(document)], strict=True))
    return tuple(document[start : ends[start]] if start >= 0 else None for start in starts)


def holds_figure(section: str, figure: str) -> bool:
    """Whether a figure is printed in a cleaned section, as itself and not as part of a longer number.

    >>> holds_figure("补助5000元", "5000元"), holds_figure("补助15000元", "5000元"), holds_figure("补助1.2万元", "2万元")
    (True, False, False)
    """
    words = clean_source(figure)
    before = rf"(?<![{_DIGIT}])(?<![{_DIGIT}][.,])" if re.match(f"[{_DIGIT}]", words) else ""
    after = rf"(?![{_DIGIT}万亿])" if re.search(f"[{_DIGIT}]$", words) else ""
    return re.search(before + re.escape(words) + after, section) is not None
