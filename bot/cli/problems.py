"""Problems of the content, as a clerk reads them."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.content.problems import ContentError, Problem, Problems, render
from bot.content.read import knowledge_folder, read_problem_words
from bot.content.yaml_file import read_yaml

Words = Mapping[str, Mapping[str, str]]


def problem_words(folder: Path | None) -> Words:
    """What each problem code says: in the words of a folder or, where those cannot be read, of the program's own."""
    return read_problem_words(folder) or read_problem_words()


def shown(problem: Problem, words: Words) -> str:
    """A problem as a line, its file from where the person stands."""
    return render(replace(problem, file=near(problem.file)), words)


def told(problem: Problem, words: Words) -> dict[str, Any]:
    """A problem for programs."""
    file = near(problem.file)
    message = render(replace(problem, file=file), words).removeprefix(f"{file}:{problem.line}: {problem.field}: ")
    return {"file": file, "line": problem.line, "field": problem.field, "code": problem.code, "message": message}


def near(file: str) -> str:
    """A path from where the person stands, if it lies below."""
    path, here = Path(file).resolve(), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def count_line(key: str, count: int) -> str:
    """How many were found, in words; the bare number where the file of these words is itself broken."""
    template = own_words(key)
    return template.format(count=count) if template is not None else str(count)


def own_words(key: str) -> str | None:
    """A template of the program's own content for the terminal, without reading the rest; None where its file is broken."""
    file = read_yaml(knowledge_folder() / "wording" / "terminal.yaml", Problems())
    template = file.value.get(key) if file is not None and isinstance(file.value, dict) else None
    return template if isinstance(template, str) else None


@contextmanager
def problems_end_the_command(folder: Path | None = None) -> Iterator[None]:
    """Where content cannot be read, print everything that is wrong with it and end with 1."""
    try:
        yield
    except ContentError as error:
        print_problems(error.problems, problem_words(folder))
        raise SystemExit(1) from None


def print_problems(problems: Iterable[Problem], words: Words) -> None:
    """Print problems and their number where errors go, so that they do not mix with what the command prints."""
    listed = list(problems)
    for problem in listed:
        print(shown(problem, words), file=sys.stderr)
    print(count_line("check_problems", len(listed)), file=sys.stderr)
