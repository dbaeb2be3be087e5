"""What is wrong with the content: where, what, and how to mend it; collected, never raised one by one."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

FieldPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file. ``code`` names its words in ``knowledge/wording/problems.yaml``; ``details`` fill them."""

    file: str
    line: int
    field: str
    code: str
    details: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Problems:
    """Mistakes found so far."""

    found: list[Problem] = field(default_factory=list)

    def add(self, file: Path | str, line: int, where: FieldPath | str, code: str, **details: Any) -> None:
        """Note a mistake at a field of a file."""
        name = where if isinstance(where, str) else field_name(where)
        self.found.append(Problem(str(file), line, name, code, tuple((key, str(value)) for key, value in sorted(details.items()))))

    def add_validation(self, file: Path | str, error: ValidationError, lines: dict[FieldPath, int]) -> None:
        """Note every mistake a model found in one file's value."""
        for one in error.errors(include_url=False):
            where = tuple(part for part in one["loc"] if not str(part).startswith("function-"))
            context = {key: value for key, value in (one.get("ctx") or {}).items() if key != "error"}
            given = one.get("input")
            if one["type"] in {"string_type", "string_sub_type"} and isinstance(given, int | float) and not isinstance(given, bool):
                self.add(file, nearest_line(lines, where), where, "unquoted_number", given=given)
            else:
                shown = given if isinstance(given, str | int | float | bool) else type(given).__name__
                self.add(file, nearest_line(lines, where), where, one["type"], given=shown, **context)


class ContentError(Exception):
    """The content cannot be served; ``problems`` says everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Carry all problems found."""
        super().__init__(f"{len(problems)} problems in the content; `zhuchuang check` lists them")
        self.problems = problems


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
