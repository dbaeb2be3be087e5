"""The knowledge that is shipped can be read, and only what belongs to it is."""

import shutil

import pytest

from bot.content.read import inspect_knowledge, knowledge_folder, rules_folder


@pytest.fixture
def shipped(tmp_path):
    """A copy of the knowledge that is shipped."""
    shutil.copytree(rules_folder(knowledge_folder()), tmp_path / "rules")
    return shutil.copytree(knowledge_folder(), tmp_path / "knowledge")


def test_the_knowledge_that_is_shipped_has_no_problem():
    """With a single problem the bot would not start."""
    knowledge, problems = inspect_knowledge()

    assert problems == ()
    assert knowledge is not None


def test_what_stands_beside_the_yaml_changes_nothing(shipped):
    """Schemas for editors and notes for people live in the same folder."""
    before, _ = inspect_knowledge(shipped)
    shutil.rmtree(shipped / "schemas")
    (shipped / "policies" / "README.md").write_text("# 说明\n", "utf-8")
    (shipped / "policies" / "dongying-2017" / "notes.txt").write_text("记一笔\n", "utf-8")

    after, problems = inspect_knowledge(shipped)

    assert problems == ()
    assert after == before


def test_a_folder_that_is_not_there_is_reported_file_by_file(tmp_path):
    """A wrong path on the command line gets an answer, not a traceback."""
    knowledge, problems = inspect_knowledge(tmp_path / "nowhere")

    assert knowledge is None
    assert {"missing_file", "missing_template"} <= {problem.code for problem in problems}
