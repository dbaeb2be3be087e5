"""Answers taken from messages and choices: to the question that waits, beside it, unasked, and instead of earlier ones."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from bot.content.fact import FactType, Topic
from bot.dialogue.course import Course, Told
from bot.dialogue.hear_facts import FactEar
from bot.dialogue.interview_decision import AskFact, ConfirmHeard
from bot.dialogue.questionnaire import Questionnaire, Waiting
from bot.dialogue.session import Session
from bot.dialogue.steering_words import SteeringWords
from bot.eligibility.answers import Absence, Answer, OneOf, disjoint, exactly
from bot.eligibility.next_question import Question
from bot.eligibility.ticking import Item, left_of, ticked, with_ticks
from bot.language.cues import squeeze
from bot.retrieval.understand import Understanding


class TakingAnswers:
    """Takes answers and hands them to the course. Build once for a snapshot of the knowledge."""

    def __init__(self, course: Course, ear: FactEar, words: SteeringWords, understanding: Understanding) -> None:
        """Hear by these."""
        self._course = course
        self._facts = course.judge.facts
        self._ear = ear
        self._words = words
        self._understanding = understanding

    def answered(self, session: Session, state: Questionnaire, normal: str, day: date) -> Told | None:
        """What a message answers to the question that waits, with what it says beside that; None if it answers nothing."""
        question = state.question
        if question is None or (self._words.is_question(normal) and not (question.items and normal[:1].isdigit())):
            return None
        found = self._ear.answer(replace(question, items=left_of(question.items, state.ticks)), normal, day)
        if found is not None and question.items:
            told = tuple(fact for fact in question.facts if fact in found or any(question.items[at].fact_id == fact for at in state.ticks))
            found = with_ticks(
                tuple(item for item in question.items if item.fact_id in told), _moved(question.items, told, state.ticks), found
            )
            state = replace(state, question=replace(question, facts=told))
        said = self._ear.said(normal, day, within=question.facts) if found is None or not self._ear.is_plain(question, normal) else {}
        said = {fact: answer for fact, answer in said.items() if fact not in question.facts and not self._strays(question, fact, found)}
        said = {fact: answer for fact, answer in said.items() if not self._outdone(state, fact, answer)}
        if found is not None:  # what is said beside an answer is no contradiction of anything
            said = {fact: answer for fact, answer in said.items() if not _at_odds(state.answers.get(fact), answer)}
        if found is None and not said:
            return None
        return self._course.store(session, state, {**(found or {}), **said}, day, asked=found is not None)

    def picked(self, session: Session, state: Questionnaire, question: Question, fact: str, which: str, day: date) -> Told | None:
        """A choice of the question that waits, picked; None if it is of another."""
        if fact not in question.facts:
            return None
        if which in {Absence.UNSURE, Absence.DECLINED}:
            absent: dict[str, Answer] = dict.fromkeys(question.facts, Absence(which))
            return self._course.store(session, state, with_ticks(question.items, state.ticks, absent), day)
        if which == "none":
            return self._course.store(session, state, ticked(question.items, ()), day)
        if which == "done":
            return self._course.store(session, state, ticked(question.items, {question.items[index] for index in state.ticks}), day)
        if which.startswith("=") and which[1:].isdigit():
            return self._course.store(session, state, {fact: exactly(int(which[1:]))}, day)
        if not which.isdigit():
            return None
        if question.items and int(which) < len(question.items):
            more = replace(state, ticks=state.ticks | {int(which)})
            if len(more.ticks) == len(question.items):
                return self._course.store(session, more, ticked(question.items, question.items), day)
            return AskFact(question, ticks=more.ticks), replace(session, questionnaire=more)
        if int(which) < len(question.cells):
            return self._course.store(session, state, {fact: question.cells[int(which)]}, day)
        return None

    def corrected(self, session: Session, state: Questionnaire, normal: str, day: date) -> Told | None:
        """An answer taken back and given anew (刚才说错了，是5个月): of the facts answered, the latest it may mean."""
        rest = self._words.correction(normal)
        if rest is None or not state.answers:
            return None
        for facts in (*reversed(state.asked), tuple(state.answers)):
            for fact in facts:
                answer = self._ear.again(fact, rest, day) if rest and fact in state.answers else None
                if answer is not None and answer != state.answers[fact]:
                    return self._course.store(session, state, {fact: answer}, day, asked=False, instead={fact})
        said = self._ear.said(rest, day) or self._said_of_last(state, rest, day)
        return self._course.store(session, state, said, day, asked=False, instead=said) if said else self._course.which(session, state)

    def volunteered(self, session: Session, state: Questionnaire, normal: str, day: date) -> Told | None:
        """Facts said where only yes or no was asked: taken, and what was waited for is asked again."""
        said = {} if self._words.is_question(normal) else self._ear.said(normal, day)
        if not said:
            return None
        if state.waiting is Waiting.HEARD:
            changed = replace(state, heard={**state.heard, **said})
            return ConfirmHeard(changed.heard), replace(session, questionnaire=changed)
        at_odds = {state.clash.fact_id, state.clash.other} if state.clash is not None else set()
        if state.waiting is Waiting.CLASH and not at_odds.isdisjoint(said):
            kept = {fact: answer for fact, answer in state.answers.items() if fact not in at_odds}
            return self._course.store(session, replace(state, answers=kept, clash=None), said, day, asked=False)
        return self._course.store(session, state, said, day, asked=False)

    def told_unasked(self, session: Session, state: Questionnaire, normal: str, day: date) -> Told | None:
        """Something sensitive told where only leave to ask for it was asked: that is leave, and it is taken."""
        said = {} if self._words.is_question(normal) else self._ear.said(normal, day)
        said = {fact: answer for fact, answer in said.items() if self._facts[fact].type is not FactType.DATE}
        if not any(self._facts[fact].sensitive for fact in said):
            return None
        return self._course.store(session, replace(state, consent=True), said, day, asked=False)

    def told_after(self, session: Session, state: Questionnaire, normal: str, day: date) -> Told | None:
        """Facts told of oneself after the results, which are shown again; None for a question."""
        query = self._understanding.query(normal)
        if (
            self._words.is_question(normal)
            or query.aspects
            or query.general
            or query.regions
            or not self._words.about_self.hit(squeeze(normal))
        ):
            return None
        said = self._ear.said(normal, day)
        if all(self._facts[fact].topic is Topic.WISHES for fact in said):
            return None
        return self._course.store(session, state, said, day, asked=False)

    def _said_of_last(self, state: Questionnaire, rest: str, day: date) -> dict[str, Answer]:
        """The question before answered anew (刚才说错了，没有)."""
        if not rest or not state.asked:
            return {}
        return self._ear.answer(self._course.about(state.asked[-1], state, day), rest, day) or {}

    def _strays(self, question: Question, fact_id: str, found: Mapping[str, Answer] | None) -> bool:
        """Whether a time told with a yes or no is not of that fact but of what was asked (有证，办了好几年了)."""
        fact, asked = self._facts[fact_id], self._facts[question.fact_id]
        return found is not None and fact.type is FactType.DATE and asked.type is FactType.BOOL and fact.topic is not asked.topic

    def _outdone(self, state: Questionnaire, fact_id: str, heard: Answer) -> bool:
        """Whether what was heard in passing goes with what was said before (a firm that sells online is no sole founder)."""
        before = {**state.answers, **state.heard}.get(fact_id)
        if not isinstance(before, OneOf) or not isinstance(heard, OneOf):
            return False
        return any(option.id in before.ids and heard.ids <= set(option.over) for option in self._facts[fact_id].options)


def _at_odds(before: Answer | None, answer: Answer) -> bool:
    return before is not None and not isinstance(before, Absence) and not isinstance(answer, Absence) and disjoint(before, answer)


def _moved(items: tuple[Item, ...], facts: tuple[str, ...], ticks: Collection[int]) -> frozenset[int]:
    """Where what was ticked stands in the part of a list that is about some facts."""
    kept = [index for index, item in enumerate(items) if item.fact_id in facts]
    return frozenset(kept.index(index) for index in ticks if index in kept)
