"""The Telegram channel against a Bot API on this machine, polled and called: a real service and store, an engine that only echoes."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import uvicorn
from aiogram import methods, types
from starlette.applications import Starlette

from bot.channels.telegram import Pace, TelegramChannel, TelegramTokenError
from bot.channels.telegram_client import PollingRequest, build_bot
from bot.dialogue.choice import Choice
from bot.service import Service
from bot.serving import HttpServer
from bot.storage.database import StoreDownError, open_database
from bot.storage.migrate import migrate
from bot.storage.sealing import Sealer
from bot.storage.store import Store
from bot.telemetry import EventLines
from tests.channels.bot_api import BOT, TOKEN, BotApi
from tests.channels.echo import EchoEngine
from tests.channels.echo import reply_of as reply

QUICK = Pace(
    in_chat_seconds=0.01,
    overall_seconds=0.0,
    first_wait_seconds=0.01,
    longest_wait_seconds=0.1,
    look_again_seconds=0.02,
    lease_seconds=1.0,
    conflict_wait_seconds=0.05,
)
CHOICES = (Choice("how", "怎么申请"), Choice("where", "去哪里办"))


def now() -> datetime:
    """The present time."""
    return datetime.now(UTC)


class Channel:
    """The channel with its service and store, running or not; started again it finds the store as it was left."""

    def __init__(self, api: BotApi, engine: EchoEngine, folder: Path, mode: str, pace: Pace = QUICK) -> None:
        self._api = api
        self._engine = engine
        self._url = f"sqlite:///{folder / 'store.db'}"
        self._mode = mode
        self._pace = pace
        self._tasks: list[asyncio.Task[None]] = []
        self._stop = asyncio.Event()
        self._http: HttpServer | None = None
        self.address = ""
        self.store: Store

    async def start(self) -> None:
        self._stop = asyncio.Event()
        self.store = Store(open_database(self._url), Sealer("k" * 40))
        await migrate(self.store.engine)
        self.service = Service(self._engine, self.store, now)
        listening = self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}/telegram/webhook"
        channel = TelegramChannel(
            self.service,
            TOKEN,
            clock=now,
            base_url=self._api.base_url,
            webhook_url=self.address if self._mode == "webhook" else None,
            pace=self._pace,
        )
        config = uvicorn.Config(Starlette(routes=channel.routes()), log_config=None, access_log=False, lifespan="off")
        self._http = HttpServer(config)
        starts = len(self._api.called(methods.SetMyShortDescription))
        parts = (self.service.work(self._stop), channel.run(self._stop, grace_seconds=2), self._http.serve(sockets=[listening]))
        self._tasks = [asyncio.create_task(part) for part in parts]
        await self._api.until(lambda: len(self._api.called(methods.SetMyShortDescription)) > starts)

    async def stop(self) -> None:
        self._stop.set()
        if self._http is not None:
            self._http.should_exit = True
        await asyncio.gather(*self._tasks)
        await self.store.close()


@pytest.fixture
def service() -> EchoEngine:
    """What answers, and remembers what it heard."""
    return EchoEngine()


@pytest.fixture(params=["polling", "webhook"])
def mode(request: pytest.FixtureRequest) -> str:
    """How updates come in: the same must be true of both."""
    return str(request.param)


@pytest.fixture
async def channel(api: BotApi, service: EchoEngine, tmp_path: Path, mode: str) -> AsyncIterator[Channel]:
    """The channel at work, stopped in good order at the end."""
    running = Channel(api, service, tmp_path, mode)
    await running.start()
    yield running
    await running.stop()


async def until(reached: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not reached():  # noqa: ASYNC110 - what tests wait for has no event
            await asyncio.sleep(0.01)


def labels(message: methods.SendMessage) -> list[list[str]]:
    """The words on the buttons, row by row."""
    assert isinstance(message.reply_markup, types.ReplyKeyboardMarkup)
    return [[key.text for key in row] for row in message.reply_markup.keyboard]


# Messages and replies


async def test_a_text_is_answered_in_the_same_chat(api, service, channel):
    """The plainest conversation: one message in, one out, as plain text and without a preview that pushes the answer away."""
    await api.says("能领多少钱")

    assert await api.replies(1) == ["听到：能领多少钱"]
    assert [message.text for message in service.heard] == ["能领多少钱"]
    assert int(api.sent[0].chat_id) == 100
    assert "parse_mode" not in api.sent[0].model_fields_set
    assert api.sent[0].link_preview_options.is_disabled


async def test_choices_become_one_column_of_numbered_buttons(api, service, channel):
    """A screen reader reads one button a line, and the number is the same as in the text."""
    service.replies["你好"] = reply("接下来可以：", choices=CHOICES)
    await api.says("你好")
    await api.replies(1)

    assert labels(api.sent[0]) == [["1 怎么申请"], ["2 去哪里办"]]
    assert api.sent[0].reply_markup.resize_keyboard


async def test_words_too_long_for_a_button_are_cut(api, service, channel):
    """A phone shows the start of a button only; the number in front is what counts, and the text has the full words."""
    service.replies["你好"] = reply("选一个", choices=(Choice("long", "补" * 60),))
    await api.says("你好")
    await api.replies(1)

    assert labels(api.sent[0]) == [["1 " + "补" * 39 + "…"]]


async def test_old_buttons_go_when_there_is_nothing_to_choose(api, channel):
    """A button that no longer means anything would be tapped all the same."""
    await api.says("你好")
    await api.replies(1)

    assert isinstance(api.sent[0].reply_markup, types.ReplyKeyboardRemove)


async def test_a_long_reply_arrives_in_order_with_the_buttons_last(api, service, channel):
    """Telegram refuses more than 4096 units; the buttons belong below the last words."""
    paragraphs = [f"{number}" + "字" * 2000 for number in range(4)]
    service.replies["全部"] = reply(*paragraphs, choices=CHOICES)
    await api.says("全部")

    assert await api.replies(4) == paragraphs
    assert [message.reply_markup is not None for message in api.sent] == [False, False, False, True]


async def test_a_command_reaches_the_service_as_text(api, service, channel):
    """The engine knows the commands, so that they mean the same on every channel."""
    await api.says("/start", entities=[{"type": "bot_command", "offset": 0, "length": 6}])
    await api.replies(1)

    assert service.heard[0].text == "/start"


async def test_an_edited_message_is_answered_anew(api, service, channel):
    """Who mends a typo in place expects an answer to the mended question."""
    await api.push(edited_message=api.message(100, text="改好的问题", edit_date=1_700_000_100))

    assert await api.replies(1) == ["听到：改好的问题"]


async def test_a_tapped_old_button_is_acknowledged_and_passed_on_as_a_choice(api, service, channel):
    """Without the acknowledgement the button keeps spinning for a minute."""
    await api.push(callback_query=tap(api, data="how"))
    await api.replies(1)

    assert [call.callback_query_id for call in api.called(methods.AnswerCallbackQuery)] == ["77"]
    assert (service.heard[0].choice, service.heard[0].text) == ("how", None)


async def test_a_tap_is_acknowledged_even_if_the_answer_fails(api, service, channel):
    """The spinning button is Telegram's matter, the answer is ours."""
    await api.push(callback_query=tap(api, data="how"))
    await api.push(callback_query={**tap(api, data="how"), "id": "78", "message": None})
    await api.replies(1)
    await until(lambda: len(api.called(methods.AnswerCallbackQuery)) == 2)

    assert {call.callback_query_id for call in api.called(methods.AnswerCallbackQuery)} == {"77", "78"}
    assert len(service.heard) == 1


