from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.access.tests.builders import an_actor
from farelegami.cases.tests.builders import TOWNS
from farelegami.giveback.models import HeldRequirement, Match, Offer
from farelegami.giveback.rules.matches import MatchStage
from farelegami.giveback.rules.needs import Need, NeedKind, Requirement
from farelegami.giveback.rules.sessions import Said, SessionStage, Word
from farelegami.giveback.services.matches import accept_as_host
from farelegami.giveback.services.sessions import Report, say_as_host, say_as_person
from farelegami.giveback.tests.builders import (
    a_free_offer,
    a_meeting,
    a_proposal,
    a_volunteer,
    an_active_match,
    an_active_pact,
    an_opportunity,
    first_turn,
    minutes,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.pacts.tests.builders import a_crew, terms_of
from farelegami.people.rules.weeks import Answer, Band, week_of
from farelegami.people.services.capabilities import set_availability

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    account = Account.objects.get(pk=actor.account_id)
    client.force_login(account, "farelegami.access.backends.AccountBackend")
    return client


def typed(**more: Any) -> dict[str, Any]:
    today = clock.today()
    return {
        "weekly_minutes": "2",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=90)).isoformat(),
        "travel_minutes": "20",
        "places": "1",
        "transport": ["on_foot"],
        "fields_liked": ["art"],
        "orari-TOTAL_FORMS": "1",
        "orari-INITIAL_FORMS": "0",
        "orari-0-weekday": "1",
        "orari-0-starts": "14:00",
        "orari-0-ends": "18:00",
        "orari-0-perhaps": "on",
        **more,
    }


def test_a_place_is_sought_for_a_commitment_from_what_the_file_says() -> None:
    crew = a_crew()
    pact = an_active_pact(crew)
    commitment = terms_of(pact).commitments[0]
    week = week_of([(1, Band.AFTERNOON, Answer.YES), (3, Band.EVENING, Answer.MAYBE)])
    set_availability(crew.worker, commitment.person_id, week)
    client = signed_in(crew.worker)
    url = reverse("giveback:offer_for_commitment", args=[pact.pk, commitment.key])
    assert url in client.get(reverse("pacts:pact", args=[pact.pk])).content.decode()
    page = client.get(url).content.decode()
    assert 'value="15:00"' in page
    assert 'value="18:00"' in page
    assert client.post(url, typed(weekly_minutes="20")).status_code == 422
    assert (
        client.post(url, typed(**{"orari-0-weekday": "", "orari-0-starts": "x"})).status_code == 422
    )
    assert client.post(url, typed(**{"orari-TOTAL_FORMS": "0"})).status_code == 422
    assert client.post(url, typed()).status_code == 302
    offer = Offer.objects.get()
    assert (offer.pact_id, offer.commitment_key) == (pact.pk, commitment.key)
    assert not offer.slots.get().is_certain
    assert client.get(url)["Location"] == reverse("giveback:offer", args=[offer.pk])
    assert client.get(url.replace(commitment.key, "nothing")).status_code == 404


