"""How a turn ended: the closed list that logs, metrics, tests and the JSON output use."""

from enum import StrEnum


class Outcome(StrEnum):
    """What kind of reply a message got."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    QUESTION = "question"
    VERDICT = "verdict"
    REFUSE = "refuse"
    META = "meta"
    CRISIS = "crisis"
    HANDOFF = "handoff"
    ERROR = "error"
