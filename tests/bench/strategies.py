"""Ways to ask, and dialogues held with simulated users in one of them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from simulated_user import SimulatedUser

from bot.content.fact import FactType
from bot.eligibility.answers import Absence, Answer, Members
from bot.eligibility.conditions import asked_leaves
from bot.eligibility.judge import Judge, JudgedMeasure
from bot.eligibility.next_question import LONGEST_LIST, Asker, Question
from bot.eligibility.ticking import Item
from bot.eligibility.truth import Truth
from bot.eligibility.view import View

MOST = 0.9
"""The share of a policy's measures that is most of them."""

Strategy = Callable[[View, Sequence[str], Question | None], Question | None]
"""What is known, the measures and the question before, to the next question; None when nothing is open any more."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What was asked: ``questions``, the ``facts`` they were about, and ``things`` to decide on: each thing of a list to tick is one."""

    questions: int = 0
    facts: int = 0
    things: int = 0

    def after(self, question: Question) -> "Effort":
        """The effort with one more question."""
        return Effort(self.questions + 1, self.facts + len(question.facts), self.things + (len(question.items) or 1))


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The effort until most and until all measures of a policy are decided; ``asked`` are the facts until most."""

    most: Effort
    all: Effort
    asked: tuple[str, ...]


def measures_of(judge: Judge, policy_id: str) -> dict[str, JudgedMeasure]:
    """The measures of a policy that can be judged, by entry id."""
    return {entry_id: measure for entry_id, measure in judge.measures.items() if measure.policy.id == policy_id}


def our_order(judge: Judge, asker: Asker) -> Strategy:
    """The questions the assistant asks."""

    def ask(view: View, scope: Sequence[str], before: Question | None) -> Question | None:
        return asker.next(view, scope, shut=unsure_of(view), topic=judge.facts[before.fact_id].topic if before else None)

    return ask


def fixed_order(judge: Judge, asker: Asker, *, lists: bool) -> Strategy:
    """The order of ``rules/facts.yaml``: the first fact some measure still waits for, a total before its parts.

    With ``lists`` the yes-or-no facts and sets that follow are ticked together with it, as ours are.
    """
    order = {fact_id: place for place, fact_id in enumerate(judge.facts)}

    def ask(view: View, scope: Sequence[str], before: Question | None) -> Question | None:
        waiting = asker.waiting(view, scope, unsure_of(view))
        open_ = {fact_id for live in waiting.values() for fact_id in live}
        wholes = {whole for fact_id in open_ if (whole := judge.book.parts.get(fact_id)) is not None and whole not in view.known}
        facts = sorted(open_ | wholes, key=lambda fact_id: order[fact_id])
        if not facts:
            return None
        first = judge.facts[facts[0]]
        items = _to_tick(judge, first.id, view, waiting)
        for fact_id in facts[1:] if lists and items else ():
            more = _to_tick(judge, fact_id, view, waiting) if judge.facts[fact_id].sensitive == first.sensitive else ()
            items += more if len(items) + len(more) <= LONGEST_LIST else ()
        asked = tuple(dict.fromkeys(item.fact_id for item in items))
        return Question(asked, (), items, ()) if len(asked) > 1 or first.type is FactType.SET else Question((first.id,), (), (), ())

    return ask


def _to_tick(judge: Judge, fact_id: str, view: View, waiting: Mapping[str, Collection[str]]) -> tuple[Item, ...]:
    """A fact as things to tick: itself, or the members of a set that are not known and matter; nothing if it is no such fact."""
    fact = judge.facts[fact_id]
    if fact.type is not FactType.SET:
        return (Item(fact_id),) if fact.type is FactType.BOOL else ()
    conditions = [judge.measures[entry_id].condition for entry_id, live in waiting.items() if fact_id in live]
    tests = [leaf for condition in conditions for leaf in asked_leaves(condition) if leaf.asked == fact_id]
    wanted = {member for leaf in tests if view.truth(leaf) is Truth.UNKNOWN for member in leaf.test.has or leaf.test.has_none or ()}
    known = view.known.get(fact_id)
    if isinstance(known, Members):
        wanted -= known.has | known.lacks
    return tuple(Item(fact_id, option.id) for option in fact.options if option.id in wanted)


def remembered(ask: Strategy) -> Strategy:
    """The same questions, worked out once: many users begin alike."""
    known: dict[tuple[frozenset[tuple[str, Answer]], Question | None], Question | None] = {}

    def ask_again(view: View, scope: Sequence[str], before: Question | None) -> Question | None:
        said = frozenset(view.answers.items()), before
        if said not in known:
            known[said] = ask(view, scope, before)
        return known[said]

    return ask_again


def unsure_of(view: View) -> set[str]:
    """What the user said not to know, even where other answers narrow it."""
    return {fact_id for fact_id, answer in view.answers.items() if isinstance(answer, Absence)}


def undecided(judge: Judge, measures: Iterable[JudgedMeasure], view: View) -> list[JudgedMeasure]:
    """Those that neither fit nor fail, and wait for more than what the user does not know."""
    unsure = unsure_of(view)
    unknown = [measure for measure in measures if judge.truth(measure, view) is Truth.UNKNOWN]
    return [measure for measure in unknown if not (unsure and unsure.issuperset(judge.live_facts(measure, view)))]


def hold(judge: Judge, ask: Strategy, user: SimulatedUser, policy_id: str, day: date) -> Dialogue:
    """Ask a user until nothing is open; the place is known beforehand.

    Raises:
        RuntimeError: A question came twice, or none is left while measures are open.
    """
    measures = measures_of(judge, policy_id)
    answers: dict[str, Answer] = {"place": user.place}
    view = View(judge.book, answers, day)
    open_ = undecided(judge, measures.values(), view)
    effort, most, decided = Effort(), None, None
    asked: list[str] = []
    seen: set[Question] = set()
    question: Question | None = None
    while True:
        if most is None and len(open_) <= (1 - MOST) * len(measures):
            most, asked_until = effort, tuple(asked)
        if decided is None and not open_:
            decided = effort
        question = ask(view, tuple(measures), question)
        if question is None:
            break
        if question in seen:
            raise RuntimeError(f"{policy_id}: asked twice: {question}")
        seen.add(question)
        effort = effort.after(question)
        asked += question.facts
        for fact_id, answer in user.reply(question).items():
            answers[fact_id] = _both(answers.get(fact_id), answer)
        view = View(judge.book, answers, day)
        open_ = undecided(judge, open_, view)
    if most is None or decided is None:
        raise RuntimeError(f"{policy_id}: nothing left to ask, but open: {[measure.entry_id for measure in open_]}")
    return Dialogue(most, decided, asked_until)


def everything(judge: Judge, policy_id: str) -> Effort:
    """A form with each fact that a rule of the policy tests, but for the place."""
    tested: dict[str, set[str]] = {}
    for measure in measures_of(judge, policy_id).values():
        for leaf in asked_leaves(measure.condition):
            tested.setdefault(leaf.asked, set()).update(leaf.test.has or leaf.test.has_none or ())
    tested.pop("place", None)
    return Effort(len(tested), len(tested), sum(len(members) or 1 for members in tested.values()))


def _both(earlier: Answer | None, answer: Answer) -> Answer:
    """What is known of a set after some more of it was asked."""
    if isinstance(earlier, Members) and isinstance(answer, Members):
        return Members(earlier.has | answer.has, earlier.lacks | answer.lacks)
    return answer