@pytest.mark.parametrize(
    "content",
    [
        {"photo": [{"file_id": "a", "file_unique_id": "a", "width": 9, "height": 9}]},
        {"voice": {"file_id": "a", "file_unique_id": "a", "duration": 3}},
        {
            "sticker": {
                "file_id": "a",
                "file_unique_id": "a",
                "width": 9,
                "height": 9,
                "type": "regular",
                "is_animated": False,
                "is_video": False,
            }
        },
        {"document": {"file_id": "a", "file_unique_id": "a"}},
        {"location": {"latitude": 37.4, "longitude": 118.6}},
    ],
    ids=lambda content: next(iter(content)),
)
async def test_what_is_not_text_is_passed_on_without_text(api, service, channel, content):
    """Somebody who sends a voice note must hear that typing works, not silence."""
    await api.push(message=api.message(100, **content))
    await api.replies(1)

    assert service.heard[0].text is None
    assert service.heard[0].choice is None


async def test_the_words_under_a_picture_are_read(api, service, channel):
    """A photo of the licence with the question below it is a question."""
    photo = [{"file_id": "a", "file_unique_id": "a", "width": 9, "height": 9}]
    await api.push(message=api.message(100, photo=photo, caption="这个能领多少"))
    await api.replies(1)

    assert service.heard[0].text == "这个能领多少"


