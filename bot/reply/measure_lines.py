"""A measure in lines: what was asked first, then what everyone must know, then what the question touches."""

from collections.abc import Callable

from bot.content.measure import Measure, Standing
from bot.content.policy import Policy
from bot.content.wording import Wording
from bot.dialogue.decision import Answer, Part
from bot.reply.figures import amount_line, multiplied_line

_BODY = 220
"""Characters the body of one measure aims at; details the question touches may go beyond."""
_TOUCHES = 2
"""So many pairs of characters in common show that the question touches a line."""
_REMINDERS = 2
_FEWEST_HEADS = 2
_FEW_AMOUNTS = 2


class MeasureLines:
    """Writes measures from their fields."""

    def __init__(self, wording: Wording) -> None:
        """Write in these words."""
        self._wording = wording
        self._say: Callable[..., str] = wording.say

    def full(self, policy: Policy, measure: Measure, part: Part, answer: Answer) -> list[str]:
        """The lines of a reply about one measure."""
        question = answer.question
        first = self._first_words(part)
        for aspect in answer.aspects:
            first += self._aspect(measure, aspect)
        first += self._multiplied(measure, answer.heads)
        first += self._told_amounts(measure)
        first.append(f"{measure.name}：{measure.summary}")
        first += [*self._standing(measure), *self._conditions(measure)]
        lines = list(dict.fromkeys(first))
        room = _BODY - sum(map(len, lines))
        for line in sorted(self._details(policy, measure), key=lambda line: -_worth(line, question, measure.summary)):
            if line not in lines and (len(line) <= room or _shared(line, question, measure.summary) >= _TOUCHES):
                lines.append(line)
                room -= len(line)
        return lines

    def brief(self, policy: Policy, measure: Measure, part: Part, answer: Answer) -> list[str]:
        """The lines of a measure that stands beside others."""
        question = answer.question
        lines = [*self._first_words(part), measure.summary, *self._multiplied(measure, answer.heads), *self._amounts(measure)]
        for aspect in answer.aspects:
            lines += self._aspect(measure, aspect)
        lines += self._conditions(measure)
        details = self._details(policy, measure)
        lines += details[:1] + [line for line in details[1:] if _shared(line, question, measure.summary) >= _TOUCHES]
        return list(dict.fromkeys(lines))

    def _first_words(self, part: Part) -> list[str]:
        lines = list(part.corrections)
        if part.repaid:
            lines.append(self._say("loan_is_repaid"))
        elif part.unconditional:
            lines.append(self._say("not_unconditional"))
        return lines

    def _aspect(self, measure: Measure, aspect: str) -> list[str]:
        match aspect:
            case "how_much":
                return self._amounts(measure)
            case "conditions":
                return self._conditions(measure) or [self._say("conditions_none")]
            case "how_to_apply":
                return [self._field("apply_line", measure.apply) or self._say("apply_none")]
            case "use":
                return [self._field("use_line", measure.use) or self._say("use_none")]
            case "duration":
                return [self._field("duration_line", measure.duration) or self._say("duration_none")]
            case "combine":
                return [self._field("combine_line", measure.combine) or self._say("combine_none")]
            case "where" if measure.department:
                return [self._say("department_line", text=unstopped(measure.department))]
            case _:
                return []

    def _field(self, key: str, value: str | None) -> str | None:
        return self._say(key, text=unstopped(value)) if value else None

    def _amounts(self, measure: Measure) -> list[str]:
        return [amount_line(amount, self._wording) for amount in measure.amounts]

    def _told_amounts(self, measure: Measure) -> list[str]:
        """Amounts worth a line: those with a figure, and others unless the summary already says that none is stated."""
        said = self._say("amount_not_stated") in measure.summary and len(measure.amounts) <= _FEW_AMOUNTS
        return [amount_line(amount, self._wording) for amount in measure.amounts if not amount.not_stated or not said]

    def _multiplied(self, measure: Measure, heads: int | None) -> list[str]:
        """Amounts for each person, times the number of people the question names, with the arithmetic."""
        if heads is None or heads < _FEWEST_HEADS:
            return []
        return [multiplied_line(amount, heads, self._wording) for amount in measure.amounts if amount.per_head and amount.exactly]

    def _conditions(self, measure: Measure) -> list[str]:
        text = "；".join(map(unstopped, measure.conditions))
        return [self._say("conditions_one", text=text)] if text else []

    def _standing(self, measure: Measure) -> list[str]:
        keys = {
            Standing.ENCOURAGED: "standing_encouraged",
            Standing.OBLIGATION: "standing_obligation",
            Standing.TARGET: "standing_target",
        }
        return [self._say(keys[measure.standing])] if measure.standing in keys else []

    def _details(self, policy: Policy, measure: Measure) -> list[str]:
        """Notes, the remaining fields and the policy's reminders, most important first."""
        fields = (
            ("duration_line", measure.duration),
            ("use_line", measure.use),
            ("apply_line", measure.apply),
            ("combine_line", measure.combine),
            ("department_line", measure.department),
        )
        reminders = [
            clause.reminder
            for clause in policy.clauses
            if clause.reminder and (measure.code in clause.codes or measure.kind in clause.kinds)
        ]
        return [
            *(self._say("note_line", text=unstopped(note)) for note in measure.notes),
            *(self._say(key, text=unstopped(value)) for key, value in fields if value),
            *reminders[:_REMINDERS],
        ]


def unstopped(text: str) -> str:
    """A text without its last stop, to be put into a sentence."""
    return text.rstrip("。；;，,")


def _worth(line: str, question: str, summary: str) -> int:
    """How much a line is worth its room: what the question touches, and figures, before the rest."""
    return _shared(line, question, summary) + any(map(str.isdigit, line))


def _shared(line: str, question: str, summary: str) -> int:
    """How many neighbouring pairs of characters a line has in common with the question that the summary has not."""
    pairs = {question[index : index + 2] for index in range(len(question) - 1)}
    return sum(1 for pair in pairs if pair in line and pair not in summary)
