"""The words people use, as staff list them: kinds, audiences, aspects, synonyms, topics, commands."""

from typing import Annotated

from pydantic import Field

from bot.content.authored import Authored, Identifier, Text
from bot.content.measure import Audience, Kind

Cues = Annotated[tuple[Text, ...], Field(strict=False)]
"""Things heard in a question. ``a+b``: both, in this order, at most 12 characters apart; ``a/b``: either."""


class KindHeard(Authored):
    """A sort of help as people name it, and the measure kinds it may mean."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    name: Text
    covers: tuple[Annotated[Kind, Field(strict=False)], ...] = Field(min_length=1, strict=False)
    heard: Cues


class AudienceHeard(Authored):
    """A sort of person or firm as people name it, and the measure audiences it fits.

    A ``decisive`` one (我雇了…) leaves little room for measures for others.
    """

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    name: Text
    fits: tuple[Annotated[Audience, Field(strict=False)], ...] = Field(min_length=1, strict=False)
    decisive: bool = False
    heard: Cues


class AspectHeard(Authored):
    """What a question wants to know about a measure."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    name: Text
    heard: Cues


class Synonym(Authored):
    """Everyday words (``heard``) and the words of the documents they add to a search (``adds``)."""

    adds: Cues
    heard: Cues


class NotCovered(Authored):
    """A topic near ours that no document here deals with, and whom to ask instead; an ``urgent`` one is met with that first."""

    id: Identifier
    name: Text
    heard: Cues
    unless: Cues = ()
    ask: Text
    urgent: bool = False


class Misuse(Authored):
    """A request that is declined, with the reply that says so."""

    id: Identifier
    reply: Text
    heard: Cues
    unless: Cues = ()


class Meta(Authored):
    """A question about the assistant itself."""

    id: Identifier
    reply: Text
    heard: Cues
    unless: Cues = ()
    phrasings: Cues


class Crisis(Authored):
    """Words of despair; two ``weak`` signs together count as well; ``unless`` excuses them, ``always`` overrides the excuse."""

    heard: Cues
    weak: Cues
    unless: Cues
    always: Cues


class Commands(Authored):
    """Whole messages that are commands, and the filler that may stand around them."""

    help: Cues
    start: Cues
    restart: Cues
    forget: Cues
    held: Cues
    none: Cues
    repeat: Cues
    next: Cues
    slower: Cues
    faster: Cues
    regions: Cues
    thanks: Cues
    hello: Cues
    bye: Cues
    yes: Cues
    no: Cues
    filler: Cues


class Answering(Authored):
    """Whole messages that answer a question of the questionnaire or steer it; ``begins_…`` are how an answer begins.

    ``before`` may stand in front of a request; ``asks`` and ``asks_at_end`` show that a message asks something instead of answering.
    ``objects`` anywhere in an answer that begins like a yes make it a no. ``about_self`` shows that a question tells of the person, and
    ``of_others`` that a clause tells of people hired or led. ``same`` are words for oneself, all heard as the first. ``enough`` asks for
    results when they are offered, ``more`` for further questions. ``denies`` in front of a word says that it is not so.
    ``linking`` words stand between a correction and the new answer.
    """

    yes: Cues
    no: Cues
    none: Cues
    nothing_else: Cues
    begins_yes: Cues
    begins_no: Cues
    unsure: Cues
    declined: Cues
    skip: Cues
    back: Cues
    results: Cues
    why: Cues
    how: Cues
    stop: Cues
    resume: Cues
    again: Cues
    correct: Cues
    linking: Cues
    start: Cues
    match: Cues
    sheet: Cues
    sheet_answers: Cues
    failing: Cues
    change: Cues
    before: Cues
    objects: Cues
    enough: Cues
    more: Cues
    denies: Cues
    about_self: Cues
    of_others: Cues
    same: Cues
    asks: Cues
    asks_at_end: Cues


class PlaceCues(Authored):
    """Words before and after a place name that tell the user's own place from one merely mentioned."""

    before: dict[str, int]
    after: dict[str, int]
    join: Cues


class Gate(Authored):
    """Words that show a question is about help for people or firms at all."""

    asking: Cues
    topical: Cues
    general: Cues
    trap: Cues
    negative: Cues
    several: Cues
    joined: Cues
    turning: Cues
    everywhere: Cues
    addressed: Cues
    spoken_to: Cues


class Lexicon(Authored):
    """All word lists together."""

    kinds: tuple[KindHeard, ...]
    audiences: tuple[AudienceHeard, ...]
    aspects: tuple[AspectHeard, ...]
    synonyms: tuple[Synonym, ...]
    not_covered: tuple[NotCovered, ...]
    misuse: tuple[Misuse, ...]
    meta: tuple[Meta, ...]
    crisis: Crisis
    commands: Commands
    answering: Answering
    place_cues: PlaceCues
    gate: Gate
    stopwords: Cues
    words: Cues
