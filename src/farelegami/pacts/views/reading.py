"""Reading pacts: the list, the page of one, its texts and how they differ."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farelegami.access.doors import DESK
from farelegami.access.requests import ActorRequest
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.kernel.units import NO_CENTS, NO_MINUTES
from farelegami.pacts.models import PactVersion, ResultProgress
from farelegami.pacts.permissions import may_authorise, may_write_pact
from farelegami.pacts.queries import (
    Hours,
    Money,
    PactFile,
    caseload_page,
    members_of,
    pact_file,
    pact_for,
    pact_rows,
    signatures_of,
    versions_of,
)
from farelegami.pacts.queries.differences import changes_shown
from farelegami.pacts.queries.wheels import row_wheel, wheel_facts
from farelegami.pacts.rules.changes import changes
from farelegami.pacts.rules.family import MessageKind
from farelegami.pacts.rules.readiness import (
    missing_to_agree,
    missing_to_close,
    missing_to_review,
)
from farelegami.pacts.rules.stages import OUTCOME_LABELS, OVER, STAGE_LABELS, Stage
from farelegami.pacts.services.agreeing import draft_of
from farelegami.pacts.services.deciding import text_of
from farelegami.pacts.services.signing import signatures_missing
from farelegami.pacts.views.acts import log_reading
from farelegami.pacts.views.showing import (
    Line,
    Panel,
    alert_chips,
    counted,
    crumbs,
    family_title,
    gives,
    goals_shown,
    hours_waiting,
    meeting_line,
    missing_lines,
    next_meeting,
    pact_url,
    receives,
    short_amount,
    signature_lines,
    stage_stops,
)
from farelegami.web.parts import PageLinks

_MEETINGS_SHOWN = 5


@require_safe
def pacts_page(request: ActorRequest) -> HttpResponse:
    """Show the pacts one may see, filtered."""
    stage, text = request.GET.get("fase", ""), request.GET.get("testo", "").strip()
    mine = request.GET.get("miei", "") == "1"
    page = caseload_page(
        request.actor, stage=stage, text=text, mine=mine, cursor=request.GET.get("dopo", "")
    )
    rows = [
        {
            "pact": row.pact,
            "stage": _(STAGE_LABELS[row.pact.stage_now]),
            "wheel": row_wheel(row),
            "money": row.money,
            "chips": list(alert_chips(row.pact)),
        }
        for row in pact_rows(page.rows)
    ]
    context = {
        "rows": rows,
        "page": PageLinks.of(request, next_cursor=page.next_cursor, cursor=page.cursor),
        "stages": [(each.value, _(label)) for each, label in STAGE_LABELS.items()],
        "stage": stage,
        "text": text,
        "mine": mine,
        "filtered": bool(stage or text or mine),
        "writes": request.actor.holds(Role.SOCIAL_WORKER),
    }
    return render(request, "pacts/pacts.html", context)


@require_safe
def pact_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Show a pact whole: what it receives and gives back, on one page."""
    file = pact_file(request.actor, pact_id)
    log_reading(request, file.pact, file.person_ids, gettext_noop("pagina del patto"))
    return render(request, "pacts/pact.html", _pact_context(request.actor, file))


def _pact_context(actor: Actor, file: PactFile) -> dict[str, Any]:
    pact, terms = file.pact, file.terms
    may_write = may_write_pact(actor, manager_id=pact.case.manager_id)
    money, given = _agreed_or_proposed(file)
    statuses = {key: mark.status for key, mark in file.marked("result").items()}
    goals = goals_shown(file, {str(key): label for key, label in OUTCOME_LABELS.items()})
    return {
        "pact": pact,
        "file": file,
        "title": family_title(pact, file.members),
        "terms": terms,
        "may_write": may_write,
        "is_coordinator": actor.holds(Role.COORDINATOR, district_id=pact.district_id),
        "may_have_papers": actor.holds(*DESK),
        "stops": stage_stops(pact),
        "panel": panel_of(actor, file, may_write=may_write),
        "wheel": wheel_facts(terms, statuses, money, given),
        "money": money,
        "legend": _("%(part)s di %(all)s €")
        % {"part": short_amount(money.documented), "all": short_amount(money.authorised)},
        "hours": given,
        "receives": receives(file, money),
        "gives": gives(file, given),
        "goals": goals,
        "reached": sum(goal.reached for goal in goals),
        "results": sum(len(goal.results) for goal in goals),
        "statuses": [(value, str(label)) for value, label in ResultProgress.Status.choices],
        "in_life": pact.stage_now in {Stage.ACTIVE, Stage.SUSPENDED, Stage.FINAL_REVIEW},
        "is_over": pact.stage_now in OVER,
        "next_meeting": next_meeting(file.meetings),
        "past_meetings": [m for m in file.meetings if m.held_on or m.missed_on][:_MEETINGS_SHOWN],
        "hours_waiting": hours_waiting(file),
        "last_changes": _last_changes(file),
        "follow_ups": sorted(file.marked("follow_up").values(), key=lambda mark: int(mark.key)),
        "plans": list(file.marked("plan").values()),
        "unread": len(file.marked("message")),
        "outcome": _(OUTCOME_LABELS.get(pact.outcome, "")) if pact.outcome else "",  # type: ignore[call-overload]
    }


