"""What is deleted when its time is over, played with a moved clock."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text

from bot.dialogue.keeping import Keeping
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.questionnaire import Questionnaire, Waiting
from bot.dialogue.session import Session
from bot.eligibility.answers import one
from bot.reply.reply import Block, Reply
from bot.storage.database import open_database, transaction
from bot.storage.migrate import NewerTablesError, differences, migrate
from bot.storage.plain_form import from_json
from bot.storage.processes import alive, ask_to_reload, leave, reload_results, show_alive, tell_result
from bot.storage.records import Answered, Delivery
from bot.storage.sealing import Sealer, SealError
from bot.storage.store import Store
from bot.storage.tables import audit, sessions
from bot.storage.upkeep import Purged, can_open, note, purge, seal_anew

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ANNA = "telegram:100"
SESSION = Session("370500", question="我肢体三级能领啥", about=("dongying-2017/a",))
FACTS = Questionnaire(("dongying-2017/a",), Waiting.RESULTS, answers={"disabled": one("yes")})
KEYS = [Fernet.generate_key().decode() for _ in range(3)]
KEEPING = Keeping()


async def talk(store: Store, session: Session, now: datetime, *, id: str = "1", conversation: str = ANNA, **more) -> None:
    """One turn that leaves a session behind."""
    reply = Reply(Outcome.ANSWER, (Block(("好",)),))
    await store.receive(Delivery("telegram", Message(conversation, "我的话", id=id), address="{}"), now)
    finished = session.questionnaire is not None
    hashed = store.hashed_conversation(conversation)
    await store.answer_next(hashed, lambda _: Answered(session, reply, "v1", finished=finished, **more), now)


async def session_of(store: Store, conversation: str = ANNA) -> Session | None:
    """What is remembered of a person."""
    async with transaction(store.engine) as connection:
        query = select(sessions.c.state).where(sessions.c.conversation == store.hashed_conversation(conversation))
        state = (await connection.execute(query)).scalar_one_or_none()
    return None if state is None else from_json(Session, store.sealer.open(state))


@pytest.mark.parametrize(("days", "is_kept"), [(29.99, True), (30, False)])
async def test_a_silent_conversation_is_deleted_after_thirty_days(store, days, is_kept):
    """Disability status is kept no longer than it is of use."""
    await talk(store, SESSION, NOW)
    await purge(store, KEEPING, NOW + timedelta(days=days))

    assert (await session_of(store) is not None) == is_kept


async def test_a_conversation_that_goes_on_is_kept(store):
    """The thirty days count from the last message."""
    await talk(store, SESSION, NOW)
    await talk(store, SESSION, NOW + timedelta(days=20), id="2")
    await purge(store, KEEPING, NOW + timedelta(days=40))

    assert await session_of(store) is not None


@pytest.mark.parametrize(("hours", "is_kept"), [(23.99, True), (24, False)])
async def test_the_answers_of_a_finished_questionnaire_go_after_a_day(store, hours, is_kept):
    """The place stays, so that the conversation can go on; what the person told of themselves does not."""
    await talk(store, replace(SESSION, questionnaire=FACTS), NOW)
    purged = await purge(store, KEEPING, NOW + timedelta(hours=hours))
    held = await session_of(store)

    assert held is not None
    assert held.region == "370500"
    assert (held.questionnaire is not None) == is_kept
    assert (held.question is not None) == is_kept
    assert purged.facts == (0 if is_kept else 1)


@pytest.mark.parametrize(("hours", "rows"), [(47.99, 1), (48, 0)])
async def test_replies_are_kept_for_two_days(store, hours, rows):
    """Nobody delivers a message again after that."""
    await talk(store, SESSION, NOW)
    await purge(store, KEEPING, NOW + timedelta(hours=hours))

    assert (await store.held(store.hashed_conversation(ANNA))).inbox == rows


async def test_what_waits_to_be_answered_is_never_purged(store):
    """A service that was down for three days still owes an answer."""
    await store.receive(Delivery("telegram", Message(ANNA, "在吗", id="1"), address="{}"), NOW)
    await purge(store, KEEPING, NOW + timedelta(days=3))

    assert (await store.backlog())[0] == 1


@pytest.mark.parametrize(("days", "rows"), [(179, 1), (180, 0)])
async def test_unanswered_questions_and_opinions_are_kept_for_half_a_year(store, days, rows):
    """Long enough to learn from, without whose they are."""
    await talk(store, SESSION, NOW, unanswered="养猪有补贴吗", helpful=False, about=("dongying-2017/a",))
    await purge(store, KEEPING, NOW + timedelta(days=days))
    async with transaction(store.engine) as connection:
        counts = [(await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() for table in ("unanswered", "feedback")]

    assert counts == [rows, rows]


async def test_other_times_can_be_set(store):
    """A province may want less."""
    await talk(store, replace(SESSION, questionnaire=FACTS), NOW)
    purged = await purge(store, Keeping(idle_days=2, facts_hours=1, inbox_hours=3), NOW + timedelta(days=2))

    assert purged == Purged(sessions=1, facts=1, inbox=1)


async def test_purging_twice_at_once_does_no_harm(store, other):
    """Every process does it every hour."""
    await talk(store, replace(SESSION, questionnaire=FACTS), NOW)
    later = NOW + timedelta(hours=25)
    both = await asyncio.gather(purge(store, KEEPING, later), purge(other, KEEPING, later))

    assert sum(purged.facts for purged in both) == 1


async def test_keys_are_rotated_while_the_service_goes_on(url):
    """First both keys, then all is sealed anew, then the old key can go."""
    old = Store(open_database(url), Sealer("k" * 40, KEYS[:1]))
    await talk(old, SESSION, NOW)
    await old.receive(Delivery("telegram", Message(ANNA, "等着", id="2"), address="{}"), NOW)
    both = Store(open_database(url), Sealer("k" * 40, [KEYS[1], KEYS[0]]))
    rewritten = await seal_anew(both)
    new = Store(open_database(url), Sealer("k" * 40, [KEYS[1]]))

    assert rewritten == 4
    assert await session_of(new) == SESSION
    assert await can_open(new)
    assert not await can_open(old)
    for store in (old, both, new):
        await store.close()


async def test_a_key_that_is_missing_is_noticed_and_nothing_is_changed(url):
    """Sealing anew without the old key would lose what is stored."""
    old = Store(open_database(url), Sealer("k" * 40, KEYS[:1]))
    await talk(old, SESSION, NOW)
    wrong = Store(open_database(url), Sealer("k" * 40, KEYS[1:]))
    with pytest.raises(SealError):
        await seal_anew(wrong)

    assert await session_of(old) == SESSION
    for store in (old, wrong):
        await store.close()


async def test_what_was_stored_in_the_open_is_sealed_once_there_is_a_key(url):
    """Encryption can be turned on later."""
    plain = Store(open_database(url), Sealer("k" * 40))
    await talk(plain, SESSION, NOW)
    sealed = Store(open_database(url), Sealer("k" * 40, KEYS[:1]))
    await seal_anew(sealed)

    assert await session_of(sealed) == SESSION
    assert not await can_open(plain)
    for store in (plain, sealed):
        await store.close()


async def test_tables_are_as_the_program_needs_them(store):
    """A migration that was forgotten shows here, on both databases."""
    assert await differences(store.engine) == []


async def test_migrating_at_once_from_two_processes_is_done_by_one(store, other):
    """Several workers start in the same second."""
    async with transaction(store.engine) as connection:
        for table in ("alembic_version", "audit", "feedback", "inbox", "outbox", "processes", "sessions", "unanswered"):
            await connection.execute(text(f"DROP TABLE {table}"))
    await asyncio.gather(*(migrate(one.engine) for one in (store, other, store, other)))

    assert await differences(store.engine) == []


async def test_tables_of_a_newer_program_are_not_touched(store):
    """Going back a version without its backup would damage them."""
    async with transaction(store.engine) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerTablesError):
        await migrate(store.engine)


async def test_processes_are_asked_to_reload_and_tell_what_came_of_it(store, other):
    """An operator sees from one place that every process has the new content."""
    for mine, name in ((store, "a"), (other, "b")):
        assert not await show_alive(mine, name, "v1", NOW, NOW)
    assert await ask_to_reload(store, NOW) == ["a", "b"]
    assert await show_alive(other, "b", "v1", NOW, NOW)
    assert not await show_alive(other, "b", "v1", NOW, NOW)  # still at it: asked twice it would load twice
    await tell_result(other, "b", "v2", "swapped", NOW)

    assert [(one.id, one.knowledge, one.result) for one in await alive(store, NOW)] == [("a", "v1", None), ("b", "v2", "swapped")]
    assert not await show_alive(other, "b", "v2", NOW, NOW)


async def test_only_who_was_asked_is_waited_for(store, other):
    """In a rolling restart a process may appear that has the new content from the start, and one may go."""
    for name in ("a", "b"):
        await show_alive(store, name, "v1", NOW, NOW)
    asked = await ask_to_reload(store, NOW)
    await show_alive(store, "late", "v2", NOW, NOW)
    await leave(store, "a")
    await tell_result(other, "b", "v2", "swapped", NOW)
    found = await reload_results(store, asked, lambda: NOW, most_seconds=5, every_seconds=0.01)

    assert [process.id for process in found] == ["b"]


async def test_who_does_not_answer_is_told_of_when_the_time_is_up(store):
    """A process that hangs must not make the command hang."""
    await show_alive(store, "a", "v1", NOW, NOW)
    found = await reload_results(store, await ask_to_reload(store, NOW), lambda: NOW, most_seconds=0.05, every_seconds=0.01)

    assert [(process.id, process.result) for process in found] == [("a", None)]


async def test_processes_that_are_gone_are_not_waited_for(store):
    """Killed or ended, they will not answer."""
    await show_alive(store, "killed", "v1", NOW, NOW)
    await show_alive(store, "ended", "v1", NOW, NOW + timedelta(seconds=40))
    await leave(store, "ended")

    assert await alive(store, NOW + timedelta(seconds=41)) == []


async def test_who_did_what_is_written_down(store):
    """Deleting a person on request must be provable, without naming the person."""
    await note(store, "forget", "forget", NOW, rows=3)
    async with transaction(store.engine) as connection:
        rows = [(row.who, row.what, row.detail) for row in await connection.execute(select(audit))]

    assert rows == [("forget", "forget", '{"rows": 3}')]
