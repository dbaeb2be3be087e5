"""What operators see must hold nothing of a person, whatever goes wrong."""

import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telemetry import FIELDS, EventLines, Metrics, set_up_logging

SECRET = "王小明370502199003077758"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes for one test."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    set_up_logging(written)
    yield written
    root.handlers, sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    """What was logged."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_carries_its_fields(stream):
    """One line, readable by machines."""
    logging.getLogger("bot.service").info("turn", extra={"channel": "telegram", "outcome": "answer", "took_ms": 2.1})
    (line,) = lines(stream)

    assert {key: line[key] for key in ("level", "event", "channel", "outcome", "took_ms")} == {
        "level": "info",
        "event": "turn",
        "channel": "telegram",
        "outcome": "answer",
        "took_ms": 2.1,
    }


def test_a_field_that_is_not_allowed_is_left_out(stream):
    """The list of allowed fields is the only gate, and it is short."""
    logging.getLogger("bot.service").info("turn", extra={"text": SECRET, "chat": SECRET, "user": SECRET})

    assert SECRET not in stream.getvalue()
    assert {"text", "chat", "user", "name", "message", "conversation"}.isdisjoint(FIELDS)


def test_other_libraries_are_heard_without_their_words(stream):
    """An HTTP client logs addresses with tokens, a database driver logs parameters."""
    logging.getLogger("httpx").warning("POST https://api/bot%s", SECRET)
    logging.getLogger("sqlalchemy.pool").error(f"failed with {SECRET}", exc_info=ValueError(SECRET))
    first, second = lines(stream)

    assert SECRET not in stream.getvalue()
    assert str(first["at"]).startswith("httpx:")
    assert second["error"] == "ValueError"


def test_words_put_into_an_event_by_mistake_are_not_written(stream):
    """A careless log line of ours is no way around the list either."""
    logging.getLogger("bot.service").info("said %s", SECRET)

    assert SECRET not in stream.getvalue()


def test_a_warning_is_heard_without_its_words(stream):
    """Warnings quote what they warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(SECRET, UserWarning, stacklevel=1)

    assert lines(stream)
    assert SECRET not in stream.getvalue()


def test_a_crash_says_where_and_not_what():
    """A traceback prints the error's text, which may be a person's."""
    code = f"from bot.telemetry import set_up_logging\nset_up_logging()\nraise ValueError({SECRET!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    (line,) = [json.loads(written) for written in done.stderr.splitlines()]

    assert done.returncode == 1
    assert SECRET not in done.stdout + done.stderr
    assert (line["event"], line["error"], line["at"]) == ("crashed", "ValueError", "<string>:3")


@given(st.text(), st.text())
def test_whatever_is_logged_is_one_line_of_json(event, text):
    """A line break in a value must not forge an event."""
    record = logging.LogRecord("bot.x", logging.INFO, "x.py", 1, event, (), None)
    record.error = text
    written = EventLines().format(record)

    assert "\n" not in written
    assert json.loads(written)["event"] == event


def test_figures_have_no_label_that_could_name_a_person():
    """Every value of a label is one of few; a chat's number as a label would be a record of people."""
    metrics = Metrics()
    labels = {label for family in metrics.registry.collect() for sample in family.samples for label in sample.labels}
    names = {label for collector in vars(metrics).values() for label in getattr(collector, "_labelnames", ())}

    assert names | labels <= {"channel", "new", "outcome", "result", "limit", "version", "table", "le"}
