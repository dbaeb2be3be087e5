"""Facts heard in what somebody types: the answer to a question, and what is said in passing."""

from collections.abc import Collection
from datetime import date

from bot.content.fact import Fact, FactType, Topic
from bot.content.knowledge import Knowledge
from bot.eligibility.answers import ELSEWHERE, NEVER, NO, YES, Absence, Answer, Days, Members, Span, Within, exactly, on, one
from bot.eligibility.next_question import Item, Question, ticked
from bot.language.cues import Cues, squeeze
from bot.language.normalize import normalize
from bot.language.numbered import read_ticks
from bot.language.places import Gazetteer, own_places
from bot.language.rough_numbers import read_count
from bot.language.sentences import clauses
from bot.language.time_words import read_when

_SHORT = 8
"""An answer that only begins with yes or no is no longer than this."""
_LONGEST_ANSWER = 40
_NUMBER_LENGTH = 8
_OF_ONESELF = frozenset((Topic.SELF, Topic.HOUSEHOLD))
_SHORTEST_PART = 2


class FactEar:
    """Hears facts. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, gazetteer: Gazetteer) -> None:
        """Compile what is listened for."""
        self._facts = {fact.id: fact for fact in knowledge.facts.values() if fact.derived is None}
        self._gazetteer = gazetteer
        self._join = knowledge.lexicon.place_cues.join
        answering = knowledge.lexicon.answering
        self._yes, self._no = _whole(answering.yes), _whole(answering.no)
        self._begins = {YES: tuple(map(squeeze, answering.begins_yes)), NO: tuple(map(squeeze, answering.begins_no))}
        self._absences = {
            **{word: Absence.DECLINED for word in _whole(answering.declined)},
            **{word: Absence.UNSURE for word in _whole(answering.unsure)},
        }
        self._of_others = Cues(answering.of_others)
        self._unsure = tuple(_whole(answering.unsure))
        self._filler = sorted(_whole(knowledge.lexicon.commands.filler), key=len, reverse=True)
        self._options: dict[str, dict[str, Cues]] = {}
        self._labels: dict[str, dict[str, str]] = {}
        for fact in self._facts.values():
            listed = {option.id: (option.label, option.heard) for option in fact.options}
            if fact.yes is not None and fact.no is not None:
                listed = {YES: (fact.yes.label, fact.yes.heard), NO: (fact.no.label, fact.no.heard)}
            self._options[fact.id] = {option: Cues(heard) for option, (_, heard) in listed.items()}
            self._labels[fact.id] = {squeeze(normalize(label)): option for option, (label, _) in listed.items()}
        self._about = {fact.id: Cues(fact.about) for fact in self._facts.values() if fact.about}

    def answer(self, question: Question, text: str, today: date) -> dict[str, Answer] | None:
        """What a normalised text answers to a question, by fact; None if it is no answer to it."""
        squeezed = self._bare(squeeze(text))
        if not squeezed or len(squeezed) > _LONGEST_ANSWER:
            return None
        if squeezed in self._absences:
            return dict.fromkeys(question.facts, self._absences[squeezed])
        if question.items:
            return self._ticks(question.items, text, squeezed)
        answer = self._one(self._facts[question.fact_id], question, text, squeezed, today)
        return None if answer is None else {question.fact_id: answer}

    def agrees(self, text: str) -> bool | None:
        """Whether a normalised text says yes or no to what is not a fact; None if neither."""
        side = self._yes_or_no(self._bare(squeeze(text)))
        return None if side is None else side == one(YES)

    def declines(self, text: str) -> bool:
        """Whether a normalised text says that somebody does not want to say."""
        return self._absences.get(self._bare(squeeze(text))) is Absence.DECLINED

    def said(self, text: str, today: date, *, about: Collection[str] | None = None) -> dict[str, Answer]:
        """Facts said in passing in a normalised text; only those ``about`` if given.

        What is said of people hired is not taken for what the person is.
        """
        squeezed = squeeze(text)
        own = squeeze("".join(clause for clause in clauses(text) if not self._of_others.hit(squeeze(clause))))
        found: dict[str, Answer] = {}
        for fact in self._facts.values():
            if about is not None and fact.id not in about:
                continue
            answer = self._in_passing(fact, text, own if fact.topic in _OF_ONESELF else squeezed, today)
            if answer is not None:
                found[fact.id] = answer
        return found

    def again(self, fact_id: str, text: str, today: date) -> Answer | None:
        """A new answer to a fact that was answered before (刚才说错了，是5个月)."""
        fact = self._facts[fact_id]
        answer = self._in_passing(fact, text, squeeze(text), today)
        if answer is not None:
            return answer
        if fact.type is FactType.DATE:
            found = read_when(text, today)
            return Days(*found) if found else None
        if fact.type in {FactType.INTEGER, FactType.MONEY}:
            return _counted(fact, text)
        return self._option(fact, squeeze(text))

    def _one(self, fact: Fact, question: Question, text: str, squeezed: str, today: date) -> Answer | None:
        if squeezed in self._labels[fact.id]:
            return one(self._labels[fact.id][squeezed])
        match fact.type:
            case FactType.BOOL:
                return self._option(fact, squeezed) or self._yes_or_no(squeezed)
            case FactType.ENUM:
                found = self._option(fact, squeezed)
                nothing = next((option.id for option in fact.options if option.nothing), None)
                return found or (one(nothing) if nothing and self._yes_or_no(squeezed) == one(NO) else None)
            case FactType.INTEGER | FactType.MONEY:
                return _number(fact, text)
            case FactType.DATE:
                found_days = read_when(text, today)
                if found_days is not None:
                    return Days(*found_days)
                return on(NEVER) if fact.never and self._yes_or_no(squeezed) == one(NO) else None
            case FactType.REGION:
                return self._place(question, text, squeezed)
            case FactType.SET:
                return None

    def _ticks(self, items: tuple[Item, ...], text: str, squeezed: str) -> dict[str, Answer] | None:
        """What was ticked, by number or by words; a plain no ticks nothing."""
        ticks = read_ticks(text, len(items), self._unsure)
        if ticks is not None:
            chosen, unsure = ticks
            return ticked(items, {items[number - 1] for number in chosen}, {items[number - 1] for number in unsure})
        if squeezed in self._no:
            return ticked(items, ())
        if len(items) == 1 and self._yes_or_no(squeezed) == one(YES):
            return ticked(items, items)
        named = {item for item in items if self._named(item, squeezed)}
        return ticked(items, named) if named else None

    def _named(self, item: Item, squeezed: str) -> bool:
        fact = self._facts[item.fact_id]
        option = item.member or YES
        if item.member is None and self._options[fact.id][NO].hit(squeezed):
            return False
        label = (
            next((label for label, of in self._labels[fact.id].items() if of == option), "")
            if item.member
            else squeeze(normalize(fact.name))
        )
        return self._options[fact.id][option].hit(squeezed) or bool(label and label in squeezed)

    def _in_passing(self, fact: Fact, text: str, squeezed: str, today: date) -> Answer | None:
        match fact.type:
            case FactType.BOOL | FactType.ENUM:
                return self._option(fact, squeezed)
            case FactType.SET:
                has = frozenset(option for option, cues in self._options[fact.id].items() if cues.hit(squeezed))
                return Members(has, frozenset()) if has else None
            case FactType.INTEGER | FactType.MONEY | FactType.DATE:
                about = self._about.get(fact.id)
                for clause in clauses(text) if about else ():
                    if about is None or not about.hit(squeeze(clause)):
                        continue
                    if fact.type is FactType.DATE:
                        days = read_when(clause, today)
                        if days is not None:
                            return Days(*days)
                    elif (number := _counted(fact, clause)) is not None:
                        return number
            case FactType.REGION:
                return None
        return None

    def _option(self, fact: Fact, squeezed: str) -> Answer | None:
        """The one option whose words are heard; of yes and no, no, whose words often hold those of yes."""
        hits = [option for option, cues in self._options[fact.id].items() if cues.hit(squeezed)]
        if fact.type is FactType.BOOL and NO in hits:
            return one(NO)
        return one(hits[0]) if len(hits) == 1 else None

    def _yes_or_no(self, squeezed: str) -> Answer | None:
        if squeezed in self._no:
            return one(NO)
        if squeezed in self._yes:
            return one(YES)
        if len(squeezed) > _SHORT:
            return None
        return next((one(side) for side in (NO, YES) if squeezed.startswith(self._begins[side])), None)

    def _place(self, question: Question, text: str, squeezed: str) -> Answer | None:
        codes = own_places(self._gazetteer.find(text), text, self._join)
        if codes:
            return Within(codes[0])
        side = self._yes_or_no(squeezed)
        if side == one(YES):
            return question.cells[0]
        return Within(ELSEWHERE) if side == one(NO) else None

    def _bare(self, squeezed: str) -> str:
        """A message without the small words around it, unless nothing else is left."""
        for word in self._filler:
            if squeezed not in self._yes and squeezed not in self._no and len(squeezed) > len(word) + 1:
                squeezed = squeezed.removesuffix(word)
        return squeezed


def _number(fact: Fact, text: str) -> Answer | None:
    found = read_count(text)
    if found is None:
        return None
    low, high = found
    if fact.highest is not None and (low > fact.highest or low < fact.lowest):
        return None
    return exactly(low) if low == high else Span(low, high)


def _counted(fact: Fact, text: str) -> Answer | None:
    """The number in a text that counts what the fact counts; of money any number."""
    if fact.type is FactType.MONEY or not fact.unit:
        return _number(fact, text)
    before, unit, after = text.partition(fact.unit)
    while unit:
        if (number := _number(fact, before[-_NUMBER_LENGTH:] + unit)) is not None and read_count(before[-1:] + unit) is not None:
            return number
        before, unit, after = before + unit + after.partition(fact.unit)[0], *after.partition(fact.unit)[1:]
    return None


def _whole(words: Collection[str]) -> frozenset[str]:
    return frozenset(squeeze(normalize(word)) for word in words)
