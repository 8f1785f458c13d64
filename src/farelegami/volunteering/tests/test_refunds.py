"""What volunteers spent is given back within the resolution and the law, by two pairs of hands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from farelegami.documents.services import Checked, check, open_document
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role, system_actor
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.people.tests.builders import ANNA, an_actor
from farelegami.volunteering.models import Refund, ServiceDay, Volunteer
from farelegami.volunteering.queries.refunds import refund_file, refunds_page, services_to_refund
from farelegami.volunteering.rules.refunds import (
    ExpenseKind,
    KindLimit,
    KindLimitExceeded,
    KindNotResolved,
    Manner,
    NoRefundRule,
    NothingAsked,
    NothingResolved,
    OwnRefund,
    PaidInTheFuture,
    ReasonMissing,
    ReceiptBeside,
    ReceiptMissing,
    ReceiptUsedTwice,
    RefundMovedOn,
    RefundStage,
    ResolvedInTheFuture,
    SelfDayExceeded,
    SelfMonthExceeded,
    SelfNotResolved,
    ServiceNotDone,
    TwoResolutions,
)
from farelegami.volunteering.services import (
    approve_refund,
    ask_refund,
    note_service,
    pay_refund,
    refuse_refund,
    resolve_refund_kinds,
    take_back_service,
)
from farelegami.volunteering.tests.builders import (
    MONDAY,
    OPENED,
    Body,
    a_body,
    a_host,
    a_policy,
    a_volunteer,
    some_facts,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SESSIONS = system_actor("prova")
LATER = date(2026, 6, 30)
LIMITS = {
    ExpenseKind.TRAVEL: KindLimit(2_000, by_self=True),
    ExpenseKind.MEALS: KindLimit(1_500, by_self=True),
    ExpenseKind.MATERIALS: KindLimit(5_000),
}


@pytest.fixture(autouse=True)
def _shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def a_serving_volunteer(body: Body, days: int = 3) -> tuple[Volunteer, list[ServiceDay]]:
    """Return a volunteer who served on the first days they could."""
    volunteer = a_volunteer(body)
    with clock.at(LATER):
        services = [
            note_service(
                SESSIONS, person_id=volunteer.person_id, organisation_id=body.id,
                day=MONDAY + n * DAY, minutes=120, source_id=new_id(),
            )
            for n in range(1, days + 1)
        ]  # fmt: skip
    return volunteer, services


def resolved(body: Body, **changes):
    said = {"resolution": "delibera 3/2026", "resolved_on": OPENED, "limits": LIMITS}
    with clock.at(LATER):
        return resolve_refund_kinds(body.host, body.id, **(said | changes))


def asked(body: Body, volunteer: Volunteer, parts, **changes) -> Refund:
    said = {"kind": ExpenseKind.TRAVEL, "manner": Manner.SELF, "parts": parts}
    actor = changes.pop("actor", body.host)
    with clock.at(LATER):
        return ask_refund(actor, body.id, volunteer.person_id, **(said | changes))


def a_receipt(words: str = "scontrino") -> Checked:
    return check(SimpleUploadedFile("scontrino.txt", words.encode(), "text/plain"))


def ready() -> tuple[Body, Volunteer, list[ServiceDay]]:
    body = a_body()
    a_policy(body)
    resolved(body)
    return (body, *a_serving_volunteer(body))


def test_a_body_resolves_first_and_asks_then() -> None:
    body = a_body()
    a_policy(body)
    volunteer, (service, *_rest) = a_serving_volunteer(body)
    with pytest.raises(NoRefundRule):
        asked(body, volunteer, {service.pk: 500})
    with pytest.raises(NothingResolved):
        resolved(body, limits={})
    with pytest.raises(ResolvedInTheFuture):
        resolved(body, resolved_on=LATER + DAY)
    with pytest.raises(NotAllowed):
        resolve_refund_kinds(ANNA, body.id, resolution="x", resolved_on=OPENED, limits=LIMITS)
    # A resolution of after the expense does not hold for it.
    resolved(body, resolved_on=service.day + DAY)
    with pytest.raises(NoRefundRule):
        asked(body, volunteer, {service.pk: 500})
    resolved(body)
    assert asked(body, volunteer, {service.pk: 500}).stage == RefundStage.REQUESTED


def test_only_what_was_resolved_is_refunded() -> None:
    body, volunteer, (service, *_rest) = ready()
    with pytest.raises(KindNotResolved):
        asked(body, volunteer, {service.pk: 500}, kind=ExpenseKind.TELEPHONE)
    with pytest.raises(SelfNotResolved):
        asked(body, volunteer, {service.pk: 500}, kind=ExpenseKind.MATERIALS)
    with pytest.raises(ReceiptMissing):
        asked(
            body, volunteer, {service.pk: 500}, kind=ExpenseKind.MATERIALS,
            manner=Manner.RECEIPT,
        )  # fmt: skip
    with pytest.raises(KindLimitExceeded):
        asked(body, volunteer, {service.pk: 2_001}, manner=Manner.RECEIPT, receipt=a_receipt())


def test_there_are_no_lump_sums() -> None:
    """R14: a refund points at days really served by this volunteer."""
    body, volunteer, (service, *_rest) = ready()
    other = a_volunteer(body, facts=some_facts(given_name="Ada"))
    for parts in ({}, {service.pk: 0}):
        with pytest.raises(NothingAsked):
            asked(body, volunteer, parts)
    with pytest.raises(ServiceNotDone):
        asked(body, volunteer, {new_id(): 500})
    with pytest.raises(ServiceNotDone):
        asked(body, other, {service.pk: 500})
    take_back_service(SESSIONS, service.source_id, reason="non c’era")
    with pytest.raises(ServiceNotDone):
        asked(body, volunteer, {service.pk: 500})


def test_ten_euro_a_day_whatever_the_kinds_and_a_refusal_frees_them() -> None:
    body, volunteer, (service, *_rest) = ready()
    first = asked(body, volunteer, {service.pk: 600})
    with pytest.raises(SelfDayExceeded) as refused:
        asked(body, volunteer, {service.pk: 401}, kind=ExpenseKind.MEALS)
    assert refused.value.left_cents == 400
    asked(body, volunteer, {service.pk: 400}, kind=ExpenseKind.MEALS)
    # What is shown by a receipt is not counted with what is not.
    asked(body, volunteer, {service.pk: 900}, manner=Manner.RECEIPT, receipt=a_receipt())
    other = a_host(body.id, "Rita Sambuco")
    with clock.at(LATER):
        refuse_refund(other, first.pk, reason="a piedi")
    asked(body, volunteer, {service.pk: 600})


def test_150_euro_a_month() -> None:
    body = a_body()
    a_policy(body)
    resolved(body)
    volunteer, services = a_serving_volunteer(body, days=29)
    march = [service for service in services if service.day.month == 3]
    asked(body, volunteer, {service.pk: 1_000 for service in march[:15]})
    with pytest.raises(SelfMonthExceeded):
        asked(body, volunteer, {march[15].pk: 1})
    april = (
        next(service for service in services if service.day.month == 4)
        if len(services) > len(march)
        else None
    )
    assert april is None or asked(body, volunteer, {april.pk: 1_000})


def test_who_asks_does_not_approve_and_each_step_is_taken_once() -> None:
    body, volunteer, (service, *_rest) = ready()
    refund = asked(body, volunteer, {service.pk: 500})
    other = a_host(body.id, "Rita Sambuco")
    with clock.at(LATER):
        with pytest.raises(OwnRefund):
            approve_refund(body.host, refund.pk)
        receiver = Actor(new_id(), "Lidia", volunteer.person_id, other.grants)
        with pytest.raises(OwnRefund):
            approve_refund(receiver, refund.pk)
        with pytest.raises(RefundMovedOn):
            pay_refund(other, refund.pk, paid_on=LATER)
        assert approve_refund(other, refund.pk).stage == RefundStage.APPROVED
        assert approve_refund(other, refund.pk).stage == RefundStage.APPROVED
        with pytest.raises(RefundMovedOn):
            refuse_refund(other, refund.pk, reason="tardi")
        with pytest.raises(PaidInTheFuture):
            pay_refund(other, refund.pk, paid_on=LATER + DAY)
        assert pay_refund(body.host, refund.pk, paid_on=LATER).stage == RefundStage.PAID
        assert pay_refund(body.host, refund.pk, paid_on=LATER - DAY).paid_on == LATER


def test_the_database_itself_wants_two_hands() -> None:
    body, volunteer, (service, *_rest) = ready()
    refund = asked(body, volunteer, {service.pk: 500})
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(
            approved_at=clock.now(), approved_by_id=refund.requested_by_id
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(paid_on=LATER)


def test_a_refusal_has_its_reason_and_a_day_taken_back_is_not_refunded() -> None:
    body, volunteer, (one, two, _three) = ready()
    refund = asked(body, volunteer, {one.pk: 500, two.pk: 500})
    other = a_host(body.id, "Rita Sambuco")
    with pytest.raises(ReasonMissing):
        refuse_refund(other, refund.pk, reason=" ")
    take_back_service(SESSIONS, two.source_id, reason="non c’era")
    with pytest.raises(ServiceNotDone):
        approve_refund(other, refund.pk)
    assert refuse_refund(other, refund.pk, reason="un giorno in meno").stage == "refused"
    assert refuse_refund(other, refund.pk, reason="x").refused_reason == "un giorno in meno"


def test_a_receipt_is_kept_opened_by_who_sees_the_refund_and_used_once() -> None:
    body, volunteer, (one, two, _three) = ready()
    refund = asked(body, volunteer, {one.pk: 900}, manner=Manner.RECEIPT, receipt=a_receipt())
    document, _content = open_document(ANNA, refund.receipt_id)
    assert document.owner_id == refund.pk
    with pytest.raises(NotFound):
        open_document(a_host(new_id()), refund.receipt_id)
    with pytest.raises(ReceiptUsedTwice):
        asked(body, volunteer, {two.pk: 900}, manner=Manner.RECEIPT, receipt=a_receipt())


def test_a_day_before_the_resolution_is_not_refunded_beside_a_later_one() -> None:
    body = a_body()
    a_policy(body)
    volunteer, (one, two, three) = a_serving_volunteer(body)
    resolved(body, resolved_on=two.day)
    with pytest.raises(NoRefundRule):
        asked(body, volunteer, {one.pk: 500, two.pk: 500})
    resolved(body, resolution="delibera 4/2026", resolved_on=three.day)
    with pytest.raises(TwoResolutions):
        asked(body, volunteer, {two.pk: 500, three.pk: 500})
    assert asked(body, volunteer, {two.pk: 500}).rule.resolution == "delibera 3/2026"


def test_a_receipt_sent_beside_a_self_certification_is_not_lost_unsaid() -> None:
    body, volunteer, (one, *_rest) = ready()
    with pytest.raises(ReceiptBeside):
        asked(body, volunteer, {one.pk: 500}, receipt=a_receipt())


def a_year_end() -> tuple[Body, Volunteer, dict[date, ServiceDay]]:
    """Return a volunteer who served every day from 10 December 2026 to 20 January 2027."""
    body = a_body()
    a_policy(body, ends_on=date(2027, 12, 31))
    resolved(body)
    volunteer = a_volunteer(body)
    first, served = date(2026, 12, 10), {}
    with clock.at(date(2027, 1, 31)):
        for n in range(42):
            served[first + n * DAY] = note_service(
                SESSIONS, person_id=volunteer.person_id, organisation_id=body.id,
                day=first + n * DAY, minutes=120, source_id=new_id(),
            )  # fmt: skip
    return body, volunteer, served


def test_ten_euros_a_day_and_a_hundred_and_fifty_a_month_to_the_cent_across_a_year() -> None:
    """R14."""
    body, volunteer, served = a_year_end()

    def ask(cents: int, *days: date, **changes) -> Refund:
        parts = {served[day].pk: cents for day in days}
        with clock.at(date(2027, 1, 31)):
            return ask_refund(
                body.host, body.id, volunteer.person_id, kind=changes.get("kind", ExpenseKind.TRAVEL),
                manner=Manner.SELF, parts=parts,
            )  # fmt: skip

    december = [date(2026, 12, day) for day in range(10, 32)]
    with pytest.raises(SelfDayExceeded):
        ask(1_001, december[0])
    ask(1_000, *december[:14])
    with pytest.raises(SelfDayExceeded):
        ask(1, december[0], kind=ExpenseKind.MEALS)
    with pytest.raises(SelfMonthExceeded):
        ask(501, december[14], december[15])
    # December has ten euros left, January all: one request over the year's end.
    ask(1_000, december[14], date(2027, 1, 1))
    with pytest.raises(SelfMonthExceeded):
        ask(1, december[21], kind=ExpenseKind.MEALS)
    with pytest.raises(SelfMonthExceeded):
        ask(1, december[21], date(2027, 1, 2))
    ask(1_000, *[date(2027, 1, day) for day in range(2, 16)])
    with pytest.raises(SelfMonthExceeded):
        ask(1, date(2027, 1, 20))


def test_an_act_sent_twice_asks_once() -> None:
    body, volunteer, (one, two, _three) = ready()
    once = new_id()
    refund = asked(body, volunteer, {one.pk: 500}, once=once)
    assert asked(body, volunteer, {one.pk: 500}, once=once).pk == refund.pk
    with pytest.raises(SentAlready):
        asked(body, volunteer, {two.pk: 400}, once=once)
    with pytest.raises(SentAlready):
        asked(body, volunteer, {two.pk: 500}, once=once)
    assert Refund.objects.count() == 1


def test_who_sees_the_register_sees_its_refunds_and_nobody_else() -> None:
    body, volunteer, (one, *_rest) = ready()
    refund = asked(body, volunteer, {one.pk: 500})
    assert [row.pk for row in refunds_page(ANNA, body.id, stage="requested").rows] == [refund.pk]
    assert refunds_page(ANNA, body.id, stage="paid").rows == []
    file = refund_file(body.host, body.id, refund.pk)
    assert [part.amount_cents for part in file.parts] == [500]
    stranger = a_host(new_id())
    assert refund_file(stranger, body.id, refund.pk) is None
    with pytest.raises(NotFound):
        approve_refund(stranger, refund.pk)
    with pytest.raises(NotAllowed):
        asked(body, volunteer, {one.pk: 500}, actor=an_actor(Role.CLERK))
    found = services_to_refund(body.id, volunteer.person_id, since=MONDAY)
    assert [service.day for service in found] == [MONDAY + n * DAY for n in (3, 2, 1)]
