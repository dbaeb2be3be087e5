"""Whom to call: offices and the confirmed hotlines that reach them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from bot.content.authored import Authored, Identifier, RegionCode, Text

Phone = Annotated[str, StringConstraints(pattern=r"^\d{3,5}$")]
"""A national hotline. Local numbers are not confirmed, so there are none."""


class Hotline(Authored):
    """A national number and what it is for."""

    number: Phone
    name: Text
    note: Text | None = None


class Office(Authored):
    """A kind of office, as said after the place's name, and the hotline that reaches it."""

    id: Identifier
    name: Text
    hotline: Phone


class Contacts(Authored):
    """Offices, hotlines, and the area codes to dial before 12333 from another city."""

    hotlines: tuple[Hotline, ...] = Field(strict=False)
    offices: tuple[Office, ...] = Field(strict=False)
    area_codes: dict[RegionCode, Annotated[str, StringConstraints(pattern=r"^0\d{2,3}$")]]
