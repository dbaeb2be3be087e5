"""The schemas editors use are those of the models."""

from typing import Any

import pytest

from bot.content.problems import Problems, field_name
from bot.content.read import LEXICON_FILES, knowledge_folder, rules_folder
from bot.content.schemas import build_schemas, write_schemas
from bot.content.yaml_file import read_yaml

FOLDER = knowledge_folder() / "schemas"
RULES = rules_folder(knowledge_folder())
SCHEMAS = build_schemas()
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


def alternatives(schema: Any, whole: dict[str, Any]) -> list[dict[str, Any]]:
    """What a value may be by a schema, with references followed."""
    if "$ref" in schema:
        return alternatives(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    choices = schema.get("anyOf", schema.get("oneOf"))
    return [schema] if choices is None else [one for choice in choices for one in alternatives(choice, whole)]


def unknown_fields(value: Any, schema: Any, whole: dict[str, Any], where: tuple[str | int, ...] = ()) -> list[str]:
    """The fields of a value at any depth that a schema does not know, by the alternative that knows most of them."""
    fitting = alternatives(schema, whole)
    if isinstance(value, list):
        items = next((one["items"] for one in fitting if "items" in one), {})
        return [name for index, item in enumerate(value) for name in unknown_fields(item, items, whole, (*where, index))]
    fitting = [one for one in fitting if one.get("type") == "object"]
    if not isinstance(value, dict) or not fitting or any("properties" not in one for one in fitting):  # a table of any keys
        return []
    fields = min((one["properties"] for one in fitting), key=lambda known: len(value.keys() - known.keys()))
    return [
        name
        for key, item in value.items()
        for name in (unknown_fields(item, fields[key], whole, (*where, key)) if key in fields else [field_name((*where, key))])
    ]


@pytest.mark.parametrize("path", sorted(RULES.rglob("*.yaml")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_field_in_use_is_known_to_the_schema_of_rules_and_facts(path):
    """Conditions stand inside each other, so fields are looked up at every depth; `is`, `in` and `with` are keywords in Python."""
    file = read_yaml(path, Problems())
    assert file is not None
    schema = SCHEMAS["facts" if path.name == "facts.yaml" else "rule"]

    assert unknown_fields(file.value, schema, schema) == []


def test_a_field_the_schema_does_not_know_is_found_inside_a_condition():
    """Otherwise the test above would pass on anything."""
    schema = SCHEMAS["rule"]
    rule = {
        "id": "x",
        "when": {"all": [{"any": [{"fact": "staff", "at_least": 1}, {"fact": "staff", "at_lest": 2}]}]},
        "combine": {"wit": []},
    }

    assert unknown_fields(rule, schema, schema) == ["when.all[0].any[1].at_lest", "combine.wit"]


@pytest.mark.parametrize(
    ("name", "parts"), [("rule", "Test AllOf AnyOf Prose Scale Addition Combining"), ("facts", "Fact Option Side Derived")]
)
def test_an_unknown_field_is_marked_at_every_depth(name, parts):
    """A misspelt test in a condition is to be underlined while it is typed."""
    schema = SCHEMAS[name]

    assert [part for part in parts.split() if schema["$defs"][part]["additionalProperties"] is not False] == []


def test_validity_is_completed_by_the_words_staff_write():
    """In Python `from` is a keyword; in the file it is the field."""
    valid = build_schemas()["policy"]["$defs"]["Valid"]

    assert list(valid["properties"]) == ["from", "to", "basis"]


def test_every_lexicon_file_has_a_schema():
    """The lexicon is what clerks edit most."""
    assert {path.stem for path in (knowledge_folder() / "lexicon").glob("*.yaml")} == LEXICON_FILES.keys()
    assert LEXICON_FILES.keys() <= build_schemas().keys()
