"""From a query and the known place to a decision."""

from collections.abc import Iterable
from dataclasses import replace

from bot.content.knowledge import Knowledge
from bot.content.measure import Audience, Correction, Kind
from bot.content.region import contains
from bot.dialogue.decision import (
    Answer,
    AskRegion,
    ByRegion,
    Clarify,
    Decision,
    Manner,
    Overview,
    Part,
    RefusePlace,
    RefuseTopic,
    RefuseUnsure,
)
from bot.dialogue.listen import Listener
from bot.language.cues import Cues, squeeze
from bot.language.normalize import normalize
from bot.language.numerals import spell_figures
from bot.retrieval.entry import Entry, EntryType
from bot.retrieval.query import Query, sentences
from bot.retrieval.rank import Candidate, Ranker
from bot.retrieval.understand import Understanding

_POLICY_ASPECTS = {"until_when"}
_MOST_PARTS = 4
_BROAD_KINDS = {"money", "service"}
_PERSONAL = {"disabled", "family", "blind", "severe", "rural", "poor", "women", "worker"}
"""What somebody is, not what they want: it does not show that a question is about our kinds of help."""
_ANYONE = {"disabled", "online_merchant", "sole_trader"}
_NEEDS_AT_LEAST = 6
_STORY = 120
"""Longer messages are stories: their sentences are background, not needs."""
_OVERVIEW = 6
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
        self._thresholds = knowledge.ranking.thresholds
        self._policies = {policy.id: policy for policy in knowledge.policies()}
        self._measures = {f"{policy.id}/{measure.id}": measure for policy, measure in knowledge.measures()}
        self._groups: dict[tuple[str, str], list[str]] = {}
        for policy, measure in knowledge.measures():
            if measure.group:
                self._groups.setdefault((policy.id, measure.group), []).append(f"{policy.id}/{measure.id}")
        self._homes: dict[str, set[str]] = {}
        for entry in ranker.entries:
            for word in entry.distinctive:
                self._homes.setdefault(word, set()).add(entry.policy_id)
        words = {entry.id: set(entry.distinctive) for entry in ranker.entries}
        self._own_words = {
            member: words[member] - {word for other in group if other != member for word in words[other]}
            for group in self._groups.values()
            for member in group
        }
        self._negative = Cues(knowledge.lexicon.gate.negative)
        self._several = Cues(knowledge.lexicon.gate.several)
        self._joined = Cues(knowledge.lexicon.gate.joined)
        self._covers = {entry.id: frozenset(entry.covers) for entry in knowledge.lexicon.kinds}
        self._corrections: dict[str, tuple[tuple[tuple[tuple[str, ...], ...], Correction], ...]] = {}
        for policy in self._policies.values():
            self._corrections[policy.id] = _prepared(policy.corrections)
            for clause in policy.clauses:
                self._corrections[f"{policy.id}/{clause.id}"] = _prepared(clause.corrections)
        for entry_id, measure in self._measures.items():
            self._corrections[entry_id] = _prepared(measure.corrections)

    def decide(self, query: Query, region: str | None) -> Decision:
        """What to do about a question, given the place known before (used when the question names none)."""
        regions = query.regions or ((region,) if region else ())
        topic = self._listener.not_covered(squeeze(query.focus))
        if not regions:
            return self._without_place(query, topic)
        covered = {code: self._covering(code) for code in regions}
        if not any(covered.values()):
            return self._other_place(query, regions[0], topic)
        places = [code for code in regions if covered[code]]
        if len(places) > 1 and len({policy for code in places for policy in covered[code]}) > 1:
            return self._several_places(query, places, covered, topic)
        return self._in_place(query, places[0], covered[places[0]], topic)

    def _in_place(self, query: Query, region: str, policies: tuple[str, ...], topic: str | None) -> Decision:
        limits = self._thresholds
        ranked = self._ranker.rank(query, lambda entry: entry.policy_id in policies)
        top = ranked[0] if ranked else None
        corrected = self._heard_correction(query, policies, ranked)
        if topic is not None and not corrected and not (top and self._certain(top)):
            return RefuseTopic(topic, region)
        if corrected is not None:
            beside = tuple(c for c in self._compared(query, ranked) if c.entry != corrected.entry)
            return self._answer(query, (corrected, *beside), region, (), Manner.COMPARE if beside else Manner.SINGLE)
        told = self._policy_correction(query, policies)
        if told and (top is None or top.score < limits.answer or self._vague(query, top)):
            return Answer((Part(told, self._said_of(query, told)),), Manner.SINGLE, query.aspects, region)
        if top is None:
            return self._overview(query, region, policies) if query.general else RefuseUnsure(region, ())
        if query.general and not set(query.aspects) & _POLICY_ASPECTS and not self._specific(query, top):
            return self._overview(query, region, policies)
        if top.score < limits.offer or self._vague(query, top):
            near = tuple(candidate.entry.id for candidate in ranked[:3] if candidate.entry.type is EntryType.MEASURE)
            return RefuseUnsure(region, near if query.topical else ())
        if several := self._needs(query, policies):
            return self._answer(query, several, region, (), Manner.SEVERAL)
        if compared := self._compared(query, ranked):
            return self._answer(query, compared, region, (), Manner.COMPARE)
        close = [c for c in ranked[1:6] if top.score - c.score < limits.margin and c.entry.type is EntryType.MEASURE]
        siblings = [c for c in ranked[1:8] if c.score >= top.score * limits.sibling / 100 and self._same_group(c.entry, top.entry)]
        if siblings and all(self._same_group(c.entry, top.entry) for c in close):
            return self._answer(query, (top, *siblings), region, (), Manner.COMPARE)
        if top.score < limits.answer:
            others = [c for c in ranked[1:4] if c.entry.type is EntryType.MEASURE and c.score >= limits.offer * 0.7][:2]
            return Clarify(tuple(c.entry.id for c in (top, *others)), region, top.score)
        return self._answer(query, (top,), region, tuple(c.entry.id for c in close[:2]), Manner.SINGLE)

    def _certain(self, top: Candidate) -> bool:
        """Whether a measure is named so plainly that a topic not covered was only mentioned beside it."""
        named = any(name == "distinctive" for name, _ in top.parts)
        return named and top.strange < 0.35 and top.score >= self._thresholds.answer * 1.6

    def _specific(self, query: Query, top: Candidate) -> bool:
        """Whether a question for 什么补贴 names a certain kind of help, person or thing after all."""
        if top.entry.type is not EntryType.MEASURE:
            return False
        return bool(set(query.kinds) - _BROAD_KINDS - {"start_up"} or set(query.audiences) - _ANYONE or "figure" in dict(top.parts))

    def _vague(self, query: Query, top: Candidate) -> bool:
        """Whether the question names no covered kind of help, person or thing, and its telling words are strange to the best entry.

        A score alone cannot refuse a near topic (护理补贴 looks much like 创业补贴).
        """
        heard = {name for name, _ in top.parts}
        if set(query.kinds) - _BROAD_KINDS or set(query.audiences) - _PERSONAL or heard & {"distinctive", "figure"}:
            return False
        return top.strange > self._thresholds.strange / 100 or top.score < self._thresholds.answer

    def _without_place(self, query: Query, topic: str | None) -> Decision:
        limits = self._thresholds
        ranked = self._ranker.rank(query)
        top = ranked[0] if ranked else None
        everywhere = tuple(self._policies)
        corrected = self._heard_correction(query, everywhere, ranked[:3]) if top and top.score >= limits.answer else None
        if topic is not None and not (top and self._certain(top)):
            return RefuseTopic(topic, None)
        if top is None or (not query.topical and top.score < limits.answer) or self._vague(query, top):
            familiar = top is not None and query.topical and top.score >= limits.offer and top.strange <= limits.strange / 100
            return AskRegion() if query.general or familiar else RefuseUnsure(None, ())
        if top.score < limits.offer or (query.general and top.score < limits.answer * 1.3):
            return AskRegion()
        best: dict[str, Candidate] = {}
        for candidate in ranked:
            if candidate.entry.type is EntryType.MEASURE:
                best.setdefault(candidate.entry.policy_id, candidate)
        floor = max(limits.offer, top.score * limits.across_policies / 100)
        lines = [] if self._only_there(query, top) else [candidate for candidate in best.values() if candidate.score >= floor]
        own = top.entry.policy_id
        if len({candidate.entry.policy_id for candidate in lines} | {own}) == 1 and top.score >= limits.answer:
            decision = self._in_place(query, self._policies[own].regions[0], (own,), None)
            if isinstance(decision, Answer):
                return replace(decision, ask_region=True, region=None)
            if corrected is not None:
                return replace(self._answer(query, (corrected,), None, (), Manner.SINGLE), ask_region=True)
        return ByRegion(tuple(candidate.entry.id for candidate in lines)) if lines else AskRegion()

    def _only_there(self, query: Query, top: Candidate) -> bool:
        """Whether the question names something that only one policy has, such as 富民生产贷."""
        return any(word in query.squeezed and self._homes[word] == {top.entry.policy_id} for word in top.entry.distinctive if len(word) >= 3)

    def _several_places(self, query: Query, places: list[str], covered: dict[str, tuple[str, ...]], topic: str | None) -> Decision:
        found: list[Candidate] = []
        for code in places:
            ranked = self._ranker.rank(query, lambda entry, code=code: entry.policy_id in covered[code])  # type: ignore[misc]
            if ranked and ranked[0].score >= self._thresholds.offer and ranked[0].entry not in [c.entry for c in found]:
                found.append(ranked[0])
        if topic is not None and not any(map(self._certain, found)):
            return RefuseTopic(topic, places[0])
        if not found:
            return AskRegion() if query.general else RefuseUnsure(places[0], ())
        return self._answer(query, tuple(found[:_MOST_PARTS]), None, (), Manner.COMPARE)

    def _other_place(self, query: Query, code: str, topic: str | None) -> Decision:
        if topic is not None:
            return RefuseTopic(topic, None)
        near = [policy.id for policy in self._policies.values() if any(region[:4] == code[:4] for region in policy.regions)]
        near = near or [policy.id for policy in self._policies.values() if any(region[:2] == code[:2] for region in policy.regions)]
        return RefusePlace(code, tuple(near))

    def _covering(self, code: str) -> tuple[str, ...]:
        """Policies whose area holds the place, or lies in it (山东 for 东营)."""
        return tuple(
            policy.id for policy in self._policies.values() if any(contains(region, code) or contains(code, region) for region in policy.regions)
        )

    def _overview(self, query: Query, region: str, policies: tuple[str, ...]) -> Overview:
        return self.overview(policies[0], region, self._understanding.audiences_fit(query) or _OWN_BUSINESS)

    def overview(self, policy_id: str, region: str | None, wanted: frozenset[Audience] = _OWN_BUSINESS) -> Overview:
        """The measures of a policy that matter most to a person, money first."""
        scored = []
        for position, (entry_id, measure) in enumerate(self._measures.items()):
            if not entry_id.startswith(policy_id + "/"):
                continue
            fit = sum(2 for audience in measure.audience if audience in wanted) + (1 if measure.kind in _MONEY else 0)
            scored.append((-fit, position, entry_id))
        return Overview(policy_id, tuple(entry_id for _, _, entry_id in sorted(scored)[:_OVERVIEW]), region)

    def _answer(self, query: Query, candidates: Iterable[Candidate], region: str | None, also: tuple[str, ...], manner: Manner) -> Answer:
        parts = []
        chosen = tuple(candidates)[:_MOST_PARTS]
        for candidate in chosen:
            entry = candidate.entry
            said = self._said(query, entry)
            measure = self._measures.get(entry.id)
            repaid = measure is not None and measure.kind is Kind.LOAN and self._negative.hit(query.squeezed)
            parts.append(Part(entry.id, said, query.trap and measure is not None and not repaid and not said, repaid and not said))
        return Answer(tuple(parts), manner, query.aspects, region, also, question=query.squeezed, score=chosen[0].score)

    def _said(self, query: Query, entry: Entry) -> tuple[str, ...]:
        """Corrections of an entry and of its policy that the question calls for, at most two, one for each trap."""
        return self._said_of(query, entry.id, entry.policy_id)

    def _policy_correction(self, query: Query, policies: tuple[str, ...]) -> str | None:
        """The policy whose own correction is heard."""
        heard = spell_figures(query.squeezed)
        for policy_id in policies:
            if any(_occurs(alternatives, heard) for alternatives, _ in self._corrections[policy_id]):
                return policy_id
        return None

    def _said_of(self, query: Query, *owners: str) -> tuple[str, ...]:
        heard = spell_figures(query.squeezed)
        found: dict[str, str] = {}
        for owner in dict.fromkeys(owners):
            for alternatives, correction in self._corrections[owner]:
                if _occurs(alternatives, heard):
                    found.setdefault(correction.trap or correction.say, correction.say)
        return tuple(dict.fromkeys(found.values()))[:2]

    def _heard_correction(self, query: Query, policies: tuple[str, ...], ranked: tuple[Candidate, ...]) -> Candidate | None:
        """The best candidate whose own correction is heard, if it stands close behind the first."""
        if not ranked:
            return None
        heard = spell_figures(query.squeezed)
        floor = max(self._thresholds.offer, ranked[0].score * 0.8)
        for candidate in ranked[:6]:
            if candidate.score < floor:
                break
            if any(_occurs(alternatives, heard) for alternatives, _ in self._corrections[candidate.entry.id]):
                return candidate
        return None

    def _needs(self, query: Query, policies: tuple[str, ...]) -> tuple[Candidate, ...]:
        """The measures for several needs in one message: one for each stretch that asks by itself, or each kind of help that is joined."""
        found: dict[str, Candidate] = {}
        stretches = [stretch for stretch in sentences(self._apart(query.text)) if len(squeeze(stretch)) >= _NEEDS_AT_LEAST]
        if len(stretches) > 1 and len(query.text) <= _STORY:
            for stretch in stretches:
                part = self._understanding.narrowed(query, stretch)
                ranked = self._ranker.rank(part, lambda entry: entry.policy_id in policies)
                if ranked and part.topical and ranked[0].score >= self._thresholds.need and not self._vague(part, ranked[0]):
                    found.setdefault(ranked[0].entry.id, ranked[0])
        if len(found) < 2 and self._joined.hit(query.squeezed):
            found = {}
            for kind in self._apart_kinds(query.kinds):
                ranked = self._ranker.rank(query, lambda entry, kind=kind: entry.policy_id in policies and self._fits_only(entry, kind, query.kinds))  # type: ignore[misc]
                if ranked and ranked[0].score >= self._thresholds.need:
                    found.setdefault(ranked[0].entry.id, ranked[0])
        return tuple(found.values())[:_MOST_PARTS] if len(found) > 1 else ()

    def _apart_kinds(self, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """Narrow kinds of help that are not two words for one, in the order heard."""
        chosen: list[str] = []
        for kind in kinds:
            if len(self._covers[kind]) <= 4 and all(self._covers[kind] != self._covers[other] for other in chosen):
                chosen.append(kind)
        return tuple(chosen)

    def _fits_only(self, entry: Entry, kind: str, heard: tuple[str, ...]) -> bool:
        """Whether an entry is of a kind heard, and of no narrower kind that was heard as well."""
        if entry.kind not in self._covers[kind]:
            return False
        return not any(entry.kind in self._covers[other] and len(self._covers[other]) < len(self._covers[kind]) for other in heard)

    def _apart(self, text: str) -> str:
        for cue in self._several.heard(squeeze(text)):
            text = text.replace(cue, f"。{cue}")
        return text

    def _compared(self, query: Query, ranked: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Measures set side by side: siblings that are each named, or what comes close when the question compares."""
        top = ranked[0]
        if top.entry.type is not EntryType.MEASURE:
            return ()
        siblings = tuple(c for c in ranked[1:12] if self._same_group(c.entry, top.entry))
        named = tuple(c for c in siblings if self._named(query, c.entry) and c.score >= top.score * 0.35)
        if named:
            return (top, *named) if self._named(query, top.entry) else (*named, top)
        if "compare" not in query.aspects:
            return ()
        floor = top.score * 0.7
        others = siblings[:2] or tuple(c for c in ranked[1:4] if c.score >= floor and c.entry.type is EntryType.MEASURE)[:2]
        return (top, *others) if others else ()

    def _named(self, query: Query, entry: Entry) -> bool:
        """Whether the question has a word that only this entry has among its siblings."""
        return any(word in query.squeezed for word in self._own_words.get(entry.id, ()))

    def _same_group(self, one: Entry, other: Entry) -> bool:
        first, second = self._measures.get(one.id), self._measures.get(other.id)
        return bool(first and second and first.group and first.group == second.group and one.policy_id == other.policy_id and one.id != other.id)


def _prepared(corrections: Iterable[Correction]) -> tuple[tuple[tuple[tuple[str, ...], ...], Correction], ...]:
    return tuple(
        (tuple(tuple(spell_figures(squeeze(normalize(word))) for word in alternative) for alternative in correction.heard), correction) for correction in corrections
    )


def _occurs(alternatives: tuple[tuple[str, ...], ...], squeezed: str) -> bool:
    return any(all(word in squeezed for word in alternative) for alternative in alternatives)


