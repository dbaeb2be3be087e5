"""The repository as a stranger finds it."""

import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.content.fact import Fact, FactType, Option, Topic
from bot.content.problems import Problems
from bot.content.yaml_file import read_yaml
from bot.dialogue.message import Message
from bot.dialogue.session import Session

TOP = Path(__file__).parents[1]
FOLDERS = {"bot", "deploy", "knowledge", "rules", "tests"}
FILES = {
    ".ci",
    ".editorconfig",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "README.zh-CN.md",
    "pyproject.toml",
    "requirements-build.txt",
    "requirements-dev.txt",
    "requirements.txt",
}
READMES = ["README.md", "README.zh-CN.md", *sorted(f"{folder}/README.md" for folder in FOLDERS), "CONTRIBUTING.md"]
PROGRAM = [sys.executable, "-m", "bot.cli"]
PINS = ["requirements-build.txt", "requirements.txt", "requirements-dev.txt"]

# Written in pieces, or this file would be the first to be found.
HOSTS = [
    ("py" + "pi", "org"),
    ("python" + "hosted", "org"),
    ("registry", "npm" + "js", "org"),
    ("deb", "debian", "org"),
]
FORBIDDEN = {
    "the host of a package registry": "|".join(re.escape(".".join(host)) for host in HOSTS),
    "a path of somebody's machine": r"(?<![\w.~$}-])/(?:work|root|home|tmp|Users)/[\w.]",
    "a Telegram token": r"\b\d{8,10}:[\w-]{35}\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE" r" KEY-----",
    "a key of a cloud service": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{36}\b|\bsk-[A-Za-z0-9]{32,}\b",
}


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """The files git holds or would take, relative to the top."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git checkout, so which files are ours is unknown")
    return [Path(name) for name in listing.stdout.split("\0") if name and (TOP / name).is_file()]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(files, what):
    """A clone must build anywhere, and what is published cannot be taken back."""
    pattern = re.compile(FORBIDDEN[what])
    texts = {file: (TOP / file).read_text("utf-8", errors="replace") for file in files}
    found = [f"{file}:{number}" for file, text in texts.items() for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]

    assert found == []


def test_the_top_level_holds_the_five_folders_and_what_every_repository_has(files):
    """Something new at the top is a decision, not an accident."""
    assert {file.parts[0] for file in files} == FOLDERS | FILES


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_every_folder_begins_with_a_readme(folder):
    """A newcomer reads it first."""
    assert (TOP / folder / "README.md").read_text("utf-8").startswith("# ")


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_names_only_targets_of_the_makefile(readme):
    """The first command a stranger types has to work."""
    targets = set(re.findall(r"^([\w-]+):", (TOP / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z][\w-]*)", (TOP / readme).read_text("utf-8"), re.MULTILINE))

    assert named <= targets


def test_the_readmes_name_only_commands_of_the_program():
    """A command that is only planned would send a clerk into an error."""
    texts = [(TOP / readme).read_text("utf-8") for readme in READMES]
    named = {name for text in texts for name in re.findall(r"(?:^|`|\| |bin/)zhuchuang ([a-z]+(?:-[a-z]+)*)", text, re.MULTILINE)}
    missing = {name for name in named if subprocess.run([*PROGRAM, name, "--help"], cwd=TOP, capture_output=True, check=False).returncode}

    assert "ask" in named
    assert missing == set()


@pytest.mark.parametrize("readme", READMES)
def test_the_links_of_a_readme_lead_somewhere(readme):
    """Within the repository; the world outside is not ours to keep."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", (TOP / readme).read_text("utf-8"))
    broken = [link for link in links if not (TOP / readme).parent.joinpath(link).exists()]

    assert broken == []


def test_the_map_names_every_module():
    """A newcomer finds a module by what it is, not by opening all of them."""
    text = (TOP / "bot" / "README.md").read_text("utf-8")
    modules = [path for path in (TOP / "bot").rglob("*.py") if not path.stem.startswith("__")]

    assert [path.name for path in modules if path.name not in text and f"`{path.stem}`" not in text] == []


def test_both_languages_of_the_readme_show_the_same_commands():
    """Whoever reads Chinese gets no older program than whoever reads English."""
    shown = [
        re.findall(r"^(?:make|zhuchuang|\.venv/bin/zhuchuang) .*$", (TOP / name).read_text("utf-8"), re.MULTILINE) for name in READMES[:2]
    ]
    without_comments = [[re.sub(r"\s+#.*", "", line) for line in lines] for lines in shown]

    assert without_comments[0] == without_comments[1]
    assert without_comments[0][:2] == ["make run", "make test"]


