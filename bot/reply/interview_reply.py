"""The questionnaire in words: questions with numbered answers, and what comes before them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date

from bot.content.knowledge import Knowledge
from bot.dialogue.choice import Choice
from bot.dialogue.interview_decision import (
    AskClash,
    AskConsent,
    AskEnded,
    AskFact,
    AskWhichAnswer,
    ConfirmHeard,
    Lead,
    OfferResults,
)
from bot.dialogue.keeping import Keeping
from bot.eligibility.answers import Answer, exactly
from bot.eligibility.next_question import Question
from bot.reply.fact_words import FactWords
from bot.reply.measure_lines import unstopped
from bot.reply.reply import Block, Reply

_MOST_NAMED = 3
_LEADS = {
    Lead.BEGIN: "interview_begin",
    Lead.MISREAD: "interview_misread",
    Lead.RESUMED: "interview_resumed",
    Lead.BACK: "interview_back",
    Lead.MOVED: "interview_moved",
    Lead.SPARED: "interview_spared",
    Lead.NOTHING_BEFORE: "interview_nothing_before",
    Lead.DECLINED: "interview_declined_heard",
}

Asking = AskFact | ConfirmHeard | AskEnded | AskConsent | OfferResults | AskClash | AskWhichAnswer


class InterviewReplies:
    """Writes what the questionnaire asks. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, words: FactWords, keeping: Keeping) -> None:
        """Prepare names; ``keeping`` is what is told of how long answers are kept."""
        self._keeping = asdict(keeping)
        self._say: Callable[..., str] = knowledge.wording.say
        self._words = words
        self._names = {f"{policy.id}/{measure.id}": measure.name for policy, measure in knowledge.measures()}
        self._policies = {policy.id: policy for policy in knowledge.policies()}

    def compose(self, decision: Asking, day: date) -> Reply:
        """The reply that asks."""
        match decision:
            case AskFact():
                return self._fact(decision, day)
            case ConfirmHeard(heard=heard):
                opening = [self._say("interview_heard", facts=self._words.told(heard))]
                return self._yes_no(decision, opening, "interview_heard_yes", "interview_heard_no")
            case AskEnded(policy_ids=ids):
                names = "、".join(self._policies[policy_id].short_name for policy_id in ids)
                return self._yes_no(decision, [self._say("interview_ended", policies=names)], "interview_ended_yes", "interview_ended_no")
            case AskConsent(noted=noted):
                opening = [*self._noted(noted), *self._say("interview_consent", **self._keeping).split("\n")]
                return self._yes_no(decision, opening, "interview_consent_yes", "interview_consent_no")
            case OfferResults(asked=asked, decided=decided, total=total, noted=noted):
                opening = [*self._noted(noted), self._say("interview_offer", asked=asked, decided=decided, total=total)]
                return self._yes_no(decision, opening, "interview_offer_yes", "interview_offer_no")
            case AskClash():
                return self._clash(decision)
            case AskWhichAnswer(answers=answers):
                return self._which(decision, answers)

    def _fact(self, decision: AskFact, day: date) -> Reply:
        question = decision.question
        lead = [*self._noted(decision.noted), *self._lead(decision.lead, question)]
        fact = self._words.facts[question.fact_id]
        if question.items:
            return self._list(decision, lead)
        choices = [
            Choice(f"fact:{question.fact_id}:{index}", self._words.cell(question.fact_id, cell, day))
            for index, cell in enumerate(question.cells)
        ]
        offered = [*choices, *self._ways_out(question)]
        if decision.number is not None and 0 < decision.number <= len(offered):
            many = Choice(f"fact:{question.fact_id}:={decision.number}", self._words.answer(question.fact_id, exactly(decision.number)))
            offered = [many, offered[decision.number - 1]]
        return _asked(decision, lead, [fact.ask or fact.name], offered, self._say)

    def _list(self, decision: AskFact, lead: list[str]) -> Reply:
        question = decision.question
        first = question.fact_id
        if decision.ticks:
            lead = [
                *lead,
                self._say(
                    "interview_tick_more", names="、".join(self._words.item(question.items[index]) for index in sorted(decision.ticks))
                ),
            ]
        alone = len(question.items) == 1
        ask = [] if decision.ticks else [self._say("interview_tick_one" if alone else "interview_tick")]
        choices = [
            Choice(f"fact:{item.fact_id}:{index}", self._words.item(item))
            for index, item in enumerate(question.items)
            if index not in decision.ticks
        ]
        end = Choice(f"fact:{first}:done", self._say("interview_tick_done")) if decision.ticks else None
        choices.append(end or Choice(f"fact:{first}:none", self._say("interview_tick_one_no" if alone else "interview_tick_none")))
        return _asked(decision, lead, ask, [*choices, *self._ways_out(question)], self._say)

    def _ways_out(self, question: Question) -> list[Choice]:
        found = [Choice(f"fact:{question.fact_id}:unsure", self._say("interview_unsure"))]
        if self._words.facts[question.fact_id].sensitive:
            found.append(Choice(f"fact:{question.fact_id}:declined", self._say("interview_declined")))
        return [*found, Choice("q:results", self._say("interview_see_results"))]

    def _lead(self, lead: Lead, question: Question) -> list[str]:
        match lead:
            case Lead.NONE:
                return []
            case Lead.WHY:
                names = "、".join(self._names[entry_id] for entry_id in question.decides[:_MOST_NAMED])
                key = "interview_why_some" if len(question.decides) > _MOST_NAMED else "interview_why"
                why = "".join(dict.fromkeys(self._words.facts[fact].why or "" for fact in question.facts))
                return [self._say(key, why=why, count=len(question.decides), names=names)]
            case Lead.HOW:
                facts = [self._words.facts[fact] for fact in question.facts]
                if len(facts) == 1:
                    return [self._say("interview_how", text=facts[0].find_out)]
                return [self._say("judgement_how", name=fact.name, text=unstopped(fact.find_out or "")) for fact in facts]
            case Lead.NUMBER_OR_CHOICE:
                return [self._say("interview_number_or_choice", unit=self._words.facts[question.fact_id].unit)]
        return [self._say(_LEADS[lead])]

    def _noted(self, noted: Mapping[str, Answer]) -> list[str]:
        return [self._say("interview_noted", facts=self._words.noted(noted))] if noted else []

    def _clash(self, decision: AskClash) -> Reply:
        clash = decision.clash
        now = self._words.told({clash.fact_id: clash.answer})
        before = self._words.told({clash.other: decision.before})
        choices = [
            Choice("q:yes", self._say("interview_clash_now", fact=now)),
            Choice("q:no", self._say("interview_clash_before", fact=before)),
            Choice("q:unsure", self._say("interview_unsure")),
        ]
        return _asked(decision, [], [self._say("interview_clash", before=before, now=now)], choices, self._say)

    def _which(self, decision: AskWhichAnswer, answers: Mapping[str, Answer]) -> Reply:
        if not answers:
            return Reply(decision.outcome, (Block((self._say("interview_which_none"),)),))
        choices = [Choice(f"change:{fact}", self._words.told({fact: answer})) for fact, answer in answers.items()]
        choices.append(Choice("q:keep", self._say("interview_which_keep")))
        return _asked(decision, [], [self._say("interview_which")], choices, self._say)

    def _yes_no(self, decision: Asking, opening: Iterable[str], yes: str, no: str) -> Reply:
        return _asked(decision, [], list(opening), [Choice("q:yes", self._say(yes)), Choice("q:no", self._say(no))], self._say)


def _asked(decision: Asking, lead: list[str], ask: list[str], choices: list[Choice], say: Callable[..., str]) -> Reply:
    lines = [say("choice_line", number=number, label=choice.label) for number, choice in enumerate(choices, 1)]
    blocks = [Block(tuple(lead))] if lead else []
    return Reply(decision.outcome, (*blocks, Block((*ask, *lines))), tuple(choices))
