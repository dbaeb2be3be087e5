"""From what a person typed to a query: repair, places, facets, words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.content.knowledge import Knowledge
from bot.content.measure import Audience
from bot.language.cues import Cues, squeeze
from bot.language.homophones import Homophones
from bot.language.normalize import normalize
from bot.language.numerals import DAY_LIKE_UNITS, Number, read_heads, read_numbers, say_number
from bot.language.places import Gazetteer, Place, own_places
from bot.language.segment import Segmenter
from bot.language.sentences import clauses, sentences
from bot.retrieval.query import Query, Window

_LONG = 40
"""Longer messages are stories: what is not the asking part counts less."""
_WINDOWS = 3
_SYNONYM = 0.8
_OWN_PART = 2
_SMALL = 10
_IDLE_UNITS = frozenset(DAY_LIKE_UNITS)
_OWN_STRETCH = 4
"""So many characters after a place ask something of their own."""
_CUE_WORD = re.compile(r"[+/]")


class Understanding:
    """Turns text into queries. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Compile the lexicon and load the tokenizer."""
        lexicon = knowledge.lexicon
        self._background = float(knowledge.ranking.weights.background)
        self._join = lexicon.place_cues.join
        covered = [code for policy in knowledge.policies() for code in policy.regions]
        self.gazetteer = Gazetteer(knowledge.regions, lexicon.place_cues, covered)
        words = _domain_words(knowledge)
        self.segmenter = Segmenter(words)
        place_names = [name for name, codes in self.gazetteer.names().items() if any(_worth_repairing(code, covered) for code in codes)]
        spoken = _spoken_words(knowledge)
        firm = self._policy_places(knowledge)
        names = self.gazetteer.names()
        self.homophones = Homophones((*firm, *lexicon.words), words, place_names, firm, spoken, names, self.segmenter)
        self._stopwords = frozenset(lexicon.stopwords)
        self._kinds = {entry.id: Cues(entry.heard) for entry in lexicon.kinds}
        self._audiences = {entry.id: Cues(entry.heard) for entry in lexicon.audiences}
        self._fits = {entry.id: entry.fits for entry in lexicon.audiences}
        self._aspects = {entry.id: Cues(entry.heard) for entry in lexicon.aspects}
        self._synonyms = [
            (Cues(entry.heard), tuple(word for added in entry.adds for word in self.segmenter.words(added))) for entry in lexicon.synonyms
        ]
        self._topical = Cues(lexicon.gate.topical)
        self._general = Cues(lexicon.gate.general)
        self._everywhere = Cues(lexicon.gate.everywhere)
        self._trap = Cues(lexicon.gate.trap)
        self._asking = Cues([*(cue for entry in lexicon.aspects for cue in entry.heard), *lexicon.gate.asking])

    def _policy_places(self, knowledge: Knowledge) -> tuple[str, ...]:
        """What the places of the policies, and those around them, are called: heard anywhere, for they are what people ask about."""
        own = {code for policy in knowledge.policies() for code in policy.regions}
        around = own | {outer for code in own for outer in knowledge.regions.parents(code)}
        return tuple(name for name, codes in self.gazetteer.names().items() if around & set(codes))

    def query(self, typed: str) -> Query:
        """What was heard in a text."""
        normal = normalize(typed)
        repaired = self.homophones.repair(normal)
        return self._heard(typed, repaired.text, repaired.changes)

    def narrowed(self, query: Query, part: str) -> Query:
        """The query for one part of a longer message; places of the whole stay known."""
        inner = self._heard(part, part, ())
        return replace(inner, regions=inner.regions or query.regions, places=inner.places or query.places)

    def leftover(self, query: Query) -> tuple[str, ...]:
        """The words of a query that no list explains: neither place, kind of help, aspect, who somebody is nor small talk."""
        rest = squeeze(_without(query.text, [place.heard for place in query.places]))
        heard = [self._kinds[name] for name in query.kinds] + [self._audiences[name] for name in query.audiences]
        heard += [self._aspects[name] for name in query.aspects] + [self._general, self._asking]
        return tuple(word for word in self.segmenter.words(_stripped(rest, heard)) if len(word) > 1 and word not in self._stopwords)

    def is_generic(self, word: str) -> bool:
        """Whether a word is nothing but everyday names for help and people (开店补贴), so that it points to no place."""
        return len(_stripped(word, [*self._kinds.values(), *self._audiences.values(), self._topical])) < _OWN_PART

    def about_place(self, query: Query, code: str) -> Query:
        """The query with what stands right after one of its places looked up too (常德的电商班、隆阳的按摩班)."""
        starts = sorted(place.start for place in query.places)
        for place in query.places:
            if place.code == code:
                end = next((start for start in starts if start > place.start), len(query.text))
                stretch = (sentences(query.text[place.start : end]) or [""])[0]
                own = self._window(stretch, query.text, query.squeezed, 0.0, [place.heard])
                if len(own.squeezed) >= _OWN_STRETCH:
                    return replace(query, windows=(own, *query.windows))
        return query

    def audiences_fit(self, query: Query) -> frozenset[Audience]:
        """The measure audiences that fit what a query says of the person."""
        return frozenset(audience for name in query.audiences for audience in self._fits[name])

    def _heard(self, typed: str, text: str, changes: tuple[tuple[str, str], ...]) -> Query:
        squeezed = squeeze(text)
        places = tuple(place for place in self.gazetteer.find(text) if not self._straddles(text, place))
        focus = self._focus(text)
        focus_squeezed = squeeze(focus)
        return Query(
            typed=typed,
            text=text,
            squeezed=squeezed,
            focus=focus,
            windows=self._windows(text, focus, squeezed, [place.heard for place in places]),
            changes=changes,
            places=places,
            regions=own_places(places, text, self._join, comparing=self._everywhere.hit(squeezed)),
            kinds=_facets(self._kinds, focus_squeezed, squeezed),
            audiences=_facets(self._audiences, focus_squeezed, squeezed),
            aspects=_facets(self._aspects, focus_squeezed, squeezed),
            numbers=read_numbers(text),
            heads=read_heads(text),
            topical=self._topical.hit(squeezed),
            general=self._general.hit(squeezed),
            trap=self._trap.hit(squeezed),
        )

    def _straddles(self, text: str, place: Place) -> bool:
        """Whether a place was only found across two ordinary words (便宜春节)."""
        around = text[max(0, place.start - 3) : place.end + 3]
        shift = max(0, place.start - 3)
        cut = [(start + shift, end + shift) for word, start, end in self.segmenter.tokens(around) if self.segmenter.is_common_word(word)]
        starts_inside = any(start < place.start < end < place.end for start, end in cut)
        ends_inside = any(place.start < start < place.end < end for start, end in cut)
        return starts_inside and ends_inside

    def _focus(self, text: str) -> str:
        """The asking part of a long message: its asking clauses with the one before each; short messages whole."""
        if len(text) <= _LONG:
            return text
        parts = clauses(text)
        asking = self._asking_clauses(parts)
        if not asking:
            return " ".join(parts[-2:])
        last = asking[-1]
        chosen = {index for index in asking if index >= last - 2} | {max(0, last - 1), last}
        return " ".join(parts[index] for index in sorted(chosen))

    def _asking_clauses(self, parts: list[str]) -> list[int]:
        return [index for index, part in enumerate(parts) if self._asking.hit(squeeze(part))]

    def _windows(self, text: str, focus: str, squeezed: str, places: list[str]) -> tuple[Window, ...]:
        """The asking part before the background of the whole; for a story also its last asking clauses, two by two."""
        stretches = [(focus, self._background if focus != text else 0.0)]
        if focus != text:
            parts = clauses(text)
            asking = self._asking_clauses(parts)
            stretches += [(" ".join(parts[max(0, index - 1) : index + 1]), 0.0) for index in asking[-_WINDOWS:]]
        return tuple(self._window(stretch, text, squeezed, background, places) for stretch, background in dict(stretches).items())

    def _window(self, stretch: str, text: str, squeezed: str, background: float, places: list[str]) -> Window:
        weights: dict[str, float] = {}
        inner = squeeze(stretch)
        for source, weight in ((stretch, 1.0), (text, background)):
            if not weight:
                continue
            for word in self.segmenter.words(_without(source, places)):
                if word not in self._stopwords:
                    weights[word] = max(weights.get(word, 0.0), weight)
        for cues, added in self._synonyms:
            weight = _SYNONYM if cues.hit(inner) else _SYNONYM * background if background and cues.hit(squeezed) else 0.0
            for word in added if weight else ():
                weights[word] = max(weights.get(word, 0.0), weight)
        for number in read_numbers(stretch):
            if is_figure(number):
                weights[figure_token(number.value, number.percent)] = 1.0
        return Window(tuple(weights.items()), squeeze(_without(stretch, places)))


def is_figure(number: Number) -> bool:
    """Whether a number may be an amount or a limit; a bare 1, calendar years and 两天 are not."""
    if number.percent:
        return True
    small = number.value < _SMALL and number.unit in _IDLE_UNITS
    return number.value >= 2 and not small and not 1990 <= number.value <= 2100


def _stripped(text: str, heard: list[Cues]) -> str:
    pieces = sorted({piece for cues in heard for piece in cues.heard(text)}, key=len, reverse=True)
    return _without(text, pieces)


def _without(text: str, pieces: list[str]) -> str:
    for piece in pieces:
        text = text.replace(piece, " ")
    return text


def figure_token(value: float, percent: bool) -> str:
    """How a figure is written in the index, the same for 5000, 五千 and 5千."""
    return f"#{say_number(value)}{'%' if percent else ''}"


def _facets(cues: Mapping[str, Cues], focus: str, whole: str) -> tuple[str, ...]:
    """Ids heard in the asking part first, by where they stand; then those heard only elsewhere."""
    inside = sorted((at, name) for name, heard in cues.items() if (at := heard.first(focus)) is not None)
    found = [name for _, name in inside]
    if whole != focus:
        found += [name for name, heard in cues.items() if name not in found and heard.hit(whole)]
    return tuple(found)


def _worth_repairing(code: str, covered: Iterable[str]) -> bool:
    """Provinces and cities, and the counties around a policy's own area: only these are looked for by sound."""
    return code.endswith("00") or any(code[:4] == policy[:4] for policy in covered)


