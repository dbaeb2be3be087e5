"""What can be said of a measure and a person: six verdicts, with the reasons."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.eligibility.conditions import Leaf


class Verdict(StrEnum):
    """How a measure stands for a person. ``CLOSED`` is a measure whose policy does not hold that day."""

    MATCH = "match"
    MATCH_CHECK = "match_check"
    UNKNOWN = "unknown"
    NEAR = "near"
    NOT_NOW = "not_now"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Repair:
    """What would make a measure fit: what to do, what to wait for and until when; ``open_`` are tests nothing is known of yet.

    Waiting is over on ``ready_on`` at the latest, on ``ready_from`` at the earliest: two days where the beginning is known roughly.
    """

    leaves: tuple[Leaf, ...] = ()
    open_: tuple[Leaf, ...] = ()
    ready_on: date | None = None
    ready_from: date | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a condition fails: ``ways`` in which it could hold, each with its failing tests. One way would be enough, as ``say`` puts it."""

    ways: tuple[tuple[Leaf, ...], ...]
    say: str | None = None

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The failing tests of all ways."""
        return tuple(leaf for way in self.ways for leaf in way)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One measure judged. ``otherwise`` is the verdict if only the conditions counted and not the dates of the policy.

    ``blocked`` is set for NEAR and NOT_NOW, ``repair`` for NEAR. ``met`` are the tests that hold. ``needs`` are facts still unknown
    that matter, ``unsure`` those of them that were asked. ``heads`` multiplies an amount, by the amount's label, where the number is known.
    ``settled`` tells that no answer can change it any more.
    """

    entry_id: str
    verdict: Verdict
    otherwise: Verdict
    blocked: tuple[Blocked, ...]
    repair: Repair | None
    met: tuple[Leaf, ...]
    needs: tuple[str, ...]
    unsure: tuple[str, ...]
    checks: tuple[str, ...]
    heads: tuple[tuple[str, int], ...]
    additions: tuple[str, ...]
    settled: bool

    @property
    def ready_on(self) -> date | None:
        """The day from which waiting is over, for NEAR."""
        return self.repair.ready_on if self.repair else None
