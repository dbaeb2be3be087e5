from collections.abc import Callable

import pytest

from bot.engine import Engine
from bot.retrieval.entry import EntryType
from bot.retrieval.rank import Candidate, Ranker
from bot.retrieval.understand import Understanding

Rank = Callable[[str], tuple[Candidate, ...]]
QUESTIONS = ["东营个体户创业补助多少钱", "四川创业补贴要什么条件", "隆阳盲人学按摩收费吗", "常德示范户给多少", "能贷款吗", "残疾人", "补贴"]


@pytest.fixture(scope="module")
def ranker(engine: Engine) -> Ranker:
    """All entries."""
    return engine.conversation.ranker


@pytest.fixture(scope="module")
def rank(ranker: Ranker, understanding: Understanding) -> Rank:
    """Candidates for a question as typed."""
    return lambda question: ranker.rank(understanding.query(question))


@pytest.mark.parametrize("question", QUESTIONS)
def test_candidates_come_best_first_and_ties_in_order_of_id(rank: Rank, question: str):
    """The same question must get the same answer on every machine and every day."""
    found = rank(question)

    assert list(found) == sorted(found, key=lambda candidate: (-candidate.score, candidate.entry.id))


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_order_does_not_depend_on_what_was_asked_before(rank: Rank, question: str):
    """A ranker keeps nothing between two questions."""
    first = rank(question)
    rank("今天吃什么")

    assert rank(question) == first


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_parts_add_up_to_the_score(rank: Rank, question: str):
    """`explain` splits each score by signal; a hidden part would mislead staff."""
    for candidate in rank(question):
        assert sum(part for _, part in candidate.parts) == pytest.approx(candidate.score, abs=0.06)


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_entry_stands_twice(rank: Rank, question: str):
    """A long story is looked up in several stretches; the best one counts."""
    ids = [candidate.entry.id for candidate in rank(question)]

    assert len(ids) == len(set(ids))


def test_only_allowed_entries_are_ranked(ranker: Ranker, understanding: Understanding):
    """The place decides which policies may answer."""
    found = ranker.rank(understanding.query("创业担保贷款"), lambda entry: entry.policy_id == "jilin-2018")

    assert {candidate.entry.policy_id for candidate in found} == {"jilin-2018"}


def test_what_shares_nothing_is_no_candidate(rank: Rank):
    """Nothing in common, nothing offered."""
    assert rank("qqq") == ()
    assert rank("") == ()


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("富民生产贷", "dongying-2017/production-loan"),
        ("陇原巾帼贷", "gansu-ecommerce/womens-loan"),
        ("131就业服务", "longyang-2022/service-131"),
        ("烟草零售许可证", "longyang-2022/tobacco-licence-relief"),
        ("雨露计划", "jilin-2018/free-technical-school"),
        ("大师工作室", "sichuan-2025/high-skill-training-bases"),
    ],
)
def test_a_name_that_only_one_measure_has_finds_it(rank: Rank, question: str, best: str):
    """Who knows the name of a measure must get that one."""
    assert rank(question)[0].entry.id == best


def test_a_figure_finds_the_measure_that_has_it(rank: Rank):
    """People remember the figure and not the name; 六万 and 60000 are one."""
    for question in ("常德那个60000元的", "常德那个六万的", "常德那个6万的"):
        assert "city-demo-base" in [candidate.entry.id.partition("/")[2] for candidate in rank(question)[:2]]


def test_every_measure_clause_and_policy_can_be_found(ranker: Ranker, knowledge):
    """An entry that is not indexed is knowledge lost."""
    counts = {kind: sum(entry.type is kind for entry in ranker.entries) for kind in EntryType}
    policies = list(knowledge.policies())

    assert counts == {
        EntryType.MEASURE: sum(1 for _ in knowledge.measures()),
        EntryType.CLAUSE: sum(len(policy.clauses) for policy in policies),
        EntryType.POLICY: len(policies),
    }


def test_scores_run_from_0_to_about_100(ranker: Ranker, rank: Rank):
    """The score is printed for staff and put into the JSON output; thresholds are set on the same scale."""
    above = {entry.name: score for entry in ranker.entries if (score := rank(entry.name)[0].score) > 110}

    assert above == {}


def test_every_measure_is_found_by_its_own_name(ranker: Ranker, understanding: Understanding):
    """The name of a measure is what the bot itself prints; typing it must bring that measure up first within its policy."""
    lost = []
    for entry in ranker.entries:
        if entry.type is EntryType.MEASURE:
            found = ranker.rank(understanding.query(entry.name), lambda other, policy=entry.policy_id: other.policy_id == policy)
            if found[0].entry != entry:
                lost.append((entry.id, found[0].entry.id))

    assert lost == []
