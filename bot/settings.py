"""What the environment says, read once when a command starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one installation.

    ``knowledge`` is a folder to serve instead of the one that comes with the program. The token never shows in a representation.
    """

    knowledge: Path | None = None
    telegram_token: str | None = field(default=None, repr=False)
    telegram_base_url: str | None = None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings an environment holds; an empty variable counts as absent."""

    def given(name: str) -> str | None:
        return environment.get(f"ZHUCHUANG_{name}", "").strip() or None

    knowledge = given("KNOWLEDGE")
    return Settings(Path(knowledge) if knowledge else None, given("TELEGRAM_TOKEN"), given("TELEGRAM_BASE_URL"))
