"""A message that picks something by its number: 2, 第二个, 选三, 我要第1项."""

import re

from bot.language.numerals import chinese_to_number

_ORDINAL = re.compile(r"我?(?:选|要|看)?第?([0-9一二两三四五六七八九十]{1,3})(?:个|项|条|号|种)?(?:吧|呢|的)?")


_BARE = re.compile("[0-9一二两三四五六七八九十]{1,3}")
_NO_PICK = re.compile("[0-9一二两三四五六七八九十]{1,3}(?:个|号)?(?:吧|呢|的)?")


def is_bare_number(squeezed: str) -> bool:
    """Whether a message is a number and nothing else."""
    return _BARE.fullmatch(squeezed) is not None


def may_count(squeezed: str) -> bool:
    """Whether a number may say how many as well as pick something: 3个, but not 第3个."""
    return _NO_PICK.fullmatch(squeezed) is not None


def read_ordinal(squeezed: str) -> int | None:
    """The number a whole message picks, or None if it says anything else.

    >>> read_ordinal("第二个"), read_ordinal("3"), read_ordinal("两万")
    (2, 3, None)
    """
    match = _ORDINAL.fullmatch(squeezed)
    value = chinese_to_number(match[1]) if match else None
    return int(value) if value is not None and value.is_integer() else None
