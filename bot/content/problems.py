"""What is wrong with the content: where, what, and how to mend it; collected, never raised one by one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from bot.content.authored import Authored, Identifier, RegionCode, Text
from bot.content.condition import FactId

FieldPath = tuple[str | int, ...]

_FULL_WIDTH = {
    "full_width_colon": re.compile(r"(?:^|[{,，-])\s*[A-Za-z_]\w*\s*："),
    "full_width_comma": re.compile(r"，\s*[A-Za-z_]\w*\s*[:：]"),
}

_MISSPELT = {
    get_args(kind)[1].pattern: code for kind, code in ((Identifier, "odd_id"), (FactId, "odd_fact_id"), (RegionCode, "odd_region"))
}
"""The problem codes of text that has to be spelt in a certain way, by its pattern: staff do not read patterns."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file. ``code`` names its words in ``knowledge/wording/problems.yaml``; ``details`` fill them."""

    file: str
    line: int
    field: str
    code: str
    details: tuple[tuple[str, str], ...] = ()


class ProblemWords(Authored):
    """What one problem code says to staff; placeholders in braces are the problem's details."""

    wrong: Text
    fix: Text


@dataclass(slots=True)
class Problems:
    """Mistakes found so far. ``entries`` are the names of a file's list entries by place, said instead of the number where known."""

    found: list[Problem] = field(default_factory=list)
    entries: dict[str, dict[int, str]] = field(default_factory=dict)

    def add(self, file: Path | str, line: int, where: FieldPath | str, code: str, /, **details: Any) -> None:
        """Note a mistake at a field of a file."""
        if where and isinstance(where[0], int) and not isinstance(where, str):
            where = (self.entries.get(str(file), {}).get(where[0], where[0]), *where[1:])
        name = where if isinstance(where, str) else field_name(where)
        self.found.append(Problem(str(file), line, name, code, tuple((key, str(value)) for key, value in sorted(details.items()))))

    def add_validation(self, file: Path | str, error: ValidationError, lines: dict[FieldPath, int]) -> None:
        """Note every mistake a model found in one file's value."""
        for one in error.errors(include_url=False):
            where: FieldPath = tuple(one["loc"])
            if where[-1:] == ("int",):  # of a number that may be int or float, the complaint about float says it all
                continue
            if where[-1:] in {("str",), ("constrained-str",)} and where not in lines:  # as with int: the complaint about bool says it all
                continue
            if where[-1:] in {("float",), ("[key]",)}:
                where = where[:-1]
            of_several = where[-1:] == ("bool",) and where not in lines
            if of_several:
                where = where[:-1]
            where = _as_written(where, lines)
            context = {key: value for key, value in (one.get("ctx") or {}).items() if key != "error"}
            given = one["input"]
            code = "answer_type" if of_several else one["type"]
            if code == "too_short" and len(given) >= context["min_length"]:  # pydantic counts only sound items; the others are reported
                continue
            if "expected" in context:  # 'a', 'b' or 'c'
                context["expected"] = context["expected"].replace("' or '", "', '").replace("'", "")
            if code == "string_type" and isinstance(given, int | float | date) and not isinstance(given, bool):
                code = "unquoted_number"
            if code == "string_pattern_mismatch":
                code = _MISSPELT.get(context["pattern"], code)
            if code == "extra_forbidden" or (code in {"dict_type", "model_type"} and isinstance(given, str)):
                code = full_width(f"{where[-1]}:" if code == "extra_forbidden" else given) or code
            self.add(file, nearest_line(lines, where), where, code, given=shown(given), **context)


class ContentError(Exception):
    """The content cannot be served; ``problems`` says everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Carry all problems found."""
        super().__init__(f"{len(problems)} problems in the content; `zhuchuang check` lists them")
        self.problems = problems


def render(problem: Problem, words: Mapping[str, Mapping[str, str]]) -> str:
    """One problem as one line, ``file:line: field: what is wrong; how to mend it``.

    ``words`` is what ``knowledge/wording/problems.yaml`` holds; its entry ``other`` speaks for a code it does not know.

    >>> render(Problem("a.yaml", 3, "id", "odd"), {"other": {"wrong": "is wrong ({code})", "fix": "look at an example"}})
    'a.yaml:3: id: is wrong (odd); look at an example'
    """
    details = {"code": problem.code, **dict(problem.details)}
    said = words.get(problem.code) or words.get("other")
    parts = (said["wrong"].format(**details), said["fix"].format(**details)) if said else (problem.code, str(dict(problem.details)))
    return f"{problem.file}:{problem.line}: {problem.field}: {'; '.join(parts)}"


def _as_written(where: FieldPath, lines: dict[FieldPath, int]) -> FieldPath:
    """A path without the names pydantic puts in for the sort of condition it tried."""
    path: FieldPath = ()
    for part in where:
        if (*path, part) in lines or part not in {"test", "all", "any"}:
            path = (*path, part)
    return path


def shown(given: object) -> str:
    """A value as it looked in the file, shortened."""
    match given:
        case None:
            return "null"
        case bool():
            return str(given).lower()
        case list() | tuple():
            return "[...]"
        case dict():
            return "{...}"
    text = str(given) or '""'
    return text if len(text) <= 40 else f"{text[:40]}..."


def full_width(text: str) -> str | None:
    """The code of the mistake if a name in a piece of YAML is followed by a Chinese colon, or a Chinese comma by a name.

    >>> full_width("certificate：true"), full_width("{id: rural，fact: certificate}"), full_width("say: 有证，能办")
    ('full_width_colon', 'full_width_comma', None)
    """
    return next((code for code, pattern in _FULL_WIDTH.items() if pattern.search(text)), None)


def nearest(written: str, known: Iterable[str]) -> str | None:
    """What was probably meant: the known name closest to what was written, if any comes close."""
    return next(iter(get_close_matches(written.lower(), list(known), 1)), None)


def field_name(where: FieldPath) -> str:
    """A path into a value as people write it.

    >>> field_name(("amounts", 0, "unit"))
    'amounts[0].unit'
    """
    name = ""
    for part in where:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else str(part)
    return name or "-"


def nearest_line(lines: dict[FieldPath, int], where: FieldPath) -> int:
    """The line of a field, or of the closest thing around it that has one."""
    while where and where not in lines:
        where = where[:-1]
    return lines.get(where, 1)
