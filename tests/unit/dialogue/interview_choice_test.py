from datetime import date

import pytest

from bot.bootstrap import noon
from bot.dialogue.decision import Say
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.session import Session
from bot.engine import Engine

DAY = date(2018, 11, 1)


@pytest.fixture(scope="module")
def begun(engine: Engine) -> Session:
    """A questionnaire with its first question answered; agreement to personal questions is waited for."""
    session = Session()
    for text in ("我在东营，我能领哪些", "开网店"):
        session = engine.conversation.step(session, Message("c", text), DAY).session
    return session


@pytest.mark.parametrize("choice", ["fact:role:1", "fact:certificate:0", "change:grade", "judged:dongying-2017/unknown"])
def test_a_button_of_an_earlier_question_changes_nothing(engine: Engine, begun: Session, choice: str):
    """Chats keep old buttons; a late tap must neither answer the question now asked nor end the questionnaire."""
    step = engine.conversation.step(begun, Message("c", choice=choice), DAY)

    assert step.decision == Say("interview_stale", Outcome.META)
    assert step.session == begun
    assert step.then is not None


def test_a_number_picks_what_to_change_not_a_tick(engine: Engine):
    """While a list to tick waits, asking to change something offers numbers of its own, and those are meant."""
    session = Session()
    for text in ("我在四川，我能领哪些", "开网店", "改前面的回答", "1"):
        session = engine.respond(session, Message("c", text), noon(DAY)).session

    assert session.questionnaire is not None
    assert session.questionnaire.question is not None
    assert session.questionnaire.question.facts == ("role",)
