"""Money is counted in whole cents and time in whole minutes; nothing here is a float."""

from typing import Final, NewType

Cents = NewType("Cents", int)
Minutes = NewType("Minutes", int)

NO_CENTS: Final = Cents(0)
NO_MINUTES: Final = Minutes(0)
CENTS_IN_EURO: Final = 100
MINUTES_IN_HOUR: Final = 60


def euros(whole: int) -> Cents:
    """Return the cents of a whole number of euro."""
    return Cents(whole * CENTS_IN_EURO)


def hours(whole: int) -> Minutes:
    """Return the minutes of a whole number of hours."""
    return Minutes(whole * MINUTES_IN_HOUR)
