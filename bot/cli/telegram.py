"""``zhuchuang telegram``: a Telegram bot by long polling."""

import argparse
import logging
import signal
import sys

from bot.bootstrap import build_service
from bot.channels.telegram import TelegramTokenError
from bot.channels.telegram import run as serve
from bot.cli import UsageError
from bot.cli.options import engine, settings

_EXAMPLES = """example:
  ZHUCHUANG_TELEGRAM_TOKEN=... zhuchuang telegram

environment:
  ZHUCHUANG_TELEGRAM_TOKEN     the token @BotFather gave
  ZHUCHUANG_TELEGRAM_BASE_URL  address of a proxy, such as https://proxy.example/bot"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    given = settings()
    if given.telegram_token is None:
        raise UsageError("ZHUCHUANG_TELEGRAM_TOKEN is not set; @BotFather on Telegram gives you a token")
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: sys.exit(0))  # until the channel listens for them itself
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    served = engine(given)
    try:
        serve(build_service(served), given.telegram_token, base_url=given.telegram_base_url, wording=served.knowledge.wording)
    except TelegramTokenError:
        raise UsageError("Telegram does not accept ZHUCHUANG_TELEGRAM_TOKEN; check it, and the base URL if one is set") from None
    return 0
