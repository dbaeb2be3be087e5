"""Strong Kleene logic: unknown is a value of its own, between no and yes."""

from enum import IntEnum


class Truth(IntEnum):
    """How a condition stands. All of several = the least, any of several = the greatest, not = the negative."""

    NO = -1
    UNKNOWN = 0
    YES = 1


OPPOSITE = {Truth.NO: Truth.YES, Truth.UNKNOWN: Truth.UNKNOWN, Truth.YES: Truth.NO}
