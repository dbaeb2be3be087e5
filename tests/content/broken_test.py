"""What staff read when they make a mistake: one file of ``broken/`` a mistake, with the exact lines that are printed."""

import re
import string
from pathlib import Path

import pytest
import yaml

from bot.content.problems import render
from bot.content.read import ContentError, inspect_knowledge, knowledge_folder, read_knowledge, read_problem_words

CASES = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
PRINTED = [line for path in CASES for line in yaml.safe_load(path.read_text("utf-8"))["reports"]]
PROBLEM_WORDS = (knowledge_folder() / "wording" / "problems.yaml").read_text("utf-8")
ABOUT_RULES = yaml.safe_load(PROBLEM_WORDS.partition("\n# rules/\n")[2].partition("\n# ")[0])


def spoil(folder: Path, case: dict) -> None:
    """Replace, add and remove the files a case names."""
    for name in case.get("folders", ()):
        (folder / name).mkdir()
    for name, text in case.get("files", {}).items():
        path = folder / name
        path.unlink(missing_ok=True)
        path.write_bytes(text.encode(case.get("encoding", "utf-8")))
    for name in case.get("remove", ()):
        (folder / name).unlink()


def printed(folder: Path) -> list[str]:
    """The lines `zhuchuang check` prints about a folder, with paths inside it or beginning with rules/."""
    words = read_problem_words()
    lines = [render(problem, words) for problem in inspect_knowledge(folder)[1]]
    return [line.removeprefix(f"{folder}/").removeprefix(f"{folder.parent}/") for line in lines]


def test_the_example_itself_is_sound(folder):
    """Otherwise a case below could report a mistake that is not its own."""
    assert printed(folder) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_mistake_is_reported_with_file_line_field_and_remedy(path, folder):
    """Staff mend their files from these lines alone, so the words are part of the product."""
    case = yaml.safe_load(path.read_text("utf-8"))
    spoil(folder, case)

    assert printed(folder) == case["reports"]


def any_filling(template: str) -> str:
    """A pattern for a sentence whatever stands in its placeholders."""
    return "".join(re.escape(text) + (".*" if name else "") for text, name, _, _ in string.Formatter().parse(template))


@pytest.mark.parametrize("code", [*ABOUT_RULES, "unknown_region", "unknown_section", "repeated_id", "extra_forbidden", "missing_file"])
def test_every_mistake_in_rules_has_a_case(code):
    """Words nobody has seen printed may never be printed, or beside others that hide them."""
    words = read_problem_words()[code]
    said = re.compile(rf"rules/[^;]*: {any_filling(words['wrong'])}; {any_filling(words['fix'])}")

    assert any(said.fullmatch(line) for line in PRINTED)


def test_mistakes_in_several_files_are_all_reported_at_once(folder):
    """One mistake at a time would mean as many rounds as mistakes."""
    names = ("amount-without-unit", "unknown-placeholder", "unquoted-code", "percent-of-nothing", "missing-template", "rule-without-when")
    cases = [yaml.safe_load((Path(__file__).parent / "broken" / f"{name}.yaml").read_text("utf-8")) for name in names]
    for case in cases:
        spoil(folder, case)

    assert sorted(printed(folder)) == sorted(line for case in cases for line in case["reports"])


def test_broken_content_is_never_served(folder):
    """The bot refuses to start on content with a mistake, and the error carries every problem."""
    spoil(folder, yaml.safe_load((Path(__file__).parent / "broken" / "unknown-office.yaml").read_text("utf-8")))

    with pytest.raises(ContentError) as caught:
        read_knowledge(folder)

    assert [problem.code for problem in caught.value.problems] == ["unknown_office"]
