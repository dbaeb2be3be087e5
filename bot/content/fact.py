"""A fact: one thing about the person or firm that asks, as staff write it in ``rules/facts.yaml``."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from bot.content.authored import Authored, Text
from bot.content.condition import Condition, FactId, OptionId
from bot.content.lexicon import Cues


class FactType(StrEnum):
    """What sort of answer a fact has."""

    BOOL = "bool"
    ENUM = "enum"
    SET = "set"
    INTEGER = "integer"
    MONEY = "money"
    DATE = "date"
    REGION = "region"


class Topic(StrEnum):
    """What a question is about; questions of one topic are kept together."""

    SELF = "self"
    HOUSEHOLD = "household"
    BUSINESS = "business"
    STAFF = "staff"
    STUDY = "study"
    WISHES = "wishes"


Implied = dict[FactId, bool | int | str]
"""Other facts that follow: an option id, true/false, a number, or ``never`` for a date that has not come."""


class Option(Authored):
    """One answer somebody may pick; ``implies`` is what follows from it about other facts.

    ``usual`` is how many of a hundred people say so, roughly. ``nothing`` marks the option that a plain 没有 means. Heard together
    with an option in ``over``, this one is meant.
    """

    id: OptionId
    label: Annotated[Text, StringConstraints(max_length=30)]
    heard: Cues = ()
    implies: Implied = Field(default_factory=dict)
    usual: Annotated[int, Field(ge=1, le=100)] = 1
    nothing: bool = False
    over: tuple[OptionId, ...] = Field(default=(), strict=False)


class Side(Authored):
    """Yes or no to a question of type bool."""

    label: Annotated[Text, StringConstraints(max_length=30)]
    heard: Cues = ()
    implies: Implied = Field(default_factory=dict)
    usual: Annotated[int, Field(ge=1, le=100)] = 1


class Derived(Authored):
    """How a fact follows from others: whole months since a date, or a condition that holds."""

    months_since: FactId | None = None
    when: Condition | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.months_since is None) == (self.when is None):
            raise PydanticCustomError("derived_one_way", "needs `months_since` or `when`")
        return self


class Fact(Authored):
    """One thing about the person or firm that asks.

    ``ask`` is the question; a derived fact has none. ``name`` is how it is called back (``残疾等级：三级``), ``tick``
    how it stands in a list to tick from, in front of each option for a set. ``find_out`` tells
    somebody who does not know. ``effort`` is how hard it is to answer, 1 to 5. ``lowest`` and ``highest`` bound a number, both
    included. ``part_of`` is a larger number this one is counted in. ``never`` is the label of "not yet" for a date, ``none`` that of an
    empty set. ``about`` are words near a number or date that show it means this fact, ``unit`` what it counts and
    ``counts`` other nouns for that (3个残疾人).
    """

    id: FactId
    type: FactType = Field(strict=False)
    topic: Topic = Field(strict=False)
    name: Annotated[Text, StringConstraints(max_length=20)]
    tick: Annotated[Text, StringConstraints(max_length=24)] | None = None
    ask: Annotated[Text, StringConstraints(max_length=44)] | None = None
    why: Text | None = None
    find_out: Text | None = None
    sensitive: bool = False
    effort: Annotated[int, Field(ge=1, le=5)] = 1
    yes: Side | None = None
    no: Side | None = None
    options: tuple[Option, ...] = Field(default=(), strict=False)
    none: Text | None = None
    never: Text | None = None
    unit: Text | None = None
    lowest: Annotated[int, Field(ge=0)] = 0
    highest: int | None = None
    part_of: FactId | None = None
    about: Cues = ()
    counts: Cues = ()
    derived: Derived | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if (self.ask is None) == (self.derived is None):
            raise PydanticCustomError("asked_or_derived", "needs either `ask` or `derived`")
        if self.ask is not None and self.find_out is None:
            raise PydanticCustomError("no_way_to_find_out", "an asked fact needs `find_out`")
        wants = {FactType.BOOL: ("yes", "no"), FactType.ENUM: ("options",), FactType.SET: ("options", "none")}.get(self.type, ())
        if self.type in {FactType.INTEGER, FactType.MONEY}:
            wants = ("unit",)
        lacking = [name for name in wants if not getattr(self, name) and self.derived is None]
        repeated = [option.id for index, option in enumerate(self.options) if option.id in {other.id for other in self.options[:index]}]
        if repeated:
            raise PydanticCustomError("option_repeated", "an option id is used twice", {"id": repeated[0]})
        if self.derived is not None and self.type is not (FactType.BOOL if self.derived.when is not None else FactType.INTEGER):
            raise PydanticCustomError("derived_type", "a derived fact has the type of its way")
        if lacking:
            raise PydanticCustomError("type_needs", "this type needs more", {"type": str(self.type), "fields": ", ".join(lacking)})
        return self
