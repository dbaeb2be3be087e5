"""From a query and the known place to a decision."""

from collections.abc import Iterable
from dataclasses import replace

from bot.content.knowledge import Knowledge
from bot.content.measure import Kind
from bot.content.region import contains
from bot.dialogue.beside import MOST_PARTS, Beside
from bot.dialogue.confidence import Confidence
from bot.dialogue.corrections import Corrections
from bot.dialogue.decision import (
    Answer,
    AskRegion,
    ByRegion,
    Clarify,
    Found,
    Manner,
    Part,
    RefuseElsewhere,
    RefusePlace,
    RefuseTopic,
    RefuseUnsure,
)
from bot.dialogue.listen import Listener
from bot.dialogue.overviews import Overviews
from bot.language.cues import Cues, squeeze
from bot.retrieval.entry import EntryType
from bot.retrieval.query import Query
from bot.retrieval.rank import Candidate, Ranker
from bot.retrieval.understand import Understanding

_CORRECTED_AT_LEAST = 0.8
_FOLLOW_UP = 16


class Decider:
    """Decides what a question gets. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, understanding: Understanding, ranker: Ranker, listener: Listener) -> None:
        """Prepare lookups by entry."""
        self._understanding = understanding
        self._ranker = ranker
        self._listener = listener
        self._limits = knowledge.ranking.thresholds
        self._policies = {policy.id: policy for policy in knowledge.policies()}
        self._measures = {f"{policy.id}/{measure.id}": measure for policy, measure in knowledge.measures()}
        self._corrections = Corrections(knowledge)
        self._beside = Beside(knowledge, understanding, ranker)
        self.overviews = Overviews(knowledge, understanding)
        self._confidence = Confidence(knowledge, understanding, ranker)
        self._negative = Cues(knowledge.lexicon.gate.negative)

    def decide(self, query: Query, region: str | None) -> Found:
        """What to do about a question, given the place known before (used when the question names none)."""
        regions = query.regions or ((region,) if region else ())
        topic = self._listener.not_covered(squeeze(query.focus))
        if not regions:
            return self._without_place(query, topic)
        covered = {code: self.covering(code) for code in regions}
        if not any(covered.values()):
            return RefuseTopic(topic, None) if topic else self._other_place(regions[0])
        places = [code for code in regions if covered[code]]
        if len({policy for code in places for policy in covered[code]}) > len(covered[places[0]]):
            return self._several_places(query, places, covered, topic)
        return self._in_place(query, places[0], covered[places[0]], topic)

    def covering(self, code: str) -> tuple[str, ...]:
        """Policies whose area holds the place, or lies in it (山东 for 东营)."""
        return tuple(
            policy.id
            for policy in self._policies.values()
            if any(contains(region, code) or contains(code, region) for region in policy.regions)
        )

    def adds_nothing(self, query: Query) -> bool:
        """Whether a short question names no help and no thing of its own, so that it must be about what was just answered."""
        if len(query.squeezed) > _FOLLOW_UP or query.narrow_kinds or query.general:
            return False
        if self._listener.not_covered(query.squeezed) or len(self._understanding.leftover(query)) > 1:
            return False
        ranked = self._ranker.rank(query)
        return not ranked or not {"distinctive", "figure"} & dict(ranked[0].parts).keys()

    # one place

    def _in_place(self, query: Query, region: str, policies: tuple[str, ...], topic: str | None) -> Found:
        ranked = self._ranker.rank(query, lambda entry: entry.policy_id in policies)
        top = ranked[0] if ranked else None
        needs = self._beside.needs(
            query, ranked, lambda entry: entry.policy_id in policies, lambda part, found: not self._confidence.vague(part, found)
        )
        if needs and not topic:
            return self._answer(query, needs, region, Manner.SEVERAL)
        corrected = self._corrected(query, ranked)
        if corrected is not None:
            beside = tuple(c for c in self._beside.compared(query, ranked) if c.entry != corrected.entry)
            return self._answer(query, (corrected, *beside), region, Manner.COMPARE if beside else Manner.SINGLE)
        if topic is not None and not (top and self._confidence.certain(top)):
            return RefuseTopic(topic, region)
        unsure = top is None or top.score < self._limits.offer or self._confidence.vague(query, ranked)
        told = next((Part(policy, said) for policy in policies if (said := self._corrections.heard(query, policy))), None)
        if told and (top is None or unsure or top.score < self._limits.answer):
            return Answer((told,), Manner.SINGLE, query.aspects, region)
        if not (top and self._ranker.names(query, top.entry)) and (listed := self.overviews.of_a_kind(query, region, policies[0])):
            return listed
        if query.general and "until_when" not in query.aspects and not (top and self._confidence.specific(query, top)):
            return self.overviews.of_policy(policies[0], region, self._understanding.audiences_fit(query))
        if (top is None or unsure or top.score < self._limits.answer) and (foreign := self._elsewhere(query, policies)):
            return RefuseElsewhere(foreign, region)
        if "until_when" in query.aspects and unsure:
            return Answer((Part(policies[0]),), Manner.SINGLE, query.aspects, region)
        if top is None or unsure:
            near = tuple(c.entry.id for c in ranked[:3] if c.entry.type is EntryType.MEASURE)
            return RefuseUnsure(region, near if query.topical else ())
        return self._best_in_place(query, region, ranked)

    def _best_in_place(self, query: Query, region: str, ranked: tuple[Candidate, ...]) -> Found:
        top = ranked[0]
        if compared := self._beside.compared(query, ranked):
            return self._answer(query, compared, region, Manner.COMPARE)
        measures = [c for c in ranked[1:8] if c.entry.type is EntryType.MEASURE]
        close = [c for c in measures if top.score - c.score < self._limits.margin]
        siblings = [
            c for c in measures if c.score >= top.score * self._limits.sibling / 100 and self._beside.are_siblings(c.entry, top.entry)
        ]
        if siblings and all(self._beside.are_siblings(c.entry, top.entry) for c in close):
            return self._answer(query, (top, *siblings), region, Manner.COMPARE)
        if top.score < self._limits.answer:
            return Clarify(tuple(c.entry.id for c in (top, *measures[:2])), region, top.score)
        return self._answer(query, (top,), region, Manner.SINGLE, tuple(c.entry.id for c in close[:2]))

    # no place, several, another

    def _without_place(self, query: Query, topic: str | None) -> Found:
        limits = self._limits
        ranked = self._ranker.rank(query)
        top = ranked[0] if ranked else None
        if topic is not None and not (top and self._confidence.certain(top)):
            return RefuseTopic(topic, None)
        if top is None or (not query.topical and top.score < limits.answer) or self._confidence.vague(query, ranked):
            familiar = top is not None and query.topical and top.score >= limits.offer and top.strange <= limits.strange / 100
            return AskRegion() if query.general or familiar else RefuseUnsure(None, ())
        if top.score < limits.offer or (query.general and not self._confidence.specific(query, top)):
            return AskRegion()
        best: dict[str, Candidate] = {}
        for candidate in ranked:
            if candidate.entry.type is EntryType.MEASURE:
                best.setdefault(candidate.entry.policy_id, candidate)
        home = top.entry.policy_id
        floor = max(limits.offer, top.score * limits.across_policies / 100)
        elsewhere = [c for c in best.values() if c.score >= floor and c.entry.policy_id != home]
        if top.score >= limits.answer and (not elsewhere or self._confidence.only_there(query, top)):
            decision = self._in_place(query, self._policies[home].regions[0], (home,), None)
            if isinstance(decision, Answer):
                return replace(decision, ask_region=True, region=None)
        first = top if top.entry.type is EntryType.CLAUSE or home not in best else best[home]
        lines = [first, *elsewhere]
        return ByRegion(tuple(c.entry.id for c in lines))

    def _several_places(self, query: Query, places: list[str], covered: dict[str, tuple[str, ...]], topic: str | None) -> Found:
        found: dict[str, Candidate] = {}
        for code in places:
            part = self._understanding.about_place(query, code)
            ranked = self._ranker.rank(part, lambda entry, code=code: entry.policy_id in covered[code])  # type: ignore[misc]
            if ranked and ranked[0].score >= self._limits.offer:
                found.setdefault(ranked[0].entry.id, ranked[0])
        if topic is not None and not any(map(self._confidence.certain, found.values())):
            return RefuseTopic(topic, places[0])
        if not found:
            return AskRegion() if query.general else RefuseUnsure(places[0], ())
        return self._answer(query, found.values(), None, Manner.COMPARE)

    def _other_place(self, code: str) -> RefusePlace:
        for digits in (4, 2):
            near = [policy.id for policy in self._policies.values() if any(region[:digits] == code[:digits] for region in policy.regions)]
            if near:
                return RefusePlace(code, tuple(near))
        return RefusePlace(code, ())

    # pieces

    def _elsewhere(self, query: Query, policies: tuple[str, ...]) -> str | None:
        """The measure of another policy that the question names by a name of its own (陇原创业贷, asked in 四川)."""
        ranked = self._ranker.rank(query, lambda entry: entry.policy_id not in policies and entry.type is EntryType.MEASURE)
        return ranked[0].entry.id if ranked and self._confidence.only_there(query, ranked[0]) else None

    def _corrected(self, query: Query, ranked: tuple[Candidate, ...]) -> Candidate | None:
        """The best candidate whose own correction is heard, if it stands close behind the first."""
        floor = max(self._limits.offer, ranked[0].score * _CORRECTED_AT_LEAST) if ranked else 0.0
        near = (candidate for candidate in ranked[:6] if candidate.score >= floor)
        return next((candidate for candidate in near if self._corrections.heard(query, candidate.entry.id)), None)

    def _answer(
        self, query: Query, candidates: Iterable[Candidate], region: str | None, manner: Manner, also: tuple[str, ...] = ()
    ) -> Answer:
        chosen = tuple(candidates)[:MOST_PARTS]
        parts = []
        for candidate in chosen:
            entry = candidate.entry
            said = self._corrections.heard(query, entry.id, entry.policy_id)
            measure = self._measures.get(entry.id)
            repaid = measure is not None and measure.kind is Kind.LOAN and self._negative.hit(query.squeezed)
            unconditional = query.trap and measure is not None and not repaid
            parts.append(Part(entry.id, said, unconditional and not said, repaid and not said))
        return Answer(tuple(parts), manner, query.aspects, region, also, question=query.squeezed, heads=query.heads, score=chosen[0].score)
