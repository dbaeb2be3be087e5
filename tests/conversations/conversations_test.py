from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, field_validator

from bot.content.authored import Authored, Text
from bot.content.knowledge import Knowledge
from bot.content.problems import Problems
from bot.content.yaml_file import read_yaml
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.questionnaire import Waiting
from bot.dialogue.session import Session
from bot.eligibility.verdict import Verdict
from bot.eligibility.view import View
from bot.engine import Engine, Turn
from bot.reply.fact_words import FactWords
from bot.service import Service
from bot.staff.golden import wrong_words
from tests.memory_service import service_in_memory

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
NOWHERE = "无"

Texts = Annotated[tuple[Text, ...], Field(strict=False)]


class Expect(Authored):
    """What a turn must do. ``says`` and ``never`` are regular expressions over the reply.

    ``outcome`` and ``measure`` name one or several that are equally right; ``measure`` is what the answer is mainly about,
    ``measures`` all that it must deal with. ``region`` is the place remembered afterwards, 无 for none. ``picks`` is the number
    the last reply gave to what is answered now. ``same_reply_as`` is the number of an earlier turn whose words must come again.

    Of the questionnaire: ``asks`` are facts of the question now waiting, or what else it waits for (consent, offer, clash, heard, ended,
    place, results, paused, none); ``verdicts`` what is judged of measures, by code; ``knows`` what is held of facts, in words,
    无 for nothing.
    """

    outcome: Annotated[tuple[Annotated[Outcome, Field(strict=False)], ...], Field(strict=False, min_length=1)]
    measure: Texts = ()
    measures: Texts = ()
    says: Texts = ()
    never: Texts = ()
    region: Text | None = None
    choices_at_least: int = 0
    picks: int | None = None
    same_reply_as: int | None = None
    asks: Texts = ()
    verdicts: dict[str, Verdict] = Field(default_factory=dict, strict=False)
    knows: dict[str, Text] = Field(default_factory=dict)

    @field_validator("verdicts", mode="before")
    @classmethod
    def _verdicts_by_name(cls, value: dict[str, str]) -> dict[str, Verdict]:
        return {code: Verdict(name) for code, name in value.items()}

    @field_validator("outcome", "measure", "asks", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class Exchange(Authored):
    """One turn. ``user`` null is a picture; ``choice`` taps a number of the last reply instead.

    ``times`` repeats the text within the message, for very long ones. ``same_message_again`` delivers the message before once more.
    """

    user: str | None = None
    choice: int | None = None
    times: int = 1
    same_message_again: bool = False
    expect: Expect


class Transcript(Authored):
    """A conversation that can be read aloud, on a day."""

    title: Text
    today: date
    turns: Annotated[tuple[Exchange, ...], Field(strict=False, min_length=1)]


@dataclass
class Overheard:
    """The engine, with its last turn kept so that a test can look at it."""

    engine: Engine
    turns: list[Turn] = field(default_factory=list)

    @property
    def knowledge(self) -> Knowledge:
        return self.engine.knowledge

    def carry_over(self, session: Session) -> tuple[Session, bool]:
        return self.engine.carry_over(session)

    def respond(self, session: Session, message: Message, now: datetime, *, changed: bool = False) -> Turn:
        self.turns.append(self.engine.respond(session, message, now, changed=changed))
        return self.turns[-1]

    def must_be_met(self, text: str) -> bool:
        return self.engine.must_be_met(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_a_conversation_goes_as_written(engine: Engine, path: Path):
    """Each file is read aloud by staff before it is trusted; a failure names the turn, what was said and what is wrong.

    Between two turns the session is stored and loaded, as it is in service.
    """
    transcript = read_transcript(path)
    now = datetime.combine(transcript.today, time(12), UTC)
    overheard = Overheard(engine)
    async with service_in_memory(overheard, now) as service:
        faults = await play(transcript, path.stem, overheard, service)

    assert not faults, f"{transcript.title}\n" + "\n".join(faults)


async def play(transcript: Transcript, name: str, overheard: Overheard, service: Service) -> list[str]:
    """Everything in a conversation that is not as written."""
    engine = overheard.engine
    codes = codes_of(engine)
    faults: list[str] = []
    message = Message(name)
    replies: list[str] = []
    for number, exchange in enumerate(transcript.turns, 1):
        before = overheard.turns[-1] if overheard.turns else None
        if exchange.same_message_again:
            assert before
            reply = await service.handle(message)
            found = [] if reply == before.reply and overheard.turns[-1] is before else ["the same delivery was answered anew"]
        else:
            message = written(exchange, name, number, before)
            reply = await service.handle(message)
            found = []
        turn = overheard.turns[-1]
        found += list(find_faults(engine, exchange.expect, turn, before, codes, replies, transcript.today))
        replies.append(reply.text)
        if found:
            said = (message.text or message.choice or "a picture")[:40]
            listed = "\n".join(f"  - {fault}" for fault in found)
            faults.append(f"turn {number} 「{said}」\n{listed}\n  reply ({reply.outcome}): {reply.text[:300]!r}")
    return faults


def test_there_are_enough_conversations():
    """A gap in the folder (a wrong ending, a file moved) must not pass as a green run."""
    assert len(FILES) >= 30


def read_transcript(path: Path) -> Transcript:
    """A conversation as staff wrote it."""
    problems = Problems()
    file = read_yaml(path, problems)
    assert file is not None and not problems.found, problems.found
    return TypeAdapter(Transcript).validate_python(file.value)


def codes_of(engine: Engine) -> dict[str, str]:
    """The catalogue code of each entry that has one."""
    measures = {f"{policy.id}/{measure.id}": measure.code for policy, measure in engine.knowledge.measures()}
    clauses = {f"{policy.id}/{clause.id}": clause.code for policy in engine.knowledge.policies() for clause in policy.clauses}
    return measures | {entry: code for entry, code in clauses.items() if code}


def written(exchange: Exchange, conversation: str, number: int, before: Turn | None) -> Message:
    """What the user sends in a turn."""
    if exchange.choice is not None:
        assert before
        return Message(conversation, choice=before.reply.choices[exchange.choice - 1].id, id=str(number))
    text = None if exchange.user is None else exchange.user * exchange.times
    return Message(conversation, text, id=str(number))


def find_faults(
    engine: Engine, expect: Expect, turn: Turn, before: Turn | None, codes: dict[str, str], replies: list[str], day: date
) -> Iterator[str]:
    """Everything that is not as expected."""
    reply, text = turn.reply, turn.reply.text
    shown = [codes.get(entry, entry) for entry in turn.record.entries]
    if reply.outcome not in expect.outcome:
        yield f"outcome is {reply.outcome}, expected {' or '.join(expect.outcome)}"
    if expect.measure and (not shown or shown[0] not in expect.measure):
        yield f"is mainly about {shown[:1]}, expected {' or '.join(expect.measure)}"
    for code in expect.measures:
        if code not in shown:
            yield f"does not deal with {code}, only with {', '.join(shown)}"
    yield from wrong_words(text, expect.says, expect.never)
    if expect.region is not None:
        wanted = None if expect.region == NOWHERE else engine.conversation.understanding.gazetteer.lookup(expect.region)
        if turn.session.region != wanted:
            region = turn.session.region
            yield f"remembers {engine.knowledge.regions.full_name(region) if region else NOWHERE}, expected {expect.region}"
    if len(reply.choices) < expect.choices_at_least:
        yield f"offers {len(reply.choices)} choices, expected at least {expect.choices_at_least}"
    if expect.picks is not None:
        offered = before.reply.choices if before else ()
        wanted_id = offered[expect.picks - 1].id.partition(":")[2] if len(offered) >= expect.picks else None
        if not turn.record.entries or turn.record.entries[0] != wanted_id:
            yield f"answers {turn.record.entries[:1]}, but number {expect.picks} was {wanted_id}"
    yield from find_questionnaire_faults(engine, expect, turn, codes, day)
    if expect.same_reply_as is not None and text != replies[expect.same_reply_as - 1]:
        yield f"does not say the same as in turn {expect.same_reply_as}"


def find_questionnaire_faults(engine: Engine, expect: Expect, turn: Turn, codes: dict[str, str], day: date) -> Iterator[str]:
    """Everything about the questionnaire that is not as expected."""
    state = turn.session.questionnaire
    waiting = {"none"} if state is None else {state.waiting.value}
    if state is not None and state.question is not None and state.waiting is Waiting.ANSWER:
        waiting = set(state.question.facts)
    for fact in expect.asks:
        if fact not in waiting:
            yield f"waits for {sorted(waiting)}, expected {fact}"
    answers = state.answers if state is not None else {}
    words = FactWords(engine.knowledge)
    for fact, wanted in expect.knows.items():
        held = words.answer(fact, answers[fact]) if fact in answers else NOWHERE
        if held != wanted:
            yield f"holds {fact} as {held}, expected {wanted}"
    judge = engine.conversation.interview.judge
    view = View(judge.book, answers, day)
    judged = {codes[entry_id]: judge.judge(entry_id, view).verdict for entry_id in (state.scope if state else ())}
    for code, verdict in expect.verdicts.items():
        if judged.get(code) is not verdict:
            yield f"{code} is judged {judged.get(code)}, expected {verdict}"