def _agreed_or_proposed(file: PactFile) -> tuple[Money, Hours]:
    """Money and hours in force; before the signature, what is proposed."""
    if file.in_force is not None or file.terms is None:
        return file.money, file.hours
    return (
        Money(file.terms.budget, NO_CENTS, NO_CENTS, NO_CENTS, NO_CENTS),
        Hours(file.terms.promised, NO_MINUTES, NO_MINUTES),
    )


def _last_changes(file: PactFile) -> list[Any]:
    """The readable difference between the words in force and those before them."""
    signed = [version for version in file.versions if version.signed_on is not None]
    if len(signed) < 2:  # noqa: PLR2004
        return []
    return changes_shown(changes(signed[1].terms, signed[0].terms))


def panel_of(actor: Actor, file: PactFile, *, may_write: bool) -> Panel | None:
    """Return what is missing for the next stage, and the act that leads there."""
    stage = file.pact.stage_now
    if stage in _PANELS:
        return _PANELS[stage](file, may_write=may_write)
    if stage == Stage.AGREED:
        return _panel_to_authorise(actor, file, may_write=may_write)
    if stage == Stage.AUTHORISED:
        return _panel_to_sign(actor, file, may_write=may_write)
    return None


def _panel_to_agree(file: PactFile, *, may_write: bool) -> Panel:
    pact, version = file.pact, file.open_version
    found = missing_to_agree(draft_of(pact, version)) if version else ()
    lines = missing_lines(found, pact, may_write=may_write)
    if version and version.returned_note:
        note = _("il coordinatore l’ha rimandato: «%(note)s»") % {"note": version.returned_note}
        lines.insert(0, Line(note))
    url = reverse("pacts:wizard", args=[pact.pk, "rilettura" if not found else "obiettivi"])
    if not lines:
        way = (url, _("Rileggi insieme")) if may_write else ()
        return Panel(_("È pronto per essere concordato"), (), *way)
    title = counted(
        _("Per dirlo concordato manca una cosa"), _("Per dirlo concordato mancano %(count)d cose"),
        lines,
    )  # fmt: skip
    return Panel(title, lines, *((url, _("Continua a scrivere")) if may_write else ()))


def _panel_to_authorise(actor: Actor, file: PactFile, *, may_write: bool) -> Panel:
    pact, version = file.pact, file.open_version
    by_me = may_authorise(
        actor,
        district_id=pact.district_id,
        written_by_id=version.created_by_id if version else None,
        manager_id=pact.case.manager_id,
    )
    title = _("Il testo è concordato e aspetta l’autorizzazione di un coordinatore")
    if by_me:
        return Panel(title, (), reverse("pacts:decide_text", args=[pact.pk]), _("Leggi e decidi"))
    way = (reverse("pacts:wizard", args=[pact.pk, "rilettura"]), _("Rileggi"))
    return Panel(title, (), *(way if may_write else ()))


def _panel_to_sign(actor: Actor, file: PactFile, *, may_write: bool) -> Panel:
    pact, version = file.pact, file.open_version
    may_record = may_write or actor.holds(Role.COORDINATOR, district_id=pact.district_id)
    needed = signatures_missing(pact, version) if version else ()
    lines = signature_lines(needed, pact, may_record=may_record)
    title = counted(
        _("Per essere firmato manca una firma"), _("Per essere firmato mancano %(count)d firme"),
        lines,
    )  # fmt: skip
    if any(mark.status == MessageKind.DISPUTE for mark in file.marked("message").values()):
        url = reverse("pacts:messages", args=[pact.pk])
        text = _("la risposta alla famiglia, che non è d’accordo")
        lines.insert(0, Line(text, *((url, _("Rispondi")) if may_write else ())))
        title = _("Prima delle firme serve una risposta alla famiglia")
    way = (reverse("pacts:sign", args=[pact.pk]), _("Vai alle firme"))
    return Panel(title, lines, *(way if may_record else ()))


