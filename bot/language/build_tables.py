"""Rebuild the tables in ``bot/language/data``: traditional script, readings of characters, legal syllables.

Run ``python -m bot.language.build_tables`` after an update of opencc, pypinyin or jieba, or when the place names hold a new
character. Nothing imports this module at run time: opencc and pypinyin are development dependencies, their answers are these files.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from pathlib import Path

_HERE = Path(__file__).parent
_DATA = _HERE / "data"
_REGIONS = _HERE.parents[1] / "knowledge" / "regions"

_HAN = re.compile(r"[\u3400-\u9fff]")
_CONVERTIBLE = (range(0x3400, 0xA000), range(0xF900, 0xFB00))
"""Both blocks of Chinese characters in the basic plane, and the compatibility forms."""

_MOST_READINGS = 3

_SPOKEN = {"m": "mu", "n": "en", "ng": "en", "hm": "heng", "hng": "heng", "ê": "ei"}
"""Sounds without a vowel letter, as a keyboard user types them."""

_NOT_STANDARD = frozenset({"biang", "bong", "din", "fiao", "len", "nia", "wong"})
"""Syllables of dialects and of single rare characters; as syllables of typed pinyin they only cause false cuts."""


def main() -> None:
    """Write the three files."""
    syllables = build_syllables()
    _DATA.mkdir(exist_ok=True)
    _write("simplified.txt", (old + new for old, new in build_simplified().items()))
    _write("pinyin.txt", (" ".join((char, *found)) for char, found in build_readings(common_characters(), syllables).items()))
    _write("syllables.txt", sorted(syllables))


def build_simplified() -> dict[str, str]:
    """Map characters to their mainland form, by code point; only those that differ.

    The general table decides. The Taiwan and Hong Kong tables fill in variants it leaves alone, unless the character is one
    of the mainland standard itself.
    """
    from opencc import OpenCC

    general, *regional = (OpenCC(name).convert for name in ("t2s", "tw2s", "hk2s"))
    standard = national_standard()
    found: dict[str, str] = {}
    for char in (chr(code) for block in _CONVERTIBLE for code in block):
        converters = (general,) if char in standard else (general, *regional)
        new = _first_change(char, converters)
        if new is not None:
            found[char] = new
    return found


def _first_change(char: str, converters: Iterable[Callable[[str], str]]) -> str | None:
    for convert in converters:
        new: str = convert(char)
        if new != char and len(new) == 1:
            return new
    return None


def national_standard() -> frozenset[str]:
    """Give the 6,763 simplified characters of GB 2312, levels 1 and 2."""
    rows = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return frozenset("".join(row.decode("gb2312", errors="ignore") for row in rows))


def common_characters() -> list[str]:
    """Collect what needs readings, by code point: the national standard and every character of a place name."""
    names = "".join(path.read_text("utf-8") for path in _REGIONS.glob("*.yaml"))
    return sorted(national_standard() | set(_HAN.findall(names)))


def build_syllables() -> frozenset[str]:
    """Collect every toneless syllable that any character has; ü is written v."""
    from pypinyin.constants import PINYIN_DICT

    heard = {_spell(reading) for readings in PINYIN_DICT.values() for reading in readings.split(",")}
    return frozenset(heard - _NOT_STANDARD)


def build_readings(characters: Iterable[str], syllables: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Find each character's readings, the usual one first, at most three.

    A reading counts by the frequency of the words it is heard in; the dictionary's own first reading also gets the frequency
    of the character standing alone. Further readings heard in no word are left out.
    """
    from pypinyin.constants import PINYIN_DICT

    frequencies = word_frequencies()
    heard = count_readings(frequencies)
    found: dict[str, tuple[str, ...]] = {}
    for char in characters:
        spelled = [_spell(reading) for reading in PINYIN_DICT.get(ord(char), "").split(",") if reading]
        known = [reading for reading in dict.fromkeys(spelled) if reading in syllables]
        if not known:
            continue
        weights = Counter({reading: heard[char][reading] for reading in known})
        weights[known[0]] += frequencies.get(char, 0) + 1
        ranked = sorted(known, key=lambda reading: -weights[reading])
        found[char] = tuple(reading for reading in ranked if weights[reading])[:_MOST_READINGS]
    return found


def word_frequencies() -> dict[str, int]:
    """Read how often each word of jieba's dictionary is met."""
    lines = (files("jieba") / "dict.txt").read_text("utf-8").splitlines()
    return {word: int(count) for word, count, _ in (line.split(" ") for line in lines)}


def count_readings(frequencies: Mapping[str, int]) -> dict[str, Counter[str]]:
    """Count how often each character is heard with each reading, over the words whose reading is on record."""
    from pypinyin.constants import PHRASES_DICT

    heard: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word, readings in PHRASES_DICT.items():
        for char, choices in zip(word, readings, strict=False):
            heard[char][_spell(choices[0])] += frequencies.get(word, 0) + 1
    return heard


def _spell(reading: str) -> str:
    """Write a reading without its tone, as it is typed."""
    from pypinyin.contrib.tone_convert import to_normal

    plain = to_normal(reading, v_to_u=False)
    return _SPOKEN.get(plain, plain)


def _write(name: str, lines: Iterable[str]) -> None:
    (_DATA / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
