"""Why a question gets the reply it gets, for the clerk who tests it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.content.region import contains
from bot.content.wording import Wording
from bot.dialogue.decision import Decision, Say, shown_entries
from bot.dialogue.message import Message
from bot.dialogue.session import Session
from bot.dialogue.step import MOST_CHARACTERS
from bot.engine import Engine
from bot.language.normalize import normalize
from bot.retrieval.query import Query
from bot.retrieval.rank import Candidate

_SHOWN = 8
_WORDS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class HeardPlace:
    """A place named in the question; ``own`` is whether it was taken for the person's."""

    code: str
    name: str
    heard: str
    weight: int
    own: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """Something heard in the question, by its id and its name in the word lists."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate: its score by signal, the words it shares with the question, and by which signals it is behind the first."""

    id: str
    name: str
    standing: str
    score: float
    parts: tuple[tuple[str, float], ...]
    matched: tuple[tuple[str, float], ...]
    behind: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that led to a reply, in the order in which it was found out.

    ``region`` is the place given beforehand. ``policies`` are those whose entries were ranked; none when nothing was looked up. ``band`` is
    where the first candidate's score stands between the thresholds, ``ahead`` how far it is before the second.
    """

    question: str
    normal: str
    read_as: str
    repairs: tuple[tuple[str, str], ...]
    asking_part: str
    words: tuple[tuple[str, float], ...]
    places: tuple[HeardPlace, ...]
    region: str | None
    kinds: tuple[Facet, ...]
    audiences: tuple[Facet, ...]
    aspects: tuple[Facet, ...]
    signs: tuple[str, ...]
    policies: tuple[str, ...]
    candidates: tuple[Ranked, ...]
    thresholds: tuple[tuple[str, float], ...]
    band: str
    ahead: float | None
    decision: str
    outcome: str
    entries: tuple[str, ...]


def explain(engine: Engine, question: str, region: str | None, day: date) -> Explanation:
    """Why a first question gets the reply it gets; ``region`` is the place known beforehand."""
    conversation = engine.conversation
    step = conversation.step(Session(region=region), Message("explain", question), day)
    query = step.query or conversation.understanding.query(question[:MOST_CHARACTERS])
    policies = () if isinstance(step.decision, Say) else _searched(engine, query, region)
    found = conversation.ranker.rank(query, lambda entry: entry.policy_id in policies)[:_SHOWN] if policies else ()
    lexicon = engine.knowledge.lexicon
    thresholds = {name: float(value) for name, value in engine.knowledge.ranking.thresholds.model_dump().items()}
    return Explanation(
        question=question,
        normal=normalize(question),
        read_as=query.text,
        repairs=query.changes,
        asking_part=query.focus,
        words=_rounded(query.windows[0].words) if query.windows else (),
        places=tuple(
            HeardPlace(place.code, engine.knowledge.regions.full_name(place.code), place.heard, place.weight, place.code in query.regions)
            for place in query.places
        ),
        region=region,
        kinds=_facets(query.kinds, {entry.id: entry.name for entry in lexicon.kinds}),
        audiences=_facets(query.audiences, {entry.id: entry.name for entry in lexicon.audiences}),
        aspects=_facets(query.aspects, {entry.id: entry.name for entry in lexicon.aspects}),
        signs=tuple(name for name in ("topical", "general", "trap") if getattr(query, name)),
        policies=policies,
        candidates=tuple(_ranked(engine, query, candidate, found[0], day) for candidate in found),
        thresholds=tuple(thresholds.items()),
        band=_band(found, thresholds, looked_up=bool(policies)),
        ahead=round(found[0].score - found[1].score, 1) if len(found) > 1 else None,
        decision=_name(step.decision),
        outcome=step.decision.outcome,
        entries=shown_entries(step.decision),
    )


def as_text(explanation: Explanation, wording: Wording) -> str:
    """An explanation as a clerk reads it."""
    return "\n".join(_Writer(wording).lines(explanation))


def _searched(engine: Engine, query: Query, region: str | None) -> tuple[str, ...]:
    """The policies of the person's place, or all when no place is known; none for a place that has no policy."""
    places = query.regions or ((region,) if region else ())
    return tuple(
        policy.id
        for policy in engine.knowledge.policies()
        if not places or any(contains(area, code) or contains(code, area) for area in policy.regions for code in places)
    )


