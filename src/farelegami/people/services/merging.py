"""Joining two registrations of one person, and parting them again.

Rows that belong to the person move to the registration kept; what moved is written down, so that
it can move back. A room above lists the columns that follow a person in its `AppConfig` as
`person_columns = ("cases.TeamMember.person",)`; a signed or sealed row is not listed and stays
where it was signed, found through `people.queries.persons.ids_of`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.outbox.services import emit
from farelegami.people.models import MergeRecord, Person
from farelegami.people.queries.duplicates import visible_merges
from farelegami.people.queries.persons import PERSON, visible_people
from farelegami.people.rules.duplicates import (
    MergeAcrossDistricts,
    MergedOnwards,
    MergedWithThemselves,
    MergeUndone,
    MergeWithoutReason,
)
from farelegami.people.rules.privacy import check_unrestricted
from farelegami.people.services.entries import make_findable
from farelegami.search.services import drop

MERGED: Final = "people.merged"
UNMERGED: Final = "people.unmerged"
_FILLED_IF_EMPTY: Final = (
    "birth_date",
    "birth_place_code",
    "sex",
    "citizenship",
    "municipality_id",
    "quarter_id",
    "address",
    "phone",
    "phone_key",
    "email",
    "preferred_channel",
    "contact_hours",
    "contact_limits",
    "limits",
    "wishes",
    "travel_minutes",
    "week_yes",
    "week_maybe",
    "transport",
)
# Only that the code came along is remembered, never the code.
_CODE: Final = "tax_code"


def person_columns() -> Iterator[tuple[str, type[models.Model], str]]:
    """Yield the columns that follow a person, as (label, model, foreign key)."""
    for config in apps.get_app_configs():
        for label in getattr(config, "person_columns", ()):
            model, column = label.rsplit(".", 1)
            yield label, apps.get_model(model), column


@transaction.atomic
def merge_people(
    actor: Actor, keep_id: UUID, gone_id: UUID, *, reason: str, once: UUID | None = None
) -> MergeRecord:
    """Join `gone` into `keep` and return the record by which it can be undone.

    `once` names the act: the same twice joins once.

    Raises:
        SentAlready: sent before with other data.
        NotFound: one of them is none whom the actor may see.
        MergedWithThemselves, MergeAcrossDistricts, MergeWithoutReason, Restricted: as they say.
    """
    if keep_id == gone_id:
        raise MergedWithThemselves
    if not reason.strip():
        raise MergeWithoutReason
    try:
        keep, gone = _locked(visible_people(actor).defer(None), keep_id, gone_id)
    except NotFound:
        # The one that goes is out of sight once it has gone: also by this very act.
        done = merge_sent(actor, once)
        if done is None:
            raise
        if (done.kept_id, done.gone_id, done.reason) != (keep_id, gone_id, reason.strip()):
            raise SentAlready from None
        return done
    if keep.district_id != gone.district_id:
        raise MergeAcrossDistricts
    for one in (keep, gone):
        check_unrestricted(one.name, one.restricted_on)
    gone.merged_into = keep
    gone.save(update_fields=["merged_into"])
    done = MergeRecord.objects.create(
        id=once or new_id(),
        district_id=keep.district_id,
        kept=keep,
        gone=gone,
        reason=reason.strip(),
        moved=_move_rows(gone, keep),
        filled=_fill(keep, gone),
        merged_at=clock.now(),
        merged_by_id=actor.account_id,
        merged_by_name=actor.name,
    )
    drop([gone.pk])
    make_findable([keep])
    _tell(actor, done, MERGED, {"reason": done.reason})
    return done


def merge_sent(actor: Actor, once: UUID | None) -> MergeRecord | None:
    """Return the merge that an act of this name has made, if it has."""
    return visible_merges(actor).filter(pk=once).first() if once else None


@transaction.atomic
def unmerge(actor: Actor, merge_id: UUID) -> Person:
    """Return the person parted again from the one they were joined to.

    What has been written since stays with the registration kept; so does a field corrected since.

    Raises:
        NotFound: no such merge for the actor.
        MergeUndone: it has been undone before.
        MergedOnwards: the registration kept was itself merged since.
        Restricted: the data of the registration kept are left as they are.
    """
    done = visible_merges(actor).select_for_update(of=("self",)).filter(pk=merge_id).first()
    if done is None:
        raise NotFound
    if done.undone_at is not None:
        raise MergeUndone
    if done.kept.merged_into_id is not None:
        raise MergedOnwards
    keep, gone = _locked(Person.objects.all(), done.kept_id, done.gone_id)
    check_unrestricted(keep.name, keep.restricted_on)
    _empty(keep, done.filled)
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    _move_back(done.moved, keep, gone)
    done.undone_at, done.undone_by_id = clock.now(), actor.account_id
    done.save(update_fields=["undone_at", "undone_by_id"])
    make_findable([keep, gone])
    _tell(actor, done, UNMERGED, {"undone": True})
    return gone


def _locked(people: models.QuerySet[Person], one_id: UUID, other_id: UUID) -> tuple[Person, Person]:
    # Always in the order of ids: two merges of the same pair must not wait for each other.
    rows = people.filter(pk__in=[one_id, other_id]).order_by("pk").select_for_update(of=("self",))
    found = {person.pk: person for person in rows}
    if len(found) != len({one_id, other_id}):
        raise NotFound
    return found[one_id], found[other_id]


def _move_rows(gone: Person, keep: Person) -> dict[str, list[str]]:
    moved: dict[str, list[str]] = {}
    for label, model, column in person_columns():
        ids = model._base_manager.filter(**{column: gone}).values_list("pk", flat=True)  # noqa: SLF001
        went = [str(pk) for pk in ids if _moved(model, pk, column, keep)]
        if went:
            moved[label] = went
    return moved


def _moved(model: type[models.Model], pk: Any, column: str, to: Person) -> bool:
    try:
        with transaction.atomic():
            return bool(model._base_manager.filter(pk=pk).update(**{column: to}))  # noqa: SLF001
    except IntegrityError:
        # The one kept has the same (the language, the household): the row stays with the other.
        return False


def _move_back(moved: Mapping[str, Sequence[str]], keep: Person, gone: Person) -> None:
    for label, model, column in person_columns():
        rows = model._base_manager.filter(pk__in=moved.get(label, ()), **{column: keep})  # noqa: SLF001
        rows.update(**{column: gone})


def _fill(keep: Person, gone: Person) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for name in _FILLED_IF_EMPTY:
        if not getattr(keep, name) and getattr(gone, name):
            setattr(keep, name, getattr(gone, name))
            filled[name] = _plain(getattr(gone, name))
    if gone.tax_code_index and not keep.tax_code_index:
        keep.tax_code, keep.tax_code_index = gone.tax_code, gone.tax_code_index
        filled[_CODE] = True
    if filled:
        keep.save()
    return filled


def _empty(keep: Person, filled: Mapping[str, Any]) -> None:
    blank = Person()
    for name, value in filled.items():
        if name == _CODE:
            keep.tax_code = keep.tax_code_index = None
        elif _plain(getattr(keep, name)) == value:
            setattr(keep, name, getattr(blank, name))
    if filled:
        keep.save()


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | list) else str(value)


def _tell(actor: Actor, done: MergeRecord, topic: str, facts: dict[str, Any]) -> None:
    record(
        actor,
        Verb.MERGED,
        kind=PERSON,
        object_id=done.kept_id,
        district_id=done.district_id,
        person_ids=(done.kept_id, done.gone_id),
        facts={**facts, "kept": str(done.kept_id), "gone": str(done.gone_id)},
    )
    payload = {"kept": str(done.kept_id), "gone": str(done.gone_id)}
    emit(topic, payload, key=f"{topic}:{done.pk}", district_id=done.district_id)
