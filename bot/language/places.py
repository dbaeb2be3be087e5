"""Places in a text: the longest official name or alias at each position, and which of them is the user's own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.content.lexicon import PlaceCues
from bot.content.region import Regions, contains, level_of
from bot.language.normalize import normalize

_SUFFIXES = (
    *("维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "自治州", "自治县", "自治旗"),
    *("地区", "林区", "特区", "省", "市", "盟", "区", "县", "旗"),
)
_CLAUSE_END = re.compile(r"[,，。;；!！?？:：]")
_BEFORE = 6
_AFTER = 8
_STRONG = 3
_NEAR = 2
"""Strong cues count up to so many characters away (twice as many behind a place), others only next to it."""
_ONLY_MENTIONED = -4
"""A single place counts as the user's own unless it is lighter than this."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in a text. ``weight`` is how likely it is the user's own: higher is likelier, below 0 only mentioned."""

    code: str
    heard: str
    start: int
    end: int
    weight: int


class Gazetteer:
    """All names of all regions, found by longest match."""

    def __init__(self, regions: Regions, cues: PlaceCues, preferred: Iterable[str]) -> None:
        """``preferred`` are regions with policies: of places that share a name, those in or around them win."""
        self._regions = regions
        self._cues = cues
        self._preferred = tuple(preferred)
        self._names: dict[str, tuple[str, ...]] = {}
        for code, name in regions.names.items():
            for form in (name, _short(name)):
                if form and form not in regions.not_places:
                    self._add(normalize(form), code)
        for code, aliases in regions.aliases.items():
            for alias in aliases:
                self._add(normalize(alias), code)
        for phrase in regions.look_alikes:
            self._names.setdefault(normalize(phrase), ())
        lengths: dict[str, set[int]] = {}
        for name in self._names:
            lengths.setdefault(name[:2], set()).add(len(name))
        self._lengths = {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}

    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Every name and the codes it may mean."""
        return {name: codes for name, codes in self._names.items() if codes}

    def find(self, text: str) -> tuple[Place, ...]:
        """The places named in a normalised text, in order; a county right after its city is one place."""
        hits: list[tuple[str, int, int]] = []
        position = 0
        while position < len(text) - 1:
            for length in self._lengths.get(text[position : position + 2], ()):
                found = self._names.get(text[position : position + length])
                if found is not None:
                    if found:
                        hits.append((text[position : position + length], position, position + length))
                    position += length
                    break
            else:
                position += 1
        return self._resolve(text, hits)

    def lookup(self, name: str) -> str | None:
        """The code of a place given by its name alone, or None."""
        places = self.find(name)
        return max(places, key=lambda place: level_of(place.code)).code if places else None

    def _resolve(self, text: str, hits: list[tuple[str, int, int]]) -> tuple[Place, ...]:
        certain = {self._names[name][0] for name, _, _ in hits if len(self._names[name]) == 1}
        places: list[Place] = []
        for name, start, end in hits:
            code = self._choose(self._names[name], certain)
            last = places[-1] if places else None
            if last and start - last.end <= 1 and contains(last.code, code) and "和" not in text[last.end : start]:
                places[-1] = Place(code, text[last.start : end], last.start, end, max(last.weight, self._weight(text, last.start, end)))
            else:
                places.append(Place(code, name, start, end, self._weight(text, start, end)))
        return tuple(places)

    def _choose(self, codes: tuple[str, ...], certain: set[str]) -> str:
        def rank(code: str) -> tuple[int, bool, int, str]:
            around = (level_of(other) for other in certain if contains(other, code))
            related = level_of(code) + 1 if code in certain else max(around, default=0)
            covered = any(contains(code, policy) or contains(policy, code) for policy in self._preferred)
            return -related, not covered, level_of(code), code

        return min(codes, key=rank)

    def _weight(self, text: str, start: int, end: int) -> int:
        before = _CLAUSE_END.split(text[max(0, start - _BEFORE) : start])[-1]
        after = _CLAUSE_END.split(text[end : end + _AFTER])[0]
        weight = 0
        for cue, value in self._cues.before.items():
            at = before.rfind(cue)
            if at >= 0 and len(before) - at - len(cue) <= (_NEAR if abs(value) >= _STRONG else 0):
                weight += value
        for cue, value in self._cues.after.items():
            at = after.find(cue)
            if 0 <= at <= (_NEAR * 2 if abs(value) >= _STRONG else 1):
                weight += value
        return weight

    def _add(self, name: str, code: str) -> None:
        if len(name) >= 2 and code not in self._names.get(name, ()):
            self._names[name] = (*self._names.get(name, ()), code)


def own_places(places: tuple[Place, ...], text: str, join: Iterable[str], *, comparing: bool = False) -> tuple[str, ...]:
    """The codes of the user's own place, or of several that are named side by side (常德和隆阳).

    A place inside another that is named too stands for both. With ``comparing`` every place counts that is not merely mentioned.
    """
    if not places:
        return ()
    joined = tuple(join)
    best = max(place.weight for place in places)
    if best < (_ONLY_MENTIONED if len({place.code for place in places}) == 1 else 0):
        return ()
    chosen = [place for place in places if place.weight == best]
    group = [chosen[0]]
    for place in places:
        if place in group or place.weight < 0:
            continue
        between = text[group[-1].end : place.start] if place.start >= group[-1].end else text[place.end : group[-1].start]
        if comparing or (len(between) <= 6 and any(word in between for word in joined)):
            group.append(place)
    codes = list(dict.fromkeys(place.code for place in sorted(group, key=lambda place: place.start)))
    codes = [code for code in codes if not any(other != code and contains(code, other) for other in codes)]
    if len(codes) == 1:
        inside = [place.code for place in places if place.weight >= 0 and contains(codes[0], place.code)]
        return (max(inside, key=level_of),) if inside else tuple(codes)
    return tuple(codes)


def _short(name: str) -> str | None:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name[: -len(suffix)]
    return None
