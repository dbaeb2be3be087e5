import io
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.bootstrap import build_engine
from bot.cli import main
from bot.content.read import knowledge_folder, rules_folder
from bot.engine import Engine
from bot.settings import Settings


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine over the content of the repository."""
    return build_engine(Settings())


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command in this process, with nothing set in the environment but what the test sets."""
    for name in [name for name in os.environ if name.startswith("ZHUCHUANG_")]:
        monkeypatch.delenv(name)

    def run_command(*arguments: str, stdin: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main(arguments)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return run_command


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """A copy of the content to break."""
    folder = tmp_path / "knowledge"
    shutil.copytree(knowledge_folder(), folder)
    shutil.copytree(rules_folder(knowledge_folder()), folder.parent / "rules")
    return folder
