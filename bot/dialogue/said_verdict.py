"""Verdicts that were said, as they are remembered: not what they were, but how to work them out again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.dialogue.outcome import Outcome
from bot.eligibility.answers import Answer


class Side(StrEnum):
    """Which side of the verdicts was told."""

    RESULTS = "results"
    JUDGED = "judged"
    FAILING = "failing"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class SaidVerdict:
    """Verdicts told last; what they were follows from the answers of the questionnaire.

    ``entry_id`` is the measure of ``JUDGED``, ``alone`` when it is the only one asked about. ``noted`` is what was just understood.
    ``answers`` tells whether the sheet carries what the person said.
    """

    side: Side
    entry_id: str | None = None
    noted: Mapping[str, Answer] = field(default_factory=dict)
    alone: bool = False
    answers: bool = False
    outcome: Outcome = Outcome.VERDICT
