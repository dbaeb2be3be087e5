"""``zhuchuang doctor``: everything an installation needs, looked at once, with what to do about what is wrong."""

import argparse
import asyncio
import json
import os
import shutil
import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from sqlalchemy import func, select
from telegram.error import InvalidToken, TelegramError

from bot.bootstrap import build_store, now
from bot.channels.telegram_client import TelegramTokenError, build_bot
from bot.cli.options import add_json
from bot.cli.serve import load
from bot.serving import ContentRefusedError
from bot.settings import Settings, SettingsError, read_settings
from bot.storage.database import StoreDownError, file_of, transaction
from bot.storage.migrate import are_newer, differences
from bot.storage.processes import alive
from bot.storage.store import Store
from bot.storage.upkeep import can_open
from bot.telemetry import error_name

_FREE_MEGABYTES = 500
_LAG_SECONDS = 60
_CLOCK_SECONDS = 30
_REQUEST_SECONDS = 8.0
_EXAMPLES = """example:
  zhuchuang doctor

Run it as the user and with the environment of the service. Ends with 0 if the service can run (warnings are allowed), with 1 if something
must be mended, with 2 if the settings themselves cannot be used. --json prints a list of {"part", "state", "found", "do"}."""


class State(StrEnum):
    """How a part is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part looked at: what was found, and what to do where it is not good."""

    part: str
    state: State
    found: str
    do: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Look at everything."""
    try:
        given = read_settings(os.environ)
    except SettingsError as error:
        _print([Finding("settings", State.BAD, *problem.split("; ", 1)) for problem in error.problems], options)
        return 2
    findings = [Finding("settings", State.GOOD, "they can be used"), *_looked("content", _content(given)), *_looked("data", _data(given))]
    findings += asyncio.run(_reached(given))
    _print(findings, options)
    return 1 if any(finding.state is State.BAD for finding in findings) else 0


def _print(findings: list[Finding], options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
        return
    for finding in findings:
        print(f"{finding.state:8}{finding.part}: {finding.found}" + (f"\n        -> {finding.do}" if finding.do else ""))
    bad = sum(finding.state is State.BAD for finding in findings)
    print(f"{bad} to mend, {sum(finding.state is State.WARNING for finding in findings)} to look at.")


def _looked(part: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings; a folder or file that cannot even be looked at is one of them."""
    try:
        yield from findings
    except OSError as error:
        yield Finding(part, State.BAD, f"{error.filename} cannot be read ({type(error).__name__})", "let the user of the service read it")


def _content(given: Settings) -> Iterator[Finding]:
    try:
        loaded = load(given)
    except ContentRefusedError as error:
        yield Finding("content", State.BAD, "; ".join(error.problems[:5]), "mend these files; `zhuchuang check` lists every mistake")
        return
    yield Finding("content", State.GOOD, f"version {loaded.version}, every smoke question answered")


def _data(given: Settings) -> Iterator[Finding]:
    """The folder, its rights and its room, and what protects what is in it."""
    file = file_of(given.database_url)
    for path in (given.data / "secret.key" if given.secret_key is None else None, file):
        if path is not None and path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding("data", State.WARNING, f"others may read {path}", f"chmod 600 {path}")
    folder = file.parent if file is not None else None
    if folder is not None and folder.exists():
        free = shutil.disk_usage(folder).free // 2**20
        if free < _FREE_MEGABYTES:
            yield Finding("data", State.BAD, f"only {free} MB free for {folder}", "make room: a full disk turns every message away")
        else:
            yield Finding("data", State.GOOD, f"{free} MB free for {folder}")
    if not given.encryption_keys:
        found = "what is stored is not encrypted"
        yield Finding("encryption", State.WARNING, found, "set ZHUCHUANG_ENCRYPTION_KEYS to a key from `zhuchuang new-key`")


async def _reached(given: Settings) -> list[Finding]:
    try:
        store = build_store(given)
    except SettingsError as error:
        return [Finding("store", State.BAD, *problem.split("; ", 1)) for problem in error.problems]
    try:
        return [finding async for finding in _everything(given, store)]
    finally:
        await store.close()


