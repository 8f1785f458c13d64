"""Reads of accounts, roles and invitations."""

from collections.abc import Collection, Sequence
from hashlib import sha256
from uuid import UUID

from django.db.models import Q, QuerySet

from farelegami.access.models import Account, Invitation, RoleGrant
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotFound
from farelegami.storage.pages import KeyPage, key_page


def _reach(actor: Actor) -> Q:
    if actor.holds(Role.SYSTEM_ADMIN):
        return Q()
    districts = actor.districts(Role.COORDINATOR)
    return Q(district_id__in=districts) | Q(organisation__district_id__in=districts)


def present(grants: QuerySet[RoleGrant]) -> QuerySet[RoleGrant]:
    """Return the grants that hold today."""
    today = clock.today()
    return grants.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)


def visible_grants(actor: Actor) -> QuerySet[RoleGrant]:
    """The only door to roles: all for the system administrator, a coordinator's own district."""
    return RoleGrant.objects.filter(_reach(actor))


def visible_invitations(actor: Actor) -> QuerySet[Invitation]:
    """The only door to invitations: as for roles."""
    return Invitation.objects.filter(_reach(actor))


def grants_page(actor: Actor, *, role: str = "", cursor: str = "") -> KeyPage[RoleGrant]:
    """Return present roles by name of their holder. One query."""
    grants = present(visible_grants(actor)).select_related("account", "district", "organisation")
    if role:
        grants = grants.filter(role=role)
    return key_page(grants, order=("account__name", "id"), cursor=cursor)


def waiting_invitations(actor: Actor) -> Sequence[Invitation]:
    """Return the invitations not yet taken up, newest first, at most 100. One query."""
    return list(
        visible_invitations(actor)
        .filter(accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now())
        .select_related("district", "organisation")
        .order_by("-id")[:100]
    )


def invitation_by_token(token: str) -> Invitation:
    """Return the invitation that still holds.

    Raises:
        NotFound: unknown, taken up, withdrawn or expired.
    """
    invitation = (
        Invitation.objects.filter(
            token_hash=sha256(token.encode()).hexdigest(),
            accepted_at=None,
            withdrawn_at=None,
            expires_at__gt=clock.now(),
        )
        .select_related("district", "organisation")
        .first()
    )
    if invitation is None:
        raise NotFound
    return invitation


def workers_of(district_id: int, *roles: Role) -> Sequence[Account]:
    """Return who holds one of `roles` in a district today, by name. One query."""
    holders = present(
        RoleGrant.objects.filter(district_id=district_id, role__in=[str(role) for role in roles])
    )
    return list(
        Account.objects.filter(is_active=True, pk__in=holders.values("account_id")).order_by("name")
    )


def grants_on(organisation_ids: Collection[UUID]) -> Sequence[RoleGrant]:
    """Return the present roles at these organisations, by organisation and name. One query."""
    held = present(RoleGrant.objects.filter(organisation_id__in=organisation_ids))
    return list(
        held.filter(account__is_active=True)
        .select_related("account", "organisation")
        .order_by("organisation__sort_name", "account__name", "id")
    )


def actor_for(account_id: UUID) -> Actor:
    """Return the actor of an account, for jobs and for the demonstration.

    Raises:
        NotFound: no active account has this id.
    """
    account = Account.objects.filter(pk=account_id, is_active=True).first()
    if account is None:
        raise NotFound
    return account.as_actor(list(present(RoleGrant.objects.filter(account=account))))


def account_by_name(username: str) -> Account:
    """Return the active account of a user name, however its letters are written. One query.

    Raises:
        NotFound: there is none.
    """
    account = Account.objects.filter(username__iexact=username, is_active=True).first()
    if account is None:
        raise NotFound
    return account
