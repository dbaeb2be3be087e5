"""What the tests of deployment share: tools that may be missing, and stores to be backed up."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.deploy.machines import make_debian, require
from tests.deploy.stores import Cluster, PostgresStore, SqliteStore


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark of what takes minutes: `pytest -m "not long"` leaves it out."""
    config.addinivalue_line("markers", "long: builds or boots something, which takes minutes")


Tool = Callable[..., subprocess.CompletedProcess[str]]
Store = SqliteStore | PostgresStore


@pytest.fixture(scope="session")
def tool() -> Tool:
    """Runs a checker: the one beside this Python, else the one of the machine. Missing, the test is left out and says what to install."""

    def run(name: str, *arguments: str | Path, install: str, **options: object) -> subprocess.CompletedProcess[str]:
        beside = Path(sys.executable).parent / name
        program = str(beside) if beside.exists() else shutil.which(name)
        if program is None:
            pytest.skip(f"{name} is missing; {install}")
        return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]

    return run


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, started when the first test asks for it."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL is missing; apt install postgresql")
    server = Cluster(programs[-1].parent)
    yield server
    server.close()


@pytest.fixture(scope="session")
def bare_debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Debian 12 as small as it gets; take a copy of it."""
    require("debootstrap")
    folder = make_debian(tmp_path_factory.mktemp("bare") / "debian")
    yield folder
    shutil.rmtree(folder)


_NAMES = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Makes empty stores, of each kind in turn."""

    def make() -> Store:
        name = f"store{next(_NAMES)}"
        if request.param == "sqlite":
            (tmp_path / name).mkdir()
            return SqliteStore(tmp_path / name)
        cluster = request.getfixturevalue("cluster")
        cluster.sql("postgres", f"CREATE DATABASE {name}")
        return PostgresStore(cluster, name)

    return make
