"""When one measure is not enough: several needs in one message, comparisons, siblings that are easily confused."""

from collections.abc import Callable

from bot.content.knowledge import Knowledge
from bot.language.cues import Cues, squeeze
from bot.language.sentences import sentences
from bot.retrieval.entry import Entry, EntryType
from bot.retrieval.query import Query
from bot.retrieval.rank import Candidate, Ranker
from bot.retrieval.understand import Understanding

MOST_PARTS = 4
_SHORTEST_NEED = 6
_STORY = 120
"""Longer messages are stories: their sentences are background, not needs."""
_NARROW = 4
"""A word for help that covers at most so many kinds says what is wanted; the word for subsidy covers too many."""
_NAME = 4
"""A word of so many characters that only a few measures have is a name."""
_NAMED_AMONG = 8
_NAMED_AT_LEAST = 0.35
_NAMED_INSTEAD = 0.6
_CLOSE_AT_LEAST = 0.7


class Beside:
    """Finds measures to set side by side. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, understanding: Understanding, ranker: Ranker) -> None:
        """Prepare the groups of siblings and the words each member has alone."""
        self._understanding = understanding
        self._ranker = ranker
        self._need = knowledge.ranking.thresholds.need
        self._several = Cues(knowledge.lexicon.gate.several)
        self._joined = Cues(knowledge.lexicon.gate.joined)
        self._asking = Cues(knowledge.lexicon.gate.asking)
        self._covers = {entry.id: frozenset(entry.covers) for entry in knowledge.lexicon.kinds}
        self._group: dict[str, tuple[str, str]] = {}
        members: dict[tuple[str, str], list[str]] = {}
        for policy, measure in knowledge.measures():
            if measure.group:
                self._group[f"{policy.id}/{measure.id}"] = (policy.id, measure.group)
                members.setdefault((policy.id, measure.group), []).append(f"{policy.id}/{measure.id}")
        words = {entry.id: set(entry.distinctive) for entry in ranker.entries}
        self._own_words = {
            member: words[member] - {word for other in group if other != member for word in words[other]}
            for group in members.values()
            for member in group
        }

    def needs(
        self,
        query: Query,
        ranked: tuple[Candidate, ...],
        allowed: Callable[[Entry], bool],
        clear: Callable[[Query, tuple[Candidate, ...]], bool],
    ) -> tuple[Candidate, ...]:
        """The best entry for each need of a message that has several; empty for a message with one.

        ``ranked`` are the allowed entries for the whole message; ``clear`` says whether ranked entries surely answer a stretch of it.
        """
        found = self._by_stretch(query, allowed, clear)
        if self._joined.hit(query.squeezed):
            if len(found) < 2:
                found = self._by_name(query, ranked)
            kinds = {candidate.entry.kind for candidate in found.values()}
            found |= {key: value for key, value in self._by_kind(query, ranked).items() if value.entry.kind not in kinds}
        return tuple(found.values())[:MOST_PARTS] if len(found) > 1 else ()

    def compared(self, query: Query, ranked: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Siblings that are each named, or what comes close when the question compares; empty otherwise."""
        top = ranked[0]
        if top.entry.type is not EntryType.MEASURE:
            return ()
        siblings = [c for c in ranked[1:12] if self.are_siblings(c.entry, top.entry)]
        top_named = self._names(query, top.entry)
        floor = top.score * (_NAMED_AT_LEAST if top_named else _NAMED_INSTEAD)
        named = [c for c in siblings if self._names(query, c.entry) and c.score >= floor]
        if named:
            return (top, *named) if top_named else (*named, top)
        if "compare" not in query.aspects:
            return ()
        close = [c for c in ranked[1:4] if c.score >= top.score * _CLOSE_AT_LEAST and c.entry.type is EntryType.MEASURE]
        others = siblings[:2] or close[:2]
        return (top, *others) if others else ()

    def are_siblings(self, one: Entry, other: Entry) -> bool:
        """Whether two entries differ only by whom or how large (个人/企业创业担保贷款)."""
        return one.id != other.id and one.id in self._group and self._group[one.id] == self._group.get(other.id)

    def _by_stretch(
        self, query: Query, allowed: Callable[[Entry], bool], clear: Callable[[Query, tuple[Candidate, ...]], bool]
    ) -> dict[str, Candidate]:
        """The best entry of each sentence that asks by itself."""
        text = query.text
        for cue in self._several.heard(squeeze(text)):
            text = text.replace(cue, f"\n{cue}")
        stretches = [stretch for stretch in sentences(text) if len(squeeze(stretch)) >= _SHORTEST_NEED]
        found: dict[str, Candidate] = {}
        if len(stretches) > 1 and len(query.text) <= _STORY:
            for stretch in stretches:
                part = self._understanding.narrowed(query, stretch)
                ranked = self._ranker.rank(part, allowed)
                # Who somebody is, and no question, is background.
                wants = part.topical or part.narrow_audiences or (part.audiences and self._asking.hit(squeeze(stretch)))
                if ranked and wants and ranked[0].score >= self._need and clear(part, ranked):
                    best = (self.compared(part, ranked) or ranked)[0]
                    found.setdefault(best.entry.id, best)
        return found

    def _by_name(self, query: Query, ranked: tuple[Candidate, ...]) -> dict[str, Candidate]:
        """Measures that are each called by a name of their own, the best of all among them (富民生产贷 and 康复扶贫贷款)."""
        found: dict[str, Candidate] = {}
        claimed: set[int] = set()
        for candidate in ranked[:_NAMED_AMONG]:
            if candidate.entry.type is not EntryType.MEASURE:
                continue
            for word in candidate.entry.distinctive:
                at = query.squeezed.find(word)
                span = set(range(at, at + len(word)))
                if at >= 0 and len(word) >= _NAME and not span & claimed:
                    claimed |= span
                    found.setdefault(candidate.entry.id, candidate)
        return found if ranked and ranked[0].entry.id in found else {}

    def _by_kind(self, query: Query, ranked: tuple[Candidate, ...]) -> dict[str, Candidate]:
        """The best entry of each narrow kind of help heard, where two words for one kind count once."""
        narrow = dict.fromkeys(self._covers[kind] for kind in query.kinds if len(self._covers[kind]) <= _NARROW)
        found: dict[str, Candidate] = {}
        for covers in narrow:
            kinds = covers - {kind for other in narrow if other < covers for kind in other}
            best = next((candidate for candidate in ranked if candidate.entry.kind in kinds), None)
            if best is not None and best.score >= self._need:
                found.setdefault(best.entry.id, best)
        return found

    def _names(self, query: Query, entry: Entry) -> bool:
        """Whether the question has a word that only this entry has among its siblings."""
        return any(word in query.squeezed for word in self._own_words.get(entry.id, ()))
