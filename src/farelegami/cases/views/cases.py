"""Cases on the desk: caseload, page, phases, analysis, assessments."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farelegami.access.requests import ActorRequest
from farelegami.cases.forms import AssessmentForm, FindingForm, MeetingForm, MoveForm
from farelegami.cases.permissions import may_lead_case, may_write_case
from farelegami.cases.queries.assessments import resource_map, scores_of
from farelegami.cases.queries.cases import (
    CaseFile,
    caseload_page,
    crossed_transfer,
    waiting_handovers,
)
from farelegami.cases.queries.diaries import may_read_diary
from farelegami.cases.queries.instruments import instrument_for, instruments
from farelegami.cases.rules.assessments import RESOURCE_MAP, Moment, Respondent
from farelegami.cases.rules.phases import (
    FINDING_LABELS,
    MISSING_SENTENCES,
    MOVE_LABELS,
    ORDER,
    PHASE_LABELS,
    FindingKind,
    Phase,
    PhaseMove,
    PhaseRefused,
)
from farelegami.cases.services.assessments import confirm_assessment, take_assessment
from farelegami.cases.services.cases import (
    add_finding,
    move_case,
    note_deep_analysis,
    note_first_meeting,
    read_case,
    remove_finding,
)
from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.errors import NotFound, gettext_noop
from farelegami.web.parts import Stage
from farelegami.web.refusals import shown_on

ASSESSING = gettext_noop("domande fatte insieme")

_SCOPES = ("mine", "team", "district")


@require_safe
def cases_page(request: ActorRequest) -> HttpResponse:
    """List the cases one follows, is invited to, or coordinates."""
    actor = request.actor
    first = "district" if actor.holds(Role.COORDINATOR) else "mine"
    if not actor.holds(Role.SOCIAL_WORKER, Role.COORDINATOR):
        first = "team"
    scope = request.GET.get("di", first)
    phase = request.GET.get("fase", "")
    page = caseload_page(
        actor,
        scope=scope if scope in _SCOPES else first,
        phase=phase if phase in set(Phase) else "",
        cursor=request.GET.get("dopo", ""),
    )
    context = {
        "page": page,
        "scope": scope,
        "phase": phase,
        "phases": [(one.value, _(label)) for one, label in PHASE_LABELS.items()],
        "scopes": _scopes(request),
        "handovers": waiting_handovers(actor),
    }
    return render(request, "cases/cases.html", context)


def _scopes(request: ActorRequest) -> Sequence[tuple[str, str]]:
    found = []
    if request.actor.holds(Role.SOCIAL_WORKER):
        found.append(("mine", _("che seguo")))
    found.append(("team", _("in cui sono in équipe")))
    if request.actor.holds(Role.COORDINATOR):
        found.append(("district", _("dell’ambito")))
    return found


@require_safe
def case_page(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Show a case: where it is, what is missing, what was read together, who works on it."""
    return _case_page(request, case_id)


def _case_page(
    request: ActorRequest,
    case_id: UUID,
    *,
    finding: FindingForm | None = None,
    move: MoveForm | None = None,
    meeting: MeetingForm | None = None,
) -> HttpResponse:
    file = read_case(request.actor, case_id)
    case = file.case
    writes = case.is_open and may_write_case(
        request.actor, manager_id=case.manager_id, substitutes=file.substitutes
    )
    context = {
        "file": file,
        "case": case,
        "stages": _stages(file),
        "missing": [_(MISSING_SENTENCES[one]) for one in file.missing],
        "moves": [(str(one), _(MOVE_LABELS[one])) for one in file.moves] if writes else [],
        "groups": _groups(file),
        "maps": _maps(file),
        "scores": scores_of(file.assessments),
        "times": list(Moment),
        "instruments": instruments().values(),
        "crossed": crossed_transfer(case),
        "writes": writes,
        "leads": case.is_open
        and may_lead_case(request.actor, manager_id=case.manager_id, district_id=case.district_id),
        "reads_diary": may_read_diary(request.actor, case),
        "may_open_diary": request.actor.holds(Role.COORDINATOR, district_id=case.district_id),
        "finding_form": finding or FindingForm(_areas()),
        "move_form": move or MoveForm(auto_id="move-%s"),
        "meeting_form": meeting or MeetingForm(auto_id="meeting-%s"),
    }
    status = 422 if finding or move or meeting else 200
    return render(request, "cases/case.html", context, status=status)


