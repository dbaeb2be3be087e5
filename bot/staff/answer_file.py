"""Answers to facts as staff write them in YAML, for judging and for test cases."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.content.fact import Fact, FactType
from bot.eligibility.answers import NEVER, NO, YES, Absence, Answer, Days, Members, OneOf, Span, Within, one

ABSENT = "absent"
"""Written for a fact that was not asked; it leaves the fact out."""


class MisreadAnswers(ValueError):
    """Answers that do not fit their facts; ``problems`` is a list of fact id, problem code and details."""

    def __init__(self, problems: list[tuple[str, str, dict[str, str]]]) -> None:
        """Carry all problems."""
        super().__init__("; ".join(f"{fact}: {code}" for fact, code, _ in problems))
        self.problems = problems


def read_answers(written: Mapping[str, Any], facts: Mapping[str, Fact]) -> dict[str, Answer]:
    """The answers written as ``fact: value``.

    A value is true/false, an option id, a number, a day, ``never``, ``[from, to]``, a region code or its list of members, or why there is
    none: ``unsure``, ``declined``, ``conflict``. ``absent`` leaves a fact out.

    Raises:
        MisreadAnswers: A fact is unknown or a value does not fit it; all of them are named.
    """
    answers: dict[str, Answer] = {}
    problems: list[tuple[str, str, dict[str, str]]] = []
    for name, value in written.items():
        fact = facts.get(name)
        if fact is None:
            problems.append((name, "unknown_fact", {"id": name}))
        elif fact.derived is not None:
            problems.append((name, "derived_not_given", {"id": name}))
        elif value != ABSENT:
            answer = _read(fact, value)
            if answer is None:
                problems.append((name, "answer_does_not_fit", {"given": str(value), "type": str(fact.type)}))
            else:
                answers[name] = answer
    if problems:
        raise MisreadAnswers(problems)
    return answers


def _read(fact: Fact, value: Any) -> Answer | None:
    if isinstance(value, str) and value in {absence.value for absence in Absence}:
        return Absence(value)
    match fact.type:
        case FactType.BOOL:
            return one(YES if value else NO) if isinstance(value, bool) else None
        case FactType.ENUM:
            known = {option.id for option in fact.options}
            chosen = frozenset(value) if isinstance(value, list) else frozenset((value,))
            return OneOf(chosen) if chosen and chosen <= known else None
        case FactType.SET:
            members = {option.id for option in fact.options}
            has = frozenset(value) if isinstance(value, list) else None
            return Members(has, frozenset(members - has)) if has is not None and has <= members else None
        case FactType.INTEGER | FactType.MONEY:
            low, high = value if isinstance(value, list) and len(value) == 2 else (value, value)
            sound = _is_number(low) and (high is None or (_is_number(high) and high >= low))
            return Span(low, high) if sound else None
        case FactType.DATE:
            first, last = value if isinstance(value, list) and len(value) == 2 else (value, value)
            days = [NEVER if day == "never" else day for day in (first, last)]
            return Days(days[0], days[1]) if all(isinstance(day, date) for day in days) and days[0] <= days[1] else None
        case FactType.REGION:
            return Within(value) if isinstance(value, str) and len(value) == 6 and value.isdigit() else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
