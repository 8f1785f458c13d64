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
from farelegami.giveback.models import Match, Session
from farelegami.giveback.queries.sight import token_of
from farelegami.giveback.rules.matches import MatchStage
from farelegami.giveback.rules.opportunities import ASK_AGAIN_AFTER, OpportunityStage
from farelegami.giveback.rules.sessions import Said, SessionStage, Word
from farelegami.giveback.services.matches import Proposal, accept_as_person, propose
from farelegami.giveback.services.opportunities import revoke_link
from farelegami.giveback.services.sessions import Report, begins_at, say_as_person
from farelegami.giveback.tests.builders import (
    Meeting,
    a_free_offer,
    a_meeting,
    a_proposal,
    a_volunteer,
    an_active_match,
    first_turn,
    minutes,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.ledger.queries import balances
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.tests.builders import a_crew

pytestmark = pytest.mark.django_db
AFTER = timedelta(hours=3)


def address(meeting: Meeting, page: str = "", *rest: Any) -> str:
    name = f"giveback:host_{page}" if page else "giveback:host"
    return reverse(name, args=[meeting.token, *rest])


def signed_in_as_host(client: Client, meeting: Meeting) -> None:
    body = meeting.opportunity.organisation_id
    actor = an_actor(Role.HOST, organisation_id=body, name="Ines di prova")
    account = Account.objects.get(pk=actor.account_id)
    client.force_login(account, "farelegami.access.backends.AccountBackend")


def confirmed(meeting: Meeting) -> int:
    purse = meeting.offer.pact_id or meeting.offer.pk
    return balances([purse])[purse][Purse.CONFIRMED]


@pytest.fixture
def meeting() -> Meeting:
    return a_meeting()


def test_a_host_says_yes_without_an_account(client: Client, meeting: Meeting) -> None:
    match = a_proposal(meeting)
    assert meeting.offer.person.given_name not in client.get(address(meeting)).content.decode()
    accept_as_person(meeting.crew.worker, match.pk)
    assert meeting.offer.person.given_name in client.get(address(meeting)).content.decode()
    for _twice in range(2):
        answer = client.post(address(meeting, "answer", match.pk), {"answer": "yes"}, follow=True)
        assert answer.status_code == 200
    match.refresh_from_db()
    assert match.stage == MatchStage.ACTIVE
    assert "sessionid" not in client.cookies


def test_not_this_time_needs_no_reason(client: Client, meeting: Meeting) -> None:
    match = a_proposal(meeting)
    accept_as_person(meeting.crew.worker, match.pk)
    client.post(address(meeting, "answer", match.pk), {"answer": "no"})
    match.refresh_from_db()
    assert match.stage == MatchStage.DECLINED


def test_who_comes_second_is_told_kindly(client: Client) -> None:
    crew = a_crew()
    meeting = a_meeting(crew, with_pact=False)
    first = a_proposal(meeting)
    second = propose(
        crew.worker, Proposal(a_free_offer(crew, a_volunteer(crew, "Zoe")).pk, meeting.slot_id)
    )
    for match in (first, second):
        accept_as_person(crew.worker, match.pk)
        answer = client.post(address(meeting, "answer", match.pk), {"answer": "yes"}, follow=True)
    assert "già tutti presi" in answer.content.decode()


def test_a_turn_past_is_confirmed_with_one_tap_and_counts_once(
    client: Client, meeting: Meeting
) -> None:
    turn = first_turn(an_active_match(meeting))
    say = {"turn": f"{turn.pk}/120"}
    with clock.at(begins_at(turn) + AFTER):
        say_as_person(meeting.crew.worker, turn.pk, Report(Said(Word.HELD, minutes(120))))
        for _twice in range(2):
            assert client.post(address(meeting, "confirm"), say).status_code == 302
    turn.refresh_from_db()
    assert turn.stage == SessionStage.HELD
    assert turn.host_name == "Luca di prova"
    assert confirmed(meeting) == 120


def test_several_turns_are_confirmed_at_once(client: Client, meeting: Meeting) -> None:
    match = an_active_match(meeting)
    turns = list(Session.objects.filter(match=match).order_by("day")[:3])
    with clock.at(begins_at(turns[-1]) + AFTER):
        page = client.get(address(meeting)).content.decode()
        assert "Confermo tutti e 3" in page
        client.post(address(meeting, "confirm"), {"turn": [f"{each.pk}/120" for each in turns]})
    assert set(
        Session.objects.filter(pk__in=[each.pk for each in turns]).values_list(
            "host_word", "host_minutes"
        )
    ) == {("held", 120)}


@pytest.mark.parametrize(
    "said", ["", "nonsense", "{id}", "{id}/", "{id}/x", "{id}/99999", "{id}/²"]
)
def test_what_no_page_of_ours_sends_confirms_nothing(
    client: Client, meeting: Meeting, said: str
) -> None:
    turn = first_turn(an_active_match(meeting))
    with clock.at(begins_at(turn) + AFTER):
        answer = client.post(address(meeting, "confirm"), {"turn": said.format(id=turn.pk)})
    assert answer.status_code == 302
    turn.refresh_from_db()
    assert turn.host_word == ""


def test_another_length_is_said_with_a_word(client: Client, meeting: Meeting) -> None:
    turn = first_turn(an_active_match(meeting))
    url = address(meeting, "turn", turn.pk)
    with clock.at(begins_at(turn) + AFTER):
        assert client.get(url).status_code == 200
        assert client.post(url, {"word": "held", "minutes": ""}).status_code == 422
        assert client.post(url, {"word": "held", "minutes": "due"}).status_code == 422
        assert client.post(url, {"word": "danced", "minutes": "2"}).status_code == 422
        assert client.post(url, {"word": "held", "minutes": "1:30"}).status_code == 302
        assert client.post(url, {"word": "held", "minutes": "1:45"}).status_code == 422
    turn.refresh_from_db()
    assert (turn.host_word, turn.host_minutes) == ("held", 90)


def test_a_turn_to_come_is_cancelled_with_a_reason(client: Client, meeting: Meeting) -> None:
    turn = first_turn(an_active_match(meeting))
    url = address(meeting, "cancel", turn.pk)
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "Scuola chiusa"}).status_code == 302
    turn.refresh_from_db()
    assert turn.stage == SessionStage.CANCELLED


