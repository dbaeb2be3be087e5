"""Everything staff have written, read and cross-checked, as one immutable value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.content.contact import Contacts
from bot.content.fact import Fact
from bot.content.lexicon import Lexicon
from bot.content.measure import Measure
from bot.content.policy import Policy
from bot.content.ranking import RankingSettings
from bot.content.region import Regions
from bot.content.rule import Rule
from bot.content.smoke import SmokeQuestion
from bot.content.wording import Wording


@dataclass(frozen=True, slots=True)
class PolicyFolder:
    """A policy and its measures, in order of their codes."""

    policy: Policy
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All policies, rules, words, regions, contacts and settings the assistant works from.

    ``facts`` are by id, ``rules`` by ``<policy>/<measure>``. ``smoke`` must be answered before any of it is served.
    """

    folders: Mapping[str, PolicyFolder]
    regions: Regions
    contacts: Contacts
    lexicon: Lexicon
    wording: Wording
    ranking: RankingSettings
    facts: Mapping[str, Fact]
    rules: Mapping[str, Rule]
    smoke: tuple[SmokeQuestion, ...]

    def policies(self) -> Iterator[Policy]:
        """Every policy, in order of id."""
        return (folder.policy for folder in self.folders.values())

    def measures(self) -> Iterator[tuple[Policy, Measure]]:
        """Every measure with its policy."""
        return ((folder.policy, measure) for folder in self.folders.values() for measure in folder.measures)
