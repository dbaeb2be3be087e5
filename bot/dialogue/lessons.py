"""What staff may learn from a turn: what somebody thought of an answer, and what was asked in vain."""

from bot.content.knowledge import Knowledge
from bot.dialogue.decision import Answer, Decision, RefusePlace, RefuseTopic, RefuseUnsure, Say, shown_entries
from bot.dialogue.session import Session
from bot.dialogue.step import MOST_CHARACTERS
from bot.language.normalize import normalize
from bot.language.private_numbers import mask, without_names

_LONGEST = 200
_OPINIONS = {"meta_praise": True, "meta_feedback": False, "none_of_these": False}
"""Fixed replies to who says whether an answer helped, and whether it did."""


class Lessons:
    """Tells what may be learnt. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Know which topics are emergencies."""
        self._urgent = {topic.id for topic in knowledge.lexicon.not_covered if topic.urgent}

    def opinion(self, decision: Decision, before: Session) -> tuple[bool | None, tuple[str, ...]]:
        """Whether an answer helped, and its entries: those told last or offered in place of an answer; none for verdicts.

        None, and no entries, where nothing was said about it.
        """
        helpful = _OPINIONS.get(decision.key) if isinstance(decision, Say) else None
        if helpful is None:
            return None, ()
        return helpful, before.about if before.last is None or isinstance(before.last, Answer) else shown_entries(before.last)

    def unanswered(self, decision: Decision, text: str | None) -> str | None:
        """The question of a message nothing was found for, as it may be kept: normalised, without private numbers and names.

        Of a long one the beginning. None where it was answered, and where it is nobody's business: an emergency, a request declined.
        """
        match decision:
            case RefuseUnsure() | RefusePlace():
                pass
            case RefuseTopic(topic_id=topic_id) if topic_id not in self._urgent:
                pass
            case _:
                return None
        normal = normalize(mask((text or "")[:MOST_CHARACTERS])[0])
        return without_names(mask(normal)[0])[:_LONGEST] or None
