"""The page of a person and its tabs; each opening is logged with its purpose (R22)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from itertools import groupby
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farelegami.access.requests import ActorRequest
from farelegami.audit.models import Entry
from farelegami.audit.queries import who_opened
from farelegami.audit.rules import VERB_LABELS, Verb
from farelegami.cases.queries import cases_of_household, resource_map
from farelegami.cases.queries.assessments import assessments_of_person
from farelegami.cases.rules.assessments import RESOURCE_MAP
from farelegami.desk.drawings import drawing_of, what_changed
from farelegami.desk.rules.words import (
    OBJECT_LABELS,
    WHYS,
    fields_named,
    listed,
    purpose_of,
)
from farelegami.giveback.queries.people import offers_of_person
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.pacts.queries import pact_rows, pacts_of_person
from farelegami.pacts.queries.wheels import row_wheel
from farelegami.pacts.rules.stages import IN_FORCE
from farelegami.people.permissions import lifting_districts
from farelegami.people.queries.duplicates import merges_of
from farelegami.people.queries.files import PersonFile
from farelegami.people.queries.households import history_of
from farelegami.people.queries.persons import ids_of, person_for, person_refs
from farelegami.people.rules.languages import language_label
from farelegami.people.rules.persons import (
    ADDRESS_LABELS,
    CHANNEL_LABELS,
    TRANSPORT_LABELS,
    Channel,
    FormOfAddress,
    Level,
    Transport,
)
from farelegami.people.rules.weeks import BAND_HOURS, BAND_LABELS, DAY_LABELS
from farelegami.people.services.files import person_file
from farelegami.territory.queries import country_choices
from farelegami.web.formats import reason

SUMMARY: Final = gettext_noop("sintesi della scheda")
HOUSEHOLD: Final = gettext_noop("nucleo")
TIES: Final = gettext_noop("legami e risorse")
PACTS: Final = gettext_noop("patti")
ACCESS: Final = gettext_noop("chi ha aperto la scheda")
_TABS: Final = (
    ("desk:person", gettext_noop("Sintesi")),
    ("desk:person_household", gettext_noop("Nucleo")),
    ("desk:person_ties", gettext_noop("Legami e risorse")),
    ("desk:person_pacts", gettext_noop("Patti")),
    ("desk:person_access", gettext_noop("Accessi")),
)


Page: TypeAlias = Callable[[ActorRequest, UUID], HttpResponse]


def _following_merges(page: Page) -> Page:
    """Return the page, leading from the address of a registration merged away to the one kept."""

    @wraps(page)
    def found(request: ActorRequest, person_id: UUID) -> HttpResponse:
        try:
            return page(request, person_id)
        except NotFound:
            kept = _kept_instead_of(person_id)
            if kept is None:
                raise
        person_for(request.actor, kept)
        match = request.resolver_match
        url = reverse(match.view_name if match else "desk:person", args=[kept])
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{url}?{query}" if query else url)

    return found


def _kept_instead_of(person_id: UUID) -> UUID | None:
    """Return the registration that answers for one merged away; None where it was not."""
    at = person_id
    while (ref := person_refs([at]).get(at)) is not None and ref.id != at:
        at = ref.id
    return at if at != person_id else None


@dataclass(frozen=True, slots=True)
class Tab:
    url: str
    label: str
    active: bool


def _opened(request: ActorRequest, person_id: UUID, page: str) -> dict[str, Any]:
    """Open the file for a page and return what every tab shows around itself."""
    why = request.GET.get("perche", "")
    file = person_file(request.actor, person_id, purpose=purpose_of(page, why))
    pacts = pacts_of_person(request.actor, person_id)
    match = request.resolver_match
    here = match.view_name if match else ""
    kept = f"?perche={why}" if why in WHYS else ""
    tabs = [
        Tab(reverse(name, args=[person_id]) + kept, _(label), name == here) for name, label in _TABS
    ]
    return {
        "file": file,
        "person": file.person,
        "pacts": pacts,
        "active_pact": next((pact for pact in pacts if pact.stage_now in IN_FORCE), None),
        "tabs": tabs,
        "tab": next((tab.label for tab in tabs if tab.active), ""),
        "whys": [(key, _(label)) for key, label in WHYS.items()],
        "why": why,
        "may_lift": file.person.district_id in lifting_districts(request.actor),
        "line": _line(file),
        "spoken": _spoken(file),
        "reached": _reached(file),
    }


def _line(file: PersonFile) -> str:
    person = file.person
    town = person.municipality.name if person.municipality else ""
    quarter = person.quarter.name if person.quarter else ""
    place = " ".join(word for word in (town, quarter) if word)
    parts = [part for part in (age_told(file.age), place) if part]
    line = ", ".join(parts)
    mates = dict.fromkeys(
        member.name.split()[0]
        for members in file.households.values()
        for member in members
        if member.person_id != person.pk
    )
    if not mates:
        return line
    together = _("Con %(names)s") % {"names": listed(mates, _("e"))}
    return f"{line}. {together}" if line else together


def age_told(age: int | None) -> str:
    """Return an age as one says it; nothing where it is unknown."""
    if age is None:
        return ""
    if age == 0:
        return _("meno di un anno")
    return _("1 anno") if age == 1 else _("%(age)s anni") % {"age": age}


def _spoken(file: PersonFile) -> str:
    said = [
        row.language_label
        if row.level in {Level.NATIVE, Level.C1, Level.C2}
        else f"{row.language_label} {row.level_label}"
        for row in file.languages
    ]
    return capfirst(", ".join(said))


def _reached(file: PersonFile) -> str:
    person = file.person
    parts = []
    if person.preferred_channel:
        channel = _(CHANNEL_LABELS[Channel(person.preferred_channel)])
        parts.append(_("Meglio: %(channel)s") % {"channel": channel})
    if person.contact_hours:
        parts.append(person.contact_hours)
    return capfirst(", ".join(parts))


@require_safe
@_following_merges
def summary_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Show the essentials of a person."""
    context = _opened(request, person_id, SUMMARY)
    file: PersonFile = context["file"]
    person = file.person
    context |= {
        "facts": _facts(file),
        "cases": cases_of_household(request.actor, [home.id for home in file.households]),
        "merges": merges_of(request.actor, person.pk),
        "consents": [consent for consent in file.consents if consent.withdrawn_at is None],
        "withdrawn": [consent for consent in file.consents if consent.withdrawn_at is not None],
        "notice": file.notices[0] if file.notices else None,
    }
    return render(request, "desk/person/summary.html", context)


