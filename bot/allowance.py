"""How much is taken before people and machines are asked to wait."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """Messages of one person in a minute; messages of all that may wait to be answered."""

    messages_per_minute: int = 20
    largest_backlog: int = 5000
