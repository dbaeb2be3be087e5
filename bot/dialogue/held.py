"""What is held of a person, gathered to be shown to them."""

from bot.dialogue.decision import ShowHeld, shown_entries
from bot.dialogue.questionnaire import Questionnaire, Waiting
from bot.dialogue.session import Session
from bot.eligibility.answers import Answer, Within


def held(session: Session, place: str) -> ShowHeld:
    """All that a session holds of a person; ``place`` is the fact that only repeats where they are."""
    state = session.questionnaire or Questionnaire((), Waiting.PLACE)
    answers = {fact: answer for fact, answer in state.answers.items() if fact != place or answer != Within(session.region or "")}
    unsure: dict[str, Answer] = {**state.heard}
    if state.clash is not None:
        unsure[state.clash.fact_id] = state.clash.answer
    ticked = tuple(state.question.items[index] for index in sorted(state.ticks)) if state.question is not None else ()
    shown = shown_entries(session.last) if session.last is not None else ()
    return ShowHeld(
        region=session.region,
        question=session.question,
        entry_ids=tuple(dict.fromkeys((*session.about, *shown))),
        answers=answers,
        unsure=unsure,
        ticked=ticked,
        consent=state.consent,
        is_slow=session.slow,
        has_position=session.last is not None or bool(session.offered),
        waiting=session.questionnaire.waiting if session.questionnaire is not None else None,
    )
