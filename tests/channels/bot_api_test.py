"""The Bot API on this machine refuses what Telegram refuses; else the channel's tests would prove nothing."""

import aiohttp
import pytest
from pydantic import ValidationError

from tests.channels.bot_api import TOKEN, BotApi


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
        ("setWebhook", {"url": "https://example.org"}, 501),
    ],
)
async def test_a_call_is_held_against_the_api(api, method, parameters, status):
    """A misspelt method, an invented or misshapen parameter and a text too long fail here as they would there."""
    assert (await call(api, TOKEN, method, parameters))[0] == status

    api.refused.clear()


async def test_a_wrong_token_is_unauthorised(api):
    """So an operator's mistake can be played."""
    assert (await call(api, "4711:other", "getMe", {}))[0] == 401


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


async def call(api: BotApi, token: str, method: str, parameters: dict[str, str]) -> tuple[int, dict[str, object]]:
    """A call as any library makes it: the status and the answer."""
    async with aiohttp.ClientSession() as session, session.post(f"{api.base_url}{token}/{method}", data=parameters) as response:
        return response.status, await response.json()


async def update_ids(api: BotApi, **parameters: str) -> list[int]:
    """What a poll gets."""
    _, answer = await call(api, TOKEN, "getUpdates", parameters)
    return [update["update_id"] for update in answer["result"]]
