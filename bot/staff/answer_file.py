"""Answers to facts as staff write them in YAML, for judging and for test cases."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.content.fact import Fact, FactType
from bot.content.knowledge import Knowledge
from bot.content.problems import Problems, shown
from bot.content.yaml_file import read_yaml
from bot.eligibility.answers import NEVER, NO, YES, Absence, Answer, Days, Members, OneOf, Span, Within, one
from bot.staff.fact_list import number_range, sources_of

ABSENT = "absent"
"""Written for a fact that was not asked; it leaves the fact out."""

_DIGITS = 6
"""The digits of a region code."""


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
                problems.append((name, "answer_does_not_fit", {"given": _shown(value), "type": str(fact.type)}))
            else:
                answers[name] = answer
    if problems:
        raise MisreadAnswers(problems)
    return answers


def read_answer_file(path: Path, knowledge: Knowledge, problems: Problems) -> dict[str, Answer]:
    """The answers of a YAML file; mistakes go to ``problems``, each with its line; with a mistake the answers are not complete."""
    file = read_yaml(path, problems)
    if file is None:
        return {}
    if not isinstance(file.value, dict):
        problems.add(path, 1, "-", "dict_type", given=_shown(file.value))
        return {}
    reported = {problem.field for problem in problems.found}
    written = {name: value for name, value in file.value.items() if name not in reported}
    facts = knowledge.facts
    for name in [name for name, value in written.items() if name in facts and facts[name].type is FactType.REGION]:
        code = written[name]
        if isinstance(code, int) and not isinstance(code, bool):
            problems.add(path, file.lines[(name,)], (name,), "unquoted_number", given=code)
        elif isinstance(code, str) and len(code) == _DIGITS and code.isdigit() and code not in knowledge.regions.names:
            problems.add(path, file.lines[(name,)], (name,), "unknown_region", code=code)
        else:
            continue
        del written[name]
    try:
        return read_answers(written, facts)
    except MisreadAnswers as misread:
        for name, code, details in misread.problems:
            if name in facts and facts[name].derived is None:
                details = {**details, "type": knowledge.wording.say(f"facts_type_{facts[name].type}")}
                details["fitting"] = _fitting(facts[name], knowledge)
            elif name in facts:
                details = {**details, "sources": ", ".join(sources_of(facts[name]))}
            problems.add(path, file.lines[(name,)], (name,), code, **details)
        return {}


def _read(fact: Fact, value: Any) -> Answer | None:
    if isinstance(value, str) and value in {absence.value for absence in Absence}:
        return Absence(value)
    match fact.type:
        case FactType.BOOL:
            return one(YES if value else NO) if isinstance(value, bool) else None
        case FactType.ENUM:
            known = {option.id for option in fact.options}
            chosen = _texts(value if isinstance(value, list) else [value])
            return OneOf(chosen) if chosen and chosen <= known else None
        case FactType.SET:
            members = {option.id for option in fact.options}
            has = _texts(value) if isinstance(value, list) else None
            return Members(has, frozenset(members - has)) if has is not None and has <= members else None
        case FactType.INTEGER | FactType.MONEY:
            low, high = value if isinstance(value, list) and len(value) == 2 else (value, value)
            sound = _is_number(low, fact) and (high is None or (_is_number(high, fact) and high >= low))
            return Span(low, high) if sound else None
        case FactType.DATE:
            first, last = value if isinstance(value, list) and len(value) == 2 else (value, value)
            days = [NEVER if day == "never" else day for day in (first, last)]
            return Days(days[0], days[1]) if all(isinstance(day, date) for day in days) and days[0] <= days[1] else None
        case FactType.REGION:
            return Within(value) if isinstance(value, str) and len(value) == _DIGITS and value.isdigit() else None


def _is_number(value: Any, fact: Fact) -> bool:
    sound = isinstance(value, int) and not isinstance(value, bool)
    return sound and value >= fact.lowest and (fact.highest is None or value <= fact.highest)


def _texts(values: list[Any]) -> frozenset[str] | None:
    return frozenset(values) if all(isinstance(value, str) for value in values) else None


def _shown(given: Any) -> str:
    """A value as it looked in the file, a list with what is in it."""
    return f"[{', '.join(map(shown, given))}]" if isinstance(given, list) else shown(given)


def _fitting(fact: Fact, knowledge: Knowledge) -> str:
    """What may be written for a fact."""
    say = knowledge.wording.say
    match fact.type:
        case FactType.ENUM | FactType.SET:
            return say(f"judge_write_{fact.type}", options=", ".join(option.id for option in fact.options))
        case FactType.INTEGER | FactType.MONEY:
            return say("judge_write_number", range=number_range(fact, knowledge))
        case FactType.BOOL | FactType.DATE | FactType.REGION:
            return say(f"judge_write_{fact.type}")
