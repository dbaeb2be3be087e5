"""A policy: a document with issuer, region and dates, as staff write it; and what it says on a given day."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from bot.content.authored import Authored, Identifier, RegionCode, Text
from bot.content.measure import Audience, Correction, Kind, Source


class Validity(StrEnum):
    """How a policy reads on a day."""

    IN_FORCE = "in_force"
    ENDED = "ended"
    NOT_STATED = "not_stated"
    NOT_YET = "not_yet"


class Valid(Authored):
    """From when to when a policy holds; both days count. ``to`` absent = the document names no end."""

    from_: date | None = Field(default=None, alias="from")
    to: date | None = None
    basis: Text

    @model_validator(mode="after")
    def _from_before_to(self) -> Self:
        if self.from_ and self.to and self.to < self.from_:
            raise PydanticCustomError("ends_before_start", "ends before it starts", {"start": str(self.from_), "end": str(self.to)})
        return self


class Successor(Authored):
    """A newer document that may have replaced this one or runs beside it. Named only; its amounts were not read."""

    title: Text
    number: Text | None = None
    issued: date | None = None
    relation: Annotated[str, StringConstraints(pattern=r"^(may_replace|runs_beside|national)$")] = "may_replace"


class Section(Authored):
    """A part of the document: its name for citizens, and the words its text begins with (to find it in the source)."""

    name: Text
    begins: Text


class Document(Authored):
    """The source text. A section runs from its ``begins`` to the next one's."""

    file: Text
    kind: Text
    begins: Text
    ends: Text | None = None
    sections: tuple[Section, ...] = Field(min_length=1, strict=False)


class Clause(Authored):
    """Something the document says that is not a measure: a general rule, a target, an internal deadline, what is not allowed.

    ``codes`` and ``kinds`` name the measures whose answers also carry ``reminder``, so it is shown where it matters.
    """

    id: Identifier
    code: Annotated[str, StringConstraints(pattern=r"^R\d{1,2}$")] | None = None
    name: Text
    text: Text
    reminder: Text | None = None
    codes: tuple[Text, ...] = Field(default=(), strict=False)
    kinds: tuple[Annotated[Kind, Field(strict=False)], ...] = Field(default=(), strict=False)
    audience: tuple[Annotated[Audience, Field(strict=False)], ...] = Field(default=(), strict=False)
    corrections: tuple[Correction, ...] = Field(default=(), strict=False)
    contacts: tuple[Identifier, ...] = Field(default=(), strict=False)
    source: Source
    keywords: tuple[Text, ...] = Field(default=(), strict=False)
    phrasings: tuple[Text, ...] = Field(min_length=3, strict=False)


class Policy(Authored):
    """A document with issuers, region, dates and a reading of whether it still holds."""

    id: Identifier
    title: Text
    short_name: Annotated[Text, StringConstraints(max_length=20)]
    place: Text
    regions: tuple[RegionCode, ...] = Field(min_length=1, strict=False)
    issuers: tuple[Text, ...] = Field(min_length=1, strict=False)
    number: Text | None = None
    issued: date | None = None
    written_year: Annotated[int, Field(ge=1990, le=2100)]
    date_note: Text | None = None
    valid: Valid
    successors: tuple[Successor, ...] = Field(default=(), strict=False)
    repeals: tuple[Text, ...] = Field(default=(), strict=False)
    coverage: Text
    overview: Text
    silent: Text
    document: Document
    corrections: tuple[Correction, ...] = Field(default=(), strict=False)
    clauses: tuple[Clause, ...] = Field(default=(), strict=False)
    phrasings: tuple[Text, ...] = Field(default=(), strict=False)

    def validity_on(self, day: date) -> Validity:
        """How the policy reads on a day; the first and last day count as in force."""
        if self.valid.to is not None and day > self.valid.to:
            return Validity.ENDED
        if self.valid.from_ is not None and day < self.valid.from_:
            return Validity.NOT_YET
        if self.valid.to is None:
            return Validity.NOT_STATED
        return Validity.IN_FORCE
