"""YAML as staff type it, without the surprises YAML has in store."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.content.problems import Problems
from bot.content.yaml_file import read_yaml


def read(tmp_path: Path, text: str) -> tuple[Any, Problems]:
    """The value of a text, and what is wrong with it."""
    path = tmp_path / "a.yaml"
    path.write_text(text, "utf-8")
    problems = Problems()
    file = read_yaml(path, problems)
    return (file.value if file else None), problems


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("1e3", "1e3"),
        ("5_000", "5_000"),
        ("2025-05-01 08:00", "2025-05-01 08:00"),
        ('"5000"', "5000"),
        ("'true'", "true"),
        ("5000", 5000),
        ("-1", -1),
        ("1.5", 1.5),
        ("true", True),
        ("null", None),
        ("~", None),
        ("2025-05-01", date(2025, 5, 1)),
    ],
)
def test_a_value_is_what_it_looks_like(tmp_path, written, value):
    """Plain YAML makes no a false, 12:30 a 750 and 010 an 8, and nobody notices."""
    found, problems = read(tmp_path, f"a: {written}\n")

    assert found == {"a": value}
    assert type(found["a"]) is type(value)
    assert problems.found == []


def test_every_field_knows_its_line(tmp_path):
    """A mistake is only quickly mended where it is pointed at."""
    path = tmp_path / "a.yaml"
    path.write_text("# head\na: 1\nb:\n  - c: 2\n    d: 3\n  - e\n", "utf-8")

    file = read_yaml(path, Problems())

    assert file is not None
    assert file.lines == {(): 2, ("a",): 2, ("b",): 3, ("b", 0): 4, ("b", 0, "c"): 4, ("b", 0, "d"): 5, ("b", 1): 6}


def test_a_key_repeated_deep_inside_is_found_at_its_second_place(tmp_path):
    """Repeated keys hide best in nested lists."""
    _, problems = read(tmp_path, "a:\n  - b: 1\n    c: 2\n    b: 3\n")

    assert [(one.line, one.field, one.code) for one in problems.found] == [(4, "a[0].b", "repeated_key")]


def test_a_file_that_is_not_there_is_a_problem_not_a_crash(tmp_path):
    """One missing file must not hide what is wrong with the others."""
    problems = Problems()

    assert read_yaml(tmp_path / "none.yaml", problems) is None
    assert [one.code for one in problems.found] == ["unreadable_file"]


def test_tags_cannot_run_code(tmp_path):
    """Content comes from many hands; a YAML tag must never build a Python object."""
    found, _ = read(tmp_path, "a: !!python/object/apply:os.system [exit]\n")

    assert found == {"a": ["exit"]}
