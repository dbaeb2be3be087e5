"""The service over a real store: once, in order, all or nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.allowance import Allowance
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.engine import Engine
from bot.service import BacklogError, Service
from bot.storage.database import StoreDownError, open_database
from bot.storage.migrate import migrate
from bot.storage.records import Delivery, Held
from bot.storage.sealing import Sealer
from bot.storage.store import Store
from tests.channels.echo import EchoEngine

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Clock:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """Stands at noon."""
    return Clock()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store nobody has used yet."""
    opened = Store(open_database(f"sqlite:///{tmp_path / 'store.db'}"), Sealer("k" * 40))
    await migrate(opened.engine)
    yield opened
    await opened.close()


@pytest.fixture
def service(engine: Engine, store: Store, clock: Clock) -> Service:
    """A service nobody has talked to yet."""
    return Service(engine, store, clock, version="v1")


@pytest.fixture
def echo() -> EchoEngine:
    """Says back what it hears."""
    return EchoEngine()


@pytest.fixture
def echoing(echo: EchoEngine, store: Store, clock: Clock) -> Service:
    """A service over the echo."""
    return Service(echo, store, clock, version="v1", allowance=Allowance(messages_per_minute=3, largest_backlog=2))


async def received(service: Service, *texts: str, conversation: str = "telegram:1", first: int = 0) -> None:
    """Messages taken in, to be answered later."""
    for number, text in enumerate(texts, first):
        await service.receive(Delivery("telegram", Message(conversation, text, id=str(number)), number, "{}"))


async def worked(service: Service, *, side_by_side: int = 1) -> None:
    """The service at work until nothing waits."""
    stop = asyncio.Event()
    working = asyncio.create_task(service.work(stop, side_by_side=side_by_side))
    async with asyncio.timeout(20):
        while (await service.store.backlog())[0]:  # noqa: ASYNC110 - the store has no event
            await asyncio.sleep(0.01)
    stop.set()
    await working


async def sent(service: Service) -> list[str]:
    """The replies that wait to be sent, in order."""
    found = []
    while claimed := await service.store.claim_sendings("telegram", NOW + timedelta(days=9), lease=timedelta(0), most=99):
        for sending in claimed:
            found.append(sending.reply.text)
            await service.store.remove_sending(sending.id)
    return found


async def test_a_repeated_delivery_is_answered_once(service: Service):
    """WeChat sends a message again after five silent seconds; the retry must get the stored reply."""
    message = Message("anna", "东营开网店有补贴吗", id="1")
    first = await service.handle(message)

    assert await service.handle(message) == first
    assert (await service.store.held(service.store.hashed_conversation("anna"))).inbox == 1


async def test_a_repeated_delivery_does_not_move_the_conversation_on(service: Service):
    """下一条 delivered twice would skip a paragraph."""
    await service.handle(Message("anna", "东营个体户创业补助多少钱", id="1"))
    await service.handle(Message("anna", "一条一条说", id="2"))
    second = await service.handle(Message("anna", "下一条", id="3"))
    await service.handle(Message("anna", "下一条", id="3"))
    third = await service.handle(Message("anna", "下一条", id="4"))

    assert third != second
    assert "出处" not in second.text or "出处" not in third.text


async def test_the_same_words_sent_again_are_a_new_message(service: Service):
    """Only the id of the delivery tells a retry from a person who repeats themselves."""
    await service.handle(Message("anna", "东营个体户创业补助多少钱", id="1"))
    await service.handle(Message("anna", "一条一条说", id="2"))

    assert await service.handle(Message("anna", "下一条", id="3")) != await service.handle(Message("anna", "下一条", id="4"))


async def test_the_same_delivery_id_in_two_conversations_is_two_messages(service: Service):
    """Channels number messages per chat."""
    anna = await service.handle(Message("anna", "我在东营", id="1"))
    bo = await service.handle(Message("bo", "我在常德", id="1"))

    assert anna != bo


async def test_conversations_do_not_leak_into_each_other(service: Service):
    """One person's place must never answer another's question."""
    await service.handle(Message("alone", "我在东营"))
    expected = await service.handle(Message("alone", "开网店有补贴吗"))

    await service.handle(Message("anna", "我在东营"))
    await service.handle(Message("bo", "我在四川"))
    await service.handle(Message("bo", "开网店有补贴吗"))

    assert await service.handle(Message("anna", "开网店有补贴吗")) == expected


