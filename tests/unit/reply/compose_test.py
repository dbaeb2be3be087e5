import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from bot.content.knowledge import Knowledge
from bot.content.policy import Validity
from bot.dialogue.decision import (
    Answer,
    Manner,
    Part,
    RefusePlace,
    Say,
)
from bot.dialogue.outcome import Outcome
from bot.reply.compose import Composer
from bot.reply.reply import Reply

DAY = date(2026, 11, 21)
WAY_ON = re.compile(r"[？?]|1\d{4}|说“|打字|直接|这样问|随时")
Told = Callable[..., Reply]

GRANT = "dongying-2017/startup-grant-sole-trader"


@pytest.fixture(scope="module")
def composer(knowledge: Knowledge) -> Composer:
    """The wording that is shipped."""
    return Composer(knowledge)


@pytest.fixture(scope="module")
def told(composer: Composer) -> Told:
    """The answer about one entry."""

    def tell(entry_id: str, aspects: tuple[str, ...] = (), day: date = DAY) -> Reply:
        return composer.compose(Answer((Part(entry_id),), Manner.SINGLE, aspects, None), day)

    return tell


@pytest.fixture(scope="module")
def ids(knowledge: Knowledge) -> list[str]:
    """Every measure."""
    return [f"{policy.id}/{measure.id}" for policy, measure in knowledge.measures()]


def test_every_measure_tells_its_office_a_phone_number_and_its_section(told: Told, knowledge: Knowledge):
    """What to do next and where it is written, for every single one."""
    for policy, measure in knowledge.measures():
        text = told(f"{policy.id}/{measure.id}").text

        assert "电话12" in text, measure.code
        assert policy.title in text, measure.code
        assert measure.source.section in text, measure.code
        assert "以经办机构为准" in text, measure.code


def test_every_figure_of_a_measure_is_told(told: Told, knowledge: Knowledge):
    """A figure left out is a figure the person does not get; where there is none, it is said that none is written."""
    for policy, measure in knowledge.measures():
        text = told(f"{policy.id}/{measure.id}").text
        for amount in measure.amounts:
            assert amount.label in text or (amount.not_stated and "原文没有写" in text), (measure.code, amount.label)


def test_an_ended_policy_is_told_first_whatever_is_asked(told: Told, knowledge: Knowledge):
    """Validity stands before anything a reader could act on."""
    for policy, measure in knowledge.measures():
        text = told(f"{policy.id}/{measure.id}", ("how_much",)).text
        opening = text.split("\n")[0]

        assert ("到期" in opening) is (policy.validity_on(DAY) is Validity.ENDED), measure.code


def test_a_policy_ends_after_its_last_day(told: Told, knowledge: Knowledge):
    """The last day counts as in force, the day after does not."""
    policy = knowledge.folders["sichuan-2025"].policy
    last = policy.valid.to
    entry = f"{policy.id}/start-up-subsidy-six-months"

    assert last == date(2028, 4, 30)
    assert "现在有效" in told(entry, day=last).text
    assert "到期" in told(entry, day=last + timedelta(days=1)).text.split("\n")[0]


def test_an_old_policy_without_an_end_says_its_age_and_to_verify(told: Told):
    """The plan of 东营 is nine years old and names no end: neither valid nor ended may be claimed."""
    text = told(GRANT).text

    assert "2017年" in text and "9年" in text and "核实" in text
    assert "现在有效" not in text and "已经到期" not in text


@pytest.mark.parametrize(
    ("aspect", "begins"),
    [
        ("how_much", "创办补助"),
        ("conditions", "条件"),
        ("how_to_apply", "怎么申请"),
        ("use", "能用来"),
        ("combine", "能不能同时拿"),
        ("duration", "时间和次数|给多久"),
    ],
)
def test_the_aspect_asked_comes_first(told: Told, aspect: str, begins: str):
    """Who asks 怎么申请 must not read the whole measure before the answer."""
    first = told(GRANT, (aspect,)).text.split("\n")[0]

    assert any(word in first for word in begins.split("|"))


def test_an_aspect_the_document_is_silent_about_is_said_to_be(told: Told, knowledge: Knowledge):
    """Silence of the document is an answer too; nothing is guessed."""
    running = [(policy, measure) for policy, measure in knowledge.measures() if policy.validity_on(DAY) is not Validity.ENDED]
    silent = [(policy, measure) for policy, measure in running if measure.apply is None]

    assert silent
    for policy, measure in silent:
        assert "原文没有写" in told(f"{policy.id}/{measure.id}", ("how_to_apply",)).text.split("\n")[0], measure.code


def test_no_answer_promises_or_leaks_a_template(told: Told, ids: list[str]):
    """No leftover braces, no None, no markup, no picture."""
    for entry_id in ids:
        text = told(entry_id).text

        assert not set("{}*<>") & set(text), entry_id
        assert "None" not in text, entry_id
        assert "http" not in text, entry_id


def test_next_steps_are_numbered_as_they_are_offered(told: Told, ids: list[str]):
    """The number a person reads must choose what they read."""
    for entry_id in ids:
        reply = told(entry_id)
        lines = reply.text.split("\n")

        assert reply.choices, entry_id
        for number, choice in enumerate(reply.choices, 1):
            assert f"{number}. {choice.label}" in lines, entry_id


def test_choice_ids_fit_telegram(told: Told, ids: list[str]):
    """A button carries at most 64 bytes, so ids are short and ASCII."""
    for entry_id in ids:
        for choice in told(entry_id).choices:
            assert choice.id.isascii()
            assert len(choice.id) <= 64, choice.id


def test_a_place_nearby_is_told_what_the_policy_covers(composer: Composer):
    """腾冲 lies in 保山 like 隆阳 but is not covered."""
    reply = composer.compose(RefusePlace("530581", ("longyang-2022",)), DAY)

    assert reply.outcome is Outcome.REFUSE
    assert "腾冲" in reply.text and "隆阳" in reply.text and "12345" in reply.text


def test_every_fixed_reply_renders_and_tells_a_way_on(composer: Composer, knowledge: Knowledge):
    """Each reply the routing may choose comes out filled, with or without a place, and holds a question, a number or what to type."""
    fixed = {
        *(entry.reply for entry in (*knowledge.lexicon.meta, *knowledge.lexicon.misuse)),
        *("crisis", "help", "hello", "thanks", "bye", "restarted", "forgotten", "none_of_these", "nothing_pending"),
        *("nothing_to_repeat", "no_more"),
        *("slower_none", "region_set", "region_choice", "empty_message", "only_symbols", "not_text", "choice_unknown"),
    }
    texts = {key: composer.compose(Say(key, Outcome.META, region), DAY).text for key in sorted(fixed) for region in (None, "370500")}

    assert [key for key, text in texts.items() if not text.strip() or set("{}") & set(text)] == []
    assert [key for key, text in texts.items() if not WAY_ON.search(text)] == []


def test_a_single_measure_is_short_enough_to_listen_to(told: Told, ids: list[str]):
    """About 300 characters is the aim; twice that is too much for a screen reader. The heaviest few may need more."""
    lengths = {entry_id: len(told(entry_id).text) for entry_id in ids}
    long = {entry_id: length for entry_id, length in lengths.items() if length > 600}

    assert len(long) <= len(lengths) * 0.1, long
