"""Organisations as they are listed, opened and named by other rooms."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.network.models import Contact, DataRole, Organisation, OrganisationLink
from farelegami.network.permissions import may_see_contacts, may_see_network, staff_districts
from farelegami.search.queries import find
from farelegami.storage.pages import KeyPage, key_page

ORGANISATION: Final = "network.organisation"
_FOUND: Final = 50


@dataclass(frozen=True, slots=True)
class OrganisationRef:
    """As much of an organisation as other rooms show."""

    id: UUID
    name: str
    kind: str
    kind_label: str
    district_id: int | None


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One line of the list of organisations."""

    id: UUID
    name: str
    kind_label: str
    legal_label: str
    town: str
    district_id: int | None
    closed: bool


@dataclass(frozen=True, slots=True)
class NetworkFilters:
    """What narrows the list; empty means all."""

    text: str = ""
    kind: str = ""
    municipality_id: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationFile:
    """An organisation with everything about it; `contacts` are None for who may not see them.

    `links` hold today, `past_links` have ended.
    """

    organisation: Organisation
    contacts: Sequence[Contact] | None
    data_roles: Sequence[DataRole]
    links: Sequence[OrganisationLink]
    past_links: Sequence[OrganisationLink]


def visible_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Those of the districts one works in and those of the whole province; none without a role."""
    if not may_see_network(actor):
        return Organisation.objects.none()
    mine = Q(pk__in=[grant.organisation_id for grant in actor.grants if grant.organisation_id])
    here = Q(district_id__in=staff_districts(actor)) | Q(district_id__isnull=True)
    return Organisation.objects.filter(here | mine)


def organisation_for(
    actor: Actor, organisation_id: UUID, *, for_update: bool = False
) -> Organisation:
    """Return an organisation, locked if asked.

    Raises:
        NotFound: none the actor may see.
    """
    rows = visible_organisations(actor)
    if for_update:
        rows = rows.select_for_update()
    organisation = rows.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound
    return organisation


def organisation_file(actor: Actor, organisation_id: UUID) -> OrganisationFile:
    """Return an organisation with contacts, written roles and links; four queries.

    Raises:
        NotFound: none the actor may see.
    """
    rows = visible_organisations(actor).select_related("municipality", "district")
    organisation = rows.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound
    of = {"organisation": organisation}
    today = clock.today()
    links = (
        OrganisationLink.objects.filter(Q(**of) | Q(other=organisation))
        .select_related("organisation", "other")
        .order_by("-starts_on", "-id")
    )
    held = {link: link.ends_on is None or link.ends_on >= today for link in links}
    return OrganisationFile(
        organisation=organisation,
        contacts=list(
            Contact.objects.filter(**of).exclude(ends_on__lt=today).order_by("name", "id")
        )
        if may_see_contacts(actor)
        else None,
        data_roles=list(DataRole.objects.filter(**of).order_by("-starts_on", "-id")),
        links=[link for link, holds in held.items() if holds],
        past_links=[link for link, holds in held.items() if not holds],
    )


def organisations_page(
    actor: Actor, filters: NetworkFilters | None = None, cursor: str = ""
) -> KeyPage[OrganisationRow]:
    """Return a page of organisations by name, or those who answer a search, nearest first.

    One query, or two with a search, however many rows.
    """
    asked = filters or NetworkFilters()
    rows = _narrowed(visible_organisations(actor).select_related("municipality"), asked)
    if asked.text.strip():
        page = KeyPage(_found(actor, rows, asked.text))
    else:
        page = key_page(rows, order=("sort_name", "id"), cursor=cursor)
    return KeyPage([_row(row) for row in page.rows], page.next_cursor, page.cursor)


def _narrowed(rows: QuerySet[Organisation], filters: NetworkFilters) -> QuerySet[Organisation]:
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.municipality_id:
        rows = rows.filter(municipality_id=filters.municipality_id)
    return rows


def _found(actor: Actor, rows: QuerySet[Organisation], text: str) -> Sequence[Organisation]:
    hits = find(text, kinds=[ORGANISATION], district_ids=staff_districts(actor), limit=_FOUND)
    found = {row.pk: row for row in rows.filter(pk__in=[hit.object_id for hit in hits])}
    return [found[hit.object_id] for hit in hits if hit.object_id in found]


def _row(row: Organisation) -> OrganisationRow:
    return OrganisationRow(
        id=row.pk,
        name=row.name,
        kind_label=row.kind_label,
        legal_label=row.legal_label,
        town=row.municipality.name if row.municipality else "",
        district_id=row.district_id,
        closed=row.closed_on is not None,
    )


def organisation_refs(organisation_ids: Collection[UUID]) -> Mapping[UUID, OrganisationRef]:
    """Return short references by id, for rooms that have already asked who may see; one query."""
    return {
        row.pk: OrganisationRef(row.pk, row.name, row.kind, row.kind_label, row.district_id)
        for row in Organisation.objects.filter(pk__in=organisation_ids)
    }


def organisation_choices(actor: Actor, *, kinds: Collection[str] = ()) -> list[tuple[UUID, str]]:
    """Return (id, name) of the organisations at work that the actor sees, by name."""
    rows = visible_organisations(actor).filter(closed_on__isnull=True)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return list(rows.order_by("sort_name", "id").values_list("pk", "name"))


def bodies_at_work_in(actor: Actor, district_id: int) -> list[UUID]:
    """Return the visible organisations at work in a district or the whole province. One query."""
    here = Q(district_id=district_id) | Q(district_id__isnull=True)
    rows = visible_organisations(actor).filter(here, closed_on__isnull=True)
    return list(rows.values_list("pk", flat=True))


def data_role_in_force(organisation_id: UUID) -> Sequence[DataRole]:
    """Return the written roles an organisation has today."""
    today = clock.today()
    return list(
        DataRole.objects.filter(organisation_id=organisation_id, starts_on__lte=today)
        .exclude(ends_on__lt=today)
        .order_by("starts_on", "id")
    )
