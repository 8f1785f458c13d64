"""Reads of accounts, roles and invitations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from farelegami.access.models import Account, Invitation, RoleGrant
from farelegami.access.permissions import may_invite
from farelegami.access.rules import device_of, tax_code_in
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.storage.fields import blind_indexes
from farelegami.storage.pages import KeyPage, key_page
from farelegami.storage.prepared import prepared


def _reach(actor: Actor) -> Q:
    if actor.holds(Role.SYSTEM_ADMIN):
        return Q()
    districts = actor.districts(Role.COORDINATOR)
    return Q(district_id__in=districts) | Q(organisation__district_id__in=districts)


def present(grants: QuerySet[RoleGrant]) -> QuerySet[RoleGrant]:
    """Return the grants that hold today."""
    today = clock.today()
    return grants.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)


@prepared
def grants_now(account_id: UUID) -> QuerySet[RoleGrant]:
    """Return the grants of an account that hold today. One query."""
    return present(RoleGrant.objects.filter(account_id=account_id))


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


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as its owner knows it: which browser, where it is unknown, from when to when."""

    number: int
    browser: str
    device: str
    began_at: datetime
    seen_at: datetime
    is_this: bool = False


def sessions_of(account_id: UUID, *, this: str = "") -> Sequence[SessionRow]:
    """Return the open sessions of an account, the last used first. One query.

    `this` is the key of the session that asks. Who may ask is for the caller to check.
    """
    alive = Session.objects.filter(expire_date__gt=clock.now())
    sessions = UserSession.objects.filter(
        user_id=account_id, session_key__in=alive.values("session_key")
    ).order_by("-last_seen_at")
    return [
        SessionRow(
            each.pk,
            *device_of(each.user_agent),
            began_at=each.created_at,
            seen_at=each.last_seen_at,
            is_this=each.session_key == this,
        )
        for each in sessions
    ]


def factors_of(account_id: UUID) -> Sequence[str]:
    """Return the kinds of second factor an account has, each once. One query."""
    kinds = Authenticator.objects.filter(user_id=account_id).values_list("type", flat=True)
    return sorted(set(kinds))


def account_of_claims(claims: Mapping[str, Any]) -> Account | None:
    """Return the one account that the claims of a provider stand for, or None.

    By fiscal code, whoever has it; by e-mail, if the provider vouches for it, whoever took up an
    invitation sent there. Two are nobody.
    """
    gateway = settings.GATEWAY
    claim = str(claims.get(gateway.claim) or "") if gateway else ""
    if gateway is None or not claim:
        return None
    if gateway.by_tax_code:
        found = Account.objects.filter(tax_code_index__in=blind_indexes(tax_code_in(claim)))
    elif claims.get("email_verified") is True:
        invited = Invitation.objects.filter(email__iexact=claim, account__isnull=False)
        found = Account.objects.filter(pk__in=invited.values("account_id"))
    else:
        return None
    accounts = list(found[:2])
    return accounts[0] if len(accounts) == 1 else None


def governed_account(actor: Actor, account_id: UUID) -> Account:
    """Return an account that holds, or held, a role within the actor's reach.

    Raises:
        NotFound: there is none such.
    """
    if actor.holds(Role.SYSTEM_ADMIN):
        account = Account.objects.filter(pk=account_id).first()
    else:
        grant = visible_grants(actor).filter(account_id=account_id).select_related("account")
        found = grant.first()
        account = found.account if found else None
    if account is None:
        raise NotFound
    return account


def check_may_govern(actor: Actor, account_id: UUID) -> None:
    """Check that the actor could have given every role this account holds today.

    Raises:
        NotFound: no such account within the actor's reach.
        NotAllowed: it holds a role the actor could not have given.
    """
    governed_account(actor, account_id)
    held = present(RoleGrant.objects.filter(account_id=account_id)).select_related("organisation")
    if not all(
        may_invite(
            actor,
            Role(grant.role),
            district_id=grant.district_id
            or (grant.organisation.district_id if grant.organisation else None),
            organisation_id=grant.organisation_id,
        )
        for grant in held
    ):
        raise NotAllowed


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


def account_of(person_id: UUID) -> Account | None:
    """Return the account behind which this person is, if one was made. One query."""
    return Account.objects.filter(person_id=person_id).first()


def roles_ever(account_id: UUID) -> bool:
    """Return whether an account has, had or will have any role. One query."""
    return RoleGrant.objects.filter(account_id=account_id).exists()


def people_with_roles() -> QuerySet[Account, UUID | None]:
    """Return the ids of the persons who work here too, as a part of another question."""
    rows = Account.objects.filter(person__isnull=False)
    return rows.filter(pk__in=RoleGrant.objects.values("account")).values_list("person", flat=True)


def accounts_of(person_ids: Collection[UUID]) -> Sequence[UUID]:
    """Return the accounts of these persons. One query."""
    return list(Account.objects.filter(person__in=person_ids).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works here, as who looks at the log needs them."""

    id: UUID
    name: str
    person_id: UUID | None
    roles: frozenset[str]


def workers_by_id(account_ids: Collection[UUID], district_id: int) -> Mapping[UUID, Worker]:
    """Return those of the accounts that have a role anywhere, with their roles there. Two queries."""
    roles: dict[UUID, set[str]] = {}
    for account_id, role, where in RoleGrant.objects.filter(account__in=account_ids).values_list(
        "account", "role", "district"
    ):
        roles.setdefault(account_id, set())
        if where == district_id:
            roles[account_id].add(role)
    rows = Account.objects.filter(pk__in=list(roles)).only("id", "name", "person_id")
    return {
        row.pk: Worker(row.pk, row.name, row.person_id, frozenset(roles[row.pk])) for row in rows
    }
