"""Words that begin, steer and correct a questionnaire, told from answers and from questions."""

from bot.content.lexicon import Answering
from bot.dialogue.hear_facts import FactEar
from bot.language.cues import Cues, squeeze
from bot.language.normalize import normalize
from bot.language.places import Gazetteer
from bot.language.sentences import clauses

_WHOLE_REQUEST = 5
"""A request of so many characters is one even behind a story told without punctuation."""
_GOING_ON = frozenset(("resume", "results", "back", "sheet", "failing", "change"))
_LEAVING = frozenset(("stop", "back"))
"""What steers even with something said beside it."""
_NO_COMMANDS = ("yes", "no", "none", "nothing_else", "begins_yes", "begins_no", "unsure", "declined", "of_others", "same", "denies")


class SteeringWords:
    """Hears what a message wants of the questionnaire. Build once for a snapshot of the knowledge."""

    def __init__(self, answering: Answering, ear: FactEar, gazetteer: Gazetteer) -> None:
        """Compile the lists."""
        self._ear = ear
        self._gazetteer = gazetteer
        words = answering.model_dump()
        self._correct = sorted((squeeze(normalize(word)) for word in words.pop("correct")), key=len, reverse=True)
        self.enough, self.more = Cues(words.pop("enough")), Cues(words.pop("more"))
        self._linking = tuple(map(normalize, words.pop("linking")))
        self.objects = Cues(words.pop("objects"))
        self.about_self = Cues(words.pop("about_self"))
        plain, *others = words["same"]
        self._same = dict.fromkeys(others, plain)
        self._before = [squeeze(normalize(word)) for word in words.pop("before")]
        self._asks = Cues(words.pop("asks"))
        self._asks_at_end = tuple(normalize(word) for word in words.pop("asks_at_end"))
        for name in _NO_COMMANDS:
            words.pop(name)
        self._starts = tuple(word for word in map(squeeze, words["start"]) if len(word) >= _WHOLE_REQUEST)
        requests = map(squeeze, map(normalize, (*words["start"], *words["match"])))
        self._hints = Cues({*(word[-2:] for word in requests), *others})
        self._words = {squeeze(normalize(word)) or normalize(word): name for name, listed in words.items() for word in listed}

    def command(self, normal: str) -> str | None:
        """What a whole message steers to, by the name of its list; None if it steers nowhere."""
        squeezed = squeeze(normal)
        word = self._words.get(squeezed) or self._words.get(self._ear.bare(squeezed))
        if word is not None:
            return word
        return next((said for clause in clauses(normal) if (said := self._words.get(squeeze(clause))) in _LEAVING), None)

    def goes_on(self, squeezed: str) -> bool:
        """Whether a message goes on with a questionnaire or its results, which there may be none of."""
        return self._words.get(squeezed) in _GOING_ON

    def wanted(self, normal: str) -> str | None:
        """``start`` or ``match`` if a message asks whether somebody qualifies, in a clause of its own; None otherwise."""
        if not self._hints.hit(squeeze(normal)):
            return None
        for clause in (normal, *clauses(normal)):
            text = clause
            for place in self._gazetteer.find(clause):
                text = text.replace(place.heard, "")
            squeezed = squeeze(text)
            for heard, plain in self._same.items():
                squeezed = squeezed.replace(heard, plain)
            if (word := self._asked_for(self._ear.bare(squeezed))) is not None:
                return word
            if squeezed.endswith(self._starts):
                return "start"
        return None

    def _asked_for(self, squeezed: str) -> str | None:
        """``start`` or ``match`` if that is asked, whatever polite words stand in front."""
        if (word := self._words.get(squeezed)) in {"start", "match"}:
            return word
        rests = (squeezed.removeprefix(before) for before in self._before if squeezed.startswith(before) and before != squeezed)
        return next((word for rest in rests if (word := self._asked_for(rest)) is not None), None)

    def correction(self, normal: str) -> str | None:
        """What is said instead by a message that takes something back, perhaps nothing; None if it takes nothing back."""
        if not squeeze(normal).startswith(tuple(self._correct)):
            return None
        rest = normal
        for word in self._correct:
            rest = rest.replace(word, " ")
        rest = rest.strip(" ,")
        for word in self._linking:
            rest = rest.removeprefix(word)
        return rest

    def is_question(self, normal: str) -> bool:
        """Whether a normalised message asks something rather than answers."""
        return normal.endswith(self._asks_at_end) or self._asks.hit(squeeze(normal))
