"""What comes before any search: distress, commands, misuse, questions about the assistant."""

from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.content.lexicon import Lexicon
from bot.language.cues import Cues, squeeze
from bot.language.normalize import normalize
from bot.retrieval.query import Query

_WEAK_SIGNS = 2
"""So many lesser signs of despair together count as one that is plain."""
_SIMILAR = 45
"""How alike (0 to 100) a message must be to a known question about the assistant."""


@dataclass(frozen=True, slots=True)
class _Listed:
    id: str
    reply: str
    heard: Cues
    unless: Cues


class Listener:
    """Hears what needs no policy. Build once for a snapshot of the knowledge."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the lists."""
        self._crisis = Cues(lexicon.crisis.heard)
        self._crisis_weak = Cues(lexicon.crisis.weak)
        self._crisis_unless = Cues(lexicon.crisis.unless)
        self._crisis_always = Cues(lexicon.crisis.always)
        commands = lexicon.commands.model_dump()
        self._filler = sorted((squeeze(normalize(word)) for word in commands.pop("filler")), key=len, reverse=True)
        self._commands = {squeeze(normalize(word)) or normalize(word): name for name, words in commands.items() for word in words}
        self._meta_phrasings = [
            (squeeze(normalize(phrasing)), entry.reply) for entry in lexicon.meta for phrasing in (*entry.phrasings, *entry.heard)
        ]
        self._ability = next(entry.reply for entry in lexicon.meta if entry.id == "ability")
        self._misuse = [_Listed(entry.id, entry.reply, Cues(entry.heard), Cues(entry.unless)) for entry in lexicon.misuse]
        self._greetings = [squeeze(normalize(word)) for word in lexicon.commands.hello]
        self._addressed = Cues(lexicon.gate.addressed)
        self._spoken_to = Cues(lexicon.gate.spoken_to)
        self._meta = [_Listed(entry.id, entry.reply, Cues(entry.heard), Cues(entry.unless)) for entry in lexicon.meta]
        self._topics = [_Listed(entry.id, entry.ask, Cues(entry.heard), Cues(entry.unless)) for entry in lexicon.not_covered]

    def crisis(self, squeezed: str) -> bool:
        """Whether somebody may be in despair."""
        if self._crisis_always.hit(squeezed):
            return True
        heard = self._crisis.hit(squeezed) or len(self._crisis_weak.heard(squeezed)) >= _WEAK_SIGNS
        return heard and not self._crisis_unless.hit(squeezed)

    def command(self, squeezed: str) -> str | None:
        """The command a whole message is, or None."""
        if squeezed in self._commands:
            return self._commands[squeezed]
        stripped = squeezed
        for _ in range(3):
            before = stripped
            for word in self._filler:
                if len(stripped) > len(word):
                    stripped = stripped.removeprefix(word) if stripped.startswith(word) else stripped.removesuffix(word)
                if stripped in self._commands:
                    return self._commands[stripped]
            if stripped == before:
                break
        return None

    def misuse(self, squeezed: str) -> str | None:
        """The reply to a request that is declined, or None."""
        return _first(self._misuse, squeezed)

    def meta(self, query: Query) -> str | None:
        """The reply to a question about the assistant, or None.

        Words such as 真的假的 or 收费吗 are about a policy when the assistant is not addressed and a policy's topic or place is named.
        """
        squeezed = query.squeezed
        for greeting in self._greetings:
            squeezed = squeezed.removeprefix(greeting)
        if (query.topical or query.places) and not self._spoken_to.hit(squeezed):
            return None
        return _first(self._meta, squeezed)

    def closest_meta(self, query: Query) -> str | None:
        """The reply to a message that speaks to the assistant and of no policy: the most similar known question, or what it can do."""
        if query.topical or query.places or not self._addressed.hit(query.squeezed):
            return None
        ratio, reply = max((fuzz.ratio(query.squeezed, phrasing), reply) for phrasing, reply in self._meta_phrasings)
        return reply if ratio >= _SIMILAR else self._ability

    def not_covered(self, squeezed: str) -> str | None:
        """The id of a near topic that no document here deals with, or None."""
        for topic in self._topics:
            if topic.heard.hit(squeezed) and not topic.unless.hit(squeezed):
                return topic.id
        return None


def _first(listed: list[_Listed], squeezed: str) -> str | None:
    for entry in listed:
        if entry.heard.hit(squeezed) and not entry.unless.hit(squeezed):
            return entry.reply
    return None
