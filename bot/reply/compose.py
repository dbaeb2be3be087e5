"""Decision to reply: which paragraphs, in which order, in the words of ``knowledge/wording``."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date

from bot.content.knowledge import Knowledge
from bot.content.measure import Measure
from bot.content.policy import Clause, Policy, Validity
from bot.dialogue.choice import Choice
from bot.dialogue.decision import (
    Answer,
    AskRegion,
    ByRegion,
    Clarify,
    Decision,
    Manner,
    Overview,
    RefuseElsewhere,
    RefusePlace,
    RefuseTopic,
    RefuseUnsure,
    Say,
    ShowHeld,
)
from bot.dialogue.interview_decision import (
    AskClash,
    AskConsent,
    AskEnded,
    AskFact,
    AskWhichAnswer,
    ConfirmHeard,
    OfferResults,
    ShowFailing,
    ShowJudgement,
    ShowResults,
    ShowSheet,
)
from bot.dialogue.keeping import Keeping
from bot.dialogue.outcome import Outcome
from bot.reply.fact_words import FactWords
from bot.reply.figures import say_amount
from bot.reply.held_reply import HeldReplies
from bot.reply.interview_reply import InterviewReplies
from bot.reply.measure_lines import MeasureLines, unstopped
from bot.reply.policy_lines import PolicyLines
from bot.reply.reply import Block, Reply
from bot.reply.verdict_reply import VerdictReplies

_ASPECT_CHOICES = {
    "how_to_apply": "next_how",
    "combine": "next_combine",
}
_OFF_TOPIC = "off-topic"
_OFFICES = ("dpf", "hrss")
_LIVELIEST = (Validity.IN_FORCE, Validity.NOT_STATED, Validity.NOT_YET, Validity.ENDED)


class Composer:
    """Writes replies. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, keeping: Keeping | None = None) -> None:
        """Prepare lookups by entry; ``keeping`` is what is told of how long things are kept."""
        keeping = keeping or Keeping()
        self._keeping = asdict(keeping)
        self._wording = knowledge.wording
        self._say: Callable[..., str] = knowledge.wording.say
        self._regions = knowledge.regions
        self._judged = {entry_id for entry_id, rule in knowledge.rules.items() if rule.when is not None}
        self._topics = {topic.id: topic for topic in knowledge.lexicon.not_covered}
        self._policies = {policy.id: policy for policy in knowledge.policies()}
        self._measures = {f"{policy.id}/{measure.id}": measure for policy, measure in knowledge.measures()}
        self._clauses = {f"{policy.id}/{clause.id}": clause for policy in knowledge.policies() for clause in policy.clauses}
        self._measure_lines = MeasureLines(knowledge.wording)
        self._policy_lines = PolicyLines(knowledge)
        words = FactWords(knowledge)
        self._interview = InterviewReplies(knowledge, words, keeping)
        entries: dict[str, Measure | Clause | Policy] = {**self._measures, **self._clauses, **self._policies}
        names = {entry_id: self._name(entry) for entry_id, entry in entries.items()}
        self._held = HeldReplies(knowledge, words, keeping, names)
        self._verdicts = VerdictReplies(knowledge, words, self._policy_lines)

    def compose(self, decision: Decision, day: date) -> Reply:
        """The reply to a decision, as it reads on a day."""
        match decision:
            case Answer(parts=parts):
                return self._single(decision, day) if len(parts) == 1 else self._several(decision, day)
            case Clarify(entry_ids=ids):
                return self._clarify(ids, day)
            case ByRegion(entry_ids=ids):
                return self._by_region(ids, day)
            case AskRegion():
                return self._paragraphs(Outcome.CLARIFY, self._say("ask_region"), self._say("ask_region_short", areas=self._areas()))
            case Overview():
                return self._overview(decision, day)
            case RefuseTopic(topic_id=topic_id):
                return self._refuse_topic(topic_id)
            case RefusePlace(code=code, near=near):
                return self._refuse_place(code, near, day)
            case RefuseElsewhere(entry_id=entry_id, region=region):
                return self._refuse_elsewhere(entry_id, region)
            case RefuseUnsure(region=region, nearest=nearest):
                return self._refuse_unsure(region, nearest)
            case Say():
                return self._fixed(decision, day)
            case ShowHeld():
                return self._held.compose(decision)
            case AskFact() | ConfirmHeard() | AskEnded() | AskConsent() | OfferResults() | AskClash() | AskWhichAnswer():
                return self._interview.compose(decision, day)
            case ShowResults() | ShowJudgement() | ShowFailing() | ShowSheet():
                return self._verdicts.compose(decision, day)

    def extra(self, key: str, **values: object) -> Block:
        """A line added to a reply, such as the note that a number was masked."""
        return Block((self._say(key, **values),))

    # answers

    def _single(self, decision: Answer, day: date) -> Reply:
        part = decision.parts[0]
        policy = self._policy_of(part.entry_id)
        entry = self._entry(part.entry_id)
        lines = self._policy_lines
        blocks = [self._opening((policy,), day, again=decision.again)]
        match entry:
            case Measure():
                body = self._measure_lines.full(policy, entry, part, decision)
            case Clause():
                body = [*part.corrections, entry.text]
            case Policy():
                body = [*part.corrections, *lines.document(policy)]
        blocks.append(Block(tuple(body)))
        blocks.append(
            Block((*lines.area_note(policy, decision.region), *lines.status(policy, day, newer="until_when" in decision.aspects)), True)
        )
        blocks.append(Block(tuple(lines.contacts(policy, self._offices_of(entry), decision.region))))
        if not isinstance(entry, Policy):
            blocks.append(Block((self._say("source_line", policy=policy.title, section=entry.source.section),)))
        if decision.ask_region:
            blocks.append(self.extra("by_region_ask"))
        choices = [self._choice(entry_id) for entry_id in decision.also]
        if isinstance(entry, Measure):
            choices += [
                Choice(f"aspect:{aspect}", self._say(_ASPECT_CHOICES[aspect]))
                for aspect in _unsaid(entry, "\n".join(body))
                if aspect not in decision.aspects
            ]
        choices.append(Choice(f"overview:{policy.id}", self._say("next_other_topics")))
        if part.entry_id in self._judged:
            choices.append(Choice(f"check:{part.entry_id}", self._say("next_check_one")))
        return self._with_choices(Outcome.ANSWER, blocks, choices, self._say("also_likely" if decision.also else "next_heading"))

    def _several(self, decision: Answer, day: date) -> Reply:
        policies = tuple(dict.fromkeys(self._policy_of(part.entry_id).id for part in decision.parts))
        shown = tuple(self._policies[policy_id] for policy_id in policies)
        blocks = [self._opening(shown, day, again=decision.again)]
        for number, part in enumerate(decision.parts, 1):
            entry = self._entry(part.entry_id)
            place = f"{self._policy_of(part.entry_id).place}——" if len(policies) > 1 else ""
            head = [self._say("several_opening" if decision.manner is Manner.SEVERAL else "compare_opening")] if number == 1 else []
            head.append(f"{number}. {place}{self._name(entry)}")
            if isinstance(entry, Measure):
                head += self._measure_lines.brief(self._policy_of(part.entry_id), entry, part, decision)
            else:
                head += [*part.corrections, self._summary(entry)]
            blocks.append(Block(tuple(head)))
        lines = self._policy_lines
        status = [line for policy in shown for line in (*lines.area_note(policy, decision.region), *lines.status(policy, day))]
        blocks.append(Block(tuple(dict.fromkeys(status)), True))
        for policy in shown:
            entries = [self._entry(part.entry_id) for part in decision.parts if self._policy_of(part.entry_id) is policy]
            offices = dict.fromkeys(office for entry in entries for office in self._offices_of(entry))
            sections = "、".join(dict.fromkeys(entry.source.section for entry in entries if not isinstance(entry, Policy)))
            source = (self._say("source_line", policy=policy.title, section=sections),) if sections else ()
            blocks.append(Block((*lines.contacts(policy, offices, decision.region), *source)))
        choices = [self._choice(part.entry_id) for part in decision.parts if part.entry_id in self._measures]
        return self._with_choices(Outcome.ANSWER, blocks, choices, self._say("next_heading"))

    def _clarify(self, ids: tuple[str, ...], day: date) -> Reply:
        policy = self._policy_of(ids[0])
        entries = [self._entry(entry_id) for entry_id in ids]
        lines = [self._say("clarify_opening")]
        for number, entry in enumerate(entries, 1):
            lines.append(self._say("brief_line", number=number, name=self._name(entry), summary=self._summary(entry)))
        none = Choice("none:", self._say("clarify_none_label"))
        lines += [self._say("choice_line", number=len(ids) + 1, label=none.label), self._say("clarify_closing")]
        blocks = (self._opening((policy,), day), Block(tuple(lines)), Block(tuple(self._policy_lines.status(policy, day)), True))
        return _reply(Outcome.CLARIFY, blocks, (*map(self._choice, ids), none))

    def _by_region(self, ids: tuple[str, ...], day: date) -> Reply:
        ordered = sorted(ids, key=lambda entry_id: _LIVELIEST.index(self._policy_of(entry_id).validity_on(day)))
        lines = [self._say("by_region_opening")]
        choices = []
        for number, entry_id in enumerate(ordered, 1):
            policy, entry = self._policy_of(entry_id), self._entry(entry_id)
            line = self._say(
                "by_region_line",
                area=policy.place,
                name=self._name(entry),
                summary=self._summary(entry),
                status=self._policy_lines.status_word(policy, day),
            )
            lines.append(self._say("choice_line", number=number, label=line))
            choices.append(Choice(f"measure:{entry_id}", f"{policy.place}：{self._name(entry)}"))
        blocks = (self.extra("by_region_ask"), Block(tuple(lines)), self.extra("choice_hint"))
        return _reply(Outcome.CLARIFY, blocks, choices)

    def _overview(self, decision: Overview, day: date) -> Reply:
        policy = self._policies[decision.policy_id]
        lines = [self._say("general_opening", policy=policy.short_name)]
        for number, entry_id in enumerate(decision.entry_ids, 1):
            measure = self._measures[entry_id]
            figures = [say_amount(amount, self._wording) for amount in measure.amounts[:1] if not amount.not_stated]
            label = "：".join((measure.name, *figures))
            lines.append(self._say("choice_line", number=number, label=label))
        check = Choice("check:", self._say("next_check"))
        lines.append(self._say("choice_line", number=len(decision.entry_ids) + 1, label=check.label))
        lines.append(self._say("general_closing"))
        status = (*self._policy_lines.area_note(policy, decision.region), *self._policy_lines.status(policy, day))
        contacts = tuple(self._policy_lines.contacts(policy, _OFFICES, decision.region))
        blocks = (self._opening((policy,), day), Block(tuple(lines)), Block(status, True), Block(contacts))
        return _reply(Outcome.ANSWER, blocks, (*map(self._choice, decision.entry_ids), check))

    def _opening(self, policies: Iterable[Policy], day: date, *, again: bool = False) -> Block:
        """What comes before everything: the policies among these that have ended or not begun; in a few words if just said."""
        lines = [line for policy in policies for line in self._policy_lines.opening(policy, day, again=again)]
        return Block((*lines, self._say("ended_then")) if lines and not again else tuple(lines), True)

    # refusals and fixed replies

    def _refuse_topic(self, topic_id: str) -> Reply:
        if topic_id == _OFF_TOPIC:
            return self._paragraphs(Outcome.REFUSE, self._say("refuse_off_topic"), self._say("ask_region_short", areas=self._areas()))
        topic = self._topics[topic_id]
        if topic.urgent:
            return self._paragraphs(Outcome.REFUSE, self._say("refuse_urgent", ask=topic.ask))
        refusal = self._say("refuse_not_covered", topic=topic.name, ask=topic.ask)
        return self._paragraphs(Outcome.REFUSE, refusal, self._say("refuse_off_topic_rest"))

    def _refuse_place(self, code: str, near: tuple[str, ...], day: date) -> Reply:
        place = self._regions.full_name(code)
        lines: list[str] = []
        for policy in (self._policies[policy_id] for policy_id in near):
            lines.append(self._say("refuse_place_near", place=place, area=policy.place, coverage=policy.coverage))
            if policy.valid.to is not None and policy.validity_on(day) is Validity.ENDED:
                lines.append(self._say("refuse_place_ended", to=self._policy_lines.say_date(policy.valid.to)))
        lines = lines or [self._say("refuse_place", place=place, areas=self._areas())]
        return self._paragraphs(Outcome.REFUSE, *lines, self._say("refuse_place_ask"), self._say("refuse_hotlines"))

    def _refuse_elsewhere(self, entry_id: str, region: str) -> Reply:
        policy = self._policy_of(entry_id)
        refusal = self._say("refuse_elsewhere", name=self._name(self._entry(entry_id)), area=policy.place, place=self._regions.name(region))
        return self._paragraphs(Outcome.REFUSE, refusal, policy.coverage, self._say("refuse_hotlines"))

    def _refuse_unsure(self, region: str | None, nearest: tuple[str, ...]) -> Reply:
        opening = self._say("refuse_unsure_region", area=self._regions.name(region)) if region else self._say("refuse_unsure")
        first = Block((opening, self._say("refuse_hotlines")))
        if not nearest:
            return _reply(Outcome.REFUSE, (first, self.extra("ask_region_short", areas=self._areas())))
        return self._with_choices(Outcome.REFUSE, [first], [*map(self._choice, nearest)], self._say("refuse_nearest"))

    def _fixed(self, decision: Say, day: date) -> Reply:
        text = self._say(
            decision.key,
            areas=self._areas(),
            as_of=self._policy_lines.say_date(day),
            area=self._regions.full_name(decision.region) if decision.region else "",
            count=decision.count,
            text=decision.text,
            **self._keeping,
        )
        later = (self.extra("crisis_later"),) if decision.outcome is Outcome.CRISIS else ()
        return _reply(decision.outcome, (Block(tuple(text.split("\n"))), *later))

    # pieces

    def _paragraphs(self, outcome: Outcome, *lines: str) -> Reply:
        return _reply(outcome, (Block((line,)) for line in lines))

    def _with_choices(self, outcome: Outcome, blocks: list[Block], choices: list[Choice], heading: str) -> Reply:
        lines = [self._say("choice_line", number=number, label=choice.label) for number, choice in enumerate(choices, 1)]
        return _reply(outcome, (*blocks, Block((heading, *lines), menu=True)), choices)

    def _choice(self, entry_id: str) -> Choice:
        return Choice(f"measure:{entry_id}", self._name(self._entry(entry_id)))

    def _areas(self) -> str:
        return "、".join(policy.place for policy in self._policies.values())

    def _policy_of(self, entry_id: str) -> Policy:
        return self._policies[entry_id.partition("/")[0]]

    def _entry(self, entry_id: str) -> Measure | Clause | Policy:
        return self._measures.get(entry_id) or self._clauses.get(entry_id) or self._policies[entry_id]

    def _name(self, entry: Measure | Clause | Policy) -> str:
        return entry.short_name if isinstance(entry, Policy) else entry.name

    def _summary(self, entry: Measure | Clause | Policy) -> str:
        match entry:
            case Measure():
                return entry.summary
            case Clause():
                return entry.text
            case Policy():
                return entry.overview

    def _offices_of(self, entry: Measure | Clause | Policy) -> tuple[str, ...]:
        return _OFFICES if isinstance(entry, Policy) else entry.contacts or _OFFICES


def _reply(outcome: Outcome, blocks: Iterable[Block], choices: Iterable[Choice] = ()) -> Reply:
    """A reply without empty paragraphs."""
    return Reply(outcome, tuple(block for block in blocks if block.lines), tuple(choices))


def _unsaid(measure: Measure, said: str) -> list[str]:
    """What could still be asked about a measure after what was said: how to apply, and whether it combines if the document tells."""
    aspects = []
    if measure.apply is None or unstopped(measure.apply) not in said:
        aspects.append("how_to_apply")
    if measure.combine and unstopped(measure.combine) not in said:
        aspects.append("combine")
    return aspects
