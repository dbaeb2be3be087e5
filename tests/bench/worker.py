"""The loop of a process that answers questions, the same for every system. Nothing but the standard library."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict


class Found(TypedDict):
    """What a system says to a question: the outcome, the entry it is about, and how sure it is."""

    outcome: str
    entry: str | None
    score: float


Answer = Callable[[str, str | None], Found]
"""A question and the place the person is known to live in, to what is found."""


def serve(build: Callable[[dict[str, Any]], Answer]) -> None:
    """Build from the first line of standard input, then answer a list of questions a line, each timed by itself."""
    setup = json.loads(sys.stdin.readline())
    started = time.perf_counter()
    answer = build(setup)
    _tell({"build_seconds": time.perf_counter() - started})
    for line in sys.stdin:
        found: list[dict[str, Any]] = []
        for question, region in json.loads(line):
            started, busy = time.perf_counter(), time.process_time()
            result = answer(question, region)
            cpu_ms = (time.process_time() - busy) * 1000
            found.append({**result, "ms": (time.perf_counter() - started) * 1000, "cpu_ms": cpu_ms})
        _tell({"found": found, "memory_mb": _resident_megabytes()})


def _resident_megabytes() -> float | None:
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _tell(value: dict[str, Any]) -> None:
    print(json.dumps(value), flush=True)