def test_what_changed_for_others_is_asked_once(client: Client, meeting: Meeting) -> None:
    match = an_active_match(meeting)
    turn = first_turn(match)
    question = "Una domanda sola"
    with clock.at(begins_at(turn) + AFTER):
        assert question not in client.get(address(meeting)).content.decode()
        say_as_person(meeting.crew.worker, turn.pk, Report(Said(Word.HELD, minutes(120))))
        client.post(address(meeting, "confirm"), {"turn": f"{turn.pk}/120"})
        assert question in client.get(address(meeting)).content.decode()
        url = address(meeting, "changed", match.pk)
        for reached in ("-1", "tanti", "9000000000"):
            wrong = client.post(url, {"words": "Ora ridono", "reached_people": reached})
            assert wrong.status_code == 422
            assert f'value="{reached}"' in wrong.content.decode()
        client.post(url, {"words": "Ora ridono", "reached_people": "14"})
        assert question not in client.get(address(meeting)).content.decode()
    match.refresh_from_db()
    assert (match.changed_for_others, match.reached_people) == ("Ora ridono", 14)
    assert meeting.offer.pact is not None
    assert meeting.offer.pact.hours.get().changed_for_others == "Ora ridono"


def test_after_two_months_a_host_is_asked_whether_the_need_is_still_there(
    client: Client, meeting: Meeting
) -> None:
    with clock.at(clock.now() + ASK_AGAIN_AFTER):
        assert "Serve ancora qualcuno?" in client.get(address(meeting)).content.decode()
        client.post(address(meeting, "needed"), {"still": "yes"})
        assert "Serve ancora qualcuno?" not in client.get(address(meeting)).content.decode()
    for _twice in range(2):
        assert client.post(address(meeting, "needed"), {"still": "no"}).status_code == 302
    meeting.opportunity.refresh_from_db()
    assert meeting.opportunity.stage == OpportunityStage.CLOSED


def test_the_sheet_is_printed_and_typed_in(client: Client, meeting: Meeting) -> None:
    match = an_active_match(meeting)
    first, second = list(Session.objects.filter(match=match).order_by("day")[:2])
    assert (
        meeting.offer.person.family_name in client.get(address(meeting, "sheet")).content.decode()
    )
    url = address(meeting, "typing")
    with clock.at(begins_at(second) + AFTER):
        assert client.get(url).status_code == 200
        rows = {f"{first.pk.hex}-word": "held", f"{first.pk.hex}-minutes": "boh"}
        assert client.post(url, rows).status_code == 422
        first.refresh_from_db()
        assert first.host_word == ""
        rows |= {f"{first.pk.hex}-minutes": "1:30", f"{second.pk.hex}-word": "absent"}
        for _twice in range(2):
            assert client.post(url, rows).status_code == 302
    words = Session.objects.filter(match=match).order_by("day").values_list("host_word", flat=True)
    assert list(words[:2]) == ["held", "absent"]


