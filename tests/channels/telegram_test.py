"""The Telegram channel against a Bot API on this machine, with a service that only echoes."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiogram import methods, types

from bot.channels.telegram import Pace, TelegramTokenError, poll
from bot.channels.telegram_client import PollingRequest, build_bot
from bot.channels.telegram_inbox import Inbox
from bot.content.wording import Wording
from bot.dialogue.choice import Choice
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.reply.reply import Block, Reply
from tests.channels.bot_api import BOT, TOKEN, BotApi

WORDING = Wording(
    {
        "telegram_about": "扶持政策问答",
        "command_start": "开始",
        "command_help": "怎么用",
        "command_check": "查我符合哪些",
        "command_restart": "重新开始",
        "command_forget": "忘记我",
        "error": "出错了，请再发一次。",
    }
)
QUICK = Pace(between_parts_seconds=0.01, first_wait_seconds=0.01, conflict_wait_seconds=0.05)
CHOICES = (Choice("how", "怎么申请"), Choice("where", "去哪里办"))


class Echo:
    """Says back what it hears; a reply laid out for a text is given instead."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.forgotten: list[str] = []
        self.replies: dict[str, Reply] = {}
        self.gates: dict[str, asyncio.Event] = {}

    async def handle(self, message: Message) -> Reply:
        self.heard.append(message)
        if gate := self.gates.get(message.conversation):
            await gate.wait()
        if message.text == "弄坏":
            raise RuntimeError(f"{message.text} {TOKEN}")
        return self.replies.get(message.text or "", reply(f"听到：{message.text}"))

    def forget(self, conversation: str) -> None:
        self.forgotten.append(conversation)


def reply(*paragraphs: str, choices: tuple[Choice, ...] = ()) -> Reply:
    """A reply of these paragraphs."""
    return Reply(Outcome.ANSWER, tuple(Block((paragraph,)) for paragraph in paragraphs), choices)


class Channel:
    """The channel, running or not."""

    def __init__(self, api: BotApi, service: Echo) -> None:
        self._api = api
        self._service = service
        self._task: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    async def start(self) -> None:
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(
            poll(self._service, TOKEN, base_url=self._api.base_url, wording=WORDING, stop=self._stop, pace=QUICK)
        )
        polls = len(self._api.called(methods.GetUpdates))
        await self._api.until(lambda: len(self._api.called(methods.GetUpdates)) > polls)

    async def stop(self) -> None:
        self._stop.set()
        if self._task is not None:
            await self._task
        self._task = None

    async def kill(self) -> None:
        assert self._task is not None
        self._task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self._task
        self._task = None


@pytest.fixture
def service() -> Echo:
    """What answers, and remembers what it heard."""
    return Echo()


@pytest.fixture
async def channel(api: BotApi, service: Echo) -> AsyncIterator[Channel]:
    """The channel at work, stopped in good order at the end."""
    running = Channel(api, service)
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
    update = await api.says("能领多少钱")

    assert await api.replies(1) == ["听到：能领多少钱"]
    assert service.heard == [Message("telegram:100", "能领多少钱", id=f"telegram:{update}")]
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
    service.handle = refuse
    await api.push(callback_query=tap(api, data="how"))

    assert await api.replies(1) == ["出错了，请再发一次。"]
    assert len(api.called(methods.AnswerCallbackQuery)) == 1


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
    assert {message.conversation for message in service.heard} == {"telegram:-500"}


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
    service.gates["telegram:1"] = asyncio.Event()
    slow = await api.says("慢", chat=1)
    await api.says("快", chat=2)
    await api.replies(1)
    await api.says("又快", chat=3)

    assert await api.replies(2) == ["听到：快", "听到：又快"]
    assert slow in api.unconfirmed

    service.gates["telegram:1"].set()
    assert await api.replies(3) == ["听到：快", "听到：又快", "听到：慢"]
    assert len(service.heard) == 3


