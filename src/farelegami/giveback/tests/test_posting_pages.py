from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.access.tests.builders import an_actor
from farelegami.cases.tests.builders import TOWNS
from farelegami.giveback.models import HostLink, Opportunity
from farelegami.giveback.rules.needs import Need, NeedKind, Weight
from farelegami.giveback.rules.opportunities import OpportunityStage
from farelegami.giveback.tests.builders import (
    a_host_body,
    a_meeting,
    an_active_match,
    an_opportunity,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.network.models import Organisation
from farelegami.pacts.tests.builders import Crew, a_crew
from farelegami.people.models import Skill
from farelegami.territory.queries import municipality_for

pytestmark = pytest.mark.django_db
NEW = "/ente/richieste/nuova/"
GONE = {"on": "2020-02-29", "starts": "10", "ends": "12"}


def signed_in(actor: Actor) -> Client:
    client = Client()
    account = Account.objects.get(pk=actor.account_id)
    client.force_login(account, "farelegami.access.backends.AccountBackend")
    return client


def a_referent_of(body: Organisation) -> Client:
    return signed_in(an_actor(Role.HOST, organisation_id=body.pk, name="Ines di prova"))


def lines(prefix: str, *rows: dict[str, str]) -> dict[str, str]:
    posted = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        posted |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return posted


TUESDAY = {"weekday": "1", "starts": "15:00", "ends": "17:00"}


def typed(crew: Crew, body: Organisation, *slots: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "organisation_id": str(body.pk),
        "title": "Leggere ai bambini",
        "field": "culture",
        "seats": "2",
        "municipality_id": TOWNS[crew.district_id],
        "starts_on": clock.today().isoformat(),
        "min_age": "16",
        **lines("orari", *(slots or (TUESDAY,))),
        **lines("capacita"),
        **lines("lingue"),
        **more,
    }


@pytest.fixture
def crew() -> Crew:
    return a_crew()


@pytest.fixture
def body(crew: Crew) -> Organisation:
    return a_host_body(crew)


def test_a_host_posts_a_need_and_its_tutor_gets_a_way_in(crew: Crew, body: Organisation) -> None:
    Skill.objects.get_or_create(
        code="S1.2", defaults={"label_it": "leggere", "label_en": "reading", "level": 2}
    )
    client = a_referent_of(body)
    assert client.get(NEW).status_code == 200
    once = (clock.today() + timedelta(days=100)).isoformat()
    told = typed(crew, body, TUESDAY, {"on": once, "starts": "10", "ends": "12.30"})
    told |= {"tutor_name": "Luca", "tutor_email": "luca@example.org", "any_language": "on"}
    label = Skill.objects.get(code="S1.2").label
    told |= lines("capacita", {"listed": label.upper(), "weight": "nice"})
    told |= lines("lingue", {"language": "ar", "level": "b1"}, {"language": "fr"})
    told |= {"papers": ["minors"], "by_bus": "on"}
    answer = client.post(NEW, told)
    assert answer.status_code == 302, answer.content.decode()
    place = Opportunity.objects.get()
    assert [str(slot) for slot in place.slots.order_by("on")] in (
        ["1 900-1020", f"{once} 600-750"],
        [f"{once} 600-750", "1 900-1020"],
    )
    assert {row.need() for row in place.needs.all()} == {
        Need(NeedKind.SKILL, "S1.2", Weight.NICE),
        Need(NeedKind.LANGUAGE, "ar", Weight.ANY_OF, "b1"),
        Need(NeedKind.LANGUAGE, "fr", Weight.ANY_OF),
        Need(NeedKind.REQUIREMENT, "minors"),
    }
    assert HostLink.objects.get().email == "luca@example.org"
    change = reverse("giveback:place_change", args=[place.pk])
    assert label in client.get(change).content.decode()


def test_a_form_sent_twice_posts_once(crew: Crew, body: Organisation) -> None:
    client = a_referent_of(body)
    page = client.get(NEW).content.decode()
    once = page.split('name="once" value="')[1].split('"')[0]
    for _twice in range(2):
        assert client.post(NEW, typed(crew, body, once=once)).status_code == 302
    assert Opportunity.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": " \x00"},
        {"seats": "0"},
        {"seats": "many"},
        {"field": "dance"},
        {"municipality_id": "999999"},
        {"min_age": "40", "max_age": "20"},
        {"ends_on": "2020-01-01"},
        {"organisation_id": "00000000-0000-0000-0000-000000000000"},
        {"tutor_email": "luca"},
        {"orari-0-weekday": "9"},
        {"orari-0-weekday": ""},
        {"orari-0-weekday": "on"},
        {"orari-0-starts": "25:00"},
        {"orari-0-ends": "15:05"},
        {"orari-0-ends": ""},
        {"papers": ["licence to kill"]},
        {"capacita-TOTAL_FORMS": "1", "capacita-0-listed": "volare"},
        {"lingue-TOTAL_FORMS": "1", "lingue-0-language": "klingon"},
    ],
)
def test_what_cannot_be_stays_on_the_form(
    crew: Crew, body: Organisation, wrong: dict[str, Any]
) -> None:
    client = a_referent_of(body)
    told = typed(crew, body) | wrong
    assert client.post(NEW, told).status_code == 422
    assert client.post(reverse("giveback:opportunity_new"), told).status_code == 404
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize("spelt", ["{}, {}", "{} {}", "{}° N; {}° E"])
def test_a_place_is_where_the_phone_or_a_map_says(
    crew: Crew, body: Organisation, spelt: str
) -> None:
    client = a_referent_of(body)
    town = municipality_for(TOWNS[crew.district_id])
    point = (round(town.latitude + 0.01, 5), round(town.longitude, 5))
    said = spelt.format(*(f"{degrees:.5f}" for degrees in point))
    assert client.post(NEW, typed(crew, body, point=said)).status_code == 302
    place = Opportunity.objects.get()
    assert (place.latitude, place.longitude) == point
    change = reverse("giveback:place_change", args=[place.pk])
    shown = f'value="{point[0]:.5f}, {point[1]:.5f}"'
    assert shown in client.get(change).content.decode()
    without = typed(crew, body, point="") | {"orari-INITIAL_FORMS": "1"}
    assert client.post(change, without).status_code == 302
    place.refresh_from_db()
    assert (place.latitude, place.longitude) == (town.latitude, town.longitude)
    assert shown not in client.get(change).content.decode()


