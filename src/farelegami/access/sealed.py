"""Secrets of second factors, sealed inside what the sign-in library keeps."""

from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.db import transaction

from farelegami.storage.fields import is_old, seal, unseal

BOUND_TO: Final = "access.factor"
_NAMES: Final = ("secret", "seed")


class FactorSecrets:
    """A place for `farelegami keys rotate`."""

    name = "mfa_authenticator.data"

    def waiting(self) -> int:
        return sum(bool(_old(row)) for row in Authenticator.objects.only("data").iterator())

    def step(self, after: Any, size: int) -> Any:
        with transaction.atomic():
            rows = Authenticator.objects.select_for_update().order_by("pk")
            found = list((rows.filter(pk__gt=after) if after else rows)[:size])
            for row in found:
                for name in _old(row):
                    row.data[name] = seal(unseal(row.data[name], BOUND_TO), BOUND_TO)
            Authenticator.objects.bulk_update(found, ["data"])
        return found[-1].pk if found else None


def _old(row: Authenticator) -> list[str]:
    return [name for name in _NAMES if name in row.data and is_old(row.data[name])]
