import pytest

from bot.content.knowledge import Knowledge
from bot.content.read import read_knowledge
from bot.engine import Engine
from bot.retrieval.understand import Understanding


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine over the knowledge that is shipped, built once."""
    return Engine(read_knowledge())


@pytest.fixture(scope="session")
def knowledge(engine: Engine) -> Knowledge:
    """The knowledge that is shipped."""
    return engine.knowledge


@pytest.fixture(scope="session")
def understanding(engine: Engine) -> Understanding:
    """What turns text into queries, as the engine has it."""
    return engine.conversation.understanding
