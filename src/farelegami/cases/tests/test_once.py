"""An act sent twice, by a double click or by a page loaded again, is done once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from farelegami.audit.models import Entry
from farelegami.cases.models import (
    Assessment,
    Case,
    ContactAttempt,
    DiaryEntry,
    DiaryOpening,
    Finding,
    Handover,
    Referral,
    TeamMember,
)
from farelegami.cases.rules.assessments import RESOURCE_MAP
from farelegami.cases.services.referrals import receive_referral
from farelegami.cases.tests.builders import (
    A_MORNING,
    TOWNS,
    a_case,
    a_contacted_referral,
    a_coordinator,
    a_draft,
    a_programme,
    a_referral,
    a_worker,
    an_account,
    some_answers,
)
from farelegami.cases.tests.pages import desk_of, url
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.outbox.models import Event
from farelegami.people.models import HouseholdMember, NoticeGiven, Person
from farelegami.programmes.tests.builders import some_territory

pytestmark = pytest.mark.django_db
ALREADY = "era già stato inviato con altri dati"
TOWN = TOWNS[1901]
TOLD = {
    "given_name": "Sara", "phone": "0372 000001", "municipality": TOWN, "reason": "Due bambini.",
    "source": "school", "channel": "phone", "urgency": "soon",
}  # fmt: skip
ASKED = {
    "for_whom": "self", "given_name": "Sara", "email": "sara@example.org", "municipality": TOWN,
    "reason": "Vorrei parlare con qualcuno.",
}  # fmt: skip
A_REASON = "Emergenza, collega assente."


@pytest.fixture(autouse=True)
def _a_morning():
    cache.clear()
    with clock.at(A_MORNING):
        yield


def twice(browser, where, data, other, model):
    """Send a form twice, then with other data; check one row, one answer, the sentence."""
    data = data | {"once": str(new_id())}
    first = browser.post(where, data)
    assert first.status_code == 302, first.content.decode()
    written, entries = model.objects.count(), Entry.objects.exclude(verb="read").count()
    events = Event.objects.count()
    again = browser.post(where, data)
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert model.objects.count() == written
    assert Entry.objects.exclude(verb="read").count() == entries
    assert Event.objects.count() == events
    changed = browser.post(where, data | other)
    assert changed.status_code == 422
    assert ALREADY in changed.content.decode()
    assert model.objects.count() == written
    assert browser.post(where, data | {"once": "non una parola"}).status_code < 500
    return first


@pytest.mark.parametrize(
    "other", [{"given_name": "Mara"}, {"reason": "Tre."}, {"urgency": "ordinary"}]
)
def test_a_referral_written_down_twice_is_one(other):
    twice(desk_of(a_worker()), url("new_referral"), TOLD, other, Referral)


def test_a_referral_sent_twice_is_one():
    some_territory()
    maker = an_account(Role.COMMUNITY_MAKER, district_id=1901, name="Mia Prova")
    data = {
        "given_name": "Sara", "phone": "0372 000001", "municipality": TOWN, "reason": "Due.",
        "urgency": "soon", "referrer_contact": "0372 1", "person_informed": "on",
    }  # fmt: skip
    twice(desk_of(maker), url("send_referral"), data, {"reason": "Tre."}, Referral)


def test_the_name_of_somebody_else_s_referral_is_not_taken():
    once = new_id()
    receive_referral(a_worker(), a_draft(), once=once)
    with pytest.raises(NotFound):
        receive_referral(a_worker(name="Marta Prova"), a_draft(), once=once)


def test_a_name_we_did_not_make_is_no_name():
    some_territory()
    far = "ffffffff-ffff-7fff-bfff-ffffffffffff"
    for once in (far, "00000000-0000-4000-8000-000000000000", "x" * 999, "\x00"):
        assert Client().post(url("public_referral"), ASKED | {"once": once}).status_code == 302
    assert Referral.objects.count() == 4
    assert not Referral.objects.filter(pk=far).exists()


def test_a_public_request_sent_twice_has_one_receipt_and_one_message():
    some_territory()
    first = twice(Client(), url("public_referral"), ASKED, {"reason": "Altro."}, Referral)
    assert Referral.objects.exclude(pk=Referral.objects.order_by("id")[0].pk).count() == 1
    assert Referral.objects.order_by("id")[0].code in first["Location"]


def test_a_request_sent_again_is_counted_once_and_gets_its_receipt_after_the_last_one():
    some_territory()
    last = None
    for _n in range(20):
        last = ASKED | {"once": str(new_id())}
        for _again in range(2):
            answer = Client().post(url("public_referral"), last)
            assert answer.status_code == 302
    assert Referral.objects.count() == 20
    assert Client().post(url("public_referral"), last).status_code == 302
    assert Client().post(url("public_referral"), ASKED).status_code == 422
    other = ASKED | {"once": str(new_id())}
    assert Client().post(url("public_referral"), other).status_code == 422


def test_a_try_noted_twice_counts_once():
    anna = a_worker()
    referral = a_referral(anna)
    data = {"channel": "phone", "reached": "0", "note": "Segreteria."}
    where = url("note_attempt", referral.pk)
    twice(desk_of(anna), where, data, {"note": "Occupato."}, ContactAttempt)


def test_an_answer_sent_twice_shows_the_answer():
    anna = a_worker()
    referral = a_contacted_referral(anna)
    data = {"move": "direct", "directed_to": "Centro per l’impiego", "answer": "Ci va lunedì."}
    for _again in range(2):
        answer = desk_of(anna).post(url("answer_referral", referral.pk), data)
        assert answer.status_code == 302
    changed = desk_of(anna).post(url("answer_referral", referral.pk), data | {"directed_to": "CAF"})
    assert changed.status_code == 422
    assert Entry.objects.filter(verb="decided", object_id=referral.pk).count() == 1


def test_a_family_welcomed_twice_is_one_person_one_household_one_case():
    anna, programme = a_worker(), a_programme()
    referral = a_contacted_referral(anna)
    data = {
        "person": "", "given_name": "Sara", "family_name": "Prova", "birth_date": "",
        "role": "adult", "language": "it", "programme": str(programme.pk), "notice": "paper",
    }  # fmt: skip
    other = {"given_name": "Mara"}
    twice(desk_of(anna), url("intake", referral.pk), data, other, Case)
    assert Person.objects.count() == HouseholdMember.objects.count() == 1
    assert NoticeGiven.objects.count() == 1


def test_a_need_added_twice_is_one():
    anna = a_worker()
    case = a_case(anna)
    data = {"kind": "need", "area": "casa", "text": "Affitto alto."}
    page = desk_of(anna).get(url("case", case.pk)).context["finding_form"]
    data |= {"area": page.fields["area"].choices[0][0]}
    twice(desk_of(anna), url("add_finding", case.pk), data, {"text": "Freddo."}, Finding)


def test_a_note_of_the_diary_and_its_correction_sent_twice_are_one():
    anna = a_worker()
    case, desk = a_case(anna), desk_of(anna)
    data = {"kind": "talk", "happened_on": "2026-03-02", "text": "Colloquio."}
    data["kind"] = desk.get(url("diary", case.pk)).context["form"].fields["kind"].choices[0][0]
    twice(desk, url("diary", case.pk), data, {"text": "Altro."}, DiaryEntry)
    entry = DiaryEntry.objects.order_by("id")[0]
    assert entry.text == "Colloquio."
    right = data | {"text": "Colloquio a casa.", "once": str(new_id())}
    for _again in range(2):
        assert desk.post(url("correct_diary", case.pk, entry.pk), right).status_code == 302
    assert entry.corrections.count() == 1
    wrong = desk.post(url("correct_diary", case.pk, entry.pk), right | {"text": "Altro."})
    assert ALREADY in wrong.content.decode()


def test_a_diary_opened_twice_is_opened_once():
    case, carla = a_case(a_worker()), a_coordinator()
    data, other = {"reason": A_REASON}, {"reason": "Un altro motivo."}
    twice(desk_of(carla), url("open_diary", case.pk), data, other, DiaryOpening)


def test_somebody_asked_twice_to_a_team_is_asked_and_written_to_once():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case = a_case(anna)
    ends = (date(2026, 3, 2) + timedelta(days=30)).isoformat()
    data = {"who": str(marta.account_id), "task": "Colloqui", "ends_on": ends}
    where = url("team", case.pk)
    data["once"] = str(new_id())
    for _again in range(2):
        assert desk_of(anna).post(where, data).status_code == 302
    assert TeamMember.objects.count() == 1
    assert ALREADY in desk_of(anna).post(where, data | {"task": "Altro"}).content.decode()


def test_a_passage_proposed_twice_is_one():
    anna, marta = a_worker(), a_worker(name="Marta Prova")
    case = a_case(anna)
    data = {
        "to": f"account:{marta.account_id}", "reason": "Trasferimento.", "basis": "Ordine 3",
        "deadline": "2026-03-20", "once": str(new_id()),
    }  # fmt: skip
    where = url("hand_over", case.pk)
    for _again in range(2):
        assert desk_of(anna).post(where, data).status_code == 302
    assert Handover.objects.count() == 1
    assert ALREADY in desk_of(anna).post(where, data | {"reason": "Altro."}).content.decode()
    other = desk_of(anna).post(where, data | {"once": str(new_id())})
    assert "C’è già" in other.content.decode() or other.status_code == 422


def test_answers_confirmed_twice_are_confirmed_once():
    anna = a_worker()
    case = a_case(anna)
    data = {"person": str(case.contact_id), "respondent": "self", "taken_on": "2026-03-01"}
    data |= {f"item-{code}": str(value) for code, value in some_answers().items()}
    where = url("assess", case.pk, RESOURCE_MAP, "T0")
    data["respondent"] = desk_of(anna).get(where).context["form"].fields["respondent"].choices[0][0]
    for _again in range(2):
        assert desk_of(anna).post(where, data | {"confirm": "1"}).status_code == 302
    assert Assessment.objects.count() == 1
    assert Entry.objects.filter(kind="cases.assessment").count() == 2
    other = data | {"taken_on": "2026-02-27", "confirm": "1"}
    assert desk_of(anna).post(where, other).status_code == 422


def test_a_referral_written_again_by_name_is_the_same_even_once_answered():
    anna, once = a_worker(), new_id()
    first = receive_referral(anna, a_draft(), once=once)
    Referral.objects.filter(pk=first.pk).update(stage="contacted")
    assert receive_referral(anna, a_draft(), once=once) == first
    with pytest.raises(SentAlready):
        receive_referral(anna, replace(a_draft(), family_name="Altra"), once=once)
