"""How surely what was found is what was asked; a score alone cannot tell (护理补贴 looks much like 创业补贴)."""

from bot.content.knowledge import Knowledge
from bot.retrieval.entry import EntryType
from bot.retrieval.query import Query
from bot.retrieval.rank import Candidate, Ranker
from bot.retrieval.understand import Understanding

_ANYONE = {"disabled", "online_merchant", "sole_trader"}
_CERTAIN = 60
_FAMILIAR = 0.35
_UNIQUE_WORD = 3
_UNTOPICAL = 2
"""A question with none of our topics must fit so much better."""
_LEADS = 1.5
"""So much better than the second, an entry is meant even by strange words."""


class Confidence:
    """Judges candidates against the question. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, understanding: Understanding, ranker: Ranker) -> None:
        """Prepare which policies have a word."""
        self._understanding = understanding
        self._limits = knowledge.ranking.thresholds
        self._homes: dict[str, set[str]] = {}
        for entry in ranker.entries:
            for word in entry.distinctive:
                self._homes.setdefault(word, set()).add(entry.policy_id)

    def certain(self, top: Candidate) -> bool:
        """Whether a measure is named so plainly that a topic not covered was only mentioned beside it."""
        return "distinctive" in dict(top.parts) and top.strange < _FAMILIAR and top.score >= _CERTAIN

    def specific(self, query: Query, top: Candidate) -> bool:
        """Whether a question for 什么补贴 names a certain kind of help, person or thing after all."""
        if top.entry.type is not EntryType.MEASURE:
            return False
        return bool(set(query.narrow_kinds) - {"start_up"} or set(query.audiences) - _ANYONE or "figure" in dict(top.parts))

    def vague(self, query: Query, ranked: tuple[Candidate, ...]) -> bool:
        """Whether the question names no covered kind of help, person or thing, and its telling words are strange to the best entry."""
        top = ranked[0]
        if query.narrow_kinds or query.narrow_audiences or {"distinctive", "figure"} & dict(top.parts).keys():
            return False
        if top.score < self._limits.answer * (1 if query.topical else _UNTOPICAL):
            return True
        leads = len(ranked) == 1 or top.score >= ranked[1].score * _LEADS
        return top.strange > self._limits.strange / 100 and not leads

    def only_there(self, query: Query, top: Candidate) -> bool:
        """Whether the question names something that only one policy has, such as 富民生产贷."""
        unique = (word for word in top.entry.distinctive if len(word) >= _UNIQUE_WORD and len(self._homes[word]) == 1)
        return any(word in query.squeezed and not self._understanding.is_generic(word) for word in unique)
