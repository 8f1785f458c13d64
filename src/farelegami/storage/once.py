"""Acts that may be sent twice: the name a form gives its act is the id of the row it writes."""

from collections.abc import Callable, Collection
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from farelegami.kernel.errors import NotFound, SentAlready
from farelegami.storage.inserts import insert
from farelegami.storage.models import Row

RowT = TypeVar("RowT", bound=Row)


def written_once(
    row: RowT,
    *,
    of: str,
    sent: Collection[str],
    prepare: Callable[[RowT], None] | None = None,
    named: bool = True,
) -> tuple[RowT, bool]:
    """Insert `row` and return it with True; or with False the row this very act wrote before.

    One insert, and one query more only where the act comes again: also in the same instant, since
    the second insert waits for the first. `of` is the attribute that says whose the row is, and
    `sent` those the sender chose; `prepare` fills in what is used up by writing, such as the next
    number of a year, and is undone with the second insert. Where the sender has not `named` the
    act, its row has a fresh id and cannot be there.

    Raises:
        NotFound: the name of the act is taken by a row of somebody else.
        SentAlready: the act was sent before with other data.
        IntegrityError: refused for another reason.
    """
    if not named:
        if prepare is not None:
            prepare(row)
        insert([row])
        return row, True
    try:
        with transaction.atomic():
            if prepare is not None:
                prepare(row)
            insert([row])
    except IntegrityError:
        rows: QuerySet[RowT] = QuerySet(type(row))
        there = rows.filter(pk=row.pk).first()
        if there is None:
            raise
        if getattr(there, of) != getattr(row, of):
            raise NotFound from None
        if any(getattr(there, name) != getattr(row, name) for name in sent):
            raise SentAlready from None
        return there, False
    return row, True
