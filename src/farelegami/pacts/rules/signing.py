"""Who must sign, and what a signature must be."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.units import Cents

# What a pen on the screen leaves: moves and lines with whole coordinates, nothing a browser runs.
_DRAWING: Final = re.compile(r"M\d{1,4} \d{1,4}(?: ?[ML]\d{1,4} \d{1,4}){4,4000}")
_TIMES_THE_TYPE: Final = 10
LONGEST_DRAWING: Final = 40_000


class Signer(StrEnum):
    HOLDER = "holder"
    CASE_MANAGER = "case_manager"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Needed:
    """A signature that is needed; `person_id` names which holder."""

    signer: Signer
    person_id: UUID | None
    name: str


@dataclass(eq=False)
class NothingToSign(Refusal):
    code = "pacts.nothing_to_sign"
    text = gettext_noop("Si firma un testo concordato e autorizzato.")


@dataclass(eq=False)
class OtherText(Refusal):
    code = "pacts.other_text"
    text = gettext_noop("Il testo è cambiato mentre lo leggevi: rileggilo prima di firmare.")


@dataclass(eq=False)
class SignedAlready(Refusal):
    code = "pacts.signed_already"
    text = gettext_noop("%(name)s ha già firmato.")
    name: str


@dataclass(eq=False)
class NotASigner(Refusal):
    code = "pacts.not_a_signer"
    text = gettext_noop("Questa persona non è fra chi firma il patto.")


@dataclass(eq=False)
class DrawingUnreadable(Refusal):
    code = "pacts.drawing_unreadable"
    text = gettext_noop("La firma è vuota o troppo corta: firma di nuovo nel riquadro.")
    field = "drawing"


@dataclass(eq=False)
class CapBelowBudget(Refusal):
    code = "pacts.cap_below_budget"
    text = gettext_noop(
        "Il tetto (%(cap_cents)s) non può scendere sotto il budget (%(budget_cents)s)."
    )
    field = "cap_cents"
    cap_cents: Cents
    budget_cents: Cents


@dataclass(eq=False)
class CapTooHigh(Refusal):
    code = "pacts.cap_too_high"
    text = gettext_noop(
        "Il tetto può salire fino a %(limit_cents)s, dieci volte quello di questo tipo di patto."
    )
    field = "cap_cents"
    limit_cents: Cents


@dataclass(eq=False)
class NoFundingSource(Refusal):
    code = "pacts.no_funding_source"
    text = gettext_noop("Il programma non ha ancora una fonte di finanziamento: va indicata prima.")


@dataclass(eq=False)
class BudgetBelowSpent(Refusal):
    code = "pacts.budget_below_spent"
    text = gettext_noop("Il nuovo budget è più basso di quanto è già impegnato.")


def check_cap(cap_cents: Cents, *, budget: Cents, type_cap: Cents) -> None:
    """Pass where a coordinator may set this cap (R1).

    Raises:
        CapBelowBudget: the budget in force is above it.
        CapTooHigh: it is above ten times the cap of the pact's type.
    """
    if cap_cents < budget:
        raise CapBelowBudget(cap_cents=cap_cents, budget_cents=budget)
    limit = Cents(_TIMES_THE_TYPE * type_cap)
    if cap_cents > limit:
        raise CapTooHigh(limit_cents=limit)


def still_needed(
    needed: Collection[Needed], signed: Collection[tuple[Signer, UUID | None]]
) -> tuple[Needed, ...]:
    """Return the signatures that are not there yet, in the order in which they are asked."""
    return tuple(each for each in needed if (each.signer, each.person_id) not in signed)


def drawing_is_readable(path: str) -> bool:
    """Return whether the path of a drawn signature is one, and nothing else."""
    return len(path) <= LONGEST_DRAWING and _DRAWING.fullmatch(path.strip()) is not None
