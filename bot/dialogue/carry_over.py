"""Sessions from before a change of the knowledge, made fit for the knowledge as it is now."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.content.fact import Fact, FactType
from bot.content.knowledge import Knowledge
from bot.dialogue.choice import GONE, Choice
from bot.dialogue.decision import Decision, Overview, RefuseElsewhere, RefusePlace, RefuseTopic, RefuseUnsure, Say, shown_entries
from bot.dialogue.interview_decision import InterviewDecision
from bot.dialogue.outcome import Outcome
from bot.dialogue.questionnaire import Clash, Questionnaire, Waiting
from bot.dialogue.said_verdict import SaidVerdict
from bot.dialogue.session import Remembered, Session
from bot.eligibility.answers import ELSEWHERE, NEVER, NO, YES, Absence, Answer, Days, Members, OneOf, Span, Within
from bot.eligibility.next_question import Question
from bot.eligibility.ticking import Item

_ALL_GONE = frozenset(("forgotten", "restarted"))
_IN_VAIN = frozenset(("nothing_pending", "none_of_these", "choice_unknown", "choice_gone", "nothing_to_repeat", "no_more"))


class CarryOver:
    """Carries sessions over to a snapshot of the knowledge. Build once for it."""

    def __init__(self, knowledge: Knowledge, entries: Collection[str], judged: Collection[str]) -> None:
        """Know what there is: ``entries`` can be found, and of them ``judged`` be judged."""
        self._facts = {fact.id: fact for fact in knowledge.facts.values() if fact.derived is None}
        self._regions = knowledge.regions.names
        self._policies = {policy.id for policy in knowledge.policies()}
        self._topics = {topic.id for topic in knowledge.lexicon.not_covered}
        self._entries = frozenset(entries)
        self._judged = tuple(judged)

    def fit(self, session: Session) -> tuple[Session, bool]:
        """The session with what still holds, and whether something of a questionnaire in progress was lost.

        Then the questionnaire is put aside, or gone if nothing it judged is left, and no choice is open. Else numbers of open choices mean
        what they meant.
        """
        before = session.questionnaire
        after = self._questionnaire(before) if before is not None else None
        lost = before is not None and (after is None or _lost(before, after))
        if after is not None and lost:
            after = replace(after, waiting=Waiting.PAUSED, question=None, ticks=frozenset(), clash=None, changing=None)
        last = session.last if session.last is not None and not lost and self._can_be_said(session.last, after) else None
        fitted = replace(
            session,
            region=session.region if session.region in self._regions else None,
            about=tuple(entry_id for entry_id in session.about if entry_id in self._entries),
            offered=() if lost else tuple(self._choice(choice, after) for choice in session.offered),
            last=last,
            shown=session.shown if last is not None else 0,
            questionnaire=after,
        )
        return fitted, lost

    def _questionnaire(self, state: Questionnaire) -> Questionnaire | None:
        """What still holds of a questionnaire; None if nothing it judged is left."""
        scope = self._scope(state)
        if state.scope and not scope:
            return None
        answers, heard = self._fitting(state.answers), self._fitting(state.heard)
        taken_back = {fact for fact in state.answers if fact not in answers}
        asked = (tuple(fact for fact in facts if fact in self._facts and fact not in taken_back) for facts in state.asked)
        question = self._question(state.question, scope) if state.question is not None else None
        return replace(
            state,
            scope=scope,
            answers=answers,
            asked=tuple(facts for facts in asked if facts),
            question=question,
            ticks=state.ticks if question is not None else frozenset(),
            heard=heard,
            clash=state.clash if state.clash is not None and self._can_clash(state.clash, answers) else None,
        )

    def _scope(self, state: Questionnaire) -> tuple[str, ...]:
        """The measures judged: one as long as it is there, else all there are by now in the same policies."""
        if state.single:
            return tuple(entry_id for entry_id in state.scope if entry_id in self._judged)
        policies = {entry_id.partition("/")[0] for entry_id in state.scope}
        return tuple(entry_id for entry_id in self._judged if entry_id.partition("/")[0] in policies)

    def _question(self, question: Question, scope: Collection[str]) -> Question | None:
        """A question exactly as it was asked, if it can still be answered so and matters to a measure."""
        decides = tuple(entry_id for entry_id in question.decides if entry_id in scope)
        facts = [self._facts.get(fact) for fact in question.facts]
        possible = all(fact is not None for fact in facts) and all(self._is_item(item) for item in question.items)
        first = facts[0]
        if not possible or first is None or not decides or not all(self._fits(first, cell) for cell in question.cells):
            return None
        return replace(question, decides=decides)

    def _fitting(self, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        return {fact: answer for fact, answer in answers.items() if fact in self._facts and self._fits(self._facts[fact], answer)}

    def _fits(self, fact: Fact, answer: Answer) -> bool:
        """Whether an answer is one to this fact."""
        options = {YES, NO} if fact.type is FactType.BOOL else {option.id for option in fact.options}
        match answer:
            case Absence():
                return True
            case OneOf(ids=ids):
                return fact.type in {FactType.BOOL, FactType.ENUM} and bool(ids) and ids <= options
            case Members(has=has, lacks=lacks):
                return fact.type is FactType.SET and has | lacks <= options
            case Span(low=low, high=high):
                most = fact.highest
                return fact.type in {FactType.INTEGER, FactType.MONEY} and (most is None or (low if high is None else high) <= most)
            case Days(high=high):
                return fact.type is FactType.DATE and (high != NEVER or fact.never is not None)
            case Within(code=code):
                return fact.type is FactType.REGION and (code == ELSEWHERE or code in self._regions)

    def _is_item(self, item: Item) -> bool:
        fact = self._facts.get(item.fact_id)
        if fact is None:
            return False
        if item.member is None:
            return fact.type is FactType.BOOL
        return fact.type is FactType.SET and item.member in {option.id for option in fact.options}

    def _can_clash(self, clash: Clash, answers: Mapping[str, Answer]) -> bool:
        return clash.fact_id in self._facts and self._fits(self._facts[clash.fact_id], clash.answer) and clash.other in answers

    def _can_be_said(self, last: Remembered, state: Questionnaire | None) -> bool:
        """Whether what was told last can be told again."""
        region = getattr(last, "region", None)
        if (region is not None and region not in self._regions) or not self._entries.issuperset(shown_entries(last)):
            return False
        match last:
            case SaidVerdict(entry_id=entry_id, noted=noted):
                is_there = state is not None and (entry_id is None or entry_id in state.scope)
                return is_there and self._fitting(noted).keys() == noted.keys()
            case Overview(policy_id=policy_id):
                return policy_id in self._policies
            case RefuseElsewhere(entry_id=entry_id):
                return entry_id in self._entries
            case RefuseTopic(topic_id=topic_id):
                return topic_id in self._topics
            case RefusePlace(code=code, near=near):
                return code in self._regions and self._policies.issuperset(near)
        return True

    def _choice(self, choice: Choice, state: Questionnaire | None) -> Choice:
        """A choice, or in its place one that tells that it is gone, so that the numbers stay."""
        name, _, target = choice.id.partition(":")
        match name:
            case "measure":
                is_there = target in self._entries
            case "overview":
                is_there = target in self._policies
            case "check":
                is_there = not target or target in self._judged
            case "judged":
                is_there = state is not None and target in state.scope
            case "change":
                is_there = state is not None and target in state.answers
            case "fact":
                is_there = state is not None and state.question is not None and target.partition(":")[0] in state.question.facts
            case _:
                is_there = True
        return choice if is_there else Choice(GONE, choice.label)


def _lost(before: Questionnaire, after: Questionnaire) -> bool:
    """Whether an answer, what was heard, or what was waited for is no longer there."""
    fewer = len(after.answers) < len(before.answers) or len(after.heard) < len(before.heard)
    question = before.waiting is Waiting.ANSWER and after.question is None
    return fewer or question or (before.waiting is Waiting.CLASH and after.clash is None)


def news_of_change(session: Session, decision: Decision) -> str | None:
    """The wording key that tells that new content cost a session something, before a decision about the next message is told.

    None before what must come first or makes it pointless: help in despair, and everything forgotten.
    """
    if decision.outcome is Outcome.CRISIS or (isinstance(decision, Say) and decision.key in _ALL_GONE):
        return None
    if session.questionnaire is None:
        return "knowledge_changed_gone"
    return "knowledge_changed_on" if isinstance(decision, InterviewDecision) else "knowledge_changed"


def is_answer_in_vain(decision: Decision) -> bool:
    """Whether a message said something to what is not there any more: to a question, a list, or what was told last."""
    return isinstance(decision, RefuseUnsure) or (isinstance(decision, Say) and decision.key in _IN_VAIN)
