"""Problems in words: every mistake that can be made has a sentence that says how to mend it."""

import ast
import copy
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

import bot
from bot.content.contact import Contacts
from bot.content.fact import Fact
from bot.content.measure import Measure
from bot.content.policy import Policy
from bot.content.problems import FieldPath, Problem, Problems, render
from bot.content.ranking import RankingSettings
from bot.content.read import LEXICON_FILES, knowledge_folder, read_problem_words, rules_folder
from bot.content.rule import Rule
from bot.content.yaml_file import read_yaml

WORDS = read_problem_words()
FILES: dict[str, Any] = {
    "policies/sichuan-2025/policy.yaml": Policy,
    "policies/dongying-2017/startup-grant-sole-trader.yaml": Measure,
    "contacts.yaml": Contacts,
    "ranking.yaml": RankingSettings,
    "regions/cities.yaml": dict[str, str],
    "regions/aliases.yaml": dict[str, list[str]],
    **{f"lexicon/{name}.yaml": model for name, model in LEXICON_FILES.items()},
    "rules/facts.yaml": tuple[Fact, ...],
    "rules/sichuan-2025/public-welfare-post-subsidy.yaml": Rule,
    "rules/dongying-2017/production-loan.yaml": Rule,
}
NOT_OURS = {"key]", "int", "float", "bool", "str", "function", "test"}
WRONG = [None, True, False, 7, -3.5, 10**9, "", "x", "长" * 200, [], ["x"], {}, {"x": 1}, date(2025, 1, 1)]


def spots(value: Any, where: FieldPath = ()) -> Iterator[FieldPath]:
    """Every place in a value, of long lists and tables the first two and the first with other fields only."""
    yield where
    items = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    if len(items) >= 40:
        items = items[:2] + list({frozenset(item[1]): item for item in reversed(items[2:]) if isinstance(item[1], dict)}.values())
    for key, inner in items:
        yield from spots(inner, (*where, key))


def replaced(value: Any, where: FieldPath, new: Any) -> Any:
    """The value with something else in one place."""
    if not where:
        return new
    changed = copy.copy(value)
    changed[where[0]] = replaced(value[where[0]], where[1:], new)
    return changed


def emitted() -> dict[str, set[str]]:
    """Each problem code the program's text names, with the details it gives; the models' own errors too."""
    found: dict[str, set[str]] = {}
    for path in Path(bot.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if name == "add" and len(call.args) >= 2 and texts:
                found[texts[-1]] = {str(keyword.arg) for keyword in call.keywords}
            elif name == "PydanticCustomError":
                keys = call.args[2].keys if len(call.args) > 2 and isinstance(call.args[2], ast.Dict) else []
                found[texts[0]] = {"given", *(key.value for key in keys if isinstance(key, ast.Constant))}
    return found


EMITTED = emitted()


@pytest.mark.parametrize("code", sorted(EMITTED))
def test_a_problem_the_program_can_report_has_words_for_its_details(code):
    """A code without words would reach staff as English, a placeholder without its detail would crash the report."""
    used = {name for part in WORDS[code].values() for _, name, _, _ in string.Formatter().parse(part) if name}

    assert used <= EMITTED[code] | {"code"}


def test_the_search_for_codes_finds_them():
    """Otherwise the test above would pass on nothing."""
    assert {"repeated_key", "unknown_office", "amount_without_unit", "figure_not_in_source", "amount_without_figure"} <= EMITTED.keys()
    assert {"condition_one_test", "type_needs", "unknown_fact", "dead_fact", "rules_without_policy"} <= EMITTED.keys()
    assert len(EMITTED) > 50


@pytest.mark.parametrize("name", FILES)
def test_whatever_is_wrong_in_a_file_is_said_in_our_words(name):
    """Each field is replaced by everything it is not: no error of the validator is left without a sentence of ours, none told twice."""
    folder = rules_folder(knowledge_folder()).parent if name.startswith("rules/") else knowledge_folder()
    file = read_yaml(folder / name, Problems())
    assert file is not None
    adapter = TypeAdapter(FILES[name])
    problems = Problems()
    for where in spots(file.value):
        for wrong in WRONG:
            try:
                adapter.validate_python(replaced(file.value, where, wrong))
            except ValidationError as error:
                before = len(problems.found)
                problems.add_validation("a.yaml", error, file.lines)
                fields = [problem.field for problem in problems.found[before:]]
                assert fields
                assert len(fields) == len(set(fields)) or isinstance(wrong, dict)  # whose key and value may both be wrong

    assert {problem.code for problem in problems.found} - WORDS.keys() == set()
    assert all(render(problem, WORDS).startswith(f"a.yaml:{problem.line}: {problem.field}: ") for problem in problems.found)
    assert not any(NOT_OURS & set(re.split(r"[.\[(-]", problem.field)) for problem in problems.found)


def test_a_problem_without_words_is_still_reported():
    """A new version of the validator may name errors we have not met."""
    line = render(Problem("a.yaml", 3, "kind", "never_seen", (("given", "x"),)), WORDS)

    assert line == "a.yaml:3: kind: 这里写得不对（never_seen）; 对照 knowledge/README.md（规则看 rules/README.md）里的样例改"


def test_a_problem_is_reported_even_if_the_words_cannot_be_read():
    """The file of the words may itself be the broken one."""
    assert (
        render(Problem("problems.yaml", 1, "-", "yaml_syntax", (("reason", "x"),)), {})
        == "problems.yaml:1: -: yaml_syntax; {'reason': 'x'}"
    )


def test_braces_in_what_was_typed_are_printed_as_typed():
    """Staff type braces in templates; they must not be taken for ours."""
    line = render(Problem("a.yaml", 1, "kind", "enum", (("expected", "loan"), ("given", "{area}"))), WORDS)

    assert line == "a.yaml:1: kind: “{area}”不在可选的范围里; 从这些里选：loan"
