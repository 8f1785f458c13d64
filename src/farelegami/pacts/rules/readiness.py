"""What is missing before a pact moves on, as facts with a sentence: never as a fault of the family."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import full_years
from farelegami.kernel.units import Cents, hours
from farelegami.pacts.rules.terms import Basis, Commitment, Terms

MOST_WEEKLY: Final = hours(16)
LEAST_WEEKLY_PUC: Final = hours(8)


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not there yet: `text` takes `facts`; `step` is where it can be added.

    `person_id` is whose file it is written in, where it is written in a file.
    """

    code: str
    text: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    step: str = ""
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """An adult member who signs, as far as the rules care."""

    person_id: UUID
    name: str
    born_on: date | None
    notice_given: bool
    unemployed: bool


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """A category of support as configured: its ceiling, if any, and whether it wants a reason."""

    code: str
    label: str
    limit: Cents | None = None
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class TypeRule:
    """The rules of a pact type, as configured by its programme."""

    min_age: int | None = None
    max_age: int | None = None
    requires_unemployed: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything the rules look at before a pact is agreed."""

    terms: Terms
    cap: Cents
    holders: Sequence[Holder]
    has_case_manager: bool
    type_rule: TypeRule
    categories: Mapping[str, CategoryRule]
    on: date


@dataclass(eq=False)
class NotReady(Refusal):
    code = "pacts.not_ready"
    text = gettext_noop("Manca ancora qualcosa: %(list)s.")
    list: str


@dataclass(eq=False)
class CapExceeded(Refusal):
    code = "pacts.cap_exceeded"
    text = gettext_noop(
        "I sostegni (%(budget_cents)s) superano il tetto del patto (%(cap_cents)s):"
        " serve un atto del coordinatore."
    )
    budget_cents: Cents
    cap_cents: Cents


def missing_to_agree(draft: Draft) -> tuple[Missing, ...]:
    """Return what a draft still lacks before family and worker can say it is agreed.

    Source:
        docs/domain/pacts.md, R1, R5, R6, R9.
    """
    return (
        *_about_goals(draft.terms),
        *_about_holders(draft),
        *_about_money(draft),
        *_about_giveback(draft.terms),
    )


def _about_goals(terms: Terms) -> Iterator[Missing]:
    if not terms.goals:
        yield Missing("goal", gettext_noop("un obiettivo"), step="goals")
    for number, goal in enumerate(terms.goals, start=1):
        if not goal.results:
            yield Missing(
                "result",
                gettext_noop("un risultato atteso per l’obiettivo %(number)s"),
                {"number": number},
                step="goals",
            )


def _about_holders(draft: Draft) -> Iterator[Missing]:
    if not draft.has_case_manager:
        yield Missing("case_manager", gettext_noop("chi segue il patto"))
    if not draft.holders:
        yield Missing("holder", gettext_noop("un adulto che firmi"), step="resources")
    for holder in draft.holders:
        facts = {"name": holder.name}
        if not holder.notice_given:
            yield Missing(
                "notice",
                gettext_noop("l’informativa privacy a %(name)s"),
                facts,
                step="resources",
                person_id=holder.person_id,
            )
        yield from _about_type(draft, holder)


def _about_type(draft: Draft, holder: Holder) -> Iterator[Missing]:
    rule, facts = draft.type_rule, {"name": holder.name}
    if rule.min_age is not None or rule.max_age is not None:
        if holder.born_on is None:
            yield Missing(
                "birth",
                gettext_noop("la data di nascita di %(name)s"),
                facts,
                step="resources",
                person_id=holder.person_id,
            )
        elif not _within(full_years(holder.born_on, draft.on), rule):
            ages = {"min": rule.min_age or 0, "max": rule.max_age or 120}
            yield Missing(
                "age",
                gettext_noop("un’età fra %(min)s e %(max)s anni: %(name)s ne ha un’altra"),
                {**facts, **ages},
            )
    if rule.requires_unemployed and not holder.unemployed:
        yield Missing(
            "unemployed",
            gettext_noop("la conferma che %(name)s ora non ha un lavoro"),
            facts,
            step="resources",
        )


def _within(age: int, rule: TypeRule) -> bool:
    return (rule.min_age is None or age >= rule.min_age) and (
        rule.max_age is None or age <= rule.max_age
    )


def _about_money(draft: Draft) -> Iterator[Missing]:
    if draft.terms.budget > draft.cap:
        yield Missing(
            "cap",
            gettext_noop("un budget entro il tetto, o l’atto del coordinatore che lo alza"),
            step="supports",
        )
    for code, rule in draft.categories.items():
        asked = draft.terms.budget_of(code)
        if rule.limit is not None and asked > rule.limit:
            yield Missing(
                "category_limit",
                gettext_noop("la voce «%(category)s» entro il suo limite"),
                {"category": rule.label},
                step="supports",
            )
    for support in draft.terms.supports:
        rule_of = draft.categories.get(support.category)
        if rule_of and rule_of.needs_reason and not support.detail.strip():
            yield Missing(
                "reason",
                gettext_noop("il motivo del sostegno «%(title)s»"),
                {"title": support.title},
                step="supports",
            )


def _about_giveback(terms: Terms) -> Iterator[Missing]:
    if not terms.giveback_discussed:
        yield Missing(
            "giveback",
            gettext_noop("parlare della restituzione: anche zero ore va bene"),
            step="giveback",
        )
    for commitment in terms.commitments:
        if not weekly_time_is_right(commitment):
            yield Missing(
                "weekly",
                gettext_noop("ore settimanali nei limiti per «%(title)s»"),
                {"title": commitment.title},
                step="giveback",
            )


def weekly_time_is_right(commitment: Commitment) -> bool:
    """Return whether the weekly time keeps to R9: at most 16 hours, 8 to 16 on a PUC basis."""
    if commitment.weekly_minutes > MOST_WEEKLY:
        return False
    return commitment.basis != Basis.PUC or commitment.weekly_minutes >= LEAST_WEEKLY_PUC


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules look at when a pact goes towards its end."""

    open_results: Sequence[tuple[str, date]] = ()
    minutes_to_confirm: int = 0
    open_spends: int = 0
    undecided_goals: int = 0
    t2_offered: bool = False
    open_amendment: bool = False
    next_meeting_by: date | None = None


