"""The Bot API of ``bot_api.py`` as a process of its own, steered over HTTP: for benchmarks, crash tests and drills in a chroot.

    python -m tests.channels.bot_api_server --port 8081

Its one line of output is the base address for a bot, whose token is ``bot_api.TOKEN``. Under ``/control/`` are the methods of ``Controls``
and some of ``BotApi``; parameters go into a JSON object or the query, and the answer is JSON:

    curl localhost:8081/control/says -d '{"text": "能领多少钱", "chat": 7}'
    curl 'localhost:8081/control/wait?sent=1&chat=7&seconds=30'
    curl 'localhost:8081/control/sent?chat=7'
    curl localhost:8081/control/fail -d '{"method": "sendMessage", "status": 429, "times": 50, "retry_after": 1}'

A list of objects is carried out one by one and answered by a list, so that thousands of messages are one request.
"""

import argparse
import asyncio
import contextlib
import inspect
import json
import signal
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiohttp import web
from pydantic import ValidationError, validate_call

from tests.channels.bot_api import BotApi, Delivery


class Controls:
    """What can be asked of the emulator from outside, besides what ``BotApi`` has."""

    def __init__(self, api: BotApi) -> None:
        self._api = api

    async def push(self, **update: Any) -> int:
        """Any update, without its id: ``{"message": {…}}``."""
        return await self._api.push(**update)

    async def says(self, text: str, chat: int = 100) -> int:
        return await self._api.says(text, chat=chat)

    def delivery(self, **settings: float) -> None:
        """How updates come to the webhook from now on; what is not given is as in a new ``Delivery``."""
        self._api.delivery = Delivery(**settings)

    def sent(self, chat: int | None = None, since: int = 0) -> list[dict[str, Any]]:
        """The messages from the so manieth on, each with its chat and the time it came, in seconds since 1970."""
        messages = list(zip(self._api.sent, self._api.sent_at, strict=True))[since:]
        return [
            {"at": at, **message.model_dump(mode="json", exclude_unset=True), "chat_id": int(message.chat_id)}
            for message, at in messages
            if chat is None or int(message.chat_id) == chat
        ]

    def delivered(self, since: int = 0) -> list[tuple[int, int]]:
        return self._api.delivered[since:]

    def state(self) -> dict[str, Any]:
        calls = Counter(type(call).__api_method__ for call in self._api.calls)
        return {"sent": len(self._api.sent), "unconfirmed": self._api.unconfirmed, "calls": calls, "refused": self._api.refused}

    async def wait(self, sent: int = 0, chat: int | None = None, confirmed: bool = False, seconds: float = 60) -> bool:
        """Whether so many messages were sent (to one chat) and, if asked for, all updates confirmed, within so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                if chat is None:
                    await self._api.replies(sent, seconds)
                else:
                    await self._api.replies_to(chat, sent, seconds)
                if confirmed:
                    await self._api.until_confirmed(seconds)
        except TimeoutError:
            return False
        return True


def routes(api: BotApi) -> list[web.RouteDef]:
    """The control interface."""
    own = Controls(api)
    calls: dict[str, Callable[..., Any]] = {
        call.__name__: call for call in (own.push, own.says, own.delivery, own.sent, own.delivered, own.state, own.wait)
    }
    calls |= {
        call.__name__: call
        for call in (
            api.fail,
            api.hang,
            api.heal,
            api.limit_per_chat,
            api.block,
            api.unblock,
            api.deliver_twice,
            api.lose_answers,
            api.forget,
        )
    }
    checked = {name: validate_call(call) for name, call in calls.items()}

    async def control(request: web.Request) -> web.Response:
        call = checked.get(request.match_info["name"])
        if call is None:
            return web.json_response({"error": f"there is no such control; there are {sorted(checked)}"}, status=404)
        try:
            text = await request.text()
            body = json.loads(text) if text else {}
            asked = body if isinstance(body, list) else [{**request.query, **body}]
            answers = [await _carry_out(call, one) for one in asked]
        except (ValidationError, ValueError, TypeError, LookupError, RuntimeError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response(answers if isinstance(body, list) else answers[0])

    return [web.route("*", "/control/{name}", control)]


async def _carry_out(call: Callable[..., Any], parameters: dict[str, Any]) -> Any:
    answer = call(**parameters)
    return await answer if inspect.isawaitable(answer) else answer


async def serve(port: int) -> None:
    """Listen until told to stop."""
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    api = BotApi()
    await api.start(port, routes(api))
    sys.stdout.write(f"{api.base_url}\n")
    sys.stdout.flush()
    await stop.wait()
    await api.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; any free one if not given")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args().port))
