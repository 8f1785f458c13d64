"""Erasing what declarations say hangs from a root, and copying what they say is a person's."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Q, QuerySet

from farelegami.storage.fields import blind_index
from farelegami.storage.guards import lifted
from farelegami.storage.keeping import Erase, Kept, kept

_CHUNK: Final = 200
Found: TypeAlias = dict[str, list[Any]]


def rows_of(model: type[models.Model], ids: Collection[Any]) -> QuerySet[models.Model]:
    """Return the rows of a table with these keys."""
    return QuerySet(model).filter(pk__in=list(ids))


def hanging_from(root: str, ids: Collection[Any]) -> Found:
    """Return the keys of every row that goes with these roots, by `room.Model`.

    First what a path leads from, then what holds the id of an object found. The roots are marked
    as erased already: a row shared with somebody who is still known is left out.
    """
    found: Found = {}
    for model, keeping in kept():
        paths = keeping.under.get(root, ())
        if paths:
            found[model._meta.label] = _unshared(model, keeping, _keys(model, paths, ids))
    for _round in range(2):
        every = {pk for keys in found.values() for pk in keys}
        for model, keeping in kept():
            if keeping.owned:
                found[model._meta.label] = _keys(model, keeping.owned, every)
    return {label: keys for label, keys in found.items() if keys}


def joined(found: Found, also: Mapping[str, Sequence[str]]) -> Found:
    """Return what was found with those rows of `also` that are there, each once."""
    whole: Found = {}
    for model, keeping in kept():
        label = model._meta.label
        keys = set(found.get(label, ()))
        if keeping.under or keeping.owned:
            keys |= set(_keys(model, ("pk",), also.get(label, ())))
        if keys:
            whole[label] = sorted(keys)
    return whole


def _keys(model: type[models.Model], paths: Sequence[str], ids: Collection[Any]) -> list[Any]:
    every = list(ids)
    keys: set[Any] = set()
    for start in range(0, len(every), _CHUNK):
        some = every[start : start + _CHUNK]
        wanted = Q()
        for path in paths:
            wanted |= Q(**{f"{path}__in": some})
        keys |= set(QuerySet(model).filter(wanted).values_list("pk", flat=True))
    return sorted(keys)


def _unshared(model: type[models.Model], keeping: Kept, keys: Sequence[Any]) -> list[Any]:
    """Leave out the rows that somebody still known has a part in."""
    shared: set[Any] = set()
    if keeping.unless_shared:
        known = {f"{keeping.unless_shared}__erased_at": None}
        shared = set(rows_of(model, keys).filter(**known).values_list("pk", flat=True))
    return [key for key in keys if key not in shared]


def seal_of(found: Found) -> str:
    """Return a keyed digest of all these rows as they are: proof of what there was, telling nothing."""
    digests = []
    for model, _keeping in kept():
        names = [field.attname for field in model._meta.concrete_fields]
        for row in rows_of(model, found.get(model._meta.label, ())).order_by("pk").values(*names):
            told = json.dumps(row, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
            digests.append(blind_index(f"{model._meta.label} {told}"))
    return blind_index("\n".join(digests))


def erase_rows(found: Found) -> None:
    """Empty, then delete, rows of the tables that have no way of their own; in a transaction."""
    tables = [
        (model, keeping)
        for model, keeping in kept()
        if keeping.erase is not Erase.OWN and found.get(model._meta.label)
    ]
    guarded = [model._meta.db_table for model, _keeping in tables]
    with lifted(connection, *guarded, events=("UPDATE", "DELETE")):
        for model, keeping in tables:
            if keeping.erase is Erase.BLANK:
                _blank(model, keeping, found[model._meta.label])
        # Parts before wholes: rooms above first, and within a room the last declared first.
        for model, keeping in _parts_first(tables):
            if keeping.erase is Erase.DELETE:
                rows_of(model, found[model._meta.label]).delete()


def _parts_first(
    tables: Sequence[tuple[type[models.Model], Kept]],
) -> Iterator[tuple[type[models.Model], Kept]]:
    rooms = list(dict.fromkeys(model._meta.app_label for model, _keeping in tables))
    for room in rooms:
        yield from reversed([each for each in tables if each[0]._meta.app_label == room])


def _blank(model: type[models.Model], keeping: Kept, keys: Sequence[Any]) -> None:
    names = keeping.erased()
    if not names:
        return
    rows = rows_of(model, keys)
    fixed = {
        name: _nothing(model, name) for name in names if not callable(keeping.values.get(name))
    }
    fixed.update({name: value for name, value in keeping.values.items() if not callable(value)})
    made = {name: value for name, value in keeping.values.items() if callable(value)}
    if made:
        for row in rows:
            rows_of(model, [row.pk]).update(**{name: make(row) for name, make in made.items()})
    if fixed:
        rows.update(**fixed)


def _nothing(model: type[models.Model], name: str) -> Any:
    """Return what an emptied field holds: nothing, as its column says it."""
    field = model._meta.get_field(name)
    if field.null:
        return None
    if isinstance(field, models.JSONField):
        return field.get_default() if field.has_default() else {}
    if isinstance(field, models.IntegerField):
        return 0
    if isinstance(field, models.BooleanField):
        return False
    return ""


def copied_of(person_ids: Collection[Any]) -> Iterator[tuple[type[models.Model], Kept, list[Any]]]:
    """Yield each table with rows of a person, its declaration and their keys, for the copy."""
    for model, keeping in kept():
        if keeping.person:
            wanted = Q()
            for path in keeping.person:
                wanted |= Q(**{f"{path}__in": list(person_ids)})
            rows: QuerySet[models.Model] = QuerySet(model)
            keys = rows.filter(wanted, **keeping.only).values_list("pk", flat=True)
            yield model, keeping, sorted(set(keys))


def told_of(row: models.Model, labels: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what a row says under these fields, as it would be said: labels of codes, names of ties."""
    told: dict[str, Any] = {}
    for name in labels:
        said = getattr(row, f"{name}_label", None)
        value = getattr(row, name) if said is None else str(said)
        told[name] = str(value) if isinstance(value, models.Model) else value
    return told
