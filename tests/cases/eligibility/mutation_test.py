"""Whether the cases notice a mistake: each condition dropped, turned round, and each number one off must make a case fail."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.eligibility.conditions import Either, Every, Leaf, Node
from bot.eligibility.judge import Judge
from bot.eligibility.view import View
from tests.cases.eligibility.rule_cases import FILES, cases_in, complaints, judge


def mutants(node: Node) -> Iterator[tuple[str, Node | None]]:
    """Every way to spoil one condition; None where it is dropped."""
    if isinstance(node, Leaf):
        yield f"drop {node.id}", None
        yield f"flip {node.id}", replace(node, negated=not node.negated, token=object())
        for name in ("at_least", "at_most"):
            number = getattr(node.test, name)
            if number is not None:
                for other in (number - 1, number + 1):
                    yield f"{node.id}: {name} {other}", replace(node, test=node.test.model_copy(update={name: other}), token=object())
        return
    for index, part in enumerate(node.parts):
        for what, mutant in mutants(part):
            parts = [*node.parts[:index], *([mutant] if mutant is not None else []), *node.parts[index + 1 :]]
            yield what, replace(node, parts=tuple(parts)) if parts else None
    if len(node.parts) > 1 and isinstance(node, Either):
        yield "any becomes all", Every(node.parts)


def spoiled(entry_id: str, condition: Node) -> Judge:
    """The judge with one rule replaced."""
    other = copy.copy(judge())
    other.measures = {**other.measures, entry_id: replace(other.measures[entry_id], condition=condition)}
    return other


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_cases_notice_every_spoiled_condition(path: Path):
    """A condition nobody would miss is either not tested or not needed."""
    entry_id = f"{path.parent.name}/{path.stem}"
    cases = cases_in(path)
    survivors = []
    for what, mutant in mutants(judge().measures[entry_id].condition):
        other = spoiled(entry_id, mutant if mutant is not None else Every(()))
        if not any(complaints(case, other.judge(entry_id, View(other.book, case.answers, case.as_of))) for case in cases):
            survivors.append(what)

    assert survivors == []
