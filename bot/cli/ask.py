"""``zhuchuang ask``: one question, or many as lines of JSON."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from time import perf_counter
from typing import Any

from bot.bootstrap import noon
from bot.channels.terminal import LineError, measure_ids, read_object, said_of, text_of, told
from bot.cli import UsageError
from bot.cli.options import add_as_of, add_json, add_region, engine, known_region, moment, region, settings
from bot.cli.problems import own_words
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.engine import Engine

_EXAMPLE = "zhuchuang ask --region dongying kai wangdian you butie ma"
_EXAMPLES = f"""examples:
  zhuchuang ask {{chinese}}
  {_EXAMPLE}
  zhuchuang ask --as-of 2026-11-21 --json QUESTION
  zhuchuang ask --batch < questions.jsonl

--batch reads a JSON object a line; fields it does not know are passed over:
  question  text, required
  id        anything, given back as it is
  region    the person's place, by its name or code (default: --region)
  as_of     the day, such as 2026-11-21 (default: --as-of)

For each it writes one, with what --json prints, as soon as it is answered. A line that cannot be read gets the outcome "error" and a text
that says why. A region that is not known is ignored and the question answered without a place; its answer has one field more, "problem",
that says so."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES.format(chinese=own_words("ask_example") or "QUESTION")
    add_region(parser)
    add_as_of(parser)
    add_json(parser)
    parser.add_argument("--batch", action="store_true", help="read questions from standard input, a line of JSON each, as below")
    parser.add_argument("question", metavar="QUESTION", nargs="*", help="the question, in Chinese or pinyin")


def run(options: argparse.Namespace) -> int:
    """Answer."""
    if options.batch == bool(options.question):
        raise UsageError("ask takes either a QUESTION or --batch; see zhuchuang ask --help")
    question = " ".join(options.question)
    if not options.batch and not question.strip():
        raise UsageError(f"QUESTION is empty; write one, such as: {_EXAMPLE}")
    asked = engine(settings())
    place = region(asked, options.region)
    asking = _Asking(asked, moment(options), place)
    if options.batch:
        for answer in asking.batch(sys.stdin):
            print(json.dumps(answer, ensure_ascii=False), flush=True)
        return 0
    answer = asking.ask(question, place, moment(options))
    print(json.dumps({"id": None} | answer, ensure_ascii=False) if options.json else answer["text"])
    return 0


class _Asking:
    """Questions that have nothing to do with each other."""

    def __init__(self, engine: Engine, moment: datetime, region: str | None) -> None:
        self._engine = engine
        self._moment = moment
        self._region = region
        self._measures = measure_ids(engine)

    def ask(self, question: str, region: str | None, moment: datetime) -> dict[str, Any]:
        started = perf_counter()
        turn = self._engine.respond(Session(region=region), Message("terminal", question), moment)
        took_ms = round((perf_counter() - started) * 1000, 2)
        answer = told(turn, self._measures)
        return {
            "text": answer["text"],
            "outcome": answer["outcome"],
            "measures": answer["measures"],
            "policies": list(dict.fromkeys(entry.partition("/")[0] for entry in turn.record.entries)),
            "region": turn.record.region,
            "score": turn.record.score,
            "choices": answer["choices"],
            "took_ms": took_ms,
        }

    def batch(self, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            id = None
            try:
                value = read_object(line)
                id = value.get("id")
                question = text_of(value, "question", required=True)
                named = text_of(value, "region")
                place = known_region(self._engine, named) if named is not None else self._region
                answer = {"id": id} | self.ask(str(question), place, _moment_of(value, self._moment))
                if named is not None and place is None:
                    answer["problem"] = f'line {number}: "region" is not known and was ignored: {named}'
                yield answer
            except Exception as error:  # one line must not end the others
                yield {"id": id} | _unread(said_of(error, number))


def _moment_of(value: dict[str, Any], otherwise: datetime) -> datetime:
    given = text_of(value, "as_of")
    try:
        return otherwise if given is None else noon(date.fromisoformat(given))
    except ValueError:
        raise LineError('"as_of" must be a date such as 2026-11-21') from None


def _unread(why: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {"measures": [], "policies": [], "region": None, "score": None, "choices": [], "took_ms": 0.0}
    return {"text": why, "outcome": Outcome.ERROR} | nothing
