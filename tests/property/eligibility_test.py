from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import condition
from bot.content.fact import Fact, FactType
from bot.eligibility.answers import ELSEWHERE, NEVER, Absence, Answers, Days, Known, Span, Within, on
from bot.eligibility.cells import cells
from bot.eligibility.conditions import Leaf, asked_leaves, compile_condition
from bot.eligibility.judge import Judge
from bot.eligibility.next_question import Asker, Question
from bot.eligibility.ticking import Item, ticked
from bot.eligibility.truth import Truth
from bot.eligibility.verdict import Verdict
from bot.eligibility.view import View
from tests.property.situations import (
    DAYS,
    Person,
    Pick,
    Value,
    asked_facts,
    asked_tests,
    condition_of,
    exact,
    fits,
    holds,
    is_so,
    judged_rules,
    linked,
    linked_groups,
    rough,
    rule_tests,
    said,
    shipped,
    somebody,
    values,
)

KIND = {
    Verdict.MATCH: Truth.YES,
    Verdict.MATCH_CHECK: Truth.YES,
    Verdict.UNKNOWN: Truth.UNKNOWN,
    Verdict.NEAR: Truth.NO,
    Verdict.NOT_NOW: Truth.NO,
}
MEASURES = tuple(judged_rules())
POLICIES = tuple(dict.fromkeys(entry_id.partition("/")[0] for entry_id in MEASURES))
TESTED = [
    found
    for kind in condition.TESTS
    if (found := [fact for fact, tests in rule_tests().items() if any(getattr(test, kind) is not None for test in tests)])
]
"""The facts put to each kind of test, so that rare kinds are tried as often as common ones."""
SCALED = tuple(entry_id for entry_id, rule in judged_rules().items() if rule.scales)

Told = tuple[Person, Answers, Answers, date]


@pytest.fixture(scope="module")
def judge() -> Judge:
    """The judge of the rules as they are."""
    return Judge(shipped())


@pytest.fixture(scope="module")
def asker(judge: Judge) -> Asker:
    """What asks for them."""
    return Asker(judge)


def picking(draw: st.DrawFn) -> Pick:
    """Choices made by hypothesis, so that it can look for a smaller example."""
    return lambda options: options[draw(st.integers(0, len(options) - 1))] if len(options) > 1 else options[0]


@st.composite
def tellings(draw: st.DrawFn) -> Told:
    """Somebody of whom everything is known, what they said at first, what they said later beside it, and the day."""
    pick = picking(draw)
    as_of = pick(DAYS)
    person = somebody(asked_facts(), as_of, pick, pick(MEASURES))
    first = said(person, pick)
    return person, first, said(person, pick, first), as_of


def everything(person: Person) -> Answers:
    """All there is to say of somebody, said exactly."""
    return {fact_id: exact(asked_facts()[fact_id], value) for fact_id, value in person.items()}


def facts_of(scope: Iterable[str]) -> list[str]:
    """The facts some measures ask for."""
    return [fact for entry_id in scope for fact, _ in asked_tests(condition_of(entry_id))]


def every_leaf(judge: Judge) -> dict[str, tuple[Leaf, ...]]:
    """Every test rules put to a fact, each once."""
    found: dict[str, dict[object, Leaf]] = {}
    for measure in judge.measures.values():
        for leaf in asked_leaves(measure.condition):
            found.setdefault(leaf.asked, {})[leaf.token] = leaf
    return {fact: tuple(leaves.values()) for fact, leaves in found.items()}


# judging


@given(told=tellings())
@settings(max_examples=150)
def test_knowing_more_never_turns_a_verdict_that_was_given(judge: Judge, told: Told):
    """Somebody told that they qualify, or that they do not, may rely on it whatever else they are asked."""
    person, first, later, as_of = told
    views = [View(judge.book, answers, as_of) for answers in (first, later, everything(person))]
    for entry_id, measure in judge.measures.items():
        truths = [judge.truth(measure, view) for view in views]

        assert truths[-1] is (Truth.YES if is_so(condition_of(entry_id), person, as_of) else Truth.NO), entry_id
        assert all(before in (Truth.UNKNOWN, after) for before, after in pairwise(truths)), (entry_id, truths)
        assert [KIND[judge.judge(entry_id, view).otherwise] for view in views] == truths, entry_id


