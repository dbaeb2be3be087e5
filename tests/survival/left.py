"""What is held of somebody in the end, read from the tables themselves."""

from dataclasses import dataclass

from sqlalchemy import func, select

from bot.dialogue.session import Session
from bot.storage.database import open_database, transaction
from bot.storage.plain_form import from_json
from bot.storage.sealing import Sealer
from bot.storage.store import Store
from bot.storage.tables import inbox, sessions
from tests.survival.worker import KEY


@dataclass(frozen=True, slots=True)
class Left:
    """What an echo has heard of one conversation, in its order, in so many turns, and how many messages were answered."""

    heard: str | None
    turns: int
    answered: int


async def left_of(url: str, *chats: int) -> list[Left]:
    """What is held of each chat; nothing may wait in the store any more."""
    store = Store(open_database(url), Sealer(KEY))
    assert await store.backlog() == (0, None, 0)
    found = [await _left(store, chat) for chat in chats]
    await store.close()
    return found


async def _left(store: Store, chat: int) -> Left:
    conversation = store.hashed_conversation(f"telegram:{chat}")
    async with transaction(store.engine) as connection:
        session = (await connection.execute(select(sessions).where(sessions.c.conversation == conversation))).one()
        answered = select(func.count()).where(inbox.c.conversation == conversation, inbox.c.reply.is_not(None))
        count = (await connection.execute(answered)).scalar_one()
    return Left(from_json(Session, session.state).question, session.version, count)
