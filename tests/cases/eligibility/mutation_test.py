"""Whether the cases notice a mistake: each condition dropped, turned round, and each number one off must make a case fail."""

import copy
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.eligibility.conditions import Either, Every, Leaf, Node
from bot.eligibility.judge import Judge
from bot.eligibility.view import View
from tests.cases.eligibility.rule_cases import FILES, Case, cases_in, complaints, judge, no_complaints, shown, told_plainly


def mutants(node: Node) -> Iterator[tuple[str, Node | None]]:
    """Every way to spoil one condition; None where it is dropped."""
    if isinstance(node, Leaf):
        yield f"没有例子检查条件 {node.id}（去掉它也没有一个例子变红）", None
        yield f"没有例子检查条件 {node.id}（反过来写也没有一个例子变红）", replace(node, negated=not node.negated, token=object())
        for name in ("at_least", "at_most"):
            number = getattr(node.test, name)
            if number is not None:
                for other in (number - 1, number + 1):
                    yield (
                        f"没有例子检查条件 {node.id} 的数（{name} 从 {number} 改成 {other} 也没有一个例子变红）",
                        replace(node, test=node.test.model_copy(update={name: other}), token=object()),
                    )
        return
    for index, part in enumerate(node.parts):
        for what, mutant in mutants(part):
            parts = [*node.parts[:index], *([mutant] if mutant is not None else []), *node.parts[index + 1 :]]
            yield what, replace(node, parts=tuple(parts)) if parts else None
    if len(node.parts) > 1 and isinstance(node, Either):
        yield "没有例子检查 any 里只满足一项的人（any 改成 all 也没有一个例子变红）", Every(node.parts)


def spoiled(entry_id: str, condition: Node) -> Judge:
    """The judge with one rule replaced."""
    other = copy.copy(judge())
    other.measures = {**other.measures, entry_id: replace(other.measures[entry_id], condition=condition)}
    return other


JUDGED = [path for path in FILES if f"{path.parent.name}/{path.stem}" in judge().measures]


@pytest.mark.parametrize("path", JUDGED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_cases_notice_every_spoiled_condition(path: Path):
    """A condition nobody would miss is either not tested or not needed."""
    with told_plainly():
        no_complaints(shown(path), survivors(f"{path.parent.name}/{path.stem}", cases_in(path)))


def survivors(entry_id: str, cases: Collection[Case]) -> list[str]:
    """The spoiled conditions no case notices."""
    found = []
    for what, mutant in mutants(judge().measures[entry_id].condition):
        other = spoiled(entry_id, mutant if mutant is not None else Every(()))
        if not any(complaints(case, other.judge(entry_id, View(other.book, case.answers, case.as_of))) for case in cases):
            found.append(what)
    return found


def test_a_condition_without_a_case_is_named():
    """A clerk adds the missing case from this line; without the case the condition could be wrong for years."""
    path = next(path for path in JUDGED if path.stem == "startup-grant-sole-trader")
    entry_id = f"{path.parent.name}/{path.stem}"
    cases = [case for case in cases_in(path) if not {"certificate", "registered_on"} & case.expected.get("facts", {}).keys()]
    found = survivors(entry_id, cases)

    assert "没有例子检查条件 certificate（去掉它也没有一个例子变红）" in found
    assert "没有例子检查条件 months 的数（at_least 从 6 改成 7 也没有一个例子变红）" in found
