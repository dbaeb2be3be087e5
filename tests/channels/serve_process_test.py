"""``zhuchuang serve`` as an operator runs it: a process of its own, talking to a Bot API on this machine."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import aiohttp
from aiogram import methods, types

from bot.content.read import knowledge_folder, rules_folder
from bot.telemetry import FIELDS
from tests.channels.bot_api import TOKEN, BotApi
from tests.postgres import free_port

QUESTION = "我在东营开网店，刚办了个体户执照，能领多少钱"
_PATIENCE_SECONDS = 60  # reading the knowledge takes its time on a small machine


async def test_a_person_asks_picks_a_choice_and_the_process_ends_in_good_order(api, tmp_path):
    """The whole way from a phone to the knowledge and back, and what systemd does when it stops the service."""
    process = await start(api, TOKEN, tmp_path)
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


async def test_the_questionnaire_goes_through_telegram_by_typing_and_by_tapping(api, tmp_path):
    """It lives in the middle, so the menu's command, a tapped label and a typed word must do what they do in the terminal."""
    process = await start(api, TOKEN, tmp_path)
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
    assert "东营" not in output
    assert "东营" not in errors


async def test_a_tapped_button_says_the_same_as_its_number(api, tmp_path):
    """A reply keyboard sends its whole words, number and all, and both ways must lead to one answer."""
    process = await start(api, TOKEN, tmp_path)
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


async def test_after_a_kill_in_the_middle_of_the_questionnaire_it_goes_on(api, tmp_path):
    """The machine may go down between two answers; nobody wants to begin again."""
    process = await start(api, TOKEN, tmp_path)
    await api.says("/check")
    await api.replies(1, _PATIENCE_SECONDS)
    await api.says("东营")
    await api.replies(2, _PATIENCE_SECONDS)
    await api.until(lambda: bool(keyboards(api)), _PATIENCE_SECONDS)
    await nothing_on_its_way(tmp_path)
    process.kill()
    await process.communicate()
    process = await start(api, TOKEN, tmp_path)
    try:
        await api.says("1")
        consent = (await api.replies(3, _PATIENCE_SECONDS))[2]
    finally:
        await end(process)

    assert "可以问吗" in consent


