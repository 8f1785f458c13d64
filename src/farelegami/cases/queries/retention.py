"""Referrals, cases and registrations whose term is over, for the lists that people decide on (R25)."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from farelegami.access.queries import people_with_roles
from farelegami.cases.models import Case, ManagerPeriod, Referral, TeamMember
from farelegami.cases.rules.referrals import NEVER_ACCEPTED
from farelegami.people.models import Person
from farelegami.people.queries.persons import ids_of
from farelegami.people.queries.retention import people_by_id, registered_before
from farelegami.volunteering.queries.retention import is_in_registers


def referrals_past(district_id: int, before: date) -> QuerySet[Referral]:
    """Return the referrals never accepted, withdrawn ones too, received before a day."""
    return Referral.objects.filter(
        district_id=district_id,
        stage__in=[stage.value for stage in NEVER_ACCEPTED],
        erased_at=None,
        received_at__date__lt=before,
        person__restricted_on=None,
    ).only("id", "code", "received_at", "district_id")


def cases_past(district_id: int, before: date) -> QuerySet[Case]:
    """Return the cases closed before a day; nobody of the household asked to leave the data as they are."""
    restricted = Case.objects.filter(
        pk=OuterRef("pk"), household__members__person__restricted_on__isnull=False
    )
    past = Case.objects.filter(district_id=district_id, erased_at=None, closed_on__lt=before)
    return past.filter(~Exists(restricted)).only("id", "closed_on", "opened_on", "district_id")


def people_past(district_id: int, before: date) -> QuerySet[Person]:
    """Return the registrations made before a day that no case, referral, role or register names."""
    return _unnamed(registered_before(district_id, before))


def is_named(person_id: UUID) -> bool:
    """Return whether anything still names a person: case, referral, role, register; if merged, too."""
    every = ids_of(person_id)
    return _unnamed(people_by_id(every)).count() < len(every)


def _unnamed(people: QuerySet[Person]) -> QuerySet[Person]:
    case = Case.objects.filter(
        Q(contact=OuterRef("pk")) | Q(household__members__person=OuterRef("pk")), erased_at=None
    )
    referral = Referral.objects.filter(person=OuterRef("pk"), erased_at=None)
    return people.filter(
        ~Exists(case),
        ~Exists(referral),
        ~Q(pk__in=people_with_roles()),
        ~is_in_registers(),
    )


def who_follows(person_ids: Collection[UUID]) -> Mapping[UUID, frozenset[UUID]]:
    """Return, for each person who has a case, the accounts that work or worked on it. Three queries."""
    found: dict[UUID, set[UUID]] = {}
    cases: dict[UUID, set[UUID]] = {}
    pairs = Case.objects.filter(household__members__person__in=person_ids).values_list(
        "pk", "manager_id", "household__members__person_id"
    )
    for case_id, manager_id, person_id in pairs:
        if person_id in person_ids:
            found.setdefault(person_id, set()).add(manager_id)
            cases.setdefault(case_id, set()).add(person_id)
    for model in (ManagerPeriod, TeamMember):
        rows = model.objects.filter(case__in=list(cases)).values_list("case_id", "account_id")
        for case_id, account_id in rows:
            for person_id in cases[case_id]:
                if account_id is not None:
                    found[person_id].add(account_id)
    return {person_id: frozenset(accounts) for person_id, accounts in found.items()}
