"""What can be found: a measure, a clause or a policy as a whole, each as one merged text."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.content.knowledge import Knowledge
from bot.content.measure import Amount, Audience, Kind, Measure
from bot.content.policy import Clause, Policy
from bot.content.ranking import Weights
from bot.language.cues import squeeze
from bot.language.normalize import normalize
from bot.language.numerals import read_numbers
from bot.language.segment import Segmenter
from bot.language.sentences import name_parts
from bot.retrieval.understand import figure_token, is_figure


class EntryType(StrEnum):
    """What an entry is."""

    MEASURE = "measure"
    CLAUSE = "clause"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can answer a question. ``id`` is ``policy/measure``, or the policy's own id."""

    id: str
    type: EntryType
    name: str
    policy_id: str
    kind: Kind | None
    audience: tuple[Audience, ...]
    phrasings: tuple[str, ...]
    distinctive: tuple[str, ...]
    figures: frozenset[str]
    words: Mapping[str, float]
    grams: Mapping[str, float]


def build_entries(knowledge: Knowledge, segmenter: Segmenter) -> tuple[Entry, ...]:
    """Every measure, clause and policy as entries, in a fixed order."""
    builder = _Builder(knowledge.ranking.weights, segmenter, frozenset(knowledge.lexicon.stopwords))
    found: list[Entry] = []
    for folder in knowledge.folders.values():
        found.append(builder.policy(folder.policy))
        found.extend(builder.clause(folder.policy, clause) for clause in folder.policy.clauses)
        found.extend(builder.measure(folder.policy, measure) for measure in folder.measures)
    return tuple(found)


def grams(text: str) -> Iterator[str]:
    """The characters and pairs of neighbouring characters of a squeezed text."""
    yield from text
    yield from (text[index : index + 2] for index in range(len(text) - 1))


class _Builder:
    def __init__(self, weights: Weights, segmenter: Segmenter, stopwords: frozenset[str]) -> None:
        self._weights = weights
        self._segmenter = segmenter
        self._stopwords = stopwords

    def measure(self, policy: Policy, measure: Measure) -> Entry:
        body = (
            measure.summary,
            *measure.conditions,
            *(text for text in (measure.use, measure.duration, measure.apply, measure.combine, measure.department) if text),
            *measure.notes,
            *(f"{amount.label}{amount.say or ''}{amount.of or ''}{amount.note or ''}" for amount in measure.amounts),
        )
        return self._entry(
            f"{policy.id}/{measure.id}",
            EntryType.MEASURE,
            measure.name,
            policy,
            measure.kind,
            measure.audience,
            measure.phrasings,
            measure.keywords,
            body,
            measure.amounts,
        )

    def clause(self, policy: Policy, clause: Clause) -> Entry:
        return self._entry(
            f"{policy.id}/{clause.id}",
            EntryType.CLAUSE,
            clause.name,
            policy,
            None,
            clause.audience,
            clause.phrasings,
            clause.keywords,
            (clause.text,),
            (),
        )

    def policy(self, policy: Policy) -> Entry:
        body = (policy.overview, policy.coverage)
        return self._entry(policy.id, EntryType.POLICY, policy.title, policy, None, (), policy.phrasings, (policy.short_name,), body, ())

    def _entry(
        self,
        id: str,
        type: EntryType,
        name: str,
        policy: Policy,
        kind: Kind | None,
        audience: tuple[Audience, ...],
        phrasings: tuple[str, ...],
        keywords: tuple[str, ...],
        body: tuple[str, ...],
        amounts: tuple[Amount, ...],
    ) -> Entry:
        weights = self._weights
        words: defaultdict[str, float] = defaultdict(float)
        characters: defaultdict[str, float] = defaultdict(float)
        figures: set[str] = set()
        share = 1.0 / max(1, len(phrasings)) ** 0.5
        parts = [(name, weights.title), *((phrasing, weights.phrasing * share) for phrasing in phrasings)]
        parts += [*((keyword, weights.keyword) for keyword in keywords), *((text, weights.body) for text in body)]
        for text, weight in parts:
            normal = normalize(text)
            for word in self._segmenter.words(normal):
                if word not in self._stopwords:
                    words[word] += weight
            for gram in grams("".join(char for char in normal if char.isalnum())):
                characters[gram] += weight
        for text, _ in parts:
            figures.update(figure_token(number.value, number.percent) for number in read_numbers(normalize(text)) if is_figure(number))
        for amount in amounts:
            value = next((number for number in (amount.exactly, amount.at_least, amount.at_most) if number is not None), None)
            if value is not None:
                figures.add(figure_token(value, amount.unit == "%"))
        for figure in figures:
            words[figure] += 2
        distinctive = tuple(dict.fromkeys(squeeze(normalize(word)) for word in (*keywords, *name_parts(name)) if len(word) >= 2))
        return Entry(
            id,
            type,
            name,
            policy.id,
            kind,
            audience,
            tuple(map(normalize, phrasings)),
            distinctive,
            frozenset(figures),
            dict(words),
            dict(characters),
        )