async def test_telegrams_own_notices_and_other_bots_are_passed_over(api, service, channel):
    """Two bots that answer each other never stop; a pinned message or a moving location asks nothing."""
    await api.push(message=api.message(100, delete_chat_photo=True))
    await api.push(message=api.message(100, sender={"id": 9, "is_bot": True, "first_name": "别的"}, text="你好"))
    await api.push(channel_post={**api.message(-900, text="通知"), "chat": {"id": -900, "type": "channel", "title": "频道"}})
    await api.push(edited_message=api.message(100, location={"latitude": 37.4, "longitude": 118.6}, edit_date=1_700_000_100))
    await api.says("我在")

    assert await api.replies(1) == ["听到：我在"]
    assert len(service.heard) == 1


# Groups


async def test_a_group_is_answered_only_when_the_bot_is_addressed(api, service, channel):
    """People in a group mostly talk to each other."""
    name = f"@{BOT['username']}"
    await api.says_in_group("大家吃了吗")
    await api.says_in_group("/help@other_bot", entities=[{"type": "bot_command", "offset": 0, "length": 15}])
    await api.says_in_group(f"😀 {name.lower()} 能领多少", entities=[{"type": "mention", "offset": 3, "length": len(name)}])
    await api.says_in_group(f"/help{name}", entities=[{"type": "bot_command", "offset": 0, "length": 5 + len(name)}])
    await api.says_in_group("去哪里办", reply_to_message=api.message(-500, type="supergroup", sender=BOT, text="您好"))
    await api.replies(3)

    assert [message.text for message in service.heard] == ["😀  能领多少", "/help", "去哪里办"]
    assert {message.conversation for message in service.heard} == {channel.store.hashed_conversation("telegram:-500:100")}


async def test_in_a_group_everybody_has_a_conversation_of_their_own(api, service, channel):
    """What one person told of themselves must not be called back to another, nor 我的数据 show it."""
    name = f"@{BOT['username']}"
    for person, words in ((100, "我肢体三级"), (200, "我的数据")):
        mention = [{"type": "mention", "offset": 0, "length": len(name)}]
        sender = {"id": person, "is_bot": False, "first_name": "小林"}
        await api.push(message=api.message(-500, type="supergroup", sender=sender, text=f"{name} {words}", entities=mention))
    await api.replies(2)

    assert len({message.conversation for message in service.heard}) == 2


async def test_in_a_group_the_answer_points_at_the_question(api, service, channel):
    """Otherwise the buttons would cover everybody's keyboard, and nobody knows whose answer it is."""
    service.replies["你好"] = reply("您好", choices=CHOICES)
    question = api.message(
        -500, type="supergroup", text="你好", reply_to_message=api.message(-500, type="supergroup", sender=BOT, text="在")
    )
    await api.push(message=question)
    await api.replies(1)

    assert api.sent[0].reply_parameters.message_id == question["message_id"]
    assert api.sent[0].reply_markup.selective


# Order and delivery


async def test_the_messages_of_one_chat_are_answered_in_order(api, service, channel):
    """A yes means something else before the question than after it."""
    for number in range(8):
        await api.says(str(number))

    assert await api.replies(8) == [f"听到：{number}" for number in range(8)]


