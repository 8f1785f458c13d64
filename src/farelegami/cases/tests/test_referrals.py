from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from farelegami.audit.models import Entry
from farelegami.cases import queries
from farelegami.cases.models import ContactAttempt, Referral
from farelegami.cases.queries.terms import Due
from farelegami.cases.rules.referrals import (
    Channel,
    ContactFirst,
    NoWayToAnswer,
    PlaceNotServed,
    ReasonNeeded,
    ReferralAlreadyAnswered,
    ReferralStage,
    Source,
    TooFewAttempts,
    TooManyReferrals,
)
from farelegami.cases.services.cases import Intake, take_in_charge
from farelegami.cases.services.referrals import (
    direct_elsewhere,
    give_up,
    note_attempt,
    note_renounced,
    read_referral,
    receive_referral,
    refer_publicly,
    send_referral,
)
from farelegami.cases.tests.builders import (
    A_MORNING,
    CREMA,
    a_contacted_referral,
    a_coordinator,
    a_draft,
    a_person,
    a_programme,
    a_referral,
    a_worker,
    an_account,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.network.rules import OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation
from farelegami.outbox.models import Event
from farelegami.outbox.services import deliver_one
from farelegami.people.models import NoticeGiven
from farelegami.people.rules.privacy import Manner
from farelegami.people.services.persons import PersonDraft
from farelegami.programmes.tests.builders import some_territory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()


def a_parish():
    draft = OrganisationDraft(name="Parrocchia di prova", kind=OrganisationKind.PARISH)
    return register_organisation(a_coordinator(), 1901, draft).pk


def test_a_referral_is_seen_by_its_district_only():
    anna = a_worker()
    referral = a_referral(anna)
    assert queries.referral_for(anna, referral.pk) == referral
    assert [row.name for row in queries.referrals_page(anna).rows] == ["Sara Prova"]
    for stranger in (a_worker(CREMA), an_account(Role.CLERK, district_id=1901)):
        with pytest.raises(NotFound):
            queries.referral_for(stranger, referral.pk)
        assert queries.referrals_page(stranger).rows == []


def test_the_reason_is_sealed_on_disk():
    referral = a_referral(a_worker())
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM cases_referral")
        (kept,) = cursor.fetchone()
    assert "bambini" not in kept
    assert "bambini" in Referral.objects.get(pk=referral.pk).reason


def test_reading_a_referral_is_logged():
    anna = a_worker()
    referral = a_referral(anna)
    read_referral(anna, referral.pk)
    assert Entry.objects.filter(object_id=referral.pk, verb="read").count() == 1


def test_somebody_without_account_asks_and_gets_a_code():
    some_territory()
    referral = refer_publicly(
        a_draft(source=Source.SELF, channel=Channel.FORM, email="sara@example.org"), sender="::1"
    )
    assert referral.code.startswith("FL-")
    assert referral.person_informed
    (event,) = Event.objects.filter(topic="mail")
    assert "bambini" not in str(event.payload)
    assert deliver_one()
    assert referral.code in mail.outbox[0].body


@pytest.mark.parametrize(
    ("language", "said", "direction"),
    [("ar", "وصل طلبك", "rtl"), ("ro", "Cererea ta a ajuns", "ltr"), ("it", "è arrivata", "ltr")],
)
def test_the_receipt_is_written_in_the_language_that_was_asked_for(language, said, direction):
    some_territory()
    draft = a_draft(
        source=Source.SELF, channel=Channel.FORM, email="sara@example.org", language=language
    )
    referral = refer_publicly(draft, sender="::1")
    with override("en"):
        assert deliver_one()
    (letter,) = mail.outbox
    assert said in letter.subject
    assert "la tua richiesta è arrivata" in letter.body
    ((page, kind),) = letter.alternatives
    assert kind == "text/html"
    assert f'<html lang="{language}" dir="{direction}">' in page
    shown = Client().get(reverse("cases:public_receipt", args=[referral.code])).content.decode()
    assert said in shown
    assert ('dir="rtl"' in shown) is (direction == "rtl")


def test_the_public_form_asks_in_which_language_to_write():
    some_territory()
    answer = Client().post(
        reverse("cases:public_referral"),
        {
            "for_whom": "self", "given_name": "Sara", "email": "sara@example.org",
            "municipality": "019036", "reason": "Un lavoro", "language": "pa",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    assert Referral.objects.get().language == "pa"


def test_a_flood_from_one_connection_stops():
    some_territory()
    for _ in range(20):
        refer_publicly(a_draft(channel=Channel.FORM), sender="192.0.2.1")
    with pytest.raises(TooManyReferrals):
        refer_publicly(a_draft(channel=Channel.FORM), sender="192.0.2.1")
    refer_publicly(a_draft(channel=Channel.FORM), sender="192.0.2.2")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"municipality_id": "999999"}, PlaceNotServed),
        ({"phone": "", "email": ""}, NoWayToAnswer),
        ({"reason": "  "}, ReasonNeeded),
        ({"given_name": " "}, ReasonNeeded),
    ],
)
def test_a_referral_nobody_could_answer_is_refused(change, refusal):
    some_territory()
    with pytest.raises(refusal):
        refer_publicly(a_draft(**change), sender="::1")


