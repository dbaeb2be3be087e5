"""The questionnaire as a conversation: beginning, answering, going back, correcting, stopping, showing results."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from bot.content.fact import FactType, Topic
from bot.content.knowledge import Knowledge
from bot.content.policy import Validity
from bot.dialogue.decide import Decider
from bot.dialogue.decision import (
    AskClash,
    AskConsent,
    AskEnded,
    AskFact,
    AskRegion,
    AskWhichAnswer,
    ConfirmHeard,
    Decision,
    Lead,
    OfferResults,
    Say,
    ShowFailing,
    ShowJudgement,
    ShowResults,
    ShowSheet,
)
from bot.dialogue.hear_facts import FactEar
from bot.dialogue.outcome import Outcome
from bot.dialogue.questionnaire import Clash, Questionnaire, Waiting
from bot.dialogue.session import Session
from bot.eligibility.answers import YES, Absence, Answer, Members, OneOf, Span, Within, disjoint, one
from bot.eligibility.judge import Judge
from bot.eligibility.next_question import Asker, Question, ticked
from bot.eligibility.verdict import Judgement, Verdict
from bot.eligibility.view import View
from bot.language.cues import Cues, squeeze
from bot.language.normalize import normalize
from bot.language.ordinals import is_bare_number, may_count, read_ordinal
from bot.language.sentences import clauses
from bot.retrieval.understand import Understanding

OFFER_AFTER = 6
"""Results are offered after so many questions,"""
_OFFER_SHARE = 0.8
"""or once this share of the measures is decided."""
_MOST_TIMES_ASKED = 2
_WHOLE_REQUEST = 5
"""A request of so many characters is one even behind a story told without punctuation."""
_PLACE = "place"
_GOING_ON = frozenset(("resume", "results", "back", "sheet", "failing", "change"))
_LEAVING = frozenset(("stop", "back"))
"""What steers even with something said beside it."""

Told = tuple[Decision, Session]


class Interview:
    """Leads through the questionnaire. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, understanding: Understanding, decider: Decider) -> None:
        """Prepare rules, questions and what is listened for."""
        self.judge = Judge(knowledge)
        self._asker = Asker(self.judge)
        self._understanding = understanding
        self._decider = decider
        self._policies = {policy.id: policy for policy in knowledge.policies()}
        self._ear = FactEar(knowledge, understanding.gazetteer)
        answering = knowledge.lexicon.answering.model_dump()
        self._correct = sorted((squeeze(normalize(word)) for word in answering.pop("correct")), key=len, reverse=True)
        self._enough, self._more = Cues(answering.pop("enough")), Cues(answering.pop("more"))
        self._linking = tuple(map(normalize, answering.pop("linking")))
        self._objects = Cues(answering.pop("objects"))
        self._about_self = Cues(answering.pop("about_self"))
        plain, *others = answering["same"]
        self._same = dict.fromkeys(others, plain)
        self._before = [squeeze(normalize(word)) for word in answering.pop("before")]
        self._asks = Cues(answering.pop("asks"))
        self._asks_at_end = tuple(normalize(word) for word in answering.pop("asks_at_end"))
        for name in ("yes", "no", "begins_yes", "begins_no", "unsure", "declined", "of_others", "same", "denies"):
            answering.pop(name)
        self._starts = tuple(word for word in map(squeeze, answering["start"]) if len(word) >= _WHOLE_REQUEST)
        self._words = {squeeze(normalize(word)) or normalize(word): name for name, words in answering.items() for word in words}

    # beginning

    def wanted(self, normal: str) -> str | None:
        """``start`` or ``match`` if a message asks whether somebody qualifies, in a clause of its own; None otherwise."""
        for clause in (normal, *clauses(normal)):
            text = clause
            for place in self._understanding.gazetteer.find(clause):
                text = text.replace(place.heard, "")
            squeezed = squeeze(text)
            for heard, plain in self._same.items():
                squeezed = squeezed.replace(heard, plain)
            if (word := self._asked_for(self._ear.bare(squeezed))) is not None:
                return word
            if squeezed.endswith(self._starts):
                return "start"
        return None

    def _asked_for(self, squeezed: str) -> str | None:
        """``start`` or ``match`` if that is asked, whatever polite words stand in front."""
        if (word := self._words.get(squeezed)) in {"start", "match"}:
            return word
        rests = (squeezed.removeprefix(before) for before in self._before if squeezed.startswith(before) and before != squeezed)
        return next((word for rest in rests if (word := self._asked_for(rest)) is not None), None)

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
        heard = self._ear.said(normalize(f"{self._told_before(session)}。{text}"), day)
        earlier = session.questionnaire if keep else None
        if earlier is not None:
            answered = {fact: answer for fact, answer in earlier.answers.items() if fact != _PLACE and not isinstance(answer, Absence)}
            heard = {**answered, **heard}
        if region is None:
            waiting = Questionnaire((), Waiting.PLACE, heard=heard)
            return AskRegion(), replace(session, questionnaire=waiting, offered=())
        session = replace(session, region=region)
        policies = self._decider.covering(region)
        if not policies:
            return self._decider.decide(self._understanding.about_place(query, region), region), replace(session, questionnaire=None)
        if not single:
            scope = tuple(entry_id for entry_id in self.judge.measures if entry_id.partition("/")[0] in policies)
        inside = tuple(policy_id for policy_id in policies if any(entry_id.startswith(f"{policy_id}/") for entry_id in scope))
        consent = earlier.consent if earlier is not None else None
        state = Questionnaire(scope, Waiting.ANSWER, single, {_PLACE: Within(region)}, heard=heard, consent=consent)
        session = replace(session, offered=(), last=None)
        if all(self._policies[policy].validity_on(day) is Validity.ENDED for policy in inside):
            return AskEnded(inside), replace(session, questionnaire=replace(state, waiting=Waiting.ENDED))
        return self._after_heard(session, state, day)

    def _told_before(self, session: Session) -> str:
        """The last question if it told something of the person, not only what it asked about."""
        question = session.question or ""
        return question if self._about_self.hit(squeeze(normalize(question))) else ""

    def _after_heard(self, session: Session, state: Questionnaire, day: date) -> Told:
        if state.heard:
            return ConfirmHeard(state.heard), replace(session, questionnaire=replace(state, waiting=Waiting.HEARD))
        return self._advance(session, state, day, lead=Lead.BEGIN)

    # messages

    def take(self, session: Session, normal: str, day: date) -> Told | None:
        """What a normalised message does to the questionnaire, or None if it is about something else."""
        state = session.questionnaire
        squeezed = squeeze(normal)
        word = self._words.get(squeezed) or self._words.get(self._ear.bare(squeezed))
        if word is None:
            word = next((said for clause in clauses(normal) if (said := self._words.get(squeeze(clause))) in _LEAVING), None)
        if state is None or state.waiting is Waiting.PLACE:
            return self._take_place(session, state, normal, day) if state else None
        if word == "again":
            return self.begin(session, "", day, state.scope if state.single else ())
        if state.waiting is not Waiting.HEARD and (corrected := self._corrected(session, state, normal, day)) is not None:
            return corrected
        if state.waiting is Waiting.PAUSED:
            return self.resume(session, day) if word == "resume" else self._results(session, state, day) if word == "results" else None
        if state.waiting is Waiting.RESULTS:
            return self._after_results(session, state, word, normal, day)
        steered = self._steered(session, state, word, day)
        if steered is not None:
            return steered
        if state.waiting is Waiting.HEARD and (more := self._volunteered(session, state, normal, day)) is not None:
            return more
        if state.waiting is Waiting.CONSENT and (told := self._told_unasked(session, state, normal, day)) is not None:
            return told
        if state.waiting is not Waiting.ANSWER:
            side = self._side(state, normal, squeezed, word)
            return self._settled(session, state, side, day) if side else self._volunteered(session, state, normal, day)
        return self._answered(session, state, normal, day)

    def steers(self, squeezed: str) -> bool:
        """Whether a message goes on with a questionnaire or its results, which there may be none of."""
        return self._words.get(squeezed) in _GOING_ON

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
            case "q":
                return self._chosen(session, state, target, day)
            case "fact" if state.question is not None and state.waiting is Waiting.ANSWER:
                fact, _, which = target.partition(":")
                return self._picked(session, state, state.question, fact, which, day)
            case "change" if target in state.answers:
                return self._ask_again(session, state, target, day)
            case "judged" if target in state.scope:
                view = View(self.judge.book, state.answers, day)
                decision = ShowJudgement(self.judge.judge(target, view), self._is_open(state, day), alone=state.single)
                return decision, replace(session, questionnaire=replace(state, waiting=Waiting.RESULTS), last=decision, shown=0)
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
                return self._offer(state, day)
            case Waiting.CLASH if state.clash is not None:
                return AskClash(state.clash, state.answers[state.clash.other])
            case _:
                return None

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
        if state.heard:
            return self._after_heard(session, state, day)
        return self._advance(session, state, day, lead=Lead.RESUMED)

    def _side(self, state: Questionnaire, normal: str, squeezed: str, word: str | None) -> str | None:
        """Whether a message agrees or refuses where only that was asked; that something is wrong refuses."""
        if state.waiting is Waiting.OFFER and self._enough.hit(squeezed):
            return "yes"
        if state.waiting is Waiting.OFFER and (word in {"resume", "skip"} or self._more.hit(squeezed)):
            return "no"
        if state.waiting is Waiting.CONSENT and (word == "skip" or self._ear.declines(normal)):
            return "no"
        if state.waiting is Waiting.CLASH and (word == "skip" or self._ear.doubts(normal)):
            return "unsure"
        agreed = self._ear.agrees(normal)
        if agreed and state.waiting is not Waiting.CLASH and self._objects.hit(squeezed):
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
        return self._advance(told[1], moved, day, lead=Lead.MOVED)

    # steering

    def _steered(self, session: Session, state: Questionnaire, word: str | None, day: date) -> Told | None:
        match word:
            case "results" if state.waiting is Waiting.ENDED:
                return self._settled(session, state, "yes", day)
            case "results":
                known = replace(state, answers={**state.answers, **state.heard}, heard={})
                return self._results(session, known, day, state.heard)
            case "change":
                return self._which(session, state)
            case "resume" if state.waiting is Waiting.ANSWER and state.question is not None:
                return AskFact(state.question, Lead.RESUMED, ticks=state.ticks), session
            case "stop":
                return Say("interview_stopped", Outcome.META), replace(self.pause(session), offered=())
            case "back":
                return self._back(session, state, day)
            case "why" | "how" if state.question is not None and state.waiting is Waiting.ANSWER:
                return AskFact(state.question, Lead.WHY if word == "why" else Lead.HOW, ticks=state.ticks), session
            case "skip" if state.question is not None and state.waiting is Waiting.ANSWER:
                return self._store(session, state, dict.fromkeys(state.question.facts, Absence.UNSURE), day)
        return None

    def _chosen(self, session: Session, state: Questionnaire, target: str, day: date) -> Told | None:
        match target:
            case "yes" | "no" | "unsure":
                return self._settled(session, state, target, day)
            case "results" | "back" | "stop" | "why" | "how":
                return self._steered(session, state, target, day)
            case "continue":
                return self._advance(session, replace(state, offered=True, waiting=Waiting.ANSWER, changing=None), day)
            case "failing":
                failing = ShowFailing(self._judged(state, day, Verdict.NOT_NOW))
                return failing, replace(session, last=failing, shown=0)
            case "sheet" | "sheet_answers":
                known = {fact: answer for fact, answer in state.answers.items() if not isinstance(answer, Absence)}
                sheet = ShowSheet(self._judged(state, day), known if target == "sheet_answers" else None)
                return sheet, replace(session, last=sheet, shown=0)
            case "correct":
                return self._which(session, state)
            case "keep" if state.changing is not None:
                return self._advance(session, state, day, lead=Lead.RESUMED)
            case "keep":
                again = self.repeat(session, day)
                return (again, session) if again else self._results(session, state, day)
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
                return self._advance(session, replace(state, answers=answers, heard={}), day, lead=lead)
            case Waiting.CONSENT:
                return self._advance(session, replace(state, consent=side == "yes"), day, lead=Lead.NONE if side == "yes" else Lead.SPARED)
            case Waiting.OFFER:
                if side == "yes":
                    return self._results(session, state, day)
                return self._advance(session, replace(state, offered=True), day)
            case Waiting.CLASH if state.clash is not None:
                return self._unclashed(session, state, state.clash, side, day)
        return None

    def _after_results(self, session: Session, state: Questionnaire, word: str | None, normal: str, day: date) -> Told | None:
        match word:
            case "resume":
                return self._chosen(session, state, "continue", day) if self._is_open(state, day) else self._results(session, state, day)
            case "results":
                return self._results(session, state, day)
            case "back":
                return self._back(session, state, day)
            case "sheet" | "sheet_answers" | "failing":
                return self._chosen(session, state, word, day)
            case "change":
                return self._which(session, state)
        return self._told_after(session, state, normal, day)

    def _told_after(self, session: Session, state: Questionnaire, normal: str, day: date) -> Told | None:
        """Facts told of oneself after the results, which are shown again; None for a question."""
        query = self._understanding.query(normal)
        if self.is_question(normal) or query.aspects or query.general or query.regions or not self._about_self.hit(squeeze(normal)):
            return None
        said = self._ear.said(normal, day)
        if all(self.judge.facts[fact].topic is Topic.WISHES for fact in said):
            return None
        return self._store(session, state, said, day, asked=False)

    def _back(self, session: Session, state: Questionnaire, day: date) -> Told:
        if state.changing is not None:
            return self._which(session, state)
        if not state.asked:
            return self.repeat(session, day, Lead.NOTHING_BEFORE) or Say("interview_nothing_before", Outcome.META), session
        last = state.asked[-1]
        answers = {fact: answer for fact, answer in state.answers.items() if fact not in last}
        question = self._asker.about(last, View(self.judge.book, answers, day), state.scope)
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
        return AskFact(question, Lead.BACK), replace(session, questionnaire=earlier)

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

    def _answered(self, session: Session, state: Questionnaire, normal: str, day: date) -> Told | None:
        question = state.question
        if question is None or (self.is_question(normal) and not (question.items and normal[:1].isdigit())):
            return None
        found = self._ear.answer(_unticked(question, state.ticks), normal, day)
        if found is not None:
            found = _with_ticks(question, state.ticks, found)
        said = self._ear.said(normal, day, within=question.facts) if found is None or not self._ear.is_plain(question, normal) else {}
        said = {fact: answer for fact, answer in said.items() if fact not in question.facts and not self._strays(question, fact, found)}
        said = {fact: answer for fact, answer in said.items() if not self._outdone(state, fact, answer)}
        if found is None and not said:
            return None
        return self._store(session, state, {**(found or {}), **said}, day, asked=found is not None)

    def _strays(self, question: Question, fact_id: str, found: Mapping[str, Answer] | None) -> bool:
        """Whether a time told with a yes or no is not of that fact but of what was asked (有证，办了好几年了)."""
        fact, asked = self.judge.facts[fact_id], self.judge.facts[question.fact_id]
        return found is not None and fact.type is FactType.DATE and asked.type is FactType.BOOL and fact.topic is not asked.topic

    def _outdone(self, state: Questionnaire, fact_id: str, heard: Answer) -> bool:
        """Whether what was heard in passing goes with what was said before (a firm that sells online is no sole founder)."""
        before = {**state.answers, **state.heard}.get(fact_id)
        if not isinstance(before, OneOf) or not isinstance(heard, OneOf):
            return False
        return any(option.id in before.ids and heard.ids <= set(option.over) for option in self.judge.facts[fact_id].options)

    def _told_unasked(self, session: Session, state: Questionnaire, normal: str, day: date) -> Told | None:
        """Something sensitive told where only leave to ask for it was asked: that is leave, and it is taken."""
        said = {} if self.is_question(normal) else self._ear.said(normal, day)
        if not any(self.judge.facts[fact].sensitive for fact in said):
            return None
        return self._store(session, replace(state, consent=True), said, day, asked=False)

    def _volunteered(self, session: Session, state: Questionnaire, normal: str, day: date) -> Told | None:
        """Facts said where only yes or no was asked: taken, and what was waited for is asked again."""
        said = {} if self.is_question(normal) else self._ear.said(normal, day)
        if not said:
            return None
        if state.waiting is Waiting.HEARD:
            changed = replace(state, heard={**state.heard, **said})
            return ConfirmHeard(changed.heard), replace(session, questionnaire=changed)
        at_odds = {state.clash.fact_id, state.clash.other} if state.clash is not None else set()
        if state.waiting is Waiting.CLASH and not at_odds.isdisjoint(said):
            kept = {fact: answer for fact, answer in state.answers.items() if fact not in at_odds}
            return self._store(session, replace(state, answers=kept, clash=None), said, day, asked=False)
        return self._store(session, state, said, day, asked=False)

    def _picked(self, session: Session, state: Questionnaire, question: Question, fact: str, which: str, day: date) -> Told | None:
        if fact not in question.facts:
            return None
        if which in {Absence.UNSURE, Absence.DECLINED}:
            absent: dict[str, Answer] = dict.fromkeys(question.facts, Absence(which))
            return self._store(session, state, _with_ticks(question, state.ticks, absent), day)
        if which == "none":
            return self._store(session, state, ticked(question.items, ()), day)
        if which == "done":
            return self._store(session, state, ticked(question.items, {question.items[index] for index in state.ticks}), day)
        if not which.isdigit():
            return None
        if question.items and int(which) < len(question.items):
            more = replace(state, ticks=state.ticks | {int(which)})
            if len(more.ticks) == len(question.items):
                return self._store(session, more, ticked(question.items, question.items), day)
            return AskFact(question, ticks=more.ticks), replace(session, questionnaire=more)
        if int(which) < len(question.cells):
            return self._store(session, state, {fact: question.cells[int(which)]}, day)
        return None

    def _corrected(self, session: Session, state: Questionnaire, normal: str, day: date) -> Told | None:
        squeezed = squeeze(normal)
        cue = next((cue for cue in self._correct if squeezed.startswith(cue)), None)
        if cue is None or not state.answers:
            return None
        rest = normal
        for word in self._correct:
            rest = rest.replace(word, " ")
        rest = rest.strip(" ,")
        for word in self._linking:
            rest = rest.removeprefix(word)
        for facts in (*reversed(state.asked), tuple(state.answers)):
            for fact in facts:
                answer = self._ear.again(fact, rest, day) if rest and fact in state.answers else None
                if answer is not None and answer != state.answers[fact]:
                    return self._store(session, state, {fact: answer}, day, asked=False, instead={fact})
        said = self._ear.said(rest, day) or self._said_of_last(state, rest, day)
        return self._store(session, state, said, day, asked=False, instead=said) if said else self._which(session, state)

    def _said_of_last(self, state: Questionnaire, rest: str, day: date) -> dict[str, Answer]:
        """The question before answered anew (刚才说错了，没有)."""
        if not rest or not state.asked:
            return {}
        last = state.asked[-1]
        answers = {fact: answer for fact, answer in state.answers.items() if fact not in last}
        return self._ear.answer(self._asker.about(last, View(self.judge.book, answers, day), state.scope), rest, day) or {}

    def _which(self, session: Session, state: Questionnaire) -> Told:
        changeable = {fact: answer for fact, answer in state.answers.items() if fact != _PLACE}
        return AskWhichAnswer(changeable), session

    def _ask_again(self, session: Session, state: Questionnaire, fact: str, day: date) -> Told:
        """One answer asked for anew; the old one holds until there is another."""
        answers = {other: answer for other, answer in state.answers.items() if other != fact}
        question = self._asker.about((fact,), View(self.judge.book, answers, day), state.scope)
        changing = state.changing or state.waiting
        changed = replace(state, question=question, waiting=Waiting.ANSWER, ticks=frozenset(), changing=changing)
        return AskFact(question), replace(session, questionnaire=changed)

    def _store(
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
            return AskClash(clash, {**new, **changed.answers}[clash.other]), replace(session, questionnaire=changed)
        changed = replace(state, answers={**state.answers, **new}, asked=history, ticks=frozenset())
        fresh = {fact: answer for fact, answer in new.items() if state.answers.get(fact) != answer}
        return self._advance(session, changed, day, noted=fresh)

    def _clash(self, before: Mapping[str, Answer], new: Mapping[str, Answer]) -> Clash | None:
        for fact, answer in new.items():
            old = before.get(fact)
            if old is not None and not isinstance(old, Absence) and not isinstance(answer, Absence) and disjoint(old, answer):
                return Clash(fact, answer, fact)
        for first, second in self.judge.book.clashes({**before, **new}):
            for fact, other in ((first, second), (second, first)):
                if fact in new and other in {**before, **new}:
                    return Clash(fact, new[fact], other)
        return None

    def _unclashed(self, session: Session, state: Questionnaire, clash: Clash, side: str, day: date) -> Told:
        answers = dict(state.answers)
        if side == "yes":
            if clash.other != clash.fact_id:
                answers.pop(clash.other, None)
            answers[clash.fact_id] = clash.answer
        elif side == "unsure":
            answers[clash.other] = answers[clash.fact_id] = Absence.CONFLICT
        settled = clash.other if side == "no" else clash.fact_id
        noted = {settled: answers[settled]} if settled in answers else {}
        return self._advance(session, replace(state, answers=answers, clash=None), day, noted=noted)

    # what comes next

    def _advance(
        self, session: Session, state: Questionnaire, day: date, *, lead: Lead = Lead.NONE, noted: Mapping[str, Answer] | None = None
    ) -> Told:
        noted = noted or {}
        if Waiting.RESULTS in {state.waiting, state.changing}:
            return self._results(session, state, day, noted)
        session = replace(session, last=None)
        view = View(self.judge.book, state.answers, day)
        shut = self._shut(state)
        topic = self.judge.facts[state.asked[-1][0]].topic if state.asked else None
        question = self._asker.next(view, state.scope, shut=shut, topic=topic)
        if question is None:
            return self._results(session, state, day, noted)
        ready = replace(state, question=question, clash=None, changing=None)
        decided = self._decided(state, view)
        enough = len(state.asked) >= OFFER_AFTER or decided >= _OFFER_SHARE * len(state.scope)
        if enough and state.asked and not state.offered and not state.single:
            return (
                OfferResults(len(state.asked), decided, len(state.scope), noted),
                replace(session, questionnaire=replace(ready, waiting=Waiting.OFFER)),
            )
        if state.consent is None and self.judge.facts[question.fact_id].sensitive:
            return AskConsent(noted), replace(session, questionnaire=replace(ready, waiting=Waiting.CONSENT))
        return AskFact(question, lead, noted), replace(session, questionnaire=replace(ready, waiting=Waiting.ANSWER))

    def _offer(self, state: Questionnaire, day: date) -> OfferResults:
        decided = self._decided(state, View(self.judge.book, state.answers, day))
        return OfferResults(len(state.asked), decided, len(state.scope))

    def _decided(self, state: Questionnaire, view: View) -> int:
        """The measures no answer would change any more; what was refused or is not known leaves a measure undecided."""
        return sum(self.judge.is_settled(self.judge.measures[entry_id], view) for entry_id in state.scope)

    def _results(self, session: Session, state: Questionnaire, day: date, noted: Mapping[str, Answer] | None = None) -> Told:
        after = replace(session, questionnaire=replace(state, waiting=Waiting.RESULTS, clash=None, changing=None))
        found = self._judged(state, day)
        if state.single and len(found) == 1:
            judgement = ShowJudgement(found[0], self._is_open(state, day), noted or {}, alone=True)
            return judgement, replace(after, last=judgement, shown=0)
        policies = {entry_id.partition("/")[0] for entry_id in state.scope}
        not_judged = () if state.single else tuple(one for one in self.judge.not_individual if one.partition("/")[0] in policies)
        decision = ShowResults(found, not_judged, self._is_open(state, day), noted or {})
        return decision, replace(after, last=decision, shown=0)

    def _judged(self, state: Questionnaire, day: date, verdict: Verdict | None = None) -> tuple[Judgement, ...]:
        found = self.judge.judge_all(state.answers, day, state.scope)
        return tuple(one for one in found if verdict is None or one.verdict is verdict)

    def _is_open(self, state: Questionnaire, day: date) -> bool:
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

    def is_question(self, normal: str) -> bool:
        """Whether a normalised message asks something rather than answers."""
        return normal.endswith(self._asks_at_end) or self._asks.hit(squeeze(normal))


def _unticked(question: Question, ticks: Collection[int]) -> Question:
    """A list as it is shown once some of it is ticked: only the rest, numbered anew."""
    rest = tuple(item for index, item in enumerate(question.items) if index not in ticks)
    return replace(question, items=rest) if ticks and rest else question


def _with_ticks(question: Question, ticks: Collection[int], found: dict[str, Answer]) -> dict[str, Answer]:
    """An answer to the rest of a list together with what was ticked before."""
    if not ticks:
        return found
    chosen = {question.items[index] for index in ticks}
    unsure = set()
    for item in question.items:
        answer = found.get(item.fact_id)
        if isinstance(answer, Members):
            so, open_ = item.member in answer.has, item.member not in answer.has | answer.lacks
        else:
            so, open_ = answer == one(YES), isinstance(answer, Absence)
        chosen |= {item} if so else set()
        unsure |= {item} if open_ else set()
    return ticked(question.items, chosen, unsure - chosen)