@pytest.mark.parametrize("what", ["nonsense", "revoked", "expired"])
def test_an_address_that_opens_no_more_says_whom_to_ask(
    client: Client, meeting: Meeting, what: str
) -> None:
    link, now = meeting.opportunity.links.get(), clock.now()
    token = "nonsense" if what == "nonsense" else token_of(link)
    if what == "revoked":
        revoke_link(meeting.crew.worker, meeting.opportunity.pk, link.pk)
    if what == "expired":
        now += timedelta(days=500)
    with clock.at(now):
        answer = client.get(reverse("giveback:host", args=[token]))
        sent = client.post(reverse("giveback:host_needed", args=[token]), {"still": "no"})
    assert answer.status_code == sent.status_code == 404
    assert "Chiedine un altro" in answer.content.decode()


def test_a_page_by_link_is_kept_and_found_by_nobody(client: Client, meeting: Meeting) -> None:
    answer = client.get(address(meeting))
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_link_opens_nothing_of_another_place(client: Client, meeting: Meeting) -> None:
    other = a_meeting(meeting.crew, with_pact=False)
    match = an_active_match(other)
    turn = first_turn(match)
    for page, row in (("turn", turn), ("cancel", turn)):
        assert client.get(address(meeting, page, row.pk)).status_code == 404
    for page in ("answer", "changed"):
        assert client.post(address(meeting, page, match.pk), {"words": "x"}).status_code == 404
    with clock.at(begins_at(turn) + AFTER):
        client.post(address(meeting, "confirm"), {"turn": f"{turn.pk}/120"})
    turn.refresh_from_db()
    assert turn.host_word == ""


def test_a_referent_with_an_account_sees_the_same_for_their_own_body_alone(
    client: Client, meeting: Meeting
) -> None:
    match = a_proposal(meeting)
    accept_as_person(meeting.crew.worker, match.pk)
    signed_in_as_host(client, meeting)
    assert meeting.opportunity.title in client.get("/ente/").content.decode()
    place = reverse("giveback:place", args=[meeting.opportunity.pk])
    assert "Va bene" in client.get(place).content.decode()
    other = a_meeting(meeting.crew, with_pact=False)
    assert client.get(reverse("giveback:place", args=[other.opportunity.pk])).status_code == 404
    url = reverse("giveback:place_answer", args=[meeting.opportunity.pk, match.pk])
    assert client.post(url, {"answer": "yes"}).status_code == 302
    match.refresh_from_db()
    assert match.stage == MatchStage.ACTIVE


def test_a_host_s_pages_cost_the_same_for_every_number_of_turns(client: Client) -> None:
    with clock.at(clock.now() - timedelta(days=30)):
        meeting = a_meeting(with_pact=False)
        match = an_active_match(meeting)
    first = first_turn(match)
    signed_in_as_host(client, meeting)
    pages = [address(meeting), address(meeting, "typing"), address(meeting, "sheet"), "/ente/"]
    costs: dict[str, set[int]] = {page: set() for page in pages}
    for many in (0, 24, 75):
        Session.objects.bulk_create(
            Session(
                district_id=match.district_id,
                match=match,
                day=first.day,
                starts=many * 10 + number,
                ends=1430,
            )
            for number in range(many)
        )
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(page).status_code == 200
            costs[page].add(len(seen))
    assert all(len(each) == 1 for each in costs.values()), costs


def test_words_too_long_stay_on_the_page_and_it_is_said(client: Client) -> None:
    meeting, match = a_turn_confirmed(client)
    url = reverse("giveback:host_changed", args=[meeting.token, match.pk])
    long = "Ora ridono tutti. " * 120
    with clock.at(begins_at(first_turn(match)) + AFTER):
        page = client.post(url, {"words": long})
        told = page.content.decode()
        assert page.status_code == 422
        assert "ne entrano 2000" in told
        assert long.strip() in told
        match.refresh_from_db()
        assert match.changed_asked_at is None
        assert client.post(url, {"words": "Ora ridono"}).status_code == 302
        match.refresh_from_db()
        assert match.changed_for_others == "Ora ridono"


def test_who_would_rather_not_say_is_not_kept_by_what_was_typed(client: Client) -> None:
    meeting, match = a_turn_confirmed(client)
    url = reverse("giveback:host_changed", args=[meeting.token, match.pk])
    assert client.post(url, {"words": "x" * 3000, "no": "1"}).status_code == 302
    match.refresh_from_db()
    assert match.changed_asked_at is not None


def a_turn_confirmed(client: Client) -> tuple[Meeting, Match]:
    meeting = a_meeting(with_pact=False)
    match = an_active_match(meeting)
    turn = first_turn(match)
    with clock.at(begins_at(turn) + AFTER):
        said = f"{turn.pk}/{turn.planned_minutes}"
        client.post(reverse("giveback:host_confirm", args=[meeting.token]), {"turn": said})
    return meeting, match
