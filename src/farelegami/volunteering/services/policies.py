"""Insurance policies: written down once, they cover everybody who is in the register."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from farelegami.audit.rules import Verb
from farelegami.documents.services import Checked, store
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.kernel.ids import new_id
from farelegami.storage.inserts import change
from farelegami.storage.once import written_once
from farelegami.volunteering.models import Cover, Policy, Register, Volunteer
from farelegami.volunteering.queries.registers import REGISTER
from farelegami.volunteering.rules.covers import (
    RISK_LABELS,
    PolicyEndsAlready,
    PolicyEndsBeforeItStarts,
    PolicyKind,
    PolicyServed,
    PolicyUnnamed,
    Risk,
    RisksMissing,
    check_risks,
)
from farelegami.volunteering.rules.days import check_policy
from farelegami.volunteering.services.chain import note
from farelegami.volunteering.services.covering import cover_all, last_served, shorten
from farelegami.volunteering.services.registers import register_to_keep


@transaction.atomic
def add_policy(
    actor: Actor,
    organisation_id: UUID,
    *,
    insurer: str,
    number: str,
    risks: Collection[Risk],
    starts_on: date,
    ends_on: date,
    document: Checked | None = None,
    once: UUID | None = None,
) -> Policy:
    """Return a policy for the register of an organisation: everybody in it is covered at once.

    Both days are covered. `once` names the act: the same twice writes one.

    Raises:
        NotFound, NotAllowed: no register the actor may see; only the body writes in it.
        PolicyUnnamed, RisksMissing, PolicyEndsBeforeItStarts, StartOutside, EndOutside: as they
            say (R12).
        SentAlready: sent before with other data.
    """
    register = register_to_keep(actor, organisation_id)
    if not insurer.strip() or not number.strip():
        raise PolicyUnnamed
    if missing := check_risks(PolicyKind.REGISTER, risks):
        raise RisksMissing(missing_label=", ".join(_(RISK_LABELS[risk]) for risk in missing))
    if ends_on < starts_on:
        raise PolicyEndsBeforeItStarts
    check_policy(starts_on, ends_on, today=clock.today())
    policy = Policy(
        id=once or new_id(),
        district_id=register.district_id,
        organisation_id=organisation_id,
        kind=PolicyKind.REGISTER.value,
        insurer=insurer.strip(),
        number=number.strip(),
        accident=True,
        illness=True,
        liability=True,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=clock.now(),
        recorded_by_id=actor.account_id,
        recorded_by_name=actor.name,
    )
    sent = ("insurer", "number", "starts_on")
    policy, is_new = written_once(policy, of="organisation_id", sent=sent)
    if is_new:
        if document is not None:
            _keep(actor, register, policy, document)
        stays = Volunteer.objects.filter(Q(left_on=None) | Q(left_on__gte=starts_on))
        covered = cover_all([policy], stays.filter(register=register))
        note(
            actor, Verb.CREATED, register,
            facts={"policy": policy.number, "until": str(ends_on), "covered": covered},
        )  # fmt: skip
    return policy


def _keep(actor: Actor, register: Register, policy: Policy, document: Checked) -> None:
    policy.document = store(
        actor, upload=document, kind="volunteering.policy", district_id=policy.district_id,
        title=f"{policy.insurer} {policy.number}", owner_kind=REGISTER, owner_id=register.pk,
    )  # fmt: skip
    change(policy, "document")


@transaction.atomic
def end_policy(
    actor: Actor, organisation_id: UUID, policy_id: UUID, *, day: date, reason: str
) -> Policy:
    """Return a policy that ends earlier than agreed, on a day still covered; its covers end there.

    Raises:
        NotFound, NotAllowed: as for `add_policy`; no such policy of the organisation.
        PolicyEndsBeforeItStarts, PolicyEndsAlready, PolicyServed: as they say.
    """
    register = register_to_keep(actor, organisation_id)
    policy = _policy(organisation_id, policy_id)
    if policy.ends_on is None or day == policy.ends_on:
        return policy
    if day > policy.ends_on:
        raise PolicyEndsAlready(until=policy.ends_on)
    if day < policy.starts_on:
        raise PolicyEndsBeforeItStarts
    covers = Cover.objects.filter(policy=policy)
    served = last_served(covers)
    if served is not None and served > day:
        raise PolicyServed(day=f"{served:%d/%m/%Y}")
    policy.agreed_until, before = policy.agreed_until or policy.ends_on, policy.ends_on
    policy.ends_on, policy.ended_reason = day, reason.strip()[:300]
    change(policy, "agreed_until", "ends_on", "ended_reason")
    shorten(covers, last_day=day)
    note(
        actor, Verb.CHANGED, register,
        facts={"policy": policy.number, "until": [str(before), str(day)]},
    )  # fmt: skip
    return policy


@transaction.atomic
def withdraw_policy(actor: Actor, organisation_id: UUID, policy_id: UUID, *, reason: str) -> None:
    """Take away a policy written down by mistake: it is as if it had never covered anybody.

    Raises:
        NotFound, NotAllowed: as for `end_policy`.
        PolicyServed: somebody served under it: it can only end.
    """
    register = register_to_keep(actor, organisation_id)
    policy = _policy(organisation_id, policy_id)
    covers = Cover.objects.filter(policy=policy)
    served = last_served(covers)
    if served is not None:
        raise PolicyServed(day=f"{served:%d/%m/%Y}")
    policy.withdrawn_at, policy.ended_reason = clock.now(), reason.strip()[:300]
    change(policy, "withdrawn_at", "ended_reason")
    covers.update(void=True)
    note(
        actor, Verb.CHANGED, register,
        facts={"policy": policy.number, "withdrawn": policy.ended_reason},
    )  # fmt: skip


def _policy(organisation_id: UUID, policy_id: UUID) -> Policy:
    policy = Policy.objects.filter(
        pk=policy_id,
        organisation_id=organisation_id,
        kind=PolicyKind.REGISTER.value,
        withdrawn_at=None,
    ).first()
    if policy is None:
        raise NotFound
    return policy
