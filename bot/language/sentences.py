"""A text cut into sentences and clauses, and a name into its parts."""

import re

_SENTENCE = re.compile(r"[。！？!?；;\n]+|(?<=[吗呢])[,，\s]+")
_CLAUSE = re.compile(r"[,，、。！？!?；;\n\s]+")
_NAME_PART = re.compile(r"[（）()、，,和及]")


def sentences(text: str) -> list[str]:
    """The sentences of a normalised text, none empty."""
    return [part.strip(" ,，、") for part in _SENTENCE.split(text) if part.strip(" ,，、")]


def clauses(text: str) -> list[str]:
    """The clauses of a normalised text, none empty."""
    return [part for part in _CLAUSE.split(text) if part]


def name_parts(name: str) -> list[str]:
    """The parts of a title that people say by themselves, at least two characters each.

    >>> name_parts("创业补贴（正常运营满6个月）")
    ['创业补贴', '正常运营满6个月']
    """
    return [part for part in _NAME_PART.split(name) if len(part) >= 2]
