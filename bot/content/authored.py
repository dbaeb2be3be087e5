"""The base of everything staff write: immutable, every field known, nothing silently converted."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
"""An ASCII id: small letters, digits and single hyphens, as in ``startup-grant-sole-trader``."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""Words a citizen or clerk reads; never empty."""

RegionCode = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
"""A GB/T 2260 code, six digits, quoted in YAML."""


class Authored(BaseModel):
    """A value written by a person in YAML; unknown fields are refused and nothing changes after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