async def test_a_slow_chat_does_not_hold_up_another(api, service, channel):
    """One person whose phone is offline must not silence the bot for the rest."""
    api.hang("sendMessage", 3)
    await api.says("慢", chat=1)
    await until(lambda: api.called(methods.SendMessage))
    await api.says("快", chat=2)
    await api.says("又快", chat=3)
    await api.replies(2)

    assert sorted(message.text for message in api.sent) == ["听到：又快", "听到：快"]
    assert sorted((await api.replies(3))[2:]) == ["听到：慢"]


async def test_what_was_taken_is_answered_after_a_restart(api, service, channel):
    """Telegram forgets an update once it is acknowledged; from then on it is ours to keep."""
    api.fail("sendMessage", 500, times=1000)
    await api.says("你好")
    await api.until(lambda: not api.unconfirmed)
    await channel.stop()
    api.heal()
    await channel.start()

    assert await api.replies(1) == ["听到：你好"]


async def test_an_update_delivered_again_is_answered_once(api, service, channel, mode):
    """Telegram repeats what was not acknowledged, and now and then what was."""
    if mode == "polling":
        await api.until(lambda: api.called(methods.GetUpdates))
        api.fail("getUpdates", 502, times=1000)  # after the poll under way, no offset is heard of any more
    update = await api.says("一")
    await api.replies(1)
    if mode == "webhook":
        api.deliver_twice(update)
    else:
        await channel.stop()
        assert api.unconfirmed == [update]
        api.heal()
        await channel.start()
    await api.says("二")

    assert await api.replies(2) == ["听到：一", "听到：二"]
    assert len(service.heard) == 2


async def test_a_long_reply_goes_on_after_a_restart_where_it_stopped(api, service, channel):
    """Nobody wants to read the first half twice."""
    service.replies["全部"] = reply(*(f"{number}" + "字" * 2000 for number in range(3)))
    api.hang("sendMessage", 0)
    api.fail("sendMessage", 500, times=1000)
    await api.says("全部")
    await api.replies(1)
    await channel.stop()
    api.heal()
    await channel.start()

    assert [text[0] for text in await api.replies(3)] == ["0", "1", "2"]


async def test_what_was_handled_is_confirmed_at_the_end(api, service, channel):
    """Else the first thing after a restart would be the same updates once more."""
    await api.says("你好")
    await api.replies(1)
    await api.until_confirmed() if api.called(methods.SetWebhook) else await channel.stop()

    assert api.unconfirmed == []


async def test_a_failed_message_is_owned_up_to_and_the_next_is_answered(api, service, channel):
    """A mistake of ours in one turn must not end the conversation, let alone the bot."""
    await api.says("弄坏")
    await api.says("还在吗")

    assert await api.replies(2) == ["出错了，请再发一次。", "听到：还在吗"]


# When Telegram refuses


async def test_a_refusal_for_haste_is_waited_out(api, channel):
    """429 says how long to wait; the reply is not lost."""
    api.fail("sendMessage", 429, retry_after=1)
    started = asyncio.get_running_loop().time()
    await api.says("你好")

    assert await api.replies(1) == ["听到：你好"]
    assert asyncio.get_running_loop().time() - started >= 1


async def test_a_server_error_is_tried_again(api, channel):
    """Telegram's servers and the proxies before them fail now and then."""
    api.fail("sendMessage", 500, times=3)
    await api.says("你好")

    assert await api.replies(1) == ["听到：你好"]


async def test_many_refusals_for_haste_lose_nothing_and_keep_the_order(api, channel):
    """A storm of 429 comes when a province writes at once."""
    api.fail("sendMessage", 429, times=10, retry_after=1)
    for chat in (1, 2):
        for number in range(3):
            await api.says(str(number), chat=chat)
    await api.replies(6, 30)

    assert api.sent_to(1) == api.sent_to(2) == ["听到：0", "听到：1", "听到：2"]


async def test_a_reply_that_telegram_refuses_for_good_does_not_hold_up_the_next(api, channel):
    """A chat that is gone answers 400 for ever."""
    api.fail("sendMessage", 400)
    await api.says("一")
    await api.says("二")

    assert await api.replies(1) == ["听到：二"]


