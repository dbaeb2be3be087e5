"""Decision to reply: which paragraphs, in which order, in the words of ``knowledge/wording``."""

from collections.abc import Iterable
from datetime import date

from bot.content.knowledge import Knowledge
from bot.content.measure import Measure, Standing
from bot.content.policy import Clause, Policy, Successor, Validity
from bot.content.region import contains
from bot.dialogue.choice import Choice
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
    Say,
)
from bot.dialogue.outcome import Outcome
from bot.reply.figures import amount_line, say_amount
from bot.reply.reply import Block, Reply

_OLD_AFTER_YEARS = 5
_BODY = 210
"""Characters the body of one measure aims at; details the question touches may go beyond."""
_TOUCHES = 2
_REMINDERS = 2
_ASPECT_CHOICES = {
    "how_much": "next_how_much",
    "conditions": "next_conditions",
    "how_to_apply": "next_how",
    "where": "next_where",
    "until_when": "next_valid",
}


class Composer:
    """Writes replies. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Prepare lookups by entry."""
        self._wording = knowledge.wording
        self._say = knowledge.wording.say
        self._regions = knowledge.regions
        self._contacts = knowledge.contacts
        self._offices = {office.id: office for office in knowledge.contacts.offices}
        self._topics = {topic.id: topic for topic in knowledge.lexicon.not_covered}
        self._policies = {policy.id: policy for policy in knowledge.policies()}
        self._measures = {f"{policy.id}/{measure.id}": (policy, measure) for policy, measure in knowledge.measures()}
        self._clauses = {f"{policy.id}/{clause.id}": (policy, clause) for policy in knowledge.policies() for clause in policy.clauses}

    def compose(self, decision: Decision, day: date) -> Reply:
        """The reply to a decision, as it reads on a day."""
        match decision:
            case Answer():
                return self._answer(decision, day)
            case Clarify(entry_ids=ids):
                return self._clarify(ids, day)
            case ByRegion(entry_ids=ids):
                return self._by_region(ids, day)
            case AskRegion():
                return self._plain(Outcome.CLARIFY, (self._say("ask_region"), self._say("ask_region_short", areas=self._areas())))
            case Overview():
                return self._overview(decision, day)
            case RefuseTopic() | RefusePlace() | RefuseUnsure():
                return self._refuse(decision)
            case Say():
                return self._fixed(decision, day)

    # answers

    def _answer(self, decision: Answer, day: date) -> Reply:
        if len(decision.parts) > 1:
            return self._several(decision, day)
        part = decision.parts[0]
        policy = self._policy_of(part.entry_id)
        blocks: list[Block] = []
        validity = policy.validity_on(day)
        if validity is Validity.ENDED:
            blocks.append(Block((*self._ended(policy), self._say("ended_then"))))
        elif validity is Validity.NOT_YET and policy.valid.from_:
            blocks.append(Block((self._say("not_yet", **{"from": self._date(policy.valid.from_)}),)))
        if part.entry_id in self._measures:
            _, measure = self._measures[part.entry_id]
            blocks.append(Block(tuple(self._measure_lines(policy, measure, part, decision))))
            contacts, section = measure.contacts, measure.source.section
        elif part.entry_id in self._clauses:
            _, clause = self._clauses[part.entry_id]
            blocks.append(Block((*part.corrections, clause.text)))
            contacts, section = clause.contacts or ("dpf", "hrss"), clause.source.section
        else:
            blocks.append(Block((*part.corrections, *self._policy_lines(policy))))
            contacts, section = ("dpf", "hrss"), ""
        status = [*self._area_note(policy, decision.region), *self._status(policy, day)]
        if status:
            blocks.append(Block(tuple(status)))
        blocks.append(Block((*self._contact_lines(policy, contacts, decision.region), self._say("final_word"))))
        if section:
            blocks.append(Block((self._say("source_line", policy=policy.title, section=section),)))
        if decision.ask_region:
            blocks.append(Block((self._say("by_region_ask"),)))
        choices = [self._measure_choice(entry_id) for entry_id in decision.also]
        if part.entry_id in self._measures:
            asked = set(decision.aspects) | {"where"}
            choices += [Choice(f"aspect:{aspect}", self._say(key)) for aspect, key in _ASPECT_CHOICES.items() if aspect not in asked][:2]
        choices.append(Choice(f"overview:{policy.id}", self._say("next_other_topics")))
        heading = (self._say("also_likely"),) if decision.also else (self._say("next_heading"),)
        return self._with_choices(decision.outcome, blocks, choices, heading)

    def _several(self, decision: Answer, day: date) -> Reply:
        policies = list(dict.fromkeys(self._policy_of(part.entry_id).id for part in decision.parts))
        blocks: list[Block] = []
        opening = []
        for policy_id in policies:
            if self._policies[policy_id].validity_on(day) is Validity.ENDED:
                opening.extend(self._ended(self._policies[policy_id]))
        if opening:
            blocks.append(Block((*opening, self._say("ended_then"))))
        lead = "several_opening" if decision.manner is Manner.SEVERAL else "compare_opening"
        for position, part in enumerate(decision.parts):
            policy = self._policy_of(part.entry_id)
            head = [self._say(lead)] if position == 0 else []
            place = f"{policy.place}——" if len(policies) > 1 else ""
            head.append(f"{position + 1}. {place}{self._name(part.entry_id)}")
            if part.entry_id in self._measures:
                _, measure = self._measures[part.entry_id]
                head += self._brief_lines(measure, part, decision.aspects, decision.question)
            elif part.entry_id in self._clauses:
                head += [*part.corrections, self._clauses[part.entry_id][1].text]
            else:
                head += [*part.corrections, policy.overview]
            blocks.append(Block(tuple(head)))
        status = [
            line
            for policy_id in policies
            for line in (*self._area_note(self._policies[policy_id], decision.region), *self._status(self._policies[policy_id], day))
        ]
        if status:
            blocks.append(Block(tuple(dict.fromkeys(status))))
        for policy_id in policies:
            policy = self._policies[policy_id]
            parts = [part for part in decision.parts if self._policy_of(part.entry_id).id == policy_id]
            contacts = tuple(dict.fromkeys(office for part in parts for office in self._contacts_of(part.entry_id)))
            sections = "、".join(dict.fromkeys(self._section_of(part.entry_id) for part in parts if self._section_of(part.entry_id)))
            source = (self._say("source_line", policy=policy.title, section=sections),) if sections else ()
            blocks.append(Block((*self._contact_lines(policy, contacts, decision.region), *source)))
        blocks.append(Block((self._say("final_word"),)))
        choices = [self._measure_choice(part.entry_id) for part in decision.parts if part.entry_id in self._measures]
        return self._with_choices(decision.outcome, blocks, choices, (self._say("next_heading"),))

    def _measure_lines(self, policy: Policy, measure: Measure, part: Part, decision: Answer) -> list[str]:
        """What is asked first, then what everyone must know, then as many details as fit, those the question touches before others."""
        first = self._first_words(part)
        for aspect in decision.aspects:
            first += self._aspect_lines(measure, aspect)
        first += [
            amount_line(amount, self._wording)
            for amount in measure.amounts
            if not amount.not_stated or amount.note or amount.label not in measure.summary
        ]
        first.append(f"{measure.name}：{measure.summary}")
        first += self._standing(measure)
        first += self._conditions(measure)
        details = [self._say("note_line", text=_unstopped(note)) for note in measure.notes]
        for value, key in (
            (measure.duration, "duration_line"),
            (measure.use, "use_line"),
            (measure.apply, "apply_line"),
            (measure.combine, "combine_line"),
            (measure.department, "department_line"),
        ):
            if value:
                details.append(self._say(key, text=_unstopped(value)))
        details += self._reminders(policy, measure)
        lines = list(dict.fromkeys(first))
        room = _BODY - sum(map(len, lines))
        touched = sorted(details, key=lambda line: -_shared(line, decision.question, measure.summary) - any(map(str.isdigit, line)))
        for line in touched:
            if line in lines:
                continue
            if len(line) <= room or _shared(line, decision.question, measure.summary) >= _TOUCHES:
                lines.append(line)
                room -= len(line)
        return lines

    def _brief_lines(self, measure: Measure, part: Part, aspects: tuple[str, ...], question: str) -> list[str]:
        lines = [*self._first_words(part), measure.summary]
        lines += self._amount_lines(measure)
        for aspect in aspects:
            if aspect not in {"how_much", "compare"}:
                lines += self._aspect_lines(measure, aspect)
        if "conditions" not in aspects:
            lines += self._conditions(measure)
        notes = [self._say("note_line", text=_unstopped(note)) for note in measure.notes]
        lines += notes[:1] + [note for note in notes[1:] if _shared(note, question, measure.summary) >= _TOUCHES]
        return list(dict.fromkeys(lines))

    def _first_words(self, part: Part) -> list[str]:
        lines = list(part.corrections)
        if part.repaid:
            lines.append(self._say("loan_is_repaid"))
        elif part.unconditional:
            lines.append(self._say("not_unconditional"))
        return lines

    def _aspect_lines(self, measure: Measure, aspect: str) -> list[str]:
        match aspect:
            case "how_much":
                return self._amount_lines(measure)
            case "conditions":
                return self._conditions(measure) or [self._say("conditions_none")]
            case "how_to_apply":
                return [self._say("apply_line", text=_unstopped(measure.apply)) if measure.apply else self._say("apply_none")]
            case "use":
                return [self._say("use_line", text=_unstopped(measure.use)) if measure.use else self._say("use_none")]
            case "duration":
                return [self._say("duration_line", text=_unstopped(measure.duration)) if measure.duration else self._say("duration_none")]
            case "combine":
                return [self._say("combine_line", text=_unstopped(measure.combine)) if measure.combine else self._say("combine_none")]
            case "where":
                return [self._say("department_line", text=_unstopped(measure.department))] if measure.department else []
            case _:
                return []

    def _amount_lines(self, measure: Measure) -> list[str]:
        return [amount_line(amount, self._wording) for amount in measure.amounts]

    def _conditions(self, measure: Measure) -> list[str]:
        if not measure.conditions:
            return []
        return [self._say("conditions_one", text="；".join(_unstopped(condition) for condition in measure.conditions))]

    def _standing(self, measure: Measure) -> list[str]:
        key = {
            Standing.ENCOURAGED: "standing_encouraged",
            Standing.OBLIGATION: "standing_obligation",
            Standing.TARGET: "standing_target",
        }.get(measure.standing)
        return [self._say(key)] if key else []

    def _reminders(self, policy: Policy, measure: Measure) -> list[str]:
        found = [
            clause.reminder
            for clause in policy.clauses
            if clause.reminder and (measure.code in clause.codes or measure.kind in clause.kinds)
        ]
        return found[:_REMINDERS]

    # validity

    def _ended(self, policy: Policy) -> list[str]:
        assert policy.valid.to is not None
        lines = [self._say("ended_opening", policy=policy.short_name, to=self._date(policy.valid.to))]
        titles = _titles(successor for successor in policy.successors if successor.relation == "may_replace")
        lines.append(self._say("ended_successor", titles=titles) if titles else self._say("ended_no_successor"))
        return lines

    def _status(self, policy: Policy, day: date) -> list[str]:
        match policy.validity_on(day):
            case Validity.IN_FORCE if policy.valid.to:
                return [self._say("in_force_until", to=self._date(policy.valid.to))]
            case Validity.NOT_STATED:
                years = day.year - policy.written_year
                beside = _titles(successor for successor in policy.successors if successor.relation == "runs_beside")
                newer = _titles(successor for successor in policy.successors if successor.relation == "may_replace")
                lines = [
                    self._say("not_stated_old", year=policy.written_year, years=years)
                    if years >= _OLD_AFTER_YEARS
                    else self._say("not_stated_recent")
                ]
                if newer and years >= _OLD_AFTER_YEARS:
                    lines.append(self._say("ended_successor", titles=newer))
                if beside:
                    lines.append(self._say("runs_beside", titles=beside))
                return lines
            case _:
                return []

    def _status_word(self, policy: Policy, day: date) -> str:
        match policy.validity_on(day):
            case Validity.ENDED:
                return self._say("status_ended")
            case Validity.NOT_STATED:
                return self._say("status_not_stated")
            case _:
                return self._say("status_in_force")

    # several regions, overview, clarify

    def _clarify(self, ids: tuple[str, ...], day: date) -> Reply:
        policy = self._policy_of(ids[0])
        blocks = []
        if policy.validity_on(day) is Validity.ENDED:
            blocks.append(Block(tuple(self._ended(policy))))
        lines = [self._say("clarify_opening")]
        for number, entry_id in enumerate(ids, 1):
            lines.append(self._say("brief_line", number=number, name=self._name(entry_id), summary=self._summary(entry_id)))
        lines.append(f"{len(ids) + 1}. {self._say('clarify_none_label')}")
        lines.append(self._say("clarify_closing"))
        blocks.append(Block(tuple(lines)))
        status = self._status(policy, day)
        if status:
            blocks.append(Block(tuple(status)))
        choices = (
            *(Choice(f"measure:{entry_id}", self._name(entry_id)) for entry_id in ids),
            Choice("none:", self._say("clarify_none_label")),
        )
        return Reply(Outcome.CLARIFY, tuple(blocks), choices)

    def _by_region(self, ids: tuple[str, ...], day: date) -> Reply:
        lines = [self._say("by_region_opening")]
        for number, entry_id in enumerate(ids, 1):
            policy = self._policy_of(entry_id)
            line = self._say(
                "by_region_line",
                area=policy.place,
                name=self._name(entry_id),
                summary=self._summary(entry_id),
                status=self._status_word(policy, day),
            )
            lines.append(f"{number}. {line}")
        blocks = [Block((self._say("by_region_ask"),)), Block(tuple(lines)), Block((self._say("choice_hint"),))]
        choices = tuple(Choice(f"measure:{entry_id}", f"{self._policy_of(entry_id).place}：{self._name(entry_id)}") for entry_id in ids)
        return Reply(Outcome.CLARIFY, tuple(blocks), choices)

    def _overview(self, decision: Overview, day: date) -> Reply:
        policy = self._policies[decision.policy_id]
        blocks = []
        if policy.validity_on(day) is Validity.ENDED:
            blocks.append(Block((*self._ended(policy), self._say("ended_then"))))
        lines = [self._say("general_opening", policy=policy.short_name)]
        for number, entry_id in enumerate(decision.entry_ids, 1):
            _, measure = self._measures[entry_id]
            amount = "；".join(say_amount(amount, self._wording) for amount in measure.amounts[:1] if not amount.not_stated)
            lines.append(f"{self._say('general_line', number=number, name=measure.name)}{f'：{amount}' if amount else ''}")
        blocks.append(Block((*lines, self._say("general_closing"))))
        status = [*self._area_note(policy, decision.region), *self._status(policy, day)]
        if status:
            blocks.append(Block(tuple(status)))
        blocks.append(Block((*self._contact_lines(policy, ("dpf", "hrss"), decision.region), self._say("final_word"))))
        choices = tuple(Choice(f"measure:{entry_id}", self._name(entry_id)) for entry_id in decision.entry_ids)
        return Reply(Outcome.ANSWER, tuple(blocks), choices)

    # refusals and fixed replies

    def _refuse(self, decision: RefuseTopic | RefusePlace | RefuseUnsure) -> Reply:
        hotlines = self._say("refuse_hotlines")
        match decision:
            case RefuseTopic(topic_id="off-topic"):
                return self._plain(Outcome.REFUSE, (self._say("refuse_off_topic"), self._say("ask_region_short", areas=self._areas())))
            case RefuseTopic(topic_id=topic_id):
                topic = self._topics[topic_id]
                return self._plain(
                    Outcome.REFUSE, (self._say("refuse_not_covered", topic=topic.name, ask=topic.ask), self._say("refuse_off_topic_rest"))
                )
            case RefusePlace(code=code, near=near):
                place = self._regions.full_name(code)
                lines = [
                    self._say(
                        "refuse_place_near", place=place, area=self._policies[policy_id].place, coverage=self._policies[policy_id].coverage
                    )
                    for policy_id in near
                ]
                if not lines:
                    lines = [self._say("refuse_place", place=place, areas=self._areas())]
                return self._plain(Outcome.REFUSE, (*lines, self._say("refuse_place_ask"), hotlines))
            case RefuseUnsure(region=region, nearest=nearest):
                opening = self._say("refuse_unsure_region", area=self._regions.name(region)) if region else self._say("refuse_unsure")
                blocks = [Block((opening, hotlines))]
                if not nearest:
                    return Reply(Outcome.REFUSE, (*blocks, Block((self._say("ask_region_short", areas=self._areas()),))))
                choices = [Choice(f"measure:{entry_id}", self._name(entry_id)) for entry_id in nearest]
                return self._with_choices(Outcome.REFUSE, blocks, choices, (self._say("refuse_nearest"),))

    def _fixed(self, decision: Say, day: date) -> Reply:
        values = {
            "areas": self._areas(),
            "as_of": self._date(day),
            "area": self._regions.full_name(decision.region) if decision.region else "",
            "count": decision.count,
        }
        lines = self._say(decision.key, **values).split("\n")
        if decision.key == "crisis":
            return Reply(decision.outcome, (Block(tuple(lines)), Block((self._say("crisis_later"),))))
        return Reply(decision.outcome, (Block(tuple(lines)),))

    def extra(self, key: str, **values: object) -> Block:
        """A line added to a reply, such as the note that a number was masked."""
        return Block((self._say(key, **values),))

    # pieces

    def _date(self, day: date) -> str:
        return self._say("date", year=day.year, month=day.month, day=day.day)

    def _plain(self, outcome: Outcome, lines: Iterable[str]) -> Reply:
        return Reply(outcome, tuple(Block((line,)) for line in lines))

    def _with_choices(self, outcome: Outcome, blocks: list[Block], choices: list[Choice], heading: tuple[str, ...]) -> Reply:
        lines = [*heading, *(self._say("choice_line", number=number, label=choice.label) for number, choice in enumerate(choices, 1))]
        return Reply(outcome, (*blocks, Block((*lines, self._say("choice_hint")))), tuple(choices))

    def _measure_choice(self, entry_id: str) -> Choice:
        return Choice(f"measure:{entry_id}", self._name(entry_id))

    def _contact_lines(self, policy: Policy, offices: Iterable[str], region: str | None) -> list[str]:
        lines = []
        for office_id in tuple(offices)[:2]:
            office = self._offices[office_id]
            phone = office.hotline
            if phone == "12333" and (area_code := self._area_code(region or policy.regions[0])):
                phone = self._say("office_phone_far", phone=phone, area_code=area_code)
            name = office.name if office_id == "hotline" else f"{policy.place}{office.name}"
            lines.append(self._say("contact_line", office=name, phone=phone))
        if not any("12345" in line for line in lines):
            lines.append(self._say("contact_fallback"))
        return list(dict.fromkeys(lines))

    def _area_code(self, region: str) -> str | None:
        codes = self._contacts.area_codes
        return codes.get(region) or codes.get(region[:4] + "00")

    def _area_note(self, policy: Policy, region: str | None) -> list[str]:
        """A reminder where the person's place is larger than the policy's area."""
        if region is None or any(contains(code, region) for code in policy.regions):
            return []
        return [self._say("own_area_note", area=self._regions.name(region), coverage=policy.coverage)]

    def _policy_lines(self, policy: Policy) -> list[str]:
        lines = [self._say("policy_overview", title=policy.title, overview=policy.overview), policy.coverage]
        lines.append(self._say("policy_number", number=policy.number) if policy.number else self._say("policy_number_unknown"))
        lines.append(self._say("policy_issuers", issuers="、".join(policy.issuers)))
        if policy.date_note:
            lines.append(self._say("policy_date", text=_unstopped(policy.date_note)))
        lines.append(policy.valid.basis.rstrip("。") + "。")
        if policy.repeals:
            lines.append(self._say("policy_repeals", documents="、".join(policy.repeals)))
        lines.append(self._say("policy_silent", text=policy.silent))
        return lines

    def _areas(self) -> str:
        return "、".join(policy.place for policy in self._policies.values())

    def _policy_of(self, entry_id: str) -> Policy:
        return self._policies[entry_id.partition("/")[0]]

    def _entry(self, entry_id: str) -> Measure | Clause | Policy:
        if entry_id in self._measures:
            return self._measures[entry_id][1]
        if entry_id in self._clauses:
            return self._clauses[entry_id][1]
        return self._policies[entry_id]

    def _name(self, entry_id: str) -> str:
        entry = self._entry(entry_id)
        return entry.short_name if isinstance(entry, Policy) else entry.name

    def _summary(self, entry_id: str) -> str:
        entry = self._entry(entry_id)
        return entry.summary if isinstance(entry, Measure) else entry.text if isinstance(entry, Clause) else entry.overview

    def _contacts_of(self, entry_id: str) -> tuple[str, ...]:
        entry = self._entry(entry_id)
        return ("dpf", "hrss") if isinstance(entry, Policy) else entry.contacts or ("dpf", "hrss")

    def _section_of(self, entry_id: str) -> str:
        entry = self._entry(entry_id)
        return "" if isinstance(entry, Policy) else entry.source.section


def _shared(line: str, question: str, summary: str) -> int:
    """How many neighbouring pairs of characters a line has in common with the question that the summary has not."""
    pairs = {question[index : index + 2] for index in range(len(question) - 1)}
    return sum(1 for pair in pairs if pair in line and pair not in summary)


def _unstopped(text: str) -> str:
    return text.rstrip("。；;，,")


def _titles(successors: Iterable[Successor]) -> str:
    return "、".join(f"《{one.title}》{one.number or ''}" for one in successors)
