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
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotFound, Refusal
from farelegami.kernel.units import Cents
from farelegami.ledger.queries import balances, verify
from farelegami.outbox.models import Event
from farelegami.outbox.services import deliver_one, emit, register
from farelegami.pacts.models import Pact
from farelegami.pacts.queries import members_of, open_version
from farelegami.pacts.rules.money import (
    BudgetExceeded,
    DocumentUsedTwice,
    PactNotInForce,
    Purse,
    Spend,
    SpendMovedAlready,
)
from farelegami.pacts.rules.signing import Signer
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.services import living, spending
from farelegami.pacts.services.opening import open_pact
from farelegami.pacts.services.signing import sign
from farelegami.pacts.tests.builders import A_DRAWING, a_pact, a_paper, a_spend
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


def another(role: Role, pact: Pact) -> Actor:
    return an_actor(role, district_id=pact.district_id)


def test_two_approvals_of_the_last_hundred_euro_have_one_winner() -> None:
    pact, crew = a_pact()
    left = balances([pact.pk])[pact.pk][Purse.AVAILABLE]
    a_spend(crew, pact, Spend.COMMITTED, left - 10_000)
    one, two = a_spend(crew, pact, cents=10_000), a_spend(crew, pact, cents=10_000)
    second = another(Role.COORDINATOR, pact)
    outcomes = at_once(
        lambda: spending.approve_spend(crew.coordinator, one.pk),
        lambda: spending.approve_spend(second, two.pk),
    )
    assert refusals(outcomes, BudgetExceeded) == 1
    assert balances([pact.pk])[pact.pk][Purse.AVAILABLE] == 0
    assert list(verify()) == []


def test_one_spend_approved_by_two_is_approved_once() -> None:
    pact, crew = a_pact()
    spend, second = a_spend(crew, pact, cents=10_000), another(Role.COORDINATOR, pact)
    outcomes = at_once(
        lambda: spending.approve_spend(crew.coordinator, spend.pk),
        lambda: spending.approve_spend(second, spend.pk),
    )
    assert refusals(outcomes, SpendMovedAlready) == 1
    assert balances([pact.pk])[pact.pk][Purse.COMMITTED] == 10_000


def test_one_spend_paid_twice_is_paid_once() -> None:
    pact, crew = a_pact()
    spend = a_spend(crew, pact, Spend.DOCUMENTED, 10_000)
    hands = (crew.clerk, another(Role.CLERK, pact))
    outcomes = at_once(
        *(
            lambda hand=hand: spending.pay_spend(
                hand, spend.pk, paid_on=clock.today(), payment_reference="M1"
            )
            for hand in hands
        )
    )
    assert refusals(outcomes, SpendMovedAlready) == 1
    assert balances([pact.pk])[pact.pk][Purse.PAID] == 10_000


def test_one_document_shown_for_two_spends_at_once_serves_one() -> None:
    pact, crew = a_pact()
    spends = [a_spend(crew, pact, Spend.COMMITTED, 10_000) for _ in range(2)]
    outcomes = at_once(
        *(
            lambda spend=spend: a_paper(crew.worker, spend.pk, Cents(10_000), "7/2026")
            for spend in spends
        )
    )
    assert refusals(outcomes, DocumentUsedTwice) == 1


def test_a_pact_suspended_while_a_spend_is_approved_leaves_one_story() -> None:
    pact, crew = a_pact()
    spend = a_spend(crew, pact, cents=10_000)
    outcomes = at_once(
        lambda: living.suspend(crew.worker, pact.pk, reason="Un ricovero."),
        lambda: spending.approve_spend(crew.coordinator, spend.pk),
    )
    refused = refusals(outcomes, PactNotInForce)
    committed = balances([pact.pk])[pact.pk][Purse.COMMITTED]
    assert committed == (0 if refused else 10_000)


def test_the_last_two_signatures_put_one_text_in_force_once() -> None:
    pact, crew = a_pact(Stage.AUTHORISED)
    text_hash = open_version(pact.pk).text_hash
    holder = next(m for m in members_of([pact.pk])[pact.pk] if m.is_holder)
    sign(
        crew.worker, pact.pk, signer=Signer.HOLDER, person_id=holder.person_id,
        text_hash=text_hash, drawing=A_DRAWING,
    )  # fmt: skip
    outcomes = at_once(
        *(
            lambda signer=signer, hand=hand: sign(
                hand, pact.pk, signer=signer, text_hash=text_hash, drawing=A_DRAWING
            )
            for signer, hand in (
                (Signer.CASE_MANAGER, crew.worker),
                (Signer.BODY, crew.coordinator),
            )
        )
    )
    assert refusals(outcomes, Refusal) == 0
    pact.refresh_from_db()
    assert pact.stage_now == Stage.ACTIVE
    assert balances([pact.pk])[pact.pk][Purse.AVAILABLE] == pact.authorised_cents


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
    pact, crew = a_pact(Stage.DRAFT)
    chosen = {
        "case_id": pact.case_id,
        "pact_type_id": pact.pact_type_id,
        "body_id": pact.body_id,
        "title": "Un altro patto",
        "starts_on": clock.today(),
        "holder_ids": [pact.case.contact_id],
    }
    outcomes = at_once(*(lambda: open_pact(crew.worker, **chosen).code for _ in range(4)))
    assert refusals(outcomes, Refusal) == 0
    assert len({pact.code, *outcomes}) == 5
