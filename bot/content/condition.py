"""Conditions as staff write them: one test of one fact, all of several, any of several."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Self, Union

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from bot.content.authored import Authored, Identifier, RegionCode, Text

FactId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]
"""The id of a fact: small letters, digits and underscores, as in ``registered_on``."""

OptionId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]
"""The id of an option of a fact, written like a fact's."""

Ids = Annotated[tuple[OptionId, ...], Field(min_length=1, strict=False)]


class Change(StrEnum):
    """Whether a condition that fails can come to hold: never, by doing something lawful, or by waiting."""

    NEVER = "never"
    ACT = "act"
    WAIT = "wait"


TESTS = ("is_", "in_", "not_in", "at_least", "at_most", "within", "has", "has_none")


class Test(Authored):
    """One test of one fact. Exactly one of ``is``, ``in``, ``not_in``, ``at_least``, ``at_most``, ``within``, ``has``, ``has_none`` is set.

    ``at_least`` and ``at_most`` include their number. ``has`` holds when any one of the listed members is there. ``do`` says what a
    person may do about it (``change: act``); ``only_from`` lists the present answers from which that is a sensible thing to say.
    ``section`` is where the condition stands, if not in the measure's own section.
    """

    id: Identifier | None = None
    fact: FactId
    is_: bool | OptionId | None = Field(default=None, alias="is")
    in_: Ids | None = Field(default=None, alias="in")
    not_in: Ids | None = None
    at_least: Annotated[int, Field(ge=0)] | None = None
    at_most: Annotated[int, Field(ge=0)] | None = None
    within: Annotated[tuple[RegionCode, ...], Field(min_length=1, strict=False)] | None = None
    has: Ids | None = None
    has_none: Ids | None = None
    say: Text | None = None
    change: Change | None = Field(default=None, strict=False)
    do: Text | None = None
    only_from: Ids | None = None
    section: Text | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        given = [name for name in TESTS if getattr(self, name) is not None]
        if len(given) != 1:
            raise PydanticCustomError(
                "condition_one_test", "needs exactly one test", {"fields": ", ".join(name.rstrip("_") for name in given) or "-"}
            )
        if self.change is Change.ACT and self.do is None:
            raise PydanticCustomError("act_without_do", "`change: act` needs `do`")
        return self


class AllOf(Authored):
    """Every one of these must hold."""

    all: tuple["Condition", ...] = Field(min_length=1, strict=False)


class AnyOf(Authored):
    """One of these is enough; ``say`` is the whole choice in plain words."""

    any: tuple["Condition", ...] = Field(min_length=2, strict=False)
    say: Text | None = None


def _sort(value: Any) -> str:
    if isinstance(value, Test | AllOf | AnyOf):
        return {Test: "test", AllOf: "all", AnyOf: "any"}[type(value)]
    keys = value.keys() if isinstance(value, dict) else ()
    return "all" if "all" in keys else "any" if "any" in keys else "test"


Condition = Annotated[
    Union[Annotated[Test, Tag("test")], Annotated[AllOf, Tag("all")], Annotated[AnyOf, Tag("any")]],  # noqa: UP007  # forward references
    Discriminator(_sort),
]
AllOf.model_rebuild()
AnyOf.model_rebuild()


def tests_in(condition: Test | AllOf | AnyOf, where: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Test]]:
    """Every test of a condition with its path inside it."""
    match condition:
        case Test():
            yield where, condition
        case AllOf(all=parts):
            for index, part in enumerate(parts):
                yield from tests_in(part, (*where, "all", index))
        case AnyOf(any=parts):
            for index, part in enumerate(parts):
                yield from tests_in(part, (*where, "any", index))
