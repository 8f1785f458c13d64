"""Opening what several rooms know of a household: whoever does is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from farelegami.audit.services import record_read
from farelegami.cases.models import Case
from farelegami.cases.queries import cases_of_household
from farelegami.kernel.actor import Actor
from farelegami.people.models import Household
from farelegami.people.queries.households import Member, history_of, household_for
from farelegami.people.services.households import HOUSEHOLD


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    """A household with who is in it today, who has been, and its visible cases."""

    household: Household
    members: Sequence[Member]
    past: Sequence[Member]
    cases: Sequence[Case]

    @property
    def person_ids(self) -> list[UUID]:
        """Who is in the household today."""
        return [member.person_id for member in self.members]


def open_household(actor: Actor, household_id: UUID, *, purpose: str) -> HouseholdFile:
    """Return a household and write down who read it and why (R22). Four queries.

    Raises:
        NotFound: none the actor may see.
    """
    household = household_for(actor, household_id)
    history = history_of(household_id)
    members = [member for member in history if member.ends_on is None]
    record_read(
        actor,
        kind=HOUSEHOLD,
        object_id=household.pk,
        district_id=household.district_id,
        person_ids=[member.person_id for member in members],
        purpose=purpose,
    )
    return HouseholdFile(
        household=household,
        members=sorted(members, key=lambda member: -(member.age or 0)),
        past=[member for member in history if member.ends_on is not None],
        cases=cases_of_household(actor, [household_id]),
    )
