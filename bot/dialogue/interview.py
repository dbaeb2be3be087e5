"""The questionnaire as a conversation: beginning, answering, going back, correcting, stopping, showing results."""

from dataclasses import replace
from datetime import date

from bot.content.fact import FactType
from bot.content.knowledge import Knowledge
from bot.content.policy import Validity
from bot.dialogue.course import PLACE, Course, Told
from bot.dialogue.decide import Decider
from bot.dialogue.decision import AskRegion, Decision, Say
from bot.dialogue.hear_facts import FactEar
from bot.dialogue.interview_decision import (
    AskClash,
    AskConsent,
    AskEnded,
    AskFact,
    ConfirmHeard,
    Lead,
)
from bot.dialogue.outcome import Outcome
from bot.dialogue.questionnaire import Questionnaire, Waiting
from bot.dialogue.said_verdict import SaidVerdict
from bot.dialogue.session import Session
from bot.dialogue.steering_words import SteeringWords
from bot.dialogue.taking_answers import TakingAnswers
from bot.eligibility.answers import Absence, Span, Within
from bot.language.cues import squeeze
from bot.language.normalize import normalize
from bot.language.ordinals import is_bare_number, may_count, read_ordinal
from bot.retrieval.understand import Understanding


class Interview:
    """Leads through the questionnaire. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, understanding: Understanding, decider: Decider) -> None:
        """Prepare rules, questions and what is listened for."""
        self._course = Course(knowledge)
        self.judge = self._course.judge
        self._understanding = understanding
        self._decider = decider
        self._policies = {policy.id: policy for policy in knowledge.policies()}
        self._ear = FactEar(knowledge, understanding.gazetteer)
        self.words = SteeringWords(knowledge.lexicon.answering, self._ear, understanding.gazetteer)
        self._taking = TakingAnswers(self._course, self._ear, self.words, understanding)

    # beginning

    def begin(self, session: Session, text: str, day: date, entry_ids: tuple[str, ...] = (), *, keep: bool = False) -> Told:
        """A new questionnaire about the measures of the person's place, or about ``entry_ids`` alone.

        With ``keep``, what was answered in an earlier one is called back like what was heard.
        """
        query = self._understanding.query(text)
        region = query.regions[-1] if query.regions else session.region
        scope = tuple(entry_id for entry_id in entry_ids if entry_id in self.judge.measures)
        if entry_ids and not scope and (reason := next((self.judge.not_individual.get(entry_id) for entry_id in entry_ids), None)):
            return Say("interview_cannot", Outcome.ANSWER, text=reason), session
        single = bool(scope)
        if region is None and single:
            region = self._policies[scope[0].partition("/")[0]].regions[0]
        heard = {**self._ear.said(normalize(self._told_before(session)), day), **self._ear.said(normalize(text), day)}
        earlier = session.questionnaire if keep else None
        if earlier is not None:
            answered = {fact: answer for fact, answer in earlier.answers.items() if fact != PLACE and not isinstance(answer, Absence)}
            heard = {**answered, **earlier.heard, **heard}
        if region is None:
            waiting = Questionnaire((), Waiting.PLACE, heard=heard)
            asking = AskRegion()
            return asking, replace(session, questionnaire=waiting, offered=(), last=asking, shown=0)
        session = replace(session, region=region)
        policies = self._decider.covering(region)
        if not policies:
            found = self._decider.decide(self._understanding.about_place(query, region), region)
            return found, replace(session, questionnaire=None, last=found, shown=0)
        if not single:
            scope = tuple(entry_id for entry_id in self.judge.measures if entry_id.partition("/")[0] in policies)
        inside = tuple(policy_id for policy_id in policies if any(entry_id.startswith(f"{policy_id}/") for entry_id in scope))
        consent = earlier.consent if earlier is not None else None
        state = Questionnaire(scope, Waiting.ANSWER, single, {PLACE: Within(region)}, heard=heard, consent=consent)
        session = replace(session, offered=(), last=None)
        if all(self._policies[policy].validity_on(day) is Validity.ENDED for policy in inside):
            return AskEnded(inside), replace(session, questionnaire=replace(state, waiting=Waiting.ENDED))
        return self._after_heard(session, state, day)

    def _told_before(self, session: Session) -> str:
        """The last question if it told something of the person, not only what it asked about."""
        question = session.question or ""
        return question if self.words.about_self.hit(squeeze(normalize(question))) else ""

    def _after_heard(self, session: Session, state: Questionnaire, day: date) -> Told:
        if state.heard:
            return ConfirmHeard(state.heard), replace(session, questionnaire=replace(state, waiting=Waiting.HEARD))
        return self._course.advance(session, state, day, lead=Lead.BEGIN)

    # messages

    def take(self, session: Session, normal: str, day: date) -> Told | None:
        """What a normalised message does to the questionnaire, or None if it is about something else."""
        state = session.questionnaire
        squeezed = squeeze(normal)
        word = self.words.command(normal)
        if state is None or state.waiting is Waiting.PLACE:
            return self._take_place(session, state, normal, day) if state else None
        if word == "again":
            return self.begin(session, "", day, state.scope if state.single else ())
        if state.waiting is not Waiting.HEARD and (corrected := self._taking.corrected(session, state, normal, day)) is not None:
            return corrected
        if state.waiting is Waiting.PAUSED:
            if word == "resume" or (word == "results" and not state.scope):
                return self.resume(session, day)
            return self._course.results(session, state, day) if word == "results" else None
        if state.waiting is Waiting.RESULTS:
            return self._after_results(session, state, word, normal, day)
        steered = self._steered(session, state, word, day)
        if steered is not None:
            return steered
        if state.waiting is Waiting.HEARD and (more := self._taking.volunteered(session, state, normal, day)) is not None:
            return more
        if state.waiting is Waiting.CONSENT and (told := self._taking.told_unasked(session, state, normal, day)) is not None:
            return told
        if state.waiting is not Waiting.ANSWER:
            side = self._side(state, normal, squeezed, word)
            return self._settled(session, state, side, day) if side else self._taking.volunteered(session, state, normal, day)
        return self._taking.answered(session, state, normal, day)

    def counts(self, session: Session, squeezed: str) -> bool | None:
        """Whether a message says how many where that was asked, rather than picking a choice; None if it may well be either."""
        state = session.questionnaire
        if state is None or state.waiting is not Waiting.ANSWER or state.question is None or not may_count(squeezed):
            return False
        if self.judge.facts[state.question.fact_id].type is not FactType.INTEGER:
            return False
        number = read_ordinal(squeezed)
        if number is None or not is_bare_number(squeezed):
            return True
        cell = state.question.cells[number - 1] if 1 <= number <= len(state.question.cells) else None
        fits = isinstance(cell, Span) and cell.low <= number and (cell.high is None or number <= cell.high)
        return True if fits else None

    def choose(self, session: Session, name: str, target: str, day: date) -> Told | None:
        """What a picked choice does, or None if it is not of the questionnaire or no longer on offer."""
        state = session.questionnaire
        if name == "check":
            return self.begin(session, "", day, (target,) if target else (), keep=True)
        if state is None:
            return None
        match name:
            case "q" if not state.scope:
                return self.resume(session, day)
            case "q":
                return self._chosen(session, state, target, day)
            case "fact" if state.question is not None and state.waiting is Waiting.ANSWER:
                fact, _, which = target.partition(":")
                return self._taking.picked(session, state, state.question, fact, which, day)
            case "change" if target in state.answers:
                return self._course.ask_again(session, state, target, day)
            case "judged" if target in state.scope:
                return self._course.result(session, state, target, day)
        return None

    def repeat(self, session: Session, day: date, lead: Lead = Lead.RESUMED) -> Decision | None:
        """What the questionnaire waits for, said again; None if it waits for nothing."""
        state = session.questionnaire
        if state is None:
            return None
        match state.waiting:
            case Waiting.ANSWER if state.question is not None:
                return AskFact(state.question, lead, ticks=state.ticks)
            case Waiting.CONSENT:
                return AskConsent()
            case Waiting.HEARD:
                return ConfirmHeard(state.heard)
            case Waiting.ENDED:
                return AskEnded(tuple(dict.fromkeys(entry_id.partition("/")[0] for entry_id in state.scope)))
            case Waiting.OFFER:
                return self._course.offer(state, day)
            case Waiting.CLASH if state.clash is not None:
                return AskClash(state.clash, state.answers[state.clash.other])
            case _:
                return None

    def say_again(self, session: Session, said: SaidVerdict, day: date) -> Told | None:
        """Verdicts told before, worked out from the answers once more; None if the questionnaire is over."""
        state = session.questionnaire
        return self._course.said_again(session, state, said, day) if state is not None else None

    def pause(self, session: Session) -> Session:
        """The session with its questionnaire put aside."""
        state = session.questionnaire
        if state is None or state.waiting is Waiting.RESULTS:
            return session
        return replace(session, questionnaire=replace(state, waiting=Waiting.PAUSED))

    def resume(self, session: Session, day: date) -> Told | None:
        """Back to the questionnaire where it was put aside."""
        state = session.questionnaire
        if state is None:
            return None
        if not state.scope:
            return self.begin(session, "", day, keep=True)
        if state.heard:
            return self._after_heard(session, state, day)
        return self._course.advance(session, state, day, lead=Lead.RESUMED)

    def _side(self, state: Questionnaire, normal: str, squeezed: str, word: str | None) -> str | None:
        """Whether a message agrees or refuses where only that was asked; that something is wrong refuses."""
        if state.waiting is Waiting.OFFER and self.words.enough.hit(squeezed):
            return "yes"
        if state.waiting is Waiting.OFFER and (word in {"resume", "skip"} or self.words.more.hit(squeezed) or self._ear.doubts(normal)):
            return "no"
        if state.waiting is Waiting.CONSENT and (word == "skip" or self._ear.declines(normal) or self._ear.doubts(normal)):
            return "no"
        if state.waiting is Waiting.CLASH and (word == "skip" or self._ear.doubts(normal)):
            return "unsure"
        agreed = self._ear.agrees(normal)
        if agreed and state.waiting is not Waiting.CLASH and self.words.objects.hit(squeezed):
            return "no"
        return None if agreed is None else "yes" if agreed else "no"

    def move(self, session: Session, region: str, day: date) -> Told | None:
        """The questionnaire in another place, with what was said so far; None if there is nothing to ask there."""
        state = session.questionnaire
        told = self.begin(replace(session, region=region, question=None), "", day)
        begun = told[1].questionnaire
        if state is None:
            return None
        if begun is None:
            return told[0], self.pause(replace(told[1], questionnaire=state))
        moved = replace(begun, answers={**state.answers, **begun.answers}, heard=state.heard, consent=state.consent)
        if begun.waiting is Waiting.ENDED:
            return told[0], replace(told[1], questionnaire=moved)
        if moved.heard:
            return self._after_heard(told[1], moved, day)
        return self._course.advance(told[1], moved, day, lead=Lead.MOVED)

    # steering

    def _steered(self, session: Session, state: Questionnaire, word: str | None, day: date) -> Told | None:
        match word:
            case "results" if state.waiting is Waiting.ENDED:
                return self._settled(session, state, "yes", day)
            case "results":
                known = replace(state, answers={**state.answers, **state.heard}, heard={})
                return self._course.results(session, known, day, state.heard)
            case "change":
                return self._course.which(session, state)
            case "resume" if state.waiting is Waiting.ANSWER and state.question is not None:
                return AskFact(state.question, Lead.RESUMED, ticks=state.ticks), session
            case "stop":
                return Say("interview_stopped", Outcome.META), replace(self.pause(session), offered=())
            case "back":
                return self._back(session, state, day)
            case "why" | "how" if state.question is not None and state.waiting is Waiting.ANSWER:
                return AskFact(state.question, Lead.WHY if word == "why" else Lead.HOW, ticks=state.ticks), session
            case "skip" if state.question is not None and state.waiting is Waiting.ANSWER:
                return self._course.store(session, state, dict.fromkeys(state.question.facts, Absence.UNSURE), day)
        return None

    def _chosen(self, session: Session, state: Questionnaire, target: str, day: date) -> Told | None:
        match target:
            case "yes" | "no" | "unsure":
                return self._settled(session, state, target, day)
            case "results" | "back" | "stop" | "why" | "how":
                return self._steered(session, state, target, day)
            case "continue":
                return self._course.advance(session, replace(state, offered=True, waiting=Waiting.ANSWER, changing=None), day)
            case "failing":
                return self._course.failing(session, state, day)
            case "sheet" | "sheet_answers":
                return self._course.sheet(session, state, day, answers=target == "sheet_answers")
            case "correct":
                return self._course.which(session, state)
            case "keep" if state.changing is not None:
                return self._course.advance(session, state, day, lead=Lead.RESUMED)
            case "keep":
                again = self.repeat(session, day)
                return (again, session) if again else self._course.results(session, state, day)
        return None

    def _settled(self, session: Session, state: Questionnaire, side: str, day: date) -> Told | None:
        """Yes or no to something other than a fact."""
        match state.waiting:
            case Waiting.ENDED if side == "yes":
                return self._after_heard(session, replace(state, waiting=Waiting.ANSWER), day)
            case Waiting.ENDED:
                return Say("interview_not_checked", Outcome.META), replace(session, questionnaire=None, offered=())
            case Waiting.HEARD:
                answers = {**state.answers, **state.heard} if side == "yes" else dict(state.answers)
                lead = Lead.BEGIN if side == "yes" else Lead.DECLINED
                return self._course.advance(session, replace(state, answers=answers, heard={}), day, lead=lead)
            case Waiting.CONSENT:
                return self._course.advance(
                    session, replace(state, consent=side == "yes"), day, lead=Lead.NONE if side == "yes" else Lead.SPARED
                )
            case Waiting.OFFER:
                if side == "yes":
                    return self._course.results(session, state, day)
                return self._course.advance(session, replace(state, offered=True), day)
            case Waiting.CLASH if state.clash is not None:
                return self._course.unclashed(session, state, state.clash, side, day)
        return None

    def _after_results(self, session: Session, state: Questionnaire, word: str | None, normal: str, day: date) -> Told | None:
        match word:
            case "resume":
                return (
                    self._chosen(session, state, "continue", day)
                    if self._course.is_open(state, day)
                    else self._course.results(session, state, day)
                )
            case "results":
                return self._course.results(session, state, day)
            case "back":
                return self._back(session, state, day)
            case "sheet" | "sheet_answers" | "failing":
                return self._chosen(session, state, word, day)
            case "change":
                return self._course.which(session, state)
        return self._taking.told_after(session, state, normal, day)

    def _back(self, session: Session, state: Questionnaire, day: date) -> Told:
        if state.changing is not None:
            return self._course.which(session, state)
        if not state.asked:
            return self.repeat(session, day, Lead.NOTHING_BEFORE) or Say("interview_nothing_before", Outcome.META), session
        last = state.asked[-1]
        answers = {fact: answer for fact, answer in state.answers.items() if fact not in last}
        question = self._course.about(last, state, day)
        earlier = replace(
            state,
            answers=answers,
            asked=state.asked[:-1],
            question=question,
            waiting=Waiting.ANSWER,
            clash=None,
            ticks=frozenset(),
            offered=True,
        )
        return AskFact(question, Lead.BACK), replace(session, questionnaire=earlier, last=None)

    # answers

    def _take_place(self, session: Session, state: Questionnaire, normal: str, day: date) -> Told | None:
        query = self._understanding.query(normal)
        if not query.regions:
            return None
        decision, after = self.begin(replace(session, region=query.regions[-1]), normal, day)
        begun = after.questionnaire
        if begun is not None and state.heard and begun.waiting in {Waiting.ANSWER, Waiting.HEARD}:
            return self._after_heard(after, replace(begun, heard={**state.heard, **begun.heard}), day)
        return decision, after
