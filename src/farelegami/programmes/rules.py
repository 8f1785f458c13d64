"""What a programme's file says, read and checked before anything is written."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final

import msgspec

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import months_later
from farelegami.kernel.units import CENTS_IN_EURO, Cents

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


@dataclass(eq=False)
class ProgrammeFileWrong(Refusal):
    code: ClassVar[str] = "programmes.file_wrong"
    text: ClassVar[str] = gettext_noop("Il file del programma non torna: %(why)s")
    why: str


class _Entry(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An unknown word in the file is a mistake, not something to pass over."""


class About(_Entry, frozen=True):
    code: str
    name: str
    summary: str
    starts_on: date
    duration_months: int
    districts_of: list[str]
    lead: str
    value_euro: int = 0
    days_to_present_documents: int = 30
    meeting_interval_days: int = 90
    first_meeting_within_days: int = 120
    first_meeting_target_days: int = 60

    def last_day(self, starts_on: date) -> date:
        """Return the last day of the programme if it starts on `starts_on`."""
        return months_later(starts_on, self.duration_months) - timedelta(days=1)


class PartnerEntry(_Entry, frozen=True):
    name: str
    kind: str
    municipality: str = ""


class ActionEntry(_Entry, frozen=True):
    code: str
    name: str
    summary: str = ""


class SourceEntry(_Entry, frozen=True):
    code: str
    funder: str
    amount_euro: int


class LineEntry(_Entry, frozen=True):
    code: str
    label: str
    depreciable: bool = False


class ShareEntry(_Entry, frozen=True):
    partner: str
    line: str
    source: str
    amount_euro: int


class CategoryEntry(_Entry, frozen=True):
    code: str
    label: str
    limit_euro: int | None = None
    needs_reason: bool = False
    line: str = ""


class ResultEntry(_Entry, frozen=True):
    """An expected result: how it is seen, and how many months after the signature it is due."""

    title: str
    indicator: str
    months: int


class GoalEntry(_Entry, frozen=True):
    code: str
    area: str
    title: str
    supports: list[str]
    results: list[ResultEntry]


class PactTypeEntry(_Entry, frozen=True):
    code: str
    name: str
    audience: str
    cap_euro: int
    validity_months: int
    min_age: int | None = None
    max_age: int | None = None
    requires_unemployed: bool = False
    allows_business_plan: bool = False
    goals: list[GoalEntry] = []


class TargetEntry(_Entry, frozen=True):
    code: str
    label: str
    value: int
    source: str = ""
    counting_rule: str = ""
    unit: str = "numero"
    is_result: bool = False


class StepEntry(_Entry, frozen=True):
    kind: str
    happened_on: date
    title: str
    outcome: str = ""


class Plan(_Entry, frozen=True):
    """A whole programme as its file tells it."""

    programme: About
    partners: list[PartnerEntry]
    funding_sources: list[SourceEntry]
    budget_lines: list[LineEntry]
    support_categories: list[CategoryEntry]
    pact_types: list[PactTypeEntry]
    actions: list[ActionEntry] = []
    targets: list[TargetEntry] = []
    partner_shares: list[ShareEntry] = []
    codesign_steps: list[StepEntry] = []


def cents_of(whole_euro: int) -> Cents:
    """Return the cents of an amount of the file."""
    return Cents(whole_euro * CENTS_IN_EURO)


def read_plan(content: bytes) -> Plan:
    """Return the programme told by a TOML file, checked as a whole.

    Raises:
        ProgrammeFileWrong: with the place and what is wrong there.
    """
    try:
        plan = msgspec.toml.decode(content, type=Plan)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProgrammeFileWrong(why=str(error)) from error
    for why in _faults(plan):
        raise ProgrammeFileWrong(why=why)
    return plan


def _faults(plan: Plan) -> Iterable[str]:
    yield from _code_faults("partners", [entry.name for entry in plan.partners], any_text=True)
    yield from _code_faults("funding_sources", [entry.code for entry in plan.funding_sources])
    yield from _code_faults("budget_lines", [entry.code for entry in plan.budget_lines])
    yield from _code_faults("support_categories", [c.code for c in plan.support_categories])
    yield from _code_faults("pact_types", [entry.code for entry in plan.pact_types])
    yield from _code_faults("actions", [entry.code for entry in plan.actions])
    yield from _code_faults("targets", [entry.code for entry in plan.targets])
    if plan.programme.lead not in {entry.name for entry in plan.partners}:
        yield f"lead: {plan.programme.lead} non è fra i partner"
    lines = {entry.code for entry in plan.budget_lines}
    for category in plan.support_categories:
        if category.line and category.line not in lines:
            yield f"support_categories {category.code}: la voce {category.line} non c'è"
        if category.limit_euro is not None and category.limit_euro <= 0:
            yield f"support_categories {category.code}: il limite è maggiore di zero o non c'è"
    for pact_type in plan.pact_types:
        yield from _pact_type_faults(pact_type, {c.code for c in plan.support_categories})
    yield from _share_faults(plan, lines)


def _code_faults(where: str, codes: Sequence[str], *, any_text: bool = False) -> Iterable[str]:
    for code in codes:
        if not any_text and not _CODE.fullmatch(code):
            yield f"{where}: il codice «{code}» ha solo lettere, cifre, trattini"
        if codes.count(code) > 1:
            yield f"{where}: {code} è scritto due volte"


def _pact_type_faults(pact_type: PactTypeEntry, categories: set[str]) -> Iterable[str]:
    where = f"pact_types {pact_type.code}"
    if pact_type.cap_euro < 0 or pact_type.validity_months <= 0:
        yield f"{where}: il tetto non è negativo e la durata è di almeno un mese"
    ages = (pact_type.min_age, pact_type.max_age)
    if None not in ages and ages[0] > ages[1]:  # type: ignore[operator]
        yield f"{where}: l'età minima supera la massima"
    yield from _code_faults(f"{where} goals", [goal.code for goal in pact_type.goals])
    for goal in pact_type.goals:
        if not goal.results:
            yield f"{where} {goal.code}: almeno un risultato atteso"
        for support in goal.supports:
            if support not in categories:
                yield f"{where} {goal.code}: la categoria {support} non c'è"


def _share_faults(plan: Plan, lines: set[str]) -> Iterable[str]:
    partners = {entry.name for entry in plan.partners}
    sources = {entry.code for entry in plan.funding_sources}
    for share in plan.partner_shares:
        if share.partner not in partners or share.line not in lines or share.source not in sources:
            yield f"partner_shares {share.partner}: partner, voce o fonte non ci sono"
