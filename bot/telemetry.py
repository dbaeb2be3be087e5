"""What operators see: events as lines of JSON, and figures. Nothing of what people write or who they are can get into either."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

FIELDS = (
    "channel",
    "outcome",
    "entries",
    "region",
    "repaired",
    "score",
    "took_ms",
    "waited_ms",
    "status",
    "error",
    "at",
    "attempt",
    "count",
    "seconds",
    "version",
    "result",
    "problems",
    "port",
    "mode",
)
"""What an event may carry. None of it is a person's words, name, number or address."""

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


def error_name(error: BaseException) -> str:
    """The classes of an error and of its cause: all a log may hold, as an error's text may quote a token or a person."""
    return "/".join(type(one).__name__ for one in (error, error.__cause__) if one is not None)


class EventLines(logging.Formatter):
    """One JSON object a line. Of other libraries only the place and the kind of error is told, as their texts may quote anything."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of an event."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        if record.name.split(".")[0] == "bot" and not record.args:
            line["event"] = record.msg
            line |= {field: value for field in FIELDS if (value := getattr(record, field, None)) is not None}
        else:
            line |= {"event": "library", "at": f"{record.name}:{record.lineno}"}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = error_name(record.exc_info[1])
            line["at"] = " < ".join(_frames(record.exc_info[2]))
        return json.dumps(line, ensure_ascii=False)


def set_up_logging(stream: TextIO | None = None) -> None:
    """Send events to the error stream as lines of JSON, uncaught errors too, without their texts."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(EventLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("bot").critical("crashed", exc_info=(kind, error, trace))


def _frames(trace: TracebackType | None) -> Iterator[str]:
    for frame in reversed(traceback.extract_tb(trace)):
        yield f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"


class Metrics:
    """Figures for Prometheus, in a registry of their own."""

    def __init__(self) -> None:
        """All of them, at zero."""
        self.registry = CollectorRegistry()
        registry = self.registry
        self.received = Counter("zhuchuang_messages", "Messages that came in", ["channel", "new"], registry=registry)
        self.turns = Counter("zhuchuang_turns", "Messages answered", ["channel", "outcome"], registry=registry)
        self.seconds = Histogram(
            "zhuchuang_turn_seconds", "From a message's arrival to its stored reply", ["channel"], buckets=_BUCKETS, registry=registry
        )
        self.sent = Counter("zhuchuang_replies", "Replies on their way out", ["channel", "result"], registry=registry)
        self.limited = Counter("zhuchuang_limited", "Messages and requests turned away", ["limit"], registry=registry)
        self.waiting = Gauge("zhuchuang_inbox_waiting", "Messages not answered yet", registry=registry)
        self.lag = Gauge("zhuchuang_inbox_lag_seconds", "How long the oldest of them has waited", registry=registry)
        self.to_send = Gauge("zhuchuang_outbox_waiting", "Replies not sent yet", registry=registry)
        self.store_up = Gauge("zhuchuang_store_up", "Whether the store answers", registry=registry)
        self.knowledge = Gauge("zhuchuang_knowledge_info", "The content served", ["version"], registry=registry)
        self.knowledge_since = Gauge("zhuchuang_knowledge_loaded_timestamp_seconds", "When it was loaded", registry=registry)
        self.reloads = Counter("zhuchuang_reloads", "Attempts to reload the content", ["result"], registry=registry)
        self.purged = Counter("zhuchuang_purged_rows", "Rows deleted because their time was over", ["table"], registry=registry)

    def text(self) -> bytes:
        """All figures in Prometheus' own form."""
        return generate_latest(self.registry)
