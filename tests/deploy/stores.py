"""Stores to be backed up: the same tables in a file of SQLite and in a database of PostgreSQL, and what operators run on them."""

import asyncio
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, select

from bot.storage.database import open_database, transaction
from bot.storage.migrate import migrate
from bot.storage.tables import Moment, metadata

DEPLOY = Path(__file__).parents[2] / "deploy"
TEXT = "我在东营，\t'开网店'\n第二行 \\. \\N %41 😀"
"""What people write, with everything that may trip a copy: tabs, line ends, quotes, and what ends or escapes a COPY."""
_DAY = datetime(2026, 11, 29, 8, 15, 0, 123456, tzinfo=UTC)


def fill(store: "SqliteStore | PostgresStore", rows: int) -> None:
    """Make the program's tables, with so many rows in each, every text the awkward one."""
    asyncio.run(_fill(store.url, rows))


def contents(store: "SqliteStore | PostgresStore") -> dict[str, list[str]]:
    """Everything in the program's tables."""
    return asyncio.run(_contents(store.url))


async def _fill(url: str, rows: int) -> None:
    engine = open_database(url)
    try:
        await migrate(engine)
        async with transaction(engine) as connection:
            for table in metadata.sorted_tables:
                for number in range(rows):
                    await connection.execute(table.insert().values({column.name: _value(column, number) for column in table.columns}))
    finally:
        await engine.dispose()


async def _contents(url: str) -> dict[str, list[str]]:
    engine = open_database(url)
    try:
        async with transaction(engine) as connection:
            return {table.name: sorted(map(repr, await connection.execute(select(table)))) for table in metadata.sorted_tables}
    finally:
        await engine.dispose()


def _value(column: Column[Any], number: int) -> object:
    kind = column.type.python_type
    if kind is str:
        length = getattr(column.type, "length", None)
        return f"{number}{TEXT}"[:length]
    return _DAY if isinstance(column.type, Moment) else {int: number, bool: number % 2 == 0}[kind]


@dataclass(frozen=True)
class SqliteStore:
    """A data folder with ``zhuchuang.db``."""

    folder: Path
    ending: str = ".db"

    @property
    def environment(self) -> dict[str, str]:
        return {"ZHUCHUANG_DATA": str(self.folder)}

    @property
    def file(self) -> Path:
        return self.folder / "zhuchuang.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    def run(self, sql: str) -> None:
        with closing(sqlite3.connect(self.file)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.executescript(sql)

    def ask(self, sql: str) -> str:
        """The one value a question has for an answer."""
        with closing(sqlite3.connect(self.file)) as database:
            return str(database.execute(sql).fetchone()[0])

    @contextmanager
    def served(self) -> Iterator[None]:
        """As long as a process has it open, as the program does."""
        with closing(sqlite3.connect(self.file)) as database:
            database.execute("SELECT count(*) FROM sessions").fetchone()
            yield

    def damage(self, backup: Path) -> None:
        """Overwrite the middle of a backup."""
        _overwrite(backup, b"\0" * 5000)


@dataclass(frozen=True)
class PostgresStore:
    """A database of a cluster; its password needs escaping in an address."""

    cluster: "Cluster"
    name: str
    ending: str = ".dump"

    @property
    def environment(self) -> dict[str, str]:
        return {"ZHUCHUANG_DATABASE_URL": self.url}

    @property
    def url(self) -> str:
        return self.cluster.url(self.name)

    def run(self, sql: str) -> None:
        self.cluster.sql(self.name, sql)

    def ask(self, sql: str) -> str:
        """The one value a question has for an answer."""
        return self.cluster.sql(self.name, sql).removesuffix("\n")

    @contextmanager
    def served(self) -> Iterator[None]:
        with self.cluster.psql(self.name, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
            assert session.stdin is not None
            assert session.stdout is not None
            print("SELECT 1;", file=session.stdin, flush=True)
            session.stdout.readline()
            yield
            session.stdin.close()

    def damage(self, backup: Path) -> None:
        """Overwrite the end of the data, which only who reads everything will notice."""
        _overwrite(backup, b"\0" * 64)


def _overwrite(file: Path, with_what: bytes) -> None:
    content = file.read_bytes()
    middle = len(content) * 2 // 3
    file.write_bytes((content[:middle] + with_what + content[middle + len(with_what) :])[: len(content)])


class Cluster:
    """A PostgreSQL server of this test's own, on the loopback address. It refuses to run as root, so root starts it as ``postgres``."""

    PASSWORD = "p%40 with: @/ and ?"  # the characters that mean something in an address

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="zhuchuang-cluster-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        password = self._folder / "password"
        password.write_text(self.PASSWORD, "utf-8")
        if os.getuid() == 0:
            postgres = pwd.getpwnam("postgres")
            for path in (self._folder, password):
                os.chown(path, postgres.pw_uid, postgres.pw_gid)
        self._server(
            *("initdb", "--pgdata", "data", "--username", "owner", "--auth", "scram-sha-256", "--pwfile", "password"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        )
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} -c fsync=off"
        self._server("pg_ctl", "--pgdata", "data", "--wait", "--log", "log", "--options", options, "start")

    def close(self) -> None:
        self._server("pg_ctl", "--pgdata", "data", "--mode", "immediate", "stop")
        shutil.rmtree(self._folder)

    def url(self, database: str) -> str:
        return f"postgresql://owner:p%2540%20with%3A%20%40%2F%20and%20%3F@127.0.0.1:{self.port}/{database}"

    def sql(self, database: str, sql: str) -> str:
        with self.psql(database, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
            answer, _ = session.communicate(sql)
        assert session.returncode == 0
        return answer

    def psql(self, database: str, **streams: object) -> subprocess.Popen[str]:
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port), "-U", "owner", "-d", database]
        return subprocess.Popen(command, env={**os.environ, "PGPASSWORD": self.PASSWORD}, **streams)  # type: ignore[call-overload]

    def _server(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        # Its output goes to a file: the server inherits it, and a pipe would never close.
        with (self._folder / "setup.log").open("a+") as log:
            done = subprocess.run(command, cwd=self._folder, stdout=log, stderr=log, check=False)
            log.seek(0)
            assert done.returncode == 0, log.read()


def operate(script: str, *arguments: str | Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script of ``deploy/`` as an operator does, with only these settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ZHUCHUANG_", "PG", "STATE_"))}
    command = [str(DEPLOY / script), *map(str, arguments)]
    return subprocess.run(command, env={**clean, **environment}, capture_output=True, text=True, check=False, timeout=120)
