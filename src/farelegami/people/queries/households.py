"""Households and who is in them on a day."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.kernel.periods import full_years
from farelegami.people.models import Household, HouseholdMember
from farelegami.people.permissions import registry_districts
from farelegami.people.rules.households import MAY_HOLD_A_PACT, HouseholdRole
from farelegami.storage.pages import PAGE_SIZE, KeyPage, key_page
from farelegami.storage.prepared import prepared

_OF_A_MEMBER: Final = (
    "household_id", "role", "starts_on", "ends_on", "person__given_name", "person__family_name",
    "person__birth_date",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HouseholdRef:
    id: UUID
    name: str
    district_id: int
    dissolved_on: date | None


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a household: `age` in full years on the day asked for, None where unknown."""

    id: UUID
    household_id: UUID
    person_id: UUID
    name: str
    initials: str
    role: HouseholdRole
    role_label: str
    birth_date: date | None
    age: int | None
    starts_on: date
    ends_on: date | None

    @property
    def may_hold_a_pact(self) -> bool:
        """Whether this member can sign for the household."""
        return self.role in MAY_HOLD_A_PACT


def visible_households(actor: Actor) -> QuerySet[Household]:
    """The households of the districts whose registry the actor reads."""
    return Household.objects.filter(district_id__in=registry_districts(actor))


def household_for(actor: Actor, household_id: UUID, *, for_update: bool = False) -> Household:
    """Return a household, locked if asked.

    Raises:
        NotFound: none the actor may see.
    """
    rows = visible_households(actor)
    if for_update:
        rows = rows.select_for_update()
    household = rows.filter(pk=household_id).first()
    if household is None:
        raise NotFound
    return household


def households_page(
    actor: Actor, *, district_id: int | None = None, cursor: str = "", size: int = PAGE_SIZE
) -> KeyPage[Household]:
    """Return visible households by name. One query."""
    rows = visible_households(actor)
    if district_id is not None:
        rows = rows.filter(district_id=district_id)
    return key_page(rows, order=("name", "id"), cursor=cursor, size=size)


def members_of(
    household_ids: Collection[UUID], day: date | None = None
) -> Mapping[UUID, Sequence[Member]]:
    """Return who is in each household on `day` (today if none), oldest member first; one query."""
    day = day or clock.today()
    members: defaultdict[UUID, list[Member]] = defaultdict(list)
    for row in _members_on(list(household_ids), day):
        members[row.household_id].append(_member(row, day))
    for of_one in members.values():
        of_one.sort(key=lambda member: (member.birth_date or date.max, member.name))
    return members


@prepared
def _members_on(household_ids: Collection[UUID], day: date) -> QuerySet[HouseholdMember]:
    rows = _on(day).filter(household_id__in=household_ids)
    return rows.select_related("person").only(*_OF_A_MEMBER)


def history_of(household_id: UUID) -> Sequence[Member]:
    """Return every membership a household has had, newest first; one query."""
    rows = HouseholdMember.objects.filter(household_id=household_id).select_related("person")
    today = clock.today()
    return [_member(row, today) for row in rows.order_by("-starts_on", "-id")]


def households_of(
    person_id: UUID, day: date | None = None
) -> Mapping[HouseholdRef, Sequence[Member]]:
    """Return the households a person lives in on `day`, with all their members; two queries."""
    day = day or clock.today()
    homes = [
        row.household for row in _on(day).filter(person_id=person_id).select_related("household")
    ]
    members = members_of([home.pk for home in homes], day)
    return {
        HouseholdRef(home.pk, home.name, home.district_id, home.dissolved_on): members[home.pk]
        for home in homes
    }


def _on(day: date) -> QuerySet[HouseholdMember]:
    return HouseholdMember.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day
    )


def _member(row: HouseholdMember, day: date) -> Member:
    born = row.person.birth_date
    return Member(
        id=row.pk,
        household_id=row.household_id,
        person_id=row.person_id,
        name=row.person.name,
        initials=row.person.initials,
        role=HouseholdRole(row.role),
        role_label=row.role_label,
        birth_date=born,
        age=full_years(born, day) if born else None,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
