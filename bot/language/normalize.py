"""What a person typed, in one comparable form."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]")
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]{0,200}>|[*_`#~^]{1,6}")
_SPACES = re.compile(r"\s+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


@cache
def _simplified() -> dict[int, str]:
    """Traditional characters and their simplified forms, as a ``str.translate`` table."""
    lines = (files("bot.language") / "data" / "simplified.txt").read_text("utf-8").splitlines()
    pairs = {line[0]: line[1] for line in lines if len(line) >= 2 and line[0] != " "}
    return {ord(traditional): pairs.get(simplified, simplified) for traditional, simplified in pairs.items()}


def normalize(text: str) -> str:
    """The text in NFKC, simplified, lower case, without markup, control and invisible characters; blanks become one blank.

    >>> normalize("開網店　有補貼嗎？")
    '开网店 有补贴吗?'
    """
    text = unicodedata.normalize("NFKC", text)
    text = _INVISIBLE.sub("", text)
    text = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text)
    text = _MARKUP.sub(" ", text)
    return _SPACES.sub(" ", text.translate(_simplified())).strip().lower()


def is_han(char: str) -> bool:
    """Whether a character is a Chinese character."""
    return _HAN.match(char) is not None


def has_words(text: str) -> bool:
    """Whether a normalised text holds a Chinese character, a Latin letter or a digit at all."""
    return any(is_han(char) or char.isalnum() for char in text)