def _facts(file: PersonFile) -> list[tuple[str, str]]:
    person = file.person
    born = f"{person.birth_date:%d/%m/%Y}" if person.birth_date else ""
    place = file.birth_place or person.birth_place_code
    home = ", ".join(
        part
        for part in (
            person.address,
            person.municipality.name if person.municipality else "",
            person.quarter.name if person.quarter else "",
        )
        if part
    )
    countries = dict(country_choices())
    rows = [
        (_("Nascita"), ", ".join(part for part in (born, place) if part)),
        (_("Cittadinanza"), countries.get(person.citizenship, person.citizenship)),
        (_("Casa"), home),
        (_("Telefono"), person.phone),
        (_("Posta elettronica"), person.email),
        (_("Come contattare"), _reached(file)),
        (_("Cautele"), person.contact_limits),
        (_("Lingua in cui scrivere"), _(language_label(person.preferred_language))),
        (_("Come rivolgersi"), _(ADDRESS_LABELS[FormOfAddress(person.form_of_address)])),
    ]
    return [(label, value) for label, value in rows if value]


@require_safe
@_following_merges
def household_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Show with whom a person lives, and since when."""
    context = _opened(request, person_id, HOUSEHOLD)
    file: PersonFile = context["file"]
    context["homes"] = [
        (home, [(member, age_told(member.age)) for member in members])
        for home, members in file.households.items()
    ]
    context["histories"] = [
        (home, [row for row in history_of(home.id) if row.ends_on]) for home in file.households
    ]
    return render(request, "desk/person/household.html", context)


def _day_told(day: date, how: str = "j F Y") -> str:
    """Return a day or a month in words; Italian writes months small, Django's catalogue does not."""
    words = date_format(day, how)
    return words.lower() if get_language() == "it" else words


