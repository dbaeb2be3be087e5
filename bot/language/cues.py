"""Lists of things heard in a text, compiled once: ``a+b`` both in this order, ``a/b`` either."""

import re
from collections.abc import Iterable, Iterator

from bot.language.normalize import normalize

_GAP = 12
_CUE_NOISE = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w.%+/?]|_")
_NOISE = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w.%]|_")
_Parts = tuple[tuple[str, ...], ...]


def squeeze(text: str) -> str:
    """A normalised text without blanks and punctuation, as cues are matched against it; 1.2 and 50% stay whole.

    >>> squeeze("能领多少 钱？")
    '能领多少钱'
    """
    return _NOISE.sub("", text)


class Cues:
    """Things listened for."""

    def __init__(self, cues: Iterable[str]) -> None:
        """Prepare cues; longer ones are preferred where several start at one place."""
        self._by_start: dict[str, list[_Parts]] = {}
        plain: list[str] = []
        for cue in dict.fromkeys(cues):
            squeezed = _CUE_NOISE.sub("", normalize(cue))
            if "+" in squeezed or "/" in squeezed:
                parts = tuple(tuple(sorted(part.split("/"), key=len, reverse=True)) for part in squeezed.split("+"))
                for start in dict.fromkeys(word[:2] for word in parts[0]):
                    self._by_start.setdefault(start, []).append(parts)
            elif squeezed:
                plain.append(squeezed)
        self._plain = _any_of(plain)
        self._starts = _any_of(self._by_start)

    def heard(self, squeezed: str) -> tuple[str, ...]:
        """The pieces of a squeezed text that match, in the order they stand there; empty when nothing was heard."""
        found = [match.span() for match in self._plain.finditer(squeezed)] if self._plain else []
        for parts in self._listed(squeezed):
            found.extend(_spans(parts, squeezed))
        return tuple(dict.fromkeys(squeezed[start:end] for start, end in sorted(found)))

    def hit(self, squeezed: str) -> bool:
        """Whether anything was heard."""
        if self._plain is not None and self._plain.search(squeezed):
            return True
        return any(next(_spans(parts, squeezed), None) for parts in self._listed(squeezed))

    def first(self, squeezed: str) -> int | None:
        """Where the first thing heard stands, or None."""
        starts = [span[0] for parts in self._listed(squeezed) if (span := next(_spans(parts, squeezed), None))]
        if self._plain is not None and (match := self._plain.search(squeezed)):
            starts.append(match.start())
        return min(starts, default=None)

    def _listed(self, squeezed: str) -> list[_Parts]:
        """The cues of several parts whose first part may stand in the text; most lists are ruled out by one search."""
        if self._starts is None or not self._starts.search(squeezed):
            return []
        starts = {*squeezed, *(squeezed[at : at + 2] for at in range(len(squeezed) - 1))} & self._by_start.keys()
        return [parts for start in sorted(starts) for parts in self._by_start[start]]


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern for any of the words, longer ones first."""
    listed = sorted(set(words), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, listed))) if listed else None


def _spans(parts: _Parts, text: str) -> Iterator[tuple[int, int]]:
    """Where all parts stand in order, each at most the gap behind the one before; matches do not overlap."""
    at = 0
    while (start := min((found for word in parts[0] if (found := text.find(word, at)) >= 0), default=-1)) >= 0:
        ends = (_end(parts[1:], text, start + len(word)) for word in parts[0] if text.startswith(word, start))
        end = next((end for end in ends if end is not None), None)
        if end is None:
            at = start + 1
        else:
            yield start, end
            at = end


def _end(parts: _Parts, text: str, at: int) -> int | None:
    """Where the last of the parts ends, the nearest of each taken first; None if one is missing."""
    if not parts:
        return at
    found = [(text.find(word, at, at + _GAP + len(word)), word) for word in parts[0]]
    for start, word in sorted((start, word) for start, word in found if start >= 0):
        if (end := _end(parts[1:], text, start + len(word))) is not None:
            return end
    return None
