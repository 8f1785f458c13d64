"""What a program reads of people and pacts; each reading is in the log, as those of the pages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from farelegami.audit.services import record_read
from farelegami.cases.queries import cases_of_household
from farelegami.giveback.models import Match, Offer, Session
from farelegami.giveback.queries.people import match_file
from farelegami.giveback.queries.sight import offer_for
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotFound
from farelegami.pacts.models import Pact, SpendRequest
from farelegami.pacts.queries import PactFile, members_of, pact_file, pact_for, visible_pacts
from farelegami.people.models import Household
from farelegami.people.queries.households import Member, household_for
from farelegami.people.queries.households import members_of as household_members
from farelegami.people.services.households import HOUSEHOLD

PURPOSE: Final = "API"
PACT: Final = "pacts.pact"


def read_pact(actor: Actor, pact_id: UUID) -> PactFile:
    """Return a pact whole and write down who read it (R22). Nine queries at most.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    file = pact_file(actor, pact_id)
    _log(actor, file.pact, file.person_ids)
    return file


def read_part(actor: Actor, pact_id: UUID) -> Pact:
    """Return a pact of which a part is read, and write it down. Three queries.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    pact = pact_for(actor, pact_id)
    _log(actor, pact, [member.person_id for member in members_of([pact_id])[pact_id]])
    return pact


def _log(actor: Actor, pact: Pact, person_ids: Sequence[UUID]) -> None:
    record_read(
        actor,
        kind=PACT,
        object_id=pact.pk,
        district_id=pact.district_id,
        person_ids=person_ids,
        purpose=PURPOSE,
    )


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    household: Household
    members: Sequence[Member]
    case_ids: Sequence[UUID]


def read_household(actor: Actor, household_id: UUID) -> HouseholdFile:
    """Return a household and write down who read it (R22). Four queries.

    Raises:
        NotFound: none the actor may see.
    """
    household = household_for(actor, household_id)
    members = household_members([household_id]).get(household_id, ())
    record_read(
        actor,
        kind=HOUSEHOLD,
        object_id=household.pk,
        district_id=household.district_id,
        person_ids=[member.person_id for member in members],
        purpose=PURPOSE,
    )
    cases = cases_of_household(actor, [household_id])
    return HouseholdFile(household, members, [case.pk for case in cases])


def stories_seen(actor: Actor, spends: Collection[SpendRequest]) -> set[UUID]:
    """Return the pacts of these spends whose story the actor sees. One query, none where the
    districts say it.
    """
    here = actor.districts(Role.COORDINATOR)
    seen = {spend.pact_id for spend in spends if spend.district_id in here}
    others = {spend.pact_id for spend in spends} - seen
    if others:
        seen |= set(visible_pacts(actor).filter(pk__in=others).values_list("pk", flat=True))
    return seen


def read_offer(actor: Actor, offer_id: UUID) -> Offer:
    """Return what somebody offers and write down who read it (R22). Two queries.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    offer = offer_for(actor, offer_id)
    _read(actor, "giveback.offer", offer)
    return offer


def read_match(actor: Actor, match_id: UUID) -> tuple[Match, Sequence[Session]]:
    """Return a match with its turns and write down who read it (R22). Three queries.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    file = match_file(actor, match_id)
    if file is None:
        raise NotFound
    _read(actor, "giveback.match", file[0])
    return file


def _read(actor: Actor, kind: str, row: Offer | Match) -> None:
    record_read(
        actor,
        kind=kind,
        object_id=row.pk,
        district_id=row.district_id,
        person_ids=[row.person_id],
        purpose=PURPOSE,
    )
