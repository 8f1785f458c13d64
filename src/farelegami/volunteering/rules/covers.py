"""From which day to which somebody is insured (R10, R11, R12).

Every day is whole: a cover that runs from 24:00 of a day runs from the day after. Days are those of
Italy; that one of them has 23 hours, or 25, changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import Refusal, gettext_noop
from farelegami.kernel.periods import Period
from farelegami.kernel.units import Minutes, hours

PUC_WEEK_LEAST: Final = hours(8)
PUC_WEEK_MOST: Final = hours(16)
DAY_MOST: Final = hours(24)
_A_DAY: Final = timedelta(days=1)


class Basis(StrEnum):
    """On what ground hours are given."""

    VOLUNTARY = "voluntary"
    PUC = "puc"


BASIS_LABELS: Final[Mapping[Basis, str]] = {
    Basis.VOLUNTARY: gettext_noop("volontariato"),
    Basis.PUC: gettext_noop("progetto utile alla collettività (PUC)"),
}


class PolicyKind(StrEnum):
    """A policy for all in the register, or the INAIL position of a body that leads PUC projects."""

    REGISTER = "register"
    INAIL_PUC = "inail_puc"


POLICY_LABELS: Final[Mapping[PolicyKind, str]] = {
    PolicyKind.REGISTER: gettext_noop("polizza per i volontari del registro"),
    PolicyKind.INAIL_PUC: gettext_noop("posizione INAIL per i PUC"),
}


class Risk(StrEnum):
    ACCIDENT = "accident"
    ILLNESS = "illness"
    LIABILITY = "liability"


RISK_LABELS: Final[Mapping[Risk, str]] = {
    Risk.ACCIDENT: gettext_noop("infortuni"),
    Risk.ILLNESS: gettext_noop("malattia"),
    Risk.LIABILITY: gettext_noop("responsabilità civile verso terzi"),
}


@dataclass(eq=False)
class NoPolicyInForce(Refusal):
    code = "volunteering.no_policy_in_force"
    text = gettext_noop(
        "L’ente non ha una polizza in corso che copra infortuni, malattia e responsabilità civile."
    )


@dataclass(eq=False)
class NoPucPosition(Refusal):
    code = "volunteering.no_puc_position"
    text = gettext_noop("Per un PUC serve prima la posizione INAIL, aperta entro il giorno prima.")


@dataclass(eq=False)
class NotCovered(Refusal):
    code = "volunteering.not_covered"
    text = gettext_noop("Il %(day)s la persona non è coperta dall’assicurazione di questo ente.")
    field = "day"
    day: str


@dataclass(eq=False)
class ServiceInTheFuture(Refusal):
    code = "volunteering.service_in_the_future"
    text = gettext_noop("Si annota un servizio svolto: il giorno non può essere futuro.")
    field = "day"


@dataclass(eq=False)
class ServiceNotedOtherwise(Refusal):
    code = "volunteering.service_noted_otherwise"
    text = gettext_noop("Questo servizio è già annotato con altri dati: prima si toglie.")


@dataclass(eq=False)
class MinutesOfADay(Refusal):
    code = "volunteering.minutes_of_a_day"
    text = gettext_noop("Le ore di un giorno sono più di zero e al massimo 24.")
    field = "minutes"


@dataclass(eq=False)
class RisksMissing(Refusal):
    code = "volunteering.risks_missing"
    text = gettext_noop(
        "La polizza dei volontari copre infortuni, malattia e responsabilità civile verso terzi: manca"
        " %(missing_label)s."
    )
    field = "risks"
    missing_label: str


@dataclass(eq=False)
class PolicyEndsBeforeItStarts(Refusal):
    code = "volunteering.policy_ends_before_it_starts"
    text = gettext_noop("La fine viene prima dell’inizio.")
    field = "ends_on"


@dataclass(eq=False)
class PolicyEndsAlready(Refusal):
    code = "volunteering.policy_ends_already"
    text = gettext_noop("La polizza finisce già il %(until)s: non si può chiudere dopo.")
    field = "day"
    until: date


@dataclass(eq=False)
class PolicyUnnamed(Refusal):
    code = "volunteering.policy_unnamed"
    text = gettext_noop("Servono la compagnia e il numero della polizza.")
    field = "number"


@dataclass(eq=False)
class PolicyServed(Refusal):
    code = "volunteering.policy_served"
    text = gettext_noop(
        "Sotto questa polizza risulta un servizio il %(day)s: non può finire prima di quel giorno."
    )
    field = "day"
    day: str


@dataclass(eq=False)
class PucOpenedLate(Refusal):
    code = "volunteering.puc_opened_late"
    text = gettext_noop(
        "La posizione INAIL si apre entro il giorno prima: aperta il %(opened)s, il PUC comincia dal"
        " %(first)s."
    )
    field = "starts_on"
    opened: str
    first: str


@dataclass(eq=False)
class PucOpenedInTheFuture(Refusal):
    code = "volunteering.puc_opened_in_the_future"
    text = gettext_noop("Si scrive quando INAIL l’ha aperta: il giorno non può essere futuro.")
    field = "opened_on"


@dataclass(eq=False)
class PucWeek(Refusal):
    code = "volunteering.puc_week"
    text = gettext_noop("Un PUC va da 8 a 16 ore la settimana.")
    field = "weekly_minutes"


@dataclass(eq=False)
class PucWeekTogether(Refusal):
    code = "volunteering.puc_week_together"
    text = gettext_noop(
        "Con quelle che ha già (%(had_minutes)s) sarebbero più di 16 ore la settimana."
    )
    field = "weekly_minutes"
    had_minutes: int


@dataclass(eq=False)
class PucEndsBeforeItStarts(Refusal):
    code = "volunteering.puc_ends_before_it_starts"
    text = gettext_noop("La fine viene prima dell’inizio.")
    field = "ends_on"


@dataclass(eq=False)
class PucEndedAlready(Refusal):
    code = "volunteering.puc_ended_already"
    text = gettext_noop("Questa posizione è già chiusa.")


def first_day(entered_on: date, *, recorded_on: date) -> date:
    """Return the earliest day under cover of somebody entered for `entered_on`.

    Cover runs from 24:00 of the entry: what is written late never covers days that have gone (R10).
    """
    return max(entered_on, recorded_on) + _A_DAY


def span_under(
    policy: Period, *, from_day: date, until: date | None = None
) -> tuple[date, date] | None:
    """Return the first and last day that a policy covers somebody present from `from_day`.

    `until` is the day they leave, included. None where no day is left.
    """
    starts = max(policy.starts_on, from_day)
    ends = [day for day in (policy.ends_on, until) if day is not None]
    last = min(ends) if ends else date.max
    return (starts, last) if starts <= last else None


def earliest(policies: Iterable[Period], *, from_day: date) -> date | None:
    """Return the first day from `from_day` on that one of the policies covers, or None."""
    spans = [span_under(policy, from_day=from_day) for policy in policies]
    return min((span[0] for span in spans if span), default=None)


def gaps(covers: Sequence[tuple[date, date]], *, start: date, end: date) -> list[tuple[date, date]]:
    """Return the days from `start` to `end` that no cover holds, as first and last days."""
    found, day = [], start
    for first, last in sorted(covers):
        if day > end:
            break
        if first > day:
            found.append((day, min(first - _A_DAY, end)))
        day = max(day, last if last == date.max else last + _A_DAY)
    if day <= end:
        found.append((day, end))
    return found


def check_risks(kind: PolicyKind, risks: Iterable[Risk]) -> tuple[Risk, ...]:
    """Return the risks that a policy lacks; INAIL is not asked for them (R12)."""
    return () if kind is PolicyKind.INAIL_PUC else tuple(r for r in Risk if r not in set(risks))


def check_minutes(minutes: Minutes) -> None:
    """Pass where so much may be worked in a day.

    Raises:
        MinutesOfADay: as it says.
    """
    if not 0 < minutes <= DAY_MOST:
        raise MinutesOfADay


def check_puc(
    *, opened_on: date, starts_on: date, ends_on: date, weekly_minutes: int, today: date
) -> None:
    """Check the days and the weekly hours of a PUC (R11).

    Raises:
        PucOpenedInTheFuture, PucOpenedLate, PucEndsBeforeItStarts, PucWeek: as they say.
    """
    if opened_on > today:
        raise PucOpenedInTheFuture
    if starts_on <= opened_on:
        first = opened_on + _A_DAY
        raise PucOpenedLate(opened=f"{opened_on:%d/%m/%Y}", first=f"{first:%d/%m/%Y}")
    if ends_on < starts_on:
        raise PucEndsBeforeItStarts
    if not PUC_WEEK_LEAST <= weekly_minutes <= PUC_WEEK_MOST:
        raise PucWeek
