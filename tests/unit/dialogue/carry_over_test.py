from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.content.knowledge import Knowledge
from bot.dialogue.choice import Choice
from bot.dialogue.message import Message
from bot.dialogue.outcome import Outcome
from bot.dialogue.questionnaire import Clash, Questionnaire, Waiting
from bot.dialogue.said_verdict import SaidVerdict, Side
from bot.dialogue.session import Session
from bot.eligibility.answers import NEVER, Absence, Answer, Members, OneOf, Span, Within, exactly, on, one
from bot.engine import Engine, Turn

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
GRANT = "dongying-2017/startup-grant-sole-trader"
LOAN = "dongying-2017/production-loan"
Play = Callable[..., Turn]


def without_measure(knowledge: Knowledge, entry_id: str) -> Knowledge:
    """The knowledge after staff took out a measure and its rule."""
    folders = {
        name: replace(folder, measures=tuple(one for one in folder.measures if f"{folder.policy.id}/{one.id}" != entry_id))
        for name, folder in knowledge.folders.items()
    }
    return replace(knowledge, folders=folders, rules={name: rule for name, rule in knowledge.rules.items() if name != entry_id})


def without_fact(knowledge: Knowledge, fact_id: str, users: set[str]) -> Knowledge:
    """The knowledge after staff took out a fact and the rules that used it."""
    facts = {name: fact for name, fact in knowledge.facts.items() if name != fact_id}
    return replace(knowledge, facts=facts, rules={name: rule for name, rule in knowledge.rules.items() if name not in users})


def without_option(knowledge: Knowledge, fact_id: str, option_id: str) -> Knowledge:
    """The knowledge after staff took out an option of a fact."""
    fact = knowledge.facts[fact_id]
    fewer = fact.model_copy(update={"options": tuple(option for option in fact.options if option.id != option_id)})
    return replace(knowledge, facts={**knowledge.facts, fact_id: fewer})


@pytest.fixture(scope="module")
def no_loan(engine: Engine) -> Engine:
    """An engine that no longer has 富民生产贷."""
    return Engine(without_measure(engine.knowledge, LOAN))


@pytest.fixture(scope="module")
def no_first_licence(engine: Engine) -> Engine:
    """An engine that no longer asks whether a licence is the first."""
    judge = engine.conversation.interview.judge
    users = {entry_id for entry_id, judged in judge.measures.items() if "first_licence" in judged.facts}
    return Engine(without_fact(engine.knowledge, "first_licence", users))


@pytest.fixture(scope="module")
def no_student(engine: Engine) -> Engine:
    """An engine for which nobody is a student."""
    return Engine(without_option(engine.knowledge, "role", "student"))


@pytest.fixture(scope="module")
def play(engine: Engine) -> Play:
    """Several messages one after the other."""

    def played(*texts: str, by: Engine = engine, session: Session | None = None, changed: bool = False) -> Turn:
        turn, session = None, session or Session()
        for text in texts:
            turn = by.respond(session, Message("c", text), NOW, changed=changed)
            session, changed = turn.session, False
        assert turn is not None
        return turn

    return played


@pytest.mark.parametrize(
    "texts",
    [
        ("东营开网店有补贴吗",),
        ("我在东营，我能领哪些", "照样查", "开网店"),
        ("我能领哪些",),
        ("我在四川，肢体三级，8月办的个体户，我能领哪些",),
        ("我在四川，我能领哪些", "开网店", "1和4", "接着问", "看结果"),
        ("我在四川，我能领哪些", "开网店", "1", "4"),
        ("我在四川，我能领哪些", "开网店", "不查了"),
        ("一条一条说", "我在四川，我能领哪些", "开网店", "看结果", "下一条"),
        ("我在四川，我能领哪些", "开网店", "改前面的回答", "1"),
    ],
)
def test_a_session_under_the_same_knowledge_stays_as_it_is(engine: Engine, play: Play, texts: tuple[str, ...]):
    """An update that does not concern a person must not be noticed."""
    session = play(*texts).session

    assert engine.carry_over(session) == (session, False)


def test_a_measure_that_is_gone_leaves_what_was_answered(no_loan: Engine, play: Play):
    """怎么申请 must not ask about a measure that nobody can tell of any more."""
    session = replace(play("东营富民生产贷是多少").session, about=(LOAN, GRANT))
    fitted, lost = no_loan.carry_over(session)

    assert (fitted.about, fitted.last, fitted.shown, lost) == ((GRANT,), None, 0, False)
    assert play("再说一遍", by=no_loan, session=fitted).reply.outcome is Outcome.META


