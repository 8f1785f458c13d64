"""Accounts, roles and invitations: every change is audited in its own transaction."""

import base64
from collections.abc import Collection, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from farelegami.access.models import Account, Invitation, RoleGrant
from farelegami.access.permissions import may_invite
from farelegami.access.queries import (
    check_may_govern,
    invitation_by_token,
    visible_grants,
    visible_invitations,
)
from farelegami.access.rules import (
    INVITATION_LASTS,
    PLACE_OF,
    IdentityTaken,
    Place,
    PlaceMissing,
    UserNameTaken,
)
from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.errors import NotAllowed, NotFound, gettext_noop
from farelegami.kernel.ids import new_id
from farelegami.kernel.languages import SPOKEN
from farelegami.outbox.services import queue_mail
from farelegami.people.rules.tax_codes import checked
from farelegami.storage.fields import blind_index, blind_indexes
from farelegami.storage.once import written_once
from farelegami.web.languages import spoken_at

_TOKEN_BYTES: Final = 24
_SENT_AGAIN_WITHIN: Final = timedelta(minutes=10)
_OFFERED: Final = ("email", "name", "role", "district_id", "organisation_id", "programme_id")


@transaction.atomic
def create_account(
    actor: Actor,
    *,
    username: str,
    name: str,
    email: str = "",
    password: str = "",
    person_id: UUID | None = None,
    language: str = "",
) -> Account:
    """Return a new account without any role; without a password nobody can sign in with it.

    `language` is the one its pages and messages are in; empty leaves it to each browser.

    Raises:
        UserNameTaken: another account has that user name.
    """
    if Account.objects.filter(username__iexact=username).exists():
        raise UserNameTaken(username)
    account = Account(
        username=username,
        name=name,
        email=email,
        person_id=person_id,
        language=language,
        created_at=clock.now(),
    )
    account.set_password(password or None)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise UserNameTaken(username) from error
    record(actor, Verb.CREATED, kind="access.account", object_id=account.pk)
    return account


def choose_language(actor: Actor, language: str) -> None:
    """Keep the language somebody wants to be spoken to in, on every screen and by mail."""
    if language in SPOKEN and actor.account_id is not None:
        Account.objects.filter(pk=actor.account_id).update(language=language)


def note_invited(account_ids: Collection[UUID]) -> None:
    """Keep that these accounts were called into a team: from now on pages ask what they may see
    by it. One statement.
    """
    Account.objects.filter(pk__in=account_ids, is_invited=False).update(is_invited=True)


@transaction.atomic
def set_tax_code(actor: Actor, account_id: UUID, tax_code: str) -> None:
    """Write by which fiscal code somebody comes in through a gateway; empty takes it away.

    Raises:
        NotFound, NotAllowed: as for `end_sessions`.
        Refusal: it is not a fiscal code, or another account has it.
    """
    check_may_govern(actor, account_id)
    _write_tax_code(account_id, checked(tax_code))
    record(
        actor,
        Verb.ACCESS,
        kind="access.account",
        object_id=account_id,
        facts={"tax_code_index": bool(tax_code)},
    )


def _write_tax_code(account_id: UUID, tax_code: str) -> None:
    others = Account.objects.exclude(pk=account_id)
    if tax_code and others.filter(tax_code_index__in=blind_indexes(tax_code)).exists():
        raise IdentityTaken
    account = Account.objects.select_for_update().get(pk=account_id)
    account.tax_code = tax_code or None
    account.tax_code_index = blind_index(tax_code) if tax_code else None
    try:
        with transaction.atomic():
            account.save(update_fields=["tax_code", "tax_code_index"])
    except IntegrityError as error:
        raise IdentityTaken from error


def _check_place(
    role: Role, district_id: int | None, organisation_id: UUID | None, programme_id: UUID | None
) -> None:
    needed = {
        Place.DISTRICT: district_id,
        Place.ORGANISATION: organisation_id,
        Place.PROGRAMME: programme_id,
        Place.NOWHERE: True,
    }
    if needed[PLACE_OF[role]] is None:
        raise PlaceMissing(str(PLACE_OF[role]))


@transaction.atomic
def grant_role(
    actor: Actor,
    account_id: UUID,
    role: Role,
    *,
    district_id: int | None = None,
    organisation_id: UUID | None = None,
    programme_id: UUID | None = None,
) -> RoleGrant:
    """Return the role given to an account from today; the same role twice is given once.

    Raises:
        NotAllowed: the actor is neither a system actor nor may invite to this role.
        PlaceMissing: the role needs a district, an organisation or a programme.
    """
    if not actor.system and not may_invite(
        actor, role, district_id=district_id, organisation_id=organisation_id
    ):
        raise NotAllowed
    _check_place(role, district_id, organisation_id, programme_id)
    wanted = Grant(role, district_id, organisation_id, programme_id)
    held = RoleGrant.objects.filter(account_id=account_id, role=role, ends_on=None)
    for grant in held:
        if grant.as_grant() == wanted:
            return grant
    grant = RoleGrant.objects.create(
        account_id=account_id,
        role=role,
        district_id=district_id,
        organisation_id=organisation_id,
        programme_id=programme_id,
        starts_on=clock.today(),
        granted_by_id=actor.account_id,
    )
    record(
        actor,
        Verb.ACCESS,
        kind="access.grant",
        object_id=grant.pk,
        district_id=district_id,
        facts={"role": str(role), "account": str(account_id)},
    )
    return grant


