"""Sign-in by user name or e-mail, and the account of a request with its roles in one query."""

from typing import Any, Final
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from farelegami.access.models import Account, RoleGrant
from farelegami.kernel import clock
from farelegami.storage.prepared import prepared

# Recovery codes only stand in for one of these.
STRONG: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    def get_user(self, user_id: Any) -> Account | None:
        """Return the active account, its present grants loaded beside it. One query, two without
        any grant.
        """
        try:
            key = user_id if isinstance(user_id, UUID) else UUID(str(user_id))
            grants = _grants_now(key)
        except (ValueError, ValidationError):
            return None
        account = grants[0].account if grants else Account.objects.filter(pk=key).first()
        if account is None or not account.is_active:
            return None
        account.grants_now = grants
        account.has_factor = any(getattr(grant, "has_factor", False) for grant in grants)
        return account


@prepared
def _grants_now(account_id: UUID) -> QuerySet[RoleGrant]:
    today = clock.today()
    strong = Authenticator.objects.filter(type__in=STRONG)
    return (
        RoleGrant.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=today), account_id=account_id, starts_on__lte=today
        )
        .select_related("account")
        .annotate(has_factor=Exists(strong.filter(user_id=OuterRef("account_id"))))
    )