async def _everything(given: Settings, store: Store) -> AsyncIterator[Finding]:
    try:
        async for finding in _store(given, store):
            yield finding
    except StoreDownError as error:
        found = f"it cannot be reached or is damaged ({error})"
        do = "check ZHUCHUANG_DATABASE_URL, and whether the server runs; a damaged file: stop the service and restore the newest backup"
        yield Finding("store", State.BAD, found, do)
    async for finding in _telegram(given):
        yield finding


async def _store(given: Settings, store: Store) -> AsyncIterator[Finding]:
    if await are_newer(store.engine):
        found = "its tables were made by a newer version of this program"
        yield Finding("store", State.BAD, found, "use that version, or restore the backup from before it")
        return
    unlike = await differences(store.engine)
    if unlike:
        yield Finding("store", State.WARNING, "its tables are not those of this version", "`zhuchuang migrate`, or start the service")
        return
    yield Finding("store", State.GOOD, f"{store.engine.dialect.name}, tables as they should be")
    if not await can_open(store):
        yield Finding("store", State.BAD, "it is sealed with a key that is not at hand", "add that key to ZHUCHUANG_ENCRYPTION_KEYS")
    count, oldest, to_send = await store.backlog()
    waited = (now() - oldest).total_seconds() if oldest is not None else 0
    if waited > _LAG_SECONDS:
        found = f"{count} messages wait, the oldest for {waited:.0f} s"
        yield Finding("inbox", State.WARNING, found, "is the service running, and is it keeping up?")
    else:
        yield Finding("inbox", State.GOOD, f"{count} messages wait, {to_send} replies are to be sent")
    if given.is_on_server:
        async with transaction(store.engine) as connection:
            theirs = (await connection.execute(select(func.now()))).scalar_one()
        apart = abs((theirs - now()).total_seconds())
        if apart > _CLOCK_SECONDS:
            found = f"this machine's and the database's differ by {apart:.0f} s"
            yield Finding("clock", State.WARNING, found, "set them by NTP: whether a policy holds depends on the day")
    serving = await alive(store, now())
    if not serving:
        yield Finding("processes", State.WARNING, "none serves on this store", "start the service")
    elif len({process.knowledge for process in serving}) > 1:
        yield Finding("processes", State.WARNING, f"{len(serving)} serve different content", "`zhuchuang reload`")
    else:
        yield Finding("processes", State.GOOD, f"{len(serving)} serve content {serving[0].knowledge}")


async def _telegram(given: Settings) -> AsyncIterator[Finding]:
    if given.telegram_token is None:
        yield Finding("telegram", State.WARNING, "no token is set, so Telegram is not served", "ZHUCHUANG_TELEGRAM_TOKEN, from @BotFather")
        return
    try:
        bot = build_bot(given.telegram_token, given.telegram_base_url, timeout_seconds=_REQUEST_SECONDS)
        async with bot:
            info = await bot.get_webhook_info()
    except (InvalidToken, TelegramTokenError):
        yield Finding("telegram", State.BAD, "the token is not accepted", "ask @BotFather for it again, and check the base URL")
        return
    except (TelegramError, OSError) as error:
        found = f"Telegram cannot be reached ({error_name(error)})"
        yield Finding("telegram", State.BAD, found, "in mainland China a proxy is needed: ZHUCHUANG_TELEGRAM_BASE_URL")
        return
    yield Finding("telegram", State.GOOD, "the token is accepted")
    if given.telegram_webhook_url is not None and info.url != given.telegram_webhook_url:
        yield Finding("telegram", State.WARNING, "Telegram does not call this webhook yet", "the service sets it when it starts")
    if info.last_error_message is not None and given.telegram_webhook_url is not None:
        found = f"Telegram had trouble calling the webhook; {info.pending_update_count} updates wait there"
        yield Finding("telegram", State.WARNING, found, "is the address reachable from outside, with a valid certificate?")
