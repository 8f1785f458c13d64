"""A pact lives at random: whatever its people do, the money adds up (R1, R2, R3, R4)."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from farelegami.kernel import clock
from farelegami.kernel.units import Cents
from farelegami.ledger.queries import balances, verify
from farelegami.pacts.models import SpendRequest
from farelegami.pacts.queries import (
    hours_entries_of,
    hours_given,
    hours_of,
    money_of,
    money_spent,
    open_version,
    spends_of,
)
from farelegami.pacts.rules.drafts import OpenAmendment
from farelegami.pacts.rules.giving import HoursSettled
from farelegami.pacts.rules.money import (
    BudgetExceeded,
    DocumentTooHigh,
    PactNotInForce,
    Spend,
    SpendMove,
    SpendMovedAlready,
)
from farelegami.pacts.rules.signing import BudgetBelowSpent
from farelegami.pacts.rules.stages import Stage, WrongStage
from farelegami.pacts.services.agreeing import agree, amend, drop_amendment
from farelegami.pacts.services.deciding import authorise
from farelegami.pacts.services.drafting import save_support
from farelegami.pacts.services.giving import cancel_hours, confirm_hours
from farelegami.pacts.services.living import resume, suspend
from farelegami.pacts.services.spending import (
    approve_spend,
    pay_spend,
    reconcile_spend,
    reject_spend,
    release_spend,
)
from farelegami.pacts.tests.builders import (
    a_pact,
    a_paper,
    a_spend,
    open_terms,
    reread,
    sign_all,
    some_hours,
)

pytestmark = pytest.mark.django_db
_picks = st.integers(0, 30)
_cents = st.integers(1, 120_000)


class PactLife(RuleBasedStateMachine):
    """One pact of 1.800 euro, three pairs of hands, and a model of its spends: dictionaries."""

    @initialize()
    def open(self):
        self.pact, self.crew = a_pact()
        self.stage = {}
        self.amount = {}
        self.papers = 0
        self.suspended = False
        self.authorised = 180_000
        self.hours = []

    def committed(self):
        live = {Spend.COMMITTED, Spend.DOCUMENTED, Spend.PAID, Spend.RECONCILED}
        return sum(self.amount[key] for key, stage in self.stage.items() if stage in live)

    def left(self):
        return self.authorised - self.committed()

    def chosen(self, pick):
        keys = list(self.stage)
        return keys[pick % len(keys)]

    # ---- money

    @rule(cents=_cents)
    def asks(self, cents):
        expected = (
            PactNotInForce if self.suspended else BudgetExceeded if cents > self.left() else None
        )
        if expected:
            with pytest.raises(expected), transaction.atomic():
                a_spend(self.crew, self.pact, cents=cents)
            return
        spend = a_spend(self.crew, self.pact, cents=cents)
        self.stage[spend.pk], self.amount[spend.pk] = Spend.REQUESTED, cents

    def moves(self, pick, move, act, after):
        """Take a step on a spend, or see it refused as the model says."""
        key = self.chosen(pick)
        open_in = {
            SpendMove.APPROVE: Spend.REQUESTED,
            SpendMove.REJECT: Spend.REQUESTED,
            SpendMove.DOCUMENT: Spend.COMMITTED,
            SpendMove.RELEASE: Spend.COMMITTED,
            SpendMove.PAY: Spend.DOCUMENTED,
            SpendMove.RECONCILE: Spend.PAID,
        }[move]
        if self.stage[key] != open_in:
            with pytest.raises(SpendMovedAlready), transaction.atomic():
                act(key)
            return
        act(key)
        self.stage[key] = after

    @precondition(lambda self: self.stage)
    @rule(pick=_picks)
    def approves(self, pick):
        key = self.chosen(pick)
        if self.stage[key] == Spend.REQUESTED:
            refused = (
                PactNotInForce
                if self.suspended
                else BudgetExceeded
                if self.amount[key] > self.left()
                else None
            )
            if refused:
                with pytest.raises(refused), transaction.atomic():
                    approve_spend(self.crew.coordinator, key)
                return
        self.moves(
            pick,
            SpendMove.APPROVE,
            lambda key: approve_spend(self.crew.coordinator, key),
            Spend.COMMITTED,
        )

    @precondition(lambda self: self.stage)
    @rule(pick=_picks)
    def rejects(self, pick):
        self.moves(
            pick,
            SpendMove.REJECT,
            lambda key: reject_spend(self.crew.coordinator, key, reason="No."),
            Spend.REJECTED,
        )

    @precondition(lambda self: self.stage)
    @rule(pick=_picks, share=st.integers(1, 110))
    def documents(self, pick, share):
        key = self.chosen(pick)
        cents = max(1, self.amount[key] * share // 100)
        self.papers += 1

        def act(key):
            a_paper(self.crew.worker, key, Cents(cents), f"n{self.papers}")

        if self.stage[key] == Spend.COMMITTED and cents > self.amount[key]:
            with pytest.raises(DocumentTooHigh), transaction.atomic():
                act(key)
            return
        was = self.stage[key]
        self.moves(pick, SpendMove.DOCUMENT, act, Spend.DOCUMENTED)
        if was == Spend.COMMITTED:
            self.amount[key] = cents

    @precondition(lambda self: self.stage)
    @rule(pick=_picks)
    def pays(self, pick):
        self.moves(
            pick,
            SpendMove.PAY,
            lambda key: pay_spend(
                self.crew.clerk, key, paid_on=clock.today(), payment_reference="m"
            ),
            Spend.PAID,
        )

    @precondition(lambda self: self.stage)
    @rule(pick=_picks)
    def reconciles(self, pick):
        self.moves(
            pick,
            SpendMove.RECONCILE,
            lambda key: reconcile_spend(self.crew.clerk, key, statement_reference="r"),
            Spend.RECONCILED,
        )

    @precondition(lambda self: self.stage)
    @rule(pick=_picks)
    def releases(self, pick):
        self.moves(
            pick,
            SpendMove.RELEASE,
            lambda key: release_spend(self.crew.worker, key, reason="x"),
            Spend.RELEASED,
        )

    # ---- time

    @rule(minutes=st.integers(1, 600))
    def gives_hours(self, minutes):
        self.hours.append([some_hours(self.crew, self.pact, minutes).pk, minutes, "told"])

    @precondition(lambda self: self.hours)
    @rule(pick=_picks, confirms=st.booleans())
    def settles_hours(self, pick, confirms):
        entry = self.hours[pick % len(self.hours)]

        def act():
            if confirms:
                confirm_hours(self.crew.worker, self.pact.pk, entry[0], confirmed_name="Lucia")
            else:
                cancel_hours(self.crew.worker, self.pact.pk, entry[0], reason="x")

        if entry[2] != "told":
            with pytest.raises(HoursSettled), transaction.atomic():
                act()
            return
        act()
        entry[2] = "confirmed" if confirms else "cancelled"

    # ---- the pact itself

    @rule()
    def stands_still_or_goes_on(self):
        if self.suspended:
            with pytest.raises(WrongStage), transaction.atomic():
                suspend(self.crew.worker, self.pact.pk, reason="x")
            resume(self.crew.worker, self.pact.pk)
        else:
            suspend(self.crew.worker, self.pact.pk, reason="x")
        self.suspended = not self.suspended

    @rule(cents=st.integers(0, 80_000), gives_up=st.booleans())
    def is_amended(self, cents, gives_up):
        worker, pk = self.crew.worker, self.pact.pk
        amend(worker, pk, kind="integration", reason="x")
        with pytest.raises(OpenAmendment), transaction.atomic():
            amend(worker, pk, kind="integration", reason="x")
        course = open_terms(self.pact).supports[0]
        save_support(
            worker, pk, category=course.category, title=course.title, provider=course.provider,
            amount_cents=Cents(cents), key=course.key,
        )  # fmt: skip
        budget = open_terms(self.pact).budget
        if gives_up:
            drop_amendment(worker, pk)
            return
        agree(worker, pk)
        authorise(self.crew.coordinator, pk)
        if budget < self.committed():
            with pytest.raises(BudgetBelowSpent), transaction.atomic():
                sign_all(self.crew, self.pact)
            drop_amendment(worker, pk)
            return
        sign_all(self.crew, self.pact)
        self.authorised = budget

    # ---- what always holds

    @invariant()
    def the_money_adds_up(self):
        if not hasattr(self, "hours"):
            return
        purses = balances([self.pact.pk])[self.pact.pk]
        money = money_of(purses)
        assert (
            0 <= money.reconciled <= money.paid <= money.documented <= money.committed
            <= money.authorised <= self.pact.cap_cents
        )  # fmt: skip
        assert (money.authorised, money.committed) == (self.authorised, self.committed())
        assert money == money_spent(self.authorised, spends_of(self.pact.pk))
        kept = dict(SpendRequest.objects.values_list("pk", "stage"))
        assert kept == {key: str(stage) for key, stage in self.stage.items()}

    @invariant()
    def the_hours_add_up(self):
        if not hasattr(self, "hours"):
            return
        told = hours_of(balances([self.pact.pk])[self.pact.pk], 0)
        alive = [minutes for _key, minutes, stage in self.hours if stage != "cancelled"]
        sure = [minutes for _key, minutes, stage in self.hours if stage == "confirmed"]
        assert (told.done, told.confirmed) == (sum(alive), sum(sure))
        assert hours_given(0, hours_entries_of(self.pact.pk)) == told

    @invariant()
    def the_ledger_and_the_pact_agree(self):
        if not hasattr(self, "hours"):
            return
        assert list(verify()) == []
        pact = reread(self.pact)
        assert pact.authorised_cents == self.authorised
        assert pact.stage == (Stage.SUSPENDED if self.suspended else Stage.ACTIVE)
        assert open_version(pact.pk) is None
        assert pact.ends_on > pact.starts_on + timedelta(days=1)


class TestPactLife(TestCase):
    def test_whatever_happens_to_a_pact_its_money_adds_up(self) -> None:
        def one() -> PactLife:
            # Each example is undone: hypothesis knows nothing of databases.
            machine = PactLife()
            block = transaction.atomic()
            block.__enter__()

            def undo() -> None:
                transaction.set_rollback(True)
                block.__exit__(None, None, None)

            machine.teardown = undo
            return machine

        run_state_machine_as_test(
            one,
            settings=settings(
                max_examples=8,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
