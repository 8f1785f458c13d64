"""The terms of a pact: goals and results, supports, commitments; frozen, typed, kept as JSON.

A version of a pact is its terms. What happens later (results reached, money spent, hours given) is
kept elsewhere and points at the `key` of a goal, result, support or commitment; keys stay the same
from one version to the next.
"""

from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Cents, Minutes

NO_COST: Final = Cents(0)


class Basis(StrEnum):
    """Why hours are given: freely, or as a useful community project owed with an allowance."""

    VOLUNTARY = "voluntary"
    PUC = "puc"


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    key: str
    text: str
    due_on: date
    indicator: str = ""
    baseline: str = ""


class Goal(msgspec.Struct, frozen=True):
    key: str
    title: str
    results: tuple[Result, ...] = ()


class Support(msgspec.Struct, frozen=True):
    """What a named body does for the family; `amount_cents` is zero where it costs nothing."""

    key: str
    category: str
    title: str
    provider: str
    amount_cents: int = 0
    detail: str = ""
    provider_id: UUID | None = None

    @property
    def cost(self) -> Cents:
        return Cents(self.amount_cents)


class Commitment(msgspec.Struct, frozen=True):
    """What one named member gives to others; helpers take part without being bound."""

    key: str
    person_id: UUID
    person_name: str
    title: str
    host: str
    minutes: int
    ends_on: date
    weekly_minutes: int = 0
    basis: Basis = Basis.VOLUNTARY
    when: str = ""
    host_id: UUID | None = None
    helpers: str = ""


LineT = TypeVar("LineT", Goal, Result, Support, Commitment)


class Terms(msgspec.Struct, frozen=True):
    starts_on: date
    ends_on: date
    goals: tuple[Goal, ...] = ()
    supports: tuple[Support, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    giveback_discussed: bool = False
    giveback_note: str = ""

    @property
    def budget(self) -> Cents:
        """What the supports cost together."""
        return Cents(sum(support.amount_cents for support in self.supports))

    @property
    def promised(self) -> Minutes:
        """The time that the commitments promise together."""
        return Minutes(sum(commitment.minutes for commitment in self.commitments))

    @property
    def result_count(self) -> int:
        return sum(len(goal.results) for goal in self.goals)

    def budget_of(self, category: str) -> Cents:
        """Return what the supports of one category cost together."""
        return Cents(sum(s.amount_cents for s in self.supports if s.category == category))


def new_key() -> str:
    """Return the key of a new goal, result, support or commitment."""
    return new_id().hex


def encode(terms: Terms) -> str:
    """Return the terms as canonical JSON: equal terms give equal text."""
    return msgspec.json.encode(terms, order="deterministic").decode()


@lru_cache(maxsize=64)
def decode(text: str) -> Terms:
    """Return the terms of a JSON text.

    Raises:
        msgspec.ValidationError: the text is not terms of a pact.
    """
    return msgspec.json.decode(text, type=Terms)


def without(terms: Terms, key: str) -> Terms:
    """Return the terms without the goal, result, support or commitment of that key."""
    return msgspec.structs.replace(
        terms,
        goals=tuple(
            msgspec.structs.replace(
                goal, results=tuple(result for result in goal.results if result.key != key)
            )
            for goal in terms.goals
            if goal.key != key
        ),
        supports=tuple(support for support in terms.supports if support.key != key),
        commitments=tuple(each for each in terms.commitments if each.key != key),
    )


def with_goal(terms: Terms, goal: Goal) -> Terms:
    """Return the terms with the goal added, or put in the place of the one with its key."""
    return msgspec.structs.replace(terms, goals=_placed(terms.goals, goal))


def with_result(terms: Terms, goal_key: str, result: Result) -> Terms:
    """Return the terms with an expected result added to, or changed in, a goal."""
    return msgspec.structs.replace(
        terms,
        goals=tuple(
            msgspec.structs.replace(goal, results=_placed(goal.results, result))
            if goal.key == goal_key
            else goal
            for goal in terms.goals
        ),
    )


def with_support(terms: Terms, support: Support) -> Terms:
    """Return the terms with the support added or changed."""
    return msgspec.structs.replace(terms, supports=_placed(terms.supports, support))


def with_commitment(terms: Terms, commitment: Commitment) -> Terms:
    """Return the terms with the commitment added or changed."""
    return msgspec.structs.replace(terms, commitments=_placed(terms.commitments, commitment))


def _placed(items: tuple[LineT, ...], item: LineT) -> tuple[LineT, ...]:
    if any(each.key == item.key for each in items):
        return tuple(item if each.key == item.key else each for each in items)
    return items + (item,)  # noqa: RUF005 (unpacking loses the type)
