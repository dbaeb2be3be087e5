import pytest

from bot.content.read import read_knowledge
from bot.engine import Engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine over the knowledge that is shipped, built once."""
    return Engine(read_knowledge())