def _stages(file: CaseFile) -> Sequence[Stage]:
    phase = Phase(file.case.phase)
    shown = [
        one
        for one in ORDER
        if one is not Phase.DEEP_ANALYSIS or phase is one or file.case.deep_analysis_on
    ]
    at = shown.index(phase)
    return [
        Stage(
            _(PHASE_LABELS[one]),
            "done" if place < at or phase is Phase.CLOSED else "now" if place == at else "todo",
        )
        for place, one in enumerate(shown)
    ]


def _areas() -> Sequence[tuple[str, str]]:
    return [(item.code, item.label) for item in instrument_for(RESOURCE_MAP).items]


def _groups(file: CaseFile) -> Sequence[tuple[str, Sequence[tuple[str, object]]]]:
    """Return the findings by kind, each with the name of its area."""
    areas = dict(_areas())
    return [
        (
            _(FINDING_LABELS[kind]),
            [(areas.get(one.area, one.area), one) for one in file.findings if one.kind == kind],
        )
        for kind in FindingKind
    ]


def _maps(file: CaseFile) -> Sequence[tuple[str, object]]:
    """Return, for each person who has one, their name and the rows of their map."""
    found = []
    for member in file.members:
        theirs = [one for one in file.assessments if one.person_id == member.person_id]
        if any(one.instrument == RESOURCE_MAP for one in theirs):
            found.append((member.name, resource_map(theirs)))
    return found


@require_POST
def move_case_page(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Move a case to another phase."""
    form = MoveForm(request.POST, auto_id="move-%s")
    if form.is_valid():
        with shown_on(form):
            wanted = form.cleaned_data["move"]
            if wanted not in set(PhaseMove):
                raise PhaseRefused(phase="", move=wanted)
            move_case(request.actor, case_id, PhaseMove(wanted), reason=form.cleaned_data["reason"])
            return redirect("cases:case", case_id)
    return _case_page(request, case_id, move=form)


@require_POST
def note_meeting_page(request: ActorRequest, case_id: UUID, which: str) -> HttpResponse:
    """Write down the day of the first meeting, or of the deep analysis."""
    note = {"primo": note_first_meeting, "quadro": note_deep_analysis}.get(which)
    if note is None:
        raise NotFound
    form = MeetingForm(request.POST, auto_id="meeting-%s")
    if form.is_valid():
        with shown_on(form):
            note(request.actor, case_id, day=form.cleaned_data["day"])
            return redirect("cases:case", case_id)
    return _case_page(request, case_id, meeting=form)


@require_POST
def add_finding_page(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Add a need, a resource or somebody around the family."""
    form = FindingForm(_areas(), request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with shown_on(form):
            add_finding(
                request.actor,
                case_id,
                kind=FindingKind(data["kind"]),
                area=data["area"],
                text=data["text"],
                once=data["once"],
            )
            return redirect("cases:case", case_id)
    return _case_page(request, case_id, finding=form)


@require_POST
def remove_finding_page(request: ActorRequest, finding_id: UUID) -> HttpResponse:
    """Take away what was read wrongly."""
    case = remove_finding(request.actor, finding_id)
    return redirect("cases:case", case.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def assess_page(request: ActorRequest, case_id: UUID, instrument: str, moment: str) -> HttpResponse:
    """Fill in an instrument together."""
    if instrument not in instruments() or moment not in set(Moment):
        raise NotFound
    used = instrument_for(instrument)
    file = read_case(request.actor, case_id, purpose=ASSESSING)
    people = [(member.person_id, member.name) for member in file.members]
    form = AssessmentForm(used, people, request.POST or None, initial={"taken_on": clock.today()})
    if form.is_valid():
        data = form.cleaned_data
        with shown_on(form):
            taken = take_assessment(
                request.actor,
                case_id,
                person_id=UUID(data["person"]),
                instrument=instrument,
                moment=Moment(moment),
                respondent=Respondent(data["respondent"]),
                answers=form.answers(),
                taken_on=data["taken_on"],
            )
            if "confirm" in request.POST and taken.confirmed_at is None:
                confirm_assessment(request.actor, taken.pk)
            messages.success(request, _("Rilevazione salvata."))
            return redirect("cases:case", case_id)
    context = {"form": form, "used": used, "moment": moment, "case": file.case}
    return render(request, "cases/assess.html", context, status=422 if form.errors else 200)


@require_POST
def confirm_assessment_page(request: ActorRequest, assessment_id: UUID) -> HttpResponse:
    """Confirm an assessment, which from now on nobody changes."""
    taken = confirm_assessment(request.actor, assessment_id)
    return redirect("cases:case", taken.case_id)
