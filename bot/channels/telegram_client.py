"""The connection to Telegram: one bot that never shows its token, in a log or in an error."""

import logging
import re
import warnings
from datetime import timedelta
from typing import Any

from telegram import Bot, Update
from telegram.error import RetryAfter
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from bot.telemetry import error_name

OFFICIAL_ADDRESS = "https://api.telegram.org/bot"
"""Where the Bot API is reached unless a proxy is configured; the token follows right after it."""

_CONNECTIONS = 32
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")

log = logging.getLogger(__name__)


class TelegramTokenError(Exception):
    """Telegram does not accept the bot's token. The text never holds the token."""

    def __init__(self) -> None:
        super().__init__("Telegram does not accept the bot token; check the token, and the base URL if a proxy is used")


class PollingRequest(HTTPXRequest):
    """Reads what Telegram sends so that one update the library cannot read does not hold up those after it."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer with every unreadable update replaced by an empty one of the same id, which is passed over."""
        answer = HTTPXRequest.parse_json_payload(payload)
        if isinstance(updates := answer.get("result"), list):
            answer["result"] = [update if _is_readable(update) else {"update_id": update["update_id"]} for update in updates]
        return answer


def build_bot(token: str, base_url: str | None, *, timeout_seconds: float) -> Bot:
    """A bot that has not yet spoken to Telegram.

    Libraries that would write the token, or what people said, to the log are silenced for the whole process.

    Raises:
        TelegramTokenError: The token cannot be one; a stray space in an address makes a library print all of it.
    """
    if not _TOKEN.fullmatch(token):
        raise TelegramTokenError
    _silence_libraries()
    patient = {"connect_timeout": timeout_seconds, "read_timeout": timeout_seconds, "write_timeout": timeout_seconds}
    return Bot(
        token,
        base_url=address(base_url),
        request=HTTPXRequest(connection_pool_size=_CONNECTIONS, pool_timeout=timeout_seconds, **patient),  # type: ignore[arg-type]
        get_updates_request=PollingRequest(connection_pool_size=2, **patient),  # type: ignore[arg-type]
    )


def address(base_url: str | None) -> str:
    """The address up to the token. A missing ``/bot`` is added, or the token would become part of the host's name.

    >>> address("https://proxy.example/"), address("https://proxy.example/bot")
    ('https://proxy.example/bot', 'https://proxy.example/bot')
    """
    root = (base_url or OFFICIAL_ADDRESS).rstrip("/")
    return root if root.endswith("/bot") else f"{root}/bot"


def is_from_telegram(error: BaseException) -> bool:
    """Whether Telegram itself refused: a proxy that answers 403 or 404 with a page of its own has no say about a chat or a token."""
    cause = error.__cause__  # of an answer that is not Telegram's the library chains the error of reading it
    return cause is None or (type(cause) is type(error) and is_from_telegram(cause))


def wait_asked_for(error: RetryAfter) -> float:
    """How many seconds Telegram wants to be left alone."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _is_readable(update: dict[str, Any]) -> bool:
    try:
        Update.de_json(update, None)
    except Exception as error:  # the library raises whatever its constructors raise
        log.error("telegram_update_unreadable", extra={"error": error_name(error)})
        return False
    return True


def _silence_libraries() -> None:
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # at INFO they write the address, which holds the token
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)  # even its CRITICAL record quotes what people wrote
    warnings.filterwarnings("ignore", message=".*`retry_after`", category=PTBDeprecationWarning)  # of every 429, not of us
