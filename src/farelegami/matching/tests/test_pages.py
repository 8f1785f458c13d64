"""The board: who gets in, what it costs, what happens to what one decides."""

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.cases.tests.builders import CREMA, CREMONA
from farelegami.giveback.models import Match
from farelegami.giveback.services.opportunities import pause_opportunity
from farelegami.giveback.tests.builders import (
    a_free_offer,
    a_host_body,
    a_volunteer,
    an_opportunity,
)
from farelegami.kernel.actor import Actor
from farelegami.matching.models import Exclusion, Pin, Plan, PlanItem
from farelegami.matching.queries.plans import weights_in
from farelegami.matching.services.plans import make_plan, set_weights
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.tests.builders import Crew, a_crew, a_draft_pact, a_pact
from farelegami.people.rules.weeks import Answer, Band, week_of
from farelegami.people.services.capabilities import set_availability

pytestmark = pytest.mark.django_db
BOARD = "/lavoro/restituzione/"


@pytest.fixture
def crew() -> Crew:
    return a_crew()


@pytest.fixture
def worker(crew: Crew) -> Client:
    return signed_in(crew.worker)


def signed_in(actor: Actor) -> Client:
    client = Client()
    account = Account.objects.get(pk=actor.account_id)
    client.force_login(account, "farelegami.access.backends.AccountBackend")
    return client


def a_proposed(crew: Crew) -> UUID:
    a_free_offer(crew)
    an_opportunity(crew)
    plan = make_plan(crew.worker, crew.district_id)
    return PlanItem.objects.get(plan=plan).pk


def test_an_empty_board_says_what_it_is_for(worker: Client) -> None:
    answer = worker.get(BOARD)
    assert answer.status_code == 200
    assert "non è ancora stato calcolato" in answer.content.decode()


def test_a_plan_is_made_and_its_reasons_are_read(crew: Crew, worker: Client) -> None:
    a_free_offer(crew)
    an_opportunity(crew)
    answer = worker.post(f"{BOARD}piano/", {"district": crew.district_id}, follow=True)
    page = answer.content.decode()
    assert "Piano fatto: 1 proposta." in page
    assert "martedì 15–17" in page
    assert "non esiste un piano che valga di più" in page


@pytest.mark.parametrize("typed", ["", "x", "1,9", str(CREMA), "99999999999999"])
def test_a_district_that_is_not_one_s_own_is_not_there(
    crew: Crew, worker: Client, typed: str
) -> None:
    assert worker.get(BOARD, {"ambito": typed or "0"}).status_code == 404
    assert worker.post(f"{BOARD}piano/", {"district": typed}).status_code == 404
    for name in ("conferma/", "pesi/", "pesi/cambia/"):
        assert worker.get(f"{BOARD}{name}", {"ambito": typed or "0"}).status_code == 404
    coordinator = signed_in(crew.coordinator)
    changed = coordinator.post(f"{BOARD}pesi/cambia/?ambito={typed or 0}", {"travel": 1})
    assert changed.status_code == 404
    assert not Plan.objects.exists()


def test_a_proposal_is_taken_up_once(crew: Crew, worker: Client) -> None:
    item = a_proposed(crew)
    for _again in range(2):
        assert worker.post(f"{BOARD}proposta/{item}/proponi/").status_code == 302
    assert Match.objects.count() == 1
    assert "la persona non ha ancora risposto" in worker.get(BOARD).content.decode()


def test_all_that_stays_marked_is_proposed(crew: Crew, worker: Client) -> None:
    item = a_proposed(crew)
    page = worker.get(f"{BOARD}conferma/", {"ambito": CREMONA})
    assert str(item) in page.content.decode()
    assert worker.post(f"{BOARD}conferma/", {"items": ["no-such"]}).status_code == 200
    worker.post(f"{BOARD}conferma/", {"items": [str(item)]})
    assert Match.objects.count() == 1


