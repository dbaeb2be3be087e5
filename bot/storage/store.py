"""The store: one interface over SQLite and PostgreSQL. Every method is one transaction."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, exists, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.dialogue.message import Message
from bot.dialogue.session import Session
from bot.reply.reply import Reply
from bot.storage.database import AgainError, drop_old_pages, transaction
from bot.storage.plain_form import from_json, to_json
from bot.storage.records import Answered, Delivery, Held, Sending, Waiting
from bot.storage.sealing import Sealer, SealError
from bot.storage.tables import feedback as feedback_table
from bot.storage.tables import inbox, outbox, sessions, unanswered

_TRIES = 8
_MINUTE = timedelta(minutes=1)

Answer = Callable[[Waiting], Answered]


class Progress(Enum):
    """What came of looking after one conversation."""

    ANSWERED = "answered"
    NOTHING = "nothing"  # nothing waits
    BUSY = "busy"  # another process is at it


class Store:
    """Conversations on disk. ``conversation`` is always a keyed hash here, from ``hashed_conversation``."""

    def __init__(self, engine: AsyncEngine, sealer: Sealer) -> None:
        """Work on a database whose tables are there (see ``migrate``)."""
        self.engine = engine
        self.sealer = sealer
        self._is_postgresql = engine.dialect.name == "postgresql"
        self._insert = postgresql.insert if self._is_postgresql else sqlite.insert

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    def hashed_conversation(self, raw: str) -> str:
        """What a channel's own name of a conversation is stored as."""
        return self.sealer.hashed("conversation", raw)

    def hashed_delivery(self, raw_conversation: str, channel: str, delivery: str) -> str:
        """What a channel's own id of a delivery is stored as."""
        return self.sealer.hashed("delivery", f"{channel}\0{raw_conversation}\0{delivery}")

    # what comes in

    async def receive(self, delivery: Delivery, now: datetime) -> bool:
        """Store a message so that it will be answered; False if this delivery was stored before."""
        message = delivery.message
        assert message.id is not None
        said: dict[str, object] = {"text": message.text, "choice": message.choice, "masked": message.masked}
        said |= {"address": delivery.address, "gone": delivery.gone}
        row = {
            "delivery": self.hashed_delivery(message.conversation, delivery.channel, message.id),
            "conversation": self.hashed_conversation(message.conversation),
            "channel": delivery.channel,
            "position": delivery.position,
            "received_at": now,
            "said": self.sealer.seal(json.dumps(said, ensure_ascii=False)),
        }
        async with transaction(self.engine) as connection:
            statement = self._insert(inbox).values(row).on_conflict_do_nothing(index_elements=["delivery"])
            return (await connection.execute(statement)).rowcount == 1

    async def reply_to(self, delivery: str) -> Reply | None:
        """The reply a delivery got, by its hash; None while it waits or if it is not known."""
        async with transaction(self.engine) as connection:
            stored = (await connection.execute(select(inbox.c.reply).where(inbox.c.delivery == delivery))).scalar_one_or_none()
        return None if stored is None else from_json(Reply, self.sealer.open(stored))

    async def waiting(self, most: int, *, before: datetime) -> list[tuple[str, int]]:
        """Conversations with messages that came before a moment and are not answered, and how many; the longest waiting first."""
        oldest = func.min(inbox.c.received_at)
        statement = (
            select(inbox.c.conversation, func.count())
            .where(inbox.c.done_at.is_(None), inbox.c.received_at <= before, inbox.c.conversation.is_not(None))
            .group_by(inbox.c.conversation)
            .order_by(oldest)
            .limit(most)
        )
        async with transaction(self.engine) as connection:
            return [(conversation, count) for conversation, count in await connection.execute(statement)]

    async def backlog(self) -> tuple[int, datetime | None, int]:
        """How many messages wait, since when the oldest of them, and how many replies are to be sent."""
        waiting = select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.done_at.is_(None))
        async with transaction(self.engine) as connection:
            count, oldest = (await connection.execute(waiting)).one()
            to_send = (await connection.execute(select(func.count()).select_from(outbox))).scalar_one()
        return count, oldest, to_send

    # one turn

    async def answer_next(self, conversation: str, answer: Answer, now: datetime) -> Progress:
        """Answer the first message that waits in a conversation.

        Locking it, loading its session, ``answer`` and storing session, reply and what is to be sent are one transaction: of a process
        that dies within it nothing is left, and another begins anew. ``answer`` must be pure, as it is called again when somebody else
        was faster.
        """
        for _ in range(_TRIES - 1):
            try:
                return await self._answer_next(conversation, answer, now)
            except AgainError:
                continue
        return await self._answer_next(conversation, answer, now)

    async def _answer_next(self, conversation: str, answer: Answer, now: datetime) -> Progress:
        async with self._turn(conversation) as connection:
            if connection is None:
                return Progress.BUSY
            other = inbox.alias("other")
            until_then = (other.c.conversation == conversation, other.c.received_at > now - _MINUTE, other.c.id <= inbox.c.id)
            recent = select(func.count(other.c.id)).where(*until_then).scalar_subquery()
            head = (
                select(inbox.c.id, inbox.c.delivery, inbox.c.channel, inbox.c.said, inbox.c.received_at, recent.label("recent"))
                .where(inbox.c.conversation == conversation, inbox.c.done_at.is_(None))
                .order_by(inbox.c.position, inbox.c.id)
                .limit(1)
            )
            row = (await connection.execute(head)).one_or_none()
            if row is None:
                return Progress.NOTHING
            stored = (await connection.execute(select(sessions).where(sessions.c.conversation == conversation))).one_or_none()
            session, is_lost = self._opened(stored.state if stored is not None else None)
            said = json.loads(self.sealer.open(row.said))
            waiting = Waiting(
                row.delivery,
                Message(conversation, said["text"], said["choice"], masked=said["masked"]),
                row.channel,
                session,
                stored.knowledge if stored is not None else "",
                row.recent,
                row.received_at,
                is_lost,
                bool(said.get("gone")),
            )
            answered = answer(waiting)
            await self._save(connection, conversation, answered, None if stored is None else stored.version, now)
            kept_by = None if answered.forget else conversation
            reply = self.sealer.seal(to_json(answered.reply))
            done = {"done_at": now, "said": None, "outcome": answered.reply.outcome.value, "reply": reply, "conversation": kept_by}
            await connection.execute(update(inbox).where(inbox.c.id == row.id).values(done))
            if answered.send and said["address"] is not None:
                await connection.execute(
                    insert(outbox).values(
                        conversation=conversation,
                        channel=row.channel,
                        address=self.sealer.seal(said["address"]),
                        reply=reply,
                        created_at=now,
                        next_try_at=now,
                    )
                )
            await self._learn(connection, answered, now)
            return Progress.ANSWERED

    def _opened(self, state: str | None) -> tuple[Session, bool]:
        """A stored session, and whether it could not be read, as may happen after the program itself has changed."""
        if state is None:
            return Session(), False
        try:
            return from_json(Session, self.sealer.open(state)), False
        except ValueError:
            return Session(), True

    @contextlib.asynccontextmanager
    async def _turn(self, conversation: str) -> AsyncIterator[AsyncConnection | None]:
        """A transaction in which nobody else answers in this conversation; None if somebody does."""
        async with transaction(self.engine) as connection:
            if self._is_postgresql:
                # Its own statement before anything is read: what is read with it would be as it was before the lock.
                lock = func.pg_try_advisory_xact_lock(func.hashtextextended(conversation, 0))
                if not (await connection.execute(select(lock))).scalar_one():
                    yield None
                    return
            yield connection

    async def _save(self, connection: AsyncConnection, conversation: str, answered: Answered, version: int | None, now: datetime) -> None:
        """Store a session unless it was changed since it was loaded; of who wants to be forgotten nothing stays."""
        if answered.forget:
            await _delete(connection, conversation, keep_waiting=True)
            return
        values = {
            "state": self.sealer.seal(to_json(answered.session)),
            "knowledge": answered.knowledge,
            "updated_at": now,
            "finished_at": now if answered.finished else None,
        }
        if version is None:
            statement = self._insert(sessions).values(conversation=conversation, version=1, **values)
            changed = await connection.execute(statement.on_conflict_do_nothing(index_elements=["conversation"]))
        else:
            unchanged = and_(sessions.c.conversation == conversation, sessions.c.version == version)
            changed = await connection.execute(update(sessions).where(unchanged).values(version=version + 1, **values))
        if changed.rowcount != 1:
            raise AgainError

    async def _learn(self, connection: AsyncConnection, answered: Answered, now: datetime) -> None:
        # By the day only: a moment would tell which conversation of that moment it came from.
        now = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if answered.unanswered is not None:
            row = {
                "question": answered.unanswered,
                "region": answered.region or "",
                "count": 1,
                "first_at": now,
                "last_at": now,
            }
            again = {"count": unanswered.c.count + 1, "last_at": now}
            statement = self._insert(unanswered).values(row)
            await connection.execute(statement.on_conflict_do_update(index_elements=["question", "region"], set_=again))
        if answered.helpful is not None and answered.about:
            rows = [{"entry": entry, "helpful": answered.helpful, "at": now} for entry in answered.about]
            await connection.execute(insert(feedback_table), rows)

    # what goes out

    async def claim_sendings(self, channel: str, now: datetime, *, lease: timedelta, most: int) -> list[Sending]:
        """Replies that are due, the first of each conversation, reserved for the caller until ``now + lease``."""
        earlier = outbox.alias("earlier")
        in_order = ~exists().where(earlier.c.conversation == outbox.c.conversation, earlier.c.id < outbox.c.id)
        free = outbox.c.claimed_until.is_(None) | (outbox.c.claimed_until < now)
        due = (
            select(outbox)
            .where(outbox.c.channel == channel, outbox.c.next_try_at <= now, free, in_order)
            .order_by(outbox.c.id)
            .limit(most)
            .with_for_update(skip_locked=True)  # left out on SQLite, where the transaction alone is enough
        )
        async with transaction(self.engine) as connection:
            rows = (await connection.execute(due)).all()
            if rows:
                mine = outbox.c.id.in_([row.id for row in rows])
                await connection.execute(update(outbox).where(mine).values(claimed_until=now + lease))
        return [self._sending(row, now + lease) for row in rows]

    def _sending(self, row: Row[Any], claimed_until: datetime) -> Sending:
        """A reply of the outbox. One that cannot be read must not hold up those of other people."""
        address, reply = "", None
        with contextlib.suppress(ValueError, SealError):
            reply = from_json(Reply, self.sealer.open(row.reply))
            address = self.sealer.open(row.address)
        readable = reply if address else None
        return Sending(row.id, row.conversation, address, readable, row.parts_sent, row.attempts, row.created_at, claimed_until)

    async def keep_claim(self, sending: Sending, parts: int, claimed_until: datetime) -> bool:
        """So many parts of a reply are out, and the rest stays the caller's for longer; False if it is not the caller's any more.

        Somebody else may have taken it, or its person may have been forgotten; then no more of it is to be sent.
        """
        values = {"parts_sent": parts, "claimed_until": claimed_until, "attempts": 0 if parts > sending.parts_sent else outbox.c.attempts}
        async with transaction(self.engine) as connection:
            return (await connection.execute(update(outbox).where(*_claimed(sending)).values(values))).rowcount == 1

    async def put_off(self, sending: Sending, until: datetime) -> None:
        """A reply could not be sent; it is tried again from then on."""
        async with transaction(self.engine) as connection:
            later = {"attempts": outbox.c.attempts + 1, "next_try_at": until, "claimed_until": None}
            await connection.execute(update(outbox).where(*_claimed(sending)).values(later))

    async def release(self, sendings: Sequence[Sending]) -> None:
        """Give back what was claimed and will not be sent by the caller."""
        async with transaction(self.engine) as connection:
            for sending in sendings:
                await connection.execute(update(outbox).where(*_claimed(sending)).values(claimed_until=None))

    async def remove_sending(self, sending: int) -> None:
        """A reply is out, or is given up."""
        async with transaction(self.engine) as connection:
            await connection.execute(delete(outbox).where(outbox.c.id == sending))

    # people

    async def held(self, conversation: str) -> Held:
        """How much is held of one person."""
        async with transaction(self.engine) as connection:
            counts = [
                (await connection.execute(select(func.count()).select_from(table).where(table.c.conversation == conversation))).scalar_one()
                for table in (sessions, inbox, outbox)
            ]
        return Held(*counts)

    async def forget(self, conversation: str) -> Held:
        """Delete everything of one person; what was deleted. That a delivery was answered stays known, but not whose it was."""
        async with transaction(self.engine) as connection:
            if self._is_postgresql:
                await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:it, 0))"), {"it": conversation})
            deleted = await _delete(connection, conversation, keep_waiting=False)
        await drop_old_pages(self.engine)
        return deleted


def _claimed(sending: Sending) -> tuple[ColumnElement[bool], ...]:
    """The row of a reply while it is still whose it was."""
    return outbox.c.id == sending.id, outbox.c.claimed_until == sending.claimed_until


async def _delete(connection: AsyncConnection, conversation: str, *, keep_waiting: bool) -> Held:
    """What was sent after 忘记我 and waits to be answered is kept with ``keep_waiting``; it belongs to what comes after."""
    theirs = inbox.c.conversation == conversation
    dropped_sessions = await connection.execute(delete(sessions).where(sessions.c.conversation == conversation))
    dropped_outbox = await connection.execute(delete(outbox).where(outbox.c.conversation == conversation))
    blank = {"conversation": None, "said": None, "reply": None}
    if keep_waiting:
        blanked = await connection.execute(update(inbox).where(theirs, inbox.c.done_at.is_not(None)).values(blank))
    else:
        done = case((inbox.c.done_at.is_(None), inbox.c.received_at), else_=inbox.c.done_at)
        blanked = await connection.execute(update(inbox).where(theirs).values(blank | {"done_at": done}))
    return Held(dropped_sessions.rowcount, blanked.rowcount, dropped_outbox.rowcount)
