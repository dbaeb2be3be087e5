"""A steady load on `zhuchuang serve`, and whether its memory, its open files or its store grow for ever. Fails only if a reply is missing.

``python tests/bench/soak.py --minutes 10 --rate 20``, with ``--postgres`` on PostgreSQL instead of SQLite. Nothing is deleted meanwhile,
so the store grows with every message; in service it is purged every hour.
"""

import argparse
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import linear_regression, median

from servers import (
    ROOT,
    BotApi,
    Driver,
    Program,
    Said,
    Served,
    durable_postgres,
    end_when_asked,
    open_files,
    resident_megabytes,
    start_zhuchuang,
)

from bot.staff.golden import read_cases

EVERY_SECONDS = 10
CONNECTIONS = 8
STAYING = 300
"""Chats that are there at a time; whoever has said enough makes room for somebody new."""
MOST_MESSAGES = 8
"""What one chat says at most."""
WARM_UP_SHARE = 0.3
MOST_SECONDS = 60
"""How long the last replies may take."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How things stand: messages until now, and of the last ten seconds the usual reply in milliseconds."""

    seconds: float
    messages: int
    chats: int
    resident_mb: float
    open_files: int
    store_mb: float
    reply_ms: float


class People:
    """Chats that come, say a few golden questions and go."""

    def __init__(self) -> None:
        self._questions = [case.question for case in read_cases(ROOT / "tests" / "cases" / "retrieval")]
        self._random = Random(1)
        self._left: dict[int, int] = {}
        self._newest = 0
        self.said: Counter[int] = Counter()

    def say(self, count: int) -> list[Said]:
        """The next messages."""
        return [self._say() for _ in range(count)]

    def _say(self) -> Said:
        while len(self._left) < STAYING:
            self._newest += 1
            self._left[self._newest] = self._random.randint(1, MOST_MESSAGES)
        chat = self._random.choice(tuple(self._left))
        self._left[chat] -= 1
        if not self._left[chat]:
            del self._left[chat]
        self.said[chat] += 1
        return Said(chat, self._random.choice(self._questions))


def soak(minutes: float, per_second: float, *, on_postgres: bool) -> int:
    """Drive and print; 1 if a reply is missing."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhuchuang-soak-")))
        api, driver, people = BotApi(), Driver(), People()
        stack.callback(api.program.end)
        stack.callback(driver.program.end)
        url, store_mb = f"sqlite:///{folder / 'store.db'}", lambda: sum(file.stat().st_size for file in folder.glob("store.db*")) / 2**20
        if on_postgres:
            server = stack.enter_context(durable_postgres())
            if server is None:
                print("PostgreSQL is not installed (apt install postgresql)", file=sys.stderr)
                return 2
            url = server.new_database()
            database = url.rpartition("/")[2]
            store_mb = lambda: int(server.sql(f"SELECT pg_database_size('{database}')")) / 2**20  # noqa: E731 - of the other store
        program, port = start_zhuchuang(url, api, folder)
        stack.callback(program.end)
        system = Served("soak", [program], [port], "/telegram/webhook")
        print(_head(on_postgres, per_second), flush=True)
        samples: list[Sample] = []
        replied: Counter[int] = Counter()
        refused = seen = 0
        began = time.time()
        samples.append(_sample(program, 0, began, people, store_mb, []))
        while time.time() - began < minutes * 60:
            said = people.say(round(EVERY_SECONDS * per_second))
            first_id = people.said.total() + 1
            posted = driver.post(system.ports, system.requests(said, first_id), at_once=CONNECTIONS, per_second=per_second)
            refused += sum(post.status != 200 for post in posted)
            sent = api.control("sent", since=seen)
            seen += len(sent)
            replied.update(message["chat_id"] for message in sent)
            due = {one.chat: post.due for one, post in zip(said, posted, strict=True)}
            took = [
                1000 * (message["at"] - due[message["chat_id"]]) for message in sent if message["at"] > due.get(message["chat_id"], 1e12)
            ]
            samples.append(_sample(program, people.said.total(), began, people, store_mb, took))
            print(_row(samples[-1]), flush=True)
        until = time.monotonic() + MOST_SECONDS
        while time.monotonic() < until:
            api.until_quiet()
            sent = api.control("sent", since=seen)
            seen += len(sent)
            replied.update(message["chat_id"] for message in sent)
            if not people.said - replied:
                break
        missing = max((people.said - replied).total(), people.said.total() - _replies(port)) + refused
        print("\n".join(_summary(samples, missing, people, seen)))
    return 1 if missing else 0


def _replies(port: int) -> int:
    """How many replies the process says it has sent."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        figures = answer.read().decode().splitlines()
    return round(
        sum(float(line.split()[-1]) for line in figures if line.startswith("zhuchuang_replies_total{") and 'result="sent"' in line)
    )


def _sample(program: Program, messages: int, began: float, people: People, store_mb: Callable[[], float], took_ms: list[float]) -> Sample:
    resident, files = resident_megabytes(program.pid) or 0.0, open_files(program.pid) or 0
    usual = median(took_ms) if took_ms else 0.0
    return Sample(time.time() - began, messages, len(people.said), resident, files, store_mb(), usual)


def _head(on_postgres: bool, per_second: float) -> str:
    store = "PostgreSQL" if on_postgres else "SQLite"
    lines = [f"{per_second:g} messages/s on {store}, {STAYING} chats at a time, each of which says up to {MOST_MESSAGES} things"]
    lines += [f"{'seconds':>8}{'messages':>10}{'chats':>8}{'memory MB':>11}{'open files':>12}{'store MB':>10}{'reply ms':>10}"]
    return "\n".join(lines)


def _row(one: Sample) -> str:
    row = f"{one.seconds:8.0f}{one.messages:10}{one.chats:8}{one.resident_mb:11.1f}{one.open_files:12}"
    return row + f"{one.store_mb:10.1f}{one.reply_ms:10.0f}"


def _summary(samples: list[Sample], missing: int, people: People, sent: int) -> list[str]:
    warm = samples[round(len(samples) * WARM_UP_SHARE) :]
    first, last = warm[0], warm[-1]
    lines = [f"{people.said.total()} messages of {len(people.said)} chats, {sent} messages sent; {missing} replies missing"]
    if len(warm) > 2 and last.messages > first.messages:
        thousands = [one.messages / 1000 for one in warm]
        slope = linear_regression(thousands, [one.resident_mb for one in warm]).slope
        files = f"{min(one.open_files for one in warm)} to {max(one.open_files for one in warm)}"
        lines += [
            f"after {first.seconds:.0f} s of warming up: memory {slope:+.2f} MB per 1,000 messages ({last.resident_mb:.0f} MB in the end),"
        ]
        store = 1024 * (last.store_mb - first.store_mb) / (last.messages - first.messages)
        lines += [f"open files {files}, the store grows by {store:.1f} KB a message"]
    return lines


def main() -> int:
    """Drive as told."""
    parser = argparse.ArgumentParser(description="A steady load, and what grows under it.")
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument("--rate", type=float, default=20, metavar="N", help="messages a second (20)")
    parser.add_argument("--postgres", action="store_true", help="store in PostgreSQL instead of SQLite")
    options = parser.parse_args()
    end_when_asked()
    return soak(options.minutes, options.rate, on_postgres=options.postgres)


if __name__ == "__main__":
    sys.exit(main())