@transaction.atomic
def end_role(actor: Actor, grant_id: UUID) -> None:
    """End a role today; from now the account acts without it. One ended already stays as it was.

    Raises:
        NotFound: no such role within the actor's reach.
        NotAllowed: the actor could not have given it.
    """
    grant = visible_grants(actor).select_for_update(of=("self",)).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound
    if not may_invite(
        actor,
        Role(grant.role),
        district_id=grant.district_id
        or (grant.organisation.district_id if grant.organisation else None),
        organisation_id=grant.organisation_id,
    ):
        raise NotAllowed
    if grant.ends_on is not None and grant.ends_on < clock.today():
        return
    # Roles hold to the end of their last day, so a role ended now has its last day yesterday.
    grant.ends_on = clock.today().fromordinal(clock.today().toordinal() - 1)
    grant.save(update_fields=["ends_on"])
    record(
        actor,
        Verb.ACCESS,
        kind="access.grant",
        object_id=grant.pk,
        district_id=grant.district_id,
        facts={"ended": grant.role, "account": str(grant.account_id)},
    )


@transaction.atomic
def invite(
    actor: Actor,
    *,
    email: str,
    name: str,
    role: Role,
    accept_url: str,
    district_id: int | None = None,
    organisation_id: UUID | None = None,
    programme_id: UUID | None = None,
    tax_code: str = "",
    once: UUID | None = None,
) -> tuple[Invitation, str]:
    """Return an invitation and its link; the message leaves through the outbox.

    `accept_url` carries `TOKEN` where the secret goes; the secret itself is not kept. `once` names
    the act: the same twice is one invitation, with one link. By `tax_code` the person will also
    come in through a gateway.

    Raises:
        NotAllowed, PlaceMissing: as for `grant_role`.
        SentAlready: sent before with other data.
    """
    if not may_invite(actor, role, district_id=district_id, organisation_id=organisation_id):
        raise NotAllowed
    _check_place(role, district_id, organisation_id, programme_id)
    invitation = Invitation(
        id=once or new_id(),
        email=email,
        name=name,
        role=role,
        district_id=district_id,
        organisation_id=organisation_id,
        programme_id=programme_id,
        tax_code=checked(tax_code) or None,
        tax_code_index=blind_index(checked(tax_code)) if tax_code else None,
        invited_by_id=actor.account_id,
        invited_at=clock.now(),
        expires_at=clock.now() + INVITATION_LASTS,
    )
    token = _token_of(invitation)
    invitation.token_hash = sha256(token.encode()).hexdigest()
    link = accept_url.replace("TOKEN", token)
    invitation, is_new = written_once(invitation, of="invited_by_id", sent=_OFFERED)
    if not is_new:
        return invitation, link
    queue_mail(
        email,
        gettext_noop("Un invito a FareLegami"),
        gettext_noop(
            "Buongiorno %(name)s,\n\n%(inviter)s ti invita a lavorare in FareLegami.\n"
            "Per scegliere nome utente e password apri questo indirizzo entro 14 giorni:\n\n"
            "%(link)s\n"
        ),
        key=f"invitation:{invitation.pk}",
        facts={"name": name, "inviter": actor.name, "link": link},
        # Nobody knows theirs yet: they are written to as who invites them works.
        language=spoken_at("", get_language() or "it"),
    )
    record(
        actor,
        Verb.ACCESS,
        kind="access.invitation",
        object_id=invitation.pk,
        district_id=district_id,
        facts={"role": str(role)},
    )
    return invitation, link


def _token_of(invitation: Invitation) -> str:
    """Return the secret of an invitation: who has our key makes the same one again."""
    made = salted_hmac("farelegami.access.invitation", str(invitation.pk), algorithm="sha256")
    return base64.urlsafe_b64encode(made.digest()[:_TOKEN_BYTES]).decode()


@transaction.atomic
def withdraw_invitation(actor: Actor, invitation_id: UUID) -> None:
    """Make an invitation's link stop working; withdrawn already, it stays so.

    Raises:
        NotFound: no such invitation within the actor's reach, or already taken up.
    """
    open_ones = visible_invitations(actor).filter(pk=invitation_id, accepted_at=None)
    changed = open_ones.filter(withdrawn_at=None).update(withdrawn_at=clock.now())
    if not changed:
        if open_ones.exists():
            return
        raise NotFound
    record(
        actor,
        Verb.ACCESS,
        kind="access.invitation",
        object_id=invitation_id,
        facts={"withdrawn": True},
    )


