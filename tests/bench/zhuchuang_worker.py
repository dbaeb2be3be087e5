"""Our engine as a system of the benchmark, as of the day the golden questions are judged."""

from datetime import datetime
from typing import Any

from worker import Answer, Found, serve

from bot.content.read import read_knowledge
from bot.dialogue.message import Message
from bot.dialogue.session import Session
from bot.engine import Engine


def build(setup: dict[str, Any]) -> Answer:
    """The engine over the shipped knowledge; every question starts a new conversation."""
    engine = Engine(read_knowledge())
    now = datetime.fromisoformat(setup["now"])

    def answer(question: str, region: str | None) -> Found:
        session = Session(region=engine.conversation.understanding.gazetteer.lookup(region)) if region else Session()
        record = engine.respond(session, Message("bench", question), now).record
        return {"outcome": record.outcome, "entry": record.entries[0] if record.entries else None, "score": record.score or 0.0}

    return answer


serve(build)
