"""A person may ask that their data be left as they are (GDPR art. 18)."""

from collections.abc import Callable
from datetime import date

import pytest

from farelegami.audit.models import Entry
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotFound
from farelegami.people.models import Person
from farelegami.people.rules.ecomap import Circle, Strength, TieDraft
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.rules.privacy import (
    ConsentPurpose,
    LiftedWithoutReason,
    Manner,
    NotRestricted,
    Restricted,
)
from farelegami.people.rules.weeks import Week
from farelegami.people.services.capabilities import set_availability, set_conditions, set_skills
from farelegami.people.services.ecomaps import draw_ecomap
from farelegami.people.services.households import form_household, leave_household
from farelegami.people.services.merging import merge_people
from farelegami.people.services.persons import change_person
from farelegami.people.services.privacy import record_consent, withdraw_consent
from farelegami.people.services.restricting import lift_restriction, restrict_person
from farelegami.people.tests.builders import (
    A_DAY,
    ANNA,
    CARLA,
    a_draft,
    a_household,
    a_person,
    an_actor,
)

pytestmark = pytest.mark.django_db

DORA = an_actor(Role.DPO, name="Dora Lucchetti")


def a_restricted_person() -> Person:
    return restrict_person(DORA, a_person().pk)


CHANGES: dict[str, Callable[[Person], object]] = {
    "data": lambda who: change_person(ANNA, who.pk, a_draft(phone="000 1234567")),
    "skills": lambda who: set_skills(ANNA, who.pk, []),
    "week": lambda who: set_availability(ANNA, who.pk, Week(yes=1, maybe=0)),
    "conditions": lambda who: set_conditions(
        CARLA, who.pk, limits="", wishes="", transport=[], travel_minutes=20
    ),
    "ties": lambda who: draw_ecomap(
        ANNA, who.pk, [TieDraft("Teresa", Circle.FRIENDS, Strength.GOOD)], day=A_DAY
    ),
    "household": lambda who: form_household(
        ANNA, who.district_id, members=[(who.pk, HouseholdRole.ADULT)], day=A_DAY
    ),
    "merge": lambda who: merge_people(
        CARLA, who.pk, a_person(given_name="Samir").pk, reason="Stesso documento."
    ),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_restricted_file_is_changed_by_nobody(change):
    person = a_restricted_person()
    before = Person.objects.filter(pk=person.pk).values().get()
    with pytest.raises(Restricted) as refusal:
        CHANGES[change](person)
    assert refusal.value.since == person.restricted_on
    assert Person.objects.filter(pk=person.pk).values().get() == before


def test_a_restricted_person_leaves_no_household():
    person = a_person()
    household = a_household(ANNA, [(person, HouseholdRole.ADULT)])
    restrict_person(DORA, person.pk)
    with pytest.raises(Restricted):
        leave_household(ANNA, household.pk, person.pk, day=date(2026, 4, 2))


def test_who_is_restricted_still_takes_a_consent_back():
    person = a_person()
    record_consent(ANNA, person.pk, ConsentPurpose.PHOTO, how=Manner.PAPER)
    restrict_person(DORA, person.pk)
    assert withdraw_consent(ANNA, person.pk, ConsentPurpose.PHOTO).withdrawn_at


def test_a_restriction_keeps_its_first_day_and_is_logged_once():
    person = a_restricted_person()
    assert restrict_person(DORA, person.pk).restricted_on == person.restricted_on
    decided = Entry.objects.filter(object_id=person.pk, verb="decided")
    assert decided.count() == 1


@pytest.mark.parametrize("by", [CARLA, DORA])
def test_coordinator_and_dpo_lift_it_with_a_reason(by):
    person = a_restricted_person()
    with pytest.raises(LiftedWithoutReason):
        lift_restriction(by, person.pk, reason=" ")
    assert lift_restriction(by, person.pk, reason="I dati sono corretti.").restricted_on is None
    assert change_person(ANNA, person.pk, a_draft(phone="000 1234567")).person.phone
    with pytest.raises(NotRestricted):
        lift_restriction(by, person.pk, reason="Di nuovo.")


@pytest.mark.parametrize(
    "by", [ANNA, an_actor(Role.COORDINATOR, district_id=1901), an_actor(Role.CLERK)]
)
def test_nobody_else_lifts_it(by):
    person = a_restricted_person()
    with pytest.raises(NotFound):
        lift_restriction(by, person.pk, reason="Serve.")
    assert Person.objects.get(pk=person.pk).restricted_on
