"""A community maker writes down a volunteer they met, and opens those and no other."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from farelegami.access.tests.builders import an_actor
from farelegami.cases.tests.builders import CREMONA, TOWNS
from farelegami.giveback.models import Match, Offer
from farelegami.giveback.services.matches import Proposal, propose
from farelegami.giveback.services.offers import offer_of_somebody_met
from farelegami.giveback.tests.builders import TUESDAY, a_free_offer, an_offer_draft, an_opportunity
from farelegami.giveback.tests.test_staff_pages import signed_in, typed
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.pacts.tests.builders import a_crew
from farelegami.people.models import Person
from farelegami.people.services.persons import PersonDraft

pytestmark = pytest.mark.django_db
VERA = PersonDraft("Vera", "Sentiero", municipality_id=TOWNS[CREMONA])


def a_maker(name: str = "Mino di prova", district_id: int = CREMONA) -> Actor:
    return an_actor(Role.COMMUNITY_MAKER, district_id=district_id, name=name)


def sent(**more: Any) -> dict[str, Any]:
    who = {"given_name": "Vera", "family_name": "Sentiero", "municipality_id": TOWNS[CREMONA]}
    return {**typed(once=str(new_id())), **who, **more}


def test_a_maker_writes_down_who_they_met_once() -> None:
    a_crew()
    client = signed_in(a_maker())
    url = reverse("giveback:offer_met")
    assert "Un volontario che ho conosciuto" in client.get(url).content.decode()
    assert client.post(url, sent(family_name="")).status_code == 422
    assert not Person.objects.filter(given_name="Vera").exists()
    once = sent()
    for _time in range(2):
        answer = client.post(url, once)
        assert answer.status_code == 302
    offer = Offer.objects.get(person__given_name="Vera")
    page = client.get(answer["Location"]).content.decode()
    assert "Vera Sentiero" in page
    assert reverse("desk:person", args=[offer.person_id]) not in page
    assert reverse("giveback:paper", args=[offer.person_id]) not in page


@pytest.mark.parametrize(
    ("who", "what"),
    [
        ({}, {"wish": "cucinare"}),
        ({}, {"places": 2}),
        ({}, {"slots": [TUESDAY]}),
        ({"given_name": "Viola"}, {}),
    ],
)
def test_the_same_act_with_other_data_is_refused(who: Any, what: Any) -> None:
    a_crew()
    maker, once = a_maker(), new_id()
    offer = offer_of_somebody_met(maker, VERA, an_offer_draft(), once=once)
    assert offer_of_somebody_met(maker, VERA, an_offer_draft(), once=once).pk == offer.pk
    with pytest.raises(SentAlready):
        offer_of_somebody_met(maker, replace(VERA, **who), an_offer_draft(**what), once=once)
    assert Offer.objects.count() == 1


def test_nothing_is_said_of_who_is_in_the_registry_already() -> None:
    crew = a_crew()
    known = a_free_offer(crew).person
    client = signed_in(a_maker())
    page = client.post(
        reverse("giveback:offer_met"),
        sent(given_name=known.given_name, family_name=known.family_name),
        follow=True,
    )
    assert page.status_code == 200
    assert Person.objects.filter(sort_name=known.sort_name).count() == 2


def test_a_maker_meets_nobody_elsewhere_and_the_desk_nobody_by_this_door() -> None:
    draft = an_offer_draft()
    crew = a_crew()
    for who in (a_maker(district_id=1902), crew.worker):
        with pytest.raises(NotAllowed):
            offer_of_somebody_met(who, VERA, draft)
    with pytest.raises(NotFound):
        offer_of_somebody_met(a_maker(), PersonDraft("Vera", "Sentiero"), draft)
    assert not Person.objects.filter(given_name="Vera").exists()


def test_who_was_met_by_another_maker_is_not_seen_and_the_desk_sees_all() -> None:
    crew, maker, other = a_crew(), a_maker(), a_maker("Mara di prova")
    offer = offer_of_somebody_met(maker, VERA, an_offer_draft())
    page = reverse("giveback:offer", args=[offer.pk])
    seen = {who.name: signed_in(who).get(page).status_code for who in (maker, other, crew.worker)}
    assert seen == {maker.name: 200, other.name: 404, crew.worker.name: 200}
    place = an_opportunity(crew)
    slot = place.slots.get()
    match = propose(maker, Proposal(offer.pk, slot.pk))
    match_page = reverse("giveback:match", args=[match.pk])
    assert signed_in(maker).get(match_page).status_code == 200
    assert signed_in(other).get(match_page).status_code == 404
    assert Match.objects.count() == 1


def test_of_offers_written_before_the_log_says_by_whom() -> None:
    crew = a_crew()
    offer = a_free_offer(crew)
    lost = Offer.objects.get(pk=offer.pk)
    lost.pk = new_id()
    lost.save(force_insert=True)
    Offer.objects.update(offered_by_id=None)
    step = import_module("farelegami.giveback.migrations.0002_who_recorded_an_offer")
    apps = MigrationExecutor(connection).loader.project_state().apps
    step.fill(apps, None)
    offer.refresh_from_db()
    lost.refresh_from_db()
    assert offer.offered_by_id == crew.worker.account_id
    assert lost.offered_by_id is None
