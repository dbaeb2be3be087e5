"""Messages a second through the webhook of `zhuchuang serve`, and how long people wait, beside python-telegram-bot's own echo bot.

By itself: ``python tests/bench/serving.py``. ``run.py`` makes it a section of its report.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from statistics import median, quantiles

from servers import (
    ROOT,
    BotApi,
    Driver,
    Posted,
    Program,
    Said,
    Served,
    durable_postgres,
    end_when_asked,
    http_request,
    start_echo_bot,
    start_zhuchuang,
)
from system import HERE

from bot.staff.golden import read_cases
from tests.channels.bot_api import TOKEN

MESSAGES = 1200
ROUNDS = 4
AT_ONCE = 32
"""Posts under way at a time when a system is driven as hard as it goes."""
PER_SECOND = 20.0
"""Messages a second at the modest rate."""
PACED_SECONDS = 6
"""How long the modest rate lasts in a round."""
WARM_UP = 60
MOST_SECONDS = 120
"""How long the replies of a round may take."""
POSTGRES_PROCESSES = 3
ECHO = "echo bot"


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds: the usual, the slow and the slowest."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What a system did, at full load and at the modest rate.

    ``taken`` is acknowledged with 200, ``replied`` is when the Bot API has the reply. ``cpu_ms`` is processor time a message at full load,
    PostgreSQL's among it. ``lost`` are messages without a 200 or without a reply.
    """

    messages: int
    taken_per_second: float
    replied_per_second: float
    taken_full: Spread
    taken_paced: Spread
    replied_paced: Spread
    cpu_ms: float | None
    lost: int


@dataclass(frozen=True, slots=True)
class Serving:
    """All figures. The driver and the emulated Bot API alone are what no system could exceed; ``disk_ms`` is one write to the disk."""

    machine: str
    disk_ms: float
    driver_per_second: float
    bot_api_per_second: float
    systems: Mapping[str, Figures]
    left_out: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """What was measured of a system so far; times in seconds."""

    full: list[Posted] = field(default_factory=list)
    paced: list[Posted] = field(default_factory=list)
    replied_ms: list[float] = field(default_factory=list)
    accepting: float = 0.0
    answering: float = 0.0
    answered: int = 0
    cpu: float | None = 0.0
    lost: int = 0


class Crowd:
    """People who ask golden questions: the same of every system, each person once a round."""

    def __init__(self) -> None:
        questions = [case.question for case in read_cases(ROOT / "tests" / "cases" / "retrieval")]
        Random(1).shuffle(questions)
        self._questions = questions
        self._ids = 1

    def says(self, round_: int, first_chat: int, count: int) -> list[Said]:
        """What that many people write in a round."""
        start = round_ * count + first_chat
        return [Said(first_chat + number, self._questions[(start + number) % len(self._questions)]) for number in range(count)]

    def new_ids(self, count: int) -> int:
        """The first of so many ids of updates."""
        self._ids += count
        return self._ids - count


