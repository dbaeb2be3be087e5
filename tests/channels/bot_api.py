"""Telegram's Bot API on this machine: a real HTTP server that takes and gives only what aiogram's models of the API allow.

An unknown method is answered 404, an unknown or invalid parameter 400, a method that exists but is not played here 501, a wrong token 401.
Updates are polled for or, once a webhook is set, posted to it. ``bot_api_server.py`` runs the same as a process of its own.
"""

import asyncio
import json
import math
import re
import time
from collections import OrderedDict, defaultdict, deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from random import Random
from typing import Any, get_args
from urllib.parse import urlsplit

import aiohttp
from aiogram import methods, types
from aiohttp import web
from pydantic import BaseModel, ValidationError

TOKEN = "4711:a-secret-that-must-never-be-written-down"
BOT = {"id": 4711, "is_bot": True, "first_name": "助创", "username": "Zhuchuang_Test_bot"}
PERSON = {"id": 100, "is_bot": False, "first_name": "小林"}

_METHODS: dict[str, type[methods.TelegramMethod[Any]]] = {
    kind.__api_method__.lower(): kind
    for kind in vars(methods).values()
    if isinstance(kind, type) and issubclass(kind, methods.TelegramMethod) and kind is not methods.TelegramMethod
}
_KINDS = frozenset(types.Update.model_fields) - {"update_id"}
_USUAL_KINDS = _KINDS - {"chat_member", "message_reaction", "message_reaction_count"}  # the others have to be asked for by name
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_HTTPS_PORTS = (None, 443, 80, 88, 8443)
_THIS_MACHINE = ("127.0.0.1", "localhost")
_TOLD = "told to fail"


class Refusal(Exception):
    """An answer other than ok."""

    def __init__(self, status: int, description: str, *, told: bool = False, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.told = told
        self.parameters = parameters


@dataclass
class Delivery:
    """How updates come to a webhook. Telegram is more patient by far: it waits up to two minutes between two tries."""

    timeout_seconds: float = 5
    retry_seconds: float = 0.05  # after the first failure, doubled by every further one; a Retry-After of the webhook counts instead
    longest_retry_seconds: float = 1
    out_of_order: bool = False  # updates of one chat overtake each other
    spread_seconds: float = 0.05  # by how much one is late then, at most
    duplicate: float = 0  # the share that comes twice: half of it at the same time, half because the answer got lost
    seed: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)


@dataclass(eq=False)
class _Update:
    """An update and how its delivery stands."""

    content: dict[str, Any]
    lane: tuple[str, int]
    attempts: int = 0
    failures: int = 0
    twice: bool = False
    loses_answer: bool = False

    @property
    def id(self) -> int:
        return self.content["update_id"]


