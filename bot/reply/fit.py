"""A reply cut to what a channel can carry, at paragraphs, then lines, then sentences."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.reply.reply import Reply

_SENTENCE = re.compile(r"(?<=[。！？；\n])")


def utf16_units(text: str) -> int:
    """How long Telegram counts a text to be."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True, slots=True)
class Limits:
    """The most a channel takes in one message, and how it counts."""

    size: int
    measure: Callable[[str], int] = len


def fit(reply: Reply, limits: Limits) -> tuple[str, ...]:
    """The reply's text in as few messages as fit; nothing is lost and no message is empty."""
    parts: list[str] = []
    for piece, glue in _pieces(reply, limits):
        joined = parts[-1] + glue + piece if parts else piece
        if parts and limits.measure(joined) <= limits.size:
            parts[-1] = joined
        else:
            parts.append(piece)
    return tuple(parts)


def _pieces(reply: Reply, limits: Limits) -> Iterator[tuple[str, str]]:
    for block in reply.blocks:
        if limits.measure(block.text) <= limits.size:
            yield block.text, "\n\n"
            continue
        glue = "\n\n"
        for line in block.lines:
            for sentence in _SENTENCE.split(line) if limits.measure(line) > limits.size else (line,):
                for piece in _hard_cut(sentence, limits):
                    yield piece, glue
                    glue = ""
            glue = "\n"


def _hard_cut(text: str, limits: Limits) -> Iterator[str]:
    while limits.measure(text) > limits.size:
        end = limits.size
        while limits.measure(text[:end]) > limits.size:
            end -= 1
        yield text[:end]
        text = text[end:]
    if text:
        yield text
