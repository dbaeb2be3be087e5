"""Provinces, cities and counties by their GB/T 2260 codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How large a region is."""

    PROVINCE = 2
    CITY = 4
    COUNTY = 6


def level_of(code: str) -> Level:
    """The level a code names.

    >>> level_of("370000").name, level_of("370500").name, level_of("370523").name
    ('PROVINCE', 'CITY', 'COUNTY')
    """
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.CITY if code.endswith("00") else Level.COUNTY


def contains(outer: str, inner: str) -> bool:
    """Whether ``inner`` is ``outer`` or lies in it.

    >>> contains("370000", "370523"), contains("370523", "370500")
    (True, False)
    """
    return inner.startswith(outer[: level_of(outer)])


@dataclass(frozen=True, slots=True)
class Regions:
    """The whole country down to counties.

    ``not_places`` are names that are ordinary words and count only with their suffix; ``look_alikes`` are phrases in which a place's name
    stands by accident (便宜春节).
    """

    names: Mapping[str, str]
    aliases: Mapping[str, tuple[str, ...]]
    not_places: frozenset[str]
    look_alikes: tuple[str, ...]

    def name(self, code: str) -> str:
        """The official name of a code."""
        return self.names[code]

    def parents(self, code: str) -> tuple[str, ...]:
        """The codes around a region, nearest first; none for a province."""
        around = (code[:4] + "00", code[:2] + "0000")
        return tuple(outer for outer in dict.fromkeys(around) if outer != code and outer in self.names)

    def full_name(self, code: str) -> str:
        """The name with those around it, as in 山东省东营市广饶县."""
        return "".join(self.names[one] for one in (*reversed(self.parents(code)), code))
