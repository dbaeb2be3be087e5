"""Entries ranked for a query, each score split by what made it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.content.knowledge import Knowledge
from bot.content.measure import Audience, Kind
from bot.language.cues import squeeze
from bot.retrieval.bm25 import Bm25
from bot.retrieval.entry import Entry, EntryType, build_entries, grams
from bot.retrieval.query import Query, Window
from bot.retrieval.understand import Understanding, figure_token, is_figure

_SHORTLIST = 80
_SHORT = 8
"""A clause of a story counts in full from twice so many characters on; less of one says too little by itself."""
_RERANKED = 40
_RARE = 2
_HALF = 25.0
"""What words and characters weigh each: a question that is an entry's own name scores just below 100 in all."""
_NARROW = 4
_SECOND_SHARE = 0.5
_BROAD_SHARE = 0.4
"""What of the weight of a fitting kind goes to a word's further meanings, and to words that mean almost anything."""
_ONLY_IF_HEARD = {
    Audience.VETERAN,
    Audience.WOMEN,
    Audience.GRADUATE,
    Audience.DISABLED_STUDENT,
    Audience.SCHOOL_LEAVER,
    Audience.RESEARCHER,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry and how well it fits a query. ``score`` runs from 0 to about 100; ``parts`` add up to it.

    ``strange`` is the share, 0 to 1, of the question's telling words that the entry does not have.
    """

    entry: Entry
    score: float
    strange: float
    parts: tuple[tuple[str, float], ...]


class Ranker:
    """Ranks all entries. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, understanding: Understanding) -> None:
        """Index every entry."""
        self.entries = build_entries(knowledge, understanding.segmenter)
        self._weights = knowledge.ranking.weights
        self._words = Bm25([entry.words for entry in self.entries])
        self._grams = Bm25([entry.grams for entry in self.entries])
        self._stopwords = frozenset(knowledge.lexicon.stopwords)
        self._covers: Mapping[str, tuple[Kind, ...]] = {entry.id: entry.covers for entry in knowledge.lexicon.kinds}
        self._fits: Mapping[str, frozenset[Audience]] = {entry.id: frozenset(entry.fits) for entry in knowledge.lexicon.audiences}
        self._decisive = frozenset(entry.id for entry in knowledge.lexicon.audiences if entry.decisive)
        self._owners: dict[str, list[int]] = {}
        for index, entry in enumerate(self.entries):
            for word in entry.distinctive:
                self._owners.setdefault(word, []).append(index)
        self._lengths = sorted({len(word) for word in self._owners})
        self._squeezed_phrasings = [tuple(map(squeeze, entry.phrasings)) for entry in self.entries]

    def rank(self, query: Query, allowed: Callable[[Entry], bool] = lambda entry: True) -> tuple[Candidate, ...]:
        """The best entries that share anything with the query, at most 40, best first; ties in order of id."""
        best: dict[int, tuple[float, float, Window]] = {}
        for window in query.windows:
            words = self._words.scores(window.words)
            pairs = self._grams.scores((gram, 1.0) for gram in dict.fromkeys(grams(window.squeezed)) if gram not in self._stopwords)
            trust = min(1.0, (len(window.squeezed) + _SHORT) / (_SHORT * 3)) if window is not query.windows[0] else 1.0
            for index in words.keys() | pairs.keys():
                by_words, by_pairs = trust * words.get(index, 0.0), trust * pairs.get(index, 0.0)
                if (index not in best or by_words + by_pairs > best[index][0] + best[index][1]) and allowed(self.entries[index]):
                    best[index] = (by_words, by_pairs, window)
        rarity = self._rarity(query)
        figures = {figure_token(number.value, number.percent) for number in query.numbers if is_figure(number)}
        rough: list[tuple[float, int, Window, dict[str, float]]] = []
        for index in sorted(best, key=lambda index: (-best[index][0] - best[index][1], index))[:_SHORTLIST]:
            by_words, by_pairs, window = best[index]
            parts = {"words": _HALF * by_words, "characters": _HALF * by_pairs} | self._heard(query, index, rarity, figures)
            rough.append((sum(parts.values()), index, window, parts))
        rough.sort(key=lambda item: (-item[0], self.entries[item[1]].id))
        telling = {window: self._telling(window) for window in query.windows}
        found = []
        for score, index, window, parts in rough[:_RERANKED]:
            if window.squeezed:
                nearest = process.extractOne(window.squeezed, self._squeezed_phrasings[index], scorer=fuzz.ratio)
                ratio = nearest[1] if nearest else 0.0
                parts["phrasing"] = self._weights.phrasing_ratio * max(0.0, ratio - 35.0) / 65.0
                score += parts["phrasing"]
            strange = _missing(telling[window], self.entries[index].words)
            found.append(Candidate(self.entries[index], round(score, 3), strange, tuple(parts.items())))
        return tuple(sorted(found, key=lambda candidate: (-candidate.score, candidate.entry.id)))

    def names(self, query: Query, entry: Entry) -> bool:
        """Whether the question has a word of an entry's own that hardly any other entry has."""
        return any(word in query.squeezed for word in entry.distinctive if len(self._owners[word]) <= _RARE)

    def matched(self, query: Query, entry: Entry) -> tuple[tuple[str, float], ...]:
        """The words of a query that are in an entry, and how much each adds, most first."""
        index = self.entries.index(entry)
        return tuple(self._words.parts(query.windows[0].words, index).items())

    def _share(self, heard: str, kind: Kind) -> float:
        """How well a kind of help fits a word for it: its first meaning best, one of many least."""
        if len(self._covers[heard]) > _NARROW:
            return _BROAD_SHARE
        return 1.0 if self._covers[heard][0] is kind else _SECOND_SHARE

    def _telling(self, window: Window) -> list[tuple[str, float]]:
        """The words of a window that tell something, and how much."""
        return [(word, self._words.idf(word)) for word, weight in window.words if weight >= 1.0 and len(word) > 1]

    def _rarity(self, query: Query) -> dict[int, float]:
        """For each entry, how many and how rare words of its own the question has."""
        text = query.squeezed
        found = {text[at : at + length] for length in self._lengths for at in range(len(text) - length + 1)} & self._owners.keys()
        rarity: dict[int, float] = {}
        for word in found:
            for index in self._owners[word]:
                rarity[index] = rarity.get(index, 0.0) + len(word) ** 0.5 / len(self._owners[word])
        return rarity

    def _heard(self, query: Query, index: int, rarity: Mapping[int, float], figures: set[str]) -> dict[str, float]:
        weights, entry = self._weights, self.entries[index]
        parts: dict[str, float] = {}
        if index in rarity:
            parts["distinctive"] = weights.distinctive * min(2.0, rarity[index])
        if figures & entry.figures:
            parts["figure"] = float(weights.figure)
        if entry.type is not EntryType.MEASURE:
            return parts
        if query.kinds and entry.kind:
            covering = [kind for kind in query.kinds if entry.kind in self._covers[kind]]
            share = max((self._share(kind, entry.kind) for kind in covering), default=None)
            beside = share == _BROAD_SHARE and any(len(self._covers[kind]) <= _NARROW for kind in query.kinds)
            fits = 0.0 if beside else weights.kind_fits * (share or 0.0)
            parts["kind"] = float(weights.kind_differs) if share is None else fits
        if query.audiences:
            fitting = sum(1 for audience in query.audiences if self._fits[audience] & set(entry.audience))
            parts["audience"] = float(weights.audience_fits * min(1.5, fitting * 0.75) if fitting else weights.audience_differs)
        decisive = [name for name in query.audiences if name in self._decisive]
        if decisive and not any(self._fits[name] & set(entry.audience) for name in decisive):
            parts["audience"] = float(weights.audience_differs * 3)
        heard = {audience for name in query.audiences for audience in self._fits[name]}
        if set(entry.audience) <= _ONLY_IF_HEARD and not heard & set(entry.audience):
            parts["audience"] = float(weights.audience_differs * 2)
        return parts


def _missing(telling: list[tuple[str, float]], known: Mapping[str, float]) -> float:
    """The share of what telling words tell that an entry does not know, 0 to 1; 1 where nothing tells anything."""
    total = sum(much for _, much in telling)
    return round(sum(much for word, much in telling if word not in known) / total, 3) if total else 1.0