async def test_a_reply_nobody_takes_for_a_day_is_given_up(api, service, tmp_path):
    """After that nobody waits for it any more."""
    pace = replace(QUICK, give_up_seconds=0.3)
    channel = Channel(api, service, tmp_path, "polling", pace)
    await channel.start()
    api.fail("sendMessage", 500, times=1000)
    await api.says("一")
    await until(lambda: channel.service.metrics.sent.labels("telegram", "given_up")._value.get() == 1)
    api.heal()
    await api.says("二")

    assert await api.replies(1) == ["听到：二"]
    await channel.stop()


async def held(channel: Channel, chat: int) -> int:
    """Rows held of a chat."""
    return (await channel.store.held(channel.store.hashed_conversation(f"telegram:{chat}"))).total


async def until_forgotten(channel: Channel, chat: int) -> None:
    """Wait until nothing is held of a chat."""
    async with asyncio.timeout(10):
        while await held(channel, chat):  # noqa: ASYNC110 - the store has no event
            await asyncio.sleep(0.02)


async def test_a_person_who_blocked_the_bot_is_forgotten(api, service, channel):
    """Who shuts the bot out has withdrawn consent; the other parts of the reply are not sent either."""
    service.replies["全部"] = reply("一" * 3000, "二" * 3000)
    api.block(100)
    await api.says("全部")
    await until(lambda: api.called(methods.SendMessage))
    await until_forgotten(channel, 100)
    await api.says("你好", chat=2)

    assert await api.replies(1) == ["听到：你好"]
    assert await held(channel, 2) > 0


async def test_blocking_the_bot_is_enough_to_be_forgotten(api, service, channel):
    """Telegram tells at once; nobody has to wait for the next message to fail."""
    await api.says("你好")
    await api.replies(1)
    member = {"user": BOT, "status": "member"}
    kicked = {"user": BOT, "status": "kicked", "until_date": 0}
    chat = {"id": 100, "type": "private", "first_name": "小林"}
    person = {"id": 100, "is_bot": False, "first_name": "小林"}
    change = {"chat": chat, "from": person, "date": 1_700_000_000, "old_chat_member": member, "new_chat_member": kicked}
    assert await held(channel, 100) > 0
    await api.push(my_chat_member=change)

    await until_forgotten(channel, 100)


async def test_who_says_forget_me_is_forgotten_in_the_store(api, channel):
    """忘记我 on Telegram deletes what is on the disk, not only what is in memory; the goodbye is the last that is sent."""
    await api.says("你好")
    await api.replies(1)
    await api.says("忘记我")
    await api.replies(2)

    await until_forgotten(channel, 100)


@pytest.mark.parametrize("mode", ["polling"], indirect=True)
async def test_polling_survives_errors_and_another_poller(api, channel):
    """A deployment starts the new process before it stops the old one; for a moment both poll."""
    api.fail("getUpdates", 502, times=2)
    api.fail("getUpdates", 409)
    api.fail("getUpdates", 429, retry_after=1)
    await api.says("前")  # ends the poll under way, which no fault can reach any more
    await api.replies(1)
    await until(lambda: len(api.refused) == 4)
    await api.says("后")

    assert await api.replies(2) == ["听到：前", "听到：后"]


@pytest.mark.parametrize("mode", ["polling"], indirect=True)
async def test_a_lasting_conflict_is_one_line_in_the_log(api, channel, caplog):
    """The operator must see that two processes share a token, once and in words."""
    api.fail("getUpdates", 409, times=5)
    await api.says("前")
    await until(lambda: len(api.refused) == 5)
    await api.says("后")
    await api.replies(2)

    assert caplog.messages.count("telegram_polled_by_another_process") == 1


async def test_telegram_may_be_unreachable_at_the_start(api, service, tmp_path, mode):
    """After a power cut the machine is up before the network."""
    api.fail("getMe", 502, times=3)
    channel = Channel(api, service, tmp_path, mode)
    await channel.start()
    await api.says("你好")

    assert await api.replies(1) == ["听到：你好"]
    await channel.stop()


