"""The only place that puts the parts together."""

import contextlib
import os
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from bot.content.read import read_knowledge
from bot.engine import Engine
from bot.settings import SHORTEST_KEY, Settings, SettingsError

if TYPE_CHECKING:
    from bot.storage.store import Store

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has one time zone and no summer time, so no time zone data is needed."""


def now() -> datetime:
    """The present time in China."""
    return datetime.now(CHINA)


def noon(day: date) -> datetime:
    """The middle of a day in China."""
    return datetime.combine(day, time(12), CHINA)


def build_engine(settings: Settings) -> Engine:
    """The engine over the content the settings name.

    Raises:
        ContentError: The content is broken; all its problems are carried.
    """
    return Engine(read_knowledge(settings.knowledge), keeping=settings.keeping)


def build_store(settings: Settings) -> "Store":
    """The store the settings name, not yet connected to. With SQLite its folder and its key are made if they are not there.

    Raises:
        SettingsError: The address, a key or the folder cannot be used.
    """
    from bot.storage.database import file_of, open_database  # a single question needs no database
    from bot.storage.sealing import Sealer, new_key
    from bot.storage.store import Store

    try:
        engine = open_database(settings.database_url)
    except ValueError as error:
        raise SettingsError(
            (f"ZHUCHUANG_DATABASE_URL: {error}; write postgresql://user:password@host/database or sqlite:///file",)
        ) from None
    secret_key = settings.secret_key
    try:
        file = file_of(settings.database_url)
        if file is not None:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)
        if secret_key is None:
            settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            kept = settings.data / "secret.key"
            if not kept.exists():
                _write_once(kept, new_key())
            secret_key = kept.read_text("utf-8").strip()
            if len(secret_key) < SHORTEST_KEY:
                problem = f"{kept} holds no key; put it back from the backup, or delete it to begin anew with nobody's conversation known"
                raise SettingsError((problem,))
    except OSError as error:
        problem = f"ZHUCHUANG_DATA: {settings.data} cannot be written ({type(error).__name__}); name a folder that this user may write"
        raise SettingsError((problem,)) from None
    try:
        return Store(engine, Sealer(secret_key, settings.encryption_keys))
    except ValueError:
        raise SettingsError(("ZHUCHUANG_ENCRYPTION_KEYS holds something that is no key; make keys with `zhuchuang new-key`",)) from None


def _write_once(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all; whoever comes second leaves the first one's."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    made.touch(mode=0o600)
    with made.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(made)
    made.unlink()
