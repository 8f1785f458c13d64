"""Two coordinators approve the same list, two workers erase it: each thing happens once."""

from __future__ import annotations

import pytest
from django.db import connection

from farelegami.access.tests.builders import an_actor
from farelegami.kernel.actor import Role
from farelegami.pacts.tests.builders import a_crew
from farelegami.privacy.models import Erasure, RetentionList
from farelegami.privacy.rules.retention import ListMovedOn
from farelegami.privacy.services.erasing import erase_next
from farelegami.privacy.services.retention import approve, draw_up_lists, propose
from farelegami.privacy.tests.builders import a_dpo, an_old_referral
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
