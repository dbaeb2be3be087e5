"""The schemas editors use are those of the models."""

from typing import Any

import pytest

from bot.content.problems import Problems
from bot.content.read import LEXICON_FILES, knowledge_folder
from bot.content.schemas import build_schemas, write_schemas
from bot.content.yaml_file import read_yaml

FOLDER = knowledge_folder() / "schemas"
STALE = "the schemas are out of date; run: zhuchuang check --schemas knowledge/schemas"


def test_the_committed_schemas_are_current(tmp_path):
    """An editor that completes yesterday's fields leads staff into mistakes."""
    write_schemas(tmp_path)

    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    assert written == {path.name: path.read_bytes() for path in FOLDER.iterdir()}, STALE


@pytest.mark.parametrize("name", ["measure", "policy", "contacts", "ranking"])
def test_every_field_in_use_is_known_to_its_schema(name):
    """Aliases such as `from` must stand in the schema as staff write them."""
    paths = {
        "measure": "policies/dongying-2017/startup-grant-sole-trader.yaml",
        "policy": "policies/sichuan-2025/policy.yaml",
        "contacts": "contacts.yaml",
        "ranking": "ranking.yaml",
    }
    file = read_yaml(knowledge_folder() / paths[name], Problems())
    assert file is not None
    schema: dict[str, Any] = build_schemas()[name]

    assert file.value.keys() <= schema["properties"].keys()
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) <= file.value.keys()


def test_validity_is_completed_by_the_words_staff_write():
    """In Python `from` is a keyword; in the file it is the field."""
    valid = build_schemas()["policy"]["$defs"]["Valid"]

    assert list(valid["properties"]) == ["from", "to", "basis"]


def test_every_lexicon_file_has_a_schema():
    """The lexicon is what clerks edit most."""
    assert {path.stem for path in (knowledge_folder() / "lexicon").glob("*.yaml")} == LEXICON_FILES.keys()
    assert LEXICON_FILES.keys() <= build_schemas().keys()
