"""The sample personas of the reference folder in our words: their facts as answers, their benefits as measures.

The file is not part of the repository; ``tests/conftest.py`` finds it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.content.months import add_months
from bot.content.region import Regions

Facts = dict[str, Any]
"""Our facts as staff write them (``bot.staff.answer_file``)."""

CATEGORIES = {
    "视力": "vision",
    "听力": "hearing",
    "言语": "speech",
    "肢体": "physical",
    "智力": "intellectual",
    "精神": "mental",
    "多重": "multiple",
}
FORMS = {"individual_business": "sole_trader", "micro_small_enterprise": "small_firm"}
FAR_FROM_RETIRING = {"F": range(16, 45), "M": range(16, 55)}  # of working age, and any age of retirement more than five years away

HOUSEHOLD: dict[str, str] = {
    "registered_poor_household": "registered_poor",
    "poverty_monitoring_household": "monitored",
    "low_income_allowance": "low_income",
}
"""Their yes-or-no facts that are members of our ``household``; what they do not list, or have no fact for, is taken as absent."""

SAME: dict[str, tuple[str, ...]] = {
    "disability_grade": ("grade",),
    "sells_online": ("ecommerce",),
    "online_real_name": ("real_name_shop",),
    "first_licence": ("first_licence",),
    "needs_loan": ("needs_loan",),
    "wants_training": ("wants_training",),
    "has_had_skills_training": ("trained_before",),
    "cultural_heritage_recognised": ("heritage_inheritor",),
    "leads_disabled_stable_jobs": ("stable_jobs_led",),
    "rural_poor_disabled_employed_or_led": ("rural_poor_disabled_led",),
    "disabled_households_helped": ("households_helped",),
    "poor_disabled_households_led": ("poor_households_helped",),
    "disabled_employees": ("disabled_staff",),
    "prior_year_sales_yuan": ("sales_last_year",),
    "employment_difficulty_certified": ("hard_to_employ",),
    "public_sector_staff": ("public_sector",),
    "returned_migrant_worker": ("returnee",),
    "demobilised_soldier": ("veteran", "self_employed_soldier"),
}
"""Their facts whose value is ours as it stands; null = nobody knows, so we leave it out."""

PASSED_OVER = {
    "annual_sales_yuan": "the rules know the sales of one year only, so it must equal prior_year_sales_yuan",
    "graduate_within_5_years": "we ask for the day and the school; what they tell fits a graduate of long ago as well",
    "months_operating": "it becomes registered_on where that is not given",
    "age": "it tells, with sex, working_age and retires_in_five_years",
}
"""Their facts that have no fact of ours of their own, and why."""


@dataclass(frozen=True)
class Persona:
    """One person of the file: the story, the day, what is known in our facts and what must come of each benefit."""

    id: str
    as_of: date
    story: str
    facts: Facts
    expected: Mapping[str, Any]


def read_persona(written: Mapping[str, Any], regions: Regions) -> Persona:
    """A persona with its facts in ours.

    Raises:
        KeyError: It has a fact nobody has mapped.
    """
    as_of = date.fromisoformat(written["as_of"])
    place = code_of(written["region"], regions)
    facts = {"place": place, **stated(written["facts"], as_of), **left_unsaid(written["facts"], place), **SAID.get(written["id"], {})}
    return Persona(written["id"], as_of, written["story"], facts, written["expected"])


def code_of(region: Mapping[str, str], regions: Regions) -> str:
    """The code of a county named with its city and province."""
    name = region["province"] + region["city"] + region["county"]
    return next(code for code in regions.names if code[4:] != "00" and regions.full_name(code) == name)


def stated(theirs: Mapping[str, Any], as_of: date) -> Facts:
    """What the persona's facts say, in ours. All of them have a licence and a business that runs, whatever else they do."""
    found: Facts = {"role": "own_business", "operating": True, "household": [ours for name, ours in HOUSEHOLD.items() if theirs.get(name)]}
    for name, value in theirs.items():
        if value is None or name in HOUSEHOLD or name in PASSED_OVER:
            continue
        found |= dict.fromkeys(SAME[name], value) if name in SAME else CHANGED[name](value, as_of)
    if "registered_on" not in found and "months_operating" in theirs:
        found["registered_on"] = days_ago(theirs["months_operating"], as_of)
    if theirs["age"] in FAR_FROM_RETIRING[theirs["sex"]]:
        found |= {"working_age": True, "retires_in_five_years": False}
    assert theirs.get("annual_sales_yuan") == theirs.get("prior_year_sales_yuan")
    return found


def days_ago(months: int, as_of: date) -> list[date]:
    """Between which days something began that has lasted so many whole months."""
    return [add_months(as_of, -months - 1) + timedelta(days=1), add_months(as_of, -months)]


CHANGED: dict[str, Callable[[Any, date], Facts]] = {
    "disability_certificate": lambda value, _: {"certificate": value == "yes"},
    "disability_category": lambda value, _: {"category": CATEGORIES[value]},
    "sex": lambda value, _: {"woman": value == "F"},
    "hukou": lambda value, _: {"rural": value == "rural"},
    "business_form": lambda value, _: {"business_form": FORMS[value]},
    "registered_on": lambda value, _: {"registered_on": date.fromisoformat(value)},
    "months_social_insurance_at_own_enterprise": lambda value, as_of: {"insured_since": days_ago(value, as_of)},
    "wants_stall_or_shop": lambda value, _: {"wants": ["stall"] if value else []},
}
"""Their facts that are put differently in ours. A stall is the only wish they can name, so there is no other."""


