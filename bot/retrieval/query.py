"""A question, understood: what was heard in it, before anything is looked up."""

from dataclasses import dataclass

from bot.language.numerals import Number
from bot.language.places import Place

_BROAD_KINDS = frozenset({"money", "service"})
"""Words for help of any kind: they do not say which is wanted."""
_PERSONAL = frozenset({"disabled", "family", "blind", "severe", "rural", "poor", "women", "worker"})
"""What somebody is, not what they want: it does not show that a question is about our kinds of help."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the question that is looked up by itself: its weighted words, and its characters without places."""

    words: tuple[tuple[str, float], ...]
    squeezed: str


@dataclass(frozen=True, slots=True)
class Query:
    """One question and what was heard in it.

    ``text`` is normalised and repaired; ``squeezed`` the same without blanks and punctuation; ``focus`` its asking part;
    ``windows`` what is looked up, the focus first. ``regions`` are the user's
    own places (codes), empty when none was named. Facets hold ids of the lexicon, in the order heard.
    """

    typed: str
    text: str
    squeezed: str
    focus: str
    windows: tuple[Window, ...]
    changes: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    regions: tuple[str, ...]
    kinds: tuple[str, ...]
    audiences: tuple[str, ...]
    aspects: tuple[str, ...]
    numbers: tuple[Number, ...]
    heads: int | None
    topical: bool
    general: bool
    trap: bool

    @property
    def narrow_kinds(self) -> tuple[str, ...]:
        """The kinds of help heard, without the words for help of any kind."""
        return tuple(kind for kind in self.kinds if kind not in _BROAD_KINDS)

    @property
    def narrow_audiences(self) -> tuple[str, ...]:
        """The people heard, without what says only who somebody is."""
        return tuple(name for name in self.audiences if name not in _PERSONAL)
