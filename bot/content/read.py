"""Reading ``knowledge/`` and ``rules/`` into one value, with every problem found on the way."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.content.checks import find_cross_problems
from bot.content.contact import Contacts
from bot.content.fact import Fact
from bot.content.knowledge import Knowledge, PolicyFolder
from bot.content.lexicon import (
    Answering,
    AspectHeard,
    AudienceHeard,
    Commands,
    Crisis,
    Gate,
    KindHeard,
    Lexicon,
    Meta,
    Misuse,
    NotCovered,
    PlaceCues,
    Synonym,
)
from bot.content.measure import Measure
from bot.content.policy import Policy
from bot.content.problems import ContentError, FieldPath, Problem, Problems, ProblemWords, nearest_line
from bot.content.ranking import RankingSettings
from bot.content.region import Regions
from bot.content.rule import Rule
from bot.content.rule_checks import RuleFiles, find_rule_problems
from bot.content.smoke import SmokeQuestions
from bot.content.wording import PLACEHOLDERS, Wording, placeholders
from bot.content.yaml_file import read_yaml

Value = TypeVar("Value")
Lines = dict[Path, dict[FieldPath, int]]

LEXICON_FILES: dict[str, Any] = {
    "kinds": tuple[KindHeard, ...],
    "audiences": tuple[AudienceHeard, ...],
    "aspects": tuple[AspectHeard, ...],
    "synonyms": tuple[Synonym, ...],
    "not_covered": tuple[NotCovered, ...],
    "misuse": tuple[Misuse, ...],
    "meta": tuple[Meta, ...],
    "crisis": Crisis,
    "commands": Commands,
    "answering": Answering,
    "place_cues": PlaceCues,
    "gate": Gate,
    "stopwords": tuple[str, ...],
    "words": tuple[str, ...],
}
"""What each file of ``knowledge/lexicon/`` holds, by its name without ``.yaml``."""


def knowledge_folder() -> Path:
    """The ``knowledge`` folder that comes with the program."""
    return Path(str(files("knowledge").joinpath("ranking.yaml"))).parent


def rules_folder(knowledge: Path) -> Path:
    """The ``rules`` folder that belongs to a folder of knowledge: the one that comes with the program, or the one beside it."""
    if knowledge == knowledge_folder():
        return Path(str(files("rules").joinpath("facts.yaml"))).parent
    return knowledge.parent / "rules"


def read_knowledge(folder: Path | None = None) -> Knowledge:
    """The content of a folder, ready to serve.

    Raises:
        ContentError: Something is wrong; it carries every problem, not only the first.
    """
    knowledge, problems = inspect_knowledge(folder)
    if knowledge is None or problems:
        raise ContentError(problems)
    return knowledge


def inspect_knowledge(folder: Path | None = None) -> tuple[Knowledge | None, tuple[Problem, ...]]:
    """The content of a folder as far as it can be read, and everything that is wrong with it, sorted by file and line."""
    folder = folder or knowledge_folder()
    reader = _Reader(folder, rules_folder(folder))
    knowledge = reader.knowledge()
    return knowledge, tuple(sorted(set(reader.problems.found)))


def read_problem_words(folder: Path | None = None) -> dict[str, dict[str, str]]:
    """What each problem code says to staff: ``wrong`` and ``fix`` templates."""
    value = read_yaml((folder or knowledge_folder()) / "wording" / "problems.yaml", Problems())
    return dict(value.value) if value else {}


class _Reader:
    def __init__(self, folder: Path, rules: Path) -> None:
        self.folder = folder
        self.rules = rules
        self.broken_rules: set[str] = set()
        self.places: dict[str, int] = {}
        self.problems = Problems()
        self.lines: Lines = {}
        self.incomplete: set[str] = set()

    def knowledge(self) -> Knowledge | None:
        regions = self._regions()
        folders = self._policies()
        contacts = self._one("contacts.yaml", Contacts)
        lexicon = self._lexicon()
        wording = self._wording()
        ranking = self._one("ranking.yaml", RankingSettings)
        smoke = self._one("smoke.yaml", SmokeQuestions)
        facts = self._facts()
        rules = self._rules()
        if not (regions and contacts and lexicon and wording and ranking and smoke) or facts is None:
            return None
        knowledge = Knowledge(folders, regions, contacts, lexicon, wording, ranking, facts, rules, smoke)
        find_cross_problems(knowledge, self.folder, self.lines, self.incomplete, self.problems)
        policies = str(self.folder / "policies")
        if not any(problem.file.startswith(policies) for problem in self.problems.found):  # else each mistake would be told twice
            find_rule_problems(RuleFiles(self.rules, facts, self.places, rules, folders, regions), self.broken_rules, self._add)
        return knowledge

    def _add(self, path: Path, where: FieldPath, code: str, /, **details: object) -> None:
        self.problems.add(path, nearest_line(self.lines.get(path, {}), where), where, code, **details)

    def _value(self, path: Path) -> Any:
        if not path.is_file():
            self.problems.add(path, 1, "-", "missing_file")
            return None
        file = read_yaml(path, self.problems)
        if file is None:
            return None
        self.lines[path] = file.lines
        return file.value

    def _one(self, name: str, model: Any) -> Any:
        path = self.folder / name
        value = self._value(path)
        return None if value is None else self._validated(path, value, model)

    def _validated(self, path: Path, value: Any, model: type[Value] | Any) -> Value | None:
        adapter = TypeAdapter(model)
        try:
            validated: Value = adapter.validate_python(value)
        except ValidationError as error:
            self.problems.add_validation(path, error, self.lines.get(path, {}))
            return None
        return validated

    def _facts(self) -> dict[str, Fact] | None:
        path = self.rules / "facts.yaml"
        value = self._value(path)
        if isinstance(value, list):  # a fact is found by its id, not by counting
            ids = {index: fact.get("id") for index, fact in enumerate(value) if isinstance(fact, dict)}
            self.problems.entries[str(path)] = {index: fact_id for index, fact_id in ids.items() if isinstance(fact_id, str) and fact_id}
        found: tuple[Fact, ...] | None = None if value is None else self._validated(path, value, tuple[Fact, ...])
        if found is None:
            return None
        facts: dict[str, Fact] = {}
        for index, fact in enumerate(found):
            if fact.id in facts:  # the one the rules were written for stays
                self._add(path, (index, "id"), "repeated_id", id=fact.id, other=f"{path.name}:{self.lines[path][self.places[fact.id],]}")
                continue
            facts[fact.id] = fact
            self.places[fact.id] = index
        return facts

    def _rules(self) -> dict[str, Rule]:
        found: dict[str, Rule] = {}
        for folder in sorted(path for path in self.rules.iterdir() if path.is_dir()) if self.rules.is_dir() else ():
            for path in sorted(folder.glob("*.yaml")):
                value = self._value(path)
                rule = None if value is None else self._validated(path, value, Rule)
                if rule is None:
                    self.broken_rules.add(f"{folder.name}/{path.stem}")
                else:
                    found[f"{folder.name}/{path.stem}"] = rule
            if folder.name not in self._policy_folders() and any(folder.glob("*.yaml")):
                self.problems.add(folder, 1, "-", "rules_without_policy", policy=folder.name)
        return found

    def _policy_folders(self) -> list[str]:
        root = self.folder / "policies"
        return sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []

    def _policies(self) -> dict[str, PolicyFolder]:
        root = self.folder / "policies"
        found: dict[str, PolicyFolder] = {}
        for folder in (root / name for name in self._policy_folders()):
            names = sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
            if not names:
                self.problems.add(folder, 1, "-", "empty_folder")
                continue
            policy = self._one(f"policies/{folder.name}/policy.yaml", Policy)
            measures: list[Measure] = []
            for path in names:
                if path.name == "policy.yaml":
                    continue
                value = self._value(path)
                measure = None if value is None else self._validated(path, value, Measure)
                if isinstance(measure, Measure):
                    if measure.id != path.stem:
                        line = self.lines[path].get(("id",), 1)
                        self.problems.add(path, line, "id", "id_differs_from_file", id=measure.id, file=path.stem)
                    measures.append(measure)
                else:
                    self.incomplete.add(folder.name)
            if policy is not None:
                if policy.id != folder.name:
                    path = folder / "policy.yaml"
                    line = self.lines[path].get(("id",), 1)
                    self.problems.add(path, line, "id", "id_differs_from_folder", id=policy.id, folder=folder.name)
                found[policy.id] = PolicyFolder(policy, tuple(sorted(measures, key=lambda measure: measure.code)))
        if not found and not self.problems.found:
            self.problems.add(root, 1, "-", "empty_folder")
        return found

    def _regions(self) -> Regions | None:
        tables: list[Mapping[str, str]] = []
        for name in ("provinces", "cities", "counties"):
            value = self._one(f"regions/{name}.yaml", dict[str, str])
            if value is not None:
                tables.append(value)
        aliases = self._one("regions/aliases.yaml", dict[str, list[str]])
        not_places = self._one("regions/not_places.yaml", list[str])
        look_alikes = self._one("regions/look_alikes.yaml", list[str])
        if len(tables) != 3 or aliases is None or not_places is None or look_alikes is None:
            return None
        names = {code: name for table in tables for code, name in table.items()}
        return Regions(names, {code: tuple(names) for code, names in aliases.items()}, frozenset(not_places), tuple(look_alikes))

    def _lexicon(self) -> Lexicon | None:
        values = {name: self._one(f"lexicon/{name}.yaml", model) for name, model in LEXICON_FILES.items()}
        if any(value is None for value in values.values()):
            return None
        return Lexicon.model_construct(**values)

    def _wording(self) -> Wording | None:
        folder = self.folder / "wording"
        templates: dict[str, str] = {}
        origins: dict[str, Path] = {}
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            if path.name == "problems.yaml":
                self._one(f"wording/{path.name}", dict[str, ProblemWords])
                continue
            value = self._one(f"wording/{path.name}", dict[str, str])
            for key, template in (value or {}).items():
                line = self.lines[path].get((key,), 1)
                if key not in PLACEHOLDERS:
                    self.problems.add(path, line, key, "unknown_template", key=key)
                    continue
                if key in origins:
                    self.problems.add(path, line, key, "repeated_id", id=key, other=origins[key].name)
                origins[key], templates[key] = path, template
                try:
                    used = placeholders(template)
                except ValueError as error:
                    self.problems.add(path, line, key, "malformed_template", reason=error)
                    continue
                for name in sorted(used - PLACEHOLDERS[key]):
                    allowed = ", ".join(sorted(PLACEHOLDERS[key])) or "-"
                    self.problems.add(path, line, key, "unknown_placeholder", name=name, allowed=allowed)
                for name in sorted(PLACEHOLDERS[key] - used):
                    self.problems.add(path, line, key, "missing_placeholder", name=name)
        for key in sorted(PLACEHOLDERS.keys() - templates.keys()):
            self.problems.add(folder, 1, key, "missing_template", key=key)
        return Wording(templates) if PLACEHOLDERS.keys() <= templates.keys() else None
