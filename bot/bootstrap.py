"""The only place that puts the parts together."""

from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

from bot.content.read import read_knowledge
from bot.engine import Engine
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.service import Service

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
    return Engine(read_knowledge(settings.knowledge))


def build_service(engine: Engine) -> "Service":
    """The service that answers many people from an engine."""
    from bot.service import Service  # brings asyncio, which a single question does not need

    return Service(engine, now)
