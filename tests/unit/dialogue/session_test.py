import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from bot.dialogue.decision import AskRegion, RefusePlace
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.questionnaire import Questionnaire, Waiting
from bot.dialogue.said_verdict import SaidVerdict, Side
from bot.dialogue.session import Session, is_finished, without_facts
from bot.engine import Engine, Turn

NOW = datetime(2018, 11, 1, 12, tzinfo=UTC)
PLAIN = (str, int, float, bool, date, NoneType)
SLOW_RESULTS = ("一条一条说", "我在东营，我能领哪些", "没工作", "看结果")
Play = Callable[..., Turn]


@pytest.fixture(scope="module")
def play(engine: Engine) -> Play:
    """Several messages one after the other; between any two the session is stored and loaded. ``@`` taps a choice."""

    def played(*texts: str, session: Session | None = None) -> Turn:
        turn = None
        session = session or Session()
        for text in texts:
            message = Message("c", choice=text[1:]) if text.startswith("@") else Message("c", text)
            turn = engine.respond(copy.deepcopy(session), message, NOW)
            session = turn.session
        assert turn is not None
        return turn

    return played


def kinds_in(kind: Any) -> Iterator[Any]:
    """Every type that a value of a type may hold."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType, tuple, frozenset) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        for argument in arguments:
            if argument is not Ellipsis:
                yield from kinds_in(argument)
    elif is_dataclass(kind):
        assert kind.__dataclass_params__.frozen and kind.__dataclass_params__.eq, kind  # type: ignore[attr-defined]
        for hint in get_type_hints(kind).values():
            yield from kinds_in(hint)
    else:
        yield kind


def test_a_session_holds_nothing_but_plain_values():
    """It is stored between two messages: text, numbers, days and frozen values made of them, and nothing built from the rules."""
    strange = {kind for kind in kinds_in(Session) if kind not in PLAIN and not (isinstance(kind, type) and issubclass(kind, Enum))}

    assert not strange


@pytest.mark.parametrize(
    "texts",
    [
        ("我在东营，我能领哪些", "没工作", "看结果"),
        ("我在东营，我能领哪些", "没工作", "看结果", "1"),
        ("我在东营，我能领哪些", "没工作", "看结果", "看不符合的"),
        ("我在东营，我能领哪些", "没工作", "看结果", "要一份清单", "@q:sheet_answers"),
    ],
)
def test_verdicts_are_said_again_word_for_word(play: Play, texts: tuple[str, ...]):
    """What is remembered of verdicts is not what they were; they are worked out again and must come out the same."""
    told = play(*texts)
    again = play("再说一遍", session=told.session)

    assert isinstance(told.session.last, SaidVerdict)
    assert again.reply == told.reply
    assert again.session == told.session


def test_a_stored_session_reads_on_where_it_stopped(play: Play):
    """Who listens line by line and comes back after a restart hears the next lines, not the same again and not all at once."""
    first = play(*SLOW_RESULTS)
    second = play("下一条", session=first.session)
    again = play("再说一遍", session=second.session)

    assert (first.session.shown, second.session.shown) == (1, 2)
    assert second.reply.text != first.reply.text
    assert again.reply == second.reply


def test_all_at_once_after_line_by_line_says_the_verdicts_in_full(play: Play):
    """一次说完 works from what is remembered as well."""
    whole = play(*SLOW_RESULTS[1:])
    at_once = play("下一条", "一次说完", session=play(*SLOW_RESULTS).session)

    assert at_once.reply == whole.reply


@pytest.mark.parametrize("command", ["再说一遍", "下一条", "一条一条说", "一次说完"])
@pytest.mark.parametrize("said", [SaidVerdict(side) for side in Side])
@pytest.mark.parametrize("state", [None, Questionnaire((), Waiting.PLACE), Questionnaire((), Waiting.PAUSED)])
def test_verdicts_without_their_questionnaire_are_not_said_again(play: Play, state: Questionnaire | None, said: SaidVerdict, command: str):
    """The answers they rest on may have been deleted since; then there is nothing to repeat."""
    turn = play(command, session=Session(region="370500", last=said, questionnaire=state))

    assert turn.reply.outcome in {Outcome.META, Outcome.CLARIFY}
    assert "符合" not in turn.reply.text


def test_a_place_not_covered_is_what_is_said_again(play: Play):
    """Asking in another place ends the questionnaire; the old results must not come back as if they were of that place."""
    turn = play("我在东营，我能领哪些", "没工作", "看结果", "我在上海，我能领哪些")
    again = play("再说一遍", session=turn.session)

    assert isinstance(turn.session.last, RefusePlace)
    assert again.reply == turn.reply


def test_the_question_for_the_place_is_what_is_said_again(play: Play):
    """Who did not catch where? is asked where?, and the questionnaire still waits for it."""
    turn = play("我能领哪些", "再说一遍")

    assert isinstance(turn.session.last, AskRegion)
    assert turn.session.questionnaire is not None
    assert turn.session.questionnaire.waiting is Waiting.PLACE
    assert "哪个地方" in turn.reply.text


@pytest.mark.parametrize("texts", [("改前面的回答", "1"), ("上一题",), ("我其实是自己开网店的",)])
def test_a_question_after_the_results_is_what_is_said_again(play: Play, texts: tuple[str, ...]):
    """While an answer is changed its question waits; 再说一遍 must not bring the results of the answer that was wrong."""
    turn = play("我在东营，我能领哪些", "没工作", "看结果", *texts)
    again = play("再说一遍", session=turn.session)

    assert turn.reply.outcome is again.reply.outcome is Outcome.QUESTION
    assert again.reply.choices == turn.reply.choices


@pytest.mark.parametrize(
    ("texts", "finished"),
    [
        (("我在东营，我能领哪些",), False),
        (("我在东营，我能领哪些", "没工作", "看结果"), True),
        (("我在东营，我能领哪些", "没工作", "看结果", "开网店有补贴吗"), True),
        (("我在东营，我能领哪些", "没工作", "不查了"), False),
        (("东营开网店有补贴吗",), False),
    ],
)
def test_a_questionnaire_is_finished_once_it_shows_results(play: Play, texts: tuple[str, ...], finished: bool):
    """From then on its answers are kept for a day only; until then one may go on after a longer break."""
    assert is_finished(play(*texts).session) is finished


@pytest.mark.parametrize(
    "texts",
    [
        ("我在东营，肢体三级，8月办的个体户，我能领哪些",),
        ("我在东营，肢体三级，8月办的个体户，我能领哪些", "对", "可以"),
        ("我在东营，肢体三级，8月办的个体户，我能领哪些", "对", "看结果"),
        ("我在东营，肢体三级，8月办的个体户，我能领哪些", "对", "看结果", "1"),
        ("我是肢体三级，在东营开网店有补贴吗",),
    ],
)
def test_without_facts_nothing_told_of_oneself_is_left(play: Play, texts: tuple[str, ...]):
    """What is deleted after a day must be gone from every corner: answers, verdicts, numbers to pick, the words of a question."""
    session = without_facts(play(*texts).session)
    again = play("看结果", session=session)

    assert session.region == "370500"
    assert (session.questionnaire, session.question) == (None, None)
    assert not isinstance(session.last, SaidVerdict)
    assert not [choice for choice in session.offered if choice.id.startswith(("q:", "fact:", "change:", "judged:"))]
    assert "删掉了" in again.reply.text, "who comes back later learns where the answers went"
    assert not [word for word in ("肢体", "三级", "8月", "个体户，") if word in repr(replace(session, offered=())) + again.reply.text]


def test_without_facts_what_was_answered_can_still_be_followed_up(play: Play):
    """The entries are no secret of the person; 怎么申请 means them as before."""
    session = without_facts(play("我是肢体三级，东营个体户创业补助多少钱").session)
    turn = play("怎么申请", session=session)

    assert session.about == turn.session.about
    assert turn.reply.outcome is Outcome.ANSWER


@pytest.mark.parametrize("texts", [("东营开网店有补贴吗",), ("我是残疾人，在东营能领什么",), ("一条一条说", "东营个体户创业补助多少钱")])
def test_without_facts_other_choices_stay(play: Play, texts: tuple[str, ...]):
    """A number of a list of measures means what it meant."""
    session = play(*texts).session

    assert without_facts(session).offered == session.offered
