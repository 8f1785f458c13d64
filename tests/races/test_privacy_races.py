"""Two coordinators approve the same list, two workers erase it: each thing happens once."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from farelegami.access.tests.builders import an_actor
from farelegami.cases.models import Case
from farelegami.cases.services.cases import open_case
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotFound
from farelegami.pacts.tests.builders import a_crew
from farelegami.people.rules.households import HouseholdRole
from farelegami.people.tests.builders import a_household, a_person
from farelegami.privacy.models import Erasure, RetentionList
from farelegami.privacy.rules.requests import RequestKind
from farelegami.privacy.rules.retention import InAListAlready, ListMovedOn
from farelegami.privacy.services.erasing import erase_next
from farelegami.privacy.services.requests import link_person
from farelegami.privacy.services.retention import (
    approve,
    draw_up_lists,
    propose,
    propose_for_request,
)
from farelegami.privacy.tests.builders import a_dpo, an_old_referral
from farelegami.privacy.tests.test_requests import a_request
from farelegami.programmes.tests.builders import a_programme
from tests.races.test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_approvals_at_once_one_stands() -> None:
    crew = a_crew()
    an_old_referral(crew)
    dpo = a_dpo(crew.district_id)
    other = an_actor(Role.COORDINATOR, district_id=crew.district_id, name="Cesare Golena")
    (found,) = draw_up_lists(dpo, [crew.district_id])
    propose(dpo, found.pk)
    outcomes = at_once(
        lambda: approve(crew.coordinator, found.pk), lambda: approve(other, found.pk)
    )
    assert refusals(outcomes, ListMovedOn) == 1
    assert RetentionList.objects.get().approved_by_name in {crew.coordinator.name, other.name}


def test_two_lists_drawn_up_at_once_are_one() -> None:
    crew = a_crew()
    an_old_referral(crew)
    dpo = a_dpo(crew.district_id)
    at_once(*[lambda: draw_up_lists(dpo, [crew.district_id])] * 2)
    assert RetentionList.objects.count() == 1


def test_two_workers_erase_each_item_once() -> None:
    crew = a_crew()
    for months in (14, 15, 16, 17):
        an_old_referral(crew, months=months)
    dpo = a_dpo(crew.district_id)
    (found,) = draw_up_lists(dpo, [crew.district_id])
    propose(dpo, found.pk)
    approve(crew.coordinator, found.pk)

    def work() -> None:
        for _ in range(6):
            erase_next()

    outcomes = at_once(work, work)
    assert refusals(outcomes, ListMovedOn) == 0
    while erase_next():
        pass
    assert Erasure.objects.count() == 4
    found.refresh_from_db()
    assert found.done_at is not None, connection.vendor


def _first(act: Callable[[], object]) -> Callable[[], object]:
    """Begin before the other, and end after it has begun."""

    def run() -> None:
        with transaction.atomic():
            act()
            time.sleep(0.8)

    return run


def _then(act: Callable[[], object]) -> Callable[[], object]:
    def run() -> object:
        time.sleep(0.3)
        return act()

    return run


@pytest.mark.parametrize("is_erased_first", [True, False])
def test_nobody_is_erased_while_a_case_is_opened_for_them(is_erased_first: bool) -> None:
    crew, programme = a_crew(), a_programme()
    person = a_person(crew.worker)
    household = a_household(crew.worker, [(person, HouseholdRole.ADULT)])
    dpo = a_dpo(crew.district_id)
    request = link_person(dpo, a_request(dpo, RequestKind.ERASURE).pk, person.pk)
    approve(crew.coordinator, propose_for_request(dpo, request.pk).pk)

    def open_one() -> None:
        open_case(
            crew.worker, household_id=household.pk, contact_id=person.pk, programme_id=programme.pk
        )

    acts = (erase_next, open_one) if is_erased_first else (open_one, erase_next)
    outcomes = at_once(_first(acts[0]), _then(acts[1]))
    person.refresh_from_db()
    assert refusals(outcomes, NotFound) == is_erased_first
    assert (person.erased_at is not None, Case.objects.count()) == (
        (True, 0) if is_erased_first else (False, 1)
    )


def test_two_requests_of_one_person_proposed_at_once_are_one_list() -> None:
    crew = a_crew()
    person, dpo = a_person(crew.worker), a_dpo(crew.district_id)
    one, two = (
        link_person(dpo, a_request(dpo, RequestKind.ERASURE).pk, person.pk) for _ in range(2)
    )
    outcomes = at_once(
        _first(lambda: propose_for_request(dpo, one.pk)),
        _then(lambda: propose_for_request(dpo, two.pk)),
    )
    assert refusals(outcomes, InAListAlready) == 1
    assert RetentionList.objects.count() == 1
