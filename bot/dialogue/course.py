"""The course of a questionnaire: answers taken, the next question, results when nothing is left to ask."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from bot.content.knowledge import Knowledge
from bot.dialogue.decision import Decision
from bot.dialogue.interview_decision import (
    AskClash,
    AskConsent,
    AskFact,
    AskWhichAnswer,
    Lead,
    OfferResults,
    ShowFailing,
    ShowJudgement,
    ShowResults,
    ShowSheet,
)
from bot.dialogue.questionnaire import Clash, Questionnaire, Waiting
from bot.dialogue.said_verdict import SaidVerdict, Side
from bot.dialogue.session import Session
from bot.eligibility.answers import ELSEWHERE, Absence, Answer, Members, Within, disjoint
from bot.eligibility.judge import Judge
from bot.eligibility.next_question import Asker, Question
from bot.eligibility.verdict import Judgement, Verdict
from bot.eligibility.view import View

PLACE = "place"
"""The fact that is known before anything is asked."""

OFFER_AFTER = 6
"""Results are offered after so many questions,"""
_OFFER_SHARE = 0.8
"""or once this share of the measures is decided."""
_MOST_TIMES_ASKED = 2

Told = tuple[Decision, Session]


class Course:
    """Takes answers and goes on. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Prepare rules and questions."""
        self.judge = Judge(knowledge)
        self._asker = Asker(self.judge)

    def about(self, facts: tuple[str, ...], state: Questionnaire, day: date) -> Question:
        """The question about facts as it would be asked if nothing were known of them."""
        answers = {fact: answer for fact, answer in state.answers.items() if fact not in facts}
        return self._asker.about(facts, View(self.judge.book, answers, day), state.scope)

    def which(self, session: Session, state: Questionnaire) -> Told:
        """The question which answer is to be changed."""
        changeable = {fact: answer for fact, answer in state.answers.items() if fact != PLACE}
        return AskWhichAnswer(changeable), session

    def ask_again(self, session: Session, state: Questionnaire, fact: str, day: date) -> Told:
        """One answer asked for anew; the old one holds until there is another."""
        question = self.about((fact,), state, day)
        changing = state.changing or state.waiting
        changed = replace(state, question=question, waiting=Waiting.ANSWER, ticks=frozenset(), changing=changing)
        return AskFact(question), replace(session, questionnaire=changed, last=None)

    def store(
        self,
        session: Session,
        state: Questionnaire,
        new: Mapping[str, Answer],
        day: date,
        *,
        asked: bool = True,
        instead: Collection[str] = (),
    ) -> Told:
        """Answers taken, unless they do not go with what was said before; those ``instead`` take the place of earlier ones."""
        question = state.question
        if asked and question is not None and state.changing is not None:
            asked, instead = False, {*instead, *question.facts}
        if state.waiting is Waiting.RESULTS:
            state = replace(state, changing=Waiting.RESULTS)
        history = (*state.asked, question.facts) if asked and question is not None else state.asked
        clash = self._clash({fact: answer for fact, answer in state.answers.items() if fact not in instead}, new)
        if clash is not None:
            kept = {fact: answer for fact, answer in new.items() if fact != clash.fact_id}
            changed = replace(
                state, answers={**state.answers, **kept}, asked=history, clash=clash, waiting=Waiting.CLASH, ticks=frozenset()
            )
            return AskClash(clash, {**new, **changed.answers}[clash.other]), replace(session, questionnaire=changed, last=None)
        whole = {fact: answer if fact in instead else _joined(state.answers.get(fact), answer) for fact, answer in new.items()}
        changed = replace(state, answers={**state.answers, **whole}, asked=history, ticks=frozenset())
        fresh = {fact: answer for fact, answer in new.items() if state.answers.get(fact) != answer}
        return self.advance(session, changed, day, noted=fresh)

    def _clash(self, before: Mapping[str, Answer], new: Mapping[str, Answer]) -> Clash | None:
        for fact, answer in new.items():
            old = before.get(fact)
            if answer == Within(ELSEWHERE):
                continue  # said of a place in the larger one told before
            if old is not None and not isinstance(old, Absence) and not isinstance(answer, Absence) and disjoint(old, answer):
                return Clash(fact, answer, fact)
        for first, second in self.judge.book.clashes({**before, **new}):
            for fact, other in ((first, second), (second, first)):
                if fact in new and other in {**before, **new}:
                    return Clash(fact, new[fact], other)
        return None

    def unclashed(self, session: Session, state: Questionnaire, clash: Clash, side: str, day: date) -> Told:
        """Two things at odds settled: ``yes`` for what was said now, ``no`` for what was said before, ``unsure`` for neither."""
        answers = dict(state.answers)
        if side == "yes":
            if clash.other != clash.fact_id:
                answers.pop(clash.other, None)
            answers[clash.fact_id] = clash.answer
        elif side == "unsure":
            answers[clash.other] = answers[clash.fact_id] = Absence.CONFLICT
        settled = clash.other if side == "no" else clash.fact_id
        noted = {settled: answers[settled]} if settled in answers else {}
        return self.advance(session, replace(state, answers=answers, clash=None), day, noted=noted)

    def advance(
        self, session: Session, state: Questionnaire, day: date, *, lead: Lead = Lead.NONE, noted: Mapping[str, Answer] | None = None
    ) -> Told:
        """The next question, an offer of results, or the results."""
        noted = noted or {}
        if Waiting.RESULTS in {state.waiting, state.changing}:
            return self.results(session, state, day, noted)
        session = replace(session, last=None)
        view = View(self.judge.book, state.answers, day)
        shut = self._shut(state)
        topic = self.judge.facts[state.asked[-1][0]].topic if state.asked else None
        question = self._asker.next(view, state.scope, shut=shut, topic=topic)
        if question is None:
            return self.results(session, state, day, noted)
        ticks = state.ticks if question == state.question else frozenset[int]()
        ready = replace(state, question=question, clash=None, changing=None, ticks=ticks)
        decided = self._decided(state, view)
        enough = len(state.asked) >= OFFER_AFTER or decided >= _OFFER_SHARE * len(state.scope)
        if enough and state.asked and not state.offered and not state.single:
            return (
                OfferResults(len(state.asked), decided, len(state.scope), noted),
                replace(session, questionnaire=replace(ready, waiting=Waiting.OFFER)),
            )
        if state.consent is None and self.judge.facts[question.fact_id].sensitive:
            return AskConsent(noted), replace(session, questionnaire=replace(ready, waiting=Waiting.CONSENT))
        return AskFact(question, lead, noted, ticks), replace(session, questionnaire=replace(ready, waiting=Waiting.ANSWER))

    def offer(self, state: Questionnaire, day: date) -> OfferResults:
        """The offer of results as things stand."""
        decided = self._decided(state, View(self.judge.book, state.answers, day))
        return OfferResults(len(state.asked), decided, len(state.scope))

    def _decided(self, state: Questionnaire, view: View) -> int:
        """The measures no answer would change any more; what was refused or is not known leaves a measure undecided."""
        return sum(self.judge.is_settled(self.judge.measures[entry_id], view) for entry_id in state.scope)

    def results(self, session: Session, state: Questionnaire, day: date, noted: Mapping[str, Answer] | None = None) -> Told:
        """The results as things stand."""
        after = replace(session, questionnaire=replace(state, waiting=Waiting.RESULTS, clash=None, changing=None))
        noted = noted or {}
        found = self.judged(state, day)
        if state.single and len(found) == 1:
            said = SaidVerdict(Side.JUDGED, found[0].entry_id, noted, alone=True)
            return ShowJudgement(found[0], self.is_open(state, day), noted, alone=True), replace(after, last=said, shown=0)
        policies = {entry_id.partition("/")[0] for entry_id in state.scope}
        not_judged = () if state.single else tuple(one for one in self.judge.not_individual if one.partition("/")[0] in policies)
        decision = ShowResults(found, not_judged, self.is_open(state, day), noted)
        return decision, replace(after, last=SaidVerdict(Side.RESULTS, noted=noted), shown=0)

    def result(self, session: Session, state: Questionnaire, entry_id: str, day: date, noted: Mapping[str, Answer] | None = None) -> Told:
        """One of the results in full."""
        said = SaidVerdict(Side.JUDGED, entry_id, noted or {}, alone=state.single)
        judgement = self.judge.judge(entry_id, View(self.judge.book, state.answers, day))
        decision = ShowJudgement(judgement, self.is_open(state, day), said.noted, alone=state.single)
        return decision, replace(session, questionnaire=replace(state, waiting=Waiting.RESULTS), last=said, shown=0)

    def failing(self, session: Session, state: Questionnaire, day: date) -> Told:
        """What does not fit now, with what is in the way; all results if there is no such measure."""
        found = self.judged(state, day, Verdict.NOT_NOW)
        if not found:
            return self.results(session, state, day)
        return ShowFailing(found), replace(session, last=SaidVerdict(Side.FAILING), shown=0)

    def sheet(self, session: Session, state: Questionnaire, day: date, *, answers: bool) -> Told:
        """The results as a sheet, with or without what the person said."""
        known = {fact: answer for fact, answer in state.answers.items() if not isinstance(answer, Absence)}
        decision = ShowSheet(self.judged(state, day), known if answers else None)
        return decision, replace(session, last=SaidVerdict(Side.SHEET, answers=answers), shown=0)

    def said_again(self, session: Session, state: Questionnaire, said: SaidVerdict, day: date) -> Told | None:
        """Verdicts told before, worked out once more; None where there are none any more. How much was read out of them stands."""
        if not state.scope:
            return None
        match said.side:
            case Side.JUDGED if said.entry_id is not None and said.entry_id in state.scope:
                told = self.result(session, state, said.entry_id, day, said.noted)
            case Side.FAILING:
                told = self.failing(session, state, day)
            case Side.SHEET:
                told = self.sheet(session, state, day, answers=said.answers)
            case _:
                told = self.results(session, state, day, said.noted)
        return told[0], replace(told[1], shown=session.shown if told[1].last == said else 0)

    def judged(self, state: Questionnaire, day: date, verdict: Verdict | None = None) -> tuple[Judgement, ...]:
        """The measures judged, all or those with one verdict."""
        found = self.judge.judge_all(state.answers, day, state.scope)
        return tuple(one for one in found if verdict is None or one.verdict is verdict)

    def is_open(self, state: Questionnaire, day: date) -> bool:
        """Whether a question is left that could still settle something."""
        return self._asker.next(View(self.judge.book, state.answers, day), state.scope, shut=self._shut(state)) is not None

    def _shut(self, state: Questionnaire) -> set[str]:
        """Facts not to be asked: asked often enough, or sensitive and refused."""
        times: dict[str, int] = {}
        for facts in state.asked:
            for fact in facts:
                times[fact] = times.get(fact, 0) + 1
        shut = {fact for fact, count in times.items() if count >= _MOST_TIMES_ASKED}
        if state.consent is False:
            shut |= {fact.id for fact in self.judge.facts.values() if fact.sensitive}
        return shut


def _joined(before: Answer | None, answer: Answer) -> Answer:
    """A set asked for in parts, together with the part answered before."""
    if not isinstance(before, Members) or not isinstance(answer, Members):
        return answer
    has = before.has | answer.has
    return Members(has, (before.lacks | answer.lacks) - has)
