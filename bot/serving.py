"""The process that serves: one port, the channels, and what must be done from time to time, until it is told to stop."""

import asyncio
import contextlib
import json
import logging
import signal
import socket
import uuid
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.channels.probes import probe_routes
from bot.channels.request_limits import WrongRequests
from bot.channels.telegram import Pace, TelegramChannel
from bot.engine import Engine
from bot.service import Service
from bot.settings import Settings
from bot.storage import processes
from bot.storage.migrate import NewerTablesError, migrate
from bot.storage.store import Store
from bot.storage.upkeep import can_open, note, purge, told
from bot.telemetry import Metrics, error_name

_GRACE_SECONDS = 6.0  # with what comes after it less than the ten seconds after which Docker kills
_ALIVE_EVERY_SECONDS = 3.0
_PURGE_EVERY_SECONDS = 3600.0
_STORE_AGAIN_SECONDS = 1.0
_NOT_YET_SECONDS = 0.05
_TURNS_SIDE_BY_SIDE = 4  # on a database server, where a turn mostly waits; SQLite has one writer
_CONNECTIONS = 1000

log = logging.getLogger(__name__)


class CannotServeError(Exception):
    """The process cannot serve as it is set up; the text says what to mend."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Content that was read, checked and asked the smoke questions."""

    engine: Engine
    version: str