def _panel_to_start(file: PactFile, *, may_write: bool) -> Panel:
    pact = file.pact
    title = _("È firmato e comincia il %(day)s") % {"day": f"{pact.starts_on:%d/%m/%Y}"}
    ready = may_write and pact.starts_on <= clock.today()
    return Panel(
        title, (), *((reverse("pacts:start", args=[pact.pk]), _("Comincia")) if ready else ())
    )


def _panel_to_review(file: PactFile, *, may_write: bool) -> Panel:
    pact = file.pact
    lines = missing_lines(missing_to_review(file.standing()), pact, may_write=may_write)
    meeting = meeting_line(pact, file.meetings, may_write=may_write)
    if meeting:
        lines.append(meeting)
    if not lines:
        title = _("Tutto è pronto per la verifica finale")
    else:
        title = counted(
            _("Per passare alla verifica finale manca una cosa"),
            _("Per passare alla verifica finale mancano %(count)d cose"),
            lines,
        )
    if pact.stage_now == Stage.SUSPENDED:
        way = (reverse("pacts:resume", args=[pact.pk]), _("Riprendi"))
        return Panel(
            _("Il patto è sospeso: non si impegnano spese"), lines, *(way if may_write else ())
        )
    way = (reverse("pacts:start_review", args=[pact.pk]), _("Comincia la verifica finale"))
    return Panel(title, lines, *(way if may_write else ()))


def _panel_to_close(file: PactFile, *, may_write: bool) -> Panel:
    pact = file.pact
    lines = missing_lines(missing_to_close(file.standing()), pact, may_write=may_write)
    title = counted(
        _("Per chiudere manca una cosa"), _("Per chiudere mancano %(count)d cose"), lines
    ) if lines else _("Tutto è pronto per chiudere")  # fmt: skip
    way = (reverse("pacts:close", args=[pact.pk]), _("Scrivi la chiusura"))
    return Panel(title, lines, *(way if may_write else ()))


_PANELS: Final[Mapping[Stage, Callable[..., Panel]]] = {
    Stage.DRAFT: _panel_to_agree,
    Stage.SIGNED: _panel_to_start,
    Stage.ACTIVE: _panel_to_review,
    Stage.SUSPENDED: _panel_to_review,
    Stage.FINAL_REVIEW: _panel_to_close,
}


def version_numbered(pact_id: UUID, number: int) -> tuple[PactVersion, PactVersion | None]:
    """Return a version and the one before it, dropped amendments left out. One query.

    Raises:
        NotFound: no such version.
    """
    found = versions_of(pact_id)
    for index, version in enumerate(found):
        if version.number == number:
            return version, found[index + 1] if index + 1 < len(found) else None
    raise NotFound


@require_safe
def version_page(request: ActorRequest, pact_id: UUID, number: int) -> HttpResponse:
    """Show the exact text of a version, its hash and who signed it; on paper, with signature lines."""
    pact = pact_for(request.actor, pact_id)
    version, _before = version_numbered(pact_id, number)
    members = members_of([pact_id])[pact_id]
    log_reading(
        request, pact, [each.person_id for each in members], gettext_noop("testo del patto")
    )
    context = {
        "pact": pact,
        "version": version,
        "text": version.text or text_of(pact, version),
        "signatures": signatures_of([version.pk]),
        "missing": (
            signatures_missing(pact, version)
            if version.signed_on is None and version.dropped_on is None
            else ()
        ),
        "crumbs": crumbs((pact_url(pact_id), _("Patto %(code)s") % {"code": pact.code})),
    }
    return render(request, "pacts/version.html", context)


@require_safe
def print_page(request: ActorRequest, pact_id: UUID) -> HttpResponse:
    """Show the text to print: the one waiting for signatures, else the one in force."""
    found = versions_of(pact_id) if pact_for(request.actor, pact_id) else ()
    if not found:
        raise NotFound
    return version_page(request, pact_id, found[0].number)


@require_safe
def compare_page(request: ActorRequest, pact_id: UUID, number: int) -> HttpResponse:
    """Show what a version says otherwise than the one before it."""
    pact = pact_for(request.actor, pact_id)
    version, before = version_numbered(pact_id, number)
    if before is None:
        raise NotFound
    members = members_of([pact_id])[pact_id]
    log_reading(
        request, pact, [each.person_id for each in members], gettext_noop("confronto dei testi")
    )
    context = {
        "pact": pact,
        "version": version,
        "before": before,
        "changes": changes_shown(changes(before.terms, version.terms)),
        "crumbs": crumbs((pact_url(pact_id), _("Patto %(code)s") % {"code": pact.code})),
    }
    return render(request, "pacts/compare.html", context)
