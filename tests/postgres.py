"""A PostgreSQL server of the tests' own: made in a scratch folder, started, and stopped with the tests."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_USER = "postgres"  # the server refuses to run as root


class Postgres:
    """A running server. ``start`` and ``stop`` play an outage."""

    def __init__(self, bin_folder: Path, folder: Path, port: int) -> None:
        self._bin = bin_folder
        self._folder = folder
        self.port = port
        self._databases = 0

    def url(self, database: str) -> str:
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{database}"

    def new_database(self, *, like: str = "template0") -> str:
        """The address of a fresh database."""
        self._databases += 1
        name = f"test_{os.getpid()}_{self._databases}"
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return self.url(name)

    def sql(self, statement: str, database: str = "postgres") -> str:
        command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1", "-c", statement]
        return self._run(*command, "-h", "127.0.0.1", "-p", str(self.port), "-U", _USER, database)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=200"
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-l", str(self._folder / "log"), "-w", "-o", options, "start")

    def stop(self) -> None:
        """At once, as when the power fails."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", "immediate", "stop")

    def init(self) -> None:
        self._run("initdb", "-D", str(self._folder / "data"), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self._bin / program), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", _USER, "--", *command]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self._folder, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}")
        return done.stdout


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server for the time of the context; the test is left out where PostgreSQL is not installed."""
    bin_folder = _bin_folder()
    if bin_folder is None:
        pytest.skip("PostgreSQL is not installed (apt install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="zhuchuang-postgres-"))
    if os.getuid() == 0:
        shutil.chown(folder, _USER)
    server = Postgres(bin_folder, folder, free_port())
    try:
        server.init()
        server.start()
        yield server
    finally:
        with suppress(RuntimeError):  # stopped by its test
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _bin_folder() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None
