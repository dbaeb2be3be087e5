"""YAML read strictly: no repeated keys, no words turned into booleans, every field's line remembered."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.content.problems import FieldPath, Problems, full_width

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = re.compile(r"|~|null")
_INT = re.compile(r"-?(0|[1-9]\d*)")
_FLOAT = re.compile(r"-?\d+\.\d+")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file's value and the line each field stands on (first line = 1)."""

    path: Path
    value: Any
    lines: dict[FieldPath, int]


def read_yaml(path: Path, problems: Problems) -> YamlFile | None:
    """The value of a YAML file; mistakes go to ``problems`` and an unreadable file gives None.

    Only ``true``/``false``, ``null``, plain integers and decimals and ``2025-05-01`` are more than text: ``no`` stays a word and
    ``12:30`` stays as written.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.add(path, 1, "-", "unreadable_file", reason=error)
        return None
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        written = text.split("\n")
        for line in _suspects(error):
            if line < len(written) and (code := full_width(written[line])):
                problems.add(path, line + 1, (), code)
                return None
        problems.add(path, mark.line + 1 if mark else 1, "-", "yaml_syntax", reason=getattr(error, "problem", None) or error)
        return None
    lines: dict[FieldPath, int] = {}
    value = _build(node, (), path, lines, problems) if node is not None else None
    if value is None:
        problems.add(path, 1, "-", "empty_file")
        return None
    return YamlFile(path, value, lines)


def unquoted(text: str) -> Any:
    """What a quoted text would be without its quotes: itself, unless it looks like a boolean, a number or a date.

    >>> unquoted("true"), unquoted("6"), unquoted("no")
    (True, 6, 'no')
    """
    value = _scalar(yaml.ScalarNode("", text), (), Path(), Problems())
    return text if value is None else value


def _suspects(error: yaml.YAMLError) -> tuple[int, ...]:
    """The lines, counted from 0, that a complaint may really be about: where it was noticed and what came just before."""
    marks = [mark.line for mark in (getattr(error, "context_mark", None), getattr(error, "problem_mark", None)) if mark]
    return tuple(range(max(0, min(marks[0], marks[-1] - 1)), marks[-1] + 1)) if marks else ()


def _build(node: yaml.Node, where: FieldPath, path: Path, lines: dict[FieldPath, int], problems: Problems) -> Any:
    lines[where] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                problems.add(path, key_node.start_mark.line + 1, (*where, key), "repeated_key", key=key)
            found[key] = _build(value_node, (*where, key), path, lines, problems)
            lines[(*where, key)] = key_node.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, (*where, index), path, lines, problems) for index, child in enumerate(node.value)]
    return _scalar(node, where, path, problems)


def _scalar(node: yaml.Node, where: FieldPath, path: Path, problems: Problems) -> Any:
    text = str(node.value)
    if getattr(node, "style", None):  # quoted or a block; the C loader says "" for plain
        return text
    if _NULL.fullmatch(text):
        return None
    if text in {"true", "false"}:
        return text == "true"
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if match := _DATE.fullmatch(text):
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            problems.add(path, node.start_mark.line + 1, where, "impossible_date", given=text)
            return None
    return text
