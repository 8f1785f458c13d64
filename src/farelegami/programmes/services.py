"""Bringing a programme in line with its file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import models, transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel.actor import Actor, Grant, Role, system_actor
from farelegami.kernel.errors import NotAllowed
from farelegami.kernel.ids import new_id
from farelegami.ledger.rules import Unit
from farelegami.ledger.services import NewAccount, open_account
from farelegami.network.queries import organisation_choices
from farelegami.network.rules import OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation
from farelegami.programmes.models import (
    Action,
    BudgetLine,
    CoDesignStep,
    FundingSource,
    GoalTemplate,
    PactType,
    Partner,
    PartnerShare,
    Programme,
    ProgrammeDistrict,
    SupportCategory,
    Target,
)
from farelegami.programmes.permissions import may_load_programme
from farelegami.programmes.rules import GoalEntry, Plan, cents_of, read_plan
from farelegami.territory.queries import municipality_for

FUNDS: Final = "funds"
KIND: Final = "programmes.programme"


def packaged() -> Sequence[Traversable]:
    """Return the files of the programmes that come with the package, by name."""
    folder = files("farelegami.programmes") / "data"
    found = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return sorted(found, key=lambda file: file.name)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the lines of a file are written."""

    programme: Programme
    lines: Mapping[str, UUID]
    sources: Mapping[str, UUID]


@transaction.atomic
def load_programme(actor: Actor, file: Traversable, *, starts_on: date | None = None) -> Programme:
    """Bring a programme in line with its TOML file and return it; the same file changes nothing.

    Codes are what makes an entry the same entry. Categories, pact types and goals that left the
    file are closed to new pacts, never deleted. `starts_on` moves the programme to other days.

    Raises:
        NotAllowed: not the installation, nor its administrator.
        ProgrammeFileWrong: with the place and what is wrong there.
        NotFound: a municipality of `districts_of` does not exist.
    """
    if not may_load_programme(actor):
        raise NotAllowed
    plan = read_plan(file.read_bytes())
    districts = _districts(plan)
    organisations = _organisations(plan, districts)
    programme = _programme(plan, organisations, districts, starts_on)
    _actions_and_targets(programme, plan)
    place = _Place(programme, _lines(programme, plan), _sources(programme, plan))
    _partners(place, plan, organisations)
    _categories(place, plan)
    _pact_types(place, plan)
    _codesign_steps(programme, plan)
    record(
        actor,
        Verb.CHANGED,
        kind=KIND,
        object_id=programme.id,
        facts={"file": file.name, "code": programme.code},
    )
    return programme


def reload_programmes(actor: Actor) -> Sequence[Programme]:
    """Bring the packaged programmes already in use in line with their files and return them.

    Each keeps the day on which it started here.

    Raises:
        NotAllowed, ProgrammeFileWrong: as `load_programme`.
    """
    in_use = dict(Programme.objects.values_list("code", "starts_on"))
    plans = [(file, read_plan(file.read_bytes()).programme.code) for file in packaged()]
    return [
        load_programme(actor, file, starts_on=in_use[code])
        for file, code in plans
        if code in in_use
    ]


def _districts(plan: Plan) -> Sequence[int]:
    found = {municipality_for(code).district_id for code in plan.programme.districts_of}
    return sorted(number for number in found if number is not None)


def _organisations(plan: Plan, districts: Sequence[int]) -> Mapping[str, UUID]:
    """Return the partners' organisations by name, registering those nobody has yet."""
    hand = system_actor(
        "caricamento dei programmi",
        [
            Grant(Role.PROGRAMME_MANAGER),
            *(Grant(Role.PROGRAMME_MANAGER, district_id=number) for number in districts),
        ],
    )
    found = {name: organisation_id for organisation_id, name in organisation_choices(hand)}
    for entry in plan.partners:
        if entry.name not in found:
            town = municipality_for(entry.municipality) if entry.municipality else None
            draft = OrganisationDraft(
                name=entry.name,
                kind=OrganisationKind(entry.kind),
                municipality_id=town.pk if town else None,
            )
            district_id = town.district_id if town else None
            found[entry.name] = register_organisation(hand, district_id, draft).pk
    return found


