"""``zhuchuang telegram`` as an operator runs it: a process of its own, talking to a Bot API on this machine."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process

from aiogram import methods, types

from tests.channels.bot_api import TOKEN, BotApi

QUESTION = "我在东营开网店，刚办了个体户执照，能领多少钱"
_PATIENCE_SECONDS = 60  # reading the knowledge takes its time on a small machine


async def test_a_person_asks_picks_a_choice_and_the_process_ends_in_good_order(api):
    """The whole way from a phone to the knowledge and back, and what systemd does when it stops the service."""
    process = await start(api, TOKEN)
    try:
        await api.says(QUESTION)
        first = (await api.replies(1, _PATIENCE_SECONDS))[0]
        await api.until(lambda: isinstance(api.sent[-1].reply_markup, types.ReplyKeyboardMarkup))
        answered = len(api.sent)
        await api.says("1")
        second = (await api.replies(answered + 1, _PATIENCE_SECONDS))[answered]
    finally:
        output, errors = await end(process)

    assert "5000" in first
    assert second.strip()
    assert second != first
    assert process.returncode == 0
    assert api.unconfirmed == []
    assert len(api.called(methods.SetMyCommands)) == 1
    for secret in (TOKEN, QUESTION):
        assert secret not in output + errors


async def test_the_questionnaire_goes_through_telegram_by_typing_and_by_tapping(api):
    """It lives in the middle, so the menu's command, a tapped label and a typed word must do what they do in the terminal."""
    process = await start(api, TOKEN)
    try:
        await api.says("/check")
        where = (await api.replies(1, _PATIENCE_SECONDS))[0]
        await api.says("东营")
        who = (await api.replies(2, _PATIENCE_SECONDS))[1]
        await api.until(lambda: bool(keyboards(api)), _PATIENCE_SECONDS)
        await api.says(keyboards(api)[-1].keyboard[0][0].text)
        consent = (await api.replies(3, _PATIENCE_SECONDS))[2]
        await api.says("看结果")
        results = (await api.replies(4, _PATIENCE_SECONDS))[3]
    finally:
        output, errors = await end(process)

    assert "哪个地方" in where
    assert "您是哪一种情况" in who
    assert "可以问吗" in consent
    assert "查了15项" in results
    assert "东营" not in output + errors


async def test_a_tapped_button_says_the_same_as_its_number(api):
    """A reply keyboard sends its whole words, number and all, and both ways must lead to one answer."""
    process = await start(api, TOKEN)
    try:
        for chat in (1, 2):
            await api.says(QUESTION, chat=chat)
        await api.until(lambda: len(keyboards(api)) == 2, _PATIENCE_SECONDS)
        words = keyboards(api)[1].keyboard[0][0].text
        before = len(api.sent)
        await api.says("1", chat=1)
        await api.replies(before + 1)
        by_number = api.sent[before].text
        before = len(api.sent)
        await api.says(words, chat=2)
        await api.replies(before + 1)
        by_button = api.sent[before].text
    finally:
        await end(process)

    assert by_button == by_number


async def test_without_a_token_one_line_says_what_is_missing():
    """Nobody should have to read a traceback to learn that a setting is empty."""
    process = await start(None, None)
    _, errors = await end(process, stop=False)

    assert process.returncode == 2
    assert len(errors.splitlines()) == 1
    assert "ZHUCHUANG_TELEGRAM_TOKEN" in errors


async def test_a_wrong_token_is_one_line_without_the_token(api):
    """The line ends up in a log or a screenshot."""
    process = await start(api, "4711:almost-right-secret")
    output, errors = await end(process, stop=False)

    assert process.returncode == 2
    assert len(errors.splitlines()) == 1
    assert "almost-right-secret" not in output + errors


def keyboards(api: BotApi) -> list[types.ReplyKeyboardMarkup]:
    """The choices offered so far."""
    return [message.reply_markup for message in api.sent if isinstance(message.reply_markup, types.ReplyKeyboardMarkup)]


async def start(api: BotApi | None, token: str | None) -> Process:
    """The command with these settings and no others of the kind."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHUCHUANG_")}
    if token is not None:
        environment["ZHUCHUANG_TELEGRAM_TOKEN"] = token
    if api is not None:
        environment["ZHUCHUANG_TELEGRAM_BASE_URL"] = api.base_url
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", "telegram", env=environment | {"PYTHONIOENCODING": "utf-8"}, stdout=PIPE, stderr=PIPE
    )


async def end(process: Process, *, stop: bool = True) -> tuple[str, str]:
    """What the process wrote, once it has ended; ``stop`` asks it to. One that does not end is killed and fails the test."""
    if stop and process.returncode is None:
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            output, errors = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    return output.decode(), errors.decode()