async def test_by_webhook_on_the_same_port_as_health_and_figures(api, tmp_path):
    """One process, one port; the figures tell what happened and nothing of whom."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = await start(api, TOKEN, tmp_path, PORT=str(port), TELEGRAM_WEBHOOK_URL=f"{address}/telegram/webhook")
    try:
        await api.says(QUESTION, chat=987654321)
        await api.replies(1, _PATIENCE_SECONDS)
        async with aiohttp.ClientSession() as session:
            health = await get(session, f"{address}/healthz")
            ready = await get(session, f"{address}/readyz")
            figures = await get(session, f"{address}/metrics")
    finally:
        output, errors = await end(process)

    assert health == (200, '{"status":"alive"}')
    assert ready == (200, '{"store":true,"content":true,"serving":true}')
    for line in (
        'zhuchuang_turns_total{channel="telegram",outcome="answer"} 1.0',
        'zhuchuang_messages_total{channel="telegram",new="yes"} 1.0',
        "zhuchuang_store_up 1.0",
        "zhuchuang_knowledge_info{version=",
    ):
        assert line in figures[1]
    assert "987654321" not in figures[1] + output + errors
    assert process.returncode == 0


async def test_on_a_bad_line_every_message_is_answered_once_and_in_order(api, tmp_path):
    """Updates twice and late, answers lost, Telegram refusing for haste, failing and hanging, and somebody who writes a novel."""
    port = free_port()
    api.delivery.duplicate = 0.3
    api.lose_answers(2)
    process = await start(
        api, TOKEN, tmp_path, PORT=str(port), TELEGRAM_WEBHOOK_URL=f"http://127.0.0.1:{port}/telegram/webhook", MESSAGES_PER_MINUTE="1000"
    )
    try:
        await api.until(lambda: bool(api.called(methods.SetWebhook)), _PATIENCE_SECONDS)
        api.fail("sendMessage", 429, times=4, retry_after=1)
        api.fail("sendMessage", 500, times=3)
        api.hang("sendMessage", 2)
        places = ("换到四川", "换到东营", "换到常德", "换到隆阳")
        for number in range(4):
            for chat in (1, 2, 3):
                await api.says(places[(number + chat) % 4], chat=chat)
        await api.says("我在东营开网店能领多少，" + "说来话长" * 1000, chat=4)
        texts = {chat: await api.replies_to(chat, 4, _PATIENCE_SECONDS) for chat in (1, 2, 3)}
        novel = await api.replies_to(4, 1, _PATIENCE_SECONDS)
        await api.until_confirmed(_PATIENCE_SECONDS)
        forged = await forge(f"http://127.0.0.1:{port}/telegram/webhook")
    finally:
        await end(process)

    names = ("四川", "东营", "常德", "隆阳")
    for chat, said in texts.items():
        assert [next(name for name in names if name in text) for text in said] == [names[(number + chat) % 4] for number in range(4)]
    assert len(novel) >= 1
    assert forged == 403
    assert all(status in (200, 0) for _, status in api.delivered)


async def forge(url: str) -> int:
    """What somebody gets who calls the webhook without the secret."""
    async with aiohttp.ClientSession() as session, session.post(url, data=b'{"update_id": 1}') as response:
        return response.status


async def nothing_on_its_way(tmp_path: Path) -> None:
    """Wait until every reply is known to be sent."""
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "zhuchuang.db")) as store:
        while store.execute("SELECT count(*) FROM outbox").fetchone()[0]:  # noqa: ASYNC110 - another process has no event
            await asyncio.sleep(0.02)


async def get(session: aiohttp.ClientSession, url: str) -> tuple[int, str]:
    """Status and text of a page."""
    async with session.get(url) as response:
        return response.status, await response.text()


async def test_every_line_of_the_log_is_json_with_allowed_fields_only(api, tmp_path):
    """One event a turn; logs are read by machines and copied to many places."""
    process = await start(api, TOKEN, tmp_path)
    try:
        await api.says("我叫王小明，身份证370502199003077758，在东营开网店能领多少", chat=987654321)
        await api.says("忘记我", chat=987654321)
        await api.until(lambda: any("删掉" in message.text for message in api.sent), _PATIENCE_SECONDS)
    finally:
        output, errors = await end(process)
    lines = [json.loads(line) for line in errors.splitlines()]
    turns = [line for line in lines if line["event"] == "turn"]

    assert output == ""
    assert [turn["outcome"] for turn in turns] == ["answer", "meta"]
    assert {field for line in lines for field in line} <= {"time", "level", "event", *FIELDS}
    for secret in ("王小明", "370502", "987654321", "网店", TOKEN):
        assert secret not in errors


async def test_content_is_reloaded_while_people_are_served_and_broken_content_is_refused(api, tmp_path):
    """A clerk mends a sentence without a restart; a mistake in a file reaches nobody."""
    knowledge = tmp_path / "content" / "knowledge"
    shutil.copytree(knowledge_folder(), knowledge)
    shutil.copytree(rules_folder(knowledge_folder()), knowledge.parent / "rules")
    settings = {"KNOWLEDGE": str(knowledge)}
    process = await start(api, TOKEN, tmp_path, **settings)
    try:
        await api.says("谢谢")
        before = (await api.replies(1, _PATIENCE_SECONDS))[0]
        replies = knowledge / "wording" / "replies.yaml"
        replies.write_text(replies.read_text("utf-8").replace("thanks: 不客气。", "thanks: 别客气呀。"), "utf-8")
        swapped = await command("reload", "--json", tmp_path=tmp_path, **settings)
        await api.says("谢谢")
        after = (await api.replies(2, _PATIENCE_SECONDS))[1]
        replies.write_text(replies.read_text("utf-8") + "\nno_such_key: 多了一句\n", "utf-8")
        refused = await command("reload", tmp_path=tmp_path, **settings)
        process.send_signal(signal.SIGHUP)
        await api.says("谢谢")
        still = (await api.replies(3, _PATIENCE_SECONDS))[2]
    finally:
        _, errors = await end(process)

    assert before.startswith("不客气")
    assert after.startswith("别客气呀")
    assert still == after
    assert swapped[0] == 0
    assert json.loads(swapped[1])[0]["result"] == "swapped"
    assert refused[0] == 2
    assert "no_such_key" in refused[2]
    results = [json.loads(line)["result"] for line in errors.splitlines() if "knowledge_reloaded" in line]
    assert results[0] == "swapped"
    assert set(results[1:]) <= {"refused"}


async def test_forget_deletes_one_person_from_outside_and_shows_it(api, tmp_path):
    """Somebody asks by telephone to be deleted."""
    process = await start(api, TOKEN, tmp_path)
    try:
        await api.says(QUESTION, chat=5)
        await api.replies(1, _PATIENCE_SECONDS)
        done = await command("forget", "telegram:5", "--json", tmp_path=tmp_path)
        again = await command("forget", "telegram:5", tmp_path=tmp_path)
    finally:
        await end(process)

    assert done[0] == 0
    assert json.loads(done[1])["deleted"]["sessions"] == 1
    assert json.loads(done[1])["left"] == {"sessions": 0, "inbox": 0, "outbox": 0}
    assert "Nothing was held" in again[1]


async def test_the_doctor_finds_nothing_to_mend_where_all_is_well_and_says_what_to_do_where_not(api, tmp_path):
    """An operator asks it first."""
    process = await start(api, TOKEN, tmp_path)
    try:
        await api.says("你好")
        await api.replies(1, _PATIENCE_SECONDS)
        well = await command("doctor", "--json", tmp_path=tmp_path, TELEGRAM_TOKEN=TOKEN, TELEGRAM_BASE_URL=api.base_url)
    finally:
        await end(process)
    ill = await command("doctor", tmp_path=tmp_path, TELEGRAM_TOKEN="4711:wrong-but-wellformed", TELEGRAM_BASE_URL=api.base_url)
    wrong = await command("doctor", tmp_path=tmp_path, PORT="nine", TELEGRAM_WEBHOOK_URL="ftp://x")

    assert well[0] == 0
    assert {finding["state"] for finding in json.loads(well[1])} <= {"good", "warning"}
    assert ill[0] == 1
    assert "@BotFather" in ill[1]
    assert "none serves" in ill[1]
    assert wrong[0] == 2
    assert "ZHUCHUANG_PORT" in wrong[1]
    assert "https://" in wrong[1]
    assert TOKEN not in well[1] + ill[1] + wrong[1]


async def test_a_port_that_is_taken_is_one_line(tmp_path):
    """The second start of the same service."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = await start(None, None, tmp_path, PORT=str(taken.getsockname()[1]))
        _, errors = await end(process, stop=False)

    assert process.returncode == 2
    assert "ZHUCHUANG_PORT" in errors.splitlines()[-1]