def _programme(
    plan: Plan,
    organisations: Mapping[str, UUID],
    districts: Sequence[int],
    starts_on: date | None,
) -> Programme:
    about = plan.programme
    first_day = starts_on or about.starts_on
    programme, _made = Programme.objects.update_or_create(
        code=about.code,
        defaults={
            "name": about.name,
            "summary": about.summary,
            "lead_id": organisations[about.lead],
            "starts_on": first_day,
            "ends_on": about.last_day(first_day),
            "value_cents": cents_of(about.value_euro),
            "days_to_present_documents": about.days_to_present_documents,
            "meeting_interval_days": about.meeting_interval_days,
            "first_meeting_within_days": about.first_meeting_within_days,
            "first_meeting_target_days": about.first_meeting_target_days,
        },
    )
    ProgrammeDistrict.objects.bulk_create(
        [
            ProgrammeDistrict(programme=programme, district_id=district_id)
            for district_id in districts
        ],
        ignore_conflicts=True,
    )
    return programme


RowT = TypeVar("RowT", bound=models.Model)


def _upsert(rows: Iterable[RowT], manager: models.Manager[RowT], unique: Sequence[str]) -> None:
    """Write the rows, over those with the same `unique` fields, which keep their id."""
    kept = {"id", *unique}
    changing = [
        field.name for field in manager.model._meta.concrete_fields if field.name not in kept
    ]
    manager.bulk_create(
        list(rows), update_conflicts=True, unique_fields=unique, update_fields=changing
    )


def _actions_and_targets(programme: Programme, plan: Plan) -> None:
    _upsert(
        (
            Action(
                programme=programme,
                code=entry.code,
                position=position,
                name=entry.name,
                summary=entry.summary,
            )
            for position, entry in enumerate(plan.actions)
        ),
        Action.objects,
        ["programme", "code"],
    )
    _upsert(
        (
            Target(
                programme=programme,
                code=entry.code,
                position=position,
                label=entry.label,
                value=entry.value,
                unit=entry.unit,
                counting_rule=entry.counting_rule,
                source=entry.source,
                is_result=entry.is_result,
            )
            for position, entry in enumerate(plan.targets)
        ),
        Target.objects,
        ["programme", "code"],
    )


def _lines(programme: Programme, plan: Plan) -> Mapping[str, UUID]:
    _upsert(
        (
            BudgetLine(
                programme=programme,
                code=entry.code,
                position=position,
                label=entry.label,
                depreciable=entry.depreciable,
            )
            for position, entry in enumerate(plan.budget_lines)
        ),
        BudgetLine.objects,
        ["programme", "code"],
    )
    return dict(BudgetLine.objects.filter(programme=programme).values_list("code", "id"))


def _sources(programme: Programme, plan: Plan) -> Mapping[str, UUID]:
    present = FundingSource.objects.in_bulk(
        FundingSource.objects.filter(programme=programme).values_list("pk", flat=True)
    )
    by_code = {source.code: source for source in present.values()}
    for position, entry in enumerate(plan.funding_sources):
        source = by_code.get(entry.code) or _new_source(programme, entry.code)
        source.position = position
        source.funder = entry.funder
        source.amount_cents = cents_of(entry.amount_euro)
        source.save()
        by_code[entry.code] = source
    return {code: source.id for code, source in by_code.items()}


def _new_source(programme: Programme, code: str) -> FundingSource:
    # Money enters the ledger here, so the account has no floor: what it has given is its negative
    # balance, what is left is `amount_cents` plus its balance.
    source_id = new_id()
    account_id = open_account(
        NewAccount(source_id, FUNDS, Unit.CENTS, district_id=None, floor=None)
    )
    return FundingSource(id=source_id, programme=programme, code=code, account_id=account_id)


