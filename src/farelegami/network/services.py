"""Registering organisations and what is written about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.ids import new_id
from farelegami.network.models import Contact, DataRole, Organisation, OrganisationLink
from farelegami.network.permissions import may_write_data_role, may_write_organisation
from farelegami.network.queries import ORGANISATION, organisation_for
from farelegami.network.rules import (
    ONE_WAY,
    AlreadyLinked,
    AlreadyRegistered,
    ClosesInTheFuture,
    DataCapacity,
    EndsBeforeItStarts,
    LinkedTheOtherWay,
    LinkedToItself,
    LinkKind,
    LinkNotYet,
    NameMissing,
    OrganisationKind,
    RoleNotWritten,
    check_nature,
    tidy_tax_code,
)
from farelegami.search.rules import sort_key
from farelegami.search.services import put
from farelegami.storage.once import written_once
from farelegami.territory.queries import municipality_names

_SORT_LENGTH: Final = 170


@dataclass(frozen=True, slots=True)
class OrganisationDraft:
    """An organisation as a form gives it."""

    name: str
    kind: OrganisationKind
    legal_type: str = ""
    tax_code: str = ""
    runts_number: str = ""
    municipality_id: str | None = None
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""


_SENT: Final = tuple(part.name for part in fields(OrganisationDraft))


@transaction.atomic
def register_organisation(
    actor: Actor, district_id: int | None, draft: OrganisationDraft, *, once: UUID | None = None
) -> Organisation:
    """Return a new organisation of a district, or of the whole province where that is None.

    `once` names the act: the same twice registers one.

    Raises:
        NotAllowed: the actor does not write there.
        SentAlready: sent before with other data.
        Refusal: `NameMissing`, `AlreadyRegistered`, those of `tidy_tax_code` and `check_nature`.
    """
    if not may_write_organisation(actor, district_id=district_id):
        raise NotAllowed
    organisation = Organisation(id=once or new_id(), district_id=district_id)
    _fill(organisation, draft)
    with _one_a_tax_code(organisation):
        organisation, is_new = written_once(organisation, of="district_id", sent=_SENT)
    if is_new:
        _make_findable(organisation)
        _record(actor, Verb.CREATED, organisation, {"name": organisation.name})
    return organisation


@transaction.atomic
def change_organisation(
    actor: Actor, organisation_id: UUID, draft: OrganisationDraft
) -> Organisation:
    """Return the organisation with everything as in `draft`.

    Raises:
        NotFound, NotAllowed: none the actor may see; one they may not write.
        Refusal: as for `register_organisation`.
    """
    organisation = _writable(actor, organisation_id)
    before = {name: getattr(organisation, name) for name in asdict(draft)}
    _fill(organisation, draft)
    differences = {
        name: [value, getattr(organisation, name)]
        for name, value in before.items()
        if value != getattr(organisation, name)
    }
    if differences:
        with _one_a_tax_code(organisation), transaction.atomic():
            organisation.save()
        _make_findable(organisation)
        _record(actor, Verb.CHANGED, organisation, differences)
    return organisation


@transaction.atomic
def close_organisation(actor: Actor, organisation_id: UUID, *, day: date) -> Organisation:
    """Return the organisation, at work until `day`; what it did stays. Closed once, it stays so.

    Raises:
        NotFound, NotAllowed: as for `change_organisation`.
        ClosesInTheFuture: as it says.
    """
    organisation = _writable(actor, organisation_id)
    if organisation.closed_on is not None:
        return organisation
    if day > clock.today():
        raise ClosesInTheFuture
    organisation.closed_on = day
    organisation.save(update_fields=["closed_on"])
    _record(actor, Verb.CHANGED, organisation, {"closed_on": [None, str(day)]})
    return organisation


@transaction.atomic
def add_contact(
    actor: Actor,
    organisation_id: UUID,
    *,
    name: str,
    day: date,
    role: str = "",
    phone: str = "",
    email: str = "",
    once: UUID | None = None,
) -> Contact:
    """Return a new contact of an organisation from `day`; `once` names the act.

    Raises:
        SentAlready: sent before with other data.
        NotFound, NotAllowed: as for `change_organisation`.
        NameMissing: nobody is named.
    """
    organisation = _writable(actor, organisation_id)
    if not name.strip():
        raise NameMissing
    contact = Contact(
        id=once or new_id(),
        district_id=organisation.district_id,
        organisation=organisation,
        name=name.strip(),
        role=role.strip(),
        phone=phone.strip(),
        email=email.strip().lower(),
        starts_on=day,
    )
    sent = ("name", "role", "phone", "email", "starts_on")
    contact, is_new = written_once(contact, of="organisation_id", sent=sent)
    if is_new:
        _record(actor, Verb.CHANGED, organisation, {"contact": [None, contact.name]})
    return contact


@transaction.atomic
def end_contact(actor: Actor, organisation_id: UUID, contact_id: UUID, *, day: date) -> None:
    """Let a contact answer for an organisation until `day`; one ended already stays as it was.

    Raises:
        NotFound, NotAllowed: as for `change_organisation`; no such contact.
        EndsBeforeItStarts: as it says.
    """
    organisation = _writable(actor, organisation_id)
    contact = Contact.objects.filter(organisation=organisation, pk=contact_id).first()
    if contact is None:
        raise NotFound
    if contact.ends_on is not None:
        return
    if day < contact.starts_on:
        raise EndsBeforeItStarts
    contact.ends_on = day
    contact.save(update_fields=["ends_on"])
    _record(actor, Verb.CHANGED, organisation, {"contact": [contact.name, None]})


@transaction.atomic
def write_role(
    actor: Actor,
    organisation_id: UUID,
    capacity: DataCapacity,
    *,
    subject: str,
    document_reference: str,
    starts_on: date,
    ends_on: date | None = None,
    document_id: UUID | None = None,
    once: UUID | None = None,
) -> DataRole:
    """Return the part an organisation has in a processing, as its agreement says (R20).

    `once` names the act: the same twice writes one.

    Raises:
        SentAlready: sent before with other data.
        NotFound, NotAllowed: none the actor may see; the actor does not record such roles.
        RoleNotWritten, EndsBeforeItStarts: as they say.
    """
    organisation = organisation_for(actor, organisation_id, for_update=True)
    if not may_write_data_role(actor, district_id=organisation.district_id):
        raise NotAllowed
    if not document_reference.strip():
        raise RoleNotWritten
    if ends_on is not None and ends_on < starts_on:
        raise EndsBeforeItStarts
    role = DataRole(
        id=once or new_id(),
        district_id=organisation.district_id,
        organisation=organisation,
        capacity=capacity.value,
        subject=subject.strip(),
        document_reference=document_reference.strip(),
        document_id=document_id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    sent = ("capacity", "subject", "document_reference", "document_id", "starts_on", "ends_on")
    role, is_new = written_once(role, of="organisation_id", sent=sent)
    if is_new:
        facts = {"data_role": [None, capacity.value], "document": role.document_reference}
        _record(actor, Verb.CHANGED, organisation, facts)
    return role


@transaction.atomic
def link_organisations(
    actor: Actor,
    organisation_id: UUID,
    other_id: UUID,
    kind: LinkKind,
    *,
    day: date,
    once: UUID | None = None,
) -> OrganisationLink:
    """Return the link of an organisation to another from `day`; `once` names the act.

    Raises:
        SentAlready: sent before with other data.
        NotFound, NotAllowed: as for `change_organisation`.
        LinkedToItself, AlreadyLinked, LinkNotYet, LinkedTheOtherWay: as they say.
    """
    if organisation_id == other_id:
        raise LinkedToItself
    if day > clock.today():
        raise LinkNotYet
    # Both, and always in the same order: two links that contradict each other come one by one.
    both = {
        each: organisation_for(actor, each, for_update=True)
        for each in sorted((organisation_id, other_id))
    }
    organisation, other = _writable(actor, organisation_id), both[other_id]
    if kind in ONE_WAY and _is_within(other, organisation_id, kind):
        raise LinkedTheOtherWay(name=other.name)
    link = OrganisationLink(
        id=once or new_id(),
        district_id=organisation.district_id,
        organisation=organisation,
        other=other,
        kind=kind.value,
        starts_on=day,
    )
    try:
        sent = ("other_id", "kind", "starts_on")
        link, is_new = written_once(link, of="organisation_id", sent=sent)
    except IntegrityError:
        raise AlreadyLinked from None
    if is_new:
        _record(actor, Verb.CHANGED, organisation, {"link": [None, f"{kind.value} {other.name}"]})
    return link


def _is_within(organisation: Organisation, whole_id: UUID, kind: LinkKind) -> bool:
    """Return whether an organisation is, through others if need be, within another."""
    seen: set[UUID] = set()
    level = {organisation.pk}
    while level:
        if whole_id in level:
            return True
        seen |= level
        links = OrganisationLink.objects.filter(
            organisation_id__in=level, kind=kind.value, ends_on=None
        )
        level = set(links.values_list("other_id", flat=True)) - seen
    return False


@transaction.atomic
def end_link(actor: Actor, organisation_id: UUID, link_id: UUID, *, day: date) -> None:
    """Let a link hold until `day`, said from either side; one ended already stays as it was.

    Raises:
        NotFound, NotAllowed: as for `change_organisation`; no such link of the organisation.
        EndsBeforeItStarts: as it says.
    """
    organisation = _writable(actor, organisation_id)
    link = (
        OrganisationLink.objects.select_for_update(of=("self",))
        .select_related("organisation", "other")
        .filter(Q(organisation=organisation) | Q(other=organisation), pk=link_id)
        .first()
    )
    if link is None:
        raise NotFound
    if link.ends_on is not None:
        return
    if day < link.starts_on:
        raise EndsBeforeItStarts
    link.ends_on = day
    link.save(update_fields=["ends_on"])
    name = link.other.name if link.organisation_id == organisation.pk else link.organisation.name
    _record(
        actor,
        Verb.CHANGED,
        organisation,
        {"link": [f"{link.kind} {name}", None], "until": [None, str(day)]},
    )


def _writable(actor: Actor, organisation_id: UUID) -> Organisation:
    organisation = organisation_for(actor, organisation_id, for_update=True)
    if not may_write_organisation(actor, district_id=organisation.district_id):
        raise NotAllowed
    return organisation


def _fill(organisation: Organisation, draft: OrganisationDraft) -> None:
    for name, value in asdict(draft).items():
        setattr(organisation, name, value.strip() if isinstance(value, str) else value)
    if not organisation.name:
        raise NameMissing
    organisation.kind = draft.kind.value
    organisation.tax_code = tidy_tax_code(draft.tax_code)
    organisation.sort_name = sort_key(draft.name)[:_SORT_LENGTH]
    check_nature(
        draft.kind,
        draft.legal_type,
        tax_code=organisation.tax_code,
        runts=organisation.runts_number,
    )
    _check_new(organisation)


def _check_new(organisation: Organisation) -> None:
    if not organisation.tax_code:
        return
    there = (
        Q(district_id__isnull=True)
        if organisation.district_id is None
        else Q(district_id=organisation.district_id)
    )
    same = Organisation.objects.filter(there, tax_code=organisation.tax_code)
    known = same.exclude(pk=organisation.pk).first()
    if known is not None:
        raise AlreadyRegistered(name=known.name)


@contextmanager
def _one_a_tax_code(organisation: Organisation) -> Iterator[None]:
    """Write an organisation whose code another may be given in this very moment."""
    try:
        yield
    except IntegrityError:
        _check_new(organisation)
        raise


def _make_findable(organisation: Organisation) -> None:
    town = ""
    if organisation.municipality_id:
        town = municipality_names([organisation.municipality_id])[organisation.municipality_id]
    put(
        ORGANISATION,
        organisation.pk,
        organisation.district_id,
        organisation.name,
        f"{organisation.name} {town}",
        subtitle=", ".join(part for part in (organisation.kind_label, town) if part),
    )


def _record(actor: Actor, verb: Verb, organisation: Organisation, facts: dict[str, Any]) -> None:
    record(
        actor,
        verb,
        kind=ORGANISATION,
        object_id=organisation.pk,
        district_id=organisation.district_id,
        facts=facts,
    )
