"""Whether the figures staff list are really printed in the documents they come from."""

from collections.abc import Iterator
from pathlib import Path

from bot.content.knowledge import Knowledge, PolicyFolder
from bot.content.measure import Amount, AmountRole, Measure, Source
from bot.content.policy import Policy
from bot.content.problems import FieldPath, Problem, Problems, nearest_line
from bot.content.yaml_file import read_yaml
from bot.language.normalize import normalize
from bot.language.numerals import read_numbers, say_number
from bot.language.source_text import clean_source, cut_document, cut_sections, holds_figure

_BACKED = frozenset({AmountRole.BENEFIT, AmountRole.LOAN, AmountRole.QUOTA, AmountRole.TARGET})
"""Roles whose numbers a reader may act on; each must be backed by a listed figure."""


def find_source_problems(knowledge: Knowledge, folder: Path, knowledge_folder: Path) -> list[Problem]:
    """Everything in the policies of ``knowledge_folder`` that their documents in ``folder`` do not bear out, by file and line."""
    problems = Problems()
    for policy_folder in knowledge.folders.values():
        _check_policy(policy_folder, folder, knowledge_folder / "policies" / policy_folder.policy.id, problems)
    return sorted(set(problems.found))


class _File:
    """One YAML file, to note problems at the lines of its fields."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path = path
        self.problems = problems
        file = read_yaml(path, Problems())
        self.lines = file.lines if file else {}

    def add(self, where: FieldPath, code: str, /, **details: object) -> None:
        self.problems.add(self.path, nearest_line(self.lines, where), where, code, **details)


def _check_policy(policy_folder: PolicyFolder, folder: Path, home: Path, problems: Problems) -> None:
    policy = policy_folder.policy
    file = _File(home / "policy.yaml", problems)
    sections = _sections(policy, folder, file)
    for index, clause in enumerate(policy.clauses):
        _check_figures(clause.source, ("clauses", index), sections, file)
    for measure in policy_folder.measures:
        measure_file = _File(home / f"{measure.id}.yaml", problems)
        _check_figures(measure.source, (), sections, measure_file)
        for where, value in _unbacked(measure):
            measure_file.add(where, "amount_without_figure", given=value)


def _sections(policy: Policy, folder: Path, file: _File) -> dict[str, str]:
    """The text of each section that was found; what was not found is noted."""
    document = policy.document
    path = folder / document.file
    if not path.is_file():
        file.add(("document", "file"), "source_missing", file=document.file)
        return {}
    text = clean_source(path.read_text("utf-8", errors="replace"))
    body = cut_document(text, document.begins, None)
    if body is None:
        file.add(("document", "begins"), "section_not_in_source", begins=document.begins)
        return {}
    if document.ends is not None:
        whole, body = body, cut_document(text, document.begins, document.ends)
        if body is None:
            file.add(("document", "ends"), "section_not_in_source", begins=document.ends)
            body = whole
    found: dict[str, str] = {}
    texts = cut_sections(body, tuple(section.begins for section in document.sections))
    for index, (section, words) in enumerate(zip(document.sections, texts, strict=True)):
        if words is None:
            file.add(("document", "sections", index, "begins"), "section_not_in_source", begins=section.begins)
        else:
            found[section.name] = words
    return found


def _check_figures(source: Source, where: FieldPath, sections: dict[str, str], file: _File) -> None:
    if source.section not in sections:  # noted already: no such section, or not found in the document
        return
    for index, figure in enumerate(source.figures):
        if not holds_figure(sections[source.section], figure):
            file.add((*where, "source", "figures", index), "figure_not_in_source", figure=figure)


def _unbacked(measure: Measure) -> Iterator[tuple[FieldPath, str]]:
    """Each number of the amounts that no listed figure backs: where it stands, and the number with its unit."""
    listed = {(number.value, number.percent) for figure in measure.source.figures for number in read_numbers(normalize(figure))}
    for index, amount in enumerate(measure.amounts):
        if amount.role not in _BACKED or amount.say is not None:
            continue
        for name, value in _numbers(amount):
            # 1.2 and 万元 together make 12000
            said = read_numbers(normalize(f"{value}{amount.unit}"))
            if not any((number.value, number.percent) in listed for number in said):
                yield ("amounts", index, name), f"{say_number(value)}{amount.unit}"


def _numbers(amount: Amount) -> Iterator[tuple[str, float]]:
    for name in ("exactly", "at_least", "at_most"):
        value = getattr(amount, name)
        if value is not None:
            yield name, value