@given(told=tellings())
@settings(max_examples=100)
def test_nothing_is_concluded_that_is_not_so(judge: Judge, told: Told):
    """What follows from an answer decides as much as the answer itself, and nobody is asked whether it is right."""
    person, first, later, as_of = told
    for answers in (first, later):
        known = View(judge.book, answers, as_of).known

        assert [(fact, answer, person[fact]) for fact, answer in known.items() if not fits(answer, person[fact])] == []
    assert judge.book.clashes(later) == ()


@given(data=st.data(), told=tellings())
@settings(max_examples=40)
def test_the_order_of_answers_does_not_matter(judge: Judge, data: st.DataObject, told: Told):
    """Two people in the same situation get the same, whichever thing they mentioned first."""
    _, _, answers, as_of = told
    shuffled = {fact: answers[fact] for fact in data.draw(st.permutations(list(answers)))}

    assert judge.judge_all(shuffled, as_of) == judge.judge_all(answers, as_of)


@given(data=st.data())
@settings(max_examples=80)
def test_a_changed_answer_is_as_good_as_one_given_at_first(judge: Judge, data: st.DataObject):
    """Whoever corrects themselves is not left with traces of what they said before, even where old and new contradict each other."""
    pick = picking(data.draw)
    scope, as_of = [pick(MEASURES) for _ in range(pick((1, 3)))], pick(DAYS)
    one, another = (somebody(facts_of(scope), as_of, pick, pick(scope)) for _ in range(2))
    answers, changes = said(one, pick), said(pick((one, another)), pick)
    view = View(judge.book, answers, as_of)
    for fact_id, answer in changes.items():
        view, answers = view.with_answer(fact_id, answer), {**answers, fact_id: answer}
        for found in judge.judge_all(answers, as_of, scope):
            assert judge.judge(found.entry_id, view) == found


@pytest.mark.parametrize("group", linked_groups(), ids=lambda group: group[0])
def test_what_followed_from_an_answer_goes_when_it_is_changed(judge: Judge, group: tuple[str, ...]):
    """Whoever first says they employ two disabled people from villages and then none is not held to have employed any."""
    leaves = [leaf for fact, found in every_leaf(judge).items() if fact in group for leaf in found]
    assert leaves
    for fact in group:
        view = View(judge.book, {}, DAYS[0])
        for value in (*values(fact, DAYS[0]), *reversed(values(fact, DAYS[0]))):
            before = [view.truth(leaf) for leaf in leaves]
            view = view.with_answer(fact, exact(asked_facts()[fact], value))
            fresh = View(judge.book, {fact: exact(asked_facts()[fact], value)}, DAYS[0])

            assert [view.truth(leaf) for leaf in leaves] == [fresh.truth(leaf) for leaf in leaves], (value, before)


@given(told=tellings())
@settings(max_examples=60)
def test_an_open_verdict_names_what_is_missing(judge: Judge, told: Told):
    """“Cannot be said yet” helps only with what to find out, and what was said already is nothing to find out."""
    person, first, later, as_of = told
    for answers in (first, later):
        for found in judge.judge_all(answers, as_of):
            said_already = {fact for fact in found.needs if answers.get(fact) == exact(asked_facts()[fact], person[fact])}

            enough = {**answers, **{fact: exact(asked_facts()[fact], person[fact]) for fact in found.needs}}

            assert not said_already, found.entry_id
            if found.otherwise is Verdict.UNKNOWN:
                assert found.needs
                assert judge.judge(found.entry_id, View(judge.book, enough, as_of)).otherwise is not Verdict.UNKNOWN, found.entry_id
            assert set(found.unsure) == {fact for fact in found.needs if isinstance(answers.get(fact), Absence)}


@given(data=st.data())
@settings(max_examples=120)
def test_an_amount_is_multiplied_only_by_a_number_that_is_known(judge: Judge, data: st.DataObject):
    """Money worked out from a guess would be taken for a promise."""
    pick = picking(data.draw)
    entry_id, as_of = pick(SCALED), pick(DAYS)
    person = somebody(facts_of([entry_id]), as_of, pick, entry_id)
    answers = said(person, pick)
    for scale in judged_rules()[entry_id].scales:
        fact, number = asked_facts()[scale.times], pick((0, 1, 2, 12))
        person[fact.id] = number
        answers[fact.id] = pick((Absence.UNSURE, exact(fact, number), Span(number, None), Span(max(0, number - 1), number + 1)))
    heads = dict(judge.judge(entry_id, View(judge.book, answers, as_of)).heads)
    for scale in judged_rules()[entry_id].scales:
        number = person[scale.times]
        is_known = answers.get(scale.times) == exact(asked_facts()[scale.times], number)

        assert heads.get(scale.amount) in (number, None)
        if linked(frozenset((scale.times,))) == {scale.times}:
            assert heads.get(scale.amount) == (number if is_known and number else None)