def measure_serving(messages: int) -> Serving:
    """So many messages a system at full load, in rounds, and some more at the modest rate."""
    left_out: list[str] = []
    burst = max(AT_ONCE, messages // ROUNDS)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhuchuang-serving-")))
        api, driver = BotApi(), Driver()
        stack.callback(api.program.end)
        stack.callback(driver.program.end)
        driver_per_second, bot_api_per_second = _driver_alone(driver), _bot_api_alone(driver, api)
        systems = _start(stack, api, folder, left_out)
        crowd = Crowd()
        tallies = {system.name: Tally() for system in systems}
        for round_ in range(-1, ROUNDS):
            for system in systems[round_ % len(systems) :] + systems[: round_ % len(systems)]:
                system.resume()
                if round_ < 0:
                    _ask(system, crowd, driver, api, crowd.says(0, 100_000, WARM_UP), at_once=AT_ONCE)
                else:
                    _at_full_load(tallies[system.name], system, crowd, driver, api, crowd.says(round_, 1, burst))
                    chats = crowd.says(round_, 50_001, round(PACED_SECONDS * PER_SECOND))
                    _at_modest_rate(tallies[system.name], system, crowd, driver, api, chats)
                api.until_quiet()
                system.pause()
            if sys.stderr.isatty():
                print(f"\rserving: {round_ + 1} of {ROUNDS} rounds", end="" if round_ + 1 < ROUNDS else "\n", file=sys.stderr)
        figures = {name: _figures(tally) for name, tally in tallies.items()}
        return Serving(_machine(), _disk_ms(folder), driver_per_second, bot_api_per_second, figures, tuple(left_out))


def _start(stack: ExitStack, api: BotApi, folder: Path, left_out: list[str]) -> list[Served]:
    """The systems, each ready and paused. Those on PostgreSQL share processes, of which some are paused while fewer are measured."""
    systems: list[Served] = []

    def started(program_and_port: tuple[Program, int]) -> tuple[Program, int]:
        stack.callback(program_and_port[0].end)
        program_and_port[0].pause()
        return program_and_port

    program, port = started(start_echo_bot(api, folder))
    systems.append(Served(ECHO, [program], [port], "/telegram"))
    path = "/telegram/webhook"
    program, port = started(start_zhuchuang(f"sqlite:///{folder / 'store.db'}", api, folder))
    systems.append(Served("SQLite, 1 process", [program], [port], path))
    postgres = stack.enter_context(durable_postgres())
    if postgres is None:
        left_out.append("PostgreSQL: it is not installed (apt install postgresql)")
        return systems
    url = postgres.new_database()
    places = [started(start_zhuchuang(url, api, folder)) for _ in range(POSTGRES_PROCESSES)]
    for count in range(1, POSTGRES_PROCESSES + 1):
        programs, ports = zip(*places[:count], strict=True)
        systems.append(Served(f"PostgreSQL, {count} process{'es' if count > 1 else ''}", programs, ports, path, postgres=postgres))
    return systems


def _ask(
    system: Served, crowd: Crowd, driver: Driver, api: BotApi, said: list[Said], *, at_once: int, per_second: float | None = None
) -> tuple[list[Posted], dict[int, float]]:
    """The calls, and when the first reply reached each chat."""
    api.control("forget")
    requests = system.requests(said, crowd.new_ids(len(said)))
    posted = driver.post(system.ports, requests, at_once=at_once, per_second=per_second)
    return posted, api.first_replies([one.chat for one in said], MOST_SECONDS)


def _at_full_load(tally: Tally, system: Served, crowd: Crowd, driver: Driver, api: BotApi, said: list[Said]) -> None:
    before = system.cpu_seconds()
    posted, replied = _ask(system, crowd, driver, api, said, at_once=AT_ONCE)
    after = system.cpu_seconds()
    began = min(post.due for post in posted)
    tally.full += posted
    tally.accepting += max(post.answered for post in posted) - began
    tally.answering += max(replied.values(), default=began) - began
    tally.answered += len(replied)
    tally.cpu = None if tally.cpu is None or before is None or after is None else tally.cpu + after - before
    tally.lost += _lost(posted, said, replied)


def _at_modest_rate(tally: Tally, system: Served, crowd: Crowd, driver: Driver, api: BotApi, said: list[Said]) -> None:
    posted, replied = _ask(system, crowd, driver, api, said, at_once=AT_ONCE, per_second=PER_SECOND)
    tally.paced += posted
    tally.replied_ms += [(replied[one.chat] - post.due) * 1000 for one, post in zip(said, posted, strict=True) if one.chat in replied]
    tally.lost += _lost(posted, said, replied)


def _lost(posted: Sequence[Posted], said: Sequence[Said], replied: Mapping[int, float]) -> int:
    return sum(post.status != 200 or one.chat not in replied for one, post in zip(said, posted, strict=True))


def _figures(tally: Tally) -> Figures:
    count = len(tally.full)
    return Figures(
        count,
        count / tally.accepting,
        tally.answered / tally.answering if tally.answering else 0.0,
        _spread([post.took_ms for post in tally.full]),
        _spread([post.took_ms for post in tally.paced]),
        _spread(tally.replied_ms),
        None if tally.cpu is None else 1000 * tally.cpu / count,
        tally.lost,
    )


def _spread(values: Sequence[float]) -> Spread:
    if len(values) < 2:
        return Spread(0.0, 0.0, 0.0)
    hundredths = quantiles(values, n=100, method="inclusive")
    return Spread(median(values), hundredths[94], hundredths[98])


def _driver_alone(driver: Driver) -> float:
    """Requests a second against a server that does nothing: the driver's own limit."""
    constant = Program([sys.executable, HERE / "driver.py", "--constant"])
    try:
        return _rate(driver, int(constant.ask()), [http_request("/", {"text": "我在东营" * 25})] * 5000)
    finally:
        constant.end()


def _bot_api_alone(driver: Driver, api: BotApi) -> float:
    """Messages a second the emulated Bot API takes: the limit of whatever replies to it."""
    request = {"chat_id": 1, "text": "我在东营" * 75}
    return _rate(driver, api.port, [http_request(f"/bot{TOKEN}/sendMessage", request)] * 1000)


def _rate(driver: Driver, port: int, requests: list[str]) -> float:
    driver.post([port], requests[:200], at_once=AT_ONCE)
    posted = driver.post([port], requests, at_once=AT_ONCE)
    return len(posted) / (max(post.answered for post in posted) - min(post.due for post in posted))


def _disk_ms(folder: Path) -> float:
    """The usual time until a small write is certainly on the disk, which every acknowledged message waits for."""
    took: list[float] = []
    with (folder / "disk").open("wb") as file:
        for _ in range(100):
            began = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return median(took)


def _machine() -> str:
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def serving_lines(found: Serving) -> list[str]:
    """The section of the report."""
    base = found.systems[ECHO]
    lines = [f"Serving golden questions through the webhook, {base.messages} messages a system at full load, in {ROUNDS} rounds of turns"]
    lines += [f"  {f'full load: {AT_ONCE} posts at once':52}{'200 after, ms':>27}"]
    lines += [f"  {'':24}{'200/s':>10}{'replies/s':>11}{'ratio':>7}{'p50':>9}{'p95':>9}{'p99':>9}{'CPU ms':>9}"]
    for name, one in found.systems.items():
        ratio = one.replied_per_second / base.replied_per_second if base.replied_per_second else 0.0
        row = f"  {name:24}{one.taken_per_second:10.0f}{one.replied_per_second:11.0f}{ratio:7.2f}{_cells(one.taken_full, 0)}"
        lines += [row + ("        -" if one.cpu_ms is None else f"{one.cpu_ms:9.1f}") + (f"   {one.lost} LOST" if one.lost else "")]
    lines += [f"  {f'{PER_SECOND:.0f} messages a second':24}{'200 after, ms':>27}{'reply after, ms':>27}"]
    lines += [f"  {'':24}" + f"{'p50':>9}{'p95':>9}{'p99':>9}" * 2]
    lines += [f"  {name:24}{_cells(one.taken_paced, 1)}{_cells(one.replied_paced, 0)}" for name, one in found.systems.items()]
    lines += [
        f"  {found.machine}, which the system, PostgreSQL, the driver and the emulated Bot API share; the others stand still.",
        "  200: the webhook has stored the message. Replies/s: until the last one reached the Bot API. CPU: of the system and PostgreSQL",
        f"  for a message. Ratio: to the {ECHO}'s replies/s. It is python-telegram-bot's own, one message after the other; it stores",
        "  nothing and says back what it hears.",
        f"  Alone the driver posts {found.driver_per_second:,.0f}/s, and the emulated Bot API takes {found.bot_api_per_second:,.0f}/s.",
        f"  A write reaches the disk in {found.disk_ms:.1f} ms.",
    ]
    return [*lines, *(f"  Left out: {reason}" for reason in found.left_out)]


def _cells(spread: Spread, places: int) -> str:
    return "".join(f"{value:9.{places}f}" for value in (spread.p50, spread.p95, spread.p99))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Messages a second and waiting times through the webhook, beside an echo bot.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--messages", type=int, default=MESSAGES, metavar="N", help=f"how many a system at full load ({MESSAGES})")
    options = parser.parse_args()
    end_when_asked()
    found = measure_serving(options.messages)
    print(json.dumps(asdict(found), ensure_ascii=False, indent=2) if options.json else "\n".join(serving_lines(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
