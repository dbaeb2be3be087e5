"""Answers to facts as staff write them in YAML, for judging and for test cases."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.content.fact import Fact, FactType
from bot.content.knowledge import Knowledge
from bot.content.problems import Problems, full_width, nearest, shown
from bot.content.region import contains
from bot.content.yaml_file import read_yaml, unquoted
from bot.eligibility.answers import NEVER, NO, YES, Absence, Answer, Days, Members, OneOf, Span, Within, one
from bot.language.normalize import normalize
from bot.language.places import Gazetteer
from bot.staff.fact_list import number_range, sources_of

ABSENT = "absent"
"""Written for a fact that was not asked; it leaves the fact out."""

_MOST_PLACES = 8
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
    """The answers of a YAML file, where a place may also be written by its name.

    Mistakes go to ``problems``, each with its line; with a mistake the answers are not complete.
    """
    file = read_yaml(path, problems)
    if file is None:
        return {}
    if not isinstance(file.value, dict):
        text = file.value if isinstance(file.value, str) else ""
        problems.add(path, 1, (), full_width(text) or "dict_type", given=_shown(file.value))
        return {}
    reported = {problem.field for problem in problems.found}
    written = {name: value for name, value in file.value.items() if name not in reported}
    facts = knowledge.facts
    for name in [name for name, value in written.items() if name in facts and facts[name].type is FactType.REGION]:
        try:
            written[name] = _code(written[name], knowledge)
        except MisreadAnswers as misread:
            for _, code, details in misread.problems:
                problems.add(path, file.lines[(name,)], (name,), code, **details)
            del written[name]
    try:
        return read_answers(written, facts)
    except MisreadAnswers as misread:
        for name, code, details in misread.problems:
            if name not in facts:
                code, details = _unknown(name, details, facts)
            elif facts[name].derived is None:
                code, details = _misfit(facts[name], written[name], details, knowledge)
            else:
                details = {**details, "sources": ", ".join(sources_of(facts[name]))}
            problems.add(path, file.lines[(name,)], (name,), code, **details)
        return {}


def _code(value: Any, knowledge: Knowledge) -> Any:
    """The code of a place that is written by its name; anything that is neither name nor code as it stands.

    Raises:
        MisreadAnswers: No such place is known, or several are called so.
    """
    regions = knowledge.regions
    if isinstance(value, int) and not isinstance(value, bool):
        raise MisreadAnswers([("", "unquoted_number", {"given": str(value)})])
    if not isinstance(value, str) or value in {ABSENT, *Absence}:
        return value
    if len(value) == _DIGITS and value.isdigit():
        if value not in regions.names:
            raise MisreadAnswers([("", "unknown_region", {"code": value})])
        return value
    gazetteer = Gazetteer(regions, knowledge.lexicon.place_cues, ())
    text = normalize(value)
    codes = gazetteer.names().get(text, ())
    if not codes:  # a county after its city, as in 山东省东营市广饶县
        codes = tuple(place.code for place in gazetteer.find(text) if place.heard == text)
    if not codes:  # the short name of several that is also an ordinary word, as 朝阳
        codes = tuple(code for code, name in regions.names.items() if len(text) > 1 and name.startswith(text))[:_MOST_PLACES]
    around = [code for code in codes if all(contains(code, other) for other in codes)]
    if len(codes) > 1 and not around:
        places = "、".join(f'{regions.full_name(code)}（"{code}"）' for code in codes)
        raise MisreadAnswers([("", "ambiguous_place", {"given": value, "places": places})])
    if not codes:
        raise MisreadAnswers([("", "unknown_place", {"given": shown(value)})])
    return around[0]


def _unknown(name: str, details: dict[str, str], facts: Mapping[str, Fact]) -> tuple[str, dict[str, str]]:
    if code := full_width(f"{name}:"):
        return code, details
    near = nearest(name, [fact.id for fact in facts.values() if fact.derived is None])
    return ("answer_unknown_fact_near", {**details, "near": near}) if near else ("answer_unknown_fact", details)


def _misfit(fact: Fact, value: Any, details: dict[str, str], knowledge: Knowledge) -> tuple[str, dict[str, str]]:
    """Why a value does not fit its fact, as exactly as can be told, with how to write it."""
    details = {**details, "type": knowledge.wording.say(f"facts_type_{fact.type}"), "fitting": _fitting(fact, knowledge)}
    values = value if isinstance(value, list) else [value]
    texts = [one for one in values if isinstance(one, str)]
    if any("，" in text for text in texts):
        return "full_width_comma", details
    bare = [unquoted(one) if isinstance(one, str) else one for one in values]
    meant = bare if isinstance(value, list) else bare[0]
    if meant != value and _read(fact, meant) is not None:
        return "answer_quoted", {**details, "bare": _shown(meant)}
    if len(bare) == 2 and fact.type in {FactType.INTEGER, FactType.MONEY, FactType.DATE} and _read(fact, bare[::-1]) is not None:
        code = "answer_reversed_days" if fact.type is FactType.DATE else "answer_reversed"
        return code, {**details, "turned": _shown(bare[::-1])}
    known = [option.id for option in fact.options]
    near = [found for text in texts if text not in known and (found := nearest(text, known))]
    return ("answer_does_not_fit_near", {**details, "near": ", ".join(near)}) if near else ("answer_does_not_fit", details)


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
    """A value as it looked in the file, a list with what is in it, quotes where there must have been some."""
    if isinstance(given, list):
        return f"[{', '.join(_shown(one) if isinstance(one, str) else shown(one) for one in given)}]"
    return f'"{given}"' if isinstance(given, str) and unquoted(given) != given else shown(given)


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