class ContentRefusedError(Exception):
    """Content that must not be served; ``problems`` are lines for the operator."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class Serving:
    """One process. ``load`` reads the content anew and refuses what must not be served."""

    def __init__(self, settings: Settings, store: Store, load: Callable[[], Loaded], clock: Callable[[], datetime]) -> None:
        """Load the content, and listen on nothing yet.

        Raises:
            ContentRefusedError: The content cannot be served.
            TelegramTokenError: The token cannot be one.
        """
        self._settings = settings
        self._store = store
        self._load = load
        self._clock = clock
        self._id = str(uuid.uuid4())
        self._started_at = clock()
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._is_migrated = False
        loaded = load()
        self.metrics = Metrics()
        self.service = Service(loaded.engine, store, clock, version=loaded.version, allowance=settings.allowance, metrics=self.metrics)
        self._show_knowledge(loaded.version)
        self._telegram = self._build_telegram()

    async def run(self) -> None:
        """Serve until SIGINT or SIGTERM; SIGHUP reloads the content.

        Raises:
            CannotServeError: The port is taken, or what is stored cannot be read with the keys at hand.
            TelegramTokenError: Telegram does not accept the token.
        """
        self._listen_for_signals()
        listening = self._listen()
        log.info("started", extra={"port": listening.getsockname()[1], "version": self.service.version})
        await _all_or_stop(
            self._stop,
            [self._serve_http(listening), self._serve_people(), self._show_alive(), self._reload_when_asked(), self._purge()],
        )
        with contextlib.suppress(Exception):
            await processes.leave(self._store, self._id)
        await self._store.close()
        log.info("stopped")

    # serving

    async def _serve_people(self) -> None:
        await self._prepare_store()
        side_by_side = _TURNS_SIDE_BY_SIDE if self._settings.is_on_server else 1
        parts: list[Coroutine[Any, Any, None]] = [self.service.work(self._stop, side_by_side=side_by_side)]
        if self._telegram is not None:
            parts.append(self._telegram.run(self._stop, grace_seconds=_GRACE_SECONDS))
        await _all_or_stop(self._stop, parts)

    async def _prepare_store(self) -> None:
        """The tables as they must be, however long the store takes to come up."""
        is_told = False
        while not self._stop.is_set() and not self._is_migrated:
            try:
                await migrate(self._store.engine)
                if not await can_open(self._store):
                    raise CannotServeError("what is stored is sealed with another key; add that key to ZHUCHUANG_ENCRYPTION_KEYS")
                self._is_migrated = True
                self.metrics.store_up.set(1)
            except CannotServeError:
                raise
            except NewerTablesError:
                why = "the tables were made by a newer version of this program; use that, or restore the backup before it"
                raise CannotServeError(why) from None
            except Exception as error:  # a server that starts up refuses in many ways
                if not is_told:
                    log.warning("store_down", extra={"error": error_name(error)})
                    is_told = True
                await self._pause(_STORE_AGAIN_SECONDS)

    def _build_telegram(self) -> TelegramChannel | None:
        settings = self._settings
        if settings.telegram_token is None:
            return None
        return TelegramChannel(
            self.service,
            settings.telegram_token,
            clock=self._clock,
            base_url=settings.telegram_base_url,
            webhook_url=settings.telegram_webhook_url,
            wrong_requests=WrongRequests(settings.rejected_per_minute),
            pace=Pace(overall_seconds=1 / settings.telegram_per_second),
        )

    # HTTP

    def _listen(self) -> socket.socket:
        host, port = self._settings.host, self._settings.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            return socket.create_server((host, port), family=family, backlog=2048)
        except OSError as error:
            raise CannotServeError(
                f"{host}:{port} cannot be listened on ({error.strerror}); set ZHUCHUANG_HOST and ZHUCHUANG_PORT to a free one"
            ) from None

    async def _serve_http(self, listening: socket.socket) -> None:
        routes = probe_routes(self._ready_parts, self.metrics)
        if self._telegram is not None:
            routes += self._telegram.routes()
        config = uvicorn.Config(
            Starlette(routes=routes),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=self._settings.trusted_proxies,
            limit_concurrency=_CONNECTIONS,
            timeout_graceful_shutdown=int(_GRACE_SECONDS),
            lifespan="off",
        )
        server = HttpServer(config)
        ending = asyncio.create_task(self._end(server))
        try:
            await server.serve(sockets=[listening])
        finally:
            ending.cancel()

    async def _end(self, server: uvicorn.Server) -> None:
        await self._stop.wait()
        server.should_exit = True

    async def _ready_parts(self) -> Mapping[str, bool]:
        try:
            async with asyncio.timeout(2):
                await self._store.backlog()
            is_up = True
        except Exception:  # whatever it is, nobody can be served now
            is_up = False
        return {"store": is_up and self._is_migrated, "content": True, "serving": not self._stop.is_set()}

    # from time to time

    async def _show_alive(self) -> None:
        while not self._stop.is_set():
            if not self._is_migrated:
                await self._pause(_NOT_YET_SECONDS)
                continue
            with contextlib.suppress(Exception):  # it is only a sign of life; what is wrong with the store is told elsewhere
                if await processes.show_alive(self._store, self._id, self.service.version, self._started_at, self._clock()):
                    self._reload.set()
            await self._pause(_ALIVE_EVERY_SECONDS)

    async def _purge(self) -> None:
        while not self._stop.is_set():
            if not self._is_migrated:
                await self._pause(_NOT_YET_SECONDS)
                continue
            try:
                purged = told(await purge(self._store, self._settings.keeping, self._clock()))
                for table, count in purged.items():
                    self.metrics.purged.labels(table).inc(count)
                log.info("purged", extra={"count": sum(purged.values())})
            except Exception as error:  # tried again in an hour
                log.error("purge_failed", extra={"error": error_name(error)})
            await self._pause(_PURGE_EVERY_SECONDS)

    async def _reload_when_asked(self) -> None:
        while not self._stop.is_set():
            asked, stopping = asyncio.create_task(self._reload.wait()), asyncio.create_task(self._stop.wait())
            await asyncio.wait([asked, stopping], return_when=asyncio.FIRST_COMPLETED)
            asked.cancel()
            stopping.cancel()
            if self._reload.is_set() and not self._stop.is_set():
                self._reload.clear()
                await self._reload_now()

    async def _reload_now(self) -> None:
        """Read the content beside the one served, and swap them if it may be served; else keep the old one and say why."""
        try:
            loaded = await asyncio.to_thread(self._load)
        except ContentRefusedError as error:
            result: dict[str, object] = {"result": "refused", "version": self.service.version, "problems": list(error.problems)}
        except Exception as error:  # whatever it is, the old content still answers
            result = {"result": "refused", "version": self.service.version, "problems": [error_name(error)]}
        else:
            before = self.service.version
            self.service.use(loaded.engine, loaded.version)
            self._show_knowledge(loaded.version)
            result = {"result": "same" if before == loaded.version else "swapped", "version": loaded.version}
        level = logging.ERROR if result["result"] == "refused" else logging.INFO
        log.log(level, "knowledge_reloaded", extra=result)
        self.metrics.reloads.labels(str(result["result"])).inc()
        with contextlib.suppress(Exception):  # the content is what it is, whether or not that can be written down
            now = self._clock()
            await processes.tell_result(self._store, self._id, self.service.version, json.dumps(result, ensure_ascii=False), now)
            await note(self._store, "serve", "reload", now, result=result["result"], version=result["version"])

    def _show_knowledge(self, version: str) -> None:
        self.metrics.knowledge.clear()
        self.metrics.knowledge.labels(version).set(1)
        self.metrics.knowledge_since.set(self._clock().timestamp())

    def _listen_for_signals(self) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError):  # Windows knows Ctrl-C only
            for sign in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(sign, self._stop.set)
            loop.add_signal_handler(signal.SIGHUP, self._reload.set)
        loop.set_exception_handler(_log_loop_error)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)


class HttpServer(uvicorn.Server):
    """The HTTP server, which leaves signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured."""
        yield


async def _all_or_stop(stop: asyncio.Event, parts: list[Coroutine[Any, Any, None]]) -> None:
    """Run the parts until each has ended; if one fails the others are told to stop and may finish, and its error is raised."""
    tasks = [asyncio.create_task(part) for part in parts]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    failed = [error for task in tasks if task.done() and (error := task.exception()) is not None]
    if failed:
        stop.set()
    await asyncio.wait(tasks)
    for error in failed:
        raise error


def _log_loop_error(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody waited for; its text may quote anything."""
    error = context.get("exception")
    log.error("background_failed", extra={"error": error_name(error) if isinstance(error, BaseException) else "unknown"})
