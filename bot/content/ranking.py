"""The numbers that steer ranking and deciding, as data."""

from typing import Annotated

from pydantic import Field

from bot.content.authored import Authored

Weight = Annotated[int | float, Field(ge=-100, le=100)]


class Weights(Authored):
    """How much each part of a measure's text, and each thing heard, counts."""

    title: Weight
    phrasing: Weight
    keyword: Weight
    body: Weight
    background: Weight
    phrasing_ratio: Weight
    kind_fits: Weight
    kind_differs: Weight
    audience_fits: Weight
    audience_differs: Weight
    distinctive: Weight
    figure: Weight


class Thresholds(Authored):
    """Where the bands begin, on the score's scale of 0 to 100 (margins too)."""

    answer: Weight
    offer: Weight
    margin: Weight
    strange: Weight
    across_policies: Weight
    sibling: Weight
    need: Weight


class RankingSettings(Authored):
    """Weights by hand and by measurement; thresholds by ``zhuchuang calibrate``."""

    weights: Weights
    thresholds: Thresholds
