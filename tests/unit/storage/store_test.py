"""The contract of the store, on both databases."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, text

from bot.dialogue.choice import Choice
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.reply.reply import Block, Reply
from bot.storage.database import AgainError, StoreDownError, open_database, transaction
from bot.storage.migrate import migrate
from bot.storage.records import Answered, Delivery, Held, Waiting
from bot.storage.sealing import Sealer
from bot.storage.store import Progress, Store
from bot.storage.tables import feedback, inbox, sessions, unanswered

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ANNA = "telegram:100"
BO = "telegram:200"


def said(words: str | None, id: str, conversation: str = ANNA, position: int = 0, **more) -> Delivery:
    """A message with somewhere to send the reply."""
    return Delivery("telegram", Message(conversation, words, id=id, **more), position, '{"chat": 100}')


def echo(waiting: Waiting) -> Answered:
    """Remembers all that was heard, and says it."""
    heard = f"{waiting.session.question or ''}{waiting.message.text}"
    return Answered(replace(waiting.session, question=heard), reply(heard), "v1")


def reply(words: str) -> Reply:
    """A reply of one paragraph."""
    return Reply(Outcome.ANSWER, (Block((words,)),), (Choice("more", "还有"),))


async def answer_all(store: Store, conversation: str = ANNA, answer=echo, now: datetime = NOW) -> None:
    """Answer until nothing waits."""
    while await store.answer_next(store.hashed_conversation(conversation), answer, now) is Progress.ANSWERED:
        pass


async def replies(store: Store, now: datetime = NOW) -> list[str]:
    """The replies that could be sent now, one after the other."""
    found = []
    while claimed := await store.claim_sendings("telegram", now, lease=timedelta(minutes=1), most=10):
        for sending in claimed:
            found.append(sending.reply.text)
            await store.remove_sending(sending.id)
    return found


async def test_a_message_is_answered_and_its_reply_waits_to_be_sent(store):
    """The shortest way through: in, answered, out."""
    assert await store.receive(said("一", "1"), NOW)
    await answer_all(store)

    assert await replies(store) == ["一"]


async def test_a_delivery_is_taken_once(store):
    """Telegram and WeChat deliver again whatever was not acknowledged in time."""
    assert await store.receive(said("一", "1"), NOW)
    assert not await store.receive(said("一", "1"), NOW)
    await answer_all(store)
    assert not await store.receive(said("一", "1"), NOW)
    await answer_all(store)

    assert await replies(store) == ["一"]


async def test_a_repeated_delivery_finds_the_stored_reply(store):
    """A channel that answers on the spot must say the same again."""
    delivery = store.hashed_delivery(ANNA, "telegram", "1")
    await store.receive(said("一", "1"), NOW)
    assert await store.reply_to(delivery) is None
    await answer_all(store)

    assert await store.reply_to(delivery) == reply("一")


async def test_the_session_is_there_again(store, other):
    """What one process has heard another must know."""
    await store.receive(said("一", "1"), NOW)
    await answer_all(store)
    await other.receive(said("二", "2"), NOW)
    await answer_all(other)

    assert await replies(store) == ["一", "一二"]


async def test_what_waits_is_answered_in_the_channels_order(store):
    """Updates may overtake each other on their way; Telegram's number tells which was first."""
    for position in (3, 1, 2):
        await store.receive(said(str(position), f"{position}", position=position), NOW)
    await answer_all(store)

    assert (await replies(store))[-1] == "123"


async def test_conversations_do_not_mix(store):
    """One person's words must never reach another."""
    await store.receive(said("安", "1"), NOW)
    await store.receive(said("博", "1", BO), NOW)
    await answer_all(store, BO)
    await answer_all(store, ANNA)

    assert sorted(await replies(store)) == ["博", "安"]


async def test_an_answer_that_fails_leaves_nothing(store):
    """A turn is all or nothing: else a session would have moved on without a reply."""
    await store.receive(said("一", "1"), NOW)

    def broken(waiting: Waiting) -> Answered:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.answer_next(store.hashed_conversation(ANNA), broken, NOW)
    await answer_all(store)

    assert await replies(store) == ["一"]


