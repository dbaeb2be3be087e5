"""What one file alone cannot tell: whether the parts of the content fit together."""

from collections import Counter
from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING

from bot.content.lexicon import Meta, Misuse
from bot.content.problems import FieldPath, Problems, nearest_line
from bot.content.wording import PLACEHOLDERS

if TYPE_CHECKING:
    from bot.content.knowledge import Knowledge, PolicyFolder

Lines = dict[Path, dict[FieldPath, int]]


def find_cross_problems(knowledge: "Knowledge", folder: Path, lines: Lines, incomplete: Set[str], problems: Problems) -> None:
    """Note every reference that leads nowhere and every id used twice.

    ``incomplete`` are policies with a measure that could not be read; what may refer to that measure is not blamed.
    """

    def add(path: Path, where: FieldPath, code: str, /, **details: object) -> None:
        problems.add(path, nearest_line(lines.get(path, {}), where), where, code, **details)

    codes: dict[str, Path] = {}
    all_codes = {measure.code for _, measure in knowledge.measures()}
    offices = {office.id for office in knowledge.contacts.offices}
    for policy_folder in knowledge.folders.values():
        policy = policy_folder.policy
        ids: dict[str, Path] = {}
        path = folder / "policies" / policy.id / "policy.yaml"
        for index, code in enumerate(policy.regions):
            if code not in knowledge.regions.names:
                add(path, ("regions", index), "unknown_region", code=code)
        sections = [section.name for section in policy.document.sections]
        for index, clause in enumerate(policy.clauses):
            if clause.source.section not in sections:
                known = "、".join(sections)
                add(path, ("clauses", index, "source", "section"), "unknown_section", section=clause.source.section, known=known)
            for position, code in enumerate(clause.codes):
                if code not in all_codes and policy.id not in incomplete:
                    add(path, ("clauses", index, "codes", position), "unknown_code", code=code)
            for position, office in enumerate(clause.contacts):
                if office not in offices:
                    known = ", ".join(sorted(offices))
                    add(path, ("clauses", index, "contacts", position), "unknown_office", id=office, known=known)
            _once(ids, clause.id, path, ("clauses", index, "id"), add)
        _check_measures(policy_folder, folder, sections, offices, codes, ids, policy.id not in incomplete, add)
    for index, question in enumerate(knowledge.smoke):
        if question.measure is not None and question.measure not in all_codes and not incomplete:
            add(folder / "smoke.yaml", (index, "measure"), "unknown_code", code=question.measure)
    contacts_path = folder / "contacts.yaml"
    numbers = {hotline.number for hotline in knowledge.contacts.hotlines}
    for index, office_entry in enumerate(knowledge.contacts.offices):
        if office_entry.hotline not in numbers:
            add(contacts_path, ("offices", index, "hotline"), "unknown_hotline", number=office_entry.hotline)
    for code in knowledge.contacts.area_codes:
        if code not in knowledge.regions.names:
            add(contacts_path, ("area_codes", code), "unknown_region", code=code)
    for code in knowledge.regions.aliases:
        if code not in knowledge.regions.names:
            add(folder / "regions" / "aliases.yaml", (code,), "unknown_region", code=code)
    with_replies: dict[str, tuple[Misuse | Meta, ...]] = {"misuse": knowledge.lexicon.misuse, "meta": knowledge.lexicon.meta}
    for name, entries in with_replies.items():
        for index, entry in enumerate(entries):
            if entry.reply not in PLACEHOLDERS:
                add(folder / "lexicon" / f"{name}.yaml", (index, "reply"), "unknown_reply", key=entry.reply)


def _check_measures(
    policy_folder: "PolicyFolder",
    folder: Path,
    sections: list[str],
    offices: set[str],
    codes: dict[str, Path],
    ids: dict[str, Path],
    whole: bool,
    add: "AddProblem",
) -> None:
    groups = Counter(measure.group for measure in policy_folder.measures if measure.group)
    for measure in policy_folder.measures:
        path = folder / "policies" / policy_folder.policy.id / f"{measure.id}.yaml"
        _once(codes, measure.code, path, ("code",), add)
        _once(ids, measure.id, path, ("id",), add)
        if measure.source.section not in sections:
            add(path, ("source", "section"), "unknown_section", section=measure.source.section, known="、".join(sections))
        for index, office in enumerate(measure.contacts):
            if office not in offices:
                add(path, ("contacts", index), "unknown_office", id=office, known=", ".join(sorted(offices)))
        if measure.group and groups[measure.group] < 2 and whole:
            add(path, ("group",), "lonely_group", group=measure.group)


def _once(seen: dict[str, Path], key: str, path: Path, where: FieldPath, add: "AddProblem") -> None:
    if key in seen:
        add(path, where, "repeated_id", id=key, other=seen[key].name)
    seen[key] = path


if TYPE_CHECKING:
    from typing import Protocol

    class AddProblem(Protocol):
        """Something that notes problems."""

        def __call__(self, path: Path, where: FieldPath, code: str, /, **details: object) -> None:
            """Note a problem at a field of a file."""