@pytest.mark.parametrize(
    "point", ["qui", "45", "41.89, 12.49", "91.0, 10.0", "٤٥.٣, ٩.٦", "nan, nan"]
)
def test_a_point_that_cannot_be_there_stays_on_the_form(
    crew: Crew, body: Organisation, point: str
) -> None:
    client = a_referent_of(body)
    answer = client.post(NEW, typed(crew, body, point=point))
    assert answer.status_code == 422
    assert f'value="{point}"' in answer.content.decode()


def test_what_was_posted_is_changed_copied_paused_and_closed(
    crew: Crew, body: Organisation
) -> None:
    client, place = a_referent_of(body), an_opportunity(crew, body, takes_puc=True)
    told = typed(crew, body, TUESDAY, title="Un altro titolo")
    change = reverse("giveback:place_change", args=[place.pk])
    assert client.get(change).status_code == 200
    told["orari-INITIAL_FORMS"] = "1"
    assert client.post(change, told).status_code == 302
    place.refresh_from_db()
    assert (place.title, place.takes_puc) == ("Un altro titolo", True)
    # Whether PUC are received is the staff's to say, also by other doors.
    told["takes_puc"] = ""
    assert client.post(change, told).status_code == 302
    place.refresh_from_db()
    assert place.takes_puc
    copy = reverse("giveback:place_copy", args=[place.pk])
    assert client.get(copy).status_code == 200
    assert client.post(copy, told | {"title": "Di nuovo"}).status_code == 302
    assert Opportunity.objects.get(title="Di nuovo").copied_from_id == place.pk
    act = reverse("giveback:place_act", args=[place.pk])
    for what, stage in (("pause", "paused"), ("resume", "open"), ("needed", "open")):
        assert client.post(act, {"act": what}).status_code == 302
        place.refresh_from_db()
        assert place.stage == stage
    for _twice in range(2):
        assert client.post(act, {"act": "close"}).status_code == 302
    place.refresh_from_db()
    assert place.stage == OpportunityStage.CLOSED
    assert client.post(change, told).status_code == 422
    assert client.post(act, {"act": "explode"}).status_code == 404


def test_a_time_in_which_somebody_works_stays(crew: Crew) -> None:
    meeting = a_meeting(crew, with_pact=False)
    an_active_match(meeting)
    body = meeting.opportunity.organisation
    client = a_referent_of(body)
    change = reverse("giveback:place_change", args=[meeting.opportunity.pk])
    told = typed(crew, body, {"weekday": "3", "starts": "9", "ends": "11"})
    assert client.post(change, told).status_code == 422


def test_turns_to_confirm_stand_on_the_first_page_of_a_host(crew: Crew) -> None:
    with clock.at(clock.now() - timedelta(days=10)):
        meeting = a_meeting(crew, with_pact=False)
        an_active_match(meeting)
    home = reverse("desk:home")
    waits = a_referent_of(meeting.opportunity.organisation).get(home).content.decode()
    assert "turno da confermare" in waits or "turni da confermare" in waits
    other = a_referent_of(a_host_body(crew, "Un altro ente")).get(home).content.decode()
    assert "da confermare" not in other


