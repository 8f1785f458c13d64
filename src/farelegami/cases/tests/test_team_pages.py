"""The pages of the team and of passing a case on."""

from datetime import timedelta

import pytest

from farelegami.cases.services.handovers import Passage, propose_handover
from farelegami.cases.services.teams import Invitation, invite
from farelegami.cases.tests.builders import A_MORNING, a_case, a_coordinator, a_worker
from farelegami.cases.tests.pages import desk_of, url
from farelegami.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_morning():
    with clock.at(A_MORNING):
        yield


def a_proposal(actor, case, receiver):
    passage = Passage("congedo", "delibera", clock.today(), to_account_id=receiver.account_id)
    return propose_handover(actor, case.pk, passage)


def test_who_is_asked_finds_the_passage_on_the_first_page():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    handover = a_proposal(anna, a_case(anna), marta)
    home = desk_of(marta).get("/lavoro/").content.decode()
    assert url("answer_handover", handover.pk) in home


def test_a_proposed_passage_is_withdrawn_on_the_page_of_the_case():
    anna, marta, carla = a_worker(), a_worker(name="Marta Prova"), a_coordinator()
    case, desk = a_case(anna), desk_of(anna)
    assert "Passa ad altri" in desk.get(url("case", case.pk)).content.decode()
    handover = a_proposal(anna, case, marta)
    page = desk.get(url("case", case.pk)).content.decode()
    assert "Ritira il passaggio" in page
    assert "Passa ad altri" not in page
    assert desk_of(marta).post(url("withdraw_handover", handover.pk)).status_code == 404
    assert desk.get(url("withdraw_handover", handover.pk)).status_code == 405
    answer = desk_of(carla).post(url("withdraw_handover", handover.pk))
    assert answer["Location"] == url("case", case.pk)
    page = desk.get(url("case", case.pk)).content.decode()
    assert "ritirato" in page
    assert "Ritira il passaggio" not in page
    assert desk.post(url("withdraw_handover", handover.pk)).status_code == 409
    again = desk_of(marta).post(url("answer_handover", handover.pk), {"decision": "accept"})
    assert again.status_code == 422


def test_who_substitutes_is_not_led_through_a_form_that_is_not_theirs():
    anna, marta, carla = a_worker(), a_worker(name="Marta Prova"), a_coordinator()
    case = a_case(anna)
    until = clock.today() + timedelta(days=30)
    invite(anna, case.pk, Invitation(marta.account_id, "ferie", until, reads_diary=True))
    assert desk_of(marta).get(url("case", case.pk)).status_code == 200
    assert desk_of(marta).get(url("hand_over", case.pk)).status_code == 403
    for leads in (anna, carla):
        assert desk_of(leads).get(url("hand_over", case.pk)).status_code == 200
