"""A worker killed at every single step from the delivery of a message to the sending of its reply, and what the next one makes of it."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import count, groupby
from pathlib import Path

import pytest

from tests.survival.conftest import Note
from tests.survival.left import Left, left_of
from tests.survival.worker import FORGET, LONG, Orders, Said, acknowledged, parts_of, sent, start, steps

pytestmark = pytest.mark.long

_KILLED = -9
_MOST_TIMES = 200
_TALK = ("一", LONG, "三")
_FORGETTING = ("一", FORGET, "三")


async def test_whichever_step_a_worker_dies_at_nothing_is_lost_doubled_or_out_of_order(url: str, tmp_path: Path, note: Note):
    """A power cut chooses its own moment. Whatever the moment, the next worker has to make everything good."""
    assert _lives(Orders(url, tmp_path, _messages(1, 2)))
    deaths: Counter[str] = Counter()
    chats = count(3)
    doubled = 0
    for step in steps(tmp_path):
        for time in range(1, _MOST_TIMES):
            talking, forgetting = next(chats), next(chats)
            messages = _messages(talking, forgetting)
            lived = _lives(Orders(url, tmp_path, messages, dies_at=(step, time)))
            taken = acknowledged(tmp_path)
            untaken = [said for said in messages if (said.chat, said.number) not in taken]
            again = [said for said in messages if said not in untaken]
            assert lived or _lives(Orders(url, tmp_path, untaken, again, ahead=timedelta(minutes=5)))

            where = f"died the {time}. time {step}"
            arrived, after = (_arrived(tmp_path, chat) for chat in (talking, forgetting))
            expected = [part for text in _TALK for part in parts_of(text)]
            talk, rest = await left_of(url, talking, forgetting)
            assert talk == Left("".join(_TALK), turns=3, answered=3), where
            assert rest == Left("三", turns=1, answered=1), where
            assert _once(arrived) == expected, where
            assert _once(after)[-2:] == [*parts_of(FORGET), *parts_of("三")], where
            doubled += len(arrived) - len(expected)
            if lived:
                break
            deaths[step] += 1
    note(deaths=deaths.total(), messages_sent_twice=doubled, died=deaths)

    assert set(steps(tmp_path)) == deaths.keys()


def _messages(talking: int, forgetting: int) -> list[Said]:
    return [Said(chat, number, texts[number]) for number in range(3) for chat, texts in ((talking, _TALK), (forgetting, _FORGETTING))]


def _lives(orders: Orders) -> bool:
    """Whether a worker lived to the end of its orders; else it died as it was told."""
    process = start(orders)
    process.join(60)
    assert process.exitcode == 0 or (process.exitcode == _KILLED and orders.dies_at is not None)
    return process.exitcode == 0


def _arrived(folder: Path, chat: int) -> list[str]:
    return [message.text for message in sent(folder) if message.chat == chat]


def _once(texts: Iterable[str]) -> list[str]:
    """Of what was sent twice in a row the first: who dies after sending cannot tell whether it arrived."""
    return [text for text, _ in groupby(texts)]
