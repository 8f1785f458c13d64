"""Writing rows by statements put into SQL once for each table."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def insert(rows: Sequence[Model], *, instead_of: str = "") -> None:
    """Write new rows of one table in one statement, as `save(force_insert=True)` would one.

    What the database itself reckons of a row is on it afterwards. A row that has the same value in
    the unique field `instead_of` is written over.

    Raises:
        IntegrityError: a row is refused, and with it all.
    """
    model = type(rows[0])
    sql = _statement(connection.vendor, model, len(rows), instead_of)
    reckoned = model._meta.db_returning_fields
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(rows))
        answers = cursor.fetchall() if reckoned else [()] * len(rows)
    for row, values in zip(rows, answers, strict=True):
        for field, value in zip(reckoned, values, strict=True):
            setattr(row, field.attname, value)
        state = row._state  # noqa: SLF001
        state.adding, state.db = False, connection.alias


def insert_new(rows: Sequence[Model], *, unique: str) -> int:
    """Write those rows whose `unique` fields, separated by spaces, nobody has; return how many.

    One who writes the same at the same moment is waited for. Nothing is reckoned by the database.
    """
    sql = _statement_of_new(connection.vendor, type(rows[0]), len(rows), unique)
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(rows))
        written = int(cursor.rowcount)
    if written == len(rows):
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001
    return written


def change(row: Model, *names: str) -> None:
    """Write some fields of a row that is there, as `save(update_fields=…)` would."""
    fields = _named(type(row), names)
    key = row._meta.pk
    values = [
        field.get_db_prep_save(field.pre_save(row, add=False), connection) for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _statement_of_change(connection.vendor, type(row), names),
            [*values, key.get_db_prep_save(row.pk, connection)],
        )


def _values(rows: Sequence[Model]) -> list[Any]:
    return [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for row in rows
        for field in _written(type(rows[0]))
    ]


@cache
def _named(model: type[Model], names: Sequence[str]) -> tuple["Field[Any, Any]", ...]:
    by_name = {field.name: field for field in model._meta.concrete_fields}
    return tuple(by_name[name] for name in names)


@cache
def _statement_of_change(_vendor: str, model: type[Model], names: Sequence[str]) -> str:
    quoted = connection.ops.quote_name
    sets = ", ".join(f"{quoted(field.column or '')} = %s" for field in _named(model, names))
    key = quoted(model._meta.pk.column or "")
    return f"UPDATE {quoted(model._meta.db_table)} SET {sets} WHERE {key} = %s"  # noqa: S608


@cache
def _statement_of_new(_vendor: str, model: type[Model], rows: int, unique: str) -> str:
    quoted = connection.ops.quote_name
    columns = [quoted(field.column or "") for field in _named(model, tuple(unique.split()))]
    return f"{_into(model, rows)} ON CONFLICT ({', '.join(columns)}) DO NOTHING"


@cache
def _written(model: type[Model]) -> tuple["Field[Any, Any]", ...]:
    # What the database counts or reckons it gives back.
    reckoned = set(model._meta.db_returning_fields)
    return tuple(field for field in model._meta.concrete_fields if field not in reckoned)


@cache
def _statement(_vendor: str, model: type[Model], rows: int, instead_of: str) -> str:
    quoted = connection.ops.quote_name
    sql = _into(model, rows)
    if instead_of:
        columns = [quoted(field.column or "") for field in _written(model)]
        unique = quoted(_named(model, (instead_of,))[0].column or "")
        others = ", ".join(f"{each} = EXCLUDED.{each}" for each in columns if each != unique)
        sql = f"{sql} ON CONFLICT ({unique}) DO UPDATE SET {others}"
    reckoned = ", ".join(quoted(field.column or "") for field in model._meta.db_returning_fields)
    return f"{sql} RETURNING {reckoned}" if reckoned else sql


def _into(model: type[Model], rows: int) -> str:
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column or "") for field in _written(model))
    marks = f"({', '.join(['%s'] * len(_written(model)))})"
    return (
        f"INSERT INTO {quoted(model._meta.db_table)} ({columns})"  # noqa: S608
        f" VALUES {', '.join([marks] * rows)}"
    )
