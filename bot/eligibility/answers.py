"""What is known of a fact: exactly, within a range, in part, or why it is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

NEVER = date.max
"""The day of something that has not happened: later than any other."""

ELSEWHERE = "990000"
"""A region that is none of those a rule names."""

YES, NO = "yes", "no"


class Absence(StrEnum):
    """Why nothing is known of a fact that was asked; it is not asked again."""

    UNSURE = "unsure"
    DECLINED = "declined"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these options, and no other; a single one when it is known exactly. Yes and no for a fact of type bool."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Span:
    """A number from ``low`` to ``high``, both included; ``high`` absent = no upper end."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Days:
    """A day from ``low`` to ``high``, both included; ``NEVER`` = it has not happened."""

    low: date
    high: date


@dataclass(frozen=True, slots=True)
class Within:
    """Somewhere in a region, which may be coarser than what a rule wants to know."""

    code: str


@dataclass(frozen=True, slots=True)
class Members:
    """Which members a set has and which it surely lacks; of any other nothing is known."""

    has: frozenset[str]
    lacks: frozenset[str]


Known = OneOf | Span | Days | Within | Members
Answer = Known | Absence
Answers = Mapping[str, Answer]
"""What somebody has said, by fact id: the whole state of a questionnaire."""


def one(option: str) -> OneOf:
    """Exactly one option."""
    return OneOf(frozenset((option,)))


def exactly(number: int) -> Span:
    """Exactly one number."""
    return Span(number, number)


def on(day: date) -> Days:
    """Exactly one day."""
    return Days(day, day)


def disjoint(first: Known, second: Known) -> bool:
    """Whether two answers to one fact cannot both be true."""
    match first, second:
        case OneOf(ids=ids), OneOf(ids=others):
            return not ids & others
        case Span(), Span():
            return (second.high is not None and first.low > second.high) or (first.high is not None and second.low > first.high)
        case Days(), Days():
            return first.low > second.high or second.low > first.high
        case Members(), Members():
            return bool(first.has & second.lacks or second.has & first.lacks)
        case Within(code=code), Within(code=other):
            return not (_inside(code, other) or _inside(other, code))
    return True


def _inside(inner: str, outer: str) -> bool:
    digits = 2 if outer.endswith("0000") else 4 if outer.endswith("00") else 6
    return inner.startswith(outer[:digits])
