"""Something a person may pick next, by number, by its words, or with a button."""

from dataclasses import dataclass

QUESTIONNAIRE_CHOICES = frozenset(("q", "fact", "change", "judged"))
"""What the ids of the choices of a questionnaire begin with."""

GONE = "gone:"
"""The id of a choice that new content has taken away."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An offered choice: a short ASCII id for the channel and the words a person sees."""

    id: str
    label: str
