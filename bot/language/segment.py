"""Text to words, with a tokenizer of our own."""

import re
from collections.abc import Iterable
from pathlib import Path

import jieba

_WORD = re.compile(r"[\u3400-\u9fff]+|[a-z]+|\d+(?:\.\d+)?")
_RARE = 20
"""Dictionary words seen less often than this are left out: they cost start-up time and split our own words."""


class Segmenter:
    """Cuts normalised text into words. Build once a process; words are only ever added, never removed."""

    def __init__(self, words: Iterable[str]) -> None:
        """Load jieba's common words and add ``words``, which are always kept whole."""
        frequencies: dict[str, int] = {}
        total = 0
        with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as lines:
            for line in lines:
                word, count_text, _ = line.split(" ")
                count = int(count_text)
                if count >= _RARE or len(word) == 1:
                    frequencies[word] = count
                    total += count
        self._common = frozenset(word for word in frequencies if len(word) > 1)
        for word in words:
            if len(word) > 1:
                total += 2000 - min(2000, frequencies.get(word, 0))
                frequencies[word] = max(frequencies.get(word, 0), 2000) * (1 if len(word) == 2 else 40)
        for word in tuple(frequencies):
            for end in range(1, len(word)):
                frequencies.setdefault(word[:end], 0)
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.FREQ = frequencies
        self._tokenizer.total = total
        self._tokenizer.initialized = True

    def is_common_word(self, text: str) -> bool:
        """Whether the general dictionary knows the text as one word of at least two characters."""
        return text in self._common

    def tokens(self, text: str) -> list[tuple[str, int, int]]:
        """Every word with where it starts and ends, without guessing unknown words."""
        return [token for token in self._tokenizer.tokenize(text, HMM=False)]

    def words(self, text: str) -> list[str]:
        """The words of a normalised text for searching: long words also give the shorter ones inside them."""
        found: list[str] = []
        for run in _WORD.findall(text):
            if run[0] >= "\u3400":
                found.extend(self._tokenizer.cut_for_search(run, HMM=False))
            else:
                found.append(run)
        return found
