"""Asking content the questions it must answer before it may be served."""

from collections.abc import Iterator
from datetime import datetime

from bot.dialogue.message import Message
from bot.dialogue.session import Session
from bot.engine import Engine


def find_smoke_faults(engine: Engine, now: datetime) -> Iterator[str]:
    """Each smoke question that is not answered as its file says, in words for staff."""
    codes = {f"{policy.id}/{measure.id}": measure.code for policy, measure in engine.knowledge.measures()}
    say = engine.knowledge.wording.say
    for expected in engine.knowledge.smoke:
        turn = engine.respond(Session(), Message("smoke", expected.question), now)
        shown = [codes.get(entry, entry) for entry in turn.record.entries[:1]]
        if turn.reply.outcome.value != expected.outcome:
            yield say("smoke_outcome", question=expected.question, outcome=turn.reply.outcome.value, expected=expected.outcome)
        elif expected.measure is not None and expected.measure not in shown:
            yield say("smoke_measure", question=expected.question, measure="".join(shown) or "-", expected=expected.measure)