def test_what_fell_from_the_plan_is_told_by_name_and_the_rest_is_proposed(
    crew: Crew, worker: Client
) -> None:
    body = a_host_body(crew)
    for name, title in (("Ada", "Uno"), ("Bea", "Due")):
        a_free_offer(crew, a_volunteer(crew, name))
        an_opportunity(crew, body, title=title)
    plan = make_plan(crew.worker, crew.district_id)
    one, two = PlanItem.objects.filter(plan=plan)
    pause_opportunity(crew.worker, one.slot.opportunity_id)
    sent = {"items": [str(one.pk), str(two.pk)]}
    page = worker.post(f"{BOARD}conferma/", sent).content.decode()
    assert "1 proposta fatta." in page
    assert one.offer.person.name in page
    assert "il posto non è più libero" in page
    assert Match.objects.count() == 1
    again = worker.post(f"{BOARD}conferma/", sent).content.decode()
    assert "le è già stato proposto" in again
    assert "proposta fatta" not in again
    nothing = worker.post(f"{BOARD}conferma/", {}).content.decode()
    assert "non è partito niente" in nothing


def test_what_is_fixed_and_cannot_be_is_told_on_the_board_and_let_go(
    crew: Crew, worker: Client
) -> None:
    item = a_proposed(crew)
    worker.post(f"{BOARD}proposta/{item}/fissa/")
    pause_opportunity(crew.worker, PlanItem.objects.get().slot.opportunity_id)
    worker.post(f"{BOARD}piano/", {"district": crew.district_id})
    held = Pin.objects.get()
    assert str(held.pk) in worker.get(BOARD).content.decode()
    assert worker.post(f"{BOARD}fissata/{held.pk}/libera/").status_code == 302
    assert str(held.pk) not in worker.get(BOARD).content.decode()
    assert signed_in(a_crew().worker).post(f"{BOARD}fissata/{held.pk}/libera/").status_code == 404


def test_leaving_out_asks_why_and_keeps_what_was_typed(crew: Crew, worker: Client) -> None:
    item = a_proposed(crew)
    url = f"{BOARD}proposta/{item}/escludi/"
    assert worker.get(url).status_code == 200
    assert worker.post(url, {"reason": ""}).status_code == 422
    assert worker.post(url, {"reason": "Si conoscono"}).status_code == 302
    left_out = Exclusion.objects.get()
    assert "Si conoscono" in worker.get(BOARD).content.decode()
    worker.post(f"{BOARD}esclusione/{left_out.pk}/togli/")
    left_out.refresh_from_db()
    assert left_out.lifted_at is not None


def test_a_proposal_is_pinned_and_let_go(crew: Crew, worker: Client) -> None:
    item = a_proposed(crew)
    worker.post(f"{BOARD}proposta/{item}/fissa/")
    assert Pin.objects.filter(lifted_at=None).count() == 1
    worker.post(f"{BOARD}proposta/{item}/libera/")
    assert not Pin.objects.filter(lifted_at=None).exists()


def test_another_place_is_chosen_from_the_best(crew: Crew, worker: Client) -> None:
    offer = a_free_offer(crew)
    place = an_opportunity(crew)
    page = worker.get(f"{BOARD}persona/{offer.pk}/").content.decode()
    assert place.title in page
    slot = place.slots.get()
    worker.post(f"{BOARD}scelta/{offer.pk}/{slot.pk}/")
    assert Match.objects.count() == 1
    page = worker.get(f"{BOARD}posto/{place.pk}/")
    assert page.status_code == 200


def test_weights_are_seen_by_all_and_changed_by_the_coordinator(crew: Crew, worker: Client) -> None:
    page = worker.get(f"{BOARD}pesi/").content.decode()
    assert "È vicino" in page
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]
    coordinator = signed_in(crew.coordinator)
    said = {**weights_in(crew.district_id).kept(), "travel": 9}
    wrong = coordinator.post(f"{BOARD}pesi/cambia/", {**said, "skill": 11})
    assert wrong.status_code == 422
    assert coordinator.post(f"{BOARD}pesi/cambia/", said).status_code == 302
    assert weights_in(crew.district_id).travel == 9
    assert worker.post(f"{BOARD}pesi/cambia/", said).status_code == 404


