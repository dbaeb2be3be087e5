"""The cases of the rules: for each rule a person who fits, and what changes when one thing changes."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from bot.content.problems import Problems
from bot.content.read import read_knowledge
from bot.content.yaml_file import read_yaml
from bot.eligibility.answers import Answers
from bot.eligibility.judge import Judge
from bot.eligibility.verdict import Judgement
from bot.staff.answer_file import read_answers

HERE = Path(__file__).parent
FILES = sorted(path for path in HERE.glob("*/*.yaml") if path.parent.name != "personas")


@dataclass(frozen=True)
class Case:
    """One situation and what must come of it."""

    entry_id: str
    name: str
    as_of: date
    answers: Answers
    expected: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.name}"


@cache
def judge() -> Judge:
    """The judge of the rules as they are."""
    return Judge(read_knowledge())


def cases_in(path: Path) -> list[Case]:
    """The cases of one rule."""
    problems = Problems()
    file = read_yaml(path, problems)
    assert file is not None and not problems.found, (path, problems.found)
    unknown = set(file.value) - {"as_of", "fits", "cases"}
    assert not unknown, f"{path}: {unknown}"
    cases = []
    for written in file.value["cases"]:
        unknown = set(written) - {"name", "facts", "as_of", "verdict", "blocked_by", "needs", "ready_on", "heads", "otherwise"}
        assert not unknown, f"{path}: {written['name']}: {unknown}"
        answers = read_answers({**file.value["fits"], **written.get("facts", {})}, judge().facts)
        day = written.get("as_of", file.value["as_of"])
        cases.append(Case(f"{path.parent.name}/{path.stem}", written["name"], day, answers, written))
    return cases


@cache
def all_cases() -> tuple[Case, ...]:
    """Every case of every rule."""
    return tuple(case for path in FILES for case in cases_in(path))


def complaints(case: Case, found: Judgement) -> list[str]:
    """How a judgement differs from what a case expects; empty if it does not."""
    wrong = []
    if found.verdict != case.expected["verdict"]:
        wrong.append(f"verdict {found.verdict}, expected {case.expected['verdict']}")
    blocked = {leaf.id for blocked in found.blocked for leaf in blocked.leaves}
    if "blocked_by" in case.expected and blocked != set(case.expected["blocked_by"]):
        wrong.append(f"blocked by {sorted(blocked)}, expected {case.expected['blocked_by']}")
    if "needs" in case.expected and set(found.needs) != set(case.expected["needs"]):
        wrong.append(f"needs {sorted(found.needs)}, expected {case.expected['needs']}")
    if "ready_on" in case.expected and found.ready_on != case.expected["ready_on"]:
        wrong.append(f"ready on {found.ready_on}, expected {case.expected['ready_on']}")
    if "heads" in case.expected and dict(found.heads) != case.expected["heads"]:
        wrong.append(f"heads {found.heads}, expected {case.expected['heads']}")
    if "otherwise" in case.expected and found.otherwise != case.expected["otherwise"]:
        wrong.append(f"otherwise {found.otherwise}, expected {case.expected['otherwise']}")
    return wrong
