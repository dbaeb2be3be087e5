"""Judgements as a clerk reads them, one measure after the other with everything that led to it; and as programs do."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import Any

from bot.content.knowledge import Knowledge
from bot.content.measure import Amount, AmountRole, Measure, Standing
from bot.content.policy import Policy, Validity
from bot.content.region import contains
from bot.eligibility.answers import Absence, Answers, Span
from bot.eligibility.conditions import Leaf
from bot.eligibility.judge import Judge
from bot.eligibility.verdict import Blocked, Judgement, Verdict
from bot.eligibility.view import View
from bot.language.numerals import say_number
from bot.reply.fact_words import FactWords
from bot.reply.figures import amount_line, multiplied_line, say_amount
from bot.reply.measure_lines import unstopped

ORDER = (Verdict.MATCH, Verdict.MATCH_CHECK, Verdict.NEAR, Verdict.UNKNOWN, Verdict.CLOSED, Verdict.NOT_NOW)
"""The verdicts as they are counted and listed: what somebody can get first."""

_INDENT = "   "
_OWN_ROLES = frozenset({AmountRole.BENEFIT, AmountRole.LOAN})
"""What somebody gets; targets and quotas are figures about everyone."""


def measures_of(knowledge: Knowledge, region: str | None) -> frozenset[str]:
    """The measures of the policies that cover a place or lie in it; all of them without a place."""
    return frozenset(
        f"{policy.id}/{measure.id}"
        for policy, measure in knowledge.measures()
        if region is None or any(contains(area, region) or contains(region, area) for area in policy.regions)
    )


class JudgementReport:
    """What comes of some answers for a scope on one day, in the order of the measures."""

    def __init__(self, knowledge: Knowledge, judge: Judge, answers: Answers, scope: Collection[str], as_of: date) -> None:
        """Judge the measures of a scope by these answers; it may also hold measures nobody can be judged on."""
        self._judge = judge
        self._answers = answers
        self._view = View(judge.book, answers, as_of)
        self._judgements = judge.judge_all(answers, as_of, scope)
        self._words = FactWords(knowledge)
        self._as_of = as_of
        self._facts = knowledge.facts
        self._wording = knowledge.wording
        self._say: Callable[..., str] = knowledge.wording.say
        self._offices = {office.id: office for office in knowledge.contacts.offices}
        wanted = frozenset(scope)
        self._not_individual = [
            (policy, measure, judge.not_individual[entry_id])
            for policy, measure in knowledge.measures()
            if (entry_id := f"{policy.id}/{measure.id}") in wanted and entry_id in judge.not_individual
        ]

    def counts(self) -> dict[Verdict, int]:
        """How many measures have each verdict."""
        return {verdict: sum(judgement.verdict is verdict for judgement in self._judgements) for verdict in ORDER}

    def lines(self, *, not_individual: bool) -> list[str]:
        """The report as a clerk reads it; ``not_individual``: also why nobody can be judged on the rest."""
        counts = self.counts()
        said = "，".join(self._say("judge_count", verdict=self._verdict(verdict), count=count) for verdict, count in counts.items())
        lines = [self._say("judge_counts", count=len(self._judgements), verdicts=said)]
        if self._not_individual and not not_individual:
            lines.append(self._say("judge_hidden", count=len(self._not_individual)))
        number = 0
        for verdict, count in counts.items():
            if count:
                lines += ["", self._say("judge_heading", verdict=self._verdict(verdict), count=count)]
            for judgement in self._judgements:
                if judgement.verdict is verdict:
                    number += 1
                    lines += self._entry(number, self._judge.measures[judgement.entry_id].measure, self._about(judgement))
        if self._not_individual and not_individual:
            lines += ["", self._say("judge_heading_not_individual", count=len(self._not_individual))]
            for policy, measure, reason in self._not_individual:
                number += 1
                about = (self._say("judge_reason", text=unstopped(reason)), self._source(policy, measure))
                lines += self._entry(number, measure, about)
        needed = self._needed()
        if needed:
            lines += ["", self._say("judge_find_out_heading")]
            for fact in (self._facts[fact_id] for fact_id in needed):
                lines.append(f"{_INDENT}{self._say('judge_find_out', name=fact.name, id=fact.id, text=fact.find_out)}")
        return lines

    def told(self, *, not_individual: bool) -> dict[str, Any]:
        """The report for programs."""
        return {
            "as_of": str(self._as_of),
            "counts": {str(verdict): count for verdict, count in self.counts().items()},
            "measures": [self._told(judgement) for judgement in self._judgements],
            "facts": {
                fact_id: {"name": self._facts[fact_id].name, "ask": self._facts[fact_id].ask, "find_out": self._facts[fact_id].find_out}
                for fact_id in self._needed()
            },
            "not_individual": [
                {**_named(policy, measure), "reason": reason, "section": measure.source.section}
                for policy, measure, reason in self._not_individual
            ]
            if not_individual
            else None,
        }

    def _needed(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fact_id for judgement in self._judgements for fact_id in judgement.needs))

    def _verdict(self, verdict: Verdict) -> str:
        return self._say(f"judge_verdict_{verdict}")

    def _date(self, day: date) -> str:
        return self._say("date", year=day.year, month=day.month, day=day.day)

    def _entry(self, number: int, measure: Measure, about: Iterable[str]) -> Iterator[str]:
        yield self._say("judge_measure", number=number, name=measure.name, code=measure.code)
        yield from (f"{_INDENT}{line}" for line in about)

    def _about(self, judgement: Judgement) -> Iterator[str]:
        judged = self._judge.measures[judgement.entry_id]
        policy, measure = judged.policy, judged.measure
        yield from self._closed(judgement, policy)
        yield from self._amounts(judgement, measure)
        for blocked in judgement.blocked:
            yield self._blocked(blocked, measure)
        yield from self._repair(judgement, policy)
        if judgement.needs:
            yield self._say("judge_needs", names="、".join(self._need(fact_id, judgement) for fact_id in judgement.needs))
        if judgement.verdict is not Verdict.NOT_NOW:
            if judgement.verdict is not Verdict.CLOSED and policy.validity_on(self._as_of) is Validity.NOT_STATED:
                yield self._say("judge_check", text=self._say("judge_check_not_stated"))
            if measure.standing is Standing.ENCOURAGED:
                yield self._say("standing_encouraged")
        yield from (self._say("judge_check", text=unstopped(check)) for check in judgement.checks)
        yield from (self._say("judge_addition", text=unstopped(addition)) for addition in judgement.additions)
        offices = (self._offices[office_id] for office_id in measure.contacts)
        named = "、".join(self._say("judge_office", name=office.name, phone=office.hotline) for office in offices)
        yield self._say("judge_offices", names=named)
        yield self._source(policy, measure)

    def _closed(self, judgement: Judgement, policy: Policy) -> Iterator[str]:
        if judgement.verdict is not Verdict.CLOSED:
            return
        match policy.validity_on(self._as_of):
            case Validity.ENDED if policy.valid.to is not None:
                yield self._say("judge_ended", day=self._date(policy.valid.to))
            case Validity.NOT_YET if policy.valid.from_ is not None:
                yield self._say("judge_not_yet", day=self._date(policy.valid.from_))
        yield self._say("judge_otherwise", verdict=self._verdict(judgement.otherwise))

    def _amounts(self, judgement: Judgement, measure: Measure) -> Iterator[str]:
        stated = [amount for amount in measure.amounts if amount.role in _OWN_ROLES and not amount.not_stated]
        if not stated:
            yield self._say("result_service" if measure.standing is Standing.SERVICE else "amount_not_stated")
        heads = dict(judgement.heads)
        roughly = dict(self._heads_roughly(judgement))
        for amount in stated:
            yield amount_line(amount, self._wording)
            if amount.label in heads:
                yield multiplied_line(amount, heads[amount.label], self._wording)
            elif amount.label in roughly:
                yield self._multiplied_roughly(amount, *roughly[amount.label])

    def _heads_roughly(self, judgement: Judgement) -> Iterator[tuple[str, tuple[int, int]]]:
        """By an amount's label the fewest and the most people it is multiplied by, where both are known and differ."""
        for scale in self._judge.measures[judgement.entry_id].rule.scales:
            number = self._view.value(scale.times)
            if isinstance(number, Span) and number.high is not None and 0 < number.low < number.high:
                yield scale.amount, (number.low, number.high)

    def _multiplied_roughly(self, amount: Amount, low: int, high: int) -> str:
        each, unit = amount.exactly or 0, amount.unit or ""
        figures = {"each": each, "least": each * low, "most": each * high}
        shown = {name: f"{say_number(figure)}{unit}" for name, figure in figures.items()}
        return self._say("judge_multiplied_roughly", label=amount.label, low=low, high=high, **shown)

    def _blocked(self, blocked: Blocked, measure: Measure) -> str:
        ways = (tuple(dict.fromkeys(self._leaf(leaf, measure) for leaf in way)) for way in blocked.ways)
        said = tuple(dict.fromkeys(self._say("result_and").join(way) for way in ways))
        if len(said) == 1:
            return self._say("judge_blocked", say=said[0])
        if blocked.say is None:
            return self._say("judge_blocked_any", say="；".join(said))
        return self._say("judge_blocked_choice", choice=unstopped(blocked.say), say="；".join(said))

    def _leaf(self, leaf: Leaf, measure: Measure) -> str:
        say, section = unstopped(leaf.say), leaf.test.section
        return say if section in {None, measure.source.section} else self._say("judge_in_section", say=say, section=section)

    def _repair(self, judgement: Judgement, policy: Policy) -> Iterator[str]:
        if judgement.repair is None:
            return
        ready_on, ready_from = judgement.ready_on, judgement.repair.ready_from
        if ready_on is not None:
            if ready_from is not None and ready_from < ready_on:
                yield self._say("judge_ready_between", first=self._date(ready_from), day=self._date(ready_on))
            else:
                yield self._say("judge_ready", day=self._date(ready_on))
            if policy.valid.to is not None and ready_on > policy.valid.to and judgement.verdict is not Verdict.CLOSED:
                yield self._say("judge_ready_too_late", day=self._date(policy.valid.to))
        yield from (self._say("judge_do", text=unstopped(do)) for do in _to_do(judgement))

    def _need(self, fact_id: str, judgement: Judgement) -> str:
        name, answer = self._facts[fact_id].name, self._answers.get(fact_id)
        if fact_id in judgement.unsure:
            return self._say("judge_need_unanswered", name=name)
        return name if answer is None else self._say("judge_need_rough", name=name, answer=self._words.answer(fact_id, answer))

    def _source(self, policy: Policy, measure: Measure) -> str:
        return self._say("source_line", policy=policy.title, section=measure.source.section)

    def _told(self, judgement: Judgement) -> dict[str, Any]:
        judged = self._judge.measures[judgement.entry_id]
        policy, measure = judged.policy, judged.measure
        heads = dict(judgement.heads)
        return {
            **_named(policy, measure),
            "verdict": judgement.verdict,
            "otherwise": judgement.otherwise,
            "settled": judgement.settled,
            "validity": policy.validity_on(self._as_of),
            "valid_to": _iso(policy.valid.to),
            "standing": measure.standing,
            "amounts": [self._told_amount(amount, heads.get(amount.label)) for amount in measure.amounts],
            "heads": heads,
            "blocked_by": list(dict.fromkeys(leaf.id for blocked in judgement.blocked for leaf in blocked.leaves)),
            "reasons": [_reason(blocked, measure) for blocked in judgement.blocked],
            "ready_on": _iso(judgement.ready_on),
            "ready_from": _iso(judgement.repair.ready_from) if judgement.repair is not None else None,
            "to_do": list(_to_do(judgement)),
            "needs": list(judgement.needs),
            "unsure": list(judgement.unsure),
            "rough": [fact_id for fact_id in judgement.needs if not isinstance(self._answers.get(fact_id), Absence | None)],
            "checks": list(judgement.checks),
            "additions": list(judgement.additions),
            "offices": [
                {"id": office.id, "name": office.name, "hotline": office.hotline}
                for office in (self._offices[office_id] for office_id in measure.contacts)
            ],
            "section": measure.source.section,
        }

    def _told_amount(self, amount: Amount, heads: int | None) -> dict[str, Any]:
        return {
            "label": amount.label,
            "role": amount.role,
            "stated": not amount.not_stated,
            "exactly": amount.exactly,
            "at_least": amount.at_least,
            "at_most": amount.at_most,
            "unit": amount.unit,
            "reads": say_amount(amount, self._wording),
            "total": amount.exactly * heads if heads is not None and amount.exactly is not None else None,
            "multiplied": multiplied_line(amount, heads, self._wording) if heads is not None else None,
        }


def _named(policy: Policy, measure: Measure) -> dict[str, Any]:
    return {"id": f"{policy.id}/{measure.id}", "policy": policy.id, "code": measure.code, "name": measure.name}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _to_do(judgement: Judgement) -> tuple[str, ...]:
    repairs = judgement.repair.leaves if judgement.repair is not None else ()
    return tuple(dict.fromkeys(leaf.test.do for leaf in repairs if leaf.test.do is not None))


def _reason(blocked: Blocked, measure: Measure) -> dict[str, Any]:
    """One reason: every way of ``any_of`` fails, each by all its tests, and one way would be enough."""
    own = measure.source.section
    ways = [
        [{"id": leaf.id, "fact": leaf.fact, "say": leaf.say, "section": leaf.test.section or own} for leaf in way] for way in blocked.ways
    ]
    return {"say": blocked.say, "any_of": ways}
