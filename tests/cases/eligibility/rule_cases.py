"""The cases of the rules: for each rule a person who fits, and what changes when one thing changes."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.content.problems import Problems, render
from bot.content.read import read_knowledge, read_problem_words
from bot.content.yaml_file import read_yaml
from bot.eligibility.answers import Answers
from bot.eligibility.judge import Judge
from bot.eligibility.verdict import Judgement, Verdict
from bot.staff.answer_file import MisreadAnswers, read_answers

HERE = Path(__file__).parent
FILES = sorted(path for path in HERE.glob("*/*.yaml") if path.parent.name != "personas")
KEYS = {"name", "facts", "as_of", "verdict", "blocked_by", "needs", "ready_on", "heads", "otherwise"}
VERDICTS = [str(verdict) for verdict in Verdict]


class Misread(ValueError):
    """A file of cases or a person that cannot be understood; ``wrong`` is one plain sentence for each mistake."""

    def __init__(self, file: str, wrong: list[str]) -> None:
        """Carry all mistakes of a file."""
        super().__init__(f"{file}: {'; '.join(wrong)}")
        self.file = file
        self.wrong = wrong


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


def in_file(path: Path) -> dict[str, Any]:
    """What a YAML file holds, read as strictly as the rules are.

    Raises:
        Misread: The file is not YAML, or not a table of names.
    """
    problems = Problems()
    file = read_yaml(path, problems)
    if file is None or problems.found:
        words = read_problem_words()
        raise Misread(shown(path), [f"第{one.line}行 {render(one, words).partition(': ')[2]}" for one in problems.found])
    if not isinstance(file.value, dict):
        raise Misread(shown(path), ["要写成“名称: 内容”，照着旁边的文件写"])
    return file.value


def cases_in(path: Path) -> list[Case]:
    """The cases of one rule.

    Raises:
        Misread: Something in the file cannot be understood; every mistake is named with its case.
    """
    written = in_file(path)
    wrong = misnamed(written, {"as_of", "fits", "cases"}, needed=("as_of", "fits", "cases"))
    if not wrong and not (isinstance(written["fits"], dict) and isinstance(written["cases"], list)):
        wrong = ["fits 下面要写“事: 回答”，cases 下面每个例子前面加 - "]
    if wrong:
        raise Misread(shown(path), wrong)
    wrong += [f"fits：{one}" for one in unreadable(written["fits"])]
    cases = []
    for number, one in enumerate(written["cases"], 1):
        if not isinstance(one, dict):
            wrong.append(f"第{number}个例子要写成 {{name: …, verdict: …}}")
            continue
        name = one.get("name", f"第{number}个例子")
        facts = one.get("facts", {})
        mistakes = [*misnamed(one, KEYS, needed=("name", "verdict")), *unknown_verdicts(one)]
        mistakes += unreadable(facts) if isinstance(facts, dict) else ["facts 要写成 {事: 回答}"]
        day = one.get("as_of", written["as_of"])
        if not isinstance(day, date):
            mistakes.append(f"as_of 要写日期，比如 2026-11-21，不能写 {day}")
        wrong += [f"“{name}”：{mistake}" for mistake in mistakes]
        if not wrong:
            answers = read_answers({**written["fits"], **facts}, judge().facts)
            cases.append(Case(f"{path.parent.name}/{path.stem}", name, day, answers, one))
    if wrong:
        raise Misread(shown(path), wrong)
    return cases


def misnamed(written: dict[str, Any], known: Collection[str], needed: Collection[str]) -> list[str]:
    """What is written that nobody reads, and what is missing."""
    wrong = [f"不认识“{key}”这一项，能写的有：{'、'.join(sorted(known))}" for key in written if key not in known]
    return wrong + [f"缺 {key} 这一项" for key in needed if key not in written]


def unknown_verdicts(written: dict[str, Any]) -> list[str]:
    """Verdicts that do not exist, one or several to a key."""
    given = [(key, one) for key in ("verdict", "otherwise") for one in one_or_several(written.get(key, ()))]
    return [f"{key} 没有“{one}”这种结论，能写的有：{'、'.join(VERDICTS)}" for key, one in given if one not in VERDICTS]


def unreadable(facts: dict[str, Any]) -> list[str]:
    """What is wrong with answers, one sentence each."""
    try:
        read_answers(facts, judge().facts)
    except MisreadAnswers as misread:
        words = read_problem_words()["unknown_fact"]["wrong"]
        wrong = []
        for name, code, details in misread.problems:
            if code == "unknown_fact":
                wrong.append(words.format(id=name))
            elif code == "derived_not_given":
                wrong.append(f"“{name}”是推出来的，不能直接写")
            else:
                wrong.append(f"“{name}”不能写 {details['given']}，它能写什么，用 .venv/bin/zhuchuang facts 看")
        return wrong
    return []


def one_or_several(written: str | Collection[str]) -> Collection[str]:
    """A verdict or a list of them as a collection."""
    return (written,) if isinstance(written, str) else written


def shown(path: Path) -> str:
    """A file as a clerk finds it."""
    return path.relative_to(HERE.parents[2]).as_posix() if path.is_relative_to(HERE.parents[2]) else path.name


def no_complaints(file: str, wrong: Collection[str]) -> None:
    """Fail with one line a complaint, without the program's own text around it."""
    if wrong:
        pytest.fail("\n".join([file, *(f"  {line}" for line in wrong)]), pytrace=False)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Let a file that cannot be understood fail the test with what is wrong in it."""
    try:
        yield
    except Misread as misread:
        no_complaints(misread.file, misread.wrong)


@cache
def all_cases() -> tuple[Case, ...]:
    """Every case of every rule."""
    return tuple(case for path in FILES for case in cases_in(path))


def complaints(case: Case, found: Judgement) -> list[str]:
    """How a judgement differs from what a case expects, in plain words; empty if it does not."""
    blocked = {leaf.id for blocked in found.blocked for leaf in blocked.leaves}
    expected = case.expected
    wrong = []
    if found.verdict != expected["verdict"]:
        reason = f"（不满足：{listed(blocked)}）" if blocked else f"（还差：{listed(found.needs)}）" if found.needs else ""
        wrong.append(f"结论是 {found.verdict}{reason}，例子写的是 {expected['verdict']}")
    if "blocked_by" in expected and blocked != set(expected["blocked_by"]):
        wrong.append(f"不满足的条件是 {listed(blocked)}，例子写的 blocked_by 是 {listed(expected['blocked_by'])}")
    if "needs" in expected and set(found.needs) != set(expected["needs"]):
        wrong.append(f"还差的事是 {listed(found.needs)}，例子写的 needs 是 {listed(expected['needs'])}")
    if "ready_on" in expected and found.ready_on != expected["ready_on"]:
        wrong.append(f"能满足的日期是 {found.ready_on or '没有'}，例子写的 ready_on 是 {expected['ready_on']}")
    if "heads" in expected and dict(found.heads) != expected["heads"]:
        wrong.append(f"按人头算的是 {dict(found.heads)}，例子写的 heads 是 {expected['heads']}")
    if "otherwise" in expected and found.otherwise != expected["otherwise"]:
        wrong.append(f"不看日期，结论是 {found.otherwise}，例子写的 otherwise 是 {expected['otherwise']}")
    return wrong


def listed(ids: Collection[str]) -> str:
    """Ids in a sentence."""
    return "、".join(sorted(ids)) or "没有"
