import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.outcome import Outcome
from bot.reply.fit import Limits, fit, utf16_units
from bot.reply.reply import Block, Reply

LINES = st.text(st.sampled_from("一二三四五六七八九十。！？；，ab1 𠮷😀"), min_size=1, max_size=60).filter(
    lambda line: line.strip() == line
)
BLOCKS = st.lists(st.lists(LINES, min_size=1, max_size=5).map(lambda lines: Block(tuple(lines))), min_size=1, max_size=6)


def bare(text: str) -> str:
    """The text without any blanks."""
    return "".join(text.split())


@pytest.mark.parametrize("measure", [len, utf16_units, lambda text: len(text.encode())], ids=["characters", "utf16", "utf8"])
@given(blocks=BLOCKS, size=st.integers(4, 80))
@settings(max_examples=60)
def test_nothing_is_lost_and_every_limit_is_kept(measure, blocks: list[Block], size: int):
    """However a channel counts and however small its limit is, all words arrive in order and no message is empty."""
    given_reply = Reply(Outcome.ANSWER, tuple(blocks))
    parts = fit(given_reply, Limits(size, measure))

    assert bare("".join(parts)) == bare(given_reply.text)
    assert all(measure(part) <= size for part in parts)
    assert all(part.strip() for part in parts)