async def test_two_processes_answer_each_message_once_and_in_order(store, other):
    """The lock is held by the transaction alone, so whoever dies lets go of it."""
    for number in range(20):
        await store.receive(said(f"{number % 10}", f"{number}", position=number), NOW)

    async def work(mine: Store) -> None:
        conversation = mine.hashed_conversation(ANNA)
        while (progress := await mine.answer_next(conversation, echo, NOW)) is not Progress.NOTHING:
            if progress is Progress.BUSY:
                await asyncio.sleep(0.001)

    await asyncio.gather(work(store), work(other), work(store), work(other))

    heard = "01234567890123456789"
    assert await replies(store) == [heard[: end + 1] for end in range(20)]


async def test_a_session_changed_by_somebody_else_is_loaded_anew(store, other):
    """Compare and set: if the lock ever failed, no answer would be lost or doubled. SQLite cannot even be asked: it has one writer."""
    if not store.engine.url.drivername.startswith("postgresql"):
        assert await _is_locked_out(store, other)
        return
    await store.receive(said("一", "1"), NOW)
    await answer_all(store)
    await store.receive(said("二", "2"), NOW)
    seen: list[int] = []

    def meddle(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("SELECT sessions") and not seen:
            seen.append(1)
            with store.engine.sync_engine.connect() as second:
                second.execute(text("UPDATE sessions SET version = version + 1"))
                second.commit()

    event.listen(store.engine.sync_engine, "after_cursor_execute", meddle)
    calls: list[int] = []

    def counting(waiting: Waiting) -> Answered:
        calls.append(1)
        return echo(waiting)

    await answer_all(store, answer=counting)

    assert len(calls) == 2
    assert await replies(store) == ["一", "一二"]


async def _is_locked_out(store: Store, other: Store) -> bool:
    async with transaction(store.engine):
        try:
            async with transaction(other.engine) as second:
                await second.execute(text("PRAGMA busy_timeout"))
        except StoreDownError:
            return True
    return False


async def test_a_reply_is_claimed_by_one_process(store, other):
    """Two senders must not both send it."""
    await store.receive(said("一", "1"), NOW)
    await answer_all(store)
    lease = timedelta(minutes=1)
    first = await store.claim_sendings("telegram", NOW, lease=lease, most=10)
    second = await other.claim_sendings("telegram", NOW, lease=lease, most=10)

    assert (len(first), len(second)) == (1, 0)


async def test_what_a_dead_process_had_claimed_is_sent_by_another(store, other):
    """Sent at least once, whoever is killed."""
    await store.receive(said("一", "1"), NOW)
    await answer_all(store)
    await store.claim_sendings("telegram", NOW, lease=timedelta(minutes=1), most=10)
    later = await other.claim_sendings("telegram", NOW + timedelta(seconds=61), lease=timedelta(minutes=1), most=10)

    assert [sending.reply.text for sending in later] == ["一"]


async def test_replies_of_a_conversation_leave_in_order(store):
    """The second must not overtake a first that has to wait."""
    for number in (1, 2):
        await store.receive(said(str(number), str(number), position=number), NOW)
    await store.receive(said("博", "1", BO), NOW)
    await answer_all(store)
    await answer_all(store, BO)
    lease = timedelta(minutes=1)
    first = await store.claim_sendings("telegram", NOW, lease=lease, most=10)
    await store.put_off(first[0], NOW + timedelta(seconds=30))

    assert sorted(sending.reply.text for sending in first) == ["1", "博"]
    assert await store.claim_sendings("telegram", NOW, lease=lease, most=10) == []
    due = await store.claim_sendings("telegram", NOW + timedelta(seconds=31), lease=lease, most=10)
    assert [(sending.reply.text, sending.attempts) for sending in due] == [("1", 1)]


async def test_parts_already_sent_are_remembered(store, other):
    """After a restart a long reply goes on where it stopped."""
    await store.receive(said("一", "1"), NOW)
    await answer_all(store)
    claimed = await store.claim_sendings("telegram", NOW, lease=timedelta(minutes=1), most=1)
    assert await store.keep_claim(claimed[0], 2, NOW + timedelta(seconds=5))
    again = await other.claim_sendings("telegram", NOW + timedelta(seconds=6), lease=timedelta(minutes=1), most=1)

    assert again[0].parts_sent == 2


async def test_a_claim_that_has_passed_to_another_cannot_be_kept_nor_undone(store, other):
    """A process that was slow must not send what another is sending, nor put it off."""
    await store.receive(said("一", "1"), NOW)
    await answer_all(store)
    lease = timedelta(minutes=1)
    (slow,) = await store.claim_sendings("telegram", NOW, lease=lease, most=1)
    (quick,) = await other.claim_sendings("telegram", NOW + timedelta(seconds=61), lease=lease, most=1)
    await store.put_off(slow, NOW)
    await store.release([slow])

    assert not await store.keep_claim(slow, 1, NOW + timedelta(hours=1))
    assert await other.keep_claim(quick, 1, NOW + timedelta(hours=1))


async def test_what_is_being_sent_to_somebody_forgotten_is_not_the_senders_any_more(store):
    """The rest of a long reply must not arrive after the goodbye."""
    await store.receive(said("一", "1"), NOW)
    await answer_all(store)
    (claimed,) = await store.claim_sendings("telegram", NOW, lease=timedelta(minutes=1), most=1)
    await store.forget(store.hashed_conversation(ANNA))

    assert not await store.keep_claim(claimed, 1, NOW + timedelta(minutes=2))


async def test_who_has_left_is_forgotten_in_order_and_once(store):
    """Delivered again after they have come back, the news that they left must not delete what they say now."""

    def forget_gone(waiting: Waiting) -> Answered:
        return Answered(Session(), reply(""), "v1", send=False, forget=True) if waiting.is_gone else echo(waiting)

    gone = Delivery("telegram", Message(ANNA, id="2"), 2, gone=True)
    await store.receive(said("一", "1", position=1), NOW)
    await store.receive(gone, NOW)
    await store.receive(said("三", "3", position=3), NOW)
    assert not await store.receive(gone, NOW)
    await answer_all(store, answer=forget_gone)

    assert await replies(store) == ["三"]


async def test_nothing_that_was_forgotten_stays_in_the_files(tmp_path):
    """SQLite's log of changes keeps what was overwritten until it is emptied."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    opened = Store(open_database(url), Sealer("k" * 40))
    await migrate(opened.engine)
    await opened.receive(said("我的秘密", "1", "telegram:7123456789"), NOW)
    await answer_all(opened, "telegram:7123456789")
    before = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))
    await opened.forget(opened.hashed_conversation("telegram:7123456789"))
    after = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))
    await opened.close()

    assert "我的秘密".encode() in before
    assert "我的秘密".encode() not in after


async def test_what_is_learnt_carries_the_day_only(store):
    """A moment would tell in which conversation it was said."""

    def refuse(waiting: Waiting) -> Answered:
        return Answered(waiting.session, reply("没有"), "v1", unanswered="补贴喂猪吗")

    await store.receive(said("一", "1"), NOW)
    await answer_all(store, answer=refuse)
    async with transaction(store.engine) as connection:
        row = (await connection.execute(select(unanswered))).one()

    assert row.first_at == row.last_at == NOW.replace(hour=0)


async def test_an_id_of_a_sending_is_never_used_again(store):
    """Else a slow process that removes what it sent would remove somebody else's reply."""
    ids = set()
    for number in range(3):
        await store.receive(said("一", str(number)), NOW)
        await answer_all(store)
        (claimed,) = await store.claim_sendings("telegram", NOW, lease=timedelta(minutes=1), most=1)
        ids.add(claimed.id)
        await store.remove_sending(claimed.id)

    assert len(ids) == 3


async def test_a_message_without_an_address_is_not_sent_anywhere(store):
    """Web and WeChat fetch their reply themselves."""
    await store.receive(Delivery("web", Message(ANNA, "一", id="1")), NOW)
    await answer_all(store)

    assert await replies(store) == []


async def test_what_people_write_is_gone_once_it_is_answered(store):
    """Only the reply is kept, for a repeated delivery."""
    await store.receive(said("我的秘密", "1"), NOW)
    await answer_all(store, answer=lambda waiting: Answered(Session(), reply("好"), "v1"))
    async with transaction(store.engine) as connection:
        rows = [str(tuple(row)) for table in (inbox, sessions) for row in await connection.execute(select(table))]

    assert "秘密" not in "".join(rows)


async def test_ids_are_stored_as_hashes_only(store):
    """Who steals the database must not learn who asked."""
    await store.receive(Delivery("telegram", Message("telegram:7123456789", "一", id="8123456789")), NOW)
    await answer_all(store, "telegram:7123456789")
    async with transaction(store.engine) as connection:
        rows = [str(tuple(row)) for table in (inbox, sessions) for row in await connection.execute(select(table))]

    assert rows
    assert not [row for row in rows if "7123456789" in row or "8123456789" in row]


async def test_forgetting_deletes_everything_of_one_person_and_nothing_of_another(store):
    """忘记我 must be true at once and can be verified."""
    for conversation in (ANNA, BO):
        await store.receive(said("一", "1", conversation), NOW)
        await answer_all(store, conversation)
        await store.receive(said("二", "2", conversation), NOW)
    anna, bo = store.hashed_conversation(ANNA), store.hashed_conversation(BO)

    assert await store.held(anna) == Held(1, 2, 1)
    assert await store.forget(anna) == Held(1, 2, 1)
    assert await store.held(anna) == Held()
    assert await store.held(bo) == Held(1, 2, 1)


async def test_a_delivery_of_a_forgotten_person_is_still_known(store):
    """Telegram may deliver it once more; answering it would bring back what was deleted."""
    await store.receive(said("一", "1"), NOW)
    await answer_all(store)
    await store.forget(store.hashed_conversation(ANNA))

    assert not await store.receive(said("一", "1"), NOW)
    assert await store.reply_to(store.hashed_delivery(ANNA, "telegram", "1")) is None


async def test_who_asks_to_be_forgotten_still_gets_the_reply(store):
    """It is the only thing left, until it is sent."""

    def forget(waiting: Waiting) -> Answered:
        return Answered(Session(), reply("都删了"), "v1", forget=True)

    await store.receive(said("一", "1"), NOW)
    await answer_all(store)
    await store.receive(said("忘记我", "2"), NOW)
    await store.answer_next(store.hashed_conversation(ANNA), forget, NOW)
    held = await store.held(store.hashed_conversation(ANNA))

    assert held == Held(0, 0, 1)
    assert await replies(store) == ["都删了"]
    assert await store.held(store.hashed_conversation(ANNA)) == Held()


async def test_what_was_sent_after_forgetting_is_answered_as_from_a_stranger(store):
    """Two messages in a row: 忘记我, and at once a new question."""

    def forget_first(waiting: Waiting) -> Answered:
        return Answered(Session(), reply("都删了"), "v1", forget=True) if waiting.message.text == "忘记我" else echo(waiting)

    for position, words in enumerate(("一", "忘记我", "二")):
        await store.receive(said(words, str(position), position=position), NOW)
    await answer_all(store, answer=forget_first)

    assert await replies(store) == ["都删了", "二"]


async def test_how_much_waits_is_known(store):
    """Operators watch it; too much of it turns new messages away."""
    assert await store.backlog() == (0, None, 0)
    await store.receive(said("一", "1"), NOW)
    await store.receive(said("二", "2"), NOW + timedelta(seconds=5))

    assert await store.backlog() == (2, NOW, 0)
    assert await store.waiting(10, before=NOW + timedelta(seconds=9)) == [(store.hashed_conversation(ANNA), 2)]
    assert await store.waiting(10, before=NOW - timedelta(seconds=1)) == []


async def test_recent_messages_of_a_person_are_counted(store):
    """What was sent a minute ago does not count any more."""
    counts: list[int] = []

    def counting(waiting: Waiting) -> Answered:
        counts.append(waiting.recent)
        return echo(waiting)

    for number, seconds in enumerate((0, 30, 70)):
        now = NOW + timedelta(seconds=seconds)
        await store.receive(said("一", str(number)), now)
        await answer_all(store, answer=counting, now=now)

    assert counts == [1, 2, 2]


async def test_questions_nothing_was_found_for_are_counted_without_whose_they_are(store):
    """Staff learn from them what is missing."""

    def refuse(waiting: Waiting) -> Answered:
        return Answered(waiting.session, reply("没有"), "v1", region="370500", unanswered="补贴喂猪吗")

    for number in range(3):
        await store.receive(said("一", str(number), f"telegram:{number}"), NOW)
        await answer_all(store, f"telegram:{number}", refuse)
    async with transaction(store.engine) as connection:
        rows = [(row.question, row.region, row.count) for row in await connection.execute(select(unanswered))]

    assert rows == [("补贴喂猪吗", "370500", 3)]


async def test_what_was_said_of_an_answer_is_kept_by_measure(store):
    """Feedback belongs to the measure, not to the person."""

    def praised(waiting: Waiting) -> Answered:
        return Answered(waiting.session, reply("谢谢"), "v1", helpful=True, about=("dongying-2017/a",))

    await store.receive(said("真有用", "1"), NOW)
    await answer_all(store, answer=praised)
    async with transaction(store.engine) as connection:
        rows = [(row.entry, row.helpful) for row in await connection.execute(select(feedback))]

    assert rows == [("dongying-2017/a", True)]


async def test_a_session_this_program_cannot_read_is_told_as_lost(store):
    """After an upgrade that changed sessions a person starts anew and is told, instead of never being answered again."""
    await store.receive(said("一", "1"), NOW)
    await answer_all(store)
    async with transaction(store.engine) as connection:
        await connection.execute(text("UPDATE sessions SET state = '{\"region\": [1]}'"))
    lost: list[bool] = []

    def remember(waiting: Waiting) -> Answered:
        lost.append(waiting.is_lost)
        return echo(waiting)

    await store.receive(said("二", "2"), NOW)
    await answer_all(store, answer=remember)

    assert lost == [True]


@pytest.mark.parametrize("words", ["\x00", "a\x00b", "𠮷😀", "'; DROP TABLE inbox; --", "%s %(x)s :x", "\u202e", "行" * 5000, ""])
async def test_any_text_survives(store, words):
    """PostgreSQL takes no zero byte, drivers have their own ideas of percent signs and colons."""
    heard: list[str | None] = []

    def listen(waiting: Waiting) -> Answered:
        heard.append(waiting.message.text)
        return echo(waiting)

    await store.receive(said(words, "1"), NOW)
    await answer_all(store, answer=listen)

    assert heard == [words]
    assert (await replies(store))[0] == words


async def test_a_picture_a_tap_and_the_note_that_numbers_were_masked_survive(store):
    """A message is more than its text."""
    heard: list[Message] = []

    def listen(waiting: Waiting) -> Answered:
        heard.append(waiting.message)
        return Answered(waiting.session, reply("好"), "v1")

    await store.receive(said(None, "1"), NOW)
    await store.receive(said(None, "2", choice="measure:x"), NOW)
    await store.receive(said("号码＊", "3", masked=True), NOW)
    await answer_all(store, answer=listen)

    hashed = store.hashed_conversation(ANNA)
    assert heard == [Message(hashed), Message(hashed, choice="measure:x"), Message(hashed, "号码＊", masked=True)]


async def test_with_keys_nothing_can_be_read_in_the_tables(url):
    """The disk of a server is copied more easily than its memory."""
    key = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
    sealed = Store(open_database(url), Sealer("k" * 40, [key]))
    await sealed.receive(said("我的秘密", "1"), NOW)
    await sealed.receive(said("还有秘密", "2"), NOW)
    await sealed.answer_next(sealed.hashed_conversation(ANNA), echo, NOW)
    async with transaction(sealed.engine) as connection:
        tables = ("sessions", "inbox", "outbox")
        rows = [str(tuple(row)) for table in tables for row in await connection.execute(text(f"SELECT * FROM {table}"))]
    found = await replies(sealed)
    await sealed.close()

    assert len(rows) == 4
    assert not [row for row in rows if "秘密" in row or '"chat"' in row]
    assert found == ["我的秘密"]


async def test_a_store_that_is_not_there_says_so():
    """Whoever called must be told to come again, not shown a driver's error."""
    store = Store(open_database("postgresql://nobody@127.0.0.1:1/nothing"), Sealer("k" * 40))
    with pytest.raises(StoreDownError):
        await store.receive(said("一", "1"), NOW)
    await store.close()


async def test_losing_again_and_again_ends(store, monkeypatch):
    """A conflict that never ends is a fault, not a reason to turn in circles."""

    async def lose(*_: object) -> Progress:
        raise AgainError

    store._answer_next = lose
    with pytest.raises(AgainError):
        await store.answer_next("x", echo, NOW)