@transaction.atomic
def accept_invitation(token: str, *, username: str, password: str) -> Account:
    """Return the account made from an invitation, with the role it offered.

    Sent again at once, with the same name and password, it returns the same account.

    Raises:
        NotFound: the link does not hold (any more).
        UserNameTaken: another account has that user name.
    """
    if made := _just_made(token, username, password):
        return made
    invitation = _marked(token)
    if invitation is None:
        # The other click may have ended between the two questions.
        if made := _just_made(token, username, password):
            return made
        raise NotFound
    newcomer = Actor(account_id=None, name=invitation.name, system=True)
    account = create_account(
        newcomer,
        username=username,
        name=invitation.name,
        email=invitation.email,
        password=password,
    )
    grant_role(
        newcomer,
        account.pk,
        Role(invitation.role),
        district_id=invitation.district_id,
        organisation_id=invitation.organisation_id,
        programme_id=invitation.programme_id,
    )
    if invitation.tax_code:
        _write_tax_code(account.pk, invitation.tax_code)
    Invitation.objects.filter(pk=invitation.pk).update(account_id=account.pk)
    return account


def _marked(token: str) -> Invitation | None:
    """Return the invitation, taken up by this act; None where it does not hold or is another's.

    Whoever marks it first wins: the link works once even for two clicks at the same moment.
    """
    try:
        invitation = invitation_by_token(token)
    except NotFound:
        return None
    open_still = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    return invitation if open_still.update(accepted_at=clock.now()) else None


def _just_made(token: str, username: str, password: str) -> Account | None:
    """Return the account that this very form made a moment ago."""
    taken_up = Invitation.objects.filter(
        token_hash=sha256(token.encode()).hexdigest(),
        accepted_at__gt=clock.now() - _SENT_AGAIN_WITHIN,
        account__username=username,
        account__is_active=True,
    )
    invitation = taken_up.select_related("account").first()
    if invitation is None or invitation.account is None:
        return None
    return invitation.account if invitation.account.check_password(password) else None


def note_sign_in(account: Account, ways: Sequence[str]) -> None:
    """Write down that somebody came in, and by which ways they proved who they are."""
    record(
        _oneself(account),
        Verb.ACCESS,
        kind="access.session",
        object_id=account.pk,
        facts={"signed_in": list(ways)},
    )


def note_sign_out(account: Account) -> None:
    """Write down that somebody left."""
    record(
        _oneself(account),
        Verb.ACCESS,
        kind="access.session",
        object_id=account.pk,
        facts={"signed_out": True},
    )


def note_wrong_sign_in(login: str) -> None:
    """Write down a sign-in refused on an account that is there; of other names nothing is kept."""
    account = Account.objects.filter(Q(username__iexact=login) | Q(email__iexact=login)).first()
    if login and account is not None:
        record(
            Actor(account_id=None, name="", system=True),
            Verb.ACCESS,
            kind="access.session",
            object_id=account.pk,
            facts={"refused": True},
        )


def _oneself(account: Account) -> Actor:
    return Actor(account_id=account.pk, name=account.name)


@transaction.atomic
def end_sessions(
    actor: Actor, account_id: UUID, *, number: int | None = None, keep: str = ""
) -> int:
    """End the sessions of an account, or the one of that number, and return how many.

    `keep` is the key of the one that stays. A cookie taken from an ended one opens nothing.

    Raises:
        NotFound: no such account within the actor's reach, or no such session.
        NotAllowed: the actor could not have given it any of its roles.
    """
    if actor.account_id != account_id:
        check_may_govern(actor, account_id)
    sessions = UserSession.objects.filter(user_id=account_id).exclude(session_key=keep)
    if number is not None:
        sessions = sessions.filter(pk=number)
    keys = list(sessions.values_list("session_key", flat=True))
    if number is not None and not keys:
        raise NotFound
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    if keys:
        record(
            actor,
            Verb.ACCESS,
            kind="access.session",
            object_id=account_id,
            facts={"ended": len(keys)},
        )
    return len(keys)


@transaction.atomic
def reset_factors(actor: Actor, account_id: UUID) -> None:
    """Take every second factor from an account whose owner has lost them, and end its sessions.

    Raises:
        NotFound: no such account.
        NotAllowed: only the system administrator does it, and not on their own.
    """
    if not actor.holds(Role.SYSTEM_ADMIN) or actor.account_id == account_id:
        raise NotAllowed
    if not Account.objects.filter(pk=account_id).exists():
        raise NotFound
    Authenticator.objects.filter(user_id=account_id).delete()
    record(
        actor,
        Verb.ACCESS,
        kind="access.session",
        object_id=account_id,
        facts={"factors_reset": True},
    )
    end_sessions(actor, account_id)


def forget_sessions(account_ids: Collection[UUID]) -> None:
    """End every session of accounts whose owners are erased; inside the transaction of the act."""
    rows = UserSession.objects.filter(user_id__in=account_ids)
    Session.objects.filter(
        session_key__in=list(rows.values_list("session_key", flat=True))
    ).delete()
    rows.delete()
