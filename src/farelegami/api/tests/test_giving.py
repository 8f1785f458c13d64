"""Offers, opportunities, matches, turns and plans: what the pages do, for programs."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from farelegami.access.tests.builders import an_actor
from farelegami.api.tests.builders import Program, a_program
from farelegami.audit.models import Entry
from farelegami.giveback.models import Match, Offer, Session
from farelegami.giveback.services.sessions import begins_at
from farelegami.giveback.tests.builders import (
    Meeting,
    a_free_offer,
    a_host,
    a_host_body,
    a_meeting,
    a_proposal,
    a_volunteer,
    an_active_match,
    an_active_pact,
    an_opportunity,
    first_turn,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.ids import new_id
from farelegami.matching.services.plans import make_plan
from farelegami.pacts.services.living import interrupt
from farelegami.pacts.tests.builders import Crew, a_crew, terms_of

pytestmark = pytest.mark.django_db
TUESDAY = {"weekday": 1, "starts_minute": 840, "ends_minute": 1080}


def an_offer(**changes: Any) -> dict[str, Any]:
    today = clock.today()
    return {
        "weekly_minutes": 240, "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=180)).isoformat(), "slots": [TUESDAY],
    } | changes  # fmt: skip


def a_place(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Mediatrice al corso", "area": "training", "slots": [TUESDAY],
        "municipality_id": "019036", "starts_on": clock.today().isoformat(), "least_minutes": 60,
        "needs": [{"kind": "language", "code": "ar", "level": "b1"}],
    } | changes  # fmt: skip


@pytest.fixture
def crew() -> Crew:
    return a_crew()


@pytest.fixture
def worker(crew: Crew) -> Program:
    return a_program(crew.worker)


def the_host(organisation_id: UUID) -> Program:
    return a_program(an_actor(Role.HOST, organisation_id=organisation_id, name="Ines di prova"))


def changed(program: Program, path: str, act: str = "", sent: Any = None) -> Any:
    tag = program.get(path)["ETag"]
    return program.post(f"{path}{act}", sent, If_Match=tag)


def test_somebody_offers_time_once_and_changes_it(crew: Crew, worker: Program) -> None:
    person = a_volunteer(crew)
    sent = an_offer(person_id=str(person.pk))
    key = {"Idempotency_Key": str(new_id())}
    first, again = worker.post("/offers", sent, **key), worker.post("/offers", sent, **key)
    assert (first.status_code, first.content) == (201, again.content)
    assert Offer.objects.count() == 1
    path = f"/offers/{first.json()['id']}"
    before = Entry.objects.filter(verb="read", purpose="API").count()
    read = worker.get(path)
    assert read.json()["slots"][0]["starts_minute"] == 840
    assert Entry.objects.filter(verb="read", purpose="API").count() == before + 1
    assert worker.post(path, an_offer(weekly_minutes=300)).status_code == 428
    assert changed(worker, path, "", an_offer(weekly_minutes=300)).json()["weekly_minutes"] == 300
    assert worker.post(f"{path}/pause", If_Match=read["ETag"]).status_code == 412
    assert changed(worker, path, "/pause").json()["stage"] == "paused"
    assert worker.get("/offers", stage="paused").json()["rows"][0]["id"] == first.json()["id"]
    assert changed(worker, path, "/resumption").json()["stage"] == "open"
    assert changed(worker, path, "/closing").json()["stage"] == "closed"
    over = changed(worker, path, "/pause")
    assert (over.status_code, over.json()["code"]) == (409, "giveback.offer_over")
    too_much = worker.post("/offers", sent | {"weekly_minutes": 1200})
    assert too_much.json()["facts"] == {"most_minutes": 960}
    nothing = worker.post("/offers", sent | {"slots": [{"starts_minute": 1, "ends_minute": 2}]})
    assert nothing.status_code == 422


def test_a_place_is_sought_for_a_commitment(crew: Crew, worker: Program) -> None:
    pact = an_active_pact(crew)
    sent = an_offer(commitment_key=terms_of(pact).commitments[0].key)
    offer = worker.post(f"/pacts/{pact.pk}/offers", sent)
    assert offer.status_code == 201, offer.content
    assert offer.json()["pact_id"] == str(pact.pk)
    again = worker.post(f"/pacts/{pact.pk}/offers", sent)
    assert again.json()["code"] == "giveback.offered_already"
    stranger = a_program(a_crew().worker)
    assert stranger.get(f"/offers/{offer.json()['id']}").status_code == 404
    assert not stranger.get("/offers").json()["rows"]


def test_a_host_posts_what_is_needed_and_says_that_it_still_is(crew: Crew) -> None:
    body = a_host_body(crew)
    host = the_host(body.pk)
    posted = host.post("/opportunities", a_place(organisation_id=str(body.pk)))
    assert posted.status_code == 201, posted.content
    path = f"/opportunities/{posted.json()['id']}"
    assert changed(host, path, "", a_place(seats=3)).json()["seats"] == 3
    assert changed(host, path, "/pause").json()["stage"] == "paused"
    assert changed(host, path, "/resumption").json()["stage"] == "open"
    assert host.post(f"{path}/confirmation").json()["confirmed_on"] == clock.today().isoformat()
    listed = host.get("/opportunities", area="training", text="media", only_free="true").json()
    assert [row["id"] for row in listed["rows"]] == [posted.json()["id"]]
    for needs, code in (
        ([{"kind": "requirement", "code": "no_such"}], "giveback.need_unknown"),
        ([{"kind": "language", "code": "ar"}] * 2, "giveback.need_twice"),
    ):
        refused = host.post("/opportunities", a_place(organisation_id=str(body.pk), needs=needs))
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert changed(host, path, "/closing").json()["stage"] == "closed"
    other = a_host_body(crew, "Altro ente")
    assert the_host(other.pk).get(path).status_code == 404
    assert host.post("/opportunities", a_place(organisation_id=str(other.pk))).status_code in {
        403, 404,
    }  # fmt: skip


def test_a_match_lives_from_its_proposal_to_its_end(crew: Crew, worker: Program) -> None:
    meeting = a_meeting(crew)
    host = the_host(meeting.opportunity.organisation_id)
    sent = {"offer_id": str(meeting.offer.pk), "slot_id": str(meeting.slot_id)}
    match = worker.post("/matches", sent)
    assert match.status_code == 201, match.content
    again = worker.post("/matches", sent)
    assert (again.status_code, again.json()["code"]) == (409, "giveback.proposed_already")
    match_id = match.json()["id"]
    path, theirs = f"/matches/{match_id}", f"/hosted/people/{match_id}"
    assert host.get("/hosted/people").json()["rows"] == [], "not before the person's yes"
    assert host.post(f"{theirs}/acceptance").status_code == 404
    assert worker.post(f"{path}/acceptance").json()["stage"] == "proposed"
    (row,) = host.get("/hosted/people").json()["rows"]
    assert row["waits_for_host"]
    accepted = host.post(f"{theirs}/acceptance")
    assert accepted.json() == {"id": match_id, "stage": "active"}
    assert [row["id"] for row in worker.get("/matches", stage="active").json()["rows"]] == [
        match_id
    ]
    turns = worker.get(f"{path}/sessions").json()["rows"]
    turn = Session.objects.get(pk=turns[0]["id"])
    early = worker.post(f"/sessions/{turn.pk}/word", {"word": "held", "minutes": 120})
    assert early.json()["code"] == "giveback.not_yet_held"
    assert early.json()["facts"] == {"day": turn.day.isoformat()}
    last = turns[-1]["id"]
    cancelled = host.post(f"/hosted/turns/{last}/cancellation", {"reason": "Scuola chiusa"})
    assert cancelled.json()["stage"] == "cancelled"
    with clock.at(begins_at(turn) + timedelta(hours=3)):
        worker, host = a_program(crew.worker), the_host(meeting.opportunity.organisation_id)
        said = worker.post(f"/sessions/{turn.pk}/word", {"word": "held", "minutes": 120})
        assert said.json()["person_minutes"] == 120
        other = host.post(f"/hosted/turns/{turn.pk}/word", {"word": "held", "minutes": 90})
        assert other.json()["stage"] == "planned"
        assert next(r["is_disputed"] for r in host.get("/hosted/turns").json()["rows"])
        settled = changed(
            worker, f"/sessions/{turn.pk}", "/settlement",
            {"word": "held", "minutes": 105, "settlement": "Sentiti tutti e due"},
        )  # fmt: skip
        assert (settled.json()["stage"], settled.json()["minutes"]) == ("held", 105)
        ended = changed(worker, path, "/interruption", {"by": "person", "reason": "Lavoro"})
        assert (ended.json()["stage"], ended.json()["ended_by"]) == ("interrupted", "person")
        over = changed(worker, path, "/completion", {})
        assert over.json()["code"] == "giveback.match_moved"
    stranger = a_program(a_crew().worker)
    for url in (path, f"{path}/sessions", f"/sessions/{turn.pk}"):
        assert stranger.get(url).status_code == 404


def test_the_last_place_goes_to_one_and_the_other_stays_told(crew: Crew) -> None:
    meeting = a_meeting(crew, with_pact=False)
    first = a_proposal(meeting)
    second = a_free_offer(crew, a_volunteer(crew, "Bea"))
    worker = a_program(crew.worker)
    other = worker.post(
        "/matches", {"offer_id": str(second.pk), "slot_id": str(meeting.slot_id)}
    ).json()["id"]
    for match_id in (first.pk, other):
        worker.post(f"/matches/{match_id}/acceptance")
    host = the_host(meeting.opportunity.organisation_id)
    assert host.post(f"/hosted/people/{first.pk}/acceptance").status_code == 200
    late = host.post(f"/hosted/people/{other}/acceptance")
    assert (late.status_code, late.json()["code"]) == (409, "giveback.places_all_taken")
    assert late["Content-Type"] == "application/problem+json"
    assert Match.objects.get(pk=other).stage == "declined", "it closed the proposal"


def test_a_proposal_for_a_pact_that_ended_closes_and_does_not_say_so(crew: Crew) -> None:
    meeting = a_meeting(crew)
    match = a_proposal(meeting)
    a_program(crew.worker).post(f"/matches/{match.pk}/acceptance")
    assert meeting.offer.pact_id is not None
    interrupt(crew.worker, meeting.offer.pact_id, by="person", reason="Cambia città")
    host = the_host(meeting.opportunity.organisation_id)
    late = host.post(f"/hosted/people/{match.pk}/acceptance")
    assert (late.status_code, late.json()["code"]) == (409, "giveback.no_longer_proposed")
    assert Match.objects.get(pk=match.pk).stage == "declined", "it stays closed"


def test_a_no_costs_nothing(crew: Crew, worker: Program) -> None:
    match = a_proposal(a_meeting(crew))
    assert worker.post(f"/matches/{match.pk}/refusal", {}).json()["declined_by"] == "person"


def test_a_plan_is_made_read_and_decided_upon(crew: Crew, worker: Program) -> None:
    for name in ("Ada", "Bea"):
        a_free_offer(crew, a_volunteer(crew, name))
    body = a_host_body(crew)
    for title in ("Uno", "Due"):
        an_opportunity(crew, body, title=title)
    here = f"/districts/{crew.district_id}"
    assert worker.get(f"{here}/plan").status_code == 404
    made = worker.post(f"{here}/plans")
    assert (made.status_code, made.json()["placed"]) == (201, 2)
    assert worker.get(f"{here}/plan").json()["id"] == made.json()["id"]
    one, other = worker.get(f"{here}/proposals").json()["rows"]
    assert any("martedì" in reason for reason in one["reasons"])
    assert worker.post(f"/proposals/{one['id']}/pin").json()["is_pinned"]
    assert not worker.post(f"/proposals/{one['id']}/unpinning").json()["is_pinned"]
    match = worker.post(f"/proposals/{one['id']}/match")
    assert (match.status_code, match.json()["stage"]) == (201, "proposed")
    assert worker.post(f"/proposals/{one['id']}/match").json()["id"] == match.json()["id"]
    assert worker.post(f"/proposals/{other['id']}/exclusion", {"reason": "x"}).status_code == 201
    assert worker.get(f"{here}/proposals").json()["rows"] == []
    elsewhere = a_program(an_actor(Role.SOCIAL_WORKER, district_id=1802))
    for url in (f"{here}/plan", f"{here}/weights"):
        assert elsewhere.get(url).status_code == 404
    assert elsewhere.post(f"{here}/plans").status_code == 404


def test_weights_are_read_by_all_and_set_by_the_coordinator(crew: Crew, worker: Program) -> None:
    path = f"/districts/{crew.district_id}/weights"
    read = worker.get(path)
    assert read.json()["placed"] == 10
    assert worker.post(path, {"travel": 9}, If_Match=read["ETag"]).status_code == 404
    coordinator = a_program(crew.coordinator)
    assert changed(coordinator, path, "", {"travel": 9}).json()["travel"] == 9
    assert coordinator.post(path, {"travel": 8}, If_Match=read["ETag"]).status_code == 412
    assert coordinator.post(path, {"travel": 11}, If_Match="*").status_code == 422


def test_a_proposal_of_a_pact_is_not_there_for_others(crew: Crew) -> None:
    meeting = a_meeting(crew)
    make_plan(crew.worker, crew.district_id)
    stranger = a_program(a_crew().worker)
    assert stranger.get(f"/districts/{crew.district_id}/proposals").json()["rows"] == []
    (row,) = a_program(crew.worker).get(f"/districts/{crew.district_id}/proposals").json()["rows"]
    assert row["offer_id"] == str(meeting.offer.pk)
    assert stranger.post(f"/proposals/{row['id']}/pin").status_code == 404


def test_a_turn_of_another_host_is_not_there(crew: Crew) -> None:
    meeting = a_meeting(crew)
    turn = first_turn(an_active_match(meeting))
    other = the_host(a_host_body(crew, "Altro ente").pk)
    assert other.get("/hosted/turns").json()["rows"] == []
    assert other.post(f"/hosted/turns/{turn.pk}/word", {"word": "excused"}).status_code == 404


def test_a_day_that_cannot_be_meant_is_refused_in_words(crew: Crew, worker: Program) -> None:
    gone = (clock.today() - timedelta(days=1)).isoformat()
    once = {"on": gone, "starts_minute": 840, "ends_minute": 1080}
    offer = an_offer(person_id=str(a_volunteer(crew).pk))
    place = a_place(organisation_id=str(a_host_body(crew).pk))
    for path, sent, code in (
        ("/offers", offer | {"slots": [once]}, "giveback.slot_in_the_past"),
        ("/opportunities", place | {"slots": [once]}, "giveback.slot_in_the_past"),
        ("/offers", offer | {"starts_on": "1900-01-01"}, "volunteering.day_outside"),
        ("/offers", offer | {"ends_on": "2199-12-31"}, "volunteering.day_outside"),
        ("/opportunities", place | {"ends_on": "2199-12-31"}, "volunteering.day_outside"),
        ("/opportunities", place | {"starts_on": "2199-12-31"}, "volunteering.day_outside"),
    ):
        answer = worker.post(path, sent)
        assert (answer.status_code, answer.json()["code"]) == (409, code), path
        assert "%(" not in answer.json()["detail"]
        assert answer.json()["facts"]


def test_a_program_that_begins_what_is_over_is_told_so_and_the_seat_is_free(crew: Crew) -> None:
    body = a_host_body(crew, insured=False)
    place = an_opportunity(crew, body, ends_on=clock.today() + timedelta(days=30))
    host, token = a_host(crew.worker, place)
    match = an_active_match(Meeting(crew, a_free_offer(crew), place, host, token))
    with clock.at(clock.now() + timedelta(days=70)):
        answer = changed(a_program(crew.worker), f"/matches/{match.pk}", "/start")
    assert (answer.status_code, answer.json()["code"]) == (409, "giveback.proposal_over")
    match.refresh_from_db()
    assert (match.stage, match.seat) == ("interrupted", None)
