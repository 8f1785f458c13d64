"""Two hands at the same moment, on two real connections: one wins, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections

from farelegami.access.services import accept_invitation, invite
from farelegami.access.tests.builders import an_actor
from farelegami.audit.models import Entry, Link
from farelegami.audit.services import check_chain, seal
from farelegami.demo.papers import a_receipt
from farelegami.documents.services import store_content
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotFound, Refusal
from farelegami.kernel.units import Cents
from farelegami.ledger.queries import balances, verify
from farelegami.outbox.models import Event
from farelegami.outbox.services import deliver_one, emit, register
from farelegami.pacts.models import Pact, SpendRequest
from farelegami.pacts.rules.money import (
    BudgetExceeded,
    DocumentUsedTwice,
    Purse,
    Route,
    SpendMovedAlready,
)
from farelegami.pacts.services import spending
from farelegami.pacts.tests import builders as b
from farelegami.territory.tests.builders import a_district

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts on connections of their own, released together; return values or refusals."""
    barrier, outcomes = Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        try:
            connections["default"].ensure_connection()
            barrier.wait(timeout=20)
            outcomes[index] = act()
        except (Refusal, NotFound) as refused:
            outcomes[index] = refused
        except Exception as error:
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def refusals(outcomes: list[object], kind: type[BaseException]) -> int:
    others = [o for o in outcomes if isinstance(o, BaseException) and not isinstance(o, kind)]
    assert others == []
    return sum(isinstance(outcome, kind) for outcome in outcomes)


def a_spend(pact: Pact, worker, cents: int) -> SpendRequest:
    return spending.request_spend(
        worker, pact.pk, category="formazione", title="Libri", amount_cents=Cents(cents),
        route=Route.SUPPLIER, supplier="Libreria",
    )  # fmt: skip


def test_two_approvals_of_the_last_hundred_euro_have_one_winner() -> None:
    office = b.an_office()
    pact = b.an_active_pact(office, budget_cents=10_000)
    spends = [a_spend(pact, office.worker, 10_000) for _ in range(2)]
    second = an_actor(Role.COORDINATOR, district_id=pact.district_id)
    outcomes = at_once(
        lambda: spending.approve_spend(office.coordinator, spends[0].pk),
        lambda: spending.approve_spend(second, spends[1].pk),
    )
    assert refusals(outcomes, BudgetExceeded) == 1
    assert balances([pact.pk])[pact.pk][Purse.AVAILABLE] == 0
    assert list(verify()) == []


def test_one_spend_approved_by_two_is_approved_once() -> None:
    office = b.an_office()
    pact = b.an_active_pact(office, budget_cents=50_000)
    spend = a_spend(pact, office.worker, 10_000)
    second = an_actor(Role.COORDINATOR, district_id=pact.district_id)
    outcomes = at_once(
        lambda: spending.approve_spend(office.coordinator, spend.pk),
        lambda: spending.approve_spend(second, spend.pk),
    )
    assert refusals(outcomes, SpendMovedAlready) == 1
    assert balances([pact.pk])[pact.pk][Purse.COMMITTED] == 10_000


def test_one_spend_paid_twice_is_paid_once() -> None:
    office = b.an_office()
    pact = b.an_active_pact(office, budget_cents=50_000)
    spend = a_spend(pact, office.worker, 10_000)
    spending.approve_spend(office.coordinator, spend.pk)
    show(office, pact, spend, "1/A")
    second = an_actor(Role.CLERK, district_id=pact.district_id)
    outcomes = at_once(
        *(
            lambda hand=hand: spending.pay_spend(
                hand, spend.pk, paid_on=clock.today(), payment_reference="M1"
            )
            for hand in (office.clerk, second)
        )
    )
    assert refusals(outcomes, SpendMovedAlready) == 1
    assert balances([pact.pk])[pact.pk][Purse.PAID] == 10_000


def show(office, pact: Pact, spend: SpendRequest, number: str, words: str = "") -> None:
    paper = store_content(
        office.worker, content=a_receipt(f"{words or spend.pk}"), name="r.pdf", kind="receipt",
        district_id=pact.district_id, title="R", owner_kind="pacts.pact", owner_id=pact.pk,
    )  # fmt: skip
    spending.document_spend(
        office.worker, spend.pk, document=paper, document_number=number,
        document_date=clock.today(), document_cents=Cents(spend.amount_cents),
    )  # fmt: skip


def test_one_document_shown_for_two_spends_at_once_serves_one() -> None:
    office = b.an_office()
    pacts = [b.an_active_pact(office, budget_cents=50_000) for _ in range(2)]
    spends = [a_spend(pact, office.worker, 10_000) for pact in pacts]
    for spend in spends:
        spending.approve_spend(office.coordinator, spend.pk)
    outcomes = at_once(
        *(
            lambda pact=pact, spend=spend: show(office, pact, spend, "7/2026")
            for pact, spend in zip(pacts, spends, strict=True)
        )
    )
    assert refusals(outcomes, DocumentUsedTwice) == 1


def test_an_invitation_taken_up_twice_makes_one_account() -> None:
    district = a_district()
    coordinator = an_actor(Role.COORDINATOR, district_id=district.pk)
    _invitation, link = invite(
        coordinator, email="n@example.org", name="Nuova", role=Role.SOCIAL_WORKER,
        accept_url="TOKEN", district_id=district.pk,
    )  # fmt: skip
    outcomes = at_once(
        *(
            lambda name=name: accept_invitation(link, username=name, password="frase molto lunga")
            for name in ("uno", "due")
        )
    )
    assert refusals(outcomes, NotFound) == 1


def test_two_workers_seal_the_log_once() -> None:
    an_actor(Role.COORDINATOR, district_id=a_district().pk)
    outcomes = at_once(seal, seal)
    assert refusals(outcomes, Refusal) == 0
    seal()
    assert Link.objects.count() == Entry.objects.count()
    assert check_chain().faults == []


def test_two_workers_deliver_an_event_once() -> None:
    delivered = []
    register("test.counts", lambda _payload: delivered.append(1))
    emit("test.counts", {}, key=f"once-{clock.now()}")
    at_once(deliver_one, deliver_one)
    assert len(delivered) == 1
    with clock.at(clock.now() + timedelta(hours=1)):
        assert not deliver_one()
    assert Event.objects.filter(topic="test.counts", delivered_at=None).count() == 0


def test_two_pacts_opened_at_once_never_share_a_number() -> None:
    office = b.an_office()
    cases = [b.a_case(office) for _ in range(4)]
    outcomes = at_once(
        *(lambda case=case: b.a_draft_pact(office, case=case).code for case in cases)
    )
    assert refusals(outcomes, Refusal) == 0
    assert len(set(outcomes)) == 4