async def test_an_update_delivered_again_keeps_its_message_id(api, service, channel):
    """The service recognises a repeated delivery by its id; Telegram repeats what was not confirmed before a crash."""
    gate = service.gates["telegram:100"] = asyncio.Event()
    update = await api.says("你好")
    await until(lambda: service.heard)
    api.fail("getUpdates", 500, times=1000)
    gate.set()
    await api.replies(1)
    await channel.kill()
    api.heal()
    await channel.start()
    await api.replies(2)

    assert [message.id for message in service.heard] == [f"telegram:{update}"] * 2


async def test_a_message_in_work_at_a_crash_comes_again(api, service, channel):
    """Nothing a person wrote is lost because the machine went down."""
    gate = service.gates["telegram:100"] = asyncio.Event()
    await api.says("你好")
    await until(lambda: service.heard)
    await channel.kill()
    gate.set()
    await channel.start()

    assert await api.replies(1) == ["听到：你好"]


async def test_what_was_handled_is_confirmed_at_the_end(api, service, channel):
    """Else the first thing after a restart would be the same answers once more."""
    await api.says("你好")
    await api.replies(1)
    await channel.stop()

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


async def test_a_reply_that_cannot_be_delivered_is_given_up_in_the_end(api, channel):
    """Trying for ever would hold up the person's next question."""
    api.fail("sendMessage", 500, times=QUICK.tries)
    await api.says("一")
    await api.says("二")

    assert await api.replies(1) == ["听到：二"]


async def test_a_person_who_blocked_the_bot_is_forgotten(api, service, channel):
    """Who shuts the bot out has withdrawn consent; the other parts of the reply are not sent either."""
    service.replies["全部"] = reply("一" * 3000, "二" * 3000)
    api.fail("sendMessage", 403)
    await api.says("全部")
    await until(lambda: service.forgotten)
    await api.says("你好", chat=2)

    assert await api.replies(1) == ["听到：你好"]
    assert service.forgotten == ["telegram:100"]


async def test_blocking_the_bot_is_enough_to_be_forgotten(api, service, channel):
    """Telegram tells at once; nobody has to wait for the next message to fail."""
    member = {"user": BOT, "status": "member"}
    kicked = {"user": BOT, "status": "kicked", "until_date": 0}
    chat = {"id": 100, "type": "private", "first_name": "小林"}
    person = {"id": 100, "is_bot": False, "first_name": "小林"}
    change = {"chat": chat, "from": person, "date": 1_700_000_000, "old_chat_member": member, "new_chat_member": kicked}
    await api.push(my_chat_member=change)
    await until(lambda: service.forgotten)

    assert service.forgotten == ["telegram:100"]
    assert service.heard == []


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


async def test_a_lasting_conflict_is_one_line_in_the_log(api, channel, caplog):
    """The operator must see that two processes share a token, once and in words."""
    api.fail("getUpdates", 409, times=5)
    await api.says("前")
    await until(lambda: len(api.refused) == 5)
    await api.says("后")
    await api.replies(2)

    assert [line for line in caplog.messages if "Conflict" in line] == [
        "telegram_unreachable error=Conflict: another process is polling with this token"
    ]


async def test_telegram_may_be_unreachable_at_the_start(api, service):
    """After a power cut the machine is up before the network."""
    api.fail("getMe", 502, times=3)
    channel = Channel(api, service)
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
    """A person who cannot type finds the five commands behind the menu button."""
    menu = api.called(methods.SetMyCommands)[0]

    assert [(command.command, command.description) for command in menu.commands] == [
        ("start", "开始"),
        ("check", "查我符合哪些"),
        ("help", "怎么用"),
        ("restart", "重新开始"),
        ("forget", "忘记我"),
    ]
    assert api.called(methods.SetMyShortDescription)[0].short_description == "扶持政策问答"