def test_an_update_the_library_cannot_read_does_not_hold_up_the_others():
    """It would come again with every poll; in its place stands an empty one, which is confirmed and passed over."""
    good = {"update_id": 6, "message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "你好"}}
    payload = json.dumps({"ok": True, "result": [{"update_id": 5, "message": {"text": "no chat"}}, good]}).encode()

    assert PollingRequest.parse_json_payload(payload)["result"] == [{"update_id": 5}, good]


# The menu


async def test_the_menu_is_set_in_the_words_of_the_staff(api, channel):
    """A person who cannot type finds the commands behind the menu button."""
    menu = api.called(methods.SetMyCommands)[0]

    assert [(command.command, command.description) for command in menu.commands] == [
        ("start", "开始"),
        ("check", "查我符合哪些"),
        ("help", "怎么用"),
        ("mydata", "看记了我什么"),
        ("restart", "重新开始"),
        ("forget", "忘记我"),
    ]
    assert api.called(methods.SetMyShortDescription)[0].short_description == "扶持政策问答"


async def test_a_menu_that_cannot_be_set_does_not_stop_the_bot(api, service, channel):
    """The commands work without it."""
    await channel.stop()
    api.fail("setMyCommands", 500)
    starting = asyncio.create_task(channel.start())
    await api.says("你好")

    assert await api.replies(1) == ["听到：你好"]
    api.called(methods.SetMyShortDescription)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)


# The token and the log


@pytest.mark.parametrize("token", ["4711:wrong", "not a token", "", f"{TOKEN}\n"])
async def test_a_token_that_is_not_accepted_is_one_clear_error(api, service, token, tmp_path):
    """The operator has to mend it; nothing the error carries along may show the token."""
    store = Store(open_database(f"sqlite:///{tmp_path / 'store.db'}"), Sealer("k" * 40))
    await migrate(store.engine)
    with pytest.raises(TelegramTokenError) as caught:
        await TelegramChannel(Service(service, store, now), token, clock=now, base_url=api.base_url, pace=QUICK).run(asyncio.Event())
    await store.close()

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert not token.strip() or token.strip() not in str(caught.value)


async def test_neither_the_token_nor_a_person_reaches_the_log(api, service, channel, caplog, mode):
    """Logs are copied to places a token, a chat or a question must never get to, at any level and with every kind of failure."""
    for logger in (None, "bot", "telegram", "httpx", "aiosqlite", "sqlalchemy.engine"):
        caplog.set_level(logging.DEBUG, logger)
    api.fail("sendMessage", 500)
    if mode == "polling":
        api.fail("getUpdates", 502)
    await api.says("我是残疾人", chat=987654321)
    await api.says("弄坏", chat=987654321)
    await api.replies(2)
    api.block(987654321)
    await api.says("我是残疾人", chat=987654321)
    await until(lambda: "telegram_chat_closed" in caplog.messages)
    await channel.stop()
    written = "\n".join(map(EventLines().format, caplog.records))

    assert [record.error for record in caplog.records if record.message == "turn" and hasattr(record, "error")] == ["RuntimeError"]
    for secret in (TOKEN, TOKEN.split(":")[1], "残疾人", "弄坏", "987654321", "小林"):
        assert secret not in written


def test_a_base_url_without_bot_does_not_put_the_token_into_the_host_name():
    """https://proxy.example4711:secret would be looked up in the DNS for everybody to see."""
    bot = build_bot(TOKEN, "https://proxy.example/", timeout_seconds=1)

    assert bot.base_url == f"https://proxy.example/bot{TOKEN}"


def tap(api: BotApi, *, data: str) -> dict[str, object]:
    """A tap on a button under one of the bot's messages."""
    person = {"id": 100, "is_bot": False, "first_name": "小林"}
    return {"id": "77", "from": person, "chat_instance": "1", "data": data, "message": api.message(100, sender=BOT, text="选一个")}


# The webhook


