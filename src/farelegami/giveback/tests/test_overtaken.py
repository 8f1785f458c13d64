"""What was proposed is answered later: meanwhile the world has moved on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from farelegami.giveback.forms.opportunities import SlotForm, typed_slot
from farelegami.giveback.forms.staff import LinkForm
from farelegami.giveback.models import Session
from farelegami.giveback.queries.waiting import Taken, papers_in, waiting_in
from farelegami.giveback.rules.matches import MatchStage, NotOpen, ProposalOver
from farelegami.giveback.rules.needs import Need, NeedKind, Requirement
from farelegami.giveback.rules.opportunities import OpportunityOver, OpportunityStage
from farelegami.giveback.rules.slots import DAY_MINUTES, Slot
from farelegami.giveback.services.matches import accept_as_host, accept_as_person
from farelegami.giveback.services.offers import see_requirement
from farelegami.giveback.services.opportunities import change_opportunity, close_opportunity
from farelegami.giveback.tests.builders import (
    a_meeting,
    a_proposal,
    a_volunteer,
    an_active_match,
    an_opportunity_draft,
)
from farelegami.kernel import clock
from farelegami.pacts.services.living import interrupt
from farelegami.people.rules.privacy import Restricted
from farelegami.people.services.merging import merge_people
from farelegami.people.services.restricting import restrict_person

pytestmark = pytest.mark.django_db
LATER = Slot(3, 9 * 60, 11 * 60)


def test_a_proposal_closes_when_its_time_was_taken_out_meanwhile() -> None:
    meeting = a_meeting()
    match = a_proposal(meeting)
    draft = an_opportunity_draft(slots=[LATER])
    change_opportunity(meeting.crew.worker, meeting.opportunity.pk, draft)
    with pytest.raises(ProposalOver):
        accept_as_person(meeting.crew.worker, match.pk)
    match.refresh_from_db()
    assert match.stage == MatchStage.DECLINED
    assert match.person_accepted_at is None


def test_a_proposal_closes_when_its_place_was_closed_meanwhile() -> None:
    meeting = a_meeting()
    match = a_proposal(meeting)
    accept_as_person(meeting.crew.worker, match.pk)
    close_opportunity(meeting.crew.worker, meeting.opportunity.pk)
    with pytest.raises(OpportunityOver):
        accept_as_host(meeting.host, match.pk)
    assert not Session.objects.filter(match=match).exists()


def test_nobody_begins_for_a_pact_that_has_ended(client: Client) -> None:
    meeting = a_meeting()
    match = a_proposal(meeting)
    accept_as_person(meeting.crew.worker, match.pk)
    interrupt(meeting.crew.worker, meeting.offer.pact_id, by="person", reason="Cambia città")
    url = reverse("giveback:host_answer", args=[meeting.token, match.pk])
    page = client.post(url, {"answer": "yes"}, follow=True).content.decode()
    match.refresh_from_db()
    assert match.stage == MatchStage.DECLINED
    assert "vi proponiamo un’altra persona" in page
    assert "patto" not in page


def test_who_offered_for_a_pact_that_has_ended_waits_no_more() -> None:
    meeting = a_meeting()
    today, district = clock.today(), meeting.offer.district_id
    assert [one.offer_id for one in waiting_in(district, today, Taken())] == [meeting.offer.pk]
    interrupt(meeting.crew.worker, meeting.offer.pact_id, by="person", reason="Cambia città")
    assert not waiting_in(district, today, Taken())
    with pytest.raises(NotOpen):
        a_proposal(meeting)


def test_nothing_is_proposed_after_the_day_it_was_for() -> None:
    day = clock.today() + timedelta(days=2)
    meeting = a_meeting(with_pact=False, slots=[Slot(day.weekday(), 900, 1020, day)])
    with clock.at(clock.now() + timedelta(days=3)), pytest.raises(NotOpen):
        a_proposal(meeting)
    with clock.at(clock.now() + timedelta(days=200)), pytest.raises(NotOpen):
        a_proposal(replace(a_meeting(with_pact=False), offer=meeting.offer))


def test_a_proposal_for_a_day_gone_by_closes() -> None:
    day = clock.today() + timedelta(days=2)
    meeting = a_meeting(with_pact=False, slots=[Slot(day.weekday(), 900, 1020, day)])
    match = a_proposal(meeting)
    with clock.at(clock.now() + timedelta(days=3)), pytest.raises(ProposalOver):
        accept_as_person(meeting.crew.worker, match.pk)


def test_nobody_answers_for_a_person_whose_data_are_left_as_they_are() -> None:
    meeting = a_meeting()
    match = a_proposal(meeting)
    restrict_person(meeting.crew.worker, match.person_id)
    with pytest.raises(Restricted):
        accept_as_person(meeting.crew.worker, match.pk)
    match.refresh_from_db()
    assert match.stage == MatchStage.PROPOSED


def test_a_page_sent_without_its_answer_closes_nothing(client: Client) -> None:
    meeting = a_meeting()
    match = a_proposal(meeting)
    accept_as_person(meeting.crew.worker, match.pk)
    answer = reverse("giveback:host_answer", args=[meeting.token, match.pk])
    needed = reverse("giveback:host_needed", args=[meeting.token])
    for url in (answer, needed):
        assert client.post(url).status_code == 404
    match.refresh_from_db()
    meeting.opportunity.refresh_from_db()
    assert match.stage == MatchStage.PROPOSED
    assert meeting.opportunity.stage == OpportunityStage.OPEN


def test_a_stretch_until_midnight_is_shown_as_it_was_said() -> None:
    slot = Slot(1, 22 * 60, DAY_MINUTES)
    typed = typed_slot(slot)
    shown = {**typed, "starts": f"{typed['starts']:%H:%M}", "ends": f"{typed['ends']:%H:%M}"}
    form = SlotForm(shown)
    assert form.is_valid()
    assert form.slot() == slot


def test_an_address_longer_than_its_column_is_said_on_the_form() -> None:
    long = f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.it"
    assert "email" in LinkForm({"name": "Luca di prova", "email": long}).errors


def test_of_two_registrations_joined_the_paper_in_force_counts() -> None:
    asks = [Need(NeedKind.REQUIREMENT, Requirement.FOOD_HYGIENE.value)]
    meeting = a_meeting(with_pact=False, needs=asks)
    worker, today = meeting.crew.worker, clock.today()
    twin = a_volunteer(meeting.crew, "Rita Maria")
    for person_id, ends in ((meeting.offer.person_id, 5), (twin.pk, 500)):
        see_requirement(
            worker,
            person_id,
            Requirement.FOOD_HYGIENE,
            seen_on=today,
            expires_on=today + timedelta(days=ends),
        )
    merge_people(worker, meeting.offer.person_id, twin.pk, reason="La stessa persona")
    with clock.at(clock.now() + timedelta(days=30)):
        held = papers_in(meeting.offer.district_id, clock.today())
        assert Requirement.FOOD_HYGIENE in held[meeting.offer.person_id]
        assert an_active_match(meeting).stage == MatchStage.ACTIVE