def test_what_others_posted_is_not_there(crew: Crew, body: Organisation) -> None:
    client = a_referent_of(body)
    other = an_opportunity(crew, a_host_body(crew, "Un altro ente"))
    for page in ("place", "place_change", "place_copy", "place_sheet"):
        assert client.get(reverse(f"giveback:{page}", args=[other.pk])).status_code == 404
    act = reverse("giveback:place_act", args=[other.pk])
    assert client.post(act, {"act": "close"}).status_code == 404


# ---- the staff


def test_the_staff_post_for_a_body_and_give_and_revoke_ways_in(
    crew: Crew, body: Organisation
) -> None:
    client = signed_in(crew.worker)
    new = reverse("giveback:opportunity_new")
    assert client.get(f"{new}?ente={body.pk}").status_code == 200
    assert client.post(new, typed(crew, body, takes_puc="on")).status_code == 302
    place = Opportunity.objects.get()
    assert place.takes_puc
    page = reverse("giveback:opportunity", args=[place.pk])
    assert client.get(page).status_code == 200
    give = reverse("giveback:opportunity_give_link", args=[place.pk])
    assert client.post(give, {"name": ""}).status_code == 422
    assert client.post(give, {"name": "Luca"}).status_code == 302
    link = HostLink.objects.get()
    assert f"/ente/{link.pk.hex}." in client.get(page).content.decode()
    revoke = reverse("giveback:opportunity_revoke_link", args=[place.pk, link.pk])
    assert client.post(revoke).status_code == 302
    assert f"/ente/{link.pk.hex}." not in client.get(page).content.decode()


def test_the_list_is_narrowed_and_costs_the_same_for_every_length(
    crew: Crew, body: Organisation
) -> None:
    client, url = signed_in(crew.worker), reverse("giveback:opportunities")
    assert "Qui ci saranno" in client.get(url).content.decode()
    costs = []
    for many in (1, 24, 75):
        for number in range(many):
            an_opportunity(crew, body, title=f"Cucina {many}-{number}")
        with CaptureQueriesContext(connection) as seen:
            page = client.get(url).content.decode()
        costs.append(len(seen))
    assert len(set(costs)) == 1
    assert "Avanti" in page
    assert "Cucina 1-0" in client.get(f"{url}?testo=cucina+1-0").content.decode()
    assert "Cucina" not in client.get(f"{url}?fase=closed").content.decode()
    odd = f"{url}?campo=x&fase=y&comune=z&dopo=w"
    assert client.get(odd).status_code == 200


def test_of_another_district_nothing_is_there(crew: Crew, body: Organisation) -> None:
    place = an_opportunity(crew, body)
    other = next(number for number in TOWNS if number != crew.district_id)
    stranger = signed_in(an_actor(Role.SOCIAL_WORKER, district_id=other))
    for page in ("opportunity", "opportunity_change", "opportunity_typing"):
        assert stranger.get(reverse(f"giveback:{page}", args=[place.pk])).status_code == 404


def test_the_staff_type_a_sheet_in() -> None:
    with clock.at(clock.now() - timedelta(days=30)):
        meeting = a_meeting(with_pact=False)
        match = an_active_match(meeting)
    turn = match.sessions.order_by("day").first()
    assert turn is not None
    client = signed_in(meeting.crew.worker)
    typing = reverse("giveback:opportunity_typing", args=[meeting.opportunity.pk])
    sheet = reverse("giveback:opportunity_sheet", args=[meeting.opportunity.pk])
    page = reverse("giveback:opportunity", args=[meeting.opportunity.pk])
    assert client.get(sheet).status_code == 200
    rows = {f"{turn.pk.hex}-word": "held", f"{turn.pk.hex}-minutes": "2"}
    assert client.post(typing, rows)["Location"] == page
    turn.refresh_from_db()
    assert (turn.host_word, turn.host_minutes) == ("held", 120)


@pytest.mark.parametrize(
    ("slots", "more", "says"),
    [
        ([GONE], {}, "Il 29/02/2020 è già passato"),
        ([TUESDAY], {"starts_on": "1900-01-01"}, "Scrivi un giorno fra il"),
        ([TUESDAY], {"ends_on": "2099-12-31"}, "Scrivi un giorno fra il"),
        ([TUESDAY], {"ends_on": "2020-12-31"}, "Il giorno di fine è già passato"),
    ],
)
def test_a_day_that_cannot_be_meant_is_said_and_what_was_typed_stays(
    crew: Crew, body: Organisation, slots: Any, more: Any, says: str
) -> None:
    answer = a_referent_of(body).post(NEW, typed(crew, body, *slots, **more))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert "Leggere ai bambini" in page
    assert not Opportunity.objects.exists()


def test_a_thousand_lines_are_not_even_laid_out(crew: Crew, body: Organisation) -> None:
    told = typed(crew, body) | {"orari-TOTAL_FORMS": "9" * 9}
    answer = a_referent_of(body).post(NEW, told)
    assert answer.status_code == 422
    assert answer.content.decode().count('name="orari-') < 400
    assert not Opportunity.objects.exists()