def test_a_plan_made_by_other_weights_is_not_called_the_best(crew: Crew, worker: Client) -> None:
    best, changed = "non esiste un piano che valga di più", "I pesi sono cambiati"
    a_proposed(crew)
    page = worker.get(BOARD).content.decode()
    assert (best in page, changed in page) == (True, False)
    said = {**weights_in(crew.district_id).kept(), "travel": 9}
    set_weights(crew.coordinator, crew.district_id, said)
    page = worker.get(BOARD).content.decode()
    assert (best in page, changed in page) == (False, True)


def test_who_has_a_proposal_is_not_among_those_without_a_place(crew: Crew, worker: Client) -> None:
    a_proposed(crew)
    left = a_free_offer(crew, a_volunteer(crew, given_name="Nina"))
    page = worker.get(BOARD).content.decode()
    without = page.partition('id="b1"')[2].partition("</section>")[0]
    shown = [str(offer.pk) in without for offer in (left, PlanItem.objects.get().offer)]
    assert shown == [True, False]


@pytest.mark.parametrize("typed", ["-1", "11", "1,5", "1.5", "", "x", "1" + "0" * 30, "9" * 5_000])
def test_a_weight_that_is_none_is_told_in_a_sentence_and_what_was_typed_stays(
    crew: Crew, typed: str
) -> None:
    coordinator, kept = signed_in(crew.coordinator), weights_in(crew.district_id)
    sent = {**kept.kept(), "travel": typed, "skill": 9}
    answer = coordinator.post(f"{BOARD}pesi/cambia/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ogni peso è un numero intero da 0 a 10." in page
    assert 'name="skill" value="9"' in page
    assert weights_in(crew.district_id) == kept


def test_weights_that_are_all_nothing_are_refused_and_stay_typed(crew: Crew) -> None:
    coordinator, kept = signed_in(crew.coordinator), weights_in(crew.district_id)
    answer = coordinator.post(f"{BOARD}pesi/cambia/", dict.fromkeys(kept.kept(), 0))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Con tutti i pesi a zero" in page
    assert 'name="skill" value="0"' in page
    assert weights_in(crew.district_id) == kept


def test_the_wizard_suggests_places_from_the_person_s_file(crew: Crew, worker: Client) -> None:
    pact = a_draft_pact(crew)
    contact = pact.case.contact
    place = an_opportunity(crew)
    url = reverse("matching:suggestions", args=[pact.pk])
    assert "nella scheda manca quando può" in worker.get(url).content.decode()
    contact.municipality_id = place.municipality_id
    contact.save()
    week = week_of([(1, Band.AFTERNOON, Answer.YES)])
    set_availability(crew.worker, contact.pk, week)
    page = worker.get(url, headers={"HX-Request": "true"}).content.decode()
    assert place.title in page
    assert "<html" not in page
    wizard = reverse("pacts:wizard", args=[pact.pk, "restituzione"])
    chosen = {"persona": contact.pk, "che": place.title, "dove": "Scuola di prova"}
    filled = worker.get(wizard, chosen).content.decode()
    assert f'value="{place.title}"' in filled


def test_a_pact_of_others_suggests_nothing(crew: Crew) -> None:
    pact, _crew = a_pact(Stage.DRAFT, crew=crew)
    stranger = signed_in(a_crew().worker)
    assert stranger.get(reverse("matching:suggestions", args=[pact.pk])).status_code == 404


def test_the_board_costs_the_same_however_many_wait(crew: Crew, worker: Client) -> None:
    body, costs = a_host_body(crew), set()
    for round_ in range(2):
        for number in range(1 + 5 * round_):
            a_free_offer(crew, a_volunteer(crew, f"Nome{round_}{number}"))
            an_opportunity(crew, body, title=f"Posto {round_}{number}")
        make_plan(crew.worker, crew.district_id)
        worker.get(BOARD)
        with CaptureQueriesContext(connection) as asked:
            worker.get(BOARD)
        costs.add(len(asked))
    assert len(costs) == 1, costs
    assert max(costs) <= 20
