"""A model of the ledger, a dictionary, is played against the real one."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from farelegami.ledger.models import Transfer
from farelegami.ledger.queries import verify
from farelegami.ledger.rules import (
    AlreadyReversed,
    BalanceTooLow,
    KeyReused,
    Unit,
    UnitsDiffer,
)
from farelegami.ledger.services import reverse
from farelegami.ledger.tests.builders import A_DAY, ANNA, a_source, kept, move, some_accounts

pytestmark = pytest.mark.django_db


class LedgerLife(RuleBasedStateMachine):
    """Two units, a source each that may sink, and accounts that may not."""

    transfers = Bundle("transfers")

    @initialize()
    def open(self):
        cents = [a_source(), *some_accounts("a", "b", "c")]
        (well,) = some_accounts("agreed", unit=Unit.MINUTES, floor=None)
        hours = [well, *some_accounts("done", "confirmed", unit=Unit.MINUTES)]
        self.accounts = [*cents, *hours]
        self.unit = dict.fromkeys(cents, "EUR") | dict.fromkeys(hours, "MIN")
        self.floor = dict.fromkeys(self.accounts, 0) | {cents[0]: None, well: None}
        self.balance = dict.fromkeys(self.accounts, 0)
        self.keys = {}
        self.back = {}

    def fits(self, debit, amount):
        floor = self.floor[debit]
        return floor is None or self.balance[debit] - amount >= floor

    @rule(
        target=transfers,
        debit=st.integers(0, 6),
        credit=st.integers(0, 6),
        amount=st.integers(1, 500),
        key=st.integers(0, 40),
    )
    def posts(self, debit, credit, amount, key):
        giver, taker = self.accounts[debit], self.accounts[credit]
        content = (giver, taker, amount)
        if debit == credit:
            return None
        if f"k{key}" in self.keys:
            before, transfer = self.keys[f"k{key}"]
            if before == content:
                assert move(*content, key=f"k{key}") == transfer
            else:
                with pytest.raises(KeyReused):
                    move(*content, key=f"k{key}")
            return None
        if self.unit[giver] != self.unit[taker]:
            with pytest.raises(UnitsDiffer):
                move(*content, key=f"k{key}")
            return None
        if not self.fits(giver, amount):
            with pytest.raises(BalanceTooLow):
                move(*content, key=f"k{key}")
            return None
        transfer = move(*content, key=f"k{key}")
        self.keys[f"k{key}"] = (content, transfer)
        self.balance[giver] -= amount
        self.balance[taker] += amount
        return (transfer, content)

    @rule(transfer=transfers)
    def reverses(self, transfer):
        if transfer is None:
            return
        spend, (giver, taker, amount) = transfer
        if spend in self.back:
            with pytest.raises(AlreadyReversed):
                reverse(ANNA, spend, happened_on=A_DAY, memo="", key=f"again {spend}")
        elif not self.fits(taker, amount):
            with pytest.raises(BalanceTooLow):
                reverse(ANNA, spend, happened_on=A_DAY, memo="", key=f"back {spend}")
        else:
            self.back[spend] = reverse(
                ANNA, spend, happened_on=A_DAY, memo="", key=f"back {spend}"
            ).pk
            self.balance[taker] -= amount
            self.balance[giver] += amount

    @invariant()
    def the_book_agrees_with_the_model(self):
        if hasattr(self, "accounts"):
            assert kept(*self.accounts) == self.balance
            assert Transfer.objects.count() == len(self.keys) + len(self.back)

    def teardown(self):
        assert list(verify()) == []


class TestLedgerLife(TestCase):
    def test_the_ledger_behaves_like_a_dictionary(self):
        class InOneTransaction(LedgerLife):
            def __init__(self):
                self.world = transaction.atomic()
                self.world.__enter__()
                super().__init__()

            def teardown(self):
                try:
                    super().teardown()
                finally:
                    transaction.set_rollback(True)
                    self.world.__exit__(None, None, None)

        run_state_machine_as_test(
            InOneTransaction,
            settings=settings(
                max_examples=25,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
