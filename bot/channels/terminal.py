"""The terminal channel: one conversation with a person, or many as lines of JSON."""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.engine import Engine, Turn
from bot.language.cues import squeeze
from bot.language.normalize import normalize

_CONVERSATIONS_KEPT = 1_000


def talk(engine: Engine, clock: Callable[[], datetime], read: Callable[[str], str], write: Callable[[str], None]) -> None:
    """Talk with one person until they leave. ``read`` shows a prompt and gives a line; it raises EOFError at the end."""
    say = engine.knowledge.wording.say
    leaving = {squeeze(normalize(word)) for word in say("terminal_leave").split()}
    session = Session()
    write(f"{say('terminal_welcome')}\n")
    while True:
        try:
            text = read(say("terminal_prompt"))
        except EOFError:
            write("")
            break
        if squeeze(normalize(text)) in leaving:
            break
        turn = engine.respond(session, Message("terminal", text), clock())
        session = turn.session
        write(f"\n{turn.reply.text}\n")
    write(say("terminal_goodbye"))


def answer_lines(
    engine: Engine, clock: Callable[[], datetime], noon: Callable[[date], datetime], lines: Iterable[str]
) -> Iterator[dict[str, Any]]:
    """The answer to each line ``{"conversation", "text"?, "choice"?, "as_of"?}``, in order; a line that cannot be read is answered too.

    Conversations know nothing of each other; the longest unused are forgotten when there are very many.
    """
    sessions: OrderedDict[str, Session] = OrderedDict()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        conversation = None
        try:
            value = read_object(line)
            conversation = text_of(value, "conversation", required=True)
            as_of = text_of(value, "as_of")
            message = Message(str(conversation), text_of(value, "text"), text_of(value, "choice"))
            moment = clock() if as_of is None else noon(_day(as_of))
            turn = engine.respond(sessions.pop(message.conversation, Session()), message, moment)
        except Exception as error:  # one line must not end the others
            yield {"conversation": conversation, "text": said_of(error, number), "outcome": Outcome.ERROR, "choices": [], "measures": []}
            continue
        sessions[message.conversation] = turn.session
        if len(sessions) > _CONVERSATIONS_KEPT:
            sessions.popitem(last=False)
        yield {"conversation": conversation} | told(turn, measure_ids(engine))


def told(turn: Turn, measures: frozenset[str]) -> dict[str, Any]:
    """What programs are told of a turn, whatever the command."""
    return {
        "text": turn.reply.text,
        "outcome": turn.reply.outcome,
        "choices": [{"id": choice.id, "label": choice.label} for choice in turn.reply.choices],
        "measures": [entry for entry in turn.record.entries if entry in measures],
    }


def measure_ids(engine: Engine) -> frozenset[str]:
    """The ids of all entries that are measures, as in ``dongying-2017/startup-grant-sole-trader``."""
    return frozenset(f"{policy.id}/{measure.id}" for policy, measure in engine.knowledge.measures())


class LineError(ValueError):
    """A line that is not what a command reads; the text says why."""


def read_object(line: str) -> dict[str, Any]:
    """The JSON object a line holds.

    Raises:
        LineError: It holds something else.
    """
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError(f"not JSON ({error})") from None
    if not isinstance(value, dict):
        raise LineError("not a JSON object")
    return value


def text_of(value: dict[str, Any], field: str, *, required: bool = False) -> str | None:
    """A text field of an object; null counts as absent.

    Raises:
        LineError: It is not text, or absent though required.
    """
    given = value.get(field)
    if isinstance(given, str) or (given is None and not required):
        return given
    raise LineError(f'"{field}" must be text' if field in value else f'"{field}" is missing')


def said_of(error: Exception, number: int) -> str:
    """What the answer to an unreadable line says; of a mistake of ours only its kind, as its text may be long."""
    return f"line {number}: {error}" if isinstance(error, LineError) else f"line {number}: internal error ({type(error).__name__})"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LineError('"as_of" must be a date such as 2026-11-21') from None