def _partners(place: _Place, plan: Plan, organisations: Mapping[str, UUID]) -> None:
    # The old lead steps down before the new one is written: a programme has one at a time.
    Partner.objects.filter(programme=place.programme, is_lead=True).exclude(
        organisation_id=organisations[plan.programme.lead]
    ).update(is_lead=False)
    _upsert(
        (
            Partner(
                programme=place.programme,
                organisation_id=organisations[entry.name],
                is_lead=entry.name == plan.programme.lead,
                position=position,
            )
            for position, entry in enumerate(plan.partners)
        ),
        Partner.objects,
        ["programme", "organisation"],
    )
    by_organisation = dict(
        Partner.objects.filter(programme=place.programme).values_list("organisation_id", "id")
    )
    _upsert(
        (
            PartnerShare(
                partner_id=by_organisation[organisations[entry.partner]],
                line_id=place.lines[entry.line],
                source_id=place.sources[entry.source],
                amount_cents=cents_of(entry.amount_euro),
            )
            for entry in plan.partner_shares
        ),
        PartnerShare.objects,
        ["partner", "line", "source"],
    )


def _categories(place: _Place, plan: Plan) -> None:
    _upsert(
        (
            SupportCategory(
                programme=place.programme,
                code=entry.code,
                position=position,
                label=entry.label,
                limit_cents=None if entry.limit_euro is None else cents_of(entry.limit_euro),
                needs_reason=entry.needs_reason,
                line_id=place.lines.get(entry.line),
                is_open=True,
            )
            for position, entry in enumerate(plan.support_categories)
        ),
        SupportCategory.objects,
        ["programme", "code"],
    )
    SupportCategory.objects.filter(programme=place.programme).exclude(
        code__in=[entry.code for entry in plan.support_categories]
    ).update(is_open=False)


def _pact_types(place: _Place, plan: Plan) -> None:
    _upsert(
        (
            PactType(
                programme=place.programme,
                code=entry.code,
                position=position,
                name=entry.name,
                audience=entry.audience,
                cap_cents=cents_of(entry.cap_euro),
                validity_months=entry.validity_months,
                min_age=entry.min_age,
                max_age=entry.max_age,
                requires_unemployed=entry.requires_unemployed,
                allows_business_plan=entry.allows_business_plan,
                is_open=True,
            )
            for position, entry in enumerate(plan.pact_types)
        ),
        PactType.objects,
        ["programme", "code"],
    )
    ours = PactType.objects.filter(programme=place.programme)
    ours.exclude(code__in=[entry.code for entry in plan.pact_types]).update(is_open=False)
    by_code = dict(ours.values_list("code", "id"))
    for entry in plan.pact_types:
        _goals(by_code[entry.code], entry.goals)


def _goals(pact_type_id: UUID, goals: Sequence[GoalEntry]) -> None:
    _upsert(
        (
            GoalTemplate(
                pact_type_id=pact_type_id,
                code=entry.code,
                position=position,
                area=entry.area,
                title=entry.title,
                supports=list(entry.supports),
                results=[
                    _result(result.title, result.indicator, result.months)
                    for result in entry.results
                ],
                is_open=True,
            )
            for position, entry in enumerate(goals)
        ),
        GoalTemplate.objects,
        ["pact_type", "code"],
    )
    GoalTemplate.objects.filter(pact_type_id=pact_type_id).exclude(
        code__in=[entry.code for entry in goals]
    ).update(is_open=False)


def _result(title: str, indicator: str, months: int) -> dict[str, Any]:
    return {"title": title, "indicator": indicator, "months": months}


def _codesign_steps(programme: Programme, plan: Plan) -> None:
    for entry in plan.codesign_steps:
        CoDesignStep.objects.update_or_create(
            programme=programme,
            kind=CoDesignStep.Kind(entry.kind),
            happened_on=entry.happened_on,
            defaults={"title": entry.title, "outcome": entry.outcome},
        )
