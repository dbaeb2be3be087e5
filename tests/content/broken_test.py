"""What staff read when they make a mistake: one file of ``broken/`` a mistake, with the exact lines that are printed."""

from pathlib import Path

import pytest
import yaml

from bot.content.problems import render
from bot.content.read import ContentError, inspect_knowledge, read_knowledge, read_problem_words

CASES = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


def spoil(folder: Path, case: dict) -> None:
    """Replace, add and remove the files a case names."""
    for name, text in case.get("files", {}).items():
        path = folder / name
        path.unlink(missing_ok=True)
        path.write_bytes(text.encode(case.get("encoding", "utf-8")))
    for name in case.get("folders", ()):
        (folder / name).mkdir()
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


def test_mistakes_in_several_files_are_all_reported_at_once(folder):
    """One mistake at a time would mean as many rounds as mistakes."""
    names = ("amount-without-unit", "unknown-placeholder", "unquoted-code", "percent-of-nothing", "missing-template")
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
