"""JSON Schemas of the YAML files, so that an editor completes fields and marks mistakes while staff type."""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot.content.contact import Contacts
from bot.content.fact import Fact
from bot.content.measure import Measure
from bot.content.policy import Policy
from bot.content.ranking import RankingSettings
from bot.content.read import LEXICON_FILES
from bot.content.rule import Rule
from bot.content.smoke import SmokeQuestions

_FILES: dict[str, Any] = {
    "policy": Policy,
    "measure": Measure,
    "contacts": Contacts,
    "ranking": RankingSettings,
    "smoke": SmokeQuestions,
    "facts": tuple[Fact, ...],
    "rule": Rule,
    **LEXICON_FILES,
}


def build_schemas() -> dict[str, dict[str, Any]]:
    """The schema of each sort of file, by name: ``measure``, ``policy``, ``rule``, ``facts`` … and each lexicon file's."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {name: {"$schema": dialect, "title": name, **TypeAdapter(model).json_schema(by_alias=True)} for name, model in _FILES.items()}


def write_schemas(folder: Path) -> None:
    """Write each schema to ``folder`` as ``<name>.json``; the same models always give the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in build_schemas().items():
        (folder / f"{name}.json").write_text(schema_text(schema), encoding="utf-8", newline="\n")


def schema_text(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