def left_unsaid(theirs: Mapping[str, Any], place: str) -> Facts:
    """Closed-world answers: what the file would list if it were so, and the story tells nothing of.

    Who has no disabled staff has none of those that are counted among them or recognised as hard to employ; who names no recognition, no
    certificate paid for, no diploma, no farm and no workshop has none; where no other home is named, the household is registered where the
    person lives; and everybody has a telephone.
    """
    facts: Facts = {
        "household_place": place,
        "recognised_as": [],
        "cooperating_bases": 0,
        "paid_course_certificate": False,
        "family_farm": False,
        "village_workshop": False,
        "uses_telecom": True,
    }
    if theirs.get("disabled_employees") == 0:
        facts |= {"hard_to_employ_staff": 0, "rural_disabled_staff": 0}
    if "graduate_within_5_years" not in theirs:
        facts["education"] = ["school", "vocational"]
    return facts


SAID: dict[str, Facts] = {"DY-04": {"staff": 0}}  # 没雇人
"""What a story says and its facts do not."""

MEASURES: dict[str, tuple[str, ...]] = {
    "DY-B1": ("DY-03",),
    "DY-B2": ("DY-04",),
    "DY-B3": ("DY-05",),
    "DY-B4": ("DY-06",),
    "DY-B5": ("DY-07",),
    "DY-B6": ("DY-08",),
    "DY-B7": ("DY-09",),
    "DY-B8A": ("DY-11",),
    "DY-B8B": ("DY-10",),
    "DY-B9": ("DY-12", "DY-13", "DY-14"),
    "DY-B10": ("DY-15",),
    "DY-B11": ("DY-16",),
    "DY-B12": ("DY-01", "DY-02"),
    "CD-B1": ("CD-04",),
    "CD-B2": ("CD-05",),
    "CD-B3": ("CD-02",),
    "CD-B4": ("CD-01",),
    "CD-B5": ("CD-06",),
    "CD-B6": ("CD-09",),
    "CD-B7": ("CD-10",),
    "CD-B8": ("CD-15",),
    "CD-B9": ("CD-16",),
    "CD-B10": ("CD-18",),
    "CD-B11": ("CD-17",),
    "SC-B1": ("SC-13",),
    "SC-B2": ("SC-14",),
    "SC-B3": ("SC-01", "SC-02", "SC-03", "SC-04", "SC-05"),
    "SC-B4": ("SC-07",),
    "SC-B5": ("SC-06",),
    "SC-B6": ("SC-09",),
    "SC-B7": ("SC-08",),
    "SC-B8": ("SC-12",),
    "SC-B9": ("SC-10", "SC-11"),
    "SC-B10": ("SC-15",),
    "SC-B11": ("SC-16",),
    "SC-B12": ("SC-17",),
    "LY-B1": ("LY-10",),
    "LY-B2": ("LY-12",),
    "LY-B3": ("LY-13",),
    "LY-B4": ("LY-04", "LY-05", "LY-06"),
    "LY-B5": ("LY-07",),  # not LY-19, the other half: platforms relieve who sells on them, and 二（五）2 speaks of such people
    "LY-B6": ("LY-11",),
    "LY-B7": ("LY-22",),
    "LY-B8": ("LY-18",),
    "LY-B9": ("LY-20",),
    "LY-B10": ("LY-31",),
    "LY-B11": ("LY-28",),
    "LY-B12": ("LY-24",),
}
"""Our measures, by code, that a benefit of the file is."""

NOT_IN_POST = "not-public-sector"

DECISIVE: dict[str, dict[str, set[str]]] = {
    "DY-04": {
        "DY-03": {"form"},
        "DY-04": {"insured"},
        "DY-05": {"rural", "poor", "loan"},
        "DY-06": {"led"},
        "DY-08": {"poor"},
        "DY-09": {"disabled", "hard"},
        "DY-10": {"disabled", "rural"},
        "DY-11": {"form"},
        "DY-15": {"disabled"},
    },
    "CD-03": {
        "CD-02": {"paid-certificate"},
        "CD-09": {"firm", "bases"},
        "CD-10": {"poor", "base"},
        "CD-15": {"firm", "staff"},
        "CD-16": {"poor"},
    },
    "SC-03": {code: {NOT_IN_POST} for benefit, codes in MEASURES.items() if benefit.startswith("SC-") for code in codes},
    "LY-05": {
        "LY-04": {"stall"},
        "LY-05": {"stall"},
        "LY-06": {"tobacco"},
        "LY-10": {"online"},
        "LY-11": {"online"},
        "LY-12": {"online", "real-name"},
        "LY-13": {"led", "heritage"},
        "LY-18": {"rural", "hardship"},
        "LY-20": {"organisation", "form", "led"},
        "LY-22": {"college"},
        "LY-24": {"untrained"},
        "LY-28": {"no-work"},
        "LY-31": {"no-work"},
    },
}
"""For each persona and measure that does not fit: the conditions of the rule its ``decisive`` talks about."""


def ready_on(when: str) -> date:
    """The first day after the month a ``nearly`` entry names (缴满2018年11月当月后)."""
    match = re.search(r"(\d{4})年(\d{1,2})月当月后", when)
    assert match is not None, when
    return add_months(date(int(match[1]), int(match[2]), 1), 1)
