"""Numbers that name a person: identity and certificate numbers, bank cards, mobile phones, e-mail."""

import re

_PRIVATE = re.compile(r"(?<!\d)(?:\d{17}[\dxX](?:\d{2})?|1[3-9]\d{9}|\d{15,19})(?!\d)|[\w.+-]+@[\w-]+\.[\w.]+")


def mask(text: str) -> tuple[str, bool]:
    """The text with private numbers replaced by ＊, and whether there were any.

    >>> mask("我的号是110101199003077758")
    ('我的号是＊', True)
    """
    masked = _PRIVATE.sub("＊", text)
    return masked, masked != text