async def test_a_menu_that_cannot_be_set_does_not_stop_the_bot(api, service):
    """The commands work without it."""
    api.fail("setMyCommands", 500)
    channel = Channel(api, service)
    await channel.start()
    await api.says("你好")

    assert await api.replies(1) == ["听到：你好"]
    await channel.stop()


# The token and the log


@pytest.mark.parametrize("token", ["4711:wrong", "not a token", "", f"{TOKEN}\n"])
async def test_a_token_that_is_not_accepted_is_one_clear_error(api, service, token):
    """The operator has to mend it; nothing the error carries along may show the token."""
    with pytest.raises(TelegramTokenError) as caught:
        await poll(service, token, base_url=api.base_url, wording=WORDING, pace=QUICK)

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert not token.strip() or token.strip() not in str(caught.value)


async def test_neither_the_token_nor_a_person_reaches_the_log(api, service, channel, caplog):
    """Logs are copied to places a token, a chat or a question must never get to, at any level and with every kind of failure."""
    caplog.set_level(logging.DEBUG)
    api.fail("sendMessage", 500)
    api.fail("getUpdates", 502)
    await api.says("我是残疾人", chat=987654321)
    await api.says("弄坏", chat=987654321)
    await api.replies(2)
    api.fail("sendMessage", 403)
    await api.says("我是残疾人", chat=987654321)
    await until(lambda: service.forgotten)
    await channel.stop()
    written = caplog.text + "".join(str(vars(record)) for record in caplog.records)

    assert "telegram_turn_failed error=RuntimeError" in caplog.messages
    for secret in (TOKEN, TOKEN.split(":")[1], "残疾人", "弄坏", "987654321", "小林"):
        assert secret not in written


def test_a_base_url_without_bot_does_not_put_the_token_into_the_host_name():
    """https://proxy.example4711:secret would be looked up in the DNS for everybody to see."""
    bot = build_bot(TOKEN, "https://proxy.example/", timeout_seconds=1)

    assert bot.base_url == f"https://proxy.example/bot{TOKEN}"


# The inbox


async def test_the_offset_stays_at_the_oldest_update_in_work():
    """What Telegram is told to forget cannot be had again."""
    inbox = Inbox()
    gate = asyncio.Event()
    inbox.take(10, 1, as_work(gate.wait))
    inbox.take(11, 2, as_work(asyncio.sleep, 0))
    await asyncio.sleep(0.01)

    assert inbox.offset() == 10

    gate.set()
    await inbox.wait(1)
    assert inbox.offset() == 12


async def test_an_update_that_comes_again_while_in_work_is_not_started_twice():
    """While one update is in work Telegram sends it with every answer."""
    inbox = Inbox()
    started: list[int] = []

    async def work() -> None:
        started.append(1)
        await asyncio.sleep(0.01)

    for _ in range(3):
        inbox.take(10, 1, work)
    await inbox.wait(1)
    inbox.take(10, 1, work)
    await inbox.wait(1)

    assert started == [1]


async def test_an_update_that_fails_counts_as_handled():
    """It would fail again for ever."""
    inbox = Inbox()
    inbox.take(10, 1, as_work(refuse, Message("telegram:1")))
    await inbox.wait(1)

    assert inbox.is_idle
    assert inbox.offset() == 11


def as_work(call: Callable[..., Awaitable[object]], *args: object) -> Callable[[], Awaitable[None]]:
    """A call in the shape the inbox takes."""

    async def work() -> None:
        await call(*args)

    return work


async def refuse(message: Message) -> Reply:
    """Fail, whatever is asked."""
    raise RuntimeError(message)


def tap(api: BotApi, *, data: str) -> dict[str, object]:
    """A tap on a button under one of the bot's messages."""
    person = {"id": 100, "is_bot": False, "first_name": "小林"}
    return {"id": "77", "from": person, "chat_instance": "1", "data": data, "message": api.message(100, sender=BOT, text="选一个")}