async def test_messages_of_one_person_sent_at_once_are_answered_in_order(service: Service):
    """Two messages in the same second: the second builds on the first."""
    _, reply = await asyncio.gather(service.handle(Message("anna", "我在东营")), service.handle(Message("anna", "开网店有补贴吗")))

    assert "东营" in reply.text
    assert "5000" in reply.text


async def test_another_process_goes_on_with_the_conversation(service: Service, engine: Engine, clock: Clock):
    """Whatever worker gets the next message, it knows the place and the question."""
    await service.handle(Message("anna", "我在东营", id="1"))
    second = Service(engine, service.store, clock, version="v1")

    assert "5000" in (await second.handle(Message("anna", "开网店有补贴吗", id="2"))).text


async def test_forget_me_leaves_nothing(service: Service):
    """The promise of the reply, verified in the store; that a delivery was answered is known without whose it was."""
    await service.handle(Message("anna", "我在东营，肢体三级", id="1"))
    await service.handle(Message("anna", "我能领哪些", id="2"))
    reply = await service.handle(Message("anna", "忘记我", id="3"))
    held = await service.store.held(service.store.hashed_conversation("anna"))

    assert "删" in reply.text
    assert held == Held()
    assert await service.handle(Message("anna", "忘记我", id="3")) == reply


async def test_forgetting_one_person_keeps_the_others(service: Service):
    """Deleting is per conversation."""
    message = Message("bo", "我在四川", id="1")
    first = await service.handle(message)
    await service.handle(Message("anna", "我在四川", id="1"))

    assert (await service.store.forget(service.store.hashed_conversation("anna"))).sessions == 1
    assert await service.handle(message) == first


async def test_a_message_without_an_id_is_always_answered(service: Service):
    """The terminal has no delivery ids."""
    await service.handle(Message("anna", "我在东营"))

    assert (await service.handle(Message("anna", "我在东营"))).text


async def test_numbers_that_name_a_person_are_not_stored_and_the_person_is_told(service: Service, tmp_path: Path):
    """Not even for the moment between arrival and answer."""
    secret = "370502199003077758"
    await received(service, f"我的身份证是{secret}，东营开网店有补贴吗")
    before = on_disk(tmp_path)
    await worked(service)
    after = on_disk(tmp_path)

    assert "东营开网店有补贴吗".encode() in before
    assert secret.encode() not in before + after
    assert "没有保存" in (await sent(service))[0]