def test_who_sends_for_an_organisation_sees_initials_and_stage_and_no_more():
    some_territory()
    parish = a_parish()
    host = an_account(Role.HOST, organisation_id=parish)
    sent = send_referral(host, a_draft(organisation_id=parish, channel=Channel.ORGANISATION))
    (row,) = queries.sent_referrals(host)
    assert (row.code, row.initials, row.stage_label) == (sent.code, "SP", "ricevuta")
    with pytest.raises(NotFound):
        queries.referral_for(host, sent.pk)
    assert queries.sent_referrals(an_account(Role.HOST, organisation_id=parish))
    assert queries.sent_referrals(an_account(Role.COMMUNITY_MAKER, district_id=1901)) == []


def test_nobody_sends_in_the_name_of_another_organisation():
    some_territory()
    with pytest.raises(NotAllowed):
        send_referral(
            an_account(Role.HOST, organisation_id=a_parish()),
            a_draft(organisation_id=a_parish()),
        )
    maker = an_account(Role.COMMUNITY_MAKER, district_id=1901)
    assert send_referral(maker, a_draft(source=Source.LAB)).sent_by_id == maker.account_id


def test_staff_receive_for_their_own_district():
    with pytest.raises(NotAllowed):
        receive_referral(a_worker(CREMA), a_draft())


def test_the_first_who_speaks_with_the_person_follows_the_referral():
    anna = a_worker()
    referral = a_referral(anna)
    note_attempt(anna, referral.pk, channel=Channel.PHONE, reached=False, note="segreteria")
    referral = note_attempt(anna, referral.pk, channel=Channel.PHONE, reached=True)
    assert (referral.stage, referral.worker_id) == ("contacted", anna.account_id)


def test_three_attempts_and_then_unreachable_until_a_call():
    anna = a_worker()
    referral = a_referral(anna)
    for made in range(3):
        with pytest.raises(TooFewAttempts):
            give_up(anna, referral.pk)
        note_attempt(anna, referral.pk, channel=Channel.PHONE, reached=False)
        assert ContactAttempt.objects.count() == made + 1
    assert give_up(anna, referral.pk).stage == ReferralStage.UNREACHABLE
    with pytest.raises(ReferralAlreadyAnswered):
        note_attempt(anna, referral.pk, channel=Channel.PHONE, reached=False)
    assert note_attempt(anna, referral.pk, channel=Channel.PHONE, reached=True).stage == "contacted"


def test_an_answered_attempt_starts_the_count_again():
    anna = a_worker()
    referral = a_referral(anna)
    for reached in (False, False, True, False):
        note_attempt(anna, referral.pk, channel=Channel.PHONE, reached=reached)
    with pytest.raises(TooFewAttempts):
        give_up(anna, referral.pk)


def test_a_referral_is_directed_elsewhere_after_listening():
    anna = a_worker()
    with pytest.raises(ContactFirst):
        direct_elsewhere(anna, a_referral(anna).pk, directed_to="Caritas", answer="")
    referral = a_contacted_referral(anna)
    with pytest.raises(ReasonNeeded):
        direct_elsewhere(anna, referral.pk, directed_to=" ", answer="")
    directed = direct_elsewhere(anna, referral.pk, directed_to="Caritas", answer="sportello casa")
    assert (directed.stage_label, directed.directed_to) == ("orientata altrove", "Caritas")
    with pytest.raises(ReferralAlreadyAnswered):
        note_renounced(anna, referral.pk, answer="")


def test_a_family_is_taken_in_charge_from_its_referral():
    anna = a_worker()
    programme = a_programme()
    referral = a_contacted_referral(anna)
    case = take_in_charge(
        anna,
        referral.pk,
        Intake(
            programme_id=programme.pk,
            person=PersonDraft(given_name="Sara", family_name="Prova"),
            notice=Manner.PAPER,
        ),
    )
    referral.refresh_from_db()
    assert (referral.stage, referral.person_id, case.referral_id) == (
        "accepted",
        case.contact_id,
        referral.pk,
    )
    assert case.household.name == "famiglia Prova"
    assert (case.manager_id, case.phase) == (anna.account_id, "intake")
    assert NoticeGiven.objects.filter(person_id=case.contact_id).exists()


def test_somebody_known_already_is_not_registered_again():
    anna = a_worker()
    programme, person = a_programme(), a_person(anna)
    case = take_in_charge(
        anna,
        a_contacted_referral(anna).pk,
        Intake(programme_id=programme.pk, person_id=person),
    )
    assert case.contact_id == person


def test_a_programme_of_other_districts_takes_nobody_in_charge():
    anna = a_worker()
    pavia = a_programme("fare_bene_comune")
    referral = a_contacted_referral(anna)
    with pytest.raises(NotFound):
        take_in_charge(anna, referral.pk, Intake(programme_id=pavia.pk, person_id=a_person(anna)))
    referral.refresh_from_db()
    assert referral.stage == "contacted"


def test_r7_a_referral_nobody_answered_falls_due():
    with clock.at(A_MORNING):
        anna = a_worker()
        referral = a_referral(anna)
        assert queries.due_soon(anna, 14) == []
    with clock.at(A_MORNING + timedelta(days=50)):
        (due,) = queries.due_soon(anna, 14)
        assert (due.kind, due.object_id, due.is_late(clock.today())) == (
            Due.CONTACT,
            referral.pk,
            False,
        )
    with clock.at(A_MORNING + timedelta(days=61)):
        (due,) = queries.due_soon(anna, 14)
        assert due.is_late(clock.today())
        assert queries.referrals_page(anna).rows[0].late


@pytest.mark.parametrize("how_many", [1, 25])
def test_lists_of_referrals_cost_one_query(how_many, django_assert_num_queries):
    anna = a_worker()
    for _ in range(how_many):
        a_referral(anna)
    with django_assert_num_queries(1):
        assert len(queries.referrals_page(anna).rows) == how_many
