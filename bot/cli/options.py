"""Options that several commands share, and what they mean."""

import argparse
import os
from datetime import date, datetime

from bot.bootstrap import build_engine, noon, now
from bot.cli import UsageError
from bot.cli.problems import problems_end_the_command
from bot.content.knowledge import Knowledge
from bot.content.read import read_knowledge
from bot.engine import Engine
from bot.language.normalize import normalize
from bot.settings import Settings, SettingsError, read_settings


def add_region(parser: argparse.ArgumentParser) -> None:
    """``--region``: where the person is, for a question that does not say so."""
    parser.add_argument("--region", metavar="PLACE", help="the person's place, by its name or code, unless the question names one")


def add_as_of(parser: argparse.ArgumentParser, does: str = "answer as on this day") -> None:
    """``--as-of``: the day the command takes for today; ``does`` says to what end."""
    parser.add_argument("--as-of", metavar="DAY", type=_day, help=f"{does}, such as 2026-11-21 (default: today in China)")


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json``: for programs rather than people."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def moment(options: argparse.Namespace) -> datetime:
    """The moment the command takes for now."""
    return now() if options.as_of is None else noon(options.as_of)


def settings() -> Settings:
    """What the environment says.

    Raises:
        UsageError: With a line for everything that is wrong with it.
    """
    try:
        return read_settings(os.environ)
    except SettingsError as error:
        raise UsageError(str(error)) from None


def engine(given: Settings) -> Engine:
    """The engine. Broken content ends the command with all its problems listed."""
    with problems_end_the_command(given.knowledge):
        return build_engine(given)


def knowledge(given: Settings) -> Knowledge:
    """The content alone, for commands that answer nobody. Broken content ends the command with all its problems listed."""
    with problems_end_the_command(given.knowledge):
        return read_knowledge(given.knowledge)


def known_region(engine: Engine, name: str) -> str | None:
    """The code of a place given in any form: a code, a name, an alias, in pinyin or with a wrong character; None if it is not known."""
    understanding = engine.conversation.understanding
    if name in engine.knowledge.regions.names:
        return name
    return understanding.gazetteer.lookup(normalize(name)) or next(iter(understanding.query(name).regions), None)


def region(engine: Engine, name: str | None) -> str | None:
    """The code of the place given with ``--region``, if any.

    Raises:
        UsageError: No such place is known.
    """
    if name is None:
        return None
    code = known_region(engine, name)
    if code is None:
        raise UsageError(engine.knowledge.wording.say("terminal_unknown_region", name=name))
    return code


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write it as 2026-11-21") from None
