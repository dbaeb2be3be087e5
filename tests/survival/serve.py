"""``zhuchuang serve`` as an operator runs it, a process of its own with a Bot API on this machine."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.channels.telegram import SECRET_HEADER
from bot.storage.sealing import Sealer
from tests.channels.bot_api import TOKEN, BotApi
from tests.postgres import free_port
from tests.survival.worker import KEY

SECRET = {SECRET_HEADER: Sealer(KEY).hashed("telegram webhook", TOKEN)}
PATIENCE_SECONDS = 90


class Serve:
    """One place a process serves at. After it was killed it may be started again."""

    def __init__(self, url: str, api: BotApi, folder: Path, *, webhook: bool = True) -> None:
        self._port = free_port()
        self._log = folder / f"serve-{self._port}.log"
        self.address = f"http://127.0.0.1:{self._port}"
        self.webhook = f"{self.address}/telegram/webhook"
        settings = {
            "DATA": str(folder),
            "DATABASE_URL": url,
            "SECRET_KEY": KEY,
            "PORT": str(self._port),
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_BASE_URL": api.base_url,
            "TELEGRAM_PER_SECOND": "100000",
            "MESSAGES_PER_MINUTE": "100000",
            "LARGEST_BACKLOG": "100000",
        }
        if webhook:
            settings["TELEGRAM_WEBHOOK_URL"] = self.webhook
        others = {name: value for name, value in os.environ.items() if not name.startswith("ZHUCHUANG_")}
        self._environment = others | {f"ZHUCHUANG_{name}": value for name, value in settings.items()}
        self._process: Process | None = None
        self._starts = 0

    async def start(self) -> None:
        with self._log.open("ab") as log:
            command = (sys.executable, "-m", "bot.cli", "serve")
            self._process = await asyncio.create_subprocess_exec(*command, env=self._environment, stdin=DEVNULL, stdout=log, stderr=log)
        self._starts += 1
        await self.until_ready()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.events("telegram_started")) < self._starts:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)

    async def end(self, sign: signal.Signals) -> int:
        """The exit status of the process, once a signal has ended it."""
        process = self._process
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(sign)
        try:
            async with asyncio.timeout(20):
                return await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise

    async def kill(self) -> None:
        await self.end(signal.SIGKILL)

    async def ready(self) -> int:
        """The status of ``/readyz``; 0 if nobody answers."""
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{self.address}/readyz") as response:
                return response.status
        except aiohttp.ClientError:
            return 0

    async def until_ready(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.ready() != 200:
                assert self._process is None or self._process.returncode is None, self._log.read_text("utf-8")
                await asyncio.sleep(0.1)

    def events(self, name: str) -> list[dict[str, object]]:
        """What the present process and those before it wrote of one kind."""
        lines = [json.loads(line) for line in self._log.read_text("utf-8").splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == name]


@asynccontextmanager
async def serving(count: int, url: str, api: BotApi, folder: Path, *, webhook: bool = True) -> AsyncIterator[list[Serve]]:
    """So many processes on one store, none of which outlives the context; those that live at its end are stopped in good order."""
    places = [Serve(url, api, folder, webhook=webhook) for _ in range(count)]
    try:
        for place in places:
            await place.start()
        yield places
        assert [await place.end(signal.SIGTERM) for place in places] == [0] * count
    finally:
        for place in places:
            await place.kill()
