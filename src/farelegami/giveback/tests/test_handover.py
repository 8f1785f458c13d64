"""A case passes on while somebody has a place: to a colleague, or to another district."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from farelegami.cases.rules.phases import PhaseRefused
from farelegami.cases.services.handovers import Passage, accept_handover, propose_handover
from farelegami.cases.services.messages import PROPOSED
from farelegami.cases.tests.builders import CREMA, a_coordinator, a_worker
from farelegami.cases.tests.test_transfers import deliver_all, reached, take
from farelegami.giveback.models import Offer, Session
from farelegami.giveback.queries.people import (
    asked_of,
    match_file,
    matches_page,
    offers_page,
)
from farelegami.giveback.queries.sight import visible_matches, visible_sessions
from farelegami.giveback.rules.matches import MatchStage
from farelegami.giveback.services.going_on import go_on_freely
from farelegami.giveback.tests.builders import a_meeting, an_active_match
from farelegami.giveback.tests.test_staff_pages import signed_in
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.outbox.models import Event
from farelegami.pacts.services.living import interrupt

pytestmark = pytest.mark.django_db


def passage(**to: object) -> Passage:
    deadline = clock.today() + timedelta(days=14)
    return Passage(reason="Si trasferisce", basis="accordo 3/2026", deadline=deadline, **to)


def sees(actor: Actor) -> tuple[int, int, int]:
    """How many offers, matches and turns somebody sees."""
    return (
        len(offers_page(actor, stage="").rows),
        visible_matches(actor).count(),
        visible_sessions(actor).count(),
    )


def test_a_family_in_a_pact_does_not_pass_to_another_district_with_its_place() -> None:
    meeting = a_meeting()
    an_active_match(meeting)
    a_worker(CREMA)
    assert meeting.offer.pact is not None
    with pytest.raises(PhaseRefused):
        propose_handover(
            meeting.crew.worker, meeting.offer.pact.case_id, passage(to_district_id=CREMA)
        )


def test_after_the_pact_the_place_stays_with_the_district_that_gave_it() -> None:
    meeting = a_meeting()
    match = an_active_match(meeting)
    worker, bruno = meeting.crew.worker, a_worker(CREMA, name="Bruno Prova")
    assert meeting.offer.pact is not None
    case_id = meeting.offer.pact.case_id
    turns = Session.objects.filter(match=match).count()
    interrupt(worker, meeting.offer.pact_id, by="family", reason="Si trasferisce")
    handover = propose_handover(worker, case_id, passage(to_district_id=CREMA))
    deliver_all()
    told = str(Event.objects.get(topic=PROPOSED).payload)
    assert meeting.opportunity.title not in told
    reached(bruno, handover.pk)
    take(bruno, handover.pk)
    deliver_all()
    match.refresh_from_db()
    assert match.stage == MatchStage.ACTIVE
    for there in (bruno, a_coordinator(CREMA)):
        assert sees(there) == (0, 0, 0)
        assert match_file(there, match.pk) is None
        page = reverse("giveback:opportunity", args=[meeting.opportunity.pk])
        assert signed_in(there).get(page).status_code == 404
    for here in (worker, meeting.crew.coordinator):
        assert sees(here) == (1, 1, turns)
    # The case is closed: whoever followed it still decides about the place.
    assert [one.match_id for one in asked_of(worker)] == [match.pk]
    home = signed_in(worker).get(reverse("desk:home")).content.decode()
    assert reverse("giveback:match", args=[match.pk]) in home
    goes_on = go_on_freely(worker, match.pk, until=clock.today() + timedelta(days=90))
    assert goes_on.stage == MatchStage.ACTIVE
    assert Offer.objects.get(pk=goes_on.offer_id).district_id == meeting.crew.district_id


def test_a_colleague_who_takes_the_case_over_follows_the_place_too() -> None:
    meeting = a_meeting()
    match = an_active_match(meeting)
    worker, colleague = meeting.crew.worker, a_worker(name="Marta Prova")
    assert meeting.offer.pact is not None
    case_id = meeting.offer.pact.case_id
    handover = propose_handover(worker, case_id, passage(to_account_id=colleague.account_id))
    assert sees(colleague) == (0, 0, 0)
    accept_handover(colleague, handover.pk)
    assert sees(worker) == (0, 0, 0)
    assert [one.pk for one in matches_page(colleague).rows] == [match.pk]
    interrupt(colleague, meeting.offer.pact_id, by="family", reason="Via")
    assert [one.match_id for one in asked_of(colleague)] == [match.pk]
    assert not asked_of(worker)
