"""The whole register of erasures, for those who carry it elsewhere."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from farelegami.privacy.models import Erasure
from farelegami.privacy.rules.register import Proof

TABLE: Final = Erasure._meta.db_table
KEY: Final = "item_id"
_AT_ONCE: Final = 500


def register(*, but: Collection[UUID] = ()) -> Sequence[Proof]:
    """Return the register, oldest first, without the items in `but`."""
    rows = Erasure.objects.order_by("pk")
    wanted = [each for each in rows.values_list("item_id", flat=True) if each not in but]
    found: list[Proof] = []
    for start in range(0, len(wanted), _AT_ONCE):
        some = rows.filter(item_id__in=wanted[start : start + _AT_ONCE])
        found += [Proof(**row) for row in some.values(*Proof.__struct_fields__)]
    return found
