"""Writing new rows by statements put into SQL once for each table."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def insert(rows: Sequence[Model]) -> None:
    """Write new rows of one table in one statement, as `save(force_insert=True)` would one.

    What the database itself reckons of a row is on it afterwards.

    Raises:
        IntegrityError: a row is refused, and with it all.
    """
    model = type(rows[0])
    sql = _statement(connection.vendor, model, len(rows))
    params = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for row in rows
        for field in _written(model)
    ]
    reckoned = model._meta.db_returning_fields
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        answers = cursor.fetchall() if reckoned else [()] * len(rows)
    for row, values in zip(rows, answers, strict=True):
        for field, value in zip(reckoned, values, strict=True):
            setattr(row, field.attname, value)
        state = row._state  # noqa: SLF001
        state.adding, state.db = False, connection.alias


@cache
def _written(model: type[Model]) -> tuple["Field[Any, Any]", ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.generated)


@cache
def _statement(_vendor: str, model: type[Model], rows: int) -> str:
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column or "") for field in _written(model))
    marks = f"({', '.join(['%s'] * len(_written(model)))})"
    sql = (
        f"INSERT INTO {quoted(model._meta.db_table)} ({columns})"  # noqa: S608
        f" VALUES {', '.join([marks] * rows)}"
    )
    reckoned = ", ".join(quoted(field.column or "") for field in model._meta.db_returning_fields)
    return f"{sql} RETURNING {reckoned}" if reckoned else sql
