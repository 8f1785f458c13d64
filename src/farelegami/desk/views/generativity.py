"""What came back of what was given, as the page of results says it: sums with their n (R24)."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from django.utils.translation import gettext as _

from farelegami.access.requests import ActorRequest
from farelegami.desk.rules.results import SMALLEST_TOLD, unsaid
from farelegami.giveback.queries.generativity import Generativity, Seen, generativity
from farelegami.giveback.rules.needs import FIELD_LABELS
from farelegami.kernel import clock
from farelegami.kernel.errors import gettext_noop
from farelegami.pacts.queries.returned import AskedAfter
from farelegami.programmes.models import Programme
from farelegami.territory.queries import district_names
from farelegami.web.formats import euro, grouped, hours, told

_WHOLE: Final = "whole"
_Key: TypeAlias = Hashable
# For each column: what it says, how many it is of, and the label.
_Column: TypeAlias = tuple[Callable[[Generativity], str], Callable[[Generativity], int], str]
_COLUMNS: Final[Mapping[str, _Column]] = {
    "documented": (
        lambda one: euro(one.received.documented_cents),
        lambda one: one.received.documented_pacts,
        gettext_noop("Euro documentati"),
    ),
    "paid": (
        lambda one: euro(one.received.paid_cents),
        lambda one: one.received.paid_pacts,
        gettext_noop("Euro pagati"),
    ),
    "worked": (
        lambda one: hours(one.accompanied.minutes),
        lambda one: one.accompanied.pacts,
        gettext_noop("Ore di chi accompagna"),
    ),
    "hours": (
        lambda one: hours(one.minutes),
        lambda one: one.givers,
        gettext_noop("Ore restituite"),
    ),
    "turns": (
        lambda one: grouped(one.turns),
        lambda one: one.people,
        gettext_noop("Turni svolti"),
    ),
    "people": (
        lambda one: grouped(one.people),
        lambda one: one.people,
        gettext_noop("Persone che hanno dato"),
    ),
    "hosts": (
        lambda one: grouped(one.hosts),
        lambda one: one.hosts,
        gettext_noop("Enti che hanno accolto"),
    ),
    "reached": (
        lambda one: grouped(one.reached),
        lambda one: one.reached,
        gettext_noop("Persone raggiunte da chi ha dato"),
    ),
    "became": (
        lambda one: grouped(one.became_volunteers),
        lambda one: one.became_volunteers,
        gettext_noop("Diventati volontari"),
    ),
}
_RULES: Final = {
    "documented": gettext_noop("Spese dei patti, secondo la data del documento."),
    "paid": gettext_noop("Spese dei patti, secondo il giorno del pagamento."),
    "worked": gettext_noop("Tempo di operatori segnato agli incontri dei patti, tutti insieme."),
    "hours": gettext_noop("Ore confermate, secondo il giorno in cui sono state date."),
    "turns": gettext_noop("Turni su cui persona ed ente dicono lo stesso, o chiariti."),
    "people": gettext_noop("Persone distinte con almeno un turno svolto."),
    "hosts": gettext_noop("Enti distinti con almeno un turno svolto."),
    "reached": gettext_noop(
        "Circa, come lo dicono gli enti posto per posto, nel giorno in cui lo dicono: chi è aiutato"
        " in due posti conta due volte."
    ),
    "became": gettext_noop(
        "Persone nominate in un patto che, dopo la sua fine e nel periodo, hanno offerto tempo"
        " senza patto o sono entrate in un registro dei volontari; chi c’era già non conta."
    ),
}
_COUNTS: Final = frozenset({"people", "hosts", "reached", "became"})
_OF_PACTS: Final = frozenset({"documented", "paid", "worked", "became"})
_OF: Final = {
    "documented": gettext_noop("%(n)s patti"),
    "paid": gettext_noop("%(n)s patti"),
    "worked": gettext_noop("%(n)s patti"),
    "hours": gettext_noop("%(n)s fra patti e persone senza patto"),
    "turns": gettext_noop("%(n)s persone"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what it is, of how many, and how it is counted."""

    label: str
    value: str
    of: str
    rule: str


