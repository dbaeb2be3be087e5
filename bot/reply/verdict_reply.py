"""Verdicts in words: counts and measures by verdict, one measure in full, and a sheet to pass on."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from bot.content.knowledge import Knowledge
from bot.content.measure import AmountRole, Measure, Standing
from bot.content.policy import Policy, Validity
from bot.content.rule import Rule
from bot.dialogue.choice import Choice
from bot.dialogue.interview_decision import ShowFailing, ShowJudgement, ShowResults, ShowSheet
from bot.dialogue.outcome import Outcome
from bot.eligibility.answers import ELSEWHERE, Answer, Within
from bot.eligibility.conditions import Leaf
from bot.eligibility.verdict import Blocked, Judgement, Verdict
from bot.reply.fact_words import FactWords
from bot.reply.figures import multiplied_line, say_amount
from bot.reply.measure_lines import unstopped
from bot.reply.policy_lines import PolicyLines
from bot.reply.reply import Block, Reply

_LISTED = (Verdict.MATCH, Verdict.MATCH_CHECK, Verdict.NEAR, Verdict.UNKNOWN, Verdict.CLOSED)
"""The verdicts whose measures are listed at once, in this order; those that do not fit are shown on request."""
_ALWAYS_COUNTED = frozenset({Verdict.MATCH, Verdict.CLOSED})
"""What is counted even if there is none: it is what people ask first."""
_OWN_ROLES = frozenset({AmountRole.BENEFIT, AmountRole.LOAN})
_OFFICES = ("dpf", "hrss")
_MOST_NEEDS = 3

Shown = ShowResults | ShowJudgement | ShowFailing | ShowSheet


class VerdictReplies:
    """Writes results. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, words: FactWords, policy_lines: PolicyLines) -> None:
        """Prepare lookups by entry."""
        self._wording = knowledge.wording
        self._say: Callable[..., str] = knowledge.wording.say
        self._words = words
        self._policy_lines = policy_lines
        self._policies = {policy.id: policy for policy in knowledge.policies()}
        self._measures = {f"{policy.id}/{measure.id}": measure for policy, measure in knowledge.measures()}
        self._rules: Mapping[str, Rule] = knowledge.rules
        self._regions = knowledge.regions
        self._offices = {office.id: office for office in knowledge.contacts.offices}

    def compose(self, decision: Shown, day: date) -> Reply:
        """The reply that shows results."""
        match decision:
            case ShowResults():
                return self._results(decision, day)
            case ShowJudgement():
                return self._one(decision, day)
            case ShowFailing(judgements=judgements):
                return self._failing(judgements, day)
            case ShowSheet():
                return self._sheet(decision, day)

    def _results(self, decision: ShowResults, day: date) -> Reply:
        listed = _ordered(decision.judgements)
        opening = [*self._noted(decision.noted), self._counts(decision.judgements)]
        opening += [self._say("result_document", title=policy.title) for policy in self._policies_of(decision.judgements)]
        if decision.not_judged:
            names = "、".join(self._measures[entry_id].name for entry_id in decision.not_judged)
            opening.append(self._say("result_not_judged", count=len(decision.not_judged), names=names))
        if not any(one.otherwise in {Verdict.MATCH, Verdict.MATCH_CHECK, Verdict.UNKNOWN} for one in decision.judgements):
            opening.append(self._say("result_none_fit"))
        policies = self._policies_of(decision.judgements)
        blocks = [
            Block(tuple(line for policy in policies for line in self._policy_lines.opening(policy, day)), True),
            Block(tuple(opening)),
        ]
        blocks += [*self._tiers(listed, day, numbered=True), self._idle(decision.judgements)]
        status = [line for policy in policies for line in self._policy_lines.status(policy, day)]
        blocks.append(Block(tuple(dict.fromkeys(status)), True))
        blocks.append(Block((*self._together(listed), self._say("final_word"))))
        choices = [Choice(f"judged:{one.entry_id}", self._measures[one.entry_id].name) for one in listed]
        failing = sum(one.verdict is Verdict.NOT_NOW for one in decision.judgements)
        more = [Choice("q:failing", self._say("result_failing", count=failing))] if failing else []
        more += [Choice("q:continue", self._say("result_continue"))] if decision.open_ else []
        more += [Choice("q:correct", self._say("result_correct")), Choice("q:sheet", self._say("result_sheet"))]
        lines = [
            self._say("choice_line", number=number, label=choice.label)
            for number, choice in enumerate((*choices, *more), 1)
            if choice in more
        ]
        blocks.append(Block((self._say("result_choices") if listed else self._say("next_heading"), *lines)))
        return _reply(decision.outcome, blocks, (*choices, *more))

    def _tiers(self, listed: list[Judgement], day: date, *, numbered: bool) -> list[Block]:
        blocks = []
        number = 0
        for verdict in _LISTED:
            own = [one for one in listed if one.verdict is verdict]
            lines = [self._say("result_heading", verdict=self._verdict(verdict, own, day))] if own else []
            for one in own:
                number += 1
                lines += self._item(one, day, number if numbered else None)
            blocks.append(Block(tuple(lines)))
        return blocks

    def _idle(self, judgements: tuple[Judgement, ...]) -> Block:
        names = [self._measures[one.entry_id].name for one in judgements if _is_idle(one)]
        return Block((self._say("result_closed_rest", count=len(names), names="、".join(names)),) if names else ())

    def _item(self, one: Judgement, day: date, number: int | None) -> list[str]:
        measure = self._measures[one.entry_id]
        amount = self._amount(measure)
        first = (
            self._say("result_item_plain", name=measure.name, amount=amount)
            if number is None
            else self._say("result_item", number=number, name=measure.name, amount=amount)
        )
        return [first, *self._scaled(one, measure), *self._why(one, day), self._office(measure)]

    def _why(self, one: Judgement, day: date) -> list[str]:
        match one.verdict:
            case Verdict.NEAR:
                return [*self._blocked(one.blocked), *self._repair(one, day)]
            case Verdict.UNKNOWN:
                return [self._say("result_needs", names=self._words.names(one.needs[:_MOST_NEEDS]))]
            case Verdict.MATCH_CHECK:
                return [self._check(one)]
            case Verdict.CLOSED:
                return [self._closed(one)]
        return []

    def _check(self, one: Judgement) -> str:
        """What the office still decides; of what is only encouraged, that it does."""
        checks = one.checks or (self._say("result_check_local"),)
        return self._say("result_check", text="；".join(map(unstopped, checks)))

    def _closed(self, one: Judgement) -> str:
        if one.otherwise in {Verdict.MATCH, Verdict.MATCH_CHECK}:
            return self._say("result_closed_fits")
        if one.otherwise is Verdict.NEAR:
            return self._say("result_closed_near", text="；".join(self._put(blocked) for blocked in one.blocked))
        return self._say("result_closed_open")

    def _repair(self, one: Judgement, day: date) -> list[str]:
        """What to do or wait for, and what is still to be found out."""
        repair = one.repair
        if repair is None:
            return []
        lines = [self._say("result_do", text=leaf.test.do) for leaf in repair.leaves if leaf.test.do]
        if repair.ready_on is not None and repair.ready_from not in {None, repair.ready_on}:
            first = self._words.day(repair.ready_from)
            soon = self._words.until(day, repair.ready_from)
            lines.append(self._say("result_ready_between", soon=soon, first=first, last=self._words.day(repair.ready_on)))
        elif repair.ready_on is not None:
            soon = self._words.until(day, repair.ready_on)
            lines.append(self._say("result_ready", soon=soon, day=self._words.day(repair.ready_on)))
        if repair.open_:
            lines.append(self._say("result_open", text="、".join(leaf.say for leaf in repair.open_)))
        return lines

    def _blocked(self, blocked: Iterable[Blocked]) -> list[str]:
        return [self._say("result_blocked", text="；".join(self._put(one) for one in blocked))]

    def _put(self, blocked: Blocked) -> str:
        ways = list(dict.fromkeys(self._say("result_and").join(dict.fromkeys(leaf.say for leaf in way)) for way in blocked.ways))
        if len(ways) == 1:
            return ways[0]
        return blocked.say or self._say("result_any", text="；".join(ways))

    def _one(self, decision: ShowJudgement, day: date) -> Reply:
        one = decision.judgement
        measure, policy, rule = self._measures[one.entry_id], self._policy_of(one), self._rules[one.entry_id]
        blocks = [Block(tuple(self._policy_lines.opening(policy, day)), True)]
        head = [*self._noted(decision.noted)]
        head.append(self._say("judgement_verdict", name=measure.name, verdict=self._verdict(one.verdict, [one], day)))
        head += [self._amount_line(amount_text) for amount_text in self._amounts(measure)]
        head += [*self._scaled(one, measure), *one.additions]
        blocks.append(Block(tuple(head)))
        body = [self._say("judgement_met", text=_joined(one.met))] if one.met else []
        if one.blocked:
            body += self._blocked(one.blocked)
        body += self._repair(one, day)
        if one.verdict is Verdict.CLOSED:
            body.append(self._closed(one))
        if one.needs and one.otherwise is Verdict.UNKNOWN:
            body.append(self._say("result_needs", names=self._words.names(one.needs)))
            body += [
                self._say("judgement_how", name=self._words.facts[fact].name, text=unstopped(self._words.facts[fact].find_out or ""))
                for fact in one.needs[:_MOST_NEEDS]
            ]
        body += [self._check(one)] if one.checks or one.verdict is Verdict.MATCH_CHECK else []
        if rule.papers:
            body.append(self._say("judgement_papers", text="、".join(rule.papers)))
        blocks.append(Block(tuple(body)))
        blocks.append(Block(tuple(self._combining(one.entry_id, rule, measure))))
        blocks.append(Block(tuple(self._policy_lines.status(policy, day)), True))
        contacts = tuple(self._policy_lines.contacts(policy, measure.contacts or _OFFICES, None))
        blocks.append(Block((*contacts, self._say("source_line", policy=policy.title, section=measure.source.section))))
        choices = [Choice("q:continue", self._say("result_continue"))] if decision.open_ else []
        back = Choice("check:", self._say("next_check")) if decision.alone else Choice("q:results", self._say("result_back_to_results"))
        choices += [back, Choice("q:correct", self._say("result_correct"))]
        lines = [self._say("choice_line", number=number, label=choice.label) for number, choice in enumerate(choices, 1)]
        blocks.append(Block((self._say("next_heading"), *lines)))
        return _reply(decision.outcome, blocks, choices)

    def _combining(self, entry_id: str, rule: Rule, measure: Measure) -> list[str]:
        combine = rule.combine
        if combine is None or combine.not_stated:
            return [self._say("combine_none")]
        lines = [self._say("combine_line", text=unstopped(combine.say))] if combine.say else []
        policy_id = entry_id.partition("/")[0]
        for key, ids in (("result_either_or", combine.either_or), ("result_with", combine.with_), ("result_after", combine.after)):
            own = (measure.name,) if key == "result_either_or" else ()
            if ids:
                lines.append(self._say(key, names="、".join((*own, *(self._measures[f"{policy_id}/{other}"].name for other in ids)))))
        return lines

    def _together(self, listed: list[Judgement]) -> list[str]:
        """Measures of which only one can be had, and that the document does not say which go together."""
        fitting = [one for one in listed if one.verdict in {Verdict.MATCH, Verdict.MATCH_CHECK}]
        lines = []
        shown = {one.entry_id for one in fitting}
        for one in fitting:
            combine = self._rules[one.entry_id].combine
            policy_id = one.entry_id.partition("/")[0]
            others = [f"{policy_id}/{other}" for other in (combine.either_or if combine else ())]
            both = [self._measures[entry_id].name for entry_id in sorted({one.entry_id, *others} & shown)]
            if len(both) > 1:
                lines.append(self._say("result_either_or", names="、".join(both)))
        if len(fitting) > 1:
            lines.append(self._say("result_combine_unknown"))
        return list(dict.fromkeys(lines))

    def _failing(self, judgements: tuple[Judgement, ...], day: date) -> Reply:
        lines = [self._say("result_failing_opening", count=len(judgements))]
        for number, one in enumerate(judgements, 1):
            lines.append(
                self._say("result_failing_item", number=number, name=self._measures[one.entry_id].name, reason=self._first_reason(one))
            )
        choices = [Choice(f"judged:{one.entry_id}", self._measures[one.entry_id].name) for one in judgements]
        back = Choice("q:results", self._say("result_back_to_results"))
        more = (self._say("result_choices"), self._say("choice_line", number=len(choices) + 1, label=back.label))
        return _reply(Outcome.VERDICT, [Block(tuple(lines)), Block(more)], (*choices, back))

    def _first_reason(self, one: Judgement) -> str:
        """What is in the way: what can never change before what could, one thing only."""
        fixed = [blocked for blocked in one.blocked if all(leaf.change == "never" for leaf in blocked.leaves)]
        return self._put((fixed or list(one.blocked))[0])

    def _sheet(self, decision: ShowSheet, day: date) -> Reply:
        place = ""
        known = decision.answers or {}
        policies = self._policies_of(decision.judgements)
        where = known.get("place")
        place = (
            self._regions.full_name(where.code)
            if isinstance(where, Within) and where.code != ELSEWHERE
            else "、".join(policy.place for policy in policies)
        )
        listed = _ordered(decision.judgements)
        head = [self._say("sheet_title", day=self._words.day(day), place=place), self._say("sheet_note"), self._counts(decision.judgements)]
        head += [self._say("result_document", title=policy.title) for policy in policies]
        blocks = [Block(tuple(head)), Block(tuple(line for policy in policies for line in self._policy_lines.opening(policy, day)), True)]
        blocks += [*self._tiers(listed, day, numbered=False), self._idle(decision.judgements)]
        for policy in policies:
            blocks.append(Block((*self._policy_lines.status(policy, day), *self._policy_lines.contacts(policy, _OFFICES, None))))
        if not decision.answers:
            blocks.append(Block((self._say("sheet_without"),)))
            choices = [Choice("q:sheet_answers", self._say("sheet_with_answers"))]
        else:
            blocks.append(Block((self._say("sheet_answers", facts=self._words.told(decision.answers)),)))
            choices = [Choice("q:sheet", self._say("result_sheet"))]
        choices.append(Choice("q:results", self._say("result_back_to_results")))
        lines = [self._say("choice_line", number=number, label=choice.label) for number, choice in enumerate(choices, 1)]
        blocks.append(Block(tuple(lines)))
        return _reply(decision.outcome, blocks, choices)

    def _counts(self, judgements: tuple[Judgement, ...]) -> str:
        found = [(verdict, sum(one.verdict is verdict for one in judgements)) for verdict in (*_LISTED, Verdict.NOT_NOW)]
        told = [(verdict, count) for verdict, count in found if count or verdict in _ALWAYS_COUNTED]
        counts = [self._say("result_count", verdict=self._say(f"count_{verdict}"), count=count) for verdict, count in told]
        return self._say("result_counts", total=len(judgements), counts="，".join(counts))

    def _verdict(self, verdict: Verdict, judged: list[Judgement], day: date) -> str:
        if verdict is Verdict.CLOSED and all(self._policy_of(one).validity_on(day) is Validity.NOT_YET for one in judged):
            return self._say("verdict_not_yet")
        return self._say(f"verdict_{verdict}")

    def _amounts(self, measure: Measure) -> list[tuple[str, str]]:
        return [(amount.label, say_amount(amount, self._wording)) for amount in measure.amounts if amount.role in _OWN_ROLES]

    def _amount(self, measure: Measure) -> str:
        """The amount in a few words: figures with their labels, or that none is stated."""
        stated = [amount for amount in measure.amounts if amount.role in _OWN_ROLES and not amount.not_stated]
        if not stated:
            return self._say("result_service" if measure.standing is Standing.SERVICE else "amount_not_stated")
        if len(stated) == 1:
            return say_amount(stated[0], self._wording)
        return "；".join(f"{amount.label}{say_amount(amount, self._wording)}" for amount in stated)

    def _amount_line(self, amount: tuple[str, str]) -> str:
        return self._say("amount_line", label=amount[0], figure=amount[1])

    def _scaled(self, one: Judgement, measure: Measure) -> list[str]:
        """Amounts for each person with their arithmetic, where the number is known."""
        amounts = {amount.label: amount for amount in measure.amounts}
        return [multiplied_line(amounts[label], heads, self._wording) for label, heads in one.heads]

    def _office(self, measure: Measure) -> str:
        office = self._offices[(measure.contacts or _OFFICES)[0]]
        return self._say("result_office", office=office.name, phone=office.hotline, section=measure.source.section)

    def _noted(self, noted: Mapping[str, Answer]) -> list[str]:
        return [self._say("interview_noted", facts=self._words.noted(noted))] if noted else []

    def _policies_of(self, judgements: tuple[Judgement, ...]) -> list[Policy]:
        return [self._policies[policy_id] for policy_id in dict.fromkeys(one.entry_id.partition("/")[0] for one in judgements)]

    def _policy_of(self, one: Judgement) -> Policy:
        return self._policies[one.entry_id.partition("/")[0]]


def _ordered(judgements: tuple[Judgement, ...]) -> list[Judgement]:
    """The measures worth listing: by verdict, of those closed only what would otherwise come near."""
    kept = [one for one in judgements if one.verdict in _LISTED and not _is_idle(one)]
    return sorted(kept, key=lambda one: (_LISTED.index(one.verdict), list(Verdict).index(one.otherwise)))


def _is_idle(one: Judgement) -> bool:
    """Whether a policy has ended and not even its conditions are known to fit: worth a name, no more."""
    return one.verdict is Verdict.CLOSED and one.otherwise is Verdict.UNKNOWN


def _joined(leaves: tuple[Leaf, ...]) -> str:
    return "；".join(dict.fromkeys(leaf.say for leaf in leaves))


def _reply(outcome: Outcome, blocks: Iterable[Block], choices: Iterable[Choice]) -> Reply:
    return Reply(outcome, tuple(block for block in blocks if block.lines), tuple(choices))