# asking


@st.composite
def interviews(draw: st.DrawFn) -> tuple[tuple[str, ...], Person, Answers, date, Pick]:
    """Measures to be judged, somebody, what they have said by themselves, the day, and how they choose when asked."""
    pick = picking(draw)
    policy = pick(POLICIES)
    whole = tuple(entry_id for entry_id in MEASURES if entry_id.startswith(f"{policy}/"))
    some = tuple(dict.fromkeys(pick(MEASURES) for _ in range(pick((1, 2, 5)))))
    scope, as_of = pick((some, whole)), pick(DAYS)
    person = somebody(facts_of(scope), as_of, pick, pick(scope))
    mentioned = {fact: value for fact, value in person.items() if pick(range(4)) == 3}
    return scope, person, said(mentioned, pick), as_of, pick


def replied(question: Question, person: Person, view: View, pick: Pick) -> tuple[Answers, set[str]]:
    """A legal answer, true or not, and what was left unsure of a list."""
    way = pick(("truly", "anyhow", "truly", "unsure"))
    if question.items:
        ticks = {item for item in question.items if (is_ticked(item, person) if way == "truly" else pick((True, False)))}
        unsure = {item for item in question.items if way == "unsure" and pick((True, False))}
        return ticked(question.items, ticks - unsure, unsure), {item.fact_id for item in unsure}
    if way == "unsure":
        return {question.fact_id: pick(tuple(Absence))}, set()
    value = person[question.fact_id]
    true = [cell for cell in question.cells if covers(cell, value, question.cells, view.as_of)]
    if way == "truly" and len(true) == 1:
        return {question.fact_id: pick((true[0], exact(asked_facts()[question.fact_id], value)))}, set()
    return {question.fact_id: pick(question.cells)}, set()


def is_ticked(item: Item, person: Person) -> bool:
    """Whether a thing to tick is so."""
    value = person[item.fact_id]
    return item.member in value if isinstance(value, frozenset) else value == "yes"


@given(interview=interviews())
@settings(max_examples=80)
def test_asking_ends_with_everything_settled_that_can_be(judge: Judge, asker: Asker, interview):
    """No fact is asked twice, and when the questions are over, what is still open is so because somebody did not know.

    A list of which some things were left unsure would be asked for these again, unless whoever asks shuts it.
    """
    scope, person, answers, as_of, pick = interview
    asked: list[str] = []
    shut: set[str] = set()
    while (question := asker.next(view := View(judge.book, answers, as_of), scope, shut=shut)) is not None:
        absent = {fact for fact, answer in answers.items() if isinstance(answer, Absence)}
        assert not {*asked, *absent} & set(question.facts), question
        assert bool(question.cells) is not bool(question.items)
        assert question.decides
        asked += question.facts
        new, left = replied(question, person, view, pick)
        answers = {**answers, **new}
        shut |= left

    for found in judge.judge_all(answers, as_of, scope):
        assert found.settled or all(isinstance(answers.get(fact), Absence) or fact in shut for fact in found.needs), found.entry_id


@given(interview=interviews())
@settings(max_examples=80)
def test_sensitive_things_are_asked_last(judge: Judge, asker: Asker, interview):
    """Disability, poverty and sex are asked only where a measure hangs on nothing else any more."""
    scope, person, answers, as_of, pick = interview
    while (question := asker.next(view := View(judge.book, answers, as_of), scope, shut=answers)) is not None:
        open_ = [{fact for fact in found.needs if fact not in answers} for found in judge.judge_all(answers, as_of, scope)]
        for fact in question.facts:
            if asked_facts()[fact].sensitive:
                assert any(fact in needs and all(asked_facts()[other].sensitive for other in needs) for needs in open_), fact
        answers = {**answers, **replied(question, person, view, pick)[0]}


# cells