@pytest.fixture
async def webhook(api: BotApi, service: EchoEngine, tmp_path: Path) -> AsyncIterator[Channel]:
    """The channel called by Telegram."""
    running = Channel(api, service, tmp_path, "webhook")
    await running.start()
    yield running
    await running.stop()


async def post(channel: Channel, body: bytes, **headers: str) -> int:
    """What somebody gets who calls the webhook: the status."""
    async with aiohttp.ClientSession() as session, session.post(channel.address, data=body, headers=headers) as response:
        assert await response.read() == b""
        return response.status


async def test_the_webhook_is_registered_with_a_secret_and_only_the_updates_that_are_read(api, webhook):
    """Without the secret anybody could write in a person's name."""
    (call,) = api.called(methods.SetWebhook)

    assert len(call.secret_token) == 43
    assert TOKEN not in call.secret_token
    assert set(call.allowed_updates) == {"message", "edited_message", "callback_query", "my_chat_member"}


@pytest.mark.parametrize("headers", [{}, {"X-Telegram-Bot-Api-Secret-Token": ""}, {"X-Telegram-Bot-Api-Secret-Token": "x" * 43}])
async def test_a_call_without_the_secret_is_refused(api, service, webhook, headers):
    """Only Telegram knows it."""
    update = {"update_id": 1, "message": api.message(100, text="假的")}

    assert await post(webhook, json.dumps(update).encode(), **headers) == 403
    assert service.heard == []


async def test_who_calls_wrongly_over_and_over_is_told_to_wait(api, webhook):
    """Guessing must not cost us more than it costs them."""
    statuses = [await post(webhook, b"{}") for _ in range(22)]

    assert statuses == [403] * 20 + [429] * 2


async def test_a_body_too_long_is_not_read(api, webhook):
    """A request of gigabytes would fill the memory."""
    secret = api.called(methods.SetWebhook)[0].secret_token

    assert await post(webhook, b"x" * 300_000, **{"X-Telegram-Bot-Api-Secret-Token": secret}) == 413


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"update_id": "x"}', b"\xff\xfe", b'{"update_id": 1, "message": {"text": "a"}}']
)
async def test_what_cannot_be_read_is_taken_and_passed_over(api, service, webhook, body):
    """Refused, Telegram would send it again and again and hold up what comes after it."""
    secret = api.called(methods.SetWebhook)[0].secret_token

    assert await post(webhook, body, **{"X-Telegram-Bot-Api-Secret-Token": secret}) == 200
    assert service.heard == []


async def test_an_update_that_cannot_be_stored_is_sent_again_by_telegram(api, service, webhook, monkeypatch):
    """503 keeps it with Telegram; nothing is lost and nothing is doubled."""
    receive, failures = webhook.store.receive, [StoreDownError(), StoreDownError(), StoreDownError()]

    async def failing(*arguments: object) -> bool:
        if failures:
            raise failures.pop()
        return await receive(*arguments)

    webhook.store.receive = failing
    await api.says("你好")

    assert await api.replies(1) == ["听到：你好"]
    assert [status for _, status in api.delivered] == [503, 503, 503, 200]


async def test_updates_twice_late_and_out_of_order_are_each_answered_once(api, service, webhook):
    """All that a bad line does at once."""
    api.delivery.duplicate = 0.5
    api.lose_answers(3)
    for number in range(20):
        await api.says(str(number), chat=number % 4 + 1)
    await api.replies(20)
    await api.until_confirmed()

    assert len(service.heard) == 20
    assert [api.sent_to(chat) for chat in (1, 2, 3, 4)] == [[f"听到：{n}" for n in range(20) if n % 4 + 1 == chat] for chat in (1, 2, 3, 4)]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_page_of_a_proxy_has_no_say_about_a_chat_or_a_token(api, service, channel, status):
    """A firewall in between answers 403 for a minute: nobody may be forgotten for that, no reply dropped, and the bot must not stop."""
    api.fail("sendMessage", status, times=2, page=1)
    await api.says("一")

    assert await api.replies(1) == ["听到：一"]
    assert await held(channel, 100) > 0
