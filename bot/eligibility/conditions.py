"""Conditions ready to be judged: derived facts worked into the rules that use them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.content.condition import TESTS, AllOf, AnyOf, Change, Test
from bot.content.fact import Fact
from bot.content.region import contains
from bot.eligibility.answers import NO, YES, Absence, Answer, Members, OneOf, Span, Within
from bot.eligibility.truth import OPPOSITE, Truth


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """One test of one fact. ``inner`` is the condition behind a derived fact, ``negated`` whether its opposite is wanted.

    ``asked`` is the fact a person can be asked: for months it is the date they are counted from. ``token`` stands for what is tested:
    leaves of many rules that test the same share one, so that it is worked out once. ``facts`` are those its truth depends on.
    """

    id: str
    fact: str
    asked: str
    test: Test
    say: str
    change: Change | None
    token: object
    inner: "Node | None" = None
    negated: bool = False
    facts: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", self.inner.facts if self.inner is not None else frozenset((self.asked,)))


@dataclass(frozen=True, slots=True, eq=False)
class Every:
    """All parts must hold."""

    parts: tuple["Node", ...]
    token: object = field(init=False, default_factory=object)
    facts: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", frozenset[str]().union(*(part.facts for part in self.parts)))


@dataclass(frozen=True, slots=True, eq=False)
class Either:
    """One part is enough."""

    parts: tuple["Node", ...]
    say: str | None = None
    token: object = field(init=False, default_factory=object)
    facts: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", frozenset[str]().union(*(part.facts for part in self.parts)))


Node = Leaf | Every | Either


def compile_condition(condition: Test | AllOf | AnyOf, facts: Mapping[str, Fact], tokens: dict[tuple[object, ...], object]) -> Node:
    """A condition with every derived fact of type bool opened up; ``tokens`` collects what is tested."""
    match condition:
        case AllOf(all=parts):
            return Every(tuple(compile_condition(part, facts, tokens) for part in parts))
        case AnyOf(any=parts, say=say):
            return Either(tuple(compile_condition(part, facts, tokens) for part in parts), say)
        case Test():
            derived = facts[condition.fact].derived
            asked, inner = condition.fact, None
            if derived is not None and derived.months_since is not None:
                asked = derived.months_since
            elif derived is not None and derived.when is not None:
                inner = compile_condition(derived.when, facts, tokens)
            return Leaf(
                condition.id or condition.fact.replace("_", "-"),
                condition.fact,
                asked,
                condition,
                condition.say or facts[condition.fact].name,
                condition.change,
                tokens.setdefault((condition.fact, *(getattr(condition, name) for name in TESTS)), object()),
                inner,
                inner is not None and condition.is_ is False,
            )


def leaves(node: Node) -> Iterator[Leaf]:
    """The tests of a rule as staff wrote them, derived facts not opened."""
    if isinstance(node, Leaf):
        yield node
    else:
        for part in node.parts:
            yield from leaves(part)


def asked_leaves(node: Node) -> Iterator[Leaf]:
    """The tests of facts that can be asked, derived facts opened."""
    if isinstance(node, Leaf):
        if node.inner is None:
            yield node
        else:
            yield from asked_leaves(node.inner)
    else:
        for part in node.parts:
            yield from asked_leaves(part)


def holds(test: Test, answer: Answer | None) -> Truth:
    """How a test stands with what is known of its fact."""
    match answer:
        case None | Absence():
            return Truth.UNKNOWN
        case OneOf(ids=ids):
            wanted = _options(test)
            inside = ids & wanted
            truth = Truth.YES if inside == ids else Truth.UNKNOWN if inside else Truth.NO
            return OPPOSITE[truth] if test.not_in is not None else truth
        case Span(low=low, high=high):
            if test.at_least is not None:
                return Truth.YES if low >= test.at_least else Truth.NO if high is not None and high < test.at_least else Truth.UNKNOWN
            most = test.at_most or 0
            if low > most or (high is not None and high < 0):
                return Truth.NO
            return Truth.YES if low >= 0 and high is not None and high <= most else Truth.UNKNOWN
        case Members(has=has, lacks=lacks):
            wanted = frozenset(test.has or test.has_none or ())
            truth = Truth.YES if has & wanted else Truth.NO if wanted <= lacks else Truth.UNKNOWN
            return OPPOSITE[truth] if test.has_none is not None else truth
        case Within(code=code):
            regions = test.within or ()
            if any(contains(region, code) for region in regions):
                return Truth.YES
            return Truth.UNKNOWN if any(contains(code, region) for region in regions) else Truth.NO
    return Truth.UNKNOWN


def _options(test: Test) -> frozenset[str]:
    if test.is_ is not None:
        return frozenset((test.is_ if isinstance(test.is_, str) else YES if test.is_ else NO,))
    return frozenset(test.in_ or test.not_in or ())
