"""A community maker never learns that a person has a pact: nothing they may read varies with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from farelegami.access.doors import all_doors
from farelegami.access.tests.builders import an_actor
from farelegami.api.tests.builders import Program, a_program
from farelegami.cases.tests.builders import TOWNS
from farelegami.desk.tests.builders import signed_in
from farelegami.giveback.models import Match, Offer, Session
from farelegami.giveback.rules.sessions import Said, Word
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.matches import Proposal, accept_as_person, propose
from farelegami.giveback.services.offers import offer_of_somebody_met
from farelegami.giveback.services.sessions import Report, say_as_person
from farelegami.giveback.tests.builders import (
    A_TUESDAY,
    TUESDAY,
    Meeting,
    a_free_offer,
    a_host,
    a_host_body,
    a_pact_offer,
    a_volunteer,
    an_active_match,
    an_active_pact,
    an_offer_draft,
    an_opportunity,
    minutes,
)
from farelegami.giveback.tests.test_secrecy import DAYS, LONG_AGO, after, bare
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.ids import new_id
from farelegami.matching.models import PlanItem
from farelegami.matching.services.plans import make_plan
from farelegami.pacts.models import Pact
from farelegami.pacts.services.living import interrupt
from farelegami.pacts.tests.builders import Crew, a_crew
from farelegami.people.models import Person
from farelegami.people.services.persons import PersonDraft
from tests.permissions.test_walk import ADDRESSES, LIBRARY, NOT_OURS, WORDS

pytestmark = pytest.mark.django_db
# When one signed in is by the real clock, and nobody's but one's own.
SKIPPED = {*NOT_OURS, "access:own_security"}
THURSDAY = Slot(3, 15 * 60, 17 * 60)


@dataclass
class Place:
    """A district with somebody who gives, by a pact or as a volunteer of a colleague's."""

    maker: Actor
    client: Client
    crew: Crew
    offer: Offer
    own: Offer
    match: Match
    things: Mapping[str, Any]


def named(person_id: Any, given: str) -> None:
    Person.objects.filter(pk=person_id).update(
        given_name=given, family_name="Prova", sort_name=f"prova {given}", phone="", phone_key=""
    )


def an_offer(crew: Crew, *, with_pact: bool) -> Offer:
    """Return what Rita offers; Ugo, the other of the two, has the pact or is a volunteer."""
    pact, volunteer = an_active_pact(crew), a_volunteer(crew)
    slots = [A_TUESDAY, THURSDAY]
    if with_pact:
        offer, other = a_pact_offer(crew, pact, slots=slots), volunteer.pk
    else:
        offer, other = a_free_offer(crew, volunteer, slots=slots), pact.case.contact_id
    named(offer.person_id, "Rita")
    named(other, "Ugo")
    same = {
        "total_minutes": 600, "limits": "niente scale", "ends_on": clock.today() + DAYS,
        "places": 2,
    }  # fmt: skip
    Offer.objects.filter(pk=offer.pk).update(**same)
    return Offer.objects.select_related("person", "pact").get(pk=offer.pk)


def a_place(*, with_pact: bool) -> Place:
    crew = a_crew()
    maker = an_actor(Role.COMMUNITY_MAKER, district_id=crew.district_id, name="Mino di prova")
    offer = an_offer(crew, with_pact=with_pact)
    body = a_host_body(crew)
    place = an_opportunity(crew, body, seats=3, slots=[TUESDAY])
    an_opportunity(crew, body, title="Doposcuola", seats=2, slots=[THURSDAY])
    host, token = a_host(crew.worker, place)
    match = an_active_match(Meeting(crew, offer, place, host, token))
    vera = PersonDraft("Vera", "Conosciuta", municipality_id=TOWNS[crew.district_id])
    draft = an_offer_draft(slots=[A_TUESDAY, THURSDAY], places=2)
    own = offer_of_somebody_met(maker, vera, draft)
    slot = place.slots.first()
    assert slot is not None
    propose(maker, Proposal(own.pk, slot.pk))
    plan = make_plan(crew.coordinator, crew.district_id)
    item = PlanItem.objects.filter(plan=plan, offer=offer).first()
    assert item is not None, "the plan thinks of Rita, too"
    things = {
        "opportunity_id": place.pk, "offer_id": offer.pk, "match_id": match.pk,
        "person_id": offer.person_id, "item_id": item.pk, "district_id": crew.district_id,
        "organisation_id": body.pk, "body_id": body.pk,
        "session_id": Session.objects.filter(match=match).order_by("day")[0].pk,
    }  # fmt: skip
    return Place(maker, signed_in(maker), crew, offer, own, match, things)


