"""Session and message to decision and session: the routing of a conversation."""

from dataclasses import dataclass, replace
from datetime import date

from bot.content.knowledge import Knowledge
from bot.dialogue.carry_over import CarryOver
from bot.dialogue.choice import QUESTIONNAIRE_CHOICES
from bot.dialogue.course import PLACE, Told
from bot.dialogue.decide import Decider
from bot.dialogue.decision import (
    Answer,
    AskRegion,
    ByRegion,
    Clarify,
    Decision,
    Found,
    Manner,
    Overview,
    Part,
    RefuseUnsure,
    Say,
    shown_entries,
)
from bot.dialogue.held import held
from bot.dialogue.interview import Interview
from bot.dialogue.interview_decision import AskFact, AskWhichAnswer, InterviewDecision, Lead
from bot.dialogue.listen import Listener
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.questionnaire import Waiting
from bot.dialogue.said_verdict import SaidVerdict
from bot.dialogue.session import Session
from bot.language.cues import Cues, squeeze
from bot.language.normalize import has_words, normalize
from bot.language.ordinals import read_ordinal
from bot.language.private_numbers import mask
from bot.retrieval.query import Query
from bot.retrieval.rank import Ranker
from bot.retrieval.understand import Understanding

MOST_CHARACTERS = 5000
_NOT_UNDERSTOOD = frozenset(("nothing_pending", "none_of_these"))
_MAY_BE_GONE = frozenset(("gone", "measure", "overview"))
_NOTHING_SAID = frozenset(("nothing_to_repeat", "no_more"))
"""What is answered when nothing was said before; in a questionnaire its question was."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was decided, the session after it, and what to add to the reply; ``then`` is said after it, as one reply."""

    decision: Decision
    session: Session
    query: Query | None = None
    then: Decision | None = None
    masked: bool = False
    shortened: bool = False


