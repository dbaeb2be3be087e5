"""What reaches the middle from any channel."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a person.

    ``text`` is absent for a picture, a voice note and the like. ``choice`` is the id of an offered choice that was tapped. ``id`` is the
    channel's own id of the delivery: the same id is the same message delivered again. ``masked`` tells that numbers which name a person
    were taken out of the text before it came here.
    """

    conversation: str
    text: str | None = None
    choice: str | None = None
    id: str | None = None
    masked: bool = False
