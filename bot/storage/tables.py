"""The tables, the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Dialect, Index, Integer, MetaData, String, Table, Text, TypeDecorator
from sqlalchemy import UniqueConstraint as Unique

HASH = 43
"""Characters of a keyed hash."""


class Moment(TypeDecorator[datetime]):
    """A moment with its zone, kept in UTC; SQLite would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC."""
        return value if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With its zone."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def _number(name: str = "id") -> Column[int]:
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


metadata = MetaData()

sessions = Table(
    "sessions",
    metadata,
    Column("conversation", String(HASH), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),  # sealed
    Column("knowledge", String(64), nullable=False),  # the version of the content it was written under
    Column("updated_at", Moment, nullable=False),
    Column("finished_at", Moment),  # when its questionnaire last showed results
    Index("sessions_idle", "updated_at"),
    Index("sessions_finished", "finished_at"),
)

inbox = Table(
    "inbox",
    metadata,
    _number(),
    Column("delivery", String(HASH), nullable=False, unique=True),
    Column("conversation", String(HASH)),  # absent once the person was forgotten: then it only tells that it was answered
    Column("channel", String(16), nullable=False),
    Column("position", BigInteger, nullable=False),  # the channel's own order
    Column("received_at", Moment, nullable=False),
    Column("said", Text),  # sealed; absent once answered
    Column("done_at", Moment),
    Column("outcome", String(16)),
    Column("reply", Text),  # sealed
    Index("inbox_of_conversation", "conversation", "done_at", "position", "id"),
    Index("inbox_waiting", "done_at", "received_at"),
    sqlite_autoincrement=True,  # an id is never used again
)

outbox = Table(
    "outbox",
    metadata,
    _number(),
    Column("conversation", String(HASH), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("address", Text, nullable=False),  # sealed
    Column("reply", Text, nullable=False),  # sealed
    Column("parts_sent", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("next_try_at", Moment, nullable=False),
    Column("claimed_until", Moment),
    Index("outbox_of_conversation", "conversation", "id"),
    Index("outbox_due", "channel", "next_try_at"),
    sqlite_autoincrement=True,  # an id is never used again
)

unanswered = Table(
    "unanswered",
    metadata,
    _number(),
    Column("question", Text, nullable=False),  # masked
    Column("region", String(6), nullable=False),  # empty where none is known
    Column("count", Integer, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Unique("question", "region", name="unanswered_once"),
    Index("unanswered_last", "last_at"),
    sqlite_autoincrement=True,  # an id is never used again
)

feedback = Table(
    "feedback",
    metadata,
    _number(),
    Column("entry", String(128), nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("reason", Text),  # masked
    Column("at", Moment, nullable=False),
    Index("feedback_at", "at"),
    sqlite_autoincrement=True,  # an id is never used again
)

audit = Table(
    "audit",
    metadata,
    _number(),
    Column("at", Moment, nullable=False),
    Column("who", String(64), nullable=False),  # a command or a member of staff, never a citizen
    Column("what", String(64), nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,  # an id is never used again
)

processes = Table(
    "processes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("knowledge", String(64), nullable=False),
    Column("reload_asked_at", Moment),
    Column("reload_result", Text),
)
