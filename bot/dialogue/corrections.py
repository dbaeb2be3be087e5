"""Wrong beliefs heard in a question, and what to say to them first."""

from collections.abc import Iterable

from bot.content.knowledge import Knowledge
from bot.content.measure import Correction
from bot.language.cues import squeeze
from bot.language.normalize import normalize
from bot.language.numerals import spell_figures
from bot.retrieval.query import Query

_MOST = 2
_Alternatives = tuple[tuple[str, ...], ...]


class Corrections:
    """The corrections of every measure, clause and policy, by its id. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Prepare the words, with figures in one spelling (六万 = 60000)."""
        self._by_owner: dict[str, tuple[tuple[_Alternatives, Correction], ...]] = {}
        for policy in knowledge.policies():
            self._by_owner[policy.id] = _prepared(policy.corrections)
            for clause in policy.clauses:
                self._by_owner[f"{policy.id}/{clause.id}"] = _prepared(clause.corrections)
        for policy, measure in knowledge.measures():
            self._by_owner[f"{policy.id}/{measure.id}"] = _prepared(measure.corrections)

    def heard(self, query: Query, *owners: str) -> tuple[str, ...]:
        """What the question calls for among the owners' corrections: at most two, one for each trap."""
        text = squeeze(spell_figures(query.text))
        found: dict[str, str] = {}
        for owner in dict.fromkeys(owners):
            for alternatives, correction in self._by_owner[owner]:
                if any(all(word in text for word in alternative) for alternative in alternatives):
                    found.setdefault(correction.trap or correction.say, correction.say)
        return tuple(dict.fromkeys(found.values()))[:_MOST]


def _prepared(corrections: Iterable[Correction]) -> tuple[tuple[_Alternatives, Correction], ...]:
    return tuple((tuple(tuple(map(_spelled, words)) for words in correction.heard), correction) for correction in corrections)


def _spelled(word: str) -> str:
    return squeeze(spell_figures(normalize(word)))