async def command(*arguments: str, tmp_path: Path, **settings: str) -> tuple[int, str, str]:
    """A command on the same store: how it ended and what it printed."""
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", *arguments, env=environment(tmp_path, settings), stdout=PIPE, stderr=PIPE
    )
    output, errors = await done.communicate()
    return done.returncode or 0, output.decode(), errors.decode()


async def test_a_wrong_token_is_one_line_without_the_token(api, tmp_path):
    """The line ends up in a log or a screenshot."""
    process = await start(api, "4711:almost-right-secret", tmp_path)
    output, errors = await end(process, stop=False)

    assert process.returncode == 2
    assert "ZHUCHUANG_TELEGRAM_TOKEN" in errors.splitlines()[-1]
    assert "almost-right-secret" not in output + errors


def keyboards(api: BotApi) -> list[types.ReplyKeyboardMarkup]:
    """The choices offered so far."""
    return [message.reply_markup for message in api.sent if isinstance(message.reply_markup, types.ReplyKeyboardMarkup)]


def environment(tmp_path: Path, settings: dict[str, str]) -> dict[str, str]:
    """These settings and no others of the kind."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("ZHUCHUANG_")}
    settings = {"DATA": str(tmp_path / "data"), "PORT": "0", **settings}
    return given | {f"ZHUCHUANG_{name}": value for name, value in settings.items()} | {"PYTHONIOENCODING": "utf-8"}


async def start(api: BotApi | None, token: str | None, tmp_path: Path, **settings: str) -> Process:
    """The command with these settings."""
    if token is not None:
        settings["TELEGRAM_TOKEN"] = token
    if api is not None:
        settings["TELEGRAM_BASE_URL"] = api.base_url
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", "serve", env=environment(tmp_path, settings), stdout=PIPE, stderr=PIPE
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