def _domain_words(knowledge: Knowledge) -> tuple[str, ...]:
    lexicon = knowledge.lexicon
    found = list(lexicon.words)
    found += [word for _, measure in knowledge.measures() for word in measure.keywords]
    found += [word for entry in lexicon.synonyms for word in entry.adds]
    found += [entry.name for entry in lexicon.kinds] + [entry.name for entry in lexicon.audiences]
    return tuple(dict.fromkeys(normalize(word) for word in found if 2 <= len(word) <= 8))


def _spoken_words(knowledge: Knowledge) -> tuple[str, ...]:
    lexicon = knowledge.lexicon
    lists = [entry.heard for entry in lexicon.kinds] + [entry.heard for entry in lexicon.audiences]
    lists += [entry.heard for entry in lexicon.aspects] + [entry.heard for entry in lexicon.meta]
    listed = [cue for heard in lists for cue in heard]
    listed += [word for words in lexicon.commands.model_dump().values() for word in words]
    listed += [*lexicon.gate.general, *lexicon.stopwords, *lexicon.crisis.heard, *lexicon.commands.hello, *lexicon.commands.thanks]
    listed += [cue for entry in lexicon.not_covered for cue in entry.heard]
    return tuple(dict.fromkeys(part for cue in listed for part in _CUE_WORD.split(normalize(cue)) if part))
