"""How long what is known of people is kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long things are kept before they are deleted.

    ``idle_days`` a conversation after its last message; ``facts_hours`` the answers of a questionnaire after its results were shown;
    ``inbox_hours`` the reply to a message; ``unanswered_days`` questions nothing was found for, and opinions of answers, both without
    whose they are.
    """

    idle_days: int = 30
    facts_hours: int = 24
    inbox_hours: int = 48
    unanswered_days: int = 180
