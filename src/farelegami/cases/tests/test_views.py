from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.cases.models import Case, Referral
from farelegami.cases.rules.phases import Phase
from farelegami.cases.services.handovers import Passage, propose_handover
from farelegami.cases.tests.builders import (
    A_MORNING,
    CREMA,
    TOWNS,
    a_case,
    a_case_in_codesign,
    a_contacted_referral,
    a_coordinator,
    a_map,
    a_programme,
    a_referral,
    a_worker,
    an_account,
    some_answers,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.people.rules.privacy import Manner
from farelegami.people.services.privacy import record_notice
from farelegami.programmes.tests.builders import some_territory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_morning():
    cache.clear()
    with clock.at(A_MORNING):
        yield


def desk_of(actor):
    client = Client()
    client.force_login(Account.objects.get(pk=actor.account_id))
    return client


def url(name, *args):
    return reverse(f"cases:{name}", args=args)


PUBLIC = {
    "for_whom": "self",
    "given_name": "Sara",
    "phone": "0372 000001",
    "municipality": TOWNS[1901],
    "reason": "Vorrei parlare con qualcuno.",
}


def test_anyone_asks_for_a_meeting_and_keeps_a_code():
    some_territory()
    page = Client().get(url("public_referral"))
    assert page.status_code == 200
    answer = Client().post(url("public_referral"), PUBLIC)
    (referral,) = Referral.objects.all()
    assert answer["Location"] == url("public_receipt", referral.code)
    assert referral.code in Client().get(answer["Location"]).content.decode()


def test_a_machine_is_thanked_and_forgotten():
    some_territory()
    answer = Client().post(url("public_referral"), PUBLIC | {"website": "http://spam.example"})
    assert "FL-" in answer.content.decode()
    assert not Referral.objects.exists()


@pytest.mark.parametrize("code", ["FL-7K3M-Q9XZ", "chiamate-lo-0372-123456", "FL-7K3M", "fl"])
def test_a_receipt_nobody_gave_is_not_there_and_its_text_is_not_repeated(code):
    answer = Client().get(url("public_receipt", code))
    assert answer.status_code == 404
    said = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    assert "Questo codice non c’è" in said
    assert "0372" not in said


def test_a_code_typed_in_small_letters_is_found():
    some_territory()
    Client().post(url("public_referral"), PUBLIC)
    code = Referral.objects.get().code
    answer = Client().get(url("public_receipt", code.lower()))
    assert code in answer.content.decode()
    assert "Sara" not in answer.content.decode()


@pytest.mark.parametrize(
    "odd",
    [
        {"phone": "", "email": ""},
        {"municipality": "999999"},
        {"reason": "x" * 5_000},
        {"given_name": "\x00\x01"},
        {"email": "nobody"},
        {"for_whom": "other"},
        {"for_whom": "everybody"},
        {"source": "queen", "for_whom": "other", "person_informed": "on"},
        {"given_name": "𝕊" * 300},
    ],
)
def test_odd_input_is_answered_with_the_form(odd):
    some_territory()
    answer = Client().post(url("public_referral"), PUBLIC | odd)
    assert answer.status_code == 422
    assert not Referral.objects.exists()


def test_who_asks_for_somebody_else_has_told_them():
    some_territory()
    other = PUBLIC | {"for_whom": "other", "source": "school", "referrer_name": "la maestra"}
    assert Client().post(url("public_referral"), other).status_code == 422
    Client().post(url("public_referral"), other | {"person_informed": "on"})
    assert Referral.objects.get().referrer_name == "la maestra"


def test_a_referral_goes_from_the_list_to_an_open_case():
    anna, programme = a_worker(), None
    programme = a_programme()
    desk = desk_of(anna)
    new = {
        "given_name": "Sara",
        "family_name": "Prova",
        "phone": "0372 000001",
        "municipality": TOWNS[1901],
        "reason": "Due bambini.",
        "source": "school",
        "channel": "phone",
        "urgency": "soon",
    }
    assert desk.get(url("new_referral")).status_code == 200
    desk.post(url("new_referral"), new)
    referral = Referral.objects.get()
    assert "Sara Prova" in desk.get(url("referrals")).content.decode()
    page = desk.get(url("referral", referral.pk)).content.decode()
    assert "Due bambini." in page
    assert "Accogli la famiglia" not in page
    desk.post(url("note_attempt", referral.pk), {"channel": "phone", "reached": "1"})
    assert "Accogli la famiglia" in desk.get(url("referral", referral.pk)).content.decode()
    assert desk.get(url("intake", referral.pk)).status_code == 200
    intake = {
        "person": "",
        "given_name": "Sara",
        "family_name": "Prova",
        "birth_date": "01/05/1994",
        "role": "adult",
        "language": "it",
        "programme": str(programme.pk),
        "notice": "paper",
    }
    refused = desk.post(url("intake", referral.pk), intake | {"given_name": ""})
    assert refused.status_code == 422
    answer = desk.post(url("intake", referral.pk), intake)
    assert answer["Location"] == url("case", Case.objects.get().pk)


def test_a_wrong_answer_stays_on_the_page():
    anna = a_worker()
    referral = a_referral(anna)
    desk = desk_of(anna)
    for data in ({"move": "direct", "directed_to": "Caritas"}, {"move": "give_up"}, {"move": "x"}):
        assert desk.post(url("answer_referral", referral.pk), data).status_code == 422
    assert desk.post(url("note_attempt", referral.pk), {}).status_code == 422


def test_answers_other_than_an_intake():
    anna = a_worker()
    desk = desk_of(anna)
    first, second = a_contacted_referral(anna), a_contacted_referral(anna)
    desk.post(
        url("answer_referral", first.pk),
        {"move": "direct", "directed_to": "Caritas", "answer": "ascolto"},
    )
    desk.post(url("answer_referral", second.pk), {"move": "renounce"})
    assert set(Referral.objects.values_list("stage", flat=True)) == {"directed", "renounced"}
    assert "Caritas" in desk.get(url("referral", first.pk)).content.decode()


def test_a_community_maker_sends_and_follows():
    some_territory()
    desk = desk_of(an_account(Role.COMMUNITY_MAKER, district_id=1901))
    assert desk.get(url("send_referral")).status_code == 200
    sent = {
        "given_name": "Sara",
        "phone": "0372 000001",
        "municipality": TOWNS[1901],
        "reason": "x",
        "urgency": "ordinary",
        "referrer_contact": "in sede",
        "person_informed": "on",
    }
    desk.post(url("send_referral"), sent)
    assert Referral.objects.get().code in desk.get(url("sent_referrals")).content.decode()
    assert desk.get(url("referral", Referral.objects.get().pk)).status_code == 404


def test_a_case_is_read_and_moved_on_its_page():
    anna = a_worker()
    case = a_case(anna)
    desk = desk_of(anna)
    page = desk.get(url("case", case.pk)).content.decode()
    assert "mancano" not in page
    assert "informativa privacy" in page
    refused = desk.post(url("move_case", case.pk), {"move": "start_analysis"})
    assert refused.status_code == 422
    record_notice(anna, case.contact_id, language="it", how=Manner.PAPER)
    desk.post(url("move_case", case.pk), {"move": "start_analysis"})
    desk.post(url("note_meeting", case.pk, "primo"), {"day": "2026-03-02"})
    for kind in ("need", "resource"):
        desk.post(url("add_finding", case.pk), {"kind": kind, "area": "lavoro", "text": "cucinare"})
    answers = {f"item-{code}": level for code, level in some_answers(4).items()}
    facts = {"person": str(case.contact_id), "respondent": "together", "taken_on": "2026-03-02"}
    assess = url("assess", case.pk, "mappa_delle_risorse", "T0")
    assert desk.get(assess).status_code == 200
    assert desk.post(assess, facts).status_code == 422
    desk.post(assess, facts | answers | {"confirm": "1"})
    page = desk.get(url("case", case.pk)).content.decode()
    assert "Carico di cura" in page
    desk.post(url("move_case", case.pk), {"move": "start_codesign"})
    assert Case.objects.get(pk=case.pk).phase == Phase.CODESIGN
    (finding, _other) = case.findings.order_by("id")
    desk.post(url("remove_finding", finding.pk))
    assert case.findings.count() == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("move_case", {"move": "fly"}),
        ("move_case", {"move": "close"}),
        ("add_finding", {"kind": "need", "area": "lavoro", "text": " "}),
        ("add_finding", {"kind": "x"}),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(name, data):
    anna = a_worker()
    assert desk_of(anna).post(url(name, a_case(anna).pk), data).status_code == 422


def test_a_meeting_in_the_future_is_said_on_the_page():
    anna = a_worker()
    case, desk = a_case(anna), desk_of(anna)
    later = {"day": str(clock.today() + timedelta(days=2))}
    early = {"day": "2026-02-20"}
    refused = desk.post(url("note_meeting", case.pk, "primo"), early)
    assert "si è aperto il 02/03/2026" in refused.content.decode()
    assert desk.post(url("note_meeting", case.pk, "primo"), later).status_code == 422
    assert desk.post(url("note_meeting", case.pk, "altro"), later).status_code == 404
    assert desk.get(url("assess", case.pk, "star", "T0")).status_code == 404
    assert desk.get(url("assess", case.pk, "who5", "T9")).status_code == 404


def test_an_assessment_is_confirmed_later():
    anna = a_worker()
    case, desk = a_case(anna), desk_of(anna)
    taken = a_map(anna, case)
    assert "da confermare" in desk.get(url("case", case.pk)).content.decode()
    desk.post(url("confirm_assessment", taken))
    assert "da confermare" not in desk.get(url("case", case.pk)).content.decode()
    assert desk.post(url("confirm_assessment", taken)).status_code == 409


def test_the_diary_is_a_closed_compartment_of_the_page():
    anna, carla = a_worker(), a_coordinator()
    case = a_case(anna)
    desk, coordination = desk_of(anna), desk_of(carla)
    note = {"kind": "talk", "happened_on": "2026-03-02", "text": "Una giornata difficile."}
    desk.post(url("diary", case.pk), note)
    assert "giornata difficile" in desk.get(url("diary", case.pk)).content.decode()
    assert desk.post(url("diary", case.pk), note | {"text": ""}).status_code == 422
    assert coordination.get(url("diary", case.pk)).status_code == 403
    assert "giornata difficile" not in coordination.get(url("case", case.pk)).content.decode()
    assert coordination.get(url("open_diary", case.pk)).status_code == 200
    coordination.post(url("open_diary", case.pk), {"reason": "Tribunale"})
    page = coordination.get(url("diary", case.pk))
    assert "giornata difficile" in page.content.decode()
    assert "Scrivi nel diario" not in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_the_team_is_asked_and_let_go():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case, desk = a_case(anna), desk_of(anna)
    asked = {"who": str(marta.account_id), "task": "educatrice", "ends_on": "2026-05-01"}
    desk.post(url("team", case.pk), asked)
    assert "educatrice" in desk.get(url("team", case.pk)).content.decode()
    assert desk.post(url("team", case.pk), asked).status_code == 422
    assert desk_of(marta).get(url("case", case.pk)).status_code == 200
    assert "educatrice" in desk_of(marta).get(url("case", case.pk)).content.decode()
    (member,) = case.team.all()
    desk.post(url("end_invitation", member.pk))
    assert desk_of(marta).get(url("case", case.pk)).status_code == 404


def test_a_case_passes_from_hand_to_hand():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case, desk = a_case(anna), desk_of(anna)
    assert desk.get(url("hand_over", case.pk)).status_code == 200
    passage = {
        "to": f"account:{marta.account_id}",
        "reason": "congedo",
        "basis": "ordine di servizio",
        "deadline": "2026-03-10",
    }
    assert desk.post(url("hand_over", case.pk), passage | {"basis": ""}).status_code == 422
    desk.post(url("hand_over", case.pk), passage)
    (handover,) = case.handovers.all()
    hers = desk_of(marta)
    assert "Rispondi" in hers.get(url("cases")).content.decode()
    assert "congedo" in hers.get(url("answer_handover", handover.pk)).content.decode()
    assert desk.get(url("answer_handover", handover.pk)).status_code == 404
    answer = {"decision": "decline", "answer": ""}
    assert hers.post(url("answer_handover", handover.pk), answer).status_code == 422
    hers.post(url("answer_handover", handover.pk), {"decision": "accept"})
    assert desk.get(url("case", case.pk)).status_code == 404
    assert hers.get(url("case", case.pk)).status_code == 200


def test_to_strangers_nothing_exists():
    anna = a_worker()
    case = a_case_in_codesign(anna)
    referral = a_referral(anna)
    handover = propose_handover(
        anna,
        case.pk,
        Passage("x", "x", clock.today(), to_account_id=a_worker().account_id),
    )
    addresses = [
        url("case", case.pk),
        url("diary", case.pk),
        url("team", case.pk),
        url("hand_over", case.pk),
        url("open_diary", case.pk),
        url("assess", case.pk, "who5", "T0"),
        url("referral", referral.pk),
        url("intake", referral.pk),
        url("answer_handover", handover.pk),
    ]
    for stranger in (
        a_worker(CREMA),
        an_account(Role.CLERK, district_id=1901),
        an_account(Role.COMMUNITY_MAKER, district_id=1901),
    ):
        desk = desk_of(stranger)
        for address in addresses:
            assert desk.get(address).status_code == 404, (stranger.name, address)
    assert all(Client().get(address).status_code == 302 for address in addresses)


@pytest.mark.parametrize("how_many", [1, 25])
def test_lists_cost_the_same_however_long(how_many, django_assert_max_num_queries):
    anna = a_worker()
    for _ in range(how_many):
        a_case(anna)
        a_referral(anna)
    desk = desk_of(anna)
    desk.get(url("cases"))  # A session costs more when it is first seen.
    with django_assert_max_num_queries(6):
        assert desk.get(url("cases")).status_code == 200
    with django_assert_max_num_queries(6):
        assert desk.get(url("referrals")).status_code == 200


def test_filters_and_cursors_made_by_hand_break_nothing():
    desk = desk_of(a_worker())
    for query in ("?fase=x&di=y&dopo=zz", "?stato=x&dopo=a:b:c"):
        assert desk.get(url("cases") + query).status_code == 200
        assert desk.get(url("referrals") + query).status_code == 200
