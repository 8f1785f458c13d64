"""Somebody who gave time is erased: words go, hours and counts stay, and nothing breaks."""

from dataclasses import replace
from pathlib import Path

import pytest

from farelegami.giveback.models import HeldRequirement, Match, Offer, OfferSlot, Session
from farelegami.giveback.queries.generativity import generativity
from farelegami.giveback.queries.opportunities import Host, hosted, turns_of
from farelegami.giveback.rules.changes import Change
from farelegami.giveback.rules.matches import MatchStage, Side
from farelegami.giveback.rules.needs import Field, Requirement
from farelegami.giveback.rules.offers import OfferStage
from farelegami.giveback.rules.sessions import SessionStage
from farelegami.giveback.services.daily import each_day
from farelegami.giveback.services.matches import interrupt_match
from farelegami.giveback.services.offers import see_requirement
from farelegami.giveback.services.sessions import Report, Said, Word, say_as_host, say_as_person
from farelegami.giveback.tests.builders import (
    Meeting,
    a_free_offer,
    a_host,
    a_pact_offer,
    a_proposal,
    a_volunteer,
    an_active_match,
    an_opportunity,
    first_turn,
    minutes,
)
from farelegami.giveback.tests.test_secrecy import after
from farelegami.kernel import clock
from farelegami.kernel.ids import new_id
from farelegami.ledger.queries import verify
from farelegami.matching.models import Exclusion, Pin, Plan, PlanItem
from farelegami.matching.queries.plans import last_plan, proposals_of
from farelegami.matching.services.plans import exclude, make_plan, pin
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.tests.builders import a_crew, a_pact
from farelegami.people.models import Person
from farelegami.people.rules.persons import Transport
from farelegami.people.services.persons import PersonDraft, change_person
from farelegami.privacy.rules.retention import CASE, PERSON
from farelegami.privacy.services.erasing import erase_all_of
from farelegami.privacy.tests.builders import MARK
from farelegami.privacy.tests.test_erasing import left_of
from farelegami.volunteering.models import RegisterEntry, ServiceDay
from farelegami.volunteering.queries import verify_register

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_shelf(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def erase(root: str, object_id, district_id: int) -> None:
    erase_all_of(root, object_id, act_id=new_id(), district_id=district_id, at=clock.now())


def a_life(*, with_pact: bool) -> tuple[Meeting, Match]:
    """Return a match that was held once and broke off, of somebody marked, and a plan."""
    crew = a_crew()
    if with_pact:
        pact, crew = a_pact(Stage.ACTIVE, crew=crew)
        person = Person.objects.get(pk=pact.case.contact_id)
    else:
        pact, person = None, a_volunteer(crew)
    draft = PersonDraft(
        person.given_name, MARK, clock.today().replace(year=1980), "D150", address=f"via {MARK} 1",
        municipality_id="019036",
    )  # fmt: skip
    a_volunteer(crew, "Ada")
    change_person(crew.worker, person.pk, draft)
    said = {"wish": f"{MARK} vorrebbe", "limits": f"{MARK} non può", "places": 2, "fields": [Field.TRAINING],
            "transport": [Transport.ON_FOOT]}  # fmt: skip
    if pact is not None:
        offer = a_pact_offer(crew, pact, **said)
    else:
        offer = a_free_offer(crew, Person.objects.get(pk=person.pk), **said)
    see_requirement(crew.worker, person.pk, Requirement.FOOD_HYGIENE, seen_on=clock.today())
    places = [an_opportunity(crew, title=f"Posto {number}") for number in range(3)]
    meeting = Meeting(crew, offer, places[0], *a_host(crew.worker, places[0]))
    plan = make_plan(crew.coordinator, crew.district_id)
    items = list(PlanItem.objects.filter(plan=plan))
    pin(crew.worker, items[0].pk)
    exclude(crew.worker, items[0].pk, reason=f"{MARK} no")
    make_plan(crew.coordinator, crew.district_id)
    match = an_active_match(meeting)
    turn = first_turn(match)
    told = Said(Word.HELD, minutes(120))
    with clock.at(after(turn)):
        say_as_person(crew.worker, turn.pk, Report(told, note=f"{MARK} contenta"))
        say_as_host(
            meeting.host, turn.pk, Report(told, f"{MARK} brava", Change(f"{MARK} ha cambiato"))
        )
        interrupt_match(crew.worker, match.pk, by=Side.PERSON, reason=f"{MARK} va via")
    other = places[1].slots.get()
    a_proposal(replace(meeting, opportunity=other.opportunity))
    return meeting, match


@pytest.mark.parametrize("with_pact", [True, False])
def test_of_who_gave_no_word_is_left_and_the_counts_stay(*, with_pact: bool) -> None:
    meeting, match = a_life(with_pact=with_pact)
    crew, person_id = meeting.crew, meeting.offer.person_id
    assert len({line.split(" ")[0] for line in left_of(MARK)}) > 6
    until = clock.today().replace(year=clock.today().year + 1)
    before = generativity(crew.coordinator, since=clock.today(), until=until).whole
    register_id = RegisterEntry.objects.values_list("register_id", flat=True)[0]
    if meeting.offer.pact is not None:
        erase(CASE, meeting.offer.pact.case_id, crew.district_id)
    erase(PERSON, person_id, crew.district_id)
    assert left_of(MARK) == []
    assert not HeldRequirement.objects.exists()
    assert not OfferSlot.objects.filter(offer=meeting.offer).exists()
    assert not PlanItem.objects.filter(offer=meeting.offer).exists()
    assert not Pin.objects.exists()
    assert not Exclusion.objects.exists()
    held = Session.objects.get(match=match, stage=SessionStage.HELD)
    assert (held.minutes, held.person_note, held.host_note) == (120, "", "")
    assert Offer.objects.get(pk=meeting.offer.pk).limits == ""
    assert ServiceDay.objects.count() == 1
    assert verify_register(register_id).sound
    assert verify() == [] or not list(verify())
    after_all = generativity(crew.coordinator, since=clock.today(), until=until).whole
    assert (after_all.turns, after_all.people) == (before.turns, before.people)


@pytest.mark.parametrize("with_pact", [True, False])
def test_after_an_erasure_plans_pages_and_the_worker_go_on(*, with_pact: bool) -> None:
    meeting, match = a_life(with_pact=with_pact)
    crew = meeting.crew
    if meeting.offer.pact is not None:
        erase(CASE, meeting.offer.pact.case_id, crew.district_id)
    erase(PERSON, meeting.offer.person_id, crew.district_id)
    other = Match.objects.get(stage=MatchStage.PROPOSED)
    each_day()
    each_day()
    other.refresh_from_db()
    meeting.offer.refresh_from_db()
    assert (other.stage, meeting.offer.stage) == (MatchStage.DECLINED, OfferStage.CLOSED)
    plan = make_plan(crew.coordinator, crew.district_id)
    assert plan.placed == 0
    last = last_plan(crew.district_id)
    assert last is not None
    assert not proposals_of(crew.coordinator, last)
    assert Plan.objects.count() == 3
    everywhere = Host(
        meeting.host.actor,
        opportunity_ids=frozenset(Match.objects.values_list("opportunity_id", flat=True)),
    )
    assert MARK not in str(hosted(everywhere))
    turns = turns_of(everywhere, since=clock.today(), until=match.ends_on)
    assert MARK not in str(turns)


def test_a_seat_of_who_was_erased_is_free_again() -> None:
    crew = a_crew()
    offer = a_free_offer(crew)
    place = an_opportunity(crew)
    meeting = Meeting(crew, offer, place, *a_host(crew.worker, place))
    match = an_active_match(meeting)
    erase(PERSON, offer.person_id, crew.district_id)
    each_day()
    match.refresh_from_db()
    assert (match.stage, match.seat) == (MatchStage.INTERRUPTED, None)
    assert not Session.objects.filter(match=match, day__gt=clock.today()).exists()
    after_them = a_free_offer(crew, a_volunteer(crew, "Ada"))
    assert an_active_match(replace(meeting, offer=after_them)).seat == 1
