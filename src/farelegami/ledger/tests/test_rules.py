import pytest
from hypothesis import given
from hypothesis import strategies as st

from farelegami.ledger.rules import (
    AmountNotPositive,
    BalanceTooLow,
    SameAccount,
    UnitsDiffer,
    check_transfer,
    left_after,
)

some_amount = st.integers(min_value=1, max_value=10**12)
some_balance = st.integers(min_value=-(10**12), max_value=10**12)


@given(asked=some_amount, balance=some_balance)
def test_money_leaves_whole_or_not_at_all(asked, balance):
    if asked > balance:
        with pytest.raises(BalanceTooLow) as refusal:
            left_after(asked, balance=balance, floor=0)
        assert refusal.value.facts() == {"asked": asked, "left": balance}
    else:
        assert left_after(asked, balance=balance, floor=0) == balance - asked


@given(asked=some_amount, balance=some_balance)
def test_a_source_without_floor_always_gives(asked, balance):
    assert left_after(asked, balance=balance, floor=None) == balance - asked


@given(amount=st.integers(max_value=0))
def test_nothing_and_less_than_nothing_do_not_move(amount):
    with pytest.raises(AmountNotPositive):
        check_transfer(amount=amount, same_account=False, same_unit=True)


def test_hours_are_never_paid_into_euro():
    with pytest.raises(UnitsDiffer):
        check_transfer(amount=1, same_account=False, same_unit=False)


def test_an_account_does_not_give_to_itself():
    with pytest.raises(SameAccount):
        check_transfer(amount=1, same_account=True, same_unit=True)
