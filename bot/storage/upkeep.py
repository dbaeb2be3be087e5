"""What is done to the store from time to time: what is past its time deleted, what is sealed sealed anew, and a list of who did what."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Table, and_, delete, insert, select, update

from bot.dialogue.keeping import Keeping
from bot.dialogue.session import Session, without_facts
from bot.storage.database import drop_old_pages, transaction
from bot.storage.plain_form import from_json, to_json
from bot.storage.sealing import SealError
from bot.storage.store import Store
from bot.storage.tables import audit, feedback, inbox, outbox, processes, sessions, unanswered

_AT_ONCE = 500
_PROCESS_GONE = timedelta(days=1)
_SEALED_COLUMNS: dict[str, tuple[Table, str, tuple[str, ...]]] = {
    "sessions": (sessions, "conversation", ("state",)),
    "inbox": (inbox, "id", ("said", "reply")),
    "outbox": (outbox, "id", ("address", "reply")),
}


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows were past their time: sessions deleted, sessions that lost their facts, and the others."""

    sessions: int = 0
    facts: int = 0
    inbox: int = 0
    unanswered: int = 0
    feedback: int = 0


async def purge(store: Store, keeping: Keeping, now: datetime) -> Purged:
    """Delete what is past its time. Doing it twice, or in two processes at once, does no harm."""
    facts = await _drop_facts(store, now - timedelta(hours=keeping.facts_hours))
    async with transaction(store.engine) as connection:
        idle = await connection.execute(delete(sessions).where(sessions.c.updated_at <= now - timedelta(days=keeping.idle_days)))
        old = inbox.c.done_at.is_not(None) & (inbox.c.received_at <= now - timedelta(hours=keeping.inbox_hours))
        answered = await connection.execute(delete(inbox).where(old))
        never = inbox.c.done_at.is_(None) & (inbox.c.received_at <= now - timedelta(days=keeping.idle_days))
        await connection.execute(delete(inbox).where(never))  # nobody could answer it for so long, nor waits for it
        await connection.execute(delete(outbox).where(outbox.c.created_at <= now - timedelta(hours=keeping.inbox_hours)))
        long_ago = now - timedelta(days=keeping.unanswered_days)
        questions = await connection.execute(delete(unanswered).where(unanswered.c.last_at <= long_ago))
        opinions = await connection.execute(delete(feedback).where(feedback.c.at <= long_ago))
        await connection.execute(delete(processes).where(processes.c.seen_at <= now - _PROCESS_GONE))
    await drop_old_pages(store.engine)
    return Purged(idle.rowcount, facts, answered.rowcount, questions.rowcount, opinions.rowcount)


async def _drop_facts(store: Store, before: datetime) -> int:
    """Sessions whose questionnaire was finished by then lose everything of it and keep the rest."""
    dropped = 0
    async with transaction(store.engine) as connection:
        finished = (await connection.execute(select(sessions).where(sessions.c.finished_at <= before))).all()
        for row in finished:
            try:
                session = without_facts(from_json(Session, store.sealer.open(row.state)))
            except (ValueError, SealError):
                session = Session()  # what cannot be read any more is not kept either
            unchanged = and_(sessions.c.conversation == row.conversation, sessions.c.version == row.version)
            state = store.sealer.seal(to_json(session))
            changed = await connection.execute(
                update(sessions).where(unchanged).values(state=state, version=row.version + 1, finished_at=None)
            )
            dropped += changed.rowcount
            theirs = (inbox.c.conversation == row.conversation, inbox.c.done_at <= before)
            await connection.execute(update(inbox).where(*theirs).values(reply=None))  # they call back what was said
    return dropped


async def seal_anew(store: Store) -> int:
    """Seal everything with the newest key; how many rows were rewritten. The service may go on meanwhile.

    Raises:
        SealError: Something is sealed with a key that was not given; nothing of its batch was changed.
    """
    count = 0
    for table, key, columns in _SEALED_COLUMNS.values():
        last: object | None = None
        while True:
            async with transaction(store.engine) as connection:
                after = () if last is None else (table.c[key] > last,)
                rows = (await connection.execute(select(table).where(*after).order_by(table.c[key]).limit(_AT_ONCE))).all()
                for row in rows:
                    before = {column: getattr(row, column) for column in columns}
                    anew = {column: None if old is None else store.sealer.seal(store.sealer.open(old)) for column, old in before.items()}
                    unchanged = [table.c[column] == old for column, old in before.items() if old is not None]
                    if unchanged:
                        changed = await connection.execute(update(table).where(table.c[key] == getattr(row, key), *unchanged).values(anew))
                        count += changed.rowcount
            if not rows:
                break
            last = getattr(rows[-1], key)
    return count


async def can_open(store: Store) -> bool:
    """Whether everything that is sealed can be read with the keys at hand."""
    for table, key, columns in _SEALED_COLUMNS.values():
        last: object | None = None
        while True:
            async with transaction(store.engine) as connection:
                after = () if last is None else (table.c[key] > last,)
                rows = (await connection.execute(select(table).where(*after).order_by(table.c[key]).limit(_AT_ONCE))).all()
            try:
                for row in rows:
                    for column in columns:
                        store.sealer.open(getattr(row, column) or "")
            except SealError:
                return False
            if not rows:
                break
            last = getattr(rows[-1], key)
    return True


async def note(store: Store, who: str, what: str, now: datetime, **detail: object) -> None:
    """Write down that something was done to the store or the content; ``detail`` must tell of no citizen."""
    async with transaction(store.engine) as connection:
        await connection.execute(insert(audit).values(at=now, who=who, what=what, detail=json.dumps(detail, ensure_ascii=False)))


def told(purged: Purged) -> dict[str, int]:
    """What was deleted, for logs and programs."""
    return asdict(purged)
