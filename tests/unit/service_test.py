import asyncio
from datetime import UTC, datetime

import pytest

from bot.dialogue.message import Message
from bot.engine import Engine
from bot.service import Service

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def service(engine: Engine) -> Service:
    """A service nobody has talked to yet."""
    return Service(engine, lambda: NOW)


async def test_a_repeated_delivery_is_answered_once(service: Service):
    """WeChat sends a message again after five silent seconds; the retry must get the stored reply."""
    message = Message("anna", "东营开网店有补贴吗", id="1")
    first = await service.handle(message)

    assert await service.handle(message) is first


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


async def test_conversations_do_not_leak_into_each_other(service: Service, engine: Engine):
    """One person's place must never answer another's question."""
    alone = Service(engine, lambda: NOW)
    await alone.handle(Message("anna", "我在东营"))
    expected = await alone.handle(Message("anna", "开网店有补贴吗"))

    await service.handle(Message("anna", "我在东营"))
    await service.handle(Message("bo", "我在四川"))
    await service.handle(Message("bo", "开网店有补贴吗"))

    assert await service.handle(Message("anna", "开网店有补贴吗")) == expected


async def test_messages_of_one_person_sent_at_once_are_answered_in_order(service: Service):
    """Two messages in the same second: the second builds on the first."""
    _, reply = await asyncio.gather(service.handle(Message("anna", "我在东营")), service.handle(Message("anna", "开网店有补贴吗")))

    assert "东营" in reply.text
    assert "5000" in reply.text


async def test_forgetting_drops_the_session_and_the_stored_replies(service: Service):
    """忘记我 and a channel's unsubscribe leave nothing."""
    message = Message("anna", "东营开网店有补贴吗", id="1")
    first = await service.handle(message)
    service.forget("anna")
    again = await service.handle(message)

    assert again == first
    assert again is not first


async def test_forgetting_one_person_keeps_the_others(service: Service):
    """Deleting is per conversation."""
    message = Message("bo", "我在四川", id="1")
    first = await service.handle(message)
    service.forget("anna")

    assert await service.handle(message) is first


async def test_a_message_without_an_id_is_always_answered(service: Service):
    """The terminal has no delivery ids."""
    await service.handle(Message("anna", "我在东营"))

    assert (await service.handle(Message("anna", "我在东营"))).text
