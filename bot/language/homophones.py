"""Words typed as others that sound alike, or in Latin letters, put back into the characters that were meant."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.language.normalize import is_han
from bot.language.pinyin import LATIN, fold, initials, sound, sounds, split_latin
from bot.language.segment import Segmenter

_LONGEST = 8
_FIRM = 3
_SENTENCE_SYLLABLES = 4
"""Fewer syllables must be one of our words: name, menu and the like are none."""
_MIXED = re.compile(r"([\u4e00-\u9fff]{0,3})([a-z]{1,12})(?![a-z' ])([\u4e00-\u9fff]{0,3})")
_BEFORE_PLACE = frozenset(" ,.:;!?。，在是住到去来于我们俺咱人省市州")
_AFTER_PLACE = frozenset(" ,.:;!?。，市省县区州的人开做搞残户")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text with known words put back, and what was changed: (as typed, as read)."""

    text: str
    changes: tuple[tuple[str, str], ...]


class Homophones:
    """Finds domain words by their sound. Build once from the words that matter."""

    def __init__(
        self,
        words: Iterable[str],
        long_words: Iterable[str],
        places: Iterable[str],
        firm_places: Iterable[str],
        spoken: Iterable[str],
        names: Iterable[str],
        segmenter: Segmenter,
    ) -> None:
        """Prepare the sounds.

        ``words`` are put back wherever they are heard, ``long_words`` only from four characters on (short ones sound like too much
        else), ``places`` only where a place is likely to stand, ``firm_places`` anywhere, even across another place's name;
        ``spoken`` words help to read whole sentences of pinyin; ``names`` (of all places) are never taken for something else.
        """
        curated = [word for word in dict.fromkeys(words) if len(word) >= 2 and all(map(is_han, word))]
        longer = [word for word in dict.fromkeys(long_words) if len(word) >= 4 and all(map(is_han, word))]
        self._places = frozenset(places) - set(curated)
        known = list(dict.fromkeys((*self._places, *curated, *longer)))
        self._words = frozenset((*known, *names))
        self._exact: dict[tuple[str, ...], str] = {}
        self._folded: dict[tuple[str, ...], str] = {}
        self._spoken: dict[tuple[str, ...], str] = {}
        readings = [(word, sounds(word)) for word in known]
        by_likelihood = [(word, ways[0]) for word, ways in readings if ways] + [(word, way) for word, ways in readings for way in ways[1:]]
        for word, heard in by_likelihood:
            self._exact.setdefault(heard, word)
            self._spoken.setdefault(heard, word)
            if len(word) >= 3:
                self._folded.setdefault(tuple(map(fold, heard)), word)
        for word in spoken:
            for heard in sounds(word):
                self._spoken.setdefault(heard, word)
        self._anywhere = {heard: word for word in firm_places if len(word) >= _FIRM for heard in sounds(word)[:1]}
        self._anywhere = {heard: word for word in firm_places if len(word) >= _FIRM for heard in sounds(word)[:1]}
        self._by_initials: dict[str, str] = {}
        for word in curated:
            if len(word) >= 3:
                self._by_initials.setdefault(initials(word), word)
        self._segmenter = segmenter

    def repair(self, text: str) -> Repaired:
        """The normalised text with homophone typos and pinyin read as the domain words they sound like."""
        changes: list[tuple[str, str]] = []

        def latin(match: re.Match[str]) -> str:
            read = self._read_latin(match.group())
            if read is None:
                return match.group()
            changes.append((match.group(), read))
            return read

        text = self._read_mixed(text, changes)
        text = LATIN.sub(latin, text)
        text = self._read_characters(self._read_firm_places(text, changes), changes)
        return Repaired(text, tuple(changes))

    def _read_firm_places(self, text: str, changes: list[tuple[str, str]]) -> str:
        """The places that matter most put back although a shorter name stands inside what was typed (汪青县 is no 青县)."""
        for length in (_FIRM + 1, _FIRM):
            for start in range(len(text) - length + 1):
                span = text[start : start + length]
                if span in self._words or span[:-1] in self._words or not all(map(is_han, span)):
                    continue
                word = self._anywhere.get(sound(span) or ())
                if word is not None and _close(span, word):
                    changes.append((span, word))
                    text = text[:start] + word + text[start + length :]
        return text

    def _read_mixed(self, text: str, changes: list[tuple[str, str]]) -> str:
        """Words typed half in characters, half in pinyin (残ji人), put back."""

        def read(match: re.Match[str]) -> str:
            before, letters, after = match.groups()
            middle = split_latin(letters)
            if middle is None or not before + after:
                return match.group()
            for left in range(len(before) + 1):
                for right in range(len(after), -1, -1):
                    span = (before[left:], after[:right])
                    heard = (*(sound(span[0]) or ()), *middle, *(sound(span[1]) or ()))
                    word = self._exact.get(heard)
                    if any(span) and word is not None and word.startswith(span[0]) and word.endswith(span[1]):
                        changes.append((span[0] + letters + span[1], word))
                        return before[:left] + word + after[right:]
            return match.group()

        return _MIXED.sub(read, text)

    def _read_characters(self, text: str, changes: list[tuple[str, str]]) -> str:
        tokens = {start: (word, end) for word, start, end in self._segmenter.tokens(text)}
        known = self._known_spans(text)
        out: list[str] = []
        position = 0
        while position < len(text):
            if position in known:
                out.append(text[position : known[position]])
                position = known[position]
                continue
            room = min((start for start in known if start > position), default=len(text)) - position
            length, word = self._at(text, position, room, tokens)
            if word is None:
                out.append(text[position : position + length])
            else:
                changes.append((text[position : position + length], word))
                out.append(word)
            position += length
        return "".join(out)

    def _known_spans(self, text: str) -> dict[int, int]:
        """Where words that need no repair start and end: the longest at each position, from the left."""
        found: dict[int, int] = {}
        position = 0
        while position < len(text):
            for length in range(min(_LONGEST, len(text) - position), 1, -1):
                if text[position : position + length] in self._words:
                    found[position] = position + length
                    position += length
                    break
            else:
                position += 1
        return found

    def _at(self, text: str, position: int, room: int, tokens: Mapping[int, tuple[str, int]]) -> tuple[int, str | None]:
        """How far to move on from a position, and the word to put there, if any; the next known word is ``room`` away."""
        if position in tokens:
            for length in range(min(_LONGEST, room), 1, -1):
                span = text[position : position + length]
                if not all(map(is_han, span)) or self._segmenter.is_common_word(span):
                    continue
                word = self._heard(span)
                if word is None or not _close(span, word) or not _agrees(span, word, position, tokens):
                    continue
                if word not in self._places or _place_like(text, position, position + length):
                    return length, word
        return 1, None

    def _heard(self, span: str) -> str | None:
        for heard in sounds(span) if len(span) > 3 else sounds(span)[:1]:
            if found := self._exact.get(heard):
                return found
            if len(span) >= 3 and (found := self._folded.get(tuple(map(fold, heard)))):
                return found
        return None

    def _read_latin(self, typed: str) -> str | None:
        heard = split_latin(typed)
        if heard is not None and (len(heard) > 1 or len(typed) > 3):
            read, words = self._decode(heard)
            if words and (len(heard) >= _SENTENCE_SYLLABLES or read in self._words):
                return read
        pieces = typed.split(" ")
        read_pieces = [self._read_initials(piece) if 3 <= len(piece) <= 16 else None for piece in pieces]
        if not any(read_pieces):
            return None
        return " ".join(read or piece for read, piece in zip(read_pieces, pieces, strict=True))

    def _decode(self, heard: tuple[str, ...]) -> tuple[str, int]:
        """The syllables as the fewest, longest known words; unknown ones stay Latin. Also how many words of two or more."""
        size = len(heard)
        best: list[tuple[float, tuple[str, ...], int]] = [(0.0, (), 0)]
        for end in range(1, size + 1):
            cost, pieces, words = best[end - 1]
            options = [(cost + 2.0, (*pieces, heard[end - 1]), words)]
            for start in range(max(0, end - _LONGEST), end):
                part = heard[start:end]
                word = self._spoken.get(part) or (self._folded.get(tuple(map(fold, part))) if end - start > 2 else None)
                if word is not None:
                    before, earlier, count = best[start]
                    options.append((before + (1.0 if end - start > 1 else 1.5), (*earlier, word), count + (end - start > 1)))
            best.append(min(options, key=lambda option: option[0]))
        _, pieces, words = best[size]
        return "".join(pieces) if all(not piece.isascii() for piece in pieces) else " ".join(pieces), words

    def _read_initials(self, typed: str) -> str | None:
        best: list[tuple[str, ...] | None] = [()] + [None] * len(typed)
        for end in range(1, len(typed) + 1):
            for start in range(max(0, end - _LONGEST), end):
                before, word = best[start], self._by_initials.get(typed[start:end])
                if before is not None and word is not None and (best[end] is None or len(before) + 1 < len(best[end] or ())):
                    best[end] = (*before, word)
        found = best[-1]
        return "".join(found) if found else None


def _close(span: str, word: str) -> bool:
    """Whether enough characters agree that a slip of the keyboard is likelier than another meaning."""
    same = sum(one == other for one, other in zip(span, word, strict=True))
    return same >= 1 if len(word) <= 3 else same * 2 >= len(word) - 1


def _place_like(text: str, start: int, end: int) -> bool:
    """Whether what stands around a span lets a place stand there: 我在…的, or blanks and stops."""
    return (start == 0 or text[start - 1] in _BEFORE_PLACE) and (end == len(text) or text[end] in _AFTER_PLACE)


def _agrees(span: str, word: str, position: int, tokens: Mapping[int, tuple[str, int]]) -> bool:
    """Whether every ordinary word inside the span is also in the word meant, and none reaches out of it."""
    at = position
    while at < position + len(span):
        token, end = tokens.get(at, ("", 0))
        if not token or end > position + len(span):
            return False
        if len(token) > 1 and word[at - position : end - position] != token:
            return False
        at = end
    return True