def covers(cell: Known, value: Value, among: tuple[Known, ...], as_of: date) -> bool:
    """Whether something is in a cell: elsewhere is what is in no other, and a day to come has not happened."""
    to_come = isinstance(value, date) and value > as_of
    if cell == Within(ELSEWHERE) or (cell == on(NEVER) and to_come):
        return not any(fits(other, value) for other in among if other != cell)
    return fits(cell, value)


@st.composite
def cuts(
    draw: st.DrawFn, judge: Judge, only: FactType | None = None
) -> tuple[Fact, tuple[Leaf, ...], Known | Absence | None, tuple[Value, ...], date]:
    """A fact, some of the tests rules put to it, something known of it, and what may be so of which that is known."""
    pick = picking(draw)
    fact = asked_facts()[pick(pick([facts for facts in TESTED if only in (None, asked_facts()[facts[0]].type)]))]
    as_of = pick(DAYS)
    every = every_leaf(judge)[fact.id]
    leaves = pick((every, (pick(every), pick(every)), ()))
    value = pick(values(fact.id, as_of))
    known = pick((None, Absence.UNSURE, rough(fact, value, pick), exact(fact, value)))
    return fact, leaves, known, tuple(other for other in values(fact.id, as_of) if fits(known, other)), as_of


@given(data=st.data())
@settings(max_examples=500)
def test_cells_cover_what_is_possible_once_and_make_no_difference_inside(judge: Judge, data: st.DataObject):
    """Who picks a cell is treated like everybody in it, and everybody finds one."""
    fact, leaves, known, possible, as_of = data.draw(cuts(judge))
    found = cells(fact, leaves, known, as_of, subsets=True)
    for value in possible:
        mine = [cell for cell in found if covers(cell, value, found, as_of)]
        assert len(mine) == 1, (value, found)

        exactly, roughly = (View(judge.book, {fact.id: answer}, as_of) for answer in (exact(fact, value), mine[0]))
        truths = [exactly.truth(leaf) for leaf in leaves]
        assert truths == [Truth.YES if holds(leaf.test, value, as_of) else Truth.NO for leaf in leaves], value
        assert truths == [roughly.truth(leaf) for leaf in leaves], (value, mine)


@given(data=st.data())
@settings(max_examples=150)
def test_each_thing_to_tick_is_possible_and_none_of_them_too(judge: Judge, data: st.DataObject):
    """A set is asked as a list: each member alone and none at all must be answers that decide every test."""
    fact, leaves, known, possible, as_of = data.draw(cuts(judge, FactType.SET))
    for cell in cells(fact, leaves, known, as_of):
        view = View(judge.book, {fact.id: cell}, as_of)

        assert any(fits(cell, value) for value in possible)
        assert all(view.truth(leaf) is not Truth.UNKNOWN for leaf in leaves)


@pytest.mark.parametrize("fact_id", [fact.id for fact in asked_facts().values() if fact.type is FactType.DATE])
def test_a_day_to_come_has_a_cell_too(judge: Judge, fact_id: str):
    """“This year”, said in November, may still mean December, and somebody who has yet to finish school must not be asked since when."""
    as_of, leaves = DAYS[0], every_leaf(judge)[fact_id]
    for low in (as_of - timedelta(days=400), as_of, as_of + timedelta(days=1)):
        known = Days(low, as_of + timedelta(days=40))
        found = cells(asked_facts()[fact_id], leaves, known, as_of)

        assert all(sum(fits(cell, day) for cell in found) == 1 for day in values(fact_id, as_of) if fits(known, day))
        assert all(known.low <= cell.low <= cell.high <= known.high for cell in found if isinstance(cell, Days))


def test_too_many_members_are_left_together_rather_than_left_out():
    """Judging by every possible answer is only right with all of them, and a set of six has 64: two members at once were overlooked."""
    names = [f"m{number}" for number in range(6)]
    fact = Fact.model_validate(
        {
            **{"id": "badges", "type": "set", "topic": "wishes", "name": "x", "ask": "x", "find_out": "x", "none": "x"},
            "options": [{"id": name, "label": name} for name in names],
        }
    )
    leaves = [compile_condition(condition.Test.model_validate({"fact": "badges", "has": [name]}), {"badges": fact}, {}) for name in names]
    found = cells(fact, [leaf for leaf in leaves if isinstance(leaf, Leaf)], None, DAYS[0], subsets=True)

    assert [cell for cell in found if fits(cell, frozenset(names[:2]))] == list(found[:1])
