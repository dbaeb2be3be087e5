"""What can be said at all: that it renders, that it is words only, and that it is our own."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import bot
from bot.content.read import knowledge_folder
from bot.content.wording import PLACEHOLDERS

FILES = sorted(path for path in knowledge_folder().rglob("*.yaml") if "regions" not in path.parts)
HAN = re.compile(r"[\u4e00-\u9fff]")
NOT_COMPARED = re.compile(r"[^\u4e00-\u9fff0-9]")
RUN = 26
NOT_A_CONTACT = "82902222"
"""The line of the newspaper that printed the 吉林 plan."""

CODE = Path(bot.__file__).parent
MODULES = sorted(path for path in CODE.rglob("*.py") if path.relative_to(CODE).parts[0] != "language")


def runs(text: str) -> Iterator[str]:
    """Every run of 26 characters and digits within a line."""
    for line in text.splitlines():
        line = NOT_COMPARED.sub("", line)
        yield from (line[at : at + RUN] for at in range(len(line) - RUN + 1))


def texts(value: Any) -> Iterator[str]:
    """Every text of a YAML value that may be said; what is only listened for is left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"heard", "phrasings", "keywords"}:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    else:
        yield str(value)


@pytest.mark.parametrize("key", PLACEHOLDERS)
def test_a_sentence_renders_with_everything_it_is_given(key, knowledge):
    """A template that fails to render would cost somebody the whole answer."""
    values = {name: f"<{name}>" for name in PLACEHOLDERS[key]}

    said = knowledge.wording.say(key, **values)

    assert said.strip()
    assert not re.search(r"[{}]", said)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_text_uses_an_emoji_or_other_picture(path):
    """A screen reader spells them out or leaves them out, so no meaning may hang on them."""
    pictures = {char for char in path.read_text("utf-8") if unicodedata.category(char) == "So" or char == "\ufe0f"}

    assert pictures == set()


def test_the_newspapers_number_is_never_offered_as_a_contact():
    """It stands at the end of the 吉林 source; who calls it about a subsidy has wasted a call. It may be heard, never said."""
    said = [text for path in FILES for text in texts(yaml.safe_load(path.read_text("utf-8")))]

    assert [text for text in said if NOT_A_CONTACT in re.sub(r"[\s-]", "", text)] == []
    assert len(said) > 1000


def test_sentences_are_our_own_words(sources):
    """Facts and figures carry over from the documents, sentences do not; titles are the only long runs that may."""
    taken = {run for path in sources.glob("*.txt") for run in runs(re.sub(r"\([a-z]+\)", "", path.read_text("utf-8", errors="ignore")))}

    copied = [
        f"{path.parent.name}/{path.name}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if not line.startswith("title: ") and not taken.isdisjoint(runs(line))
    ]

    assert copied == []


def test_wording_is_data_not_code():
    """Staff change what the bot says without a developer; only `language`, which is about Chinese itself, holds Chinese."""
    found = []
    for path in MODULES:
        tree = ast.parse(path.read_text("utf-8"))
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        docstrings = {
            id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and isinstance(node.body[0], ast.Expr)
        }
        found += [
            f"{path.relative_to(CODE)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings and HAN.search(node.value)
        ]

    assert found == []
    assert len(MODULES) > 20
