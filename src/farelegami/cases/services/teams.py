"""Inviting to a case for a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction

from farelegami.access.queries import grants_on, workers_of
from farelegami.access.services import note_invited
from farelegami.audit.rules import Verb
from farelegami.cases.models import Case, TeamMember
from farelegami.cases.permissions import may_lead_case
from farelegami.cases.queries.cases import case_for
from farelegami.cases.rules.phases import CaseClosed
from farelegami.cases.rules.teamwork import (
    AlreadyInTheTeam,
    DiaryIsForWorkers,
    NotASocialWorkerHere,
    NotInTheNetwork,
    NoWrittenDataRole,
    check_invitation,
)
from farelegami.cases.services.cases import note
from farelegami.cases.services.messages import tell
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed, NotFound, gettext_noop
from farelegami.kernel.ids import new_id
from farelegami.network.queries import bodies_at_work_in, data_role_in_force
from farelegami.storage.once import written_once

if TYPE_CHECKING:
    from farelegami.access.models import Account, RoleGrant

TEAM: Final = "cases.team_member"
_ASKED: Final = ("account_id", "organisation_id", "task", "reads_diary", "ends_on")


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is asked to a case, to do what, until when; a substitute also reads the diary.

    With an account and an organisation a referent of it is asked; with the organisation alone,
    whoever has a role there.
    """

    account_id: UUID | None
    task: str
    ends_on: date
    organisation_id: UUID | None = None
    reads_diary: bool = False


def led_case(actor: Actor, case_id: UUID) -> Case:
    """Return an open case the actor leads, locked.

    Raises:
        NotFound, NotAllowed, CaseClosed: not visible; not the one who leads the case; closed.
    """
    case = case_for(actor, case_id, for_update=True)
    if not may_lead_case(actor, manager_id=case.manager_id, district_id=case.district_id):
        raise NotAllowed
    if not case.is_open:
        raise CaseClosed
    return case


def colleagues(case: Case, *roles: Role) -> "Sequence[Account]":
    """Return who may be asked to a case: staff of its district with one of `roles`. One query."""
    wanted = roles or (Role.SOCIAL_WORKER, Role.COMMUNITY_MAKER, Role.COORDINATOR)
    return [
        account
        for account in workers_of(case.district_id, *wanted)
        if account.pk != case.manager_id
    ]


def colleague(case: Case, account_id: UUID, *roles: Role) -> "Account":
    """Return one of `colleagues`.

    Raises:
        NotASocialWorkerHere: the account is none of them.
    """
    for account in colleagues(case, *roles):
        if account.pk == account_id:
            return account
    raise NotASocialWorkerHere


def bodies(actor: Actor, case: Case) -> "Sequence[RoleGrant]":
    """Return who has a role at an organisation of the network of a case. Two queries."""
    return grants_on(bodies_at_work_in(actor, case.district_id))


def _asked(actor: Actor, case: Case, invitation: Invitation) -> "Sequence[Account]":
    """Return the accounts that an invitation lets in today."""
    if invitation.organisation_id is None:
        roles = (Role.SOCIAL_WORKER,) if invitation.reads_diary else ()
        if invitation.account_id is None:
            raise NotFound
        return [colleague(case, invitation.account_id, *roles)]
    if invitation.reads_diary:
        raise DiaryIsForWorkers
    found = {
        grant.account_id: grant.account
        for grant in bodies(actor, case)
        if grant.organisation_id == invitation.organisation_id
        and invitation.account_id in {None, grant.account_id}
    }
    if not found:
        raise NotInTheNetwork
    if not data_role_in_force(invitation.organisation_id):
        raise NoWrittenDataRole
    return list(found.values())


def _make_room(case: Case, invitation: Invitation, member_id: UUID) -> None:
    """Put away an invitation that has ended, so that the next one is the only open one."""
    open_ones = TeamMember.objects.filter(case=case, withdrawn_at__isnull=True).exclude(
        pk=member_id
    )
    if invitation.account_id is not None:
        same = open_ones.filter(account_id=invitation.account_id)
    else:
        same = open_ones.filter(account=None, organisation=invitation.organisation_id)
    if same.filter(ends_on__gte=clock.today()).exists():
        raise AlreadyInTheTeam
    same.update(withdrawn_at=clock.now())


@transaction.atomic
def invite(
    actor: Actor, case_id: UUID, invitation: Invitation, *, once: UUID | None = None
) -> TeamMember:
    """Ask a colleague, a referent or an organisation to a case for a time; return the membership.

    `once` names the act: the same twice asks once.

    Raises:
        NotFound, NotAllowed, CaseClosed: not visible; not the one who leads the case; closed.
        InvitationWithoutEnd, AlreadyInTheTeam: as their names say.
        NotASocialWorkerHere: not staff here, or a substitute who is no social worker.
        NotInTheNetwork: an organisation of elsewhere, or without the account that is asked.
        DiaryIsForWorkers: the diary was offered to an organisation.
        NoWrittenDataRole: nothing in writing says what it may do with people's data.
        SentAlready: sent before with other data.
    """
    case = led_case(actor, case_id)
    today = clock.today()
    check_invitation(starts_on=today, ends_on=invitation.ends_on)
    asked = _asked(actor, case, invitation)
    member_id = once or new_id()
    _make_room(case, invitation, member_id)
    member = TeamMember(
        id=member_id,
        district_id=case.district_id,
        case=case,
        account_id=invitation.account_id,
        organisation_id=invitation.organisation_id,
        task=invitation.task.strip(),
        reads_diary=invitation.reads_diary,
        starts_on=today,
        ends_on=invitation.ends_on,
        invited_by_id=actor.account_id,
        invited_by_name=actor.name,
    )
    member, is_new = written_once(member, of="case_id", sent=_ASKED)
    if not is_new:
        return member
    note(
        actor,
        Verb.ACCESS,
        case,
        {**_whom(member), "ends_on": str(member.ends_on), "diary": member.reads_diary},
        kind=TEAM,
        object_id=member.pk,
    )
    note_invited([account.pk for account in asked])
    for account in asked:
        tell(
            account, gettext_noop("Un invito in un’équipe"), key=f"{TEAM}.{member.pk}.{account.pk}"
        )
    return member


def _whom(member: TeamMember) -> dict[str, str]:
    named = {"account": member.account_id, "organisation": member.organisation_id}
    return {name: str(pk) for name, pk in named.items() if pk is not None}


@transaction.atomic
def end_invitation(actor: Actor, member_id: UUID) -> TeamMember:
    """Take an invitation back from this moment and return it.

    Raises:
        NotFound, NotAllowed, CaseClosed: as `invite`.
    """
    member = TeamMember.objects.filter(pk=member_id, withdrawn_at__isnull=True).first()
    if member is None:
        raise NotFound
    case = led_case(actor, member.case_id)
    member.withdrawn_at = clock.now()
    member.save(update_fields=["withdrawn_at"])
    note(
        actor,
        Verb.ACCESS,
        case,
        {**_whom(member), "withdrawn": True},
        kind=TEAM,
        object_id=member.pk,
    )
    return member
