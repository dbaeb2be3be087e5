"""Telegram's Bot API on this machine: a real HTTP server that takes and gives only what aiogram's models of the API allow.

An unknown method is answered 404, an unknown or invalid parameter 400, a method that exists but is not played here 501, a wrong token 401.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, get_args

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


class Refusal(Exception):
    """An answer other than ok."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


class BotApi:
    """The server. Tests say what people do with ``says`` and its like, and read what the bot did from ``sent`` and ``calls``."""

    def __init__(self) -> None:
        self.sent: list[methods.SendMessage] = []
        self.calls: list[methods.TelegramMethod[Any]] = []
        self.refused: list[str] = []
        self._updates: list[dict[str, Any]] = []
        self._faults: dict[str, list[Refusal | float]] = {}
        self._polls = 0
        self._ids = 1000
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._closing = False
        self.base_url = ""

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}/bot"

    async def close(self) -> None:
        self._closing = True
        await self._tell()
        assert self._runner is not None
        await self._runner.cleanup()

    # What people do

    async def says(self, text: str, *, chat: int = 100, **more: Any) -> int:
        """A person writes in their private chat; the id of the update."""
        return await self.push(message=self.message(chat, text=text, **more))

    async def says_in_group(self, text: str, **more: Any) -> int:
        return await self.push(message=self.message(-500, type="supergroup", text=text, **more))

    async def push(self, **content: Any) -> int:
        """Any update; checked against the API before it is queued."""
        update = {"update_id": self._new_id(), **content}
        _check(types.Update.model_validate(update))
        self._updates.append(update)
        await self._tell()
        return update["update_id"]

    def message(self, chat: int, *, type: str = "private", sender: dict[str, Any] | None = None, **content: Any) -> dict[str, Any]:
        where = {"id": chat, "type": type, "title": "群"} if type != "private" else {"id": chat, "type": type, "first_name": "小林"}
        person = sender or ({**PERSON, "id": chat} if type == "private" else PERSON)
        return {"message_id": self._new_id(), "date": 1_700_000_000, "chat": where, "from": person, **content}

    # What goes wrong

    def fail(self, method: str, status: int, *, times: int = 1, **parameters: int) -> None:
        """The next calls of a method are refused, as with ``fail("sendMessage", 429, retry_after=1)``."""
        self._faults.setdefault(method.lower(), []).extend([Refusal(status, "told to fail", **parameters)] * times)

    def hang(self, method: str, seconds: float) -> None:
        """The next call of a method is answered late."""
        self._faults.setdefault(method.lower(), []).append(seconds)

    def heal(self) -> None:
        """Take back every fault that has not happened yet."""
        self._faults.clear()

    # What the bot did

    async def until(self, reached: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(reached)

    async def replies(self, count: int, seconds: float = 10) -> list[str]:
        """The texts sent, once there are so many."""
        await self.until(lambda: len(self.sent) >= count, seconds)
        return [message.text for message in self.sent]

    @property
    def unconfirmed(self) -> list[int]:
        """The updates Telegram would deliver again."""
        return [update["update_id"] for update in self._updates]

    def called(self, method: type[BaseModel]) -> list[Any]:
        return [call for call in self.calls if isinstance(call, method)]

    # The server

    async def _serve(self, request: web.Request) -> web.Response:
        name = request.match_info["method"].lower()
        try:
            if request.match_info["token"] != TOKEN:
                raise Refusal(401, "Unauthorized")
            result = await self._call(name, dict(await request.post()) | dict(request.query))
        except Refusal as refusal:
            self.refused.append(f"{name}: {refusal.status} {refusal.description}")
            answer = {"ok": False, "error_code": refusal.status, "description": refusal.description}
            if refusal.parameters:
                answer["parameters"] = refusal.parameters
            return web.json_response(answer, status=refusal.status)
        finally:
            await self._tell()
        return web.json_response({"ok": True, "result": result})

    async def _call(self, name: str, raw: dict[str, Any]) -> Any:
        kind = _METHODS.get(name)
        if kind is None:
            raise Refusal(404, "Not Found")
        method = _read(kind, raw)
        self.calls.append(method)
        if faults := self._faults.get(name):
            fault = faults.pop(0)
            if isinstance(fault, Refusal):
                raise fault
            await asyncio.sleep(fault)
        play: Callable[[Any], Awaitable[Any]] | None = getattr(self, f"_play_{name}", None)
        if play is None:
            raise Refusal(501, "not played here")
        return await play(method)

    async def _play_getme(self, method: methods.GetMe) -> Any:
        _check(types.User.model_validate(BOT))
        return BOT

    async def _play_getupdates(self, method: methods.GetUpdates) -> Any:
        self._polls += 1
        mine = self._polls
        if method.offset is not None:
            if method.offset < 0:
                raise Refusal(501, "negative offsets are not played here")
            self._updates = [update for update in self._updates if update["update_id"] >= method.offset]
        async with self._changed:
            self._changed.notify_all()
            try:
                async with asyncio.timeout(method.timeout or 0.001):
                    await self._changed.wait_for(lambda: self._updates or self._polls != mine or self._closing)
            except TimeoutError:
                return []
        if self._polls != mine:
            raise Refusal(409, "Conflict: terminated by other getUpdates request")
        return self._updates[: method.limit or 100]

    async def _play_sendmessage(self, method: methods.SendMessage) -> Any:
        units = len(method.text.encode("utf-16-le")) // 2
        if not method.text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if units > 4096:
            raise Refusal(400, "Bad Request: message is too long")
        self.sent.append(method)
        chat = int(method.chat_id)
        message = self.message(chat, type="private" if chat > 0 else "supergroup", sender=BOT, text=method.text)
        _check(types.Message.model_validate(message))
        return message

    async def _play_yes(self, method: methods.TelegramMethod[Any]) -> bool:
        return True

    _play_setmycommands = _play_setmyshortdescription = _play_setmydescription = _play_yes
    _play_answercallbackquery = _play_deletewebhook = _play_yes

    def _new_id(self) -> int:
        self._ids += 1
        return self._ids

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _read(kind: type[methods.TelegramMethod[Any]], raw: dict[str, Any]) -> methods.TelegramMethod[Any]:
    """The parameters of a call as aiogram understands them: text as it is, everything else as JSON."""
    if strangers := raw.keys() - kind.model_fields.keys():
        raise Refusal(400, f"Bad Request: unknown parameter {sorted(strangers)}")
    try:
        method = kind.model_validate({name: value if _is_text(kind, name) else json.loads(value) for name, value in raw.items()})
        _check(method)
    except (ValidationError, ValueError) as error:
        raise Refusal(400, f"Bad Request: {error}") from error
    return method


def _is_text(kind: type[BaseModel], name: str) -> bool:
    annotation = kind.model_fields[name].annotation
    return str in (annotation, *get_args(annotation))


def _check(model: BaseModel) -> None:
    """Refuse fields the API does not have; aiogram lets them pass to survive newer versions of it."""
    for part in _parts(model):
        if part.model_extra:
            raise ValueError(f"{type(part).__name__} has no field {sorted(part.model_extra)}")


def _parts(value: Any) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        for _, inner in value:
            yield from _parts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _parts(inner)