def may_open(name: str) -> bool:
    door = all_doors()[name]
    return not door.roles or Role.COMMUNITY_MAKER in door.roles


def arguments(needs: tuple[str, ...], things: Mapping[str, Any]) -> dict[str, Any]:
    known = {**WORDS, **things}
    return {need: known[need] if need in known else new_id() for need in needs}


def pages(place: Place) -> Iterator[tuple[str, str]]:
    """Yield every address of a page a maker may open, and a few with a question."""
    for name, needs in ADDRESSES:
        door = all_doors().get(name)
        if door is None or door.by_token or name in SKIPPED or name.startswith(LIBRARY):
            continue
        if may_open(name):
            yield name, reverse(name, kwargs=arguments(needs, place.things))
    for name, asked in (
        ("desk:search", "q=Prova"), ("desk:search", "q=Rita"), ("matching:board", "tutte=1"),
        ("giveback:opportunities", "fase="),
    ):  # fmt: skip
        yield f"{name} {asked}", f"{reverse(name)}?{asked}"


def operations(place: Place, program: Program) -> Iterator[tuple[str, Any]]:
    """Yield every answer to a program of the maker's that reads."""
    for name, needs in ADDRESSES:
        if name.startswith("api:"):
            url = reverse(name, kwargs=arguments(needs, place.things))
            yield name, program.client.get(url, headers=program.headers())


def met(place: Place) -> list[tuple[str, str]]:
    """Return everything a maker reads, as it is read."""
    seen: list[tuple[str, str]] = []
    for name, url in pages(place):
        answer = place.client.get(url)
        seen.append((name, bare(f"{answer.status_code} {answer.content.decode(errors='replace')}")))
    for name, told in operations(place, a_program(place.maker)):
        seen.append((f"api {name}", bare(f"{told.status_code} {told.content.decode()}")))
    return seen


def the_life(*, with_pact: bool) -> list[tuple[str, str]]:
    """Return what a maker reads while somebody gives, and after their pact, if any, broke off."""
    place = a_place(with_pact=with_pact)
    seen = met(place)
    turns = Session.objects.filter(match=place.match).order_by("day")
    with clock.at(after(turns[0])):
        say_as_person(place.crew.worker, turns[0].pk, Report(Said(Word.HELD, minutes(120))))
        pact = Pact.objects.get()
        interrupt(place.crew.worker, pact.pk, by="family", reason="Si trasferisce")
        seen += [(f"later: {name}", text) for name, text in met(place)]
    return seen


def both() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what is read in a world where Rita gives by a pact, and in one where she does not."""
    worlds = []
    for with_pact in (True, False):
        with clock.at(LONG_AGO), transaction.atomic():
            worlds.append(the_life(with_pact=with_pact))
            transaction.set_rollback(True)
    return worlds[0], worlds[1]


def test_to_a_community_maker_a_pact_and_a_colleague_s_volunteer_are_alike() -> None:
    with_pact, without = both()
    assert [name for name, _text in with_pact] == [name for name, _text in without]
    differing = [
        name for (name, one), (_same, other) in zip(with_pact, without, strict=True) if one != other
    ]
    assert differing == []
    read = [name for name, text in with_pact if text.startswith("200")]
    assert len(read) > 60
    told = {"giveback:opportunity", "matching:board", "matching:helpers"}
    assert told | {f"later: {name}" for name in told} <= set(read)


def test_a_community_maker_opens_the_offers_they_recorded_and_no_other() -> None:
    with clock.at(LONG_AGO):
        place = a_place(with_pact=False)
        client = place.client
        program = a_program(place.maker)
        for page in ("giveback:offer", "giveback:propose", "matching:why"):
            assert client.get(reverse(page, args=[place.own.pk])).status_code == 200, page
            assert client.get(reverse(page, args=[place.offer.pk])).status_code == 404, page
        listed = program.get("/offers").json()["rows"]
        assert [row["id"] for row in listed] == [str(place.own.pk)]
        own = Match.objects.get(offer=place.own)
        accept_as_person(place.maker, own.pk)
        here = reverse("giveback:opportunity", args=[place.things["opportunity_id"]])
        page = client.get(here).content.decode()
    assert "Rita Prova" in page
    assert "Vera C." in page
    people = page.split('id="h-people"')[1].split("</section>")[0]
    assert "giveback/abbinamenti" not in people
    assert "/abbinamenti/" not in people
    assert "/persone/" not in page