@pytest.mark.parametrize("readme", READMES[:2])
def test_the_conversation_in_the_readme_is_what_the_program_says(readme, engine):
    """The first thing a visitor judges must be true; lines may be left out with …, none may be made up."""
    shown = re.findall(r"```text\n(您：.*?)```", (TOP / readme).read_text("utf-8"), re.DOTALL)
    session, replied, made_up = Session(), "", []
    for line in "\n".join(shown).splitlines():
        if line.startswith("您："):
            turn = engine.respond(session, Message("readme", line.removeprefix("您：")), datetime(2026, 11, 21, 12, tzinfo=UTC))
            session, replied = turn.session, turn.reply.text
        elif line.strip() not in {"", "…"} and line not in replied.splitlines():
            made_up.append(line)

    assert replied
    assert made_up == []


RULES_README = (TOP / "rules" / "README.md").read_text("utf-8")


def shown_in_rules_readme(begins: str, tmp_path: Path) -> Any:
    """The one example of rules/README.md that begins so, read as strictly as the files themselves."""
    examples = [one for one in re.findall(r"```yaml\n(.*?)```", RULES_README, re.DOTALL) if one.startswith(begins)]
    assert len(examples) == 1
    path = tmp_path / "example.yaml"
    path.write_text(examples[0], "utf-8")
    return read(path)


def read(path: Path) -> Any:
    """What a YAML file holds."""
    problems = Problems()
    file = read_yaml(path, problems)
    assert file is not None
    assert problems.found == []
    return file.value


def test_the_rule_in_the_readme_of_the_rules_is_the_real_one(tmp_path):
    """A clerk compares the two to learn how a rule is written; the real one is loaded and judged by in its own tests."""
    shown = shown_in_rules_readme("id: startup-grant-sole-trader", tmp_path)

    assert shown == read(TOP / "rules" / "dongying-2017" / "startup-grant-sole-trader.yaml")


def test_the_cases_in_the_readme_of_the_rules_are_real_ones(tmp_path):
    """Copied from there into a file of cases, they have to pass."""
    shown = shown_in_rules_readme("as_of: ", tmp_path)
    real = read(TOP / "tests" / "cases" / "eligibility" / "dongying-2017" / "startup-grant-sole-trader.yaml")

    assert {**shown, "cases": real["cases"]} == real
    assert len(shown["cases"]) > 4
    assert [case for case in shown["cases"] if case not in real["cases"]] == []


def test_the_facts_in_the_readme_of_the_rules_are_one_of_each_type(tmp_path):
    """Whoever adds a fact copies the one of its type and changes the words."""
    facts = TypeAdapter(tuple[Fact, ...]).validate_python(shown_in_rules_readme("- id: has_stall", tmp_path))

    assert {fact.type for fact in facts if fact.derived is None} == set(FactType)
    assert {fact.type for fact in facts if fact.derived is not None} == {FactType.INTEGER, FactType.BOOL}
    assert [topic for topic in Topic if f"`{topic}`" not in RULES_README] == []
    explained = {*Fact.model_fields, *Option.model_fields}
    assert {key for key in explained if not re.search(rf"\b{key}\b", RULES_README)} == set()


@pytest.mark.parametrize("name", PINS)
def test_every_requirement_is_one_version_with_its_hashes(name):
    """What was tested is what gets installed, by whatever mirror it comes."""
    logical = (TOP / name).read_text("utf-8").replace("\\\n", " ").splitlines()
    requirements = [line for line in logical if line.strip() and not line.lstrip().startswith("#")]
    loose = [line.split()[0] for line in requirements if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]

    assert len(requirements) > 5
    assert loose == []


def test_running_and_developing_use_the_same_versions():
    """A bug that only shows with other versions than those tested is nobody's to find."""
    build, run, develop = (set(re.findall(r"^([\w.-]+==\S+)", (TOP / name).read_text("utf-8"), re.MULTILINE)) for name in PINS)
    developing = {pin.partition("==")[0] for pin in develop}

    assert run <= develop
    assert {pin for pin in build if pin.partition("==")[0] in developing} <= develop


def test_every_dependency_is_pinned():
    """A dependency added without `make requirements` would only be missed on somebody else's machine."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
        *project["dependency-groups"]["build"],
    ]
    pinned = {name for file in PINS for name in re.findall(r"^([\w.-]+)==", (TOP / file).read_text("utf-8"), re.MULTILINE)}

    assert {re.split(r"[<>=~!\[; ]", requirement)[0].lower() for requirement in wanted} <= pinned
