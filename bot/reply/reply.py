"""A reply before any channel has touched it."""

from dataclasses import dataclass

from bot.dialogue.choice import Choice
from bot.dialogue.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph that belongs together: one or more lines.

    A ``warning`` must be heard before anything is acted on. A ``menu`` lists the choices of its reply.
    """

    lines: tuple[str, ...]
    warning: bool = False
    menu: bool = False

    @property
    def text(self) -> str:
        """The paragraph as plain text."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person reads: paragraphs, then what they may do next.

    ``blocks`` already carry the choices as numbered lines, so a channel may show the text alone; ``choices`` are for buttons.
    """

    outcome: Outcome
    blocks: tuple[Block, ...]
    choices: tuple[Choice, ...] = ()

    @property
    def text(self) -> str:
        """The whole reply as plain text, paragraphs apart by an empty line."""
        return "\n\n".join(block.text for block in self.blocks)


def followed(first: Reply, then: Reply) -> Reply:
    """Two replies as one: the choices of the second, and if it has any none of the first."""
    blocks = tuple(block for block in first.blocks if not block.menu or not then.choices)
    return Reply(first.outcome, (*blocks, *then.blocks), then.choices or first.choices)
