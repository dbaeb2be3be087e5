"""Two workers on one store under steady load, of which one or the other is killed again and again at any moment."""

import asyncio
import os
import time
from itertools import groupby
from pathlib import Path
from random import Random

import pytest

from tests.survival.conftest import Note
from tests.survival.left import Left, left_of
from tests.survival.worker import Orders, Said, acknowledged, parts_of, sent, start

pytestmark = pytest.mark.long

_KILLS = int(os.environ.get("ZHUCHUANG_TEST_KILLS", "300"))
_LONGEST_PAUSE_SECONDS = 0.4
_CHATS = (range(0, 10, 2), range(1, 10, 2))  # whom the first worker hears and whom the second; either answers anybody


def test_workers_killed_at_random_lose_nothing_double_nothing_and_keep_the_order(url: str, tmp_path: Path, note: Note):
    """Machines die without asking where the program just is, and another may be half way through something of the same person."""
    random = Random(8)
    began = time.monotonic()
    workers = [start(_next(url, tmp_path, chats, random)) for chats in _CHATS]
    for _ in range(_KILLS):
        time.sleep(random.uniform(0, _LONGEST_PAUSE_SECONDS))
        one = random.randrange(2)
        workers[one].kill()
        workers[one].join(10)
        assert workers[one].exitcode == -9
        workers[one] = start(_next(url, tmp_path, _CHATS[one], random))
    for worker in workers:
        worker.kill()
        worker.join(10)
    took = time.monotonic() - began
    chats = sorted((*_CHATS[0], *_CHATS[1]))
    counts = [1 + max(number for chat, number in acknowledged(tmp_path) if chat == one) + 3 for one in chats]
    last = start(Orders(url, tmp_path, [said for one, count in zip(chats, counts, strict=True) for said in _untaken(tmp_path, one, count)]))
    last.join(60)
    assert last.exitcode == 0

    left = asyncio.run(left_of(url, *chats))
    doubled = behind = 0
    for chat, count, held in zip(chats, counts, left, strict=True):
        texts = [_said(chat, number).text for number in range(count)]
        arrived = [message.text for message in sent(tmp_path) if message.chat == chat]
        assert held == Left("".join(texts), turns=count, answered=count)
        assert list(dict.fromkeys(arrived)) == [part for text in texts for part in parts_of(text)]
        doubled += len(arrived) - count
        behind += len([text for text, _ in groupby(arrived)]) - count
    note(kills=_KILLS, seconds=round(took), messages=sum(counts), sent_twice=doubled, of_these_after_a_later_one=behind)


def _next(url: str, folder: Path, chats: range, random: Random) -> Orders:
    """More than can be delivered in one life: what was not taken yet, and now and then something that was."""
    known = [_said(chat, number) for chat, number in sorted(acknowledged(folder)) if chat in chats]
    again = random.sample(known, min(3, len(known)))
    taken = {chat: max((said.number for said in known if said.chat == chat), default=-1) for chat in chats}
    fresh = [_said(chat, taken[chat] + more) for more in range(1, 60) for chat in chats]
    return Orders(url, folder, [*fresh[:2], *again, *fresh[2:]], pause_seconds=0.01)


def _untaken(folder: Path, chat: int, count: int) -> list[Said]:
    taken = acknowledged(folder)
    return [_said(chat, number) for number in range(count) if (chat, number) not in taken]


def _said(chat: int, number: int) -> Said:
    return Said(chat, number, f"[{number}]")