def missing_to_review(standing: Standing) -> tuple[Missing, ...]:
    """Return what stands between an active pact and its final review."""
    found = [
        Missing(
            "result_open",
            gettext_noop("%(text)s, entro il %(day)s"),
            {"text": text, "day": f"{due:%d/%m/%Y}"},
            step="results",
        )
        for text, due in standing.open_results
    ]
    return (*found, *_open_amendment(standing), *_hours_to_confirm(standing))


def missing_to_close(standing: Standing) -> tuple[Missing, ...]:
    """Return what stands between the final review and the closing (R8)."""
    found = [*_open_amendment(standing), *_hours_to_confirm(standing)]
    if standing.open_spends:
        found.append(
            Missing(
                "spends",
                gettext_noop("%(count)s spese da pagare e riconciliare, o da svincolare"),
                {"count": standing.open_spends},
                step="spends",
            )
        )
    if not standing.t2_offered:
        found.append(
            Missing("t2", gettext_noop("proporre la Mappa delle risorse finale (T2)"), step="map")
        )
    if standing.undecided_goals:
        found.append(
            Missing(
                "outcomes",
                gettext_noop("l’esito di %(count)s obiettivi"),
                {"count": standing.undecided_goals},
                step="close",
            )
        )
    return tuple(found)


def _open_amendment(standing: Standing) -> Iterator[Missing]:
    if standing.open_amendment:
        yield Missing("amendment", gettext_noop("chiudere la modifica in corso"), step="amendment")


def _hours_to_confirm(standing: Standing) -> Iterator[Missing]:
    if standing.minutes_to_confirm:
        whole, rest = divmod(standing.minutes_to_confirm, 60)
        yield Missing(
            "hours",
            gettext_noop("la conferma di %(hours)s h %(minutes)s min restituiti"),
            {"hours": whole, "minutes": rest},
            step="hours",
        )
