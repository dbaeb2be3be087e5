"""The answers to a question that make a difference: what somebody may say, cut where rules cut."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import product

from bot.content.fact import Fact, FactType
from bot.content.months import latest_start
from bot.eligibility.answers import ELSEWHERE, NEVER, Absence, Answer, Days, Known, Members, OneOf, Span, Within, on, one
from bot.eligibility.conditions import Leaf

EARLIEST = date(1900, 1, 1)
_MOST_SUBSETS = 5


def cells(fact: Fact, leaves: Iterable[Leaf], answer: Answer | None, as_of: date, *, subsets: bool = False) -> tuple[Known, ...]:
    """The answers still possible, one for each way the tests can come out, in order: smaller first, what has not happened last.

    For a set they are each single member and none of them, or with ``subsets`` every combination of up to five members, of more what is
    known and nothing beyond. A day to come counts as what has not happened.
    """
    leaves = tuple(leaves)
    known = None if isinstance(answer, Absence) else answer
    match fact.type:
        case FactType.BOOL | FactType.ENUM:
            options = ("yes", "no") if fact.type is FactType.BOOL else tuple(option.id for option in fact.options)
            possible = known.ids if isinstance(known, OneOf) else frozenset(options)
            return tuple(one(option) for option in options if option in possible)
        case FactType.INTEGER | FactType.MONEY:
            return _numbers(fact, leaves, known if isinstance(known, Span) else None)
        case FactType.DATE:
            return _days(fact, leaves, known if isinstance(known, Days) else None, as_of)
        case FactType.SET:
            return _members(fact, leaves, known if isinstance(known, Members) else None, subsets)
        case FactType.REGION:
            codes = dict.fromkeys(code for leaf in leaves for code in leaf.test.within or ())
            return (*(Within(code) for code in codes), Within(ELSEWHERE))


def _numbers(fact: Fact, leaves: tuple[Leaf, ...], known: Span | None) -> tuple[Known, ...]:
    low = known.low if known else fact.lowest
    high = known.high if known else fact.highest
    cuts = {leaf.test.at_least for leaf in leaves if leaf.test.at_least is not None}
    cuts |= {leaf.test.at_most + 1 for leaf in leaves if leaf.test.at_most is not None}
    starts = [low, *sorted(cut for cut in cuts if cut > low and (high is None or cut <= high))]
    ends: list[int | None] = [start - 1 for start in starts[1:]]
    return tuple(Span(start, end) for start, end in zip(starts, [*ends, high], strict=True))


def _days(fact: Fact, leaves: tuple[Leaf, ...], known: Days | None, as_of: date) -> tuple[Known, ...]:
    low, high = (known.low, known.high) if known else (EARLIEST, NEVER if fact.never else as_of)
    cuts_at = {latest_start(leaf.test.at_least, as_of) for leaf in leaves if leaf.test.at_least}
    cuts_at |= {latest_start(leaf.test.at_most, as_of - timedelta(days=1)) for leaf in leaves if leaf.test.at_most is not None}
    cuts = sorted(cuts_at, reverse=True)
    past = min(high, as_of)
    found: list[Known] = []
    if low <= past:
        ends = [past, *(cut for cut in cuts if low <= cut < past)]
        starts = [*(end + timedelta(days=1) for end in ends[1:]), low]
        found += [Days(start, end) for start, end in zip(starts, ends, strict=True)]
    if as_of < high != NEVER:
        found.append(Days(max(low, as_of + timedelta(days=1)), high))
    if high == NEVER:
        found.append(on(NEVER))
    return tuple(found)


def _members(fact: Fact, leaves: tuple[Leaf, ...], known: Members | None, subsets: bool) -> tuple[Known, ...]:
    has, lacks = (known.has, known.lacks) if known else (frozenset[str](), frozenset[str]())
    wanted = {member for leaf in leaves for member in leaf.test.has or leaf.test.has_none or ()}
    open_ = [option.id for option in fact.options if option.id in wanted - has - lacks]
    if subsets and len(open_) > _MOST_SUBSETS:
        return (Members(has, lacks),)
    if subsets:
        found = []
        for chosen in product((True, False), repeat=len(open_)):
            more = frozenset(member for member, is_in in zip(open_, chosen, strict=True) if is_in)
            found.append(Members(has | more, lacks | (frozenset(open_) - more)))
        return tuple(found)
    singles = [Members(has | {member}, lacks | (frozenset(open_) - {member})) for member in open_]
    return (*singles, Members(has, lacks | frozenset(open_)))


def weight(fact: Fact, cell: Known) -> float:
    """How often people give an answer, roughly; only the order of questions depends on it."""
    match cell:
        case OneOf(ids=ids):
            if fact.yes is not None and fact.no is not None:
                return float(fact.yes.usual if "yes" in ids else fact.no.usual)
            return float(sum(option.usual for option in fact.options if option.id in ids))
        case Members(has=has):
            return float(sum(option.usual for option in fact.options if option.id in has) or 60)
    return 1.0
