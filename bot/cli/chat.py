"""``zhuchuang chat``: a conversation in the terminal, or many as lines of JSON."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

from bot.bootstrap import noon, now
from bot.channels.terminal import LineError, answer_lines, read_object, said_of, talk
from bot.cli.options import engine, settings
from bot.dialogue.outcome import Outcome

_EXAMPLES = """examples:
  zhuchuang chat
  zhuchuang chat --jsonl < messages.jsonl

--jsonl reads a JSON object a line:
  conversation  text, required: its name; conversations with different names know nothing of each other
  text          what the person types; either this or choice is required
  choice        the id of a choice that was offered
  as_of         the day on which the reply is given, such as 2026-11-21 (default: today in China)

For each it writes one, as soon as it is answered:
  conversation  the name it was given
  text          the reply as the person reads it
  outcome       answer, clarify (asks back), refuse, meta (greetings, help, thanks), crisis or error
  choices       what may be chosen next, each {"id", "label"}
  measures      ids of the measures the reply tells of

A line that cannot be read gets the outcome "error" and a text that says why; the others go on."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument("--jsonl", action="store_true", help="read messages from standard input and write replies, a line of JSON each")


def run(options: argparse.Namespace) -> int:
    """Talk."""
    talking = engine(settings())
    if options.jsonl:
        for answer in answer_lines(talking, now, noon, _with_words(sys.stdin)):
            _write(answer)
        return 0
    with suppress(ImportError):  # Windows has none; where it is there, the arrow keys bring back earlier lines
        import_module("readline")
    talk(talking, now, input, print)
    return 0


def _with_words(lines: Iterable[str]) -> Iterator[str]:
    """The lines; one with neither text nor choice is answered here and left blank, as further in it would pass for a picture."""
    for number, line in enumerate(lines, 1):
        conversation = _says_nothing(line)
        if conversation is None:
            yield line
            continue
        why = said_of(LineError('"text" or "choice" is missing'), number)
        _write({"conversation": conversation, "text": why, "outcome": Outcome.ERROR, "choices": [], "measures": []})
        yield ""


def _says_nothing(line: str) -> str | None:
    """The conversation of a line that names one and no more."""
    with suppress(LineError):
        value = read_object(line)
        conversation = value.get("conversation")
        if isinstance(conversation, str) and value.get("text") is None and value.get("choice") is None:
            return conversation
    return None


def _write(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, ensure_ascii=False), flush=True)