class BotApi:
    """The server. Tests say what people do with ``says`` and its like, and read what the bot did from ``sent`` and ``calls``."""

    def __init__(self) -> None:
        self.sent: list[methods.SendMessage] = []
        self.sent_at: list[float] = []  # seconds since 1970, one for each in `sent`
        self.calls: list[methods.TelegramMethod[Any]] = []
        self.refused: list[str] = []
        self.delivered: list[tuple[int, int]] = []  # every try at the webhook: the update's id and the status, 0 for no answer
        self.delivery = Delivery()
        self.answers_to_lose = 0
        self.base_url = ""
        self._updates: OrderedDict[int, _Update] = OrderedDict()
        self._every: dict[int, _Update] = {}
        self._allowed: frozenset[str] = _USUAL_KINDS
        self._webhook: _Webhook | None = None
        self._poll: asyncio.Future[Refusal | None] | None = None
        self._faults: dict[str, deque[Refusal | float]] = {}
        self._blocked: set[int] = set()
        self._seconds_between_messages = 0.0
        self._last_sent: dict[int, float] = {}
        self._calls_by_kind: defaultdict[type[BaseModel], list[Any]] = defaultdict(list)
        self._texts_by_chat: defaultdict[int, list[str]] = defaultdict(list)
        self._ids = 1000
        self._waiting: dict[asyncio.Future[None], Callable[[], object]] = {}
        self._waiting_by_chat: defaultdict[int, dict[asyncio.Future[None], int]] = defaultdict(dict)
        self._looks_soon = False
        self._checked: set[str] = set()
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0, routes: Iterable[web.RouteDef] = ()) -> None:
        app = web.Application(client_max_size=2**26)
        app.router.add_routes(routes)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}/bot"

    async def close(self) -> None:
        await self._unhook()
        self._end_poll()
        assert self._runner is not None
        await self._runner.cleanup()

    # What people do

    async def says(self, text: str, *, chat: int = 100, **more: Any) -> int:
        """A person writes in their private chat; the id of the update."""
        return await self.push(message=self.message(chat, text=text, **more))

    async def says_in_group(self, text: str, **more: Any) -> int:
        return await self.push(message=self.message(-500, type="supergroup", text=text, **more))

    async def push(self, **content: Any) -> int:
        """Any update; checked against the API before it is queued. One of a kind the bot did not ask for goes nowhere."""
        content = {"update_id": self._new_id(), **content}
        _check(types.Update.model_validate(content))
        kind = next((name for name in content if name != "update_id"), "")
        if kind in self._allowed:
            update = _Update(content, _lane(kind, content))
            self._every[update.id] = self._updates[update.id] = update
            self._end_poll()
            if self._webhook is not None:
                self._webhook.take(update)
            self.tell()
        return content["update_id"]

    def message(self, chat: int, *, type: str = "private", sender: dict[str, Any] | None = None, **content: Any) -> dict[str, Any]:
        where = {"id": chat, "type": type, "title": "群"} if type != "private" else {"id": chat, "type": type, "first_name": "小林"}
        person = sender or ({**PERSON, "id": chat} if type == "private" else PERSON)
        return {"message_id": self._new_id(), "date": 1_700_000_000, "chat": where, "from": person, **content}

    # What goes wrong with what the bot asks for

    def fail(self, method: str, status: int, *, times: int = 1, **parameters: int) -> None:
        """The next calls of a method are refused, as with ``fail("sendMessage", 429, retry_after=1)``."""
        self._faults.setdefault(method.lower(), deque()).extend([Refusal(status, _TOLD, told=True, **parameters)] * times)

    def hang(self, method: str, seconds: float, *, times: int = 1) -> None:
        """The next calls of a method are carried out and answered late, even if the bot has given up by then."""
        self._faults.setdefault(method.lower(), deque()).extend([seconds] * times)

    def limit_per_chat(self, seconds: float) -> None:
        """From now on a chat takes one message in so many seconds; what comes sooner is refused with 429. 0 lifts the limit."""
        self._seconds_between_messages = seconds
        self._last_sent.clear()

    def block(self, chat: int) -> None:
        """A person shuts the bot out: 403 for whatever it sends to the chat. The update that tells of it is for the test to push."""
        self._blocked.add(chat)

    def unblock(self, chat: int) -> None:
        self._blocked.discard(chat)

    def heal(self) -> None:
        """Take back every fault that has not happened yet, and the limit. Who has blocked the bot keeps it blocked."""
        self._faults.clear()
        self.answers_to_lose = 0
        self.limit_per_chat(0)

    # What goes wrong on the way to the webhook, besides `delivery`

    def deliver_twice(self, update_id: int) -> None:
        """An update comes twice: both times at once if it has not gone out yet, else once more now, even if it is confirmed."""
        update = self._every[update_id]
        if not update.attempts:
            update.twice = True
        elif self._webhook is None:
            raise RuntimeError("there is no webhook to deliver to")
        else:
            self._webhook.repeat(update)

    def lose_answers(self, times: int = 1) -> None:
        """The next times the webhook takes an update nobody hears of it, and the update is delivered again."""
        self.answers_to_lose += times

    # What the bot did

    async def until(self, reached: Callable[[], object], seconds: float = 10) -> None:
        """Wait until something is so."""
        if reached():
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[future] = reached
        try:
            async with asyncio.timeout(seconds):
                await future
        finally:
            del self._waiting[future]

    async def until_confirmed(self, seconds: float = 10) -> None:
        """Wait until every update is confirmed and none is under way a second time."""
        await self.until(lambda: not self._updates and (self._webhook is None or self._webhook.is_idle), seconds)

    async def replies(self, count: int, seconds: float = 10) -> list[str]:
        """The texts sent, once there are so many."""
        await self.until(lambda: len(self.sent) >= count, seconds)
        return [message.text for message in self.sent]

    async def replies_to(self, chat: int, count: int, seconds: float = 10) -> list[str]:
        """The texts sent to one chat, once there are so many; a message wakes only those who wait for its chat, so thousands may."""
        if len(self._texts_by_chat[chat]) < count:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting_by_chat[chat][future] = count
            try:
                async with asyncio.timeout(seconds):
                    await future
            finally:
                del self._waiting_by_chat[chat][future]
        return self.sent_to(chat)

    def sent_to(self, chat: int) -> list[str]:
        """The texts sent to one chat, in order."""
        return list(self._texts_by_chat.get(chat, ()))

    @property
    def unconfirmed(self) -> list[int]:
        """The updates Telegram would deliver again."""
        return list(self._updates)

    def called(self, method: type[BaseModel]) -> list[Any]:
        return list(self._calls_by_kind.get(method, ()))

    def forget(self) -> None:
        """Start the records anew, between the rounds of a benchmark; the queue and the faults stay."""
        for record in (self.sent, self.sent_at, self.calls, self.refused, self.delivered, self._calls_by_kind, self._texts_by_chat):
            record.clear()
        self._every = dict(self._updates)

    # The server

    async def _serve(self, request: web.Request) -> web.Response:
        name = request.match_info["method"].lower()
        try:
            if request.match_info["token"] != TOKEN:
                raise Refusal(401, "Unauthorized")
            result = await self._call(name, await _parameters(request))
        except Refusal as refusal:
            mark = f" ({_TOLD})" if refusal.told and refusal.description != _TOLD else ""
            self.refused.append(f"{name}: {refusal.status} {refusal.description}{mark}")
            if "page" in refusal.parameters:  # as of a proxy in between
                return web.Response(text="<html>no</html>", content_type="text/html", status=refusal.status)
            answer: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": refusal.description}
            if refusal.parameters:
                answer["parameters"] = refusal.parameters
            return web.json_response(answer, status=refusal.status)
        finally:
            self.tell()
        return web.json_response({"ok": True, "result": result})

    async def _call(self, name: str, raw: dict[str, Any]) -> Any:
        kind = _METHODS.get(name)
        if kind is None:
            raise Refusal(404, "Not Found")
        method = _read(kind, raw)
        self.calls.append(method)
        self._calls_by_kind[kind].append(method)
        self.tell()
        if faults := self._faults.get(name):
            fault = faults.popleft()
            if isinstance(fault, Refusal):
                raise fault
            await asyncio.sleep(fault)
        play: Callable[[Any], Awaitable[Any]] | None = getattr(self, f"_play_{name}", None)
        if play is None:
            raise Refusal(501, "not played here")
        if self._blocked and "chat_id" in raw and _chat(method) in self._blocked:
            what = "blocked by the user" if _chat(method) > 0 else "kicked from the supergroup chat"
            raise Refusal(403, f"Forbidden: bot was {what}", told=True)
        return await play(method)

    async def _play_getme(self, method: methods.GetMe) -> Any:
        _check(types.User.model_validate(BOT))
        return BOT

    async def _play_sendmessage(self, method: methods.SendMessage) -> Any:
        units = len(method.text.encode("utf-16-le")) // 2
        if not method.text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if units > 4096:
            raise Refusal(400, "Bad Request: message is too long")
        chat = _chat(method)
        self._refuse_haste(chat)
        self.sent.append(method)
        self.sent_at.append(time.time())
        texts = self._texts_by_chat[chat]
        texts.append(method.text)
        for future, count in self._waiting_by_chat.get(chat, {}).items():
            if len(texts) >= count and not future.done():
                future.set_result(None)
        kind = "private" if chat > 0 else "supergroup"
        message = self.message(chat, type=kind, sender=BOT, text=method.text)
        if kind not in self._checked:  # all of one kind are built alike
            _check(types.Message.model_validate(message))
            self._checked.add(kind)
        return message

    def _refuse_haste(self, chat: int) -> None:
        if not self._seconds_between_messages:
            return
        now = asyncio.get_running_loop().time()
        wait = self._last_sent.get(chat, -math.inf) + self._seconds_between_messages - now
        if wait > 0:
            retry_after = math.ceil(wait)
            raise Refusal(429, f"Too Many Requests: retry after {retry_after}", told=True, retry_after=retry_after)
        self._last_sent[chat] = now

    async def _play_yes(self, method: methods.TelegramMethod[Any]) -> bool:
        return True

    _play_setmycommands = _play_setmyshortdescription = _play_setmydescription = _play_answercallbackquery = _play_yes

    # Updates: polled for, or posted to a webhook

    async def _play_getupdates(self, method: methods.GetUpdates) -> Any:
        if self._webhook is not None:
            raise Refusal(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self._end_poll(Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"))
        self._allow(method.allowed_updates)
        if method.offset is not None:
            if method.offset < 0:
                raise Refusal(501, "negative offsets are not played here")
            while self._updates and next(iter(self._updates)) < method.offset:
                self._updates.popitem(last=False)
            self.tell()
        if not self._updates and (refusal := await self._next_update(method.timeout or 0.001)):
            raise refusal
        return [update.content for update in islice(self._updates.values(), method.limit or 100)]

    async def _next_update(self, seconds: float) -> Refusal | None:
        """Wait for an update, or for what ends the poll before one comes."""
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                return await poll
        except TimeoutError:
            return None
        finally:
            if self._poll is poll:
                self._poll = None

    def _end_poll(self, refusal: Refusal | None = None) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(refusal)
        self._poll = None

    async def _play_setwebhook(self, method: methods.SetWebhook) -> bool:
        """As documented; settings Telegram would quietly correct (too many connections, an unknown kind of update) are refused."""
        if method.certificate is not None or method.ip_address is not None:
            raise Refusal(501, "certificates and fixed addresses are not played here")
        if method.url:
            _check_webhook(method)
            self._allow(method.allowed_updates)
        await self._unhook()
        if method.drop_pending_updates:
            self._updates.clear()
        if method.url:
            self._end_poll(Refusal(409, "Conflict: terminated by setWebhook request"))
            self._webhook = _Webhook(self, method.url, method.secret_token, method.max_connections or 40)
            for update in self._updates.values():
                self._webhook.take(update)
        return True

    async def _play_deletewebhook(self, method: methods.DeleteWebhook) -> bool:
        await self._unhook()
        if method.drop_pending_updates:
            self._updates.clear()
        return True

    async def _play_getwebhookinfo(self, method: methods.GetWebhookInfo) -> Any:
        info: dict[str, Any] = {"url": "", "has_custom_certificate": False, "pending_update_count": len(self._updates)}
        if self._webhook is not None:
            info |= {"url": self._webhook.url, "max_connections": self._webhook.max_connections} | self._webhook.last_error
        if self._allowed != _USUAL_KINDS:
            info["allowed_updates"] = sorted(self._allowed)
        _check(types.WebhookInfo.model_validate(info))
        return info

    def _allow(self, kinds: list[str] | None) -> None:
        """What the bot is told from now on: not said means as before, an empty list the usual kinds."""
        if kinds is None:
            return
        if strangers := set(kinds) - _KINDS:
            raise Refusal(400, f"Bad Request: unknown kinds of update {sorted(strangers)}")
        self._allowed = frozenset(kinds) or _USUAL_KINDS

    async def _unhook(self) -> None:
        if self._webhook is not None:
            webhook, self._webhook = self._webhook, None
            await webhook.close()

    def confirm(self, update: _Update) -> None:
        """The webhook has taken an update."""
        self._updates.pop(update.id, None)

    def tell(self) -> None:
        """Something changed: those who wait look again, once for all that changes in one turn of the loop."""
        if self._waiting and not self._looks_soon:
            self._looks_soon = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._looks_soon = False
        for future, reached in list(self._waiting.items()):
            if future.done():
                continue
            try:
                if reached():
                    future.set_result(None)
            except Exception as error:  # it belongs to the one who waits
                future.set_exception(error)

    def _new_id(self) -> int:
        self._ids += 1
        return self._ids


class _Webhook:
    """Brings updates to an address: in order within a lane, a failed one again after a wait, the other lanes meanwhile."""

    def __init__(self, api: BotApi, url: str, secret: str | None, max_connections: int) -> None:
        self.url = url
        self.max_connections = max_connections
        self.last_error: dict[str, Any] = {}
        self._api = api
        self._headers = {"Content-Type": "application/json"} | ({"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {})
        self._is_reachable = urlsplit(url).hostname in _THIS_MACHINE
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
        self._lanes: dict[object, deque[_Update]] = {}
        self._ready: deque[object] = deque()
        self._free = max_connections
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    @property
    def is_idle(self) -> bool:
        return not self._tasks

    def take(self, update: _Update) -> None:
        """Deliver an update when it is its turn."""
        delivery = self._api.delivery
        lane = update.id if delivery.out_of_order else update.lane
        if lane in self._lanes:
            self._lanes[lane].append(update)
        else:
            self._lanes[lane] = deque([update])
            self._turn(lane, delivery.random.random() * delivery.spread_seconds if delivery.out_of_order else 0)

    def repeat(self, update: _Update) -> asyncio.Task[Any]:
        """Post an update once more, whatever comes of it and however many connections are open."""
        return self._start(self._post(update))

    async def close(self) -> None:
        """Break off what is under way."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._session.close()

    def _start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._api.tell()

    def _turn(self, lane: object, wait: float) -> None:
        """Put a lane into the row of those whose first update may go out; a lane that waits holds no connection."""
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._turn, lane, 0)
            return
        self._ready.append(lane)
        self._pump()

    def _pump(self) -> None:
        while self._free > 0 and self._ready and not self._closed:
            self._free -= 1
            self._start(self._deliver(self._ready.popleft()))

    async def _deliver(self, lane: object) -> None:
        queue = self._lanes[lane]
        update = queue[0]
        twin = self.repeat(update) if self._comes_twice(update) else None
        status, retry_after = await self._post(update)
        if twin is not None:
            await twin
        self._free += 1
        if 200 <= status < 300 and not self._loses_answer(update):
            self._api.confirm(update)
            queue.popleft()
            wait = 0.0
        else:
            wait = retry_after or self._wait_after_failure(update)
        if queue:
            self._turn(lane, wait)
        else:
            del self._lanes[lane]
        self._pump()

    def _comes_twice(self, update: _Update) -> bool:
        """Whether an update goes out twice now; that its answer gets lost, the other way to come twice, is arranged here as well."""
        if update.attempts:
            return False
        random = self._api.delivery.random
        if not update.twice and random.random() < self._api.delivery.duplicate:
            update.twice = random.random() < 0.5
            update.loses_answer = not update.twice
        return update.twice

    def _loses_answer(self, update: _Update) -> bool:
        if update.loses_answer:
            update.loses_answer = False
            return True
        if self._api.answers_to_lose:
            self._api.answers_to_lose -= 1
            return True
        return False

    def _wait_after_failure(self, update: _Update) -> float:
        delivery = self._api.delivery
        update.failures += 1
        return min(delivery.retry_seconds * 2 ** min(update.failures - 1, 30), delivery.longest_retry_seconds)

    async def _post(self, update: _Update) -> tuple[int, float]:
        """The status that comes back, 0 for no answer, and the wait the webhook asks for."""
        update.attempts += 1
        status, retry_after = 0, 0.0
        timeout = aiohttp.ClientTimeout(total=self._api.delivery.timeout_seconds)
        try:
            if not self._is_reachable:
                raise aiohttp.ClientError("only this machine is delivered to")
            body = json.dumps(update.content)
            async with self._session.post(self.url, data=body, headers=self._headers, timeout=timeout, allow_redirects=False) as response:
                if b'"method"' in await response.read():
                    self._api.refused.append("webhook: 501 a call inside the answer is not played here")
                status = response.status
                retry_after = _seconds(response.headers.get("Retry-After"))
                error = f"Wrong response from the webhook: {status} {response.reason}"
        except TimeoutError:
            error = "Read timeout expired"
        except (aiohttp.ClientError, OSError) as failure:
            error = f"Connection failed: {failure}"
        if not 200 <= status < 300:
            self.last_error = {"last_error_date": int(time.time()), "last_error_message": error}
        self._api.delivered.append((update.id, status))
        self._api.tell()
        return status, retry_after


def _lane(kind: str, content: dict[str, Any]) -> tuple[str, int]:
    """What an update keeps its place in: messages and edits of one chat are one lane, taps on buttons one of their own.

    So it is in Telegram's own server: a tap may overtake a message of the same person.
    """
    inner = content[kind]
    if "message_id" in inner:
        return "message", inner["chat"]["id"]
    return kind, (inner.get("from") or inner.get("user") or inner.get("chat") or {"id": 0})["id"]


def _check_webhook(method: methods.SetWebhook) -> None:
    try:
        url = urlsplit(method.url)
        port = url.port
    except ValueError as error:
        raise Refusal(400, "Bad Request: invalid webhook URL specified") from error
    if (url.scheme, url.hostname) != ("http", "127.0.0.1"):
        if url.scheme != "https" or not url.hostname:
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if port not in _HTTPS_PORTS and url.hostname not in _THIS_MACHINE:
            raise Refusal(400, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if method.secret_token is not None and not _SECRET.fullmatch(method.secret_token):
        raise Refusal(400, "Bad Request: secret token is too long or contains unallowed characters")
    if method.max_connections is not None and not 1 <= method.max_connections <= 100:
        raise Refusal(400, "Bad Request: max_connections must be from 1 to 100")


def _seconds(header: str | None) -> float:
    return float(header) if header is not None and header.isdecimal() else 0.0


def _chat(method: Any) -> int:
    try:
        return int(method.chat_id)
    except ValueError as error:
        raise Refusal(400, "Bad Request: chat not found") from error


async def _parameters(request: web.Request) -> dict[str, str]:
    """The parameters as text, from wherever in the request Telegram takes them."""
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError as error:
            raise Refusal(400, "Bad Request: can't parse JSON object") from error
        given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    else:
        given = dict(await request.post())
    if not all(isinstance(value, str) for value in given.values()):
        raise Refusal(501, "files are not played here")
    return given | dict(request.query)


def _read(kind: type[methods.TelegramMethod[Any]], raw: dict[str, str]) -> methods.TelegramMethod[Any]:
    """The parameters of a call as aiogram understands them: text as it is, everything else as JSON."""
    is_text = _parameter_kinds(kind)
    if strangers := raw.keys() - is_text.keys():
        raise Refusal(400, f"Bad Request: unknown parameter {sorted(strangers)}")
    try:
        method = kind.model_validate({name: value if is_text[name] else json.loads(value) for name, value in raw.items()})
        _check(method)
    except (ValidationError, ValueError) as error:
        raise Refusal(400, f"Bad Request: {error}") from error
    return method


@cache
def _parameter_kinds(kind: type[BaseModel]) -> dict[str, bool]:
    """The parameters of a method, and whether each is text."""
    return {name: str in (field.annotation, *get_args(field.annotation)) for name, field in kind.model_fields.items()}


def _check(value: Any) -> None:
    """Refuse fields the API does not have; aiogram lets them pass to survive newer versions of it."""
    if isinstance(value, BaseModel):
        if value.model_extra:
            raise ValueError(f"{type(value).__name__} has no field {sorted(value.model_extra)}")
        content = value.__dict__
        for name in value.model_fields_set:  # what was not given is a default, and all right
            _check(content[name])
    elif isinstance(value, list | tuple):
        for part in value:
            _check(part)
