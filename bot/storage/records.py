"""What goes into the store and comes out of it."""

from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.message import Message
from bot.dialogue.session import Session
from bot.reply.reply import Reply


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as a channel hands it in, its text already masked.

    ``message.id`` is the channel's id of the delivery. ``position`` is the channel's own order within a conversation: of messages that
    wait, the lower is answered first. ``address`` says in the channel's own words where the reply is to be sent; absent, it is
    fetched with the id instead. ``gone`` says nothing but that the person has left: everything held of them is to be deleted.
    """

    channel: str
    message: Message
    position: int = 0
    address: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """The message to answer next in a conversation; ``delivery`` is the hash it is known by.

    ``recent`` is how many of its messages came within the last minute up to this one, which is counted. ``knowledge`` is the version of
    the content the session was written under, empty for a new one. ``is_lost`` tells that there was a session this program cannot read,
    ``is_gone`` that the person has left and nothing is to be said.
    """

    delivery: str
    message: Message
    channel: str
    session: Session
    knowledge: str
    recent: int
    received_at: datetime
    is_lost: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What a message led to, to be stored as one.

    ``send`` tells whether the reply goes out to an address. ``forget`` deletes everything else held of the person. ``finished`` tells that
    a questionnaire shows its results. ``unanswered`` is a masked question nothing was found for; ``helpful`` what was said of ``about``.
    """

    session: Session
    reply: Reply
    knowledge: str
    region: str | None = None
    send: bool = True
    forget: bool = False
    finished: bool = False
    unanswered: str | None = None
    helpful: bool | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sending:
    """A reply to be sent, of which ``parts_sent`` parts are out already, after so many failed ``attempts``.

    It is the caller's until ``claimed_until``. ``reply`` is absent and ``address`` empty if this program cannot read them with its keys;
    another version or another key may.
    """

    id: int
    conversation: str
    address: str
    reply: Reply | None
    parts_sent: int
    attempts: int
    created_at: datetime
    claimed_until: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """How much is held of one person, or was deleted of them."""

    sessions: int = 0
    inbox: int = 0
    outbox: int = 0

    @property
    def total(self) -> int:
        """Rows in all."""
        return self.sessions + self.inbox + self.outbox