def test_the_numbers_of_a_list_mean_what_they_meant(no_loan: Engine, play: Play):
    """Three was read aloud before the update; it must not bring what was four, nor what is gone."""
    offered = (Choice(f"measure:{LOAN}", "富民生产贷"), Choice(f"measure:{GRANT}", "个体工商户一次性创办补助"))
    fitted, _ = no_loan.carry_over(Session(region="370500", offered=offered))

    assert [choice.label for choice in fitted.offered] == [choice.label for choice in offered]
    assert play("2", by=no_loan, session=fitted).record.entries[0] == GRANT
    for text in ("1", "富民生产贷"):
        assert "没有了" in play(text, by=no_loan, session=fitted).reply.text


def test_a_questionnaire_goes_on_without_a_measure_that_is_gone(engine: Engine, no_loan: Engine, play: Play):
    """Nothing the person said is lost, so nothing is said about it."""
    session = play("我在东营，我能领哪些", "照样查", "开网店").session
    fitted, lost = no_loan.carry_over(session)
    before, after = session.questionnaire, fitted.questionnaire

    assert before is not None and after is not None
    assert not lost
    assert (after.waiting, after.answers, after.offered) == (before.waiting, before.answers, before.offered)
    assert set(before.scope) - set(after.scope) == {LOAN}
    assert play("看结果", by=no_loan, session=fitted).reply.outcome is Outcome.VERDICT


def test_a_measure_that_is_new_joins_the_questionnaire(engine: Engine, no_loan: Engine, play: Play):
    """Else the results would be short of it, and nobody would know."""
    session = play("我在东营，我能领哪些", "照样查", "开网店", by=no_loan).session
    fitted, lost = engine.carry_over(session)

    assert fitted.questionnaire is not None
    assert not lost
    assert LOAN in fitted.questionnaire.scope


def test_a_questionnaire_about_a_measure_that_is_gone_ends(no_loan: Engine, play: Play):
    """There is nothing left to find out, and the reply says so before anything else."""
    asked = play("我在东营，我能领哪些", "照样查", "开网店").session.questionnaire
    assert asked is not None
    session = Session(region="370500", questionnaire=replace(asked, scope=(LOAN,), single=True), offered=(Choice("q:results", "先看结果"),))
    fitted, lost = no_loan.carry_over(session)
    turn = play("1", by=no_loan, session=fitted, changed=lost)

    assert (fitted.questionnaire, fitted.offered, lost) == (None, (), True)
    assert turn.reply.text == no_loan.knowledge.wording.say("knowledge_changed_gone")


def test_a_fact_that_is_gone_leaves_everything_and_the_rest_is_kept(no_first_licence: Engine, play: Play):
    """What can still be used is not asked for again."""
    session = play("我在四川，我能领哪些", "开网店", "1和4", "接着问").session
    assert session.questionnaire is not None
    assert "first_licence" in session.questionnaire.answers
    fitted, lost = no_first_licence.carry_over(replace(session, last=SaidVerdict(Side.RESULTS)))
    after = fitted.questionnaire

    assert lost
    assert after is not None
    assert (after.waiting, after.question, fitted.offered, fitted.last) == (Waiting.PAUSED, None, (), None)
    assert after.answers == {fact: answer for fact, answer in session.questionnaire.answers.items() if fact != "first_licence"}
    assert [fact for facts in after.asked for fact in facts if fact not in after.answers] == []
    assert "role" in [fact for facts in after.asked for fact in facts]


def test_who_lost_an_answer_is_told_first_and_can_go_on(no_first_licence: Engine, play: Play):
    """接着查 brings the next question; what was said before still counts."""
    fitted, lost = no_first_licence.carry_over(play("我在四川，我能领哪些", "开网店", "1和4", "接着问").session)
    told = play("东营开网店有补贴吗", by=no_first_licence, session=fitted, changed=lost)
    resumed = play("接着查", by=no_first_licence, session=told.session)

    assert told.reply.blocks[0].lines[0].startswith("资料刚更新过")
    assert told.reply.outcome is Outcome.ANSWER
    assert resumed.reply.outcome is Outcome.QUESTION
    assert "资料刚更新过" not in resumed.reply.text
    assert "哪一种情况" not in resumed.reply.text


def test_going_on_at_once_is_told_in_a_few_words(no_first_licence: Engine, play: Play):
    """Who says 接着查 need not be told to say it."""
    fitted, lost = no_first_licence.carry_over(play("我在四川，我能领哪些", "开网店", "1和4", "接着问").session)
    turn = play("接着查", by=no_first_licence, session=fitted, changed=lost)

    assert turn.reply.outcome is Outcome.QUESTION
    assert turn.reply.blocks[0].text == no_first_licence.knowledge.wording.say("knowledge_changed_on")


