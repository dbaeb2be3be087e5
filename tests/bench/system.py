"""A system under measurement: a process of its own that answers questions."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.staff.golden import Case

HERE = Path(__file__).parent
CHATTERBOT = "1.2.15"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a system said to a case, and how long it took, in all and of the processor alone."""

    case: Case
    outcome: str
    entry: str | None
    score: float
    took_ms: float
    cpu_ms: float


class System:
    """A worker process. ``memory_mb`` is its resident memory when it last answered, None where the machine does not say."""

    def __init__(self, name: str, python: Path, worker: str, setup: dict[str, Any]) -> None:
        """Start the process and wait until it is built."""
        self.name = name
        self.memory_mb: float | None = None
        self._process = subprocess.Popen([python, HERE / worker], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        self._send(setup)
        self.build_seconds = float(self._receive()["build_seconds"])

    def ask(self, cases: list[Case]) -> list[Answered]:
        """The answers to some cases, asked one after the other."""
        self._send([(case.question, case.region) for case in cases])
        reply = self._receive()
        self.memory_mb = reply["memory_mb"]
        return [
            Answered(case, one["outcome"], one["entry"], one["score"], one["ms"], one["cpu_ms"])
            for case, one in zip(cases, reply["found"], strict=True)
        ]

    def close(self) -> None:
        """End the process."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=30)

    def _send(self, value: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()

    def _receive(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} stopped with code {self._process.wait()}; its message stands above")
        return json.loads(line)


def chatterbot_python() -> tuple[Path | None, str]:
    """The Python of an environment with ChatterBot, made on first use in the user's cache folder; or None and why not."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "zhuchuang-bench" / f"chatterbot-{CHATTERBOT}"
    python = folder / "bin" / "python"
    if python.is_file() and subprocess.run([python, "-c", "import chatterbot"], capture_output=True).returncode == 0:
        return python, ""
    print(f"Installing ChatterBot into {folder}, a minute or two ...", file=sys.stderr)
    for command in (
        [sys.executable, "-m", "venv", folder],
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", f"chatterbot=={CHATTERBOT}"],
    ):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, str(error)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()] or ["pip says nothing"]
            return None, next((line for line in lines if line.startswith("ERROR")), lines[-1])
    return python, ""
