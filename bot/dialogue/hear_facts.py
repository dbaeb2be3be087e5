"""Facts heard in what somebody types: the answer to a question, and what is said in passing."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from bot.content.fact import Fact, FactType, Topic
from bot.content.knowledge import Knowledge
from bot.dialogue.hear_counts import read_counted, read_counted_by_noun, read_number
from bot.eligibility.answers import ELSEWHERE, NEVER, NO, YES, Absence, Answer, Days, Members, Within, exactly, on, one
from bot.eligibility.next_question import Question
from bot.eligibility.ticking import Item, ticked
from bot.language.cues import Cues, squeeze
from bot.language.normalize import normalize
from bot.language.numbered import read_ticks
from bot.language.places import Gazetteer, own_places
from bot.language.sentences import clauses
from bot.language.time_words import read_when

_SHORT = 8
"""An answer that only begins with yes or no is no longer than this."""
_LONGEST_ANSWER = 40
_OF_ONESELF = frozenset((Topic.SELF, Topic.HOUSEHOLD))
_SHORTEST_PART = 2
_WHO = "role"
"""The fact who asks; it is heard in front of what is said of people hired."""


class FactEar:
    """Hears facts. Build once for a snapshot of the knowledge."""

    def __init__(self, knowledge: Knowledge, gazetteer: Gazetteer) -> None:
        """Compile what is listened for."""
        self._facts = {fact.id: fact for fact in knowledge.facts.values() if fact.derived is None}
        self._gazetteer = gazetteer
        self._join = knowledge.lexicon.place_cues.join
        answering = knowledge.lexicon.answering
        self._yes, self._no = _whole(answering.yes), _whole(answering.no)
        self._none = _whole(answering.none)
        self._nothing_else = Cues(answering.nothing_else)
        self._begins = {YES: tuple(map(squeeze, answering.begins_yes)), NO: tuple(map(squeeze, answering.begins_no))}
        self._absences = {
            **{word: Absence.DECLINED for word in _whole(answering.declined)},
            **{word: Absence.UNSURE for word in _whole(answering.unsure)},
        }
        self._denies = tuple(_whole(answering.denies))
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
        squeezed = self.bare(squeeze(text))
        if not squeezed or len(squeezed) > _LONGEST_ANSWER:
            return None
        if not squeezed[0].isdigit() and (absence := self._absence(squeezed)) is not None:
            return dict.fromkeys(question.facts, absence)
        if question.items:
            return self._ticks(question.items, text, squeezed)
        answer = self._one(self._facts[question.fact_id], question, text, squeezed, today)
        return None if answer is None else {question.fact_id: answer}

    def agrees(self, text: str) -> bool | None:
        """Whether a normalised text says yes or no to what is not a fact; None if neither."""
        squeezed = squeeze(text)
        bare = self.bare(squeezed)
        if bare in self._absences:
            return None
        plain = (whole.removeprefix(word) for whole in (squeezed, bare) for word in ("", *self._filler))
        bare = next((rest for rest in plain if rest in self._yes | self._no), bare)
        pieces = {self.bare(squeeze(piece)) for clause in clauses(text) for piece in clause.split()}
        if pieces & self._yes and not pieces & self._no:
            return True
        side = self._yes_or_no(bare)
        return None if side is None else side == one(YES)

    def is_plain(self, question: Question, text: str) -> bool:
        """Whether a normalised text that answers a question tells nothing beside: a label, a plain yes or no."""
        bare = self.bare(squeeze(text))
        labels = {label for fact in question.facts for label in self._labels[fact]}
        never = {squeeze(normalize(self._facts[fact].never or "")) for fact in question.facts}
        return bare in labels | never | self._yes | self._no | self._absences.keys()

    def declines(self, text: str) -> bool:
        """Whether a normalised text says that somebody does not want to say."""
        return self._absence(self.bare(squeeze(text))) is Absence.DECLINED

    def _absence(self, squeezed: str) -> Absence | None:
        """Why a short answer tells nothing (这个我不想说), None if it may tell something."""
        if squeezed in self._absences or len(squeezed) > _SHORT:
            return self._absences.get(squeezed)
        return next((why for word, why in self._absences.items() if len(word) > _SHORTEST_PART and squeezed.endswith(word)), None)

    def doubts(self, text: str) -> bool:
        """Whether a normalised text says that somebody does not know."""
        return self._absences.get(self.bare(squeeze(text))) is Absence.UNSURE

    def said(self, text: str, today: date, *, within: Collection[str] = ()) -> dict[str, Answer]:
        """Facts said in passing in a normalised text; of numbers that are part of those ``within`` it is clear what they count.

        What is said of people hired is not taken for what the person is.
        """
        squeezed = squeeze(text)
        parts = [(clause, self._of_others.first(clause)) for clause in map(squeeze, clauses(text))]
        own = "".join(clause for clause, others in parts if others is None)
        asking = "".join(clause[:others] for clause, others in parts)
        found: dict[str, Answer] = {}
        for fact in self._facts.values():
            heard = asking if fact.id == _WHO else own if fact.topic in _OF_ONESELF else squeezed
            answer = self._in_passing(fact, text, heard, today)
            if answer is None and (fact.part_of in within or fact.part_of in found):
                answer = read_counted_by_noun(fact, text)
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
            return read_counted(fact, text)
        return self._option(fact, squeeze(text))

    def _one(self, fact: Fact, question: Question, text: str, squeezed: str, today: date) -> Answer | None:
        if squeezed in self._labels[fact.id]:
            return one(self._labels[fact.id][squeezed])
        match fact.type:
            case FactType.BOOL:
                tick = squeeze(normalize(fact.tick or ""))
                partly = one(YES) if len(squeezed) >= _SHORTEST_PART and squeezed in tick else None
                return self._option(fact, squeezed) or self._yes_or_no(squeezed) or partly
            case FactType.ENUM:
                found = self._option(fact, squeezed)
                nothing = next((option.id for option in fact.options if option.nothing), None)
                alike = [option for label, option in self._labels[fact.id].items() if len(squeezed) >= _SHORTEST_PART and squeezed in label]
                if found is None and len(alike) == 1:
                    found = one(alike[0])
                return found or (one(nothing) if nothing and self._yes_or_no(squeezed) == one(NO) else None)
            case FactType.INTEGER | FactType.MONEY:
                return read_number(fact, text)
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
        if squeezed in self._none:
            return ticked(items, ())
        if len(items) == 1 and (side := self._yes_or_no(squeezed)) is not None:
            return ticked(items, items if side == one(YES) else ())
        heard = {item: self._named(item, squeezed) for item in items}
        if not any(said is not None for said in heard.values()) and len(squeezed) >= _SHORTEST_PART:
            partly = [item for item in items if squeezed in self._tick(item) or _shortens(squeezed, self._tick(item))]
            heard = {item: True if partly == [item] else None for item in items}
        return self._told_in_words(heard, squeezed)

    def _told_in_words(self, heard: Mapping[Item, bool | None], squeezed: str) -> dict[str, Answer] | None:
        """What words tell of a list: only of what they name, unless they say that it is all or that the rest is not known."""
        named = {item: so for item, so in heard.items() if so is not None}
        if not named:
            return None
        chosen = [item for item, so in named.items() if so]
        if self._nothing_else.hit(squeezed):
            return ticked(tuple(heard), chosen)
        absence = next((why for word, why in self._absences.items() if squeezed.endswith(word)), None)
        if absence is not None:
            rest = {item.fact_id: absence for item in heard if item not in named}
            return {**rest, **ticked(tuple(named), chosen)}
        return dict(ticked(tuple(named), chosen))

    def _tick(self, item: Item) -> str:
        """A thing to tick in squeezed words."""
        fact = self._facts[item.fact_id]
        label = next((option.label for option in fact.options if option.id == item.member), "")
        return squeeze(normalize(f"{fact.tick or ''}{label}"))

    def _named(self, item: Item, squeezed: str) -> bool | None:
        """Whether words say that a thing to tick is so, or is not; None if they do not speak of it."""
        fact = self._facts[item.fact_id]
        option = item.member or YES
        if item.member is None and self._options[fact.id][NO].hit(squeezed):
            return False
        label = (
            next((label for label, of in self._labels[fact.id].items() if of == option), "")
            if item.member
            else squeeze(normalize(fact.name))
        )
        affirmed = self._affirmed(self._options[fact.id][option], squeezed)
        return True if affirmed is None and label and label in squeezed else affirmed

    def _in_passing(self, fact: Fact, text: str, squeezed: str, today: date) -> Answer | None:
        match fact.type:
            case FactType.BOOL | FactType.ENUM:
                return self._option(fact, squeezed)
            case FactType.SET:
                heard = {option: self._affirmed(cues, squeezed) for option, cues in self._options[fact.id].items()}
                has = frozenset(option for option, affirmed in heard.items() if affirmed)
                lacks = frozenset(option for option, affirmed in heard.items() if affirmed is False)
                return Members(has, lacks) if has or lacks else None
            case FactType.INTEGER | FactType.MONEY | FactType.DATE:
                about = self._about.get(fact.id)
                for clause in clauses(text) if about else ():
                    if about is None or not about.hit(squeeze(clause)):
                        continue
                    if fact.type is FactType.DATE:
                        days = None if self._of_something_else(fact, squeeze(clause)) else read_when(clause, today)
                        if days is not None:
                            return Days(*days)
                    elif (number := read_counted(fact, clause)) is not None:
                        return number
                if any(self._denied_count(fact, squeeze(clause)) for clause in clauses(text)):
                    return exactly(0)
            case FactType.REGION:
                return None
        return None

    def _denied_count(self, fact: Fact, squeezed: str) -> bool:
        """Whether a clause says that there is none of the people a fact counts (没雇人, 没招残疾人)."""
        nouns = (fact.unit or "", *fact.counts) if fact.counts else ()
        done = [cue for cue in fact.about if cue not in fact.counts]
        return any(f"{denied}{cue}{noun}" in squeezed for denied in self._denies for cue in done for noun in nouns)

    def _of_something_else(self, fact: Fact, squeezed: str) -> bool:
        """Whether a time told in a clause may be that of something else the person has or is (残疾证是2019年办的)."""
        others = (other for other in self._facts.values() if other.type is FactType.BOOL and other.topic in _OF_ONESELF - {fact.topic})
        return any(self._option(other, squeezed) for other in others)

    def _option(self, fact: Fact, squeezed: str) -> Answer | None:
        """The one option whose words are heard; of yes and no, no, whose words often hold those of yes."""
        heard = {option: self._affirmed(cues, squeezed) for option, cues in self._options[fact.id].items()}
        if fact.type is FactType.BOOL:
            return one(NO) if heard[NO] or heard[YES] is False else one(YES) if heard[YES] else None
        outdone = {other for option in fact.options if heard[option.id] for other in option.over}
        hits = [option for option, affirmed in heard.items() if affirmed and option not in outdone]
        return one(hits[0]) if len(hits) == 1 else None

    def _affirmed(self, cues: Cues, squeezed: str) -> bool | None:
        """Whether what a squeezed text says is so, False if it is denied wherever it is heard; None if it is not heard."""
        heard = cues.heard(squeezed)
        if not heard:
            return None
        return any(not before.endswith(self._denies) for piece in heard for before in _before(piece, squeezed))

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

    def bare(self, squeezed: str) -> str:
        """A message without the small words around it, unless nothing else is left."""
        for word in self._filler:
            if squeezed not in self._yes and squeezed not in self._no and len(squeezed) > len(word) + 1:
                squeezed = squeezed.removesuffix(word)
        return squeezed


def _shortens(short: str, text: str) -> bool:
    """Whether a few characters are what is left of a text when some are dropped behind its first (有证 of 有残疾人证)."""
    rest = iter(text)
    return len(short) <= _SHORT // 2 and short[:1] == text[:1] and all(character in rest for character in short)


def _before(piece: str, text: str) -> Iterator[str]:
    at = text.find(piece)
    while at >= 0:
        yield text[:at]
        at = text.find(piece, at + 1)


def _whole(words: Collection[str]) -> frozenset[str]:
    return frozenset(squeeze(normalize(word)) for word in words)
