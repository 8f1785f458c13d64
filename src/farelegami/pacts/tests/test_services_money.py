"""What the money services refuse, and what the database refuses after them."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction

from farelegami.access.tests.builders import an_actor
from farelegami.documents.models import Document
from farelegami.documents.tests.builders import A_PDF
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Cents, euros
from farelegami.ledger.queries import balances, verify
from farelegami.pacts.models import CapAct, Pact, SpendRequest
from farelegami.pacts.queries import money_of, money_spent, open_version, spends_of
from farelegami.pacts.rules.drafts import UnknownCategory
from farelegami.pacts.rules.money import (
    BudgetExceeded,
    CategoryExceeded,
    DocumentNumberMissing,
    DocumentOutOfDates,
    DocumentTooHigh,
    DocumentUsedTwice,
    OwnHousehold,
    PactNotInForce,
    PaidBeforeDocument,
    PaidInFuture,
    Route,
    SameHands,
    Spend,
    SpendMovedAlready,
)
from farelegami.pacts.rules.readiness import CapExceeded
from farelegami.pacts.rules.signing import CapBelowBudget, CapTooHigh, Signer
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.services.agreeing import agree
from farelegami.pacts.services.deciding import authorise, set_cap
from farelegami.pacts.services.drafting import save_support
from farelegami.pacts.services.living import resume, suspend
from farelegami.pacts.services.signing import sign_on_paper
from farelegami.pacts.services.spending import (
    approve_spend,
    document_spend,
    pay_spend,
    present_paper,
    reconcile_spend,
    reject_spend,
    release_spend,
    request_spend,
)
from farelegami.pacts.tests.builders import (
    Crew,
    a_crew,
    a_draft_pact,
    a_pact,
    a_paper,
    a_spend,
    an_amendment,
    reread,
    write_words,
)

pytestmark = pytest.mark.django_db


def a_crew_of_one() -> Crew:
    """Return a crew in which one pair of hands follows, decides and pays."""
    alone = an_actor(
        Role.SOCIAL_WORKER, Role.COORDINATOR, Role.CLERK, district_id=a_crew().district_id
    )
    return Crew(alone, alone, alone, alone)


def with_one_pair_of_hands() -> tuple[Pact, Crew]:
    """Return an active pact whose worker also decides and pays elsewhere."""
    others = a_crew()
    alone = a_crew_of_one().worker
    pact, _crew = a_pact(crew=Crew(alone, others.coordinator, others.clerk, others.panel))
    return pact, Crew(alone, others.coordinator, others.clerk, others.panel)


def test_nobody_approves_what_they_asked_for() -> None:
    """R2."""
    pact, crew = with_one_pair_of_hands()
    spend = a_spend(crew, pact)
    with pytest.raises(SameHands):
        approve_spend(crew.worker, spend.pk)
    approve_spend(crew.coordinator, spend.pk)


def test_nobody_refuses_what_they_asked_for() -> None:
    pact, crew = with_one_pair_of_hands()
    spend = a_spend(crew, pact)
    with pytest.raises(SameHands):
        reject_spend(crew.worker, spend.pk, reason="Ho cambiato idea.")


def test_who_asked_or_approved_does_not_pay() -> None:
    """R2."""
    pact, crew = with_one_pair_of_hands()
    spend = a_spend(crew, pact, Spend.DOCUMENTED)
    with pytest.raises(SameHands):
        pay_spend(crew.worker, spend.pk, paid_on=clock.today(), payment_reference="m")
    pay_spend(crew.clerk, spend.pk, paid_on=clock.today(), payment_reference="m")


@pytest.mark.parametrize("field", ["approved_by_id", "paid_by_id"])
def test_the_database_itself_refuses_the_same_hands(field: str) -> None:
    """R2: whatever the services do."""
    pact, crew = a_pact()
    spend = a_spend(crew, pact)
    with pytest.raises(IntegrityError), transaction.atomic():
        SpendRequest.objects.filter(pk=spend.pk).update(**{field: spend.requested_by_id})


def test_nobody_decides_for_their_own_family() -> None:
    """R2."""
    pact, crew = a_pact()
    spend = a_spend(crew, pact)
    relative = crew.coordinator
    mine = type(relative)(
        relative.account_id, relative.name, pact.case.contact_id, grants=relative.grants
    )
    with pytest.raises(OwnHousehold):
        approve_spend(mine, spend.pk)
    with pytest.raises(OwnHousehold):
        set_cap(mine, pact.pk, cap_cents=euros(3_000), reason="Serve.")


def test_to_a_stranger_the_spend_does_not_exist() -> None:
    pact, crew = a_pact()
    spend = a_spend(crew, pact)
    stranger = an_actor(Role.COORDINATOR, Role.CLERK, district_id=1902)
    with pytest.raises(NotFound):
        approve_spend(stranger, spend.pk)
    with pytest.raises(NotAllowed):
        approve_spend(crew.worker, spend.pk)


def test_the_last_euro_is_spent_once() -> None:
    """R1: whole or not at all."""
    pact, crew = a_pact()
    first = a_spend(crew, pact, cents=euros(1_000))
    second = a_spend(crew, pact, cents=euros(801))
    approve_spend(crew.coordinator, first.pk)
    with pytest.raises(BudgetExceeded) as refused:
        approve_spend(crew.coordinator, second.pk)
    assert refused.value.left_cents == euros(800)


def test_a_category_keeps_to_its_limit() -> None:
    pact, crew = a_pact()
    a_spend(crew, pact, Spend.COMMITTED, cents=euros(500), category="trasporto")
    with pytest.raises(CategoryExceeded):
        a_spend(crew, pact, cents=euros(101), category="trasporto")
    with pytest.raises(UnknownCategory):
        a_spend(crew, pact, category="viaggi")


def test_a_suspended_pact_commits_nothing() -> None:
    """R3."""
    pact, crew = a_pact()
    asked = a_spend(crew, pact)
    suspend(crew.worker, pact.pk, reason="Un ricovero.")
    with pytest.raises(PactNotInForce):
        approve_spend(crew.coordinator, asked.pk)
    with pytest.raises(PactNotInForce):
        a_spend(crew, pact)
    resume(crew.worker, pact.pk)
    approve_spend(crew.coordinator, asked.pk)


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.AUTHORISED, Stage.SIGNED, Stage.CLOSED])
def test_nothing_is_committed_before_the_start_or_after_the_end(stage: Stage) -> None:
    """R3."""
    pact, crew = a_pact(stage)
    with pytest.raises(PactNotInForce):
        a_spend(crew, pact)


def test_nothing_is_committed_after_the_last_day() -> None:
    """R3."""
    pact, crew = a_pact()
    with clock.at(pact.ends_on + timedelta(days=1)), pytest.raises(PactNotInForce):
        a_spend(crew, pact)


def test_a_paper_is_used_once_by_what_it_is_and_by_what_it_says() -> None:
    """R4."""
    pact, crew = a_pact()
    one = a_spend(crew, pact, Spend.COMMITTED)
    other = a_spend(crew, pact, Spend.COMMITTED)
    a_paper(crew.worker, one.pk, Cents(10_000), "Fatt. 12/B")
    with pytest.raises(DocumentUsedTwice):
        a_paper(crew.worker, other.pk, Cents(10_000), "FATT 12-b")
    used = Document.objects.get(pk=SpendRequest.objects.get(pk=one.pk).document_id)
    with pytest.raises(DocumentUsedTwice):
        document_spend(
            crew.worker, other.pk, document=used, document_number="99",
            document_date=clock.today(), document_cents=Cents(10_000),
        )  # fmt: skip
    assert Document.objects.filter(kind="pacts.spend_paper").count() == 1
    a_paper(crew.worker, other.pk, Cents(10_000), "13/B")


def test_a_paper_says_no_more_than_was_approved_and_less_goes_back() -> None:
    pact, crew = a_pact()
    spend = a_spend(crew, pact, Spend.COMMITTED, cents=euros(100))
    with pytest.raises(DocumentTooHigh):
        a_paper(crew.worker, spend.pk, Cents(10_001))
    a_paper(crew.worker, spend.pk, euros(80))
    money = money_of(balances([pact.pk])[pact.pk])
    assert (money.left, money.documented) == (euros(1_720), euros(80))


def test_a_paper_is_dated_within_the_pact() -> None:
    """R3."""
    pact, crew = a_pact()
    spend = a_spend(crew, pact, Spend.COMMITTED)
    with pytest.raises(DocumentOutOfDates):
        document_spend(
            crew.worker, spend.pk, document=Document(sha256="x"), document_number="1",
            document_date=pact.starts_on - timedelta(days=1), document_cents=Cents(1),
        )  # fmt: skip


def test_only_a_clerk_pays_and_each_step_is_taken_once() -> None:
    pact, crew = a_pact()
    spend = a_spend(crew, pact, Spend.DOCUMENTED)
    with pytest.raises(NotAllowed):
        pay_spend(crew.coordinator, spend.pk, paid_on=clock.today(), payment_reference="m")
    pay_spend(crew.clerk, spend.pk, paid_on=clock.today(), payment_reference="m")
    for again in (
        lambda: pay_spend(crew.clerk, spend.pk, paid_on=clock.today(), payment_reference="m"),
        lambda: release_spend(crew.worker, spend.pk, reason="x"),
        lambda: reject_spend(crew.coordinator, spend.pk, reason="x"),
    ):
        with pytest.raises(SpendMovedAlready):
            again()
    reconcile_spend(crew.clerk, spend.pk, statement_reference="riga 3")
    assert SpendRequest.objects.get(pk=spend.pk).budget_line_id == spend.category.line_id


def test_a_released_spend_gives_its_money_back() -> None:
    pact, crew = a_pact()
    spend = a_spend(crew, pact, Spend.COMMITTED, cents=euros(300))
    with pytest.raises(NotAllowed):
        release_spend(crew.coordinator, spend.pk, reason="x")
    release_spend(crew.worker, spend.pk, reason="Non serve più.")
    assert money_of(balances([pact.pk])[pact.pk]).left == euros(1_800)


def test_the_page_adds_up_what_the_ledger_says() -> None:
    pact, crew = a_pact()
    for stage in (Spend.REQUESTED, Spend.COMMITTED, Spend.DOCUMENTED, Spend.PAID, Spend.RECONCILED):
        a_spend(crew, pact, stage, cents=5_000)
    said = money_spent(reread(pact).authorised_cents, spends_of(pact.pk))
    assert said == money_of(balances([pact.pk])[pact.pk])
    assert (said.committed, said.paid, said.reconciled) == (20_000, 10_000, 5_000)
    assert list(verify()) == []


def test_the_cap_is_passed_only_by_an_act() -> None:
    """R1."""
    crew = a_crew()
    pact = a_draft_pact(crew)
    write_words(crew, pact)
    save_support(
        crew.worker, pact.pk, category="abitare", title="Caparra", provider="Proprietario",
        amount_cents=euros(300),
    )  # fmt: skip
    version = open_version(pact.pk)
    type(version).objects.filter(pk=version.pk).update(agreed_on=clock.today())
    Pact.objects.filter(pk=pact.pk).update(agreed_on=clock.today())
    with pytest.raises(CapExceeded):
        authorise(crew.coordinator, pact.pk)
    with pytest.raises(NotAllowed):
        set_cap(crew.worker, pact.pk, cap_cents=euros(3_000), reason="Serve.")
    set_cap(crew.coordinator, pact.pk, cap_cents=euros(2_100), reason="Uno sfratto evitato.")
    authorise(crew.coordinator, pact.pk)


def test_the_cap_stays_above_the_budget_and_its_acts_stay_written() -> None:
    pact, crew = a_pact()
    with pytest.raises(CapBelowBudget):
        set_cap(crew.coordinator, pact.pk, cap_cents=euros(1_799), reason="Meno.")
    act = set_cap(crew.coordinator, pact.pk, cap_cents=euros(1_800), reason="Basta così.")
    with pytest.raises(DatabaseError), transaction.atomic():
        type(act).objects.filter(pk=act.pk).update(reason="Un altro motivo.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Pact.objects.filter(pk=pact.pk).update(authorised_cents=euros(1_801))


@pytest.mark.parametrize(
    ("field", "other"),
    [("amount_cents", Cents(9_999)), ("title", "Altro"), ("supplier", "Altri"),
     ("category", "trasporto"), ("route", Route.ADVANCE), ("reason", "x"), ("support_key", "k")],
)  # fmt: skip
def test_a_request_sent_again_with_other_data_is_refused(field: str, other: object) -> None:
    pact, crew = a_pact()
    once = new_id()
    spend = a_spend(crew, pact, once=once)
    assert a_spend(crew, pact, once=once) == spend
    with pytest.raises(SentAlready):
        request_spend(crew.worker, pact.pk, **{**asked_of(spend), field: other}, once=once)
    assert SpendRequest.objects.count() == 1


def asked_of(spend: SpendRequest) -> dict[str, Any]:
    """Return what was asked in a request, to ask it again."""
    fields = ("title", "amount_cents", "route", "supplier", "reason", "support_key")
    return {name: getattr(spend, name) for name in fields} | {"category": spend.category.code}


def test_two_numbers_that_differ_only_by_their_bars_are_two_papers() -> None:
    """R4."""
    pact, crew = a_pact()
    one, other = (a_spend(crew, pact, Spend.COMMITTED) for _ in range(2))
    a_paper(crew.worker, one.pk, Cents(10_000), "1/22")
    a_paper(crew.worker, other.pk, Cents(10_000), "12/2")


def test_a_paper_without_a_number_is_refused() -> None:
    """R4."""
    pact, crew = a_pact()
    spend = a_spend(crew, pact, Spend.COMMITTED)
    with pytest.raises(DocumentNumberMissing):
        a_paper(crew.worker, spend.pk, Cents(10_000), "---")
    assert SpendRequest.objects.get(pk=spend.pk).stage == Spend.COMMITTED


def test_a_spend_is_paid_after_its_paper_and_not_ahead_of_time() -> None:
    pact, crew = a_pact()
    spend = a_spend(crew, pact, Spend.DOCUMENTED)
    day = timedelta(days=1)
    with pytest.raises(PaidBeforeDocument):
        pay_spend(crew.clerk, spend.pk, paid_on=clock.today() - day, payment_reference="m")
    with pytest.raises(PaidInFuture):
        pay_spend(crew.clerk, spend.pk, paid_on=clock.today() + day, payment_reference="m")
    pay_spend(crew.clerk, spend.pk, paid_on=clock.today(), payment_reference="m")


def test_the_cap_is_raised_ten_times_at_most() -> None:
    """R1."""
    pact, crew = a_pact()
    most = Cents(10 * pact.pact_type.cap_cents)
    with pytest.raises(CapTooHigh) as refused:
        set_cap(crew.coordinator, pact.pk, cap_cents=Cents(most + 1), reason="Troppo.")
    assert refused.value.limit_cents == most
    set_cap(crew.coordinator, pact.pk, cap_cents=most, reason="Uno sfratto evitato.")


def test_a_cap_and_a_suspension_sent_twice_are_one() -> None:
    pact, crew = a_pact()
    once = new_id()
    caps = [
        set_cap(crew.coordinator, pact.pk, cap_cents=euros(2_100), reason="Serve.", once=once)
        for _ in range(2)
    ]
    assert caps[0].pk == caps[1].pk == CapAct.objects.get().pk
    with pytest.raises(SentAlready):
        set_cap(crew.coordinator, pact.pk, cap_cents=euros(2_200), reason="Serve.", once=once)
    stops = [suspend(crew.worker, pact.pk, reason="Un ricovero.", once=once) for _ in range(2)]
    assert stops[0].pk == stops[1].pk
    with pytest.raises(SentAlready):
        suspend(crew.worker, pact.pk, reason="Altro.", once=once)


class Watched(SimpleUploadedFile):
    """A file that notes how many transactions are open while it is read."""

    depths: ClassVar[list[int]] = []

    def read(self, *args: Any) -> bytes:
        self.depths.append(len(connection.savepoint_ids))
        return super().read(*args)


def test_papers_are_read_before_anything_is_locked() -> None:
    pact, crew = a_pact()
    own = len(connection.savepoint_ids)
    spend = a_spend(crew, pact, stage=Spend.COMMITTED)
    Watched.depths.clear()
    present_paper(
        crew.worker,
        spend.pk,
        upload=Watched("fattura.pdf", A_PDF),
        document_number="1",
        document_date=clock.today(),
        document_cents=Cents(spend.amount_cents),
    )
    an_amendment(crew, pact)
    agree(crew.worker, pact.pk)
    version = authorise(crew.coordinator, pact.pk)
    sign_on_paper(
        crew.worker,
        pact.pk,
        upload=Watched("firma.pdf", A_PDF),
        signer=Signer.BODY,
        text_hash=version.text_hash,
        name="Ente",
    )
    assert Watched.depths
    assert set(Watched.depths) == {own}
