"""What is held of a person in words, how long it is kept, and how to have it deleted."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from bot.content.knowledge import Knowledge
from bot.dialogue.decision import ShowHeld
from bot.dialogue.keeping import Keeping
from bot.dialogue.questionnaire import Waiting
from bot.eligibility.answers import Answer
from bot.reply.fact_words import FactWords
from bot.reply.reply import Block, Reply

_NEXT = {None: "held_next", Waiting.PAUSED: "held_next_paused", Waiting.RESULTS: "held_next_results"}


class HeldReplies:
    """Writes what is held. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, words: FactWords, keeping: Keeping, names: Mapping[str, str]) -> None:
        """Say it in the words of this knowledge; ``names`` are those of the entries."""
        self._say: Callable[..., str] = knowledge.wording.say
        self._regions = knowledge.regions
        self._words = words
        self._keeping = asdict(keeping)
        self._names = names

    def compose(self, decision: ShowHeld) -> Reply:
        """The reply that tells."""
        found = self._found(decision)
        told = Block((self._say("held_opening"), *found) if found else (self._say("held_nothing"),))
        kept = Block(tuple(self._say("held_kept" if found else "held_kept_nothing", **self._keeping).split("\n")))
        following = [self._say(_NEXT[decision.waiting])] if decision.waiting in _NEXT else []  # else its question follows
        ways = Block((self._say("held_delete"), *following))
        return Reply(decision.outcome, (told, kept, ways))

    def _found(self, decision: ShowHeld) -> list[str]:
        lines = []
        if decision.region is not None:
            lines.append(self._say("held_place", place=self._regions.full_name(decision.region)))
        if decision.question is not None:
            lines.append(self._say("held_question", question=decision.question))
        if decision.entry_ids:
            lines.append(self._say("held_entries", names="、".join(self._names[entry_id] for entry_id in decision.entry_ids)))
        lines += self._facts("held_answers", decision.answers)
        lines += self._facts("held_unsure", decision.unsure)
        if decision.ticked:
            lines.append(self._say("held_ticked", names="、".join(map(self._words.item, decision.ticked))))
        if decision.consent is not None:
            lines.append(self._say("held_consent_yes" if decision.consent else "held_consent_no"))
        if decision.is_slow:
            lines.append(self._say("held_slow"))
        if decision.has_position:
            lines.append(self._say("held_position"))
        return lines

    def _facts(self, key: str, answers: Mapping[str, Answer]) -> list[str]:
        if not answers:
            return []
        return [self._say(key), *(self._say("held_fact", fact=self._words.told({fact: answer})) for fact, answer in answers.items())]
