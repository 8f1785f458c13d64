"""What narrows a list; nothing said means all."""

from typing import Annotated, Literal

from pydantic import Field

from farelegami.api.schemas.common import Asked, District, Moment, Paging
from farelegami.cases.rules.phases import Phase
from farelegami.cases.rules.referrals import ReferralStage
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.stages import Stage


class PactFilters(Paging):
    stage: Stage | None = None
    district: District | None = None
    text: Asked = ""
    mine: bool = False
    created_since: Moment | None = None


class SpendFilters(Paging):
    stage: Spend | None = None
    district: District | None = None
    requested_since: Moment | None = None


class ReferralFilters(Paging):
    stage: ReferralStage | None = None
    district: District | None = None
    mine: bool = False
    received_since: Moment | None = None


class CaseFilters(Paging):
    scope: Literal["mine", "team", "district"] = "mine"
    phase: Phase | None = None


class PeopleFilters(Paging):
    """A search by `text` has one page, the nearest first."""

    text: Asked = ""
    district: District | None = None
    municipality: Annotated[str, Field(pattern=r"^([0-9]{6})?$")] = ""


class HouseholdFilters(Paging):
    district: District | None = None
