"""Two people who answer the same family at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from farelegami.audit.models import Entry
from farelegami.cases.models import Case, Handover, ManagerPeriod, Referral
from farelegami.cases.services.cases import Intake, take_in_charge
from farelegami.cases.services.handovers import (
    Passage,
    accept_handover,
    propose_handover,
    withdraw_handover,
)
from farelegami.cases.services.messages import PROPOSED, WITHDRAWN
from farelegami.cases.services.transfers import receive_transfer, take_back
from farelegami.cases.tests.builders import (
    CREMA,
    a_case,
    a_contacted_referral,
    a_person,
    a_programme,
    a_worker,
)
from farelegami.kernel import clock
from farelegami.kernel.errors import NotFound, Refusal
from farelegami.outbox.models import Event

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*acts):
    def tried(act):
        try:
            return act()
        except (Refusal, NotFound) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(tried, acts))


def test_a_referral_is_accepted_by_one_of_two():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    programme = a_programme()
    referral = a_contacted_referral(anna)
    people = [a_person(anna), a_person(anna, name="Sara Due")]
    outcomes = at_once(
        *(
            lambda worker=worker, person=person: take_in_charge(
                worker, referral.pk, Intake(programme_id=programme.pk, person_id=person)
            )
            for worker, person in zip((anna, marta), people, strict=True)
        )
    )
    assert sorted(isinstance(one, Refusal) for one in outcomes) == [False, True]
    assert Case.objects.count() == 1


def test_a_message_brought_by_two_workers_is_heard_once():
    anna, _bruno = a_worker(), a_worker(CREMA)
    passage = Passage("x", "x", clock.today(), to_district_id=CREMA)
    handover = propose_handover(anna, a_case(anna).pk, passage)
    payload = Event.objects.get(topic=PROPOSED).payload
    assert at_once(*[lambda: receive_transfer(payload)] * 2) == [None, None]
    assert Referral.objects.get().pk == handover.pk
    assert Entry.objects.filter(kind="cases.referral", verb="created").count() == 1
    withdraw_handover(anna, handover.pk)
    payload = Event.objects.get(topic=WITHDRAWN).payload
    assert at_once(*[lambda: take_back(payload)] * 2) == [None, None]
    assert Entry.objects.filter(kind="cases.referral", verb="decided").count() == 1


def test_a_passage_is_accepted_or_withdrawn_never_both():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case = a_case(anna)
    passage = Passage("x", "x", clock.today(), to_account_id=marta.account_id)
    handover = propose_handover(anna, case.pk, passage)
    at_once(
        lambda: accept_handover(marta, handover.pk),
        lambda: withdraw_handover(anna, handover.pk),
    )
    stage = Handover.objects.get(pk=handover.pk).stage
    manager = Case.objects.get(pk=case.pk).manager_id
    assert (stage, manager) in {
        ("accepted", marta.account_id),
        ("withdrawn", anna.account_id),
    }
    assert ManagerPeriod.objects.filter(case=case, ends_on=None).count() == 1
