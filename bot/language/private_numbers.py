"""Numbers that name a person: identity and certificate numbers, bank cards, mobile phones, e-mail."""

import re

_MOBILE = r"[1\uff11][3-9\uff13-\uff19]\d(?:[ -]?\d){8}"
_LONG_NUMBER = r"\d(?:[ -]?\d){14,19}[xX\uff58\uff38]?\d{0,2}"
_MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_PRIVATE = re.compile(rf"(?<!\d)(?:{_LONG_NUMBER}|{_MOBILE})(?!\d)|{_MAIL}")


def mask(text: str) -> tuple[str, bool]:
    """The text with private numbers replaced by ＊, and whether there were any.

    >>> mask("我的号是110101199003077758")
    ('我的号是＊', True)
    """
    masked = _PRIVATE.sub("＊", text)
    return masked, masked != text
