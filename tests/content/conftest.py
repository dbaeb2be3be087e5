"""A small valid knowledge folder, and copies of it to spoil."""

import os
import shutil
from pathlib import Path

import pytest

from bot.content.read import knowledge_folder
from bot.content.wording import PLACEHOLDERS

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small policy: its own regions, contacts and rules, the real lexicon, one file a template."""
    folder = tmp_path_factory.mktemp("example") / "knowledge"
    shutil.copytree(HERE / "example", folder, ignore=shutil.ignore_patterns("sources"))
    shutil.copytree(HERE / "example-rules", folder.parent / "rules")
    shutil.copytree(knowledge_folder() / "lexicon", folder / "lexicon")
    shutil.copy(knowledge_folder() / "ranking.yaml", folder)
    wording = folder / "wording"
    wording.mkdir()
    shutil.copy(knowledge_folder() / "wording" / "problems.yaml", wording)
    for key, names in PLACEHOLDERS.items():
        filled = " ".join(f"{{{name}}}" for name in sorted(names))
        (wording / f"{key}.yaml").write_text(f'{key}: "{key} {filled}"\n', "utf-8")
    return folder


@pytest.fixture
def folder(example: Path, tmp_path: Path) -> Path:
    """A copy of the example for one test, rules beside it. Its files are links to shared ones: unlink a file before writing to it."""
    shutil.copytree(example.parent / "rules", tmp_path / "rules", copy_function=os.link)
    return Path(shutil.copytree(example, tmp_path / "knowledge", copy_function=os.link))
