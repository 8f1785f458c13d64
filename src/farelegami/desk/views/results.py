"""Targets against results, for what this release counts: aggregates only (R24)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farelegami.access.requests import ActorRequest
from farelegami.desk.rules.results import (
    PACE_LABELS,
    SMALLEST_TOLD,
    Pace,
    disclosed,
    elapsed,
    pace,
)
from farelegami.desk.views.generativity import generativity_of
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import gettext_noop
from farelegami.pacts.queries.results import PactResults, results_by_district
from farelegami.programmes.models import Programme, Target
from farelegami.programmes.queries import programmes_for
from farelegami.programmes.queries import targets as targets_of
from farelegami.territory.queries import district_names
from farelegami.web.formats import euro, grouped, told

# Only these targets are counted by pacts; the others wait for the rooms that will count them.
_COUNTED: Final[Mapping[str, str]] = {
    "F1": "pacts",
    "F2": "people",
    "F4": "plans_validated",
    "P1": "households",
}
_COUNTS: Final = (
    ("pacts", gettext_noop("Patti firmati")),
    ("people", gettext_noop("Persone")),
    ("households", gettext_noop("Famiglie")),
    ("plans_validated", gettext_noop("Piani validati")),
)
_SUMS: Final = ("authorised_cents", "paid_cents", "minutes_confirmed")
_PACE_TONES: Final = {Pace.AHEAD: "ok", Pace.ON_TIME: "ok", Pace.BEHIND: "note"}
_HOUR: Final = 60
_CENTS: Final = 100


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One target with its result; `drawn` is what the bar may show of it."""

    code: str
    label: str
    result: str
    drawn: int
    target: int
    percent_said: str
    pace: str
    pace_tone: str
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class Report:
    """A programme as an actor may read it; `is_whole` if all its districts are counted."""

    programme: Programme
    is_whole: bool
    where: str
    lines: Sequence[TargetLine]
    figures: Sequence[tuple[str, str, str]]
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    gone: int


@require_safe
def results_page(request: ActorRequest) -> HttpResponse:
    """Show each programme the actor answers for: targets, money and hours, by district."""
    reports = reports_for(request.actor)
    context = {
        "reports": reports,
        "smallest": SMALLEST_TOLD,
        "seen": generativity_of(request, [report.programme for report in reports]),
    }
    return render(request, "desk/results.html", context)


def reports_for(actor: Actor) -> Sequence[Report]:
    """Return one report a programme: seven queries at most, however many pacts."""
    whole = actor.programmes(Role.PROGRAMME_MANAGER, Role.EVALUATOR)
    mine = actor.districts(Role.COORDINATOR)
    programmes = [one for one in programmes_for(actor) if one.pk in whole or mine]
    ids = [one.pk for one in programmes]
    cells, promised = results_by_district(ids), targets_of(ids)
    names = district_names()
    reports = []
    for programme in programmes:
        is_whole = programme.pk in whole
        here = {
            district: row
            for (programme_id, district), row in cells.items()
            if programme_id == programme.pk and (is_whole or district in mine)
        }
        reports.append(_report(programme, here, promised.get(programme.pk, ()), names, is_whole))
    return reports


def _report(
    programme: Programme,
    here: Mapping[int, PactResults],
    promised: Sequence[Target],
    names: Mapping[int, str],
    is_whole: bool,  # noqa: FBT001
) -> Report:
    gone = elapsed(programme.starts_on, programme.ends_on, clock.today())
    total = _total(here)
    columns = [_(label) for _name, label in _COUNTS]
    columns += [_("Autorizzato"), _("Pagato"), _("Ore restituite")]
    return Report(
        programme=programme,
        is_whole=is_whole,
        where=", ".join(names[number] for number in sorted(here)),
        lines=[
            _line(target, getattr(total, _COUNTED[target.code]), gone if is_whole else None)
            for target in promised
            if target.code in _COUNTED and not target.is_result
        ],
        figures=_figures(total),
        columns=columns,
        rows=_rows(here, names, columns),
        gone=gone,
    )


def _total(here: Mapping[int, PactResults]) -> PactResults:
    total = PactResults()
    for row in here.values():
        for name in (*(name for name, _label in _COUNTS), *_SUMS):
            setattr(total, name, getattr(total, name) + getattr(row, name))
        total.largest_budget_cents = max(total.largest_budget_cents, row.largest_budget_cents)
    return total


def _line(target: Target, result: int, gone: int | None) -> TargetLine:
    is_small = 0 < result < SMALLEST_TOLD
    standing = None if gone is None else pace(result, target.value, gone)
    return TargetLine(
        code=target.code,
        label=target.said,
        result=told(result),
        drawn=0 if is_small else result,
        target=target.value,
        percent_said=_("%(result)s su %(target)s")
        % {"result": told(result), "target": grouped(target.value)},
        pace=_(PACE_LABELS[standing]) if standing else "",
        pace_tone=_PACE_TONES[standing] if standing else "",
        rule=target.rule_said,
        source=target.source,
    )


def _figures(total: PactResults) -> list[tuple[str, str, str]]:
    """Return (figure, what it is, how it is counted); nothing that few pacts would give away."""
    if total.pacts < SMALLEST_TOLD:
        return []
    return [
        (
            _euros(total.authorised_cents),
            _("autorizzati"),
            _("Somma dei budget in vigore nei patti firmati."),
        ),
        (
            _euros(total.paid_cents),
            _("pagati"),
            _("Spese pagate, riconciliate comprese, secondo il documento."),
        ),
        (
            _euros(total.largest_budget_cents),
            _("il budget più alto"),
            _("F17: di regola non oltre 2.000 €; oltre, solo con un atto del coordinatore."),
        ),
        (
            _hours(total.minutes_confirmed),
            _("restituite"),
            _("Ore confermate da chi le ha ricevute; quelle annullate non contano."),
        ),
    ]


def _euros(cents: int) -> str:
    return f"{grouped(round(cents / _CENTS))} €"


def _hours(minutes: int) -> str:
    return _("%(hours)s ore") % {"hours": grouped(minutes // _HOUR)}


def _rows(
    here: Mapping[int, PactResults], names: Mapping[int, str], columns: Sequence[str]
) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    shown = {
        name: disclosed({number: getattr(row, name) for number, row in here.items()})
        for name, _label in _COUNTS
    }
    rows = []
    for number, row in sorted(here.items(), key=lambda pair: names[pair[0]]):
        counts = [_cell(shown[name][number], getattr(row, name)) for name, _label in _COUNTS]
        sums = (
            [_("non detto")] * len(_SUMS)
            if shown["pacts"][number] is None
            else [euro(row.authorised_cents), euro(row.paid_cents), _hours(row.minutes_confirmed)]
        )
        rows.append((names[number], list(zip(columns, [*counts, *sums], strict=True))))
    return rows


def _cell(shown: int | None, real: int) -> str:
    if shown is not None:
        return grouped(shown)
    return told(real) if 0 < real < SMALLEST_TOLD else _("non detto")
