"""What all tests share: the engine, the source documents, and the rule that nothing is left out in silence."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from bot.content.knowledge import Knowledge
from bot.content.read import read_knowledge
from bot.engine import Engine

collect_ignore = ["bench"]  # `make bench` runs it; a benchmark is no test

_REQUIRE_ALL = os.environ.get("ZHUCHUANG_TEST_REQUIRE_ALL") == "1"
_SHARED = Path(__file__).parents[2] / "shared"
_SOURCES = _SHARED / "seeds"
_SAMPLE_PERSONAS = _SHARED / "reference" / "sample-personas.yaml"
_NOT_OURS = {"sources", "sample_personas"}  # the fixtures a test may be left out for


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine over the knowledge that is shipped, built once."""
    return Engine(read_knowledge())


@pytest.fixture(scope="session")
def knowledge(engine: Engine) -> Knowledge:
    """The knowledge that is shipped."""
    return engine.knowledge


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of the policies' source documents. They are not ours to publish, so a test that needs them may be left out."""
    if not _SOURCES.is_dir():
        pytest.skip("the source documents are not here: no folder ../shared/seeds")
    return _SOURCES


@pytest.fixture(scope="session")
def sample_personas() -> Path:
    """The file of people with their facts and the right verdicts. It is not ours either, so a test that needs it may be left out."""
    if not _SAMPLE_PERSONAS.is_file():
        pytest.skip("the sample personas are not here: no file ../shared/reference/sample-personas.yaml")
    return _SAMPLE_PERSONAS


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With ZHUCHUANG_TEST_REQUIRE_ALL=1 a skipped test fails, unless all it lacks are files that are not ours."""
    report = yield
    left_out = report.skipped and not hasattr(report, "wasxfail")
    if _REQUIRE_ALL and left_out and _NOT_OURS.isdisjoint(getattr(item, "fixturenames", ())):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was left out, and here nothing may be: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a file that skips itself as a whole."""
    report = yield
    if _REQUIRE_ALL and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was left out, and here nothing may be: {report.longrepr}"
    return report