def on_disk(folder: Path) -> bytes:
    """All that stands in the store's files."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_a_mistake_of_ours_is_owned_up_to_and_the_conversation_goes_on(echoing: Service, echo: EchoEngine):
    """An exception must neither silence the bot nor lose what was said before."""
    await received(echoing, "一", "弄坏", "二")
    await worked(echoing)

    assert await sent(echoing) == ["听到：一", "出错了，请再发一次。", "听到：二"]


async def test_who_writes_too_fast_is_told_so_once_and_heard_again_after_a_minute(echoing: Service, echo: EchoEngine, clock: Clock):
    """A flood is answered kindly, and not with a flood."""
    for number in range(6):
        await received(echoing, str(number), first=number)
        await worked(echoing)
    clock.forward(seconds=61)
    await received(echoing, "好了", first=9)
    await worked(echoing)

    assert await sent(echoing) == ["听到：0", "听到：1", "听到：2", "慢一点。", "听到：好了"]
    assert [message.text for message in echo.heard] == ["0", "1", "2", "好了"]


async def test_of_a_burst_the_first_are_answered(echoing: Service, echo: EchoEngine):
    """Somebody whose phone was offline sends everything at once; what is within the limit is answered, the rest is asked to wait once."""
    await received(echoing, "0", "1", "2", "3", "4", "5")
    await worked(echoing)

    assert await sent(echoing) == ["听到：0", "听到：1", "听到：2", "慢一点。"]


async def test_despair_is_met_however_fast_somebody_writes(echoing: Service, clock: Clock):
    """Somebody in despair may send one line after the other."""
    for number in range(5):
        await received(echoing, str(number), first=number)
        await worked(echoing)
    await received(echoing, "我不想活了", first=7)
    await worked(echoing)

    assert (await sent(echoing))[-1] == "听到：我不想活了"


async def test_who_wants_to_be_forgotten_is_however_fast_they_write(echoing: Service):
    """A limit must not stand between a person and their data."""
    for number in range(5):
        await received(echoing, str(number), first=number)
        await worked(echoing)
    await received(echoing, "忘记我", first=7)
    await worked(echoing)

    assert (await echoing.store.held(echoing.store.hashed_conversation("telegram:1"))).sessions == 0


async def test_a_flood_of_one_does_not_hold_up_another(echo: EchoEngine, store: Store, clock: Clock):
    """Conversations take turns: whoever sent a hundred messages waits for whoever sent one."""
    service = Service(echo, store, clock, allowance=Allowance(messages_per_minute=1000))
    await received(service, *(f"洪水{number}" for number in range(50)))
    await received(service, "我问一句", conversation="telegram:2")
    await worked(service)

    assert [message.text for message in echo.heard].index("我问一句") <= 2


async def test_more_than_can_be_answered_is_not_taken(echoing: Service):
    """Whoever sent it keeps it and sends it again, instead of everybody waiting for hours."""
    await received(echoing, "一", "二", "三")
    stop = asyncio.Event()
    echoing.store.answer_next = never
    working = asyncio.create_task(echoing.work(stop))
    async with asyncio.timeout(10):
        while True:
            try:
                await received(echoing, "四", first=4)
            except BacklogError:
                break
            await asyncio.sleep(0.05)
    stop.set()
    await working

    assert (await echoing.handle(Message("web:1", "在吗"))).text == "人太多。"


async def never(*_: object) -> None:
    """A store that is too busy."""
    await asyncio.sleep(0.2)
    raise StoreDownError


async def test_a_store_that_fails_for_a_while_loses_nothing(echoing: Service):
    """It is tried again by itself."""
    await received(echoing, "一", "二")
    answer_next, failures = echoing.store.answer_next, [1, 1, 1]

    async def failing(*arguments: object) -> object:
        if failures:
            failures.pop()
            raise StoreDownError
        return await answer_next(*arguments)

    echoing.store.answer_next = failing
    await worked(echoing)

    assert await sent(echoing) == ["听到：一", "听到：二"]


async def test_what_another_process_took_and_never_answered_is_found(echo: EchoEngine, store: Store, clock: Clock):
    """It was killed between taking and answering."""
    await received(Service(echo, store, clock), "一", "二", "三")
    clock.forward(seconds=5)
    survivor = Service(echo, store, clock)
    await worked(survivor)

    assert await sent(survivor) == ["听到：一", "听到：二", "听到：三"]


@pytest.mark.parametrize("loses", [False, True])
async def test_a_session_of_other_content_is_carried_over(echo: EchoEngine, store: Store, clock: Clock, loses: bool):
    """After a reload a conversation goes on; what could not be kept is explained."""
    service = Service(echo, store, clock, version="v1")
    await service.handle(Message("anna", "一"))
    echo.loses = loses
    service.use(echo, "v2")
    reply = await service.handle(Message("anna", "二"))
    await service.handle(Message("anna", "三"))

    assert [session.question for session in echo.carried] == ["一"]
    assert reply.text == ("（资料变了）\n\n听到：二" if loses else "听到：二")


async def test_a_reply_that_is_an_error_is_counted_and_told_without_words(echoing: Service, caplog: pytest.LogCaptureFixture):
    """Operators see that something fails, and of nobody what they wrote."""
    caplog.set_level("INFO", logger="bot")
    reply = await echoing.handle(Message("anna-7123456789", "弄坏"))
    written = "".join(str(vars(record)) for record in caplog.records)

    assert reply.outcome is Outcome.ERROR
    assert b'zhuchuang_turns_total{channel="terminal",outcome="error"} 1.0' in echoing.metrics.text()
    assert "RuntimeError" in written
    for secret in ("弄坏", "7123456789", echoing.store.hashed_conversation("anna-7123456789")):
        assert secret not in written
        assert secret.encode() not in echoing.metrics.text()


async def test_two_services_share_the_work(echo: EchoEngine, store: Store, clock: Clock, tmp_path: Path):
    """Each message once, each conversation in order, whoever answers."""
    other_store = Store(open_database(f"sqlite:///{tmp_path / 'store.db'}"), Sealer("k" * 40))
    first, second = (Service(echo, one, clock, allowance=Allowance(messages_per_minute=999)) for one in (store, other_store))
    for number in range(30):
        taker = first if number % 2 else second
        await received(taker, str(number), conversation=f"telegram:{number % 3}", first=number)
    await asyncio.gather(worked(first), worked(second))
    heard: dict[str, list[int]] = {}
    for message in echo.heard:
        heard.setdefault(message.conversation, []).append(int(message.text or ""))
    await other_store.close()

    assert [len(numbers) for numbers in heard.values()] == [10, 10, 10]
    assert all(numbers == sorted(numbers) for numbers in heard.values())