@pytest.mark.parametrize("text", ["2", "嗯嗯那个就是这样子的啦", "都不是"])
def test_an_answer_to_a_question_that_is_gone_is_met_with_the_news_alone(no_first_licence: Engine, play: Play, text: str):
    """The person answers what they were asked; a refusal would blame them, and what they said is no question to keep."""
    session = play("我在四川，我能领哪些", "开网店").session
    fitted, lost = no_first_licence.carry_over(session)
    turn = play(text, by=no_first_licence, session=fitted, changed=lost)

    assert lost
    assert turn.reply.text == no_first_licence.knowledge.wording.say("knowledge_changed")
    assert turn.session == fitted
    assert (turn.record.unanswered, turn.record.helpful) == (None, None)


@pytest.mark.parametrize(("text", "outcome"), [("不想活了", Outcome.CRISIS), ("忘记我", Outcome.META), ("重新开始", Outcome.META)])
def test_the_news_never_stands_before_help_or_forgetting(no_first_licence: Engine, play: Play, text: str, outcome: Outcome):
    """In despair nobody needs it; and who wants everything gone must not read that answers are kept."""
    fitted, lost = no_first_licence.carry_over(play("我在四川，我能领哪些", "开网店", "1和4", "接着问").session)
    turn = play(text, by=no_first_licence, session=fitted, changed=lost)

    assert turn.reply.outcome is outcome
    assert "资料刚更新过" not in turn.reply.text


def test_an_option_that_is_gone_takes_its_answer_along(no_student: Engine, play: Play):
    """It no longer says anything; the question is asked anew."""
    fitted, lost = no_student.carry_over(play("我在四川，我能领哪些", "在校学生").session)
    turn = play("接着查", by=no_student, session=fitted, changed=lost)

    assert lost
    assert fitted.questionnaire is not None
    assert "role" not in fitted.questionnaire.answers
    assert "哪一种情况" in turn.reply.text


def test_a_question_with_an_option_that_is_gone_is_not_waited_for(no_student: Engine, play: Play):
    """A number would pick something else than what was read."""
    session = play("我在四川，我能领哪些").session
    fitted, lost = no_student.carry_over(session)

    assert session.questionnaire is not None and session.questionnaire.question is not None
    assert (lost, fitted.offered) == (True, ())
    assert fitted.questionnaire is not None and fitted.questionnaire.waiting is Waiting.PAUSED


@pytest.mark.parametrize(
    ("fact", "answer", "kept"),
    [
        ("role", one("student"), True),
        ("role", OneOf(frozenset(("student", "astronaut"))), False),
        ("role", exactly(3), False),
        ("role", Absence.UNSURE, True),
        ("astronaut", Absence.UNSURE, False),
        ("certificate", one("yes"), True),
        ("certificate", one("student"), False),
        ("grade", Span(1, 2), True),
        ("grade", exactly(9), False),
        ("grade", one("yes"), False),
        ("household", Members(frozenset(("registered_poor",)), frozenset(("low_income",))), True),
        ("household", Members(frozenset(("registered_poor",)), frozenset(("rich",))), False),
        ("registered_on", on(NOW.date()), True),
        ("registered_on", one("yes"), False),
        ("graduated_on", on(NEVER), True),
        ("place", Within("370500"), True),
        ("place", Within("999999"), False),
        ("months_registered", exactly(6), False),
    ],
)
def test_an_answer_is_kept_as_long_as_it_is_one_to_its_fact(engine: Engine, fact: str, answer: Answer, kept: bool):
    """The type and the options of a fact may have changed, or it may follow from others by now."""
    scope = tuple(engine.conversation.interview.judge.measures)[:3]
    fitted, lost = engine.carry_over(Session(questionnaire=Questionnaire(scope, Waiting.RESULTS, single=True, answers={fact: answer})))

    assert fitted.questionnaire is not None
    assert (fact in fitted.questionnaire.answers) is kept
    assert lost is not kept


def test_two_things_at_odds_of_which_one_is_gone_are_not_asked_about(engine: Engine):
    """The question which of them is right has no answer any more."""
    scope = tuple(engine.conversation.interview.judge.measures)[:3]
    clash = Clash("role", one("student"), "astronaut")
    state = Questionnaire(scope, Waiting.CLASH, single=True, answers={"role": one("firm"), "astronaut": one("yes")}, clash=clash)
    fitted, lost = engine.carry_over(Session(questionnaire=state))

    assert lost
    assert fitted.questionnaire == Questionnaire(scope, Waiting.PAUSED, single=True, answers={"role": one("firm")})


def test_a_place_that_is_gone_is_asked_for_again(engine: Engine, play: Play):
    """Codes of counties change when counties are merged."""
    fitted, _ = engine.carry_over(Session(region="370599", question="补贴"))

    assert fitted.region is None