@require_safe
@_following_merges
def ties_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Show the ecomap, the Mappa delle risorse and what the person can do."""
    context = _opened(request, person_id, TIES)
    file: PersonFile = context["file"]
    now, others = file.ecomap, file.ecomaps[1:]
    asked = request.GET.get("con", "")
    earlier = next((drawing for drawing in others if str(drawing.id) == asked), None)
    before = earlier or (others[0] if others else None)
    context |= {
        "now": now,
        "drawn_on": _day_told(now.drawn_on) if now else "",
        "others": [(one, _day_told(one.drawn_on)) for one in others],
        "earlier": earlier,
        "drawing": drawing_of(file.person, now) if now else None,
        "drawing_before": drawing_of(file.person, earlier) if earlier else None,
        "before": _day_told(before.drawn_on, "F Y") if before else "",
        "changed": what_changed(file.change_since(before)) if before else "",
        **_resources(request.actor, file),
        **week_of_person(file),
        "offers": offers_of_person(request.actor, person_id),
    }
    return render(request, "desk/person/ties.html", context)


def _resources(actor: Actor, file: PersonFile) -> dict[str, Any]:
    cases = cases_of_household(actor, [home.id for home in file.households])
    taken = assessments_of_person(file.person.pk, [case.pk for case in cases]) if cases else ()
    maps = sorted(
        (one for one in taken if one.instrument == RESOURCE_MAP), key=lambda one: one.moment
    )
    last = int(maps[-1].moment[1:]) + 1 if maps else 0
    days = {one.moment: f"{one.taken_on:%d/%m/%Y}" for one in maps}
    rows = [(label, list(levels)[:last]) for label, levels in resource_map(taken)] if maps else []
    return {
        "cases": cases,
        "map_rows": rows,
        "map_times": [
            f"T{number}, {days[f'T{number}']}" if f"T{number}" in days else f"T{number}"
            for number in range(last)
        ],
        "map_told": _map_told(rows),
    }


def _map_told(rows: Sequence[tuple[str, Sequence[int | None]]]) -> str:
    """Say which areas have moved most since the first time, up and down."""
    moves = []
    for label, levels in rows:
        known = [level for level in levels if level is not None]
        if len(known) > 1:
            moves.append((known[-1] - known[0], label, known[0], known[-1]))
    up = sorted((move for move in moves if move[0] > 0), key=lambda move: -move[0])[:3]
    down = sorted(move for move in moves if move[0] < 0)[:2]
    told = []
    for some, words in ((up, _("Crescono di più: %(areas)s.")), (down, _("Calano: %(areas)s."))):
        if some:
            areas = [
                _("%(area)s (da %(first)s a %(last)s)")
                % {"area": label.lower(), "first": first, "last": last}
                for _step, label, first, last in some
            ]
            told.append(words % {"areas": listed(areas, _("e"))})
    return " ".join(told)


def week_of_person(file: PersonFile) -> dict[str, Any]:
    """Return the week grid and the conditions, as the page shows them."""
    person = file.person
    means = listed((_(TRANSPORT_LABELS[Transport(one)]) for one in person.transport), _("e"))
    if person.travel_minutes:
        longest = _("fino a %(minutes)s min") % {"minutes": person.travel_minutes}
        means = ", ".join(part for part in (means, longest) if part)
    return {
        "week_days": [_(label)[:3].capitalize() for label in DAY_LABELS],
        "week_rows": [
            (_(BAND_LABELS[band]), "{}–{}".format(*BAND_HOURS[band]), [str(one) for one in answers])
            for band, answers in person.week.rows()
        ],
        "has_week": bool(person.week_yes or person.week_maybe),
        "conditions": [
            (label, value)
            for label, value in (
                (_("Si muove"), means),
                (_("Limiti"), person.limits),
                (_("Le piacerebbe"), person.wishes),
            )
            if value
        ],
    }


@require_safe
@_following_merges
def pacts_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Show the pacts that name a person, with their small wheels."""
    context = _opened(request, person_id, PACTS)
    file: PersonFile = context["file"]
    rows = pact_rows(context["pacts"]) if context["pacts"] else []
    context["rows"] = [(row, row_wheel(row)) for row in rows]
    context["cases"] = cases_of_household(request.actor, [home.id for home in file.households])
    return render(request, "desk/person/pacts.html", context)


@require_safe
@_following_merges
def access_page(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Show who opened or changed the file of a person, when and why."""
    context = _opened(request, person_id, ACCESS)
    page = who_opened(person_id, ids_of(person_id), cursor=request.GET.get("dopo", ""))
    context["page"] = page
    context["entries"] = acts_told(page.rows)
    return render(request, "desk/person/access.html", context)


@dataclass(frozen=True, slots=True)
class Told:
    """An act in the log in plain words, and all the persons it concerned."""

    entry: Entry
    person_ids: Sequence[UUID]
    verb: str
    what: str
    fields: str
    purpose: str
    times: int


def acts_told(entries: Iterable[Entry]) -> list[Told]:
    """Return the acts of some entries: an act is written once for each person it concerns.

    The same act done again within the minute is told once, with how many times.
    """
    return [_told(list(rows)) for _act, rows in groupby(entries, key=_act_of)]


def _act_of(entry: Entry) -> tuple[object, ...]:
    minute = entry.at.replace(second=0, microsecond=0)
    return minute, entry.account_id, entry.verb, entry.kind, entry.object_id, entry.purpose


def _told(entries: Sequence[Entry]) -> Told:
    """Return an act in plain words; what fields held is not said."""
    entry = entries[0]
    return Told(
        entry=entry,
        person_ids=list(dict.fromkeys(one.person_id for one in entries if one.person_id)),
        verb=_(VERB_LABELS[Verb(entry.verb)]),
        what=_(OBJECT_LABELS[entry.kind]) if entry.kind in OBJECT_LABELS else entry.kind,
        fields=", ".join(_(label) for label in fields_named(entry.facts))
        if entry.verb == Verb.CHANGED
        else "",
        purpose=reason(entry.purpose),
        times=len({one.at for one in entries}),
    )
