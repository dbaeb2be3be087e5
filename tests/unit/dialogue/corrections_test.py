from collections.abc import Callable

import pytest

from bot.content.knowledge import Knowledge
from bot.dialogue.corrections import Corrections
from bot.retrieval.understand import Understanding

Heard = Callable[..., tuple[str, ...]]


@pytest.fixture(scope="module")
def heard(knowledge: Knowledge, understanding: Understanding) -> Heard:
    """What a question calls for among the corrections of some owners."""
    corrections = Corrections(knowledge)
    return lambda question, *owners: corrections.heard(understanding.query(question), *owners)


@pytest.mark.parametrize("figure", ["400万", "四百万", "4000000"])
def test_a_wrong_belief_is_heard_in_every_spelling_of_its_figure(heard: Heard, figure: str):
    """The ceiling for firms told to one person is the costliest trap of that plan."""
    said = heard(f"通榆个人创业能贷{figure}吗", "jilin-2018")

    assert any("20万" in line for line in said)


def test_a_right_belief_needs_no_correction(heard: Heard):
    """Being corrected without having been wrong is annoying."""
    assert heard("通榆创业能贷多少", "jilin-2018") == ()


def test_only_the_owners_asked_for_are_heard(heard: Heard):
    """A trap of one policy is no trap of another."""
    assert heard("通榆个人创业能贷400万吗", "sichuan-2025") == ()


def test_at_most_two_corrections_are_said(heard: Heard, knowledge: Knowledge):
    """A lecture helps nobody."""
    text = "常德现行有效,找扶贫办,2018年4月印发,以上不含本数,商务粮食局"

    assert len(heard(text, "changde-2017")) == 2


def test_every_correction_can_be_heard(knowledge: Knowledge, understanding: Understanding):
    """Staff write the words that must all occur; a set of words that its own question does not trigger would be dead."""
    corrections = Corrections(knowledge)
    dead = []
    for policy in knowledge.policies():
        owned = {policy.id: policy.corrections}
        owned |= {f"{policy.id}/{clause.id}": clause.corrections for clause in policy.clauses}
        owned |= {f"{policy.id}/{measure.id}": measure.corrections for measure in knowledge.folders[policy.id].measures}
        for owner, listed in owned.items():
            for correction in listed:
                for words in correction.heard:
                    if correction.say not in corrections.heard(understanding.query("，".join(words)), owner):
                        dead.append((owner, words))

    assert dead == []
