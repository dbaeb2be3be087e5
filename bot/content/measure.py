"""A measure: one thing a person or firm can get from a policy, as staff write it."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from bot.content.authored import Authored, Identifier, Text


class Kind(StrEnum):
    """What sort of help a measure is; the words for each are in ``knowledge/lexicon/kinds.yaml``."""

    AWARD = "award"
    BUSINESS_SERVICE = "business_service"
    EMPLOYER_SUBSIDY = "employer_subsidy"
    EMPLOYMENT_SERVICE = "employment_service"
    ENTREPRENEUR_SUPPORT = "entrepreneur_support"
    FEE_RELIEF = "fee_relief"
    INCUBATION = "incubation"
    INFORMATION = "information"
    INTEREST_SUBSIDY = "interest_subsidy"
    JOB_OPPORTUNITY = "job_opportunity"
    LICENCE_RELIEF = "licence_relief"
    LOAN = "loan"
    MARKET_ACCESS = "market_access"
    OBLIGATION = "obligation"
    ONE_OFF_SUBSIDY = "one_off_subsidy"
    POST_SUBSIDY = "post_subsidy"
    PROJECT_PREFERENCE = "project_preference"
    PUBLIC_WELFARE_POST = "public_welfare_post"
    SOCIAL_INSURANCE_SUBSIDY = "social_insurance_subsidy"
    START_UP_SUBSIDY = "start_up_subsidy"
    TRAINING = "training"
    TRAINING_ALLOWANCE = "training_allowance"


class Audience(StrEnum):
    """For whom a measure is; the words for each are in ``knowledge/lexicon/audiences.yaml``."""

    ANYONE = "anyone"
    DISABLED_PERSON = "disabled_person"
    DISABLED_ENTREPRENEUR = "disabled_entrepreneur"
    DISABLED_JOBSEEKER = "disabled_jobseeker"
    DISABLED_STUDENT = "disabled_student"
    SEVERE_DISABILITY = "severe_disability"
    BLIND = "blind"
    RURAL_DISABLED = "rural_disabled"
    POOR_HOUSEHOLD = "poor_household"
    FAMILY = "family"
    SOLE_TRADER = "sole_trader"
    SMALL_FIRM = "small_firm"
    COMPANY = "company"
    EMPLOYER = "employer"
    ONLINE_MERCHANT = "online_merchant"
    BASE = "base"
    INCUBATOR = "incubator"
    TRAINING_INSTITUTION = "training_institution"
    HR_AGENCY = "hr_agency"
    PUBLIC_BODY = "public_body"
    STATE_FIRM = "state_firm"
    SOCIAL_ORGANISATION = "social_organisation"
    GRADUATE = "graduate"
    SCHOOL_LEAVER = "school_leaver"
    YOUTH = "youth"
    VETERAN = "veteran"
    WOMEN = "women"
    MIGRANT_RETURNEE = "migrant_returnee"
    HARD_TO_EMPLOY = "hard_to_employ"
    HERITAGE_INHERITOR = "heritage_inheritor"
    WORKER = "worker"
    RESEARCHER = "researcher"


class Standing(StrEnum):
    """How firmly the document promises it."""

    BENEFIT = "benefit"
    SERVICE = "service"
    ENCOURAGED = "encouraged"
    OBLIGATION = "obligation"
    TARGET = "target"
    INFORMATION = "information"


class AmountRole(StrEnum):
    """What a figure is; only ``benefit`` and ``loan`` reach a person."""

    BENEFIT = "benefit"
    LOAN = "loan"
    TARGET = "target"
    QUOTA = "quota"
    CONDITION = "condition"
    ADMIN_CAP = "admin_cap"


Number = Annotated[int | float, Field(ge=0)]


class Amount(Authored):
    """A figure with its unit, as the document has it.

    Exactly one of ``exactly``, ``at_least``, ``at_most``, ``same_as``, ``not_stated`` is set.
    ``percent`` figures use ``unit: "%"`` and say of what in ``of``. ``say`` replaces the printed figure where plain
    words are shorter (``全额贴息``). ``per_head`` amounts are multiplied by the number of people a question names.
    """

    label: Text
    exactly: Number | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    same_as: Text | None = None
    not_stated: Literal[True] | None = None
    unit: Text | None = None
    of: Text | None = None
    per: Text | None = None
    per_head: Literal[True] | None = None
    role: AmountRole = Field(default=AmountRole.BENEFIT, strict=False)
    say: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _one_figure_with_a_unit(self) -> Self:
        given = [name for name in ("exactly", "at_least", "at_most", "same_as", "not_stated") if getattr(self, name) is not None]
        if len(given) != 1:
            raise PydanticCustomError("amount_one_figure", "needs exactly one figure", {"fields": ", ".join(given) or "-"})
        if given[0] in {"exactly", "at_least", "at_most"} and self.unit is None:
            raise PydanticCustomError("amount_without_unit", "a number needs a unit")
        if self.unit == "%" and self.of is None:
            raise PydanticCustomError("percent_of_nothing", "a percentage needs `of`")
        return self


class Correction(Authored):
    """What to say first when a common wrong belief is heard in the question.

    ``heard`` is a list of alternatives, each a list of words that must all occur.
    """

    heard: tuple[Annotated[tuple[Text, ...], Field(strict=False, min_length=1)], ...] = Field(min_length=1, strict=False)
    say: Text
    trap: Annotated[str, StringConstraints(pattern=r"^T\d\d$")] | None = None


class Source(Authored):
    """Where in the document it stands: a section of the policy and the figures to be found there, as printed there."""

    section: Text
    figures: tuple[Text, ...] = Field(default=(), strict=False)


class Measure(Authored):
    """One thing a person or firm can get from a policy."""

    id: Identifier
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-\d\d$")]
    name: Annotated[Text, StringConstraints(max_length=30)]
    kind: Kind = Field(strict=False)
    standing: Standing = Field(default=Standing.BENEFIT, strict=False)
    audience: tuple[Annotated[Audience, Field(strict=False)], ...] = Field(min_length=1, strict=False)
    summary: Annotated[Text, StringConstraints(max_length=120)]
    amounts: tuple[Amount, ...] = Field(min_length=1, strict=False)
    conditions: tuple[Text, ...] = Field(default=(), strict=False)
    use: Text | None = None
    duration: Text | None = None
    department: Text | None = None
    apply: Text | None = None
    combine: Text | None = None
    notes: tuple[Text, ...] = Field(default=(), strict=False)
    corrections: tuple[Correction, ...] = Field(default=(), strict=False)
    contacts: tuple[Identifier, ...] = Field(min_length=1, strict=False)
    source: Source
    keywords: tuple[Text, ...] = Field(default=(), strict=False)
    phrasings: tuple[Text, ...] = Field(min_length=3, strict=False)
    group: Identifier | None = None
