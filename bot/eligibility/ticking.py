"""Lists of things to tick: what was picked, what was left, and what that tells."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.eligibility.answers import NO, YES, Absence, Answer, Members, one


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tick: a fact that is so, or with ``member`` something a set has."""

    fact_id: str
    member: str | None = None


def ticked(items: tuple[Item, ...], chosen: Collection[Item], unsure: Collection[Item] = ()) -> dict[str, Answer]:
    """What a list of things to tick tells: what is chosen is so, what is not chosen is not, and of what is unsure nothing is known."""
    answers: dict[str, Answer] = {}
    for fact_id in dict.fromkeys(item.fact_id for item in items):
        own = [item for item in items if item.fact_id == fact_id]
        if own[0].member is None:
            answers[fact_id] = Absence.UNSURE if own[0] in unsure else one(YES if own[0] in chosen else NO)
            continue
        has = frozenset(item.member for item in own if item in chosen and item.member)
        lacks = frozenset(item.member for item in own if item not in chosen and item not in unsure and item.member)
        answers[fact_id] = Members(has, lacks) if has or lacks else Absence.UNSURE
    return answers


def left_of(items: tuple[Item, ...], ticks: Collection[int]) -> tuple[Item, ...]:
    """A list as it is shown once some of it is ticked: only the rest; the whole list if nothing is left."""
    return tuple(item for index, item in enumerate(items) if index not in ticks) or items


def with_ticks(items: tuple[Item, ...], ticks: Collection[int], found: dict[str, Answer]) -> dict[str, Answer]:
    """An answer to the rest of a list together with what was ticked before."""
    if not ticks:
        return found
    chosen = {items[index] for index in ticks}
    unsure = set()
    for item in items:
        answer = found.get(item.fact_id)
        if isinstance(answer, Members):
            so, open_ = item.member in answer.has, item.member not in answer.has | answer.lacks
        else:
            so, open_ = answer == one(YES), isinstance(answer, Absence)
        chosen |= {item} if so else set()
        unsure |= {item} if open_ else set()
    return ticked(items, chosen, unsure - chosen)
