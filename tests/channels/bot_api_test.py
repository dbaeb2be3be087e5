"""The Bot API on this machine refuses what Telegram refuses; else the channel's tests would prove nothing."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import ValidationError

from tests.channels.bot_api import BOT, TOKEN, BotApi, Delivery

SECRET = "only-Telegram_knows-1"


class Hook:
    """The bot's end of a webhook: remembers what came, and answers as it is told."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.statuses: dict[str, list[int]] = {}
        self.headers: dict[str, str] = {}
        self.answer: dict[str, Any] | None = None
        self.most_at_once = 0
        self.opened = asyncio.Event()
        self.opened.set()
        self.url = ""
        self._at_once = 0
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/hook", self._hear)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"

    async def close(self) -> None:
        self.opened.set()
        assert self._runner is not None
        await self._runner.cleanup()

    async def _hear(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.updates.append(update)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await self.opened.wait()
        self._at_once -= 1
        statuses = self.statuses.get(update.get("message", {}).get("text"), [])
        status = statuses.pop(0) if statuses else 200
        return web.json_response(self.answer, status=status, headers=self.headers if status != 200 else None)

    @property
    def texts(self) -> list[str]:
        """What came, in the order it came."""
        return [update["message"]["text"] for update in self.updates]

    async def has_heard(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.updates) < count:  # noqa: ASYNC110 - the hook has no event
                await asyncio.sleep(0.005)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    """An address a webhook can be set to."""
    server = Hook()
    await server.start()
    yield server
    await server.close()


# Calls


@pytest.mark.parametrize(
    ("method", "parameters", "status"),
    [
        ("sendMessage", {"chat_id": "1", "text": "好"}, 200),
        ("sendMessage", {"chat_id": "1", "text": "{好"}, 200),
        ("sendMesage", {"chat_id": "1", "text": "好"}, 404),
        ("sendMessage", {"chat_id": "1", "text": "好", "reply_keyboard": "{}"}, 400),
        ("sendMessage", {"chat_id": "1", "text": "好", "reply_markup": '{"keyboard": [[{"text": "1", "colour": "red"}]]}'}, 400),
        ("sendMessage", {"chat_id": "1", "text": "好", "reply_markup": '{"keyboard": "1"}'}, 400),
        ("sendMessage", {"chat_id": "1"}, 400),
        ("sendMessage", {"chat_id": "1", "text": " "}, 400),
        ("sendMessage", {"chat_id": "1", "text": "😀" * 2048}, 200),
        ("sendMessage", {"chat_id": "1", "text": "😀" * 2049}, 400),
        ("sendMessage", {"chat_id": "@nobody", "text": "好"}, 400),
        ("sendDice", {"chat_id": "1"}, 501),
        ("setWebhook", {"url": "https://example.org/hook"}, 200),
        ("setWebhook", {"url": "https://example.org:8443/hook"}, 200),
        ("setWebhook", {"url": "https://example.org:8080/hook"}, 400),
        ("setWebhook", {"url": "https://example.org:port/hook"}, 400),
        ("setWebhook", {"url": "http://example.org/hook"}, 400),
        ("setWebhook", {"url": "example.org/hook"}, 400),
        ("setWebhook", {"url": "http://127.0.0.1:9/hook"}, 200),
        ("setWebhook", {"url": "https://example.org", "secret_token": "s" * 256}, 200),
        ("setWebhook", {"url": "https://example.org", "secret_token": "s" * 257}, 400),
        ("setWebhook", {"url": "https://example.org", "secret_token": "秘密"}, 400),
        ("setWebhook", {"url": "https://example.org", "secret_token": "a+b/c="}, 400),
        ("setWebhook", {"url": "https://example.org", "secret_token": ""}, 400),
        ("setWebhook", {"url": "https://example.org", "max_connections": "100"}, 200),
        ("setWebhook", {"url": "https://example.org", "max_connections": "101"}, 400),
        ("setWebhook", {"url": "https://example.org", "max_connections": "0"}, 400),
        ("setWebhook", {"url": "https://example.org", "allowed_updates": '["message", "callback_query"]'}, 200),
        ("setWebhook", {"url": "https://example.org", "allowed_updates": '["mesage"]'}, 400),
        ("setWebhook", {"url": "https://example.org", "ip_address": "127.0.0.1"}, 501),
        ("setWebhook", {"url": ""}, 200),
        ("deleteWebhook", {"drop_pending_updates": "true"}, 200),
    ],
)
async def test_a_call_is_held_against_the_api(api, method, parameters, status):
    """A misspelt method, an invented or misshapen parameter and a text too long fail here as they would there."""
    assert (await call(api, TOKEN, method, parameters))[0] == status

    api.refused.clear()


async def test_a_wrong_token_is_unauthorised(api):
    """So an operator's mistake can be played."""
    assert (await call(api, "4711:other", "getMe", {}))[0] == 401


async def test_parameters_may_come_as_json(api):
    """Telegram takes them that way as well, and an operator with curl sends them so."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{api.base_url}{TOKEN}/sendMessage", json={"chat_id": 7, "text": "好", "protect_content": True}) as response,
    ):
        assert response.status == 200

    assert api.sent[0].protect_content is True


async def test_the_texts_of_a_chat_are_in_order_and_apart_from_others(api):
    """Whether one person got the right replies is asked for every person of a load test."""
    waiting = asyncio.create_task(api.replies_to(7, 2))
    for chat, text in ((7, "一"), (8, "别人的"), (7, "二")):
        await send(api, chat, text)

    assert await waiting == ["一", "二"]
    assert api.sent_to(7) == ["一", "二"]
    assert api.sent_to(8) == ["别人的"]
    assert api.sent_to(9) == []


async def test_waiting_for_what_never_comes_ends(api):
    """A test that waits for ever says nothing."""
    with pytest.raises(TimeoutError):
        await api.replies_to(7, 1, seconds=0.01)
    with pytest.raises(TimeoutError):
        await api.until(lambda: api.sent, seconds=0.01)


async def test_a_mistake_in_what_is_waited_for_reaches_the_one_who_waits(api):
    """It would look as if the bot had done nothing."""
    waiting = asyncio.create_task(api.until(lambda: len(api.sent) > 0 and api.sent[5]))
    await asyncio.sleep(0)
    await send(api, 7, "一")

    with pytest.raises(IndexError):
        await waiting


# Faults


async def test_a_chat_takes_one_message_in_its_time(api):
    """Telegram allows about one message a second a chat, and says how long to wait; other chats are not held up."""
    api.limit_per_chat(3600)
    assert await send(api, 7, "一") == 200
    status, answer = await call(api, TOKEN, "sendMessage", {"chat_id": "7", "text": "二"})

    assert (status, answer["error_code"]) == (429, 429)
    assert 0 < answer["parameters"]["retry_after"] <= 3600
    assert await send(api, 8, "一") == 200
    assert api.sent_to(7) == ["一"]

    api.limit_per_chat(0)
    assert await send(api, 7, "二") == 200


async def test_a_chat_that_has_blocked_the_bot_gets_nothing(api):
    """Only that person's messages fail, for as long as they want."""
    api.block(7)
    status, answer = await call(api, TOKEN, "sendMessage", {"chat_id": "7", "text": "好"})

    assert (status, answer["description"]) == (403, "Forbidden: bot was blocked by the user")
    assert await send(api, 8, "好") == 200
    assert api.sent_to(7) == []

    api.unblock(7)
    assert await send(api, 7, "好") == 200


async def test_a_call_that_hangs_is_carried_out_all_the_same(api):
    """Who gives up waiting and sends again has sent twice: Telegram has no way to tell."""
    api.hang("sendMessage", 0.2)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await send(api, 7, "好")
    await send(api, 7, "好")

    assert await api.replies_to(7, 2) == ["好", "好"]


async def test_a_fault_goes_as_often_as_told_and_can_be_taken_back(api):
    """Storms have an end, and a test decides when."""
    api.fail("sendMessage", 500, times=2)
    assert [await send(api, 7, "好") for _ in range(3)] == [500, 500, 200]

    api.fail("sendMessage", 429, times=1000, retry_after=1)
    api.limit_per_chat(3600)
    api.heal()
    assert [await send(api, 7, "好") for _ in range(2)] == [200, 200]


# Polling


async def test_updates_stay_until_a_higher_offset_is_asked_for(api):
    """Telegram's only confirmation is the offset of the next request."""
    first, second = await api.says("一"), await api.says("二")

    assert await update_ids(api) == [first, second]
    assert await update_ids(api, offset=str(first)) == [first, second]
    assert await update_ids(api, offset=str(first + 1)) == [second]
    assert await update_ids(api) == [second]


async def test_an_update_telegram_could_not_send_is_refused(api):
    """A test must not feed the channel what it will never meet."""
    with pytest.raises(ValidationError):
        await api.push(message={"text": "no chat"})
    with pytest.raises(ValueError, match="has no field"):
        await api.says("好", wrods="typo")


async def test_only_what_the_bot_asked_for_comes(api):
    """What was not asked for is never sent, and what was asked for last holds until something else is."""
    await update_ids(api, allowed_updates='["callback_query"]')
    await api.says("不要")
    tapped = await api.push(callback_query=tap(api))

    assert await update_ids(api) == [tapped]

    await update_ids(api, allowed_updates="[]")
    written = await api.says("要")
    assert await update_ids(api) == [tapped, written]


async def test_a_second_poll_ends_the_first(api):
    """Two processes with one token must not both get the updates."""
    first = asyncio.create_task(call(api, TOKEN, "getUpdates", {"timeout": "30"}))
    await api.until(lambda: len(api.calls) == 1)
    second = asyncio.create_task(call(api, TOKEN, "getUpdates", {"timeout": "30"}))

    assert (await first)[0] == 409

    update = await api.says("好")
    assert [one["update_id"] for one in (await second)[1]["result"]] == [update]


# The webhook


async def test_updates_are_posted_with_the_secret_until_they_are_taken(api, hook):
    """The header is all that tells Telegram from anybody who found the address."""
    before = await api.says("之前")
    await set_webhook(api, hook)
    after = await api.says("之后", chat=7)
    await api.until_confirmed()

    assert sorted(hook.texts) == ["之前", "之后"]
    assert hook.secrets == [SECRET, SECRET]
    assert sorted(api.delivered) == [(before, 200), (after, 200)]
    assert api.unconfirmed == []


async def test_without_a_secret_there_is_no_header(api, hook):
    """A bot that expects one must refuse what comes without."""
    await call(api, TOKEN, "setWebhook", {"url": hook.url})
    await api.says("好")
    await api.until_confirmed()

    assert hook.secrets == [None]


async def test_while_a_webhook_is_set_nobody_can_poll(api, hook):
    """Telegram serves one of both; a bot that polls must first take the webhook away."""
    polling = asyncio.create_task(call(api, TOKEN, "getUpdates", {"timeout": "30"}))
    await api.until(lambda: len(api.calls) == 1)
    await set_webhook(api, hook)

    assert (await polling)[1]["description"] == "Conflict: terminated by setWebhook request"
    assert (await call(api, TOKEN, "getUpdates", {}))[0] == 409


async def test_without_the_webhook_what_was_not_taken_can_be_polled(api, hook):
    """Changing from one to the other loses nothing."""
    hook.opened.clear()
    await set_webhook(api, hook)
    update = await api.says("好")
    await hook.has_heard(1)
    await call(api, TOKEN, "deleteWebhook", {})

    assert await update_ids(api) == [update]


async def test_pending_updates_can_be_dropped(api, hook):
    """An operator may not want a week of questions answered at once; otherwise nothing must get lost."""
    await api.says("旧的")
    await set_webhook(api, hook, drop_pending_updates="true")
    await api.says("新的")
    await api.until_confirmed()

    assert hook.texts == ["新的"]


@pytest.mark.parametrize("status", [500, 503, 404, 302])
async def test_an_update_that_is_not_taken_comes_again_before_the_next_of_its_chat(api, hook, status):
    """Any status but 2xx is a no, and a yes must not arrive before the question it answers."""
    hook.statuses["一"] = [status] * 3
    await set_webhook(api, hook)
    first, second = await api.says("一"), await api.says("二")
    await api.until_confirmed()

    assert hook.texts == ["一", "一", "一", "一", "二"]
    assert api.delivered == [(first, status)] * 3 + [(first, 200), (second, 200)]


async def test_a_webhook_that_does_not_answer_in_time_gets_the_update_again(api, hook):
    """The bot may have dealt with it: this is how updates come twice."""
    api.delivery = Delivery(timeout_seconds=0.1)
    hook.opened.clear()
    await set_webhook(api, hook)
    update = await api.says("好")
    await hook.has_heard(2)
    hook.opened.set()
    await api.until_confirmed()

    assert api.delivered[0] == (update, 0)
    assert api.delivered[-1] == (update, 200)


async def test_a_bot_that_is_down_gets_everything_once_it_is_up(api, hook):
    """A restart loses no question."""
    await hook.close()
    await set_webhook(api, hook)
    update = await api.says("好")
    await api.until(lambda: (update, 0) in api.delivered)
    again = Hook()
    await again.start()
    await set_webhook(api, again)
    await api.until_confirmed()
    await again.close()

    assert again.texts == ["好"]


async def test_a_webhook_may_say_when_to_come_again(api, hook):
    """An overloaded bot asks for a pause with Retry-After, and Telegram heeds it."""
    api.delivery = Delivery(retry_seconds=3600, longest_retry_seconds=3600)
    hook.statuses["好"] = [503]
    hook.headers["Retry-After"] = "1"
    await set_webhook(api, hook)
    await api.says("好")
    await api.until_confirmed()

    assert hook.texts == ["好", "好"]


async def test_a_chat_that_fails_does_not_hold_up_the_others(api, hook):
    """One poisoned message must not silence the bot."""
    hook.statuses["坏"] = [500] * 1000
    await set_webhook(api, hook, max_connections="1")
    bad = await api.says("坏", chat=7)
    for chat in range(20, 30):
        await api.says("好", chat=chat)
    await api.until(lambda: api.unconfirmed == [bad])

    assert hook.texts.count("好") == 10


async def test_no_more_connections_than_asked_for_and_those_in_parallel(api, hook):
    """The limit is how a small machine protects itself, and what a load test runs into."""
    hook.opened.clear()
    await set_webhook(api, hook, max_connections="3")
    for chat in range(1, 11):
        await api.says("好", chat=chat)
    await hook.has_heard(3)
    hook.opened.set()
    await api.until_confirmed()

    assert hook.most_at_once == 3
    assert len(hook.updates) == 10


async def test_the_messages_of_a_chat_come_in_order_one_after_another(api, hook):
    """So it mostly is with Telegram, and between chats there is no order."""
    await set_webhook(api, hook)
    for number in range(20):
        for chat in (1, 2, 3):
            await api.says(f"{number}", chat=chat)
    await api.until_confirmed()

    for chat in (1, 2, 3):
        assert [text for text, where in zip(hook.texts, chats(hook), strict=True) if where == chat] == [str(n) for n in range(20)]


async def test_a_tap_may_overtake_a_message(api, hook):
    """Telegram keeps taps in a queue of their own, so a bot cannot rely on the order of both."""
    hook.statuses["慢"] = [500] * 1000
    await set_webhook(api, hook)
    slow = await api.says("慢")
    await api.push(callback_query=tap(api))

    await api.until(lambda: api.unconfirmed == [slow])


async def test_only_what_the_webhook_asked_for_is_posted(api, hook):
    """Edited messages and the like stay away unless somebody wants them."""
    await set_webhook(api, hook, allowed_updates='["message"]')
    await api.push(edited_message=api.message(100, text="改", edit_date=1_700_000_100))
    await api.says("好")
    await api.until_confirmed()

    assert hook.texts == ["好"]


async def test_the_state_of_the_webhook_can_be_asked_for(api, hook):
    """What an operator looks at first when the bot is silent."""
    hook.statuses["坏"] = [500] * 1000
    await set_webhook(api, hook, max_connections="7", allowed_updates='["message"]')
    await api.says("坏")
    await api.until(lambda: api.delivered)
    info = (await call(api, TOKEN, "getWebhookInfo", {}))[1]["result"]

    assert (info["url"], info["max_connections"], info["allowed_updates"]) == (hook.url, 7, ["message"])
    assert info["pending_update_count"] == 1
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert "secret" not in str(info)

    await call(api, TOKEN, "deleteWebhook", {})
    assert (await call(api, TOKEN, "getWebhookInfo", {}))[1]["result"]["url"] == ""


async def test_another_machine_is_never_posted_to(api):
    """Tests leave the machine alone, whatever address they set."""
    await call(api, TOKEN, "setWebhook", {"url": "https://zhuchuang.example/hook"})
    update = await api.says("好")
    await api.until(lambda: api.delivered)

    assert api.delivered[0] == (update, 0)


async def test_a_call_inside_the_answer_is_not_overlooked(api, hook):
    """Telegram would carry it out; here it is not played, and a test has to learn of it."""
    hook.answer = {"method": "sendMessage", "chat_id": 100, "text": "好"}
    await set_webhook(api, hook)
    await api.says("好")
    await api.until_confirmed()

    assert [line for line in api.refused if "not played here" in line]

    api.refused.clear()


# Updates that come twice, late or in disorder


async def test_an_update_can_come_twice_at_once(api, hook):
    """Two workers get the same message at the same time; the person must get one answer."""
    update = await api.says("好")
    api.deliver_twice(update)
    hook.opened.clear()
    await set_webhook(api, hook)
    await hook.has_heard(2)
    hook.opened.set()
    await api.until_confirmed()

    assert hook.most_at_once == 2
    assert api.delivered == [(update, 200)] * 2


async def test_a_confirmed_update_can_come_again(api, hook):
    """An old delivery may turn up late, after newer messages of the same chat."""
    await set_webhook(api, hook)
    first = await api.says("一")
    await api.says("二")
    await api.until_confirmed()
    api.deliver_twice(first)
    await api.until_confirmed()

    assert hook.texts == ["一", "二", "一"]


async def test_an_answer_that_gets_lost_brings_the_update_again(api, hook):
    """The bot has said yes and Telegram has not heard it; the next message of the chat waits."""
    api.lose_answers()
    await set_webhook(api, hook)
    first, second = await api.says("一"), await api.says("二")
    await api.until_confirmed()

    assert api.delivered == [(first, 200), (first, 200), (second, 200)]


async def test_a_share_of_all_updates_comes_twice_and_the_same_with_the_same_seed(api, hook):
    """A failure under chaos must happen again when somebody looks for it."""
    rounds = []
    for _ in range(2):
        hook.updates.clear()
        api.delivery = Delivery(duplicate=0.3, seed=7)
        await set_webhook(api, hook)
        for number in range(50):
            await api.says(str(number), chat=1)
        await api.until_confirmed()
        rounds.append(hook.texts)

    assert rounds[0] == rounds[1]
    assert set(rounds[0]) == {str(number) for number in range(50)}
    assert 50 < len(rounds[0]) < 100


async def test_updates_of_one_chat_can_come_out_of_order(api, hook):
    """Telegram promises no order; a bot that needs one has to see to it by the ids."""
    api.delivery = Delivery(out_of_order=True)
    await set_webhook(api, hook)
    for number in range(20):
        await api.says(str(number))
    await api.until_confirmed()

    assert hook.texts != [str(number) for number in range(20)]
    assert sorted(hook.texts, key=int) == [str(number) for number in range(20)]


# A process of its own


async def test_the_emulator_is_steered_from_outside(hook):
    """Benchmarks and crash tests run it beside the bot, and a drill in another root can only reach it by HTTP."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.channels.bot_api_server", stdout=PIPE, stderr=PIPE)
    try:
        base_url = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession(base_url.removesuffix("bot")) as session:

            async def control(name: str, body: Any) -> Any:
                async with session.post(f"control/{name}", json=body) as response:
                    return await response.json()

            async def send_message(chat: int) -> int:
                async with session.post(f"{base_url}{TOKEN}/sendMessage", data={"chat_id": str(chat), "text": "您好"}) as response:
                    return response.status

            ids = await control("says", [{"text": "一", "chat": 1}, {"text": "二", "chat": 2}])
            ids.append(await control("push", {"callback_query": tap(BotApi())}))
            before = await control("state", {})
            async with session.post(f"{base_url}{TOKEN}/setWebhook", data={"url": hook.url, "secret_token": SECRET}) as response:
                assert response.status == 200
            delivered = await control("wait", {"confirmed": True, "seconds": 10})
            attempts = await control("delivered", {})
            await control("fail", {"method": "sendMessage", "status": 429, "retry_after": 1})
            await control("block", {"chat": 2})
            statuses = [await send_message(chat) for chat in (1, 1, 2)]
            arrived = await control("wait", {"sent": 1, "chat": 1})
            async with session.get("control/sent?chat=1") as response:
                sent = await response.json()
            mistakes = [await control("says", {"txt": "好"}), await control("push", {"message": {}}), await control("explode", {})]
            process.send_signal(signal.SIGTERM)
            output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

    assert before["unconfirmed"] == ids
    assert delivered is True
    assert sorted(attempts) == [[update, 200] for update in ids]
    assert sorted(update["update_id"] for update in hook.updates) == ids
    assert statuses == [429, 200, 403]
    assert arrived is True
    assert [(message["chat_id"], message["text"]) for message in sent] == [(1, "您好")]
    assert all("error" in mistake for mistake in mistakes)
    assert (process.returncode, output, errors) == (0, b"", b"")


async def set_webhook(api: BotApi, hook: Hook, **parameters: str) -> None:
    """What a bot does at its start."""
    status, _ = await call(api, TOKEN, "setWebhook", {"url": hook.url, "secret_token": SECRET, **parameters})
    assert status == 200


async def send(api: BotApi, chat: int, text: str) -> int:
    """Send a message as a bot; the status."""
    return (await call(api, TOKEN, "sendMessage", {"chat_id": str(chat), "text": text}))[0]


def tap(api: BotApi) -> dict[str, Any]:
    """A tap on a button under one of the bot's messages."""
    person = {"id": 100, "is_bot": False, "first_name": "小林"}
    return {"id": "77", "from": person, "chat_instance": "1", "data": "how", "message": api.message(100, sender=BOT, text="选一个")}


def chats(hook: Hook) -> list[int]:
    """The chat of each message that came."""
    return [update["message"]["chat"]["id"] for update in hook.updates]


async def call(api: BotApi, token: str, method: str, parameters: dict[str, str]) -> tuple[int, dict[str, object]]:
    """A call as any library makes it: the status and the answer."""
    async with aiohttp.ClientSession() as session, session.post(f"{api.base_url}{token}/{method}", data=parameters) as response:
        return response.status, await response.json()


async def update_ids(api: BotApi, **parameters: str) -> list[int]:
    """What a poll gets."""
    _, answer = await call(api, TOKEN, "getUpdates", parameters)
    return [update["update_id"] for update in answer["result"]]
