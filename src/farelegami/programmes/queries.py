"""Programmes an actor works in, and the lists by which pacts are made. No personal data."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotFound
from farelegami.programmes.models import (
    BudgetLine,
    FundingSource,
    GoalTemplate,
    PactType,
    Partner,
    Programme,
    ProgrammeDistrict,
    SupportCategory,
    Target,
)
from farelegami.storage.prepared import prepared


def visible_programmes(actor: Actor) -> QuerySet[Programme]:
    """The door to programmes: those of the actor's districts and those one answers for."""
    if actor.system or actor.holds(Role.SYSTEM_ADMIN, Role.DPO):
        return Programme.objects.all()
    here = ProgrammeDistrict.objects.filter(
        programme_id=OuterRef("pk"), district_id__in=actor.districts(*Role)
    )
    return Programme.objects.filter(Exists(here) | Q(pk__in=actor.programmes(*Role)))


def programmes_for(actor: Actor) -> Sequence[Programme]:
    """Return the programmes the actor works in, latest first. One query."""
    return list(visible_programmes(actor).order_by("-starts_on", "code"))


def programme_for(actor: Actor, programme_id: UUID) -> Programme:
    """Return one programme.

    Raises:
        NotFound: not there, or of other districts.
    """
    programme = visible_programmes(actor).filter(pk=programme_id).first()
    if programme is None:
        raise NotFound
    return programme


def district_ids(programme_id: UUID) -> Sequence[int]:
    """Return the districts of a programme. One query."""
    rows = ProgrammeDistrict.objects.filter(programme_id=programme_id).order_by("district_id")
    return list(rows.values_list("district_id", flat=True))


def pact_types(district_ids: Iterable[int]) -> Sequence[PactType]:
    """Return the pact types open in these districts, their programme joined. One query."""
    here = ProgrammeDistrict.objects.filter(
        programme_id=OuterRef("programme_id"), district_id__in=list(district_ids)
    )
    rows = PactType.objects.filter(Exists(here), is_open=True).select_related("programme")
    return list(rows.order_by("programme__code", "position"))


def pact_type_for(pact_type_id: UUID, *, district_id: int, body_id: UUID | None = None) -> PactType:
    """Return a pact type in use in a district, open or not, its programme joined. One query.

    Raises:
        NotFound: not there, or of a programme of other districts, or of one whose partners the
            body asked for is not among.
    """
    found = _pact_type(pact_type_id, district_id, body_id)
    if not found:
        raise NotFound
    return found[0]


@prepared
def _pact_type(pact_type_id: UUID, district_id: int, body_id: UUID | None) -> QuerySet[PactType]:
    here = ProgrammeDistrict.objects.filter(
        programme_id=OuterRef("programme_id"), district_id=district_id
    )
    rows = PactType.objects.filter(Exists(here), pk=pact_type_id).select_related("programme")
    if body_id is None:
        return rows
    partner = Partner.objects.filter(programme_id=OuterRef("programme_id"), organisation_id=body_id)
    return rows.filter(Exists(partner))


def categories(
    programme_ids: Iterable[UUID], *, also_closed: bool = False
) -> Mapping[UUID, Sequence[SupportCategory]]:
    """Return the support categories in use by programme, in order. One query."""
    found: dict[UUID, list[SupportCategory]] = defaultdict(list)
    for category in _categories(list(programme_ids), also_closed=also_closed):
        found[category.programme_id].append(category)
    return found


@prepared
def _categories(programme_ids: Collection[UUID], *, also_closed: bool) -> QuerySet[SupportCategory]:
    rows = SupportCategory.objects.filter(programme_id__in=programme_ids).order_by("position")
    return rows if also_closed else rows.filter(is_open=True)


def goal_templates(pact_type_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[GoalTemplate]]:
    """Return the goal templates in use by pact type, in order. One query."""
    found: dict[UUID, list[GoalTemplate]] = defaultdict(list)
    for template in _goal_templates(list(pact_type_ids)):
        found[template.pact_type_id].append(template)
    return found


@prepared
def _goal_templates(pact_type_ids: Collection[UUID]) -> QuerySet[GoalTemplate]:
    rows = GoalTemplate.objects.filter(pact_type_id__in=pact_type_ids, is_open=True)
    return rows.order_by("position")


def funding_sources(programme_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[FundingSource]]:
    """Return the funding sources by programme, in order. One query."""
    found: dict[UUID, list[FundingSource]] = defaultdict(list)
    rows = FundingSource.objects.filter(programme_id__in=list(programme_ids))
    for source in rows.order_by("position"):
        found[source.programme_id].append(source)
    return found


def budget_lines(programme_id: UUID) -> Sequence[BudgetLine]:
    """Return the cost lines of a programme, in order. One query."""
    return list(BudgetLine.objects.filter(programme_id=programme_id).order_by("position"))


def partners(programme_id: UUID) -> Sequence[Partner]:
    """Return the partners of a programme, their organisation joined, in order. One query."""
    rows = Partner.objects.filter(programme_id=programme_id).select_related("organisation")
    return list(rows.order_by("position"))


def targets(programme_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[Target]]:
    """Return what each programme promised, in order. One query."""
    found: dict[UUID, list[Target]] = defaultdict(list)
    rows = Target.objects.filter(programme_id__in=list(programme_ids))
    for target in rows.order_by("position"):
        found[target.programme_id].append(target)
    return found
