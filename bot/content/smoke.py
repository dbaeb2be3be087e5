"""Questions that content must answer before it may be served."""

from typing import Annotated, Literal

from pydantic import Field

from bot.content.authored import Authored, Text

Ends = Literal["answer", "clarify", "question", "verdict", "refuse", "meta", "crisis"]


class SmokeQuestion(Authored):
    """A question and how its reply must end; ``measure`` is the code of what it must be mainly about."""

    question: Text
    outcome: Ends
    measure: Text | None = None


SmokeQuestions = Annotated[tuple[SmokeQuestion, ...], Field(strict=False, min_length=1)]
