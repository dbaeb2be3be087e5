"""Golden questions: what people ask, what a right reply does, and how many replies are right."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, field_validator

from bot.content.authored import Authored, Text
from bot.content.policy import Validity
from bot.content.problems import ContentError, Problems
from bot.content.yaml_file import read_yaml
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.engine import Engine, Turn


class Case(Authored):
    """A question and what its reply must do.

    ``measures`` are codes, one of which the answer must be about (a clause may stand for them where ``says`` proves the fact);
    ``also`` must all be dealt with (by a clause of their policy where ``says`` proves it). ``says`` and ``never`` are regular
    expressions over the reply. ``held_back`` cases are never tuned on.
    """

    id: Text
    question: Text
    region: Text | None = None
    style: Text
    outcome: Annotated[tuple[Annotated[Outcome, Field(strict=False)], ...], Field(strict=False, min_length=1)]
    measures: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    also: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    policy: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    says: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    never: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    traps: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    held_back: bool = False
    note: Text | None = None

    @field_validator("outcome", "policy", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Result:
    """How one case went; ``faults`` is empty when the reply was right."""

    case: Case
    turn: Turn
    faults: tuple[str, ...]

    @property
    def wrong_answer(self) -> bool:
        """A confident answer that is not right: the worst that can happen."""
        return bool(self.faults) and self.turn.reply.outcome is Outcome.ANSWER


def read_cases(folder: Path) -> tuple[Case, ...]:
    """Every case of every YAML file in a folder, in order of file.

    Raises:
        ContentError: A file is broken; all its problems are carried.
    """
    problems = Problems()
    found: list[Case] = []
    for path in sorted(folder.glob("*.yaml")):
        file = read_yaml(path, problems)
        if file is None:
            continue
        try:
            found.extend(TypeAdapter(tuple[Case, ...]).validate_python(file.value))
        except ValueError as error:
            problems.add_validation(path, error, file.lines)  # type: ignore[arg-type]  # pydantic's error is a ValueError
    if problems.found:
        raise ContentError(tuple(problems.found))
    return tuple(found)


class Judge:
    """Asks cases of an engine and says what is wrong with the replies."""

    def __init__(self, engine: Engine, day: date) -> None:
        """Judge replies as of a day."""
        self._engine = engine
        self._now = datetime.combine(day, time(12), UTC)
        self._ended_words = engine.knowledge.wording.templates["ended_opening"].partition("{")[0]
        self._codes: dict[str, str] = {}
        self._ended: set[str] = set()
        for policy in engine.knowledge.policies():
            if policy.validity_on(day) is Validity.ENDED:
                self._ended.add(policy.id)
            self._codes.update({f"{policy.id}/{clause.id}": clause.code for clause in policy.clauses if clause.code})
        self._codes.update({f"{policy.id}/{measure.id}": measure.code for policy, measure in engine.knowledge.measures()})
        self._homes = {measure.code: policy.id for policy, measure in engine.knowledge.measures()}

    def results(self, cases: Iterable[Case]) -> Iterator[Result]:
        """Every case judged, in order."""
        for case in cases:
            session = Session()
            if case.region:
                session = Session(region=self._engine.conversation.understanding.gazetteer.lookup(case.region))
            turn = self._engine.respond(session, Message("golden", case.question), self._now)
            yield Result(case, turn, tuple(self._faults(case, turn)))

    def _faults(self, case: Case, turn: Turn) -> Iterator[str]:
        outcome = turn.reply.outcome
        text = turn.reply.text
        if outcome not in case.outcome:
            yield f"outcome is {outcome}, expected {' or '.join(case.outcome)}"
        yield from wrong_words(text, case.says, case.never)
        if outcome is not Outcome.ANSWER:
            return
        shown = [self._codes.get(entry) for entry in turn.record.entries]
        policies = {entry.partition("/")[0] for entry in turn.record.entries}
        if case.measures and not set(case.measures) & set(shown):
            told = any(code is None or code.startswith("R") for code in shown) and (case.says or len(case.measures) >= 4)
            if not told:
                yield f"is about {', '.join(str(code) for code in shown)}, expected one of {', '.join(case.measures[:6])}"
        told_of = {entry.partition("/")[0] for entry, code in zip(turn.record.entries, shown, strict=True) if code is None}
        for code in case.also:
            if code not in shown and not (case.says and self._homes.get(code) in told_of):
                yield f"does not deal with {code}"
        wanted = {name for name in case.policy if name != "none"}
        if wanted and not any(policy.startswith(name) for policy in policies for name in wanted):
            yield f"is about {', '.join(policies)}, expected {', '.join(wanted)}"
        if policies & self._ended and not text.startswith(self._ended_words):
            yield "does not open by saying that the policy has ended"


@dataclass(frozen=True, slots=True)
class Score:
    """Right replies, wrong answers and refusals of a set of results, in percent."""

    count: int
    right: float
    wrong: float
    refused_rightly: float


def score(results: Iterable[Result]) -> Score:
    """Percentages over results; ``refused_rightly`` over those that should be refused (100 if none)."""
    listed = list(results)
    if not listed:
        return Score(0, 100.0, 0.0, 100.0)
    refuse = [result for result in listed if result.case.outcome == (Outcome.REFUSE,)]
    refused = sum(result.turn.reply.outcome is Outcome.REFUSE for result in refuse)
    return Score(
        len(listed),
        100 * sum(not result.faults for result in listed) / len(listed),
        100 * sum(result.wrong_answer for result in listed) / len(listed),
        100 * refused / len(refuse) if refuse else 100.0,
    )


def by(results: Iterable[Result], what: str) -> dict[str, list[Result]]:
    """Results grouped by ``policy``, ``style`` or ``outcome``, most first."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        value = getattr(result.case, what)
        key = value if isinstance(value, str) else "+".join(map(str, value)) or "none"
        groups.setdefault(key, []).append(result)
    sizes = Counter({key: len(group) for key, group in groups.items()})
    return {key: groups[key] for key, _ in sizes.most_common()}


def wrong_words(text: str, says: Iterable[str], never: Iterable[str]) -> Iterator[str]:
    """Which patterns a reply lacks, and which it has and must not."""
    yield from (f"does not say /{pattern}/" for pattern in says if not re.search(pattern, text))
    yield from (f"says /{pattern}/" for pattern in never if re.search(pattern, text))