def _ranked(engine: Engine, query: Query, candidate: Candidate, first: Candidate, day: date) -> Ranked:
    entry = candidate.entry
    own, best = dict(candidate.parts), dict(first.parts)
    behind = {signal: own.get(signal, 0.0) - best.get(signal, 0.0) for signal in dict.fromkeys((*best, *own))}
    return Ranked(
        id=entry.id,
        name=entry.name,
        standing=engine.knowledge.folders[entry.policy_id].policy.validity_on(day),
        score=round(candidate.score, 1),
        parts=_rounded(candidate.parts),
        matched=_rounded(engine.conversation.ranker.matched(query, entry)[:_WORDS_SHOWN]),
        behind=_rounded(sorted(((signal, gap) for signal, gap in behind.items() if abs(gap) >= 0.05), key=lambda item: (item[1], item[0]))),
    )


def _band(found: tuple[Candidate, ...], thresholds: dict[str, float], *, looked_up: bool) -> str:
    if not looked_up:
        return "not_looked_up"
    if not found:
        return "nothing"
    return next((band for band in ("answer", "offer") if found[0].score >= thresholds[band]), "below")


def _facets(ids: Iterable[str], names: dict[str, str]) -> tuple[Facet, ...]:
    return tuple(Facet(id, names[id]) for id in ids)


def _rounded(pairs: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple((name, round(value, 1)) for name, value in pairs)


def _name(decision: Decision) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(decision).__name__).lower()


class _Writer:
    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._say = wording.say

    def lines(self, found: Explanation) -> list[str]:
        repairs = (self._say("explain_repair", typed=typed, read=read) for typed, read in found.repairs)
        lines = [
            self._say("explain_question", text=found.question),
            self._say("explain_normal", text=found.normal),
            self._say("explain_repairs", text=self._list(repairs)),
        ]
        if found.repairs:
            lines.append(self._say("explain_read_as", text=found.read_as))
        if found.asking_part != found.read_as:
            lines.append(self._say("explain_asking_part", text=found.asking_part))
        lines.append(self._say("explain_words", text=self._values(found.words)))
        lines.append(self._say("explain_places", text=self._list(map(self._place, found.places))))
        if found.region is not None:
            lines.append(self._say("explain_region", text=found.region))
        for what, facets in (("kinds", found.kinds), ("audiences", found.audiences), ("aspects", found.aspects)):
            named = (self._say("explain_facet", name=facet.name, id=facet.id) for facet in facets)
            lines.append(self._say(f"explain_{what}", text=self._list(named)))
        lines.append(self._say("explain_signs", text=self._list(self._label("sign", sign) for sign in found.signs)))
        lines += ["", self._say("explain_policies", text=self._list(found.policies))]
        for number, candidate in enumerate(found.candidates, 1):
            lines += self._candidate(number, candidate)
        thresholds = [(self._label("threshold", name), value) for name, value in found.thresholds]
        lines += ["", self._say("explain_thresholds", text=self._values(thresholds)), self._band(found)]
        decided = self._say("explain_decision", decision=self._label("decision", found.decision), outcome=found.outcome)
        return [*lines, decided, *(self._say("explain_entry", id=entry) for entry in found.entries)]

    def _candidate(self, number: int, candidate: Ranked) -> list[str]:
        head = {"number": number, "score": f"{candidate.score:.1f}", "name": candidate.name, "id": candidate.id}
        lines = [
            self._say("explain_candidate", **head, standing=self._label("standing", candidate.standing)),
            self._say("explain_parts", text=self._signals(candidate.parts)),
            self._say("explain_matched", text=self._values(candidate.matched)),
        ]
        return [*lines, self._say("explain_behind", text=self._signals(candidate.behind))] if number > 1 else lines

    def _band(self, found: Explanation) -> str:
        band = self._label("band", found.band)
        if found.ahead is None:
            return self._say("explain_band", text=band)
        return self._say("explain_band_ahead", text=band, ahead=f"{found.ahead:.1f}")

    def _place(self, place: HeardPlace) -> str:
        own = self._say("explain_place_own" if place.own else "explain_place_other")
        return self._say("explain_place", heard=place.heard, name=place.name, code=place.code, weight=place.weight, own=own)

    def _signals(self, parts: Iterable[tuple[str, float]]) -> str:
        return self._list(f"{self._label('signal', name)} {value:+.1f}" for name, value in parts)

    def _values(self, values: Iterable[tuple[str, float]]) -> str:
        return self._list(f"{name} {value:.1f}" for name, value in values)

    def _list(self, items: Iterable[str]) -> str:
        return self._say("explain_comma").join(items) or self._say("explain_nothing")

    def _label(self, sort: str, name: str) -> str:
        """The label of a name of the program; a name too new to have one stands for itself."""
        return self._wording.templates.get(f"explain_{sort}_{name}", name)
