"""A rule: for which facts a measure applies, as staff write it in ``rules/<policy>/<measure>.yaml``."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bot.content.authored import Authored, Identifier, Text
from bot.content.condition import Condition, FactId


class Prose(Authored):
    """A condition of the document that cannot be asked as a fact; it keeps the verdict from being a plain match."""

    say: Text
    section: Text | None = None


class Scale(Authored):
    """An amount of the measure, by its label, that is multiplied by a fact."""

    amount: Text
    times: FactId


class Addition(Authored):
    """A sentence about the amount or its duration that holds for some people only."""

    when: Condition
    say: Text


class Combining(Authored):
    """What the document says about getting it together with others: ``not_stated``, or measures of the policy by id.

    Of ``either_or`` measures only one can be had; ``with`` may be had beside it; ``after`` must come first.
    """

    not_stated: bool = False
    either_or: tuple[Identifier, ...] = Field(default=(), strict=False)
    with_: tuple[Identifier, ...] = Field(default=(), strict=False, alias="with")
    after: tuple[Identifier, ...] = Field(default=(), strict=False)
    say: Text | None = None

    @model_validator(mode="after")
    def _stated_or_not(self) -> Self:
        if self.not_stated == bool(self.either_or or self.with_ or self.after or self.say):
            raise PydanticCustomError("stacking_unclear", "state it or say that it is not stated")
        return self


class Rule(Authored):
    """For whom a measure is: ``when`` with what else is needed, or ``not_individual`` with the reason why nobody can be judged on it.

    ``area`` names the fact that must lie in the policy's regions. ``papers`` are what the document names to bring.
    """

    id: Identifier
    not_individual: Text | None = None
    area: FactId = "place"
    when: Condition | None = None
    also_needed: tuple[Prose, ...] = Field(default=(), strict=False)
    scales: tuple[Scale, ...] = Field(default=(), strict=False)
    additions: tuple[Addition, ...] = Field(default=(), strict=False)
    combine: Combining | None = None
    papers: tuple[Text, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _judged_or_not(self) -> Self:
        if (self.when is None) == (self.not_individual is None):
            raise PydanticCustomError("judged_or_not", "needs either `when` or `not_individual`")
        if self.when is not None and self.combine is None:
            raise PydanticCustomError("combine_missing", "a rule says whether it combines")
        return self
