"""``zhuchuang serve``: everything people reach, in one process."""

import argparse
import asyncio

from bot.bootstrap import build_engine, build_store, now
from bot.channels.telegram import TelegramTokenError
from bot.cli import UsageError
from bot.cli.options import settings
from bot.cli.problems import problem_words, shown
from bot.content.problems import ContentError
from bot.content.version import content_version
from bot.serving import CannotServeError, ContentRefusedError, Loaded, Serving
from bot.settings import SETTINGS, Settings, SettingsError
from bot.staff.smoke import find_smoke_faults
from bot.telemetry import set_up_logging

_EXAMPLES = """examples:
  zhuchuang serve
  ZHUCHUANG_TELEGRAM_TOKEN=... zhuchuang serve

It listens on one port: /healthz, /readyz, /metrics, and /telegram/webhook where Telegram is told to call. SIGTERM ends it in good order,
SIGHUP reloads the content. Events are lines of JSON on the error stream.

environment (of those marked * the value may stand in a file that NAME_FILE names):
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    listed = (f"  {one.name}{'*' if one.secret else ''}: {one.meaning}{f' ({one.default})' if one.default else ''}" for one in SETTINGS)
    parser.epilog = _EXAMPLES + "\n".join(listed)


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    given = settings()
    set_up_logging()
    try:
        asyncio.run(_serve(given))
    except TelegramTokenError:
        raise UsageError("Telegram does not accept ZHUCHUANG_TELEGRAM_TOKEN; check it, and the base URL if one is set") from None
    except (CannotServeError, SettingsError) as error:
        raise UsageError(str(error)) from None
    except ContentRefusedError as error:
        raise UsageError("\n".join(("the content cannot be served:", *error.problems))) from None
    return 0


async def _serve(given: Settings) -> None:
    await Serving(given, build_store(given), lambda: load(given), now).run()


def load(given: Settings) -> Loaded:
    """The content the settings name, checked and asked the smoke questions.

    Raises:
        ContentRefusedError: It is broken, or answers a smoke question wrongly.
    """
    version = content_version(given.knowledge)
    try:
        engine = build_engine(given)
    except ContentError as error:
        words = problem_words(given.knowledge)
        raise ContentRefusedError(tuple(shown(problem, words) for problem in error.problems)) from None
    faults = tuple(find_smoke_faults(engine, now()))
    if faults:
        raise ContentRefusedError(faults)
    return Loaded(engine, version)