def test_a_volunteer_offers_time_and_the_offer_is_changed_paused_and_closed() -> None:
    crew = a_crew()
    person, client = a_volunteer(crew), signed_in(crew.worker)
    url = reverse("giveback:offer_freely", args=[person.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, typed(ends_on="2020-01-01")).status_code == 422
    assert client.post(url, typed()).status_code == 302
    offer = Offer.objects.get()
    page = reverse("giveback:offer", args=[offer.pk])
    assert client.get(page).status_code == 200
    assert page in client.get(reverse("desk:person_ties", args=[person.pk])).content.decode()
    change = reverse("giveback:offer_change", args=[offer.pk])
    assert client.get(change).status_code == 200
    assert (
        client.post(change, typed(wish="Cucinare", **{"orari-INITIAL_FORMS": "1"})).status_code
        == 302
    )
    act = reverse("giveback:offer_act", args=[offer.pk])
    for what, stage in (("pause", "paused"), ("resume", "open"), ("close", "closed")):
        assert client.post(act, {"act": what}).status_code == 302
        offer.refresh_from_db()
        assert (offer.stage, offer.wish) == (stage, "Cucinare")
    assert client.post(act, {"act": "explode"}).status_code == 404


def test_a_place_is_proposed_by_hand_once() -> None:
    crew = a_crew()
    offer, place = a_free_offer(crew), an_opportunity(crew)
    client, url = signed_in(crew.worker), reverse("giveback:propose", args=[offer.pk])
    page = client.get(f"{url}?testo=mediatrice").content.decode()
    slot = place.slots.get()
    assert str(slot.pk) in page
    once = page.split('name="once" value="')[1].split('"')[0]
    for _twice in range(2):
        answer = client.post(url, {"slot_id": slot.pk, "once": once})
        assert answer.status_code == 302
    match = Match.objects.get()
    assert client.post(url, {"slot_id": slot.pk}).status_code == 422
    assert client.post(url, {"slot_id": "x"}).status_code == 422
    assert client.post(url, {"slot_id": offer.pk}).status_code == 404
    assert client.get(reverse("giveback:match", args=[match.pk])).status_code == 200


def test_a_match_is_answered_for_the_person_and_started_when_the_paper_is_seen() -> None:
    meeting = a_meeting(
        with_pact=False, needs=[Need(NeedKind.REQUIREMENT, Requirement.FOOD_HYGIENE.value)]
    )
    match = a_proposal(meeting)
    client = signed_in(meeting.crew.worker)
    page = reverse("giveback:match", args=[match.pk])
    answer = reverse("giveback:match_answer", args=[match.pk])
    assert client.post(answer, {"answer": "yes"})["Location"] == page
    accept_as_host(meeting.host, match.pk)
    assert "attestato HACCP" in client.get(page).content.decode()
    start = reverse("giveback:match_start", args=[match.pk])
    assert "manca un documento" in client.post(start, follow=True).content.decode()
    paper = reverse("giveback:paper", args=[match.person_id])
    seen = {"requirement": "food_hygiene", "seen_on": clock.today().isoformat()}
    assert client.get(paper).status_code == 200
    assert client.post(paper, seen | {"expires_on": "2020-01-01"}).status_code == 422
    assert client.post(paper, seen | {"requirement": "magic"}).status_code == 422
    assert client.post(paper, seen).status_code == 302
    assert HeldRequirement.objects.count() == 1
    client.post(start)
    match.refresh_from_db()
    assert match.stage == MatchStage.ACTIVE


def test_a_proposal_is_withdrawn_with_a_word_why() -> None:
    meeting = a_meeting()
    match = a_proposal(meeting)
    client = signed_in(meeting.crew.worker)
    url = reverse("giveback:match_withdraw", args=[match.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Ha cambiato casa"}).status_code == 302
    match.refresh_from_db()
    assert match.stage == MatchStage.DECLINED


def test_two_words_wait_on_the_scrivania_and_are_settled() -> None:
    with clock.at(clock.now() - timedelta(days=30)):
        meeting = a_meeting()
        turn = first_turn(an_active_match(meeting))
    say_as_person(meeting.crew.worker, turn.pk, Report(Said(Word.HELD, minutes(120))))
    say_as_host(meeting.host, turn.pk, Report(Said(Word.HELD, minutes(60))))
    client = signed_in(meeting.crew.worker)
    assert "due parole diverse" in client.get(reverse("desk:home")).content.decode()
    url = reverse("giveback:turn_settle", args=[turn.pk])
    assert "La persona dice: 2" in client.get(url).content.decode()
    assert client.post(url, {"word": "held", "minutes": "1:30"}).status_code == 422
    told = {"word": "held", "minutes": "1:30", "settlement": "Sentiti tutti e due"}
    assert client.post(url, told).status_code == 302
    assert client.post(url, told).status_code == 422
    assert "due parole diverse" not in client.get(reverse("desk:home")).content.decode()
    turn.refresh_from_db()
    assert (turn.stage, turn.minutes) == (SessionStage.HELD, 90)


def test_turns_are_told_and_cancelled_and_the_match_ends() -> None:
    meeting = a_meeting()
    match = an_active_match(meeting)
    first, second = match.sessions.order_by("day")[:2]
    client = signed_in(meeting.crew.worker)
    cancel = reverse("giveback:turn_cancel", args=[second.pk])
    assert client.get(cancel).status_code == 200
    assert client.post(cancel, {"reason": ""}).status_code == 422
    assert client.post(cancel, {"reason": "Festa"}).status_code == 302
    word = reverse("giveback:turn_word", args=[first.pk])
    assert client.get(word).status_code == 200
    assert client.post(word, {"word": "held", "minutes": "2"}).status_code == 422
    assert client.post(word, {"word": "excused"}).status_code == 302
    first.refresh_from_db()
    assert first.stage == SessionStage.EXCUSED
    interrupt = reverse("giveback:match_interrupt", args=[match.pk])
    assert client.get(interrupt).status_code == 200
    assert client.post(interrupt, {"by": "nobody", "reason": "x"}).status_code == 422
    assert client.post(interrupt, {"by": "person", "reason": "Un lavoro"}).status_code == 302
    complete = reverse("giveback:match_complete", args=[match.pk])
    assert client.get(complete).status_code == 200
    assert client.post(complete, {}).status_code == 422
    match.refresh_from_db()
    assert match.stage == MatchStage.INTERRUPTED


def test_of_a_pact_s_places_only_its_own_people_know() -> None:
    """A community maker, a stranger of the district and one of another see nothing of it."""
    meeting = a_meeting()
    match = an_active_match(meeting)
    turn = first_turn(match)
    here = meeting.crew.district_id
    there = next(number for number in TOWNS if number != here)
    pages = (
        ("offer", meeting.offer.pk), ("offer_change", meeting.offer.pk),
        ("propose", meeting.offer.pk), ("match", match.pk), ("match_interrupt", match.pk),
        ("turn_word", turn.pk), ("turn_settle", turn.pk), ("turn_cancel", turn.pk),
    )  # fmt: skip
    strangers = (
        an_actor(Role.COMMUNITY_MAKER, district_id=here),
        an_actor(Role.SOCIAL_WORKER, district_id=here, name="Un’altra"),
        an_actor(Role.SOCIAL_WORKER, district_id=there),
    )
    for actor in strangers:
        client = signed_in(actor)
        for page, row in pages:
            url = reverse(f"giveback:{page}", args=[row])
            assert client.get(url).status_code == 404, f"{page} {actor.grants}"
            assert client.post(url, {"reason": "x"}).status_code in {404, 405}, page
        for page, row in (("match_answer", match.pk), ("match_start", match.pk)):
            assert client.post(reverse(f"giveback:{page}", args=[row])).status_code == 404
    place = reverse("giveback:opportunity", args=[meeting.opportunity.pk])
    maker = signed_in(strangers[0]).get(place).content.decode()
    assert meeting.offer.person.family_name in maker
    assert reverse("giveback:match", args=[match.pk]) not in maker
