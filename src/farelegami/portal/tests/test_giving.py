"""What somebody gives, on their own phone: with a pact or without one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.access.tests.builders import an_account
from farelegami.giveback.models import Match
from farelegami.giveback.rules.matches import MatchStage, Side
from farelegami.giveback.rules.sessions import Said, SessionStage, Word
from farelegami.giveback.services.matches import accept_as_host
from farelegami.giveback.services.sessions import Report, say_as_host
from farelegami.giveback.tests.builders import (
    Meeting,
    a_meeting,
    a_proposal,
    a_volunteer,
    an_active_match,
    first_turn,
    minutes,
)
from farelegami.kernel import clock
from farelegami.ledger.queries import balances
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.services.living import plan_meeting

pytestmark = pytest.mark.django_db
HOME = "/mio/"


def phone_of(person_id: object, language: str = "it") -> Client:
    account = an_account("Rita Prova")
    Account.objects.filter(pk=account.pk).update(person_id=person_id, language=language)
    client = Client()
    account = Account.objects.get(pk=account.pk)
    client.force_login(account, "farelegami.access.backends.AccountBackend")
    return client


def a_month_ago(*, with_pact: bool = True) -> tuple[Meeting, Match]:
    with clock.at(clock.now() - timedelta(days=30)):
        meeting = a_meeting(with_pact=with_pact)
        return meeting, an_active_match(meeting)


@pytest.mark.parametrize("with_pact", [True, False])
def test_a_place_is_proposed_and_answered_on_the_phone(with_pact: bool) -> None:
    meeting = a_meeting(with_pact=with_pact, by_bus=True)
    match = a_proposal(meeting)
    client = phone_of(match.person_id)
    page = client.get(HOME).content.decode()
    assert "Un posto per te" in page
    assert meeting.opportunity.title in page
    assert "Ci si arriva in autobus" in page
    answer = reverse("portal:place_answer", args=[match.pk])
    for _twice in range(2):
        assert client.post(answer, {"answer": "yes"})["Location"] == HOME
    page = client.get(HOME).content.decode()
    assert "Un posto per te" not in page
    assert "aspettiamo la risposta" in page
    accept_as_host(meeting.host, match.pk)
    assert "I tuoi prossimi turni" in client.get(HOME).content.decode()


def test_saying_no_costs_nothing() -> None:
    meeting = a_meeting()
    match = a_proposal(meeting)
    client = phone_of(match.person_id)
    client.post(reverse("portal:place_answer", args=[match.pk]), {"answer": "no"})
    match.refresh_from_db()
    assert (match.stage, match.declined_by) == (MatchStage.DECLINED, Side.PERSON)


@pytest.mark.parametrize("with_pact", [True, False])
def test_hours_are_told_from_the_phone_once(with_pact: bool) -> None:
    meeting, match = a_month_ago(with_pact=with_pact)
    turn = first_turn(match)
    client = phone_of(match.person_id)
    url = reverse("portal:turn", args=[turn.pk])
    assert url in client.get(HOME).content.decode()
    assert 'value="2\N{NO-BREAK SPACE}h"' in client.get(url).content.decode()
    assert client.post(url, {"minutes": ""}).status_code == 422
    assert client.post(url, {"minutes": "13"}).status_code == 422
    for _twice in range(2):
        assert client.post(url, {"minutes": "2"}).status_code == 302
    assert client.post(url, {"minutes": "3"}).status_code == 422
    say_as_host(meeting.host, turn.pk, Report(Said(Word.HELD, minutes(120))))
    purse = meeting.offer.pact_id or meeting.offer.pk
    assert balances([purse])[purse][Purse.CONFIRMED] == 120


def test_who_cannot_come_says_so_and_loses_nothing() -> None:
    meeting = a_meeting()
    turn = first_turn(an_active_match(meeting))
    client = phone_of(turn.match.person_id)
    url = reverse("portal:turn_absent", args=[turn.pk])
    assert url in client.get(HOME).content.decode()
    assert client.get(url).status_code == 200
    for _twice in range(2):
        assert client.post(url, {"note": "La bimba ha la febbre"}).status_code == 302
    turn.refresh_from_db()
    assert turn.stage == SessionStage.EXCUSED


def test_the_next_thing_is_the_turn_where_it_comes_first() -> None:
    meeting = a_meeting()
    turn = first_turn(an_active_match(meeting))
    pact = meeting.offer.pact
    assert pact is not None
    client = phone_of(turn.match.person_id)

    def next_thing() -> str:
        page = client.get(HOME).content.decode()
        return page.split("La prossima cosa")[1].split("</section>")[0]

    assert meeting.opportunity.title in next_thing()
    assert reverse("portal:turn_absent", args=[turn.pk]) in next_thing()
    plan_meeting(meeting.crew.worker, pact.pk, planned_at=turn.begins - timedelta(days=1))
    assert meeting.opportunity.title not in next_thing()


def test_a_turn_to_come_is_not_told_yet() -> None:
    turn = first_turn(an_active_match(a_meeting()))
    client = phone_of(turn.match.person_id)
    answer = client.post(reverse("portal:turn", args=[turn.pk]), {"minutes": "2"})
    assert answer.status_code == 422
    assert "non è ancora cominciato" in answer.content.decode()


def test_a_host_s_other_word_is_said_openly() -> None:
    meeting, match = a_month_ago()
    turn = first_turn(match)
    say_as_host(meeting.host, turn.pk, Report(Said(Word.HELD, minutes(60))))
    client = phone_of(match.person_id)
    url = reverse("portal:turn", args=[turn.pk])
    assert "Chi ti ha ospitato ha segnato" in client.get(url).content.decode()
    client.post(url, {"minutes": "2"})
    assert "Ne parliamo insieme" in client.get(HOME).content.decode()


@pytest.mark.parametrize("language", ["en", "ro", "ar", "pa", "sq", "fr"])
def test_it_is_said_in_the_person_s_language(language: str) -> None:
    _meeting, match = a_month_ago()
    page = phone_of(match.person_id, language).get(HOME).content.decode()
    assert "I tuoi prossimi turni" not in page
    assert "Com’è andata?" not in page


def test_what_others_give_is_not_there() -> None:
    meeting = a_meeting()
    proposed = a_proposal(meeting)
    turn = first_turn(an_active_match(a_meeting(meeting.crew, with_pact=False)))
    client = phone_of(a_volunteer(meeting.crew, "Zoe").pk)
    assert meeting.opportunity.title not in client.get(HOME).content.decode()
    answer = reverse("portal:place_answer", args=[proposed.pk])
    assert client.post(answer, {"answer": "yes"}).status_code == 404
    for page in ("turn", "turn_absent"):
        url = reverse(f"portal:{page}", args=[turn.pk])
        assert client.get(url).status_code == 404
        assert client.post(url, {"minutes": "2"}).status_code == 404
