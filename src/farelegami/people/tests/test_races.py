"""Two desks at the same moment: one act wins, the other is refused, nothing is done twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from farelegami.kernel.errors import NotFound, Refusal
from farelegami.people.models import Consent, HouseholdMember, MergeRecord, Person
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.rules.privacy import ConsentPurpose, Manner
from farelegami.people.services.households import add_member
from farelegami.people.services.merging import merge_people
from farelegami.people.services.privacy import record_consent
from farelegami.people.tests.builders import A_DAY, ANNA, a_household, a_person
from farelegami.territory.tests.builders import a_district

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CODE = "RSSMRA85T10A562S"


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run acts on a connection each, started together, and return how each ended, sorted."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        start.wait()
        try:
            act()
        except (Refusal, NotFound) as refused:
            return getattr(refused, "code", "not found")
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_two_desks_cannot_register_the_same_tax_code() -> None:
    a_district()
    ends = at_once(*[lambda n=n: a_person(given_name=f"Ada{n}", tax_code=CODE) for n in range(4)])
    assert ends == ["done", *["people.tax_code_known"] * 3]
    assert Person.objects.count() == 1


def test_a_person_joins_a_household_once() -> None:
    person, other = a_person(), a_person(given_name="Karim")
    home = a_household(ANNA, [(other, HouseholdRole.ADULT)])
    join = lambda: add_member(ANNA, home.pk, person.pk, HouseholdRole.ADULT, day=A_DAY)  # noqa: E731
    assert at_once(join, join) == ["done", "people.already_member"]
    assert HouseholdMember.objects.filter(person=person).count() == 1


def test_a_consent_is_given_once() -> None:
    person = a_person()
    give = lambda: record_consent(ANNA, person.pk, ConsentPurpose.PHOTO, how=Manner.PAPER)  # noqa: E731
    assert at_once(give, give) == ["done", "people.consent_in_force"]
    assert Consent.objects.count() == 1


def test_two_merges_of_one_pair_in_opposite_ways_make_one() -> None:
    one, two = a_person(), a_person(given_name="Samirah")
    ends = at_once(
        lambda: merge_people(ANNA, one.pk, two.pk, reason="prova"),
        lambda: merge_people(ANNA, two.pk, one.pk, reason="prova"),
    )
    assert ends == ["done", "not found"]
    assert MergeRecord.objects.count() == 1
