"""What the wheel of a pact draws, from what was read of it."""

from collections.abc import Mapping
from typing import Any, Final

from farelegami.pacts.queries.lists import PactRow
from farelegami.pacts.queries.sums import Hours, Money
from farelegami.pacts.rules.terms import Terms
from farelegami.web.drawings.wheel import Result, WheelFacts

_DRAWN: Final = {"reached": Result.REACHED, "under_way": Result.UNDERWAY}


def wheel_facts(
    terms: Terms | None, statuses: Mapping[str, str], money: Money, given: Hours
) -> WheelFacts:
    """Return what the wheel of a pact draws; `statuses` of results by key."""
    goals = terms.goals if terms else ()
    return WheelFacts(
        authorised_cents=money.authorised,
        committed_cents=money.committed,
        documented_cents=money.documented,
        agreed_minutes=given.agreed,
        done_minutes=given.done,
        confirmed_minutes=given.confirmed,
        spokes=tuple(
            tuple(_DRAWN.get(statuses.get(result.key, ""), Result.TODO) for result in goal.results)
            for goal in goals
        ),
    )


def row_wheel(row: PactRow[Any]) -> WheelFacts:
    """Return the small wheel of a list's row."""
    return wheel_facts(row.terms, row.statuses, row.money, row.hours)
