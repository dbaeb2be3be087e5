"""From a query and the known place to a decision."""

from collections.abc import Iterable
from dataclasses import replace

from bot.content.knowledge import Knowledge
from bot.content.measure import Audience, Kind
from bot.content.region import contains
from bot.dialogue.beside import MOST_PARTS, Beside
from bot.dialogue.corrections import Corrections
from bot.dialogue.decision import (
    Answer,
    AskRegion,
    ByRegion,
    Clarify,
    Decision,
    Manner,
    Overview,
    Part,
    RefuseElsewhere,
    RefusePlace,
    RefuseTopic,
    RefuseUnsure,
)
from bot.dialogue.listen import Listener
from bot.language.cues import Cues, squeeze
from bot.retrieval.entry import EntryType
from bot.retrieval.query import Query
from bot.retrieval.rank import Candidate, Ranker
from bot.retrieval.understand import Understanding

_BROAD_KINDS = {"money", "service"}
_PERSONAL = {"disabled", "family", "blind", "severe", "rural", "poor", "women", "worker"}
"""What somebody is, not what they want: it does not show that a question is about our kinds of help."""
_ANYONE = {"disabled", "online_merchant", "sole_trader"}
_CORRECTED_AT_LEAST = 0.8
_CERTAIN = 60
_FAMILIAR = 0.35
_UNIQUE_WORD = 3
_UNTOPICAL = 2
"""A question with none of our topics must fit so much better."""
_LEADS = 1.5
"""So much better than the second, an entry is meant even by strange words."""
_FOLLOW_UP = 16
_OVERVIEW = 6
_FEW = 2
"""Up to so many measures of one kind are answered, more are listed."""
_OWN_BUSINESS = frozenset({Audience.DISABLED_ENTREPRENEUR, Audience.DISABLED_PERSON, Audience.SOLE_TRADER})
_MONEY = {
    Kind.ONE_OFF_SUBSIDY,
    Kind.START_UP_SUBSIDY,
    Kind.LOAN,
    Kind.TRAINING,
    Kind.TRAINING_ALLOWANCE,
    Kind.INTEREST_SUBSIDY,
    Kind.SOCIAL_INSURANCE_SUBSIDY,
    Kind.ENTREPRENEUR_SUPPORT,
}


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
        self._covers = {entry.id: entry.covers for entry in knowledge.lexicon.kinds}
        self._negative = Cues(knowledge.lexicon.gate.negative)
        self._homes: dict[str, set[str]] = {}
        for entry in ranker.entries:
            for word in entry.distinctive:
                self._homes.setdefault(word, set()).add(entry.policy_id)

    def decide(self, query: Query, region: str | None) -> Decision:
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

    def overview(self, policy_id: str, region: str | None, wanted: frozenset[Audience] = _OWN_BUSINESS) -> Overview:
        """The measures of a policy that matter most to a person, money first."""
        own = [(entry_id, measure) for entry_id, measure in self._measures.items() if entry_id.startswith(policy_id + "/")]
        own.sort(key=lambda item: -2 * len(wanted & set(item[1].audience)) - (item[1].kind in _MONEY))
        return Overview(policy_id, tuple(entry_id for entry_id, _ in own[:_OVERVIEW]), region)

    def adds_nothing(self, query: Query) -> bool:
        """Whether a short question names no help and no thing of its own, so that it must be about what was just answered."""
        if len(query.squeezed) > _FOLLOW_UP or set(query.kinds) - _BROAD_KINDS or query.general:
            return False
        if self._listener.not_covered(query.squeezed) or len(self._understanding.leftover(query)) > 1:
            return False
        ranked = self._ranker.rank(query)
        return not ranked or not {"distinctive", "figure"} & dict(ranked[0].parts).keys()

    # one place

    def _in_place(self, query: Query, region: str, policies: tuple[str, ...], topic: str | None) -> Decision:
        ranked = self._ranker.rank(query, lambda entry: entry.policy_id in policies)
        top = ranked[0] if ranked else None
        needs = self._beside.needs(
            query, ranked, lambda entry: entry.policy_id in policies, lambda part, found: not self._vague(part, found)
        )
        if needs and not topic:
            return self._answer(query, needs, region, Manner.SEVERAL)
        corrected = self._corrected(query, ranked)
        if corrected is not None:
            beside = tuple(c for c in self._beside.compared(query, ranked) if c.entry != corrected.entry)
            return self._answer(query, (corrected, *beside), region, Manner.COMPARE if beside else Manner.SINGLE)
        if topic is not None and not (top and self._certain(top)):
            return RefuseTopic(topic, region)
        unsure = top is None or top.score < self._limits.offer or self._vague(query, ranked)
        told = next((policy for policy in policies if self._corrections.heard(query, policy)), None)
        if told and (top is None or unsure or top.score < self._limits.answer):
            return Answer((Part(told, self._corrections.heard(query, told)),), Manner.SINGLE, query.aspects, region)
        if not (top and self._ranker.names(query, top.entry)) and (listed := self._of_a_kind(query, region, policies[0])):
            return listed
        if query.general and "until_when" not in query.aspects and not (top and self._specific(query, top)):
            return self.overview(policies[0], region, self._understanding.audiences_fit(query) or _OWN_BUSINESS)
        if (top is None or unsure or top.score < self._limits.answer) and (foreign := self._elsewhere(query, policies)):
            return RefuseElsewhere(foreign, region)
        if "until_when" in query.aspects and unsure:
            return Answer((Part(policies[0]),), Manner.SINGLE, query.aspects, region)
        if top is None or unsure:
            near = tuple(c.entry.id for c in ranked[:3] if c.entry.type is EntryType.MEASURE)
            return RefuseUnsure(region, near if query.topical else ())
        return self._best_in_place(query, region, ranked)

    def _of_a_kind(self, query: Query, region: str, policy_id: str) -> Overview | None:
        """The list for a question that names one kind of help and nothing else (有没有培训), if there are several of that kind."""
        narrow = [kind for kind in query.kinds if kind not in _BROAD_KINDS]
        if len(narrow) != 1 or set(query.audiences) - _PERSONAL or query.numbers or self._understanding.leftover(query):
            return None
        covers = self._covers[narrow[0]]
        wanted = self._understanding.audiences_fit(query) or _OWN_BUSINESS
        own = [
            (entry_id, measure)
            for entry_id, measure in self._measures.items()
            if entry_id.startswith(policy_id + "/") and measure.kind in covers
        ]
        fitting = {entry_id: len(wanted & set(measure.audience)) for entry_id, measure in own}
        own.sort(key=lambda item: (not fitting[item[0]], covers.index(item[1].kind), -fitting[item[0]]))
        return Overview(policy_id, tuple(entry_id for entry_id, _ in own[:_OVERVIEW]), region) if len(own) > _FEW else None

    def _best_in_place(self, query: Query, region: str, ranked: tuple[Candidate, ...]) -> Decision:
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

    def _without_place(self, query: Query, topic: str | None) -> Decision:
        limits = self._limits
        ranked = self._ranker.rank(query)
        top = ranked[0] if ranked else None
        if topic is not None and not (top and self._certain(top)):
            return RefuseTopic(topic, None)
        if top is None or (not query.topical and top.score < limits.answer) or self._vague(query, ranked):
            familiar = top is not None and query.topical and top.score >= limits.offer and top.strange <= limits.strange / 100
            return AskRegion() if query.general or familiar else RefuseUnsure(None, ())
        if top.score < limits.offer or (query.general and not self._specific(query, top)):
            return AskRegion()
        best: dict[str, Candidate] = {}
        for candidate in ranked:
            if candidate.entry.type is EntryType.MEASURE:
                best.setdefault(candidate.entry.policy_id, candidate)
        home = top.entry.policy_id
        floor = max(limits.offer, top.score * limits.across_policies / 100)
        elsewhere = [c for c in best.values() if c.score >= floor and c.entry.policy_id != home]
        if top.score >= limits.answer and (not elsewhere or self._only_there(query, top)):
            decision = self._in_place(query, self._policies[home].regions[0], (home,), None)
            if isinstance(decision, Answer):
                return replace(decision, ask_region=True, region=None)
        first = top if top.entry.type is EntryType.CLAUSE or home not in best else best[home]
        lines = [first, *elsewhere]
        return ByRegion(tuple(c.entry.id for c in lines))

    def _several_places(self, query: Query, places: list[str], covered: dict[str, tuple[str, ...]], topic: str | None) -> Decision:
        found: dict[str, Candidate] = {}
        for code in places:
            part = self._understanding.about_place(query, code)
            ranked = self._ranker.rank(part, lambda entry, code=code: entry.policy_id in covered[code])  # type: ignore[misc]
            if ranked and ranked[0].score >= self._limits.offer:
                found.setdefault(ranked[0].entry.id, ranked[0])
        if topic is not None and not any(map(self._certain, found.values())):
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

    # how sure

    def _certain(self, top: Candidate) -> bool:
        """Whether a measure is named so plainly that a topic not covered was only mentioned beside it."""
        return "distinctive" in dict(top.parts) and top.strange < _FAMILIAR and top.score >= _CERTAIN

    def _specific(self, query: Query, top: Candidate) -> bool:
        """Whether a question for 什么补贴 names a certain kind of help, person or thing after all."""
        if top.entry.type is not EntryType.MEASURE:
            return False
        return bool(set(query.kinds) - _BROAD_KINDS - {"start_up"} or set(query.audiences) - _ANYONE or "figure" in dict(top.parts))

    def _vague(self, query: Query, ranked: tuple[Candidate, ...]) -> bool:
        """Whether the question names no covered kind of help, person or thing, and its telling words are strange to the best entry.

        A score alone cannot refuse a near topic (护理补贴 looks much like 创业补贴).
        """
        top = ranked[0]
        if set(query.kinds) - _BROAD_KINDS or set(query.audiences) - _PERSONAL or {"distinctive", "figure"} & dict(top.parts).keys():
            return False
        if top.score < self._limits.answer * (1 if query.topical else _UNTOPICAL):
            return True
        leads = len(ranked) == 1 or top.score >= ranked[1].score * _LEADS
        return top.strange > self._limits.strange / 100 and not leads

    def _only_there(self, query: Query, top: Candidate) -> bool:
        """Whether the question names something that only one policy has, such as 富民生产贷."""
        unique = (word for word in top.entry.distinctive if len(word) >= _UNIQUE_WORD and len(self._homes[word]) == 1)
        return any(word in query.squeezed and not self._understanding.is_generic(word) for word in unique)

    def _elsewhere(self, query: Query, policies: tuple[str, ...]) -> str | None:
        """The measure of another policy that the question names by a name of its own (陇原创业贷, asked in 四川)."""
        ranked = self._ranker.rank(query, lambda entry: entry.policy_id not in policies and entry.type is EntryType.MEASURE)
        return ranked[0].entry.id if ranked and self._only_there(query, ranked[0]) else None

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