class Conversation:
    """Routes messages. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Build everything the middle needs."""
        self.understanding = Understanding(knowledge)
        self.ranker = Ranker(knowledge, self.understanding)
        self.listener = Listener(knowledge.lexicon)
        self.decider = Decider(knowledge, self.understanding, self.ranker, self.listener)
        self.interview = Interview(knowledge, self.understanding, self.decider)
        self._aspect_cues = {entry.id: Cues(entry.heard) for entry in knowledge.lexicon.aspects}
        self._small_words = frozenset(knowledge.lexicon.stopwords)
        self._turning = Cues(knowledge.lexicon.gate.turning)
        self._entries = {entry.id for entry in self.ranker.entries}
        self._carrying = CarryOver(knowledge, self._entries, self.interview.judge.measures)

    def step(self, session: Session, message: Message, day: date) -> Step:
        """Decide one message as on a day. The session that comes back holds what must be remembered."""
        if message.choice is not None:
            return self._chosen(session, message.choice, day)
        if message.text is None:
            return self._asked_after(self._say(session, "not_text", Outcome.META), day)
        shortened = len(message.text) > MOST_CHARACTERS
        text, masked = _read(message.text)
        masked = masked or message.masked
        normal = normalize(text)
        if not normal:
            key = "masked" if masked else "only_symbols" if message.text.strip() else "empty_message"
            return self._asked_after(self._say(session, key, Outcome.META), day)
        if not has_words(normal):
            command = self.listener.command(normal)
            step = self._command(session, command, day) if command else self._say(session, "only_symbols", Outcome.META)
            return self._asked_after(step, day)
        if self._despairs(normal):
            step = self._resumed(session, self._say(session, "crisis", Outcome.CRISIS), normal, day)
        else:
            step = self._interviewed(session, text, normal, day) or self._resumed(
                session, self._text(session, text, normal, day), normal, day
            )
        return replace(step, masked=masked, shortened=shortened)

    def carry_over(self, session: Session) -> tuple[Session, bool]:
        """A session of other content made fit for this one, and whether something of a questionnaire in progress was lost."""
        return self._carrying.fit(session)

    def must_be_met(self, text: str) -> bool:
        """Whether somebody may be in despair, or wants everything deleted; the message is read as ``step`` reads it."""
        normal = normalize(_read(text)[0])
        return self._despairs(normal) or self.listener.command(squeeze(normal) or normal) == "forget"

    def _despairs(self, normal: str) -> bool:
        repaired = self.understanding.homophones.repair(normal).text
        return self.listener.crisis(squeeze(normal)) or self.listener.crisis(squeeze(repaired))

    def _interviewed(self, session: Session, text: str, normal: str, day: date) -> Step | None:
        """A message that begins, answers or steers a questionnaire; None if it does none of that."""
        squeezed = squeeze(normal)
        state = session.questionnaire
        listed = (
            state is not None
            and state.waiting is Waiting.ANSWER
            and state.question is not None
            and state.question.items
            and any(choice.id.startswith("fact:") for choice in session.offered)
        )
        if session.slow and state is not None and state.waiting is Waiting.RESULTS and self.listener.command(squeezed) == "next":
            return None
        meant = any(":=" in choice.id for choice in session.offered)
        counts = False if meant else self.interview.counts(session, squeezed)
        if counts is None and self._offered(session, squeezed) is not None:
            again = self.interview.repeat(session, day, Lead.NUMBER_OR_CHOICE)
            return Step(replace(again, number=read_ordinal(squeezed)), session) if isinstance(again, AskFact) else None
        told = self.interview.take(session, normal, day) if listed or counts or self._offered(session, squeezed) is None else None
        told = told or self._moved(session, text, day)
        if told is None and (wanted := self.interview.words.wanted(normal)):
            about = session.about if wanted == "match" else ()
            told = self.interview.begin(session, text, day, about, keep=True)
        if told is None and state is None and self.interview.words.goes_on(squeezed) and not self.listener.command(squeezed):
            return self._say(session, "interview_not_begun", Outcome.META)
        if told is not None and isinstance(told[0], AskWhichAnswer) and not told[0].answers:
            return self._asked_after(Step(*told), day)
        return Step(*told) if told else None

    def _moved(self, session: Session, text: str, day: date) -> Told | None:
        """In the middle of a questionnaire a message that is only another place: the questions go on there."""
        state = session.questionnaire
        if state is None or state.single or state.waiting in {Waiting.PAUSED, Waiting.RESULTS, Waiting.PLACE}:
            return None
        query = self.understanding.query(text)
        if not query.regions or query.general or not self._only_small_words(self._without_places(query)):
            return None
        return self.interview.move(session, query.regions[-1], day)

    def _asked_after(self, step: Step, day: date) -> Step:
        """A step, and after it the question that waits for an answer."""
        return replace(step, then=self.interview.repeat(step.session, day))

    def _resumed(self, session: Session, step: Step, normal: str, day: date) -> Step:
        """A step that had nothing to do with the questionnaire it came in the middle of: answered, then back to the question."""
        state = step.session.questionnaire
        if state is None or state is not session.questionnaire or isinstance(step.decision, InterviewDecision):
            return step
        if step.decision.outcome is Outcome.CRISIS:
            return replace(step, session=self.interview.pause(step.session))
        if state.waiting is Waiting.RESULTS and session.offered and self._asks_nothing(step, normal):
            return self._say(session, "interview_results_stand", Outcome.META)
        if state.waiting in {Waiting.PAUSED, Waiting.RESULTS}:
            return step
        if isinstance(step.decision, Say) and step.decision.key == "slower_none":
            return self._asked_after(replace(step, decision=Say("interview_slower", Outcome.META)), day)
        if isinstance(step.decision, Say) and step.decision.key in _NOTHING_SAID and (again := self.interview.repeat(session, day)):
            return Step(again, step.session)
        if self._asks_nothing(step, normal) and (again := self.interview.repeat(session, day, Lead.MISREAD)):
            if isinstance(again, AskFact):
                return Step(again, session)
            return Step(Say("interview_misread", Outcome.QUESTION), session, then=again)
        if state.waiting is Waiting.PLACE and isinstance(step.decision, AskRegion):
            return step
        if isinstance(step.decision, Clarify | ByRegion | AskRegion | Overview | RefuseUnsure):
            return replace(step, session=self.interview.pause(step.session), then=Say("interview_paused", Outcome.META))
        then = self.interview.repeat(step.session, day)
        return replace(step, then=then) if then else step

    def _asks_nothing(self, step: Step, normal: str) -> bool:
        """Whether a message in the middle of a questionnaire was no question but an answer nobody understood."""
        if isinstance(step.decision, RefuseUnsure) or (isinstance(step.decision, Say) and step.decision.key in _NOT_UNDERSTOOD):
            return True
        query = step.query
        return query is not None and not (query.topical or query.aspects or query.regions or self.interview.words.is_question(normal))

    def _text(self, session: Session, text: str, normal: str, day: date) -> Step:
        squeezed = squeeze(normal)
        offered = self._offered(session, squeezed)
        if offered is not None:
            return self._chosen(session, offered, day)
        if read_ordinal(squeezed) is not None:
            key = "choice_unknown" if session.offered else "nothing_pending"
            return Step(Say(key, Outcome.CLARIFY, count=len(session.offered)), session)
        query = self.understanding.query(text)
        if command := self.listener.command(squeezed) or self.listener.command(query.squeezed):
            return self._command(session, command, day)
        if reply := self.listener.misuse(squeezed) or self.listener.misuse(query.squeezed):
            return self._say(session, reply, Outcome.REFUSE, region=query.regions[0] if query.regions else session.region)
        if reply := self.listener.meta(query):
            return self._say(session, reply, Outcome.META)
        return self._question(session, query)

    def _question(self, session: Session, query: Query) -> Step:
        region = query.regions[-1] if query.regions else session.region
        rest = self._without_places(query)
        if query.regions and not query.general and self._only_small_words(rest):
            return self._place_only(session, query)
        if session.about and not query.regions and query.aspects and (self._only_aspect(query, rest) or self.decider.adds_nothing(query)):
            return self._about_again(session, query)
        decision = self.decider.decide(query, session.region)
        if isinstance(decision, RefuseUnsure) and (reply := self.listener.closest_meta(query)):
            return self._say(session, reply, Outcome.META)
        return self._told(session, decision, region, query.text, query)

    def _place_only(self, session: Session, query: Query) -> Step:
        """A message that is only a place: the last question asked again there, or the place remembered."""
        region = query.regions[-1]
        if session.question is None:
            return Step(Say("region_set", Outcome.META, region), replace(session, region=region, offered=()), query)
        earlier = self.understanding.query(session.question)
        moved = replace(earlier, regions=query.regions, places=earlier.places)
        decision = self.decider.decide(moved, region)
        return self._told(session, decision, region, session.question, moved)

    def _about_again(self, session: Session, query: Query) -> Step:
        parts = tuple(Part(entry_id) for entry_id in session.about)
        manner = Manner.SINGLE if len(parts) == 1 else Manner.COMPARE
        decision = Answer(parts, manner, query.aspects, session.region)
        return self._told(session, decision, session.region, session.question, query)

    def _chosen(self, session: Session, choice: str, day: date) -> Step:
        name, _, target = choice.partition(":")
        if told := self.interview.choose(session, name, target, day):
            return Step(*told)
        if name in QUESTIONNAIRE_CHOICES:
            again = self.interview.repeat(session, day) or Say("interview_stale_rest", Outcome.META)
            return Step(Say("interview_stale", Outcome.META), session, then=again)
        if name == "measure" and target in self._entries:
            return self._told(session, Answer((Part(target),), Manner.SINGLE, (), session.region), session.region, session.question)
        if name == "aspect" and session.about:
            parts = tuple(Part(entry_id) for entry_id in session.about[:1])
            return self._told(session, Answer(parts, Manner.SINGLE, (target,), session.region), session.region, session.question)
        if name == "region":
            return self._place_only(session, self.understanding.query(target)) if target else self._command(session, "regions", day)
        if name == "overview" and target in self._policy_ids():
            return self._told(session, self.decider.overviews.of_policy(target, session.region), session.region, session.question)
        if name == "none":
            return self._command(session, "none", day)
        if name in _MAY_BE_GONE:
            return self._say(session, "choice_gone", Outcome.META)
        return self._command(session, "help", day)

    def _command(self, session: Session, command: str, day: date) -> Step:
        match command:
            case "help":
                return self._say(session, "help", Outcome.META)
            case "start" | "hello":
                return self._say(session, "hello", Outcome.META)
            case "restart":
                return Step(Say("restarted", Outcome.META), Session(slow=session.slow))
            case "forget":
                return Step(Say("forgotten", Outcome.META), Session())
            case "held":
                waits = session.questionnaire is not None and session.questionnaire.waiting is Waiting.PLACE
                return Step(held(session, PLACE), session, then=AskRegion() if waits else None)
            case "none":
                return Step(Say("none_of_these", Outcome.CLARIFY), replace(session, offered=(), about=()))
            case "regions":
                return self._say(session, "region_choice", Outcome.META)
            case "repeat":
                return self._again(replace(session, shown=max(0, session.shown - 1)), day)
            case "next":
                if session.last is not None and (not session.slow or session.last.outcome is Outcome.REFUSE):
                    return self._say(session, "no_more", Outcome.META)
                return self._again(session, day)
            case "slower":
                return self._again(replace(session, slow=True, shown=0), day, otherwise="slower_none")
            case "faster":
                return self._again(replace(session, slow=False, shown=0), day)
            case "thanks" | "bye":
                return self._say(session, command, Outcome.META)
            case _:
                return self._say(session, "nothing_pending", Outcome.META)

    def _again(self, session: Session, day: date, *, otherwise: str = "nothing_to_repeat") -> Step:
        """What was told last, from where ``shown`` stands; a fixed reply when there is nothing."""
        if isinstance(session.last, SaidVerdict):
            told = self.interview.say_again(session, session.last, day)
            return Step(*told) if told else self._say(replace(session, last=None), otherwise, Outcome.META)
        return Step(session.last, session) if session.last is not None else self._say(session, otherwise, Outcome.META)

    def _say(self, session: Session, key: str, outcome: Outcome, region: str | None = None) -> Step:
        keep = () if outcome is Outcome.CRISIS else session.offered
        return Step(Say(key, outcome, region), replace(session, offered=keep, region=region or session.region))

    def _told(self, session: Session, decision: Found, region: str | None, question: str | None, query: Query | None = None) -> Step:
        """A decision about a policy question, and the session that remembers it."""
        about = tuple(part.entry_id for part in decision.parts) if isinstance(decision, Answer) else session.about
        if isinstance(decision, Answer) and session.last is not None:
            before = {entry_id.partition("/")[0] for entry_id in shown_entries(session.last)}
            decision = replace(decision, again={entry_id.partition("/")[0] for entry_id in about} <= before)
        question = mask(question)[0] if question else None  # what normalising has brought to light
        after = replace(session, region=region, question=question, about=about, offered=(), last=decision, shown=0)
        return Step(decision, after, query)

    def _offered(self, session: Session, squeezed: str) -> str | None:
        """The id of the offered choice a message names by number or by its words."""
        number = read_ordinal(squeezed)
        if number is not None and 1 <= number <= len(session.offered):
            return session.offered[number - 1].id
        for position, choice in enumerate(session.offered, 1):
            label = squeeze(normalize(choice.label))
            if label and squeezed in {label, f"{position}{label}"}:
                return choice.id
        return None

    def _without_places(self, query: Query) -> str:
        text = query.text
        for place in query.places:
            text = text.replace(place.heard, " ")
        return text

    def _only_small_words(self, text: str) -> bool:
        squeezed = squeeze(text)
        return len(squeezed) <= 8 and all(
            word in self._small_words or self._turning.hit(word) for word in self.understanding.segmenter.words(text)
        )

    def _only_aspect(self, query: Query, text: str) -> bool:
        """Whether a short message asks only for another side of what was just answered."""
        squeezed = squeeze(text)
        if len(squeezed) > 14:
            return False
        for aspect in query.aspects:
            for heard in self._aspect_cues[aspect].heard(squeezed):
                squeezed = squeezed.replace(heard, "")
        return all(word in self._small_words or self._turning.hit(word) for word in self.understanding.segmenter.words(squeezed))

    def _policy_ids(self) -> set[str]:
        return {entry.policy_id for entry in self.ranker.entries}


def _read(text: str) -> tuple[str, bool]:
    """What is read of a text: no more than the limit, without private numbers; and whether there were any."""
    return mask(text[:MOST_CHARACTERS])
