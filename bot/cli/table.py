"""Small tables as text, in columns that stay straight with Chinese characters."""

import unicodedata
from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines: the first column to the left, the others to the right.

    >>> table([["a", "1"], ["bb", "20"]])
    ['a    1', 'bb  20']
    """
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        padded = [" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        first, *others = (cell + space if index == 0 else space + cell for index, (cell, space) in enumerate(zip(row, padded, strict=True)))
        lines.append("  ".join((first, *others)).rstrip())
    return lines


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
