import pytest

from bot.engine import Engine
from bot.retrieval.understand import Understanding


@pytest.fixture(scope="session")
def understanding(engine: Engine) -> Understanding:
    """What turns text into queries, as the engine has it."""
    return engine.conversation.understanding
