"""The processes of a serving benchmark, all on 127.0.0.1: the emulated Bot API, `zhuchuang serve`, an echo bot, the driver, PostgreSQL."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from system import HERE

from bot.channels.telegram import SECRET_HEADER
from bot.storage.sealing import Sealer
from tests.channels.bot_api import TOKEN
from tests.postgres import Postgres, free_port, running_postgres

ROOT = HERE.parents[1]
KEY = "a-key-of-the-benchmark-that-hides-nothing"
_START_SECONDS = 60
_END_SECONDS = 20
_QUIET_SECONDS = 1.2  # the parts of a long reply follow one another after one
_PROC = Path("/proc")


class Said(NamedTuple):
    """What somebody writes."""

    chat: int
    text: str


@dataclass(frozen=True, slots=True)
class Posted:
    """One webhook call: when it was due and when it was answered, in seconds since 1970, and the status, 0 for none."""

    due: float
    answered: float
    status: int

    @property
    def took_ms(self) -> float:
        """Milliseconds until it was acknowledged."""
        return (self.answered - self.due) * 1000


class Program:
    """A process that is certainly gone once it was told to end, even if it was paused."""

    def __init__(self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None, log: Path | None = None) -> None:
        """Start it; what it writes to its error stream goes into ``log``."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("ZHUCHUANG_")}
        with (log or Path(os.devnull)).open("ab") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors if log else None,
                env=others | dict(environment or {}),
                cwd=ROOT,
                encoding="utf-8",
            )
        self._log = log
        self.pid = self._process.pid

    def ask(self, line: str = "") -> str:
        """The next line it prints, after it was told a line."""
        assert self._process.stdin is not None and self._process.stdout is not None
        if line:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self._process.args!r} stopped with code {self._process.wait()}; {self.errors()}")
        return answer

    def errors(self) -> str:
        """The end of what it wrote to its error stream."""
        return self._log.read_text("utf-8", "replace")[-2000:] if self._log else "its message stands above"

    def until_it_wrote(self, words: str, seconds: float) -> None:
        """Wait until something stands in its error stream."""
        until = time.monotonic() + seconds
        while self._log is not None and words not in self._log.read_text("utf-8", "replace"):
            if time.monotonic() > until or not self.is_alive():
                raise RuntimeError(f"{words} was never written; {self.errors()}")
            time.sleep(0.1)

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def pause(self) -> None:
        """Take the processor away from it, so that it does not disturb the one that has its turn."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Ask it to end, and make it."""
        if self.is_alive():
            self.resume()
            self._process.terminate()
        try:
            self._process.communicate(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


class BotApi:
    """The emulated Bot API."""

    def __init__(self) -> None:
        self.program = Program([sys.executable, "-m", "tests.channels.bot_api_server"])
        self.base_url = self.program.ask().strip()
        self.port = int(self.base_url.rsplit(":", 1)[1].split("/")[0])
        self._root = self.base_url.removesuffix("/bot")

    def control(self, name: str, seconds: float = 60, **parameters: Any) -> Any:
        """The answer of one of its controls."""
        body = json.dumps(parameters).encode()
        with urllib.request.urlopen(f"{self._root}/control/{name}", body, timeout=seconds) as response:
            return json.load(response)

    def first_replies(self, chats: Sequence[int], seconds: float) -> dict[int, float]:
        """When the first message reached each chat since the records were started anew; chats without one in that time are left out."""
        until = time.monotonic() + seconds
        wanted, first = set(chats), dict[int, float]()
        while (left := until - time.monotonic()) > 0:
            self.control("wait", sent=len(wanted), seconds=min(left, 30))
            for message in self.control("sent"):
                first.setdefault(message["chat_id"], message["at"])
            if wanted <= first.keys():
                break
            time.sleep(0.2)
        return {chat: at for chat, at in first.items() if chat in wanted}

    def until_quiet(self, seconds: float = 30) -> None:
        """Wait until nothing has been sent for a while, such as the further parts of long replies."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            count = self.control("state")["sent"]
            last = self.control("sent", since=max(count - 1, 0))
            quiet = time.time() - (last[-1]["at"] if last else 0)
            if quiet > _QUIET_SECONDS:
                return
            time.sleep(_QUIET_SECONDS - quiet)


class Served:
    """A system behind a webhook: some processes, of which one may be used by several systems."""

    def __init__(self, name: str, programs: Sequence[Program], ports: Sequence[int], path: str, *, postgres: Postgres | None = None):
        self.name = name
        self.programs = programs
        self.ports = list(ports)
        self.postgres = postgres
        self._path = path
        self._secret = Sealer(KEY).hashed("telegram webhook", TOKEN)

    def requests(self, said: Sequence[Said], first_id: int) -> list[str]:
        """The webhook calls for what people write."""
        return [self._request(one, first_id + number) for number, one in enumerate(said)]

    def _request(self, said: Said, update_id: int) -> str:
        person = {"id": said.chat, "first_name": "小林"}
        message = {"message_id": update_id, "date": 1_700_000_000, "text": said.text}
        message |= {"chat": person | {"type": "private"}, "from": person | {"is_bot": False}}
        return http_request(self._path, {"update_id": update_id, "message": message}, {SECRET_HEADER: self._secret})

    def pause(self) -> None:
        """Stand still."""
        for program in self.programs:
            program.pause()

    def resume(self) -> None:
        """Go on, and catch up."""
        for program in self.programs:
            program.resume()
        time.sleep(1)

    def cpu_seconds(self) -> float | None:
        """Processor time of its processes and of its PostgreSQL until now; None where the machine does not say."""
        pids = [program.pid for program in self.programs]
        return cpu_seconds([*pids, *children(self.postgres)] if self.postgres else pids)


class Driver:
    """The process that posts."""

    def __init__(self) -> None:
        self.program = Program([sys.executable, HERE / "driver.py"])

    def post(self, ports: Sequence[int], requests: Sequence[str], *, at_once: int, per_second: float | None = None) -> list[Posted]:
        """What came of each request."""
        job = {"ports": list(ports), "requests": list(requests), "connections": at_once, "per_second": per_second}
        return [Posted(*post) for post in json.loads(self.program.ask(json.dumps(job)))]


def http_request(path: str, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> str:
    """A whole POST request with JSON."""
    body = json.dumps(content)  # ASCII only, so that its length is its bytes
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", body])


def end_when_asked() -> None:
    """Unwind on SIGTERM, so that no process is left behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def start_zhuchuang(database_url: str, api: BotApi, folder: Path) -> tuple[Program, int]:
    """`zhuchuang serve` with a webhook, not limited by anything but itself, and its port; ready."""
    port = free_port()
    settings = {
        "DATA": str(folder),
        "DATABASE_URL": database_url,
        "SECRET_KEY": KEY,
        "PORT": str(port),
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_BASE_URL": api.base_url,
        "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram/webhook",
        "TELEGRAM_PER_SECOND": "100000",
        "MESSAGES_PER_MINUTE": "100000",
        "LARGEST_BACKLOG": "1000000",
    }
    environment = {f"ZHUCHUANG_{name}": value for name, value in settings.items()}
    program = Program([sys.executable, "-m", "bot.cli", "serve"], environment, folder / f"serve-{port}.log")
    try:
        _until_it_answers(program, f"http://127.0.0.1:{port}/readyz")
        program.until_it_wrote("telegram_started", _START_SECONDS)
    except BaseException:
        program.end()
        raise
    return program, port


def start_echo_bot(api: BotApi, folder: Path) -> tuple[Program, int]:
    """The echo bot and its port; ready."""
    port = free_port()
    program = Program([sys.executable, HERE / "echo_bot.py", api.base_url, TOKEN, str(port)], log=folder / f"echo-{port}.log")
    try:
        _until_it_answers(program, f"http://127.0.0.1:{port}/")
    except BaseException:
        program.end()
        raise
    return program, port


def _until_it_answers(program: Program, url: str) -> None:
    """Wait for any answer but 503."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if not program.is_alive():
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError as error:
            if error.code != 503:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer; {program.errors()}")


@contextmanager
def durable_postgres() -> Iterator[Postgres | None]:
    """The tests' own server, but with every commit on the disk before it counts, as operators run it; None where there is none."""
    try:
        with running_postgres() as server:
            server.stop()
            _Durable(server._bin, server._folder, server.port).start()
            yield server
    except pytest.skip.Exception:
        yield None


class _Durable(Postgres):
    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200"
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-l", str(self._folder / "log"), "-w", "-o", options, "start")


def children(postgres: Postgres) -> list[int]:
    """The process ids of a PostgreSQL server."""
    server = int((postgres._folder / "data" / "postmaster.pid").read_text().split()[0])
    return [server, *(pid for pid, (parent, _) in _processes().items() if parent == server)]


def cpu_seconds(pids: Sequence[int]) -> float | None:
    """Processor time of some processes until now."""
    found = _processes()
    return sum(found[pid][1] for pid in pids if pid in found) if found else None


def resident_megabytes(pid: int) -> float | None:
    """The memory a process holds; None where the machine does not say."""
    try:
        status = (_PROC / str(pid) / "status").read_text()
    except OSError:
        return None
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]) / 1024


def open_files(pid: int) -> int | None:
    """How many files and connections a process has open; None where the machine does not say."""
    try:
        return len(list((_PROC / str(pid) / "fd").iterdir()))
    except OSError:
        return None


def _processes() -> dict[int, tuple[int, float]]:
    """The parent and the processor seconds of every process."""
    found: dict[int, tuple[int, float]] = {}
    for stat in _PROC.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(stat.parent.name)] = int(fields[1]), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found
