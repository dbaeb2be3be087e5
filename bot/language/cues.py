"""Lists of things heard in a text, compiled once: ``a+b`` both in this order, ``a/b`` either."""

import re
from collections.abc import Iterable

from bot.language.normalize import normalize

_GAP = ".{0,12}?"
_CUE_NOISE = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w.%+/?]|_")
_NOISE = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w.%]|_")


def squeeze(text: str) -> str:
    """A normalised text without blanks and punctuation, as cues are matched against it; 1.2 and 50% stay whole.

    >>> squeeze("能领多少 钱？")
    '能领多少钱'
    """
    return _NOISE.sub("", text)


class Cues:
    """Things listened for."""

    def __init__(self, cues: Iterable[str]) -> None:
        """Compile cues; longer ones are preferred where several start at one place."""
        self._patterns: dict[str, re.Pattern[str]] = {}
        plain: list[str] = []
        for cue in dict.fromkeys(cues):
            squeezed = _CUE_NOISE.sub("", normalize(cue))
            if not squeezed:
                continue
            if "+" in squeezed or "/" in squeezed:
                parts = (
                    "(?:" + "|".join(map(re.escape, sorted(part.split("/"), key=len, reverse=True))) + ")" for part in squeezed.split("+")
                )
                self._patterns[cue] = re.compile(_GAP.join(parts))
            else:
                plain.append(squeezed)
        plain.sort(key=len, reverse=True)
        self._plain = re.compile("|".join(map(re.escape, plain))) if plain else None

    def heard(self, squeezed: str) -> tuple[str, ...]:
        """The pieces of a squeezed text that match, in the order they stand there; empty when nothing was heard."""
        found = [(match.start(), match.group()) for match in self._plain.finditer(squeezed)] if self._plain else []
        for pattern in self._patterns.values():
            found.extend((match.start(), match.group()) for match in pattern.finditer(squeezed))
        return tuple(dict.fromkeys(piece for _, piece in sorted(found)))

    def hit(self, squeezed: str) -> bool:
        """Whether anything was heard."""
        if self._plain is not None and self._plain.search(squeezed):
            return True
        return any(pattern.search(squeezed) for pattern in self._patterns.values())

    def first(self, squeezed: str) -> int | None:
        """Where the first thing heard stands, or None."""
        starts = [match.start() for match in (pattern.search(squeezed) for pattern in self._patterns.values()) if match]
        if self._plain is not None and (match := self._plain.search(squeezed)):
            starts.append(match.start())
        return min(starts, default=None)