@dataclass(frozen=True, slots=True)
class FieldLine:
    """Hours of one field; `drawn` is what the bar may show, in minutes."""

    label: str
    value: str
    of: str
    drawn: int


@dataclass(frozen=True, slots=True)
class PartRow:
    """A programme, or a district within it, and what may be said of it."""

    name: str
    is_within: bool
    cells: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole section, as words."""

    year: str
    years: Sequence[str]
    since: date
    until: date
    groups: Sequence[tuple[str, Sequence[Line]]]
    fields: Sequence[FieldLine]
    widest: int
    columns: Sequence[str]
    rows: Sequence[PartRow]


def generativity_of(request: ActorRequest, programmes: Sequence[Programme]) -> Shown | None:
    """Return what the actor may read of a year, `?anno=`; this one so far if none is asked."""
    if not programmes:
        return None
    today = clock.today()
    first = min(today.year, *(programme.starts_on.year for programme in programmes))
    years = [str(each) for each in range(today.year, first - 1, -1)]
    asked = request.GET.get("anno", "")
    shown = asked if asked in years else years[0]
    year = int(shown)
    since, until = date(year, 1, 1), min(today, date(year, 12, 31))
    by_year = {
        each: generativity(
            request.actor, since=date(int(each), 1, 1), until=min(today, date(int(each), 12, 31))
        )
        for each in years
    }
    seen = by_year[shown]
    names = {programme.pk: programme.name for programme in programmes}
    hidden = hidden_in(shown, by_year)
    columns = [name for name in _COLUMNS if name not in {"turns", "hosts", "worked", "reached"}]
    return Shown(
        year=shown,
        years=years,
        since=since,
        until=until,
        groups=_groups(seen.whole, hidden),
        fields=_fields(seen.whole, hidden["hours"]),
        widest=max(seen.whole.minutes, 1),
        columns=[_(_COLUMNS[name][2]) for name in columns],
        rows=_rows(seen, names, hidden, columns),
    )


def hidden_in(year: str, by_year: Mapping[str, Seen]) -> Mapping[str, frozenset[_Key]]:
    """Return, for each column, which cells of the whole, its parts and theirs must not be read.

    The page tells sums of all years, too: where one year of a cell is hidden, another goes with it.
    """
    found = {}
    for name in _COLUMNS:
        counts: dict[tuple[str, _Key], int] = {}
        lines: list[list[tuple[str, _Key]]] = []
        for each, seen in by_year.items():
            mine, totals = _column_of(name, seen)
            counts.update(((each, key), count) for key, count in mine.items())
            lines += [[(each, key) for key in line] for line in totals]
        lines += [
            [(each, key) for each in by_year if (each, key) in counts] for key in _keys(counts)
        ]
        hidden = unsaid(counts, lines)
        found[name] = frozenset(key for each, key in hidden if each == year)
    return found


def _keys(counts: Mapping[tuple[str, _Key], int]) -> list[_Key]:
    return list(dict.fromkeys(key for _year, key in counts))


def _column_of(name: str, seen: Seen) -> tuple[Mapping[_Key, int], list[list[_Key]]]:
    """Return the cells of a column in a year, and which are a total and its parts."""
    figures: dict[_Key, Generativity] = {_WHOLE: seen.whole}
    figures.update(seen.parts.items())
    figures.update(seen.cells.items())
    lines: list[list[_Key]] = [[*seen.parts, _WHOLE]]
    lines += [[*(cell for cell in seen.cells if cell[0] == part), part] for part in seen.parts]
    of = _COLUMNS[name][1]
    counts = {key: of(one) for key, one in figures.items()}
    if name != "hours":
        return counts, lines
    fields: dict[_Key, int] = {("field", f.field): f.givers for f in seen.whole.fields}
    return {**counts, **fields}, [*lines, [*fields, _WHOLE]]


def _said(value: str, count: int, is_hidden: bool) -> str:  # noqa: FBT001
    if not is_hidden:
        return value
    return told(count) if 0 < count < SMALLEST_TOLD else _("non detto")


def _groups(
    whole: Generativity, hidden: Mapping[str, frozenset[_Key]]
) -> list[tuple[str, list[Line]]]:
    def line(name: str) -> Line:
        said, of, label = _COLUMNS[name]
        is_hidden, count = _WHOLE in hidden[name], of(whole)
        n = _(_OF[name]) % {"n": told(count)} if name in _OF else ""
        if name == "became":
            n = _("da %(n)s patti finiti") % {"n": told(whole.ended_pacts)}
        if name == "reached":
            n = _("detto per %(n)s posti") % {"n": told(whole.reached_told)}
        if is_hidden:
            value = told(count) if name in _COUNTS else _("non detto")
            return Line(_(label), value, n, _(_RULES[name]))
        return Line(_(label), said(whole), n, _(_RULES[name]))

    return [
        (_("Ricevuto"), [line("documented"), line("paid"), line("worked")]),
        (_("Restituito"), [line("hours"), line("turns")]),
        (_("Persone raggiunte"), [line("people"), line("hosts"), line("reached")]),
        (
            _("Dopo la chiusura"),
            [*(_after(months, after) for months, after in whole.after.items()), line("became")],
        ),
    ]


def _after(months: int, after: AskedAfter) -> Line:
    others, silent = after.answered - after.active, after.due - after.answered
    counts = {"active": after.active, "others": others, "answered": after.answered}
    hidden = unsaid(counts, [tuple(counts)])
    of = _("su %(n)s che hanno risposto") % {"n": told(after.answered)}
    if after.due >= SMALLEST_TOLD and not 0 < silent < SMALLEST_TOLD:
        of = _("%(of)s, %(due)s da sentire") % {"of": of, "due": grouped(after.due)}
    return Line(
        _("Ancora attivi a %(n)s mesi") % {"n": months},
        _said(grouped(after.active), after.active, "active" in hidden),
        of,
        _(
            "Patti chiusi da cui si doveva sapere nel periodo; sì alla domanda se la famiglia è"
            " ancora attiva nella comunità."
        ),
    )


def _fields(whole: Generativity, hidden: frozenset[_Key]) -> list[FieldLine]:
    rows = []
    for row in whole.fields:
        is_hidden = ("field", row.field) in hidden
        rows.append(
            FieldLine(
                _(FIELD_LABELS[row.field]) if row.field else _("altro, senza campo"),
                _("non detto") if is_hidden else hours(row.minutes),
                _said(grouped(row.givers), row.givers, is_hidden),
                0 if is_hidden else row.minutes,
            )
        )
    return rows


def _rows(
    seen: Seen,
    names: Mapping[UUID, str],
    hidden: Mapping[str, frozenset[_Key]],
    columns: Sequence[str],
) -> list[PartRow]:
    """Return each programme with its districts, and at the end who gives without a pact."""

    def row(name: str, key: _Key, one: Generativity, *, is_within: bool) -> PartRow:
        cells, is_free = [], key is None
        for column in columns:
            said, of, label = _COLUMNS[column]
            value = _said(said(one), of(one), key in hidden[column])
            cells.append((_(label), "–" if is_free and column in _OF_PACTS else value))
        return PartRow(name, is_within, cells)

    districts, rows = district_names(), []
    named = {part: names.get(part, "–") if part else _("Senza patto") for part in seen.parts}
    for part, name in sorted(named.items(), key=lambda pair: (pair[0] is None, pair[1])):
        rows.append(row(name, part, seen.parts[part], is_within=False))
        within = {cell[1]: cell for cell in seen.cells if cell[0] == part}
        if len(within) == 1:
            continue
        rows += [
            row(districts[number], within[number], seen.cells[within[number]], is_within=True)
            for number in sorted(within, key=lambda each: districts[each])
        ]
    return rows
