"""Every figure comes from its document: the check itself, and its run over the six policies."""

from pathlib import Path

import pytest

from bot.content.problems import render
from bot.content.read import inspect_knowledge, knowledge_folder, read_problem_words
from bot.staff.sources import find_source_problems

DOCUMENTS = Path(__file__).parent / "example" / "sources"
POLICY = "policies/example-2024/policy.yaml"
GRANT = "policies/example-2024/start-grant.yaml"
LOAN = "policies/example-2024/start-loan.yaml"


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    """Change one place of a file."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.unlink()
    path.write_text(text.replace(old, new), "utf-8")


def printed(folder: Path, documents: Path = DOCUMENTS) -> list[str]:
    """The lines of the source check, with paths inside the folder."""
    knowledge, problems = inspect_knowledge(folder)
    assert knowledge is not None
    assert problems == ()
    words = read_problem_words()
    return [render(problem, words).removeprefix(f"{folder}/") for problem in find_source_problems(knowledge, documents, folder)]


def test_figures_are_found_through_script_pinyin_width_and_blanks(folder):
    """The copies are in traditional script, with pinyin in brackets, full-width digits and stray blanks."""
    assert printed(folder) == []


@pytest.mark.parametrize(
    "figure",
    [
        pytest.param("6000元", id="not printed at all"),
        pytest.param("300万元", id="only in the advertisement before the document"),
        pytest.param("8000元", id="only in the advertisement after the document"),
        pytest.param("10万元", id="only in another section"),
        pytest.param("000元", id="only as a part of a longer number"),
    ],
)
def test_a_figure_is_refused_if_it_is(folder, figure):
    """A figure from elsewhere would look as well founded as a true one."""
    spoil(folder, GRANT, '"6个月"]', f'"6个月", "{figure}"]')

    assert printed(folder) == [f"{GRANT}:11: source.figures[2]: 原文这一部分里找不到“{figure}”; 核对原文，改成原文的写法，或者换对的部分"]


def test_the_figures_of_a_clause_are_checked_too(folder):
    """General rules carry figures as measures do."""
    spoil(folder, POLICY, "figures: [一次]", "figures: [两次]")

    assert printed(folder) == [
        f"{POLICY}:28: clauses[0].source.figures[0]: 原文这一部分里找不到“两次”; 核对原文，改成原文的写法，或者换对的部分"
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "shown"),
    [
        pytest.param("exactly: 5000", "exactly: 6000", 8, "amounts[0].exactly: 6000元", id="an exact sum"),
        pytest.param("exactly: 5000", "at_least: 6", 8, None, id="a listed figure, whatever its unit"),
        pytest.param("exactly: 5000", "at_least: 60, role: quota", 8, "amounts[0].at_least: 60元", id="a quota"),
        pytest.param("exactly: 5000", "at_most: 60, role: target", 8, "amounts[0].at_most: 60元", id="a target"),
        pytest.param("exactly: 5000", "at_least: 60, role: condition", 8, None, id="a condition, which promises nothing"),
        pytest.param("exactly: 5000", "exactly: 0, say: 免费", 8, None, id="a number that is said in words"),
        pytest.param("exactly: 5000, unit: 元", "exactly: 0.5, unit: 万元", 8, None, id="the same sum in another unit"),
    ],
)
def test_a_number_a_reader_may_act_on_is_backed_by_a_listed_figure(folder, old, new, line, shown):
    """Amounts are typed apart from the figures, so a slip in one of them would otherwise go unseen."""
    spoil(folder, GRANT, old, new)

    found = [text.partition(" 这个数")[0] for text in printed(folder)]

    assert found == ([f"{GRANT}:{line}: {shown}"] if shown else [])


def test_a_percentage_is_not_backed_by_a_plain_number(folder):
    """50% and 50 are different figures."""
    spoil(folder, LOAN, 'figures: ["10万元", "50%"]', 'figures: ["10万元", "50"]')

    assert printed(folder) == [
        f"{LOAN}:9: amounts[1].exactly: 50% 这个数，source.figures 里没有对应的原文; "
        "到原文里找到它，把原文的写法加进 source.figures；原文没有就写 not_stated: true"
    ]


def test_sections_are_found_in_their_order(folder):
    """A section that begins before the one listed above it would cut the text in the wrong places."""
    spoil(folder, POLICY, "{name: 第一条, begins: 第一条}", "{name: 第一条, begins: 第二条}")
    spoil(folder, POLICY, "{name: 第二条, begins: 第二条}", "{name: 第二条, begins: 第一条}")

    assert (
        f"{POLICY}:19: document.sections[1].begins: 原文里找不到“第一条”; 从原文里抄这一部分开头的几个字；各部分按原文的先后排"
        in printed(folder)
    )


@pytest.mark.parametrize(("old", "line", "field"), [("样例市办法", 15, "begins"), ("联系本站", 16, "ends")])
def test_a_document_without_its_first_or_last_words_is_reported(folder, old, line, field):
    """Without them the advertisements around the document would count as its text."""
    spoil(folder, POLICY, f"{field}: {old}", f"{field}: 别的话")

    assert printed(folder) == [
        f"{POLICY}:{line}: document.{field}: 原文里找不到“别的话”; 从原文里抄这一部分开头的几个字；各部分按原文的先后排"
    ]


def test_a_missing_document_is_one_problem_not_one_a_figure(folder, tmp_path):
    """A wrong folder on the command line should not bury its reason."""
    assert printed(folder, tmp_path) == [
        f"{POLICY}:13: document.file: 找不到原文文件 example.txt; 检查 document.file，或者 --sources 给的文件夹"
    ]


def test_every_figure_of_the_six_policies_is_in_its_section(knowledge, sources):
    """The first promise: amounts, percentages, months and headcounts are as the documents have them."""
    words = read_problem_words()

    assert [render(problem, words) for problem in find_source_problems(knowledge, sources, knowledge_folder())] == []
