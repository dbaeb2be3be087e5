"""Which content is served: a short name that changes with any of its files."""

import hashlib
from pathlib import Path

from bot.content.read import knowledge_folder, rules_folder

_CHARACTERS = 12


def content_version(folder: Path | None = None) -> str:
    """The first characters of a hash over every YAML file of ``knowledge`` and ``rules``, by name and by content."""
    folder = folder or knowledge_folder()
    digest = hashlib.sha256()
    for top in (folder, rules_folder(folder)):
        for file in sorted(top.rglob("*.yaml")):
            content = file.read_bytes()
            digest.update(f"{file.relative_to(top).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:_CHARACTERS]
