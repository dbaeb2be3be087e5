"""Sounds of Chinese text: toneless syllables, folded for regional speech, and Latin letters split into syllables."""

import re
from functools import cache
from importlib.resources import files
from itertools import product
from math import prod

LATIN = re.compile(r"[a-z]+(?:[' ]?[a-z]+)*")
_MOST_READINGS = 8
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_FINALS = (("iang", "ian"), ("uang", "uan"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Each common character and its toneless syllables, the usual one first."""
    lines = (files("bot.language") / "data" / "pinyin.txt").read_text("utf-8").splitlines()
    return {parts[0]: tuple(parts[1:]) for parts in (line.split() for line in lines) if len(parts) > 1}


@cache
def syllables() -> frozenset[str]:
    """Every legal toneless syllable; ü is written v."""
    return frozenset((files("bot.language") / "data" / "syllables.txt").read_text("utf-8").split())


@cache
def fold(syllable: str) -> str:
    """A syllable as southern and western speech merges it: z/zh, c/ch, s/sh, l/n, an/ang, en/eng, in/ing.

    >>> fold("zheng"), fold("nan"), fold("ying")
    ('zen', 'lan', 'yin')
    """
    for long, short in _INITIALS:
        if syllable.startswith(long):
            syllable = short + syllable[len(long) :]
            break
    if syllable.startswith("n") and len(syllable) > 1:
        syllable = "l" + syllable[1:]
    for long, short in _FINALS:
        if syllable.endswith(long):
            return syllable[: -len(long)] + short
    return syllable


def sound(word: str) -> tuple[str, ...] | None:
    """The usual toneless syllables of a word, or None if one of its characters has no reading here.

    >>> sound("补贴")
    ('bu', 'tie')
    """
    table = readings()
    found = tuple(table[char][0] for char in word if char in table)
    return found if len(found) == len(word) else None


def split_latin(text: str) -> tuple[str, ...] | None:
    """Joined or spaced pinyin as syllables, the fewest that fit, or None where it is not pinyin.

    >>> split_latin("canjiren"), split_latin("xi an"), split_latin("hello")
    (('can', 'ji', 'ren'), ('xi', 'an'), None)
    """
    found: list[str] = []
    for part in re.split(r"[' ]", text.replace("lue", "lve").replace("nue", "nve")):
        pieces = _split_word(part)
        if pieces is None:
            return None
        found.extend(pieces)
    return tuple(found)


@cache
def _split_word(word: str) -> tuple[str, ...] | None:
    known = syllables()
    best: list[tuple[str, ...] | None] = [None] * (len(word) + 1)
    best[0] = ()
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is None or word[start:end] not in known:
                continue
            found = best[end]
            if found is None or len(before) + 1 < len(found):
                best[end] = (*before, word[start:end])
    return best[-1]


def sounds(word: str) -> tuple[tuple[str, ...], ...]:
    """Every way a word may be read, the usual one first; at most eight, none if a character has no reading here.

    >>> sounds("成都")
    (('cheng', 'dou'), ('cheng', 'du'))
    """
    table = readings()
    options = [table.get(char, ()) for char in word]
    count = prod(map(len, options))
    if not count:
        return ()
    return tuple(product(*options)) if count <= _MOST_READINGS else (tuple(option[0] for option in options),)


def initials(word: str) -> str:
    """The first letters of a word's syllables, as people abbreviate it (cjr for 残疾人)."""
    return "".join(syllable[0] for syllable in sound(word) or ())
