"""Agreeing on the words, opening them again, amending them, letting them go."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed
from farelegami.kernel.units import Cents
from farelegami.pacts.models import Pact, PactVersion
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import members_of, open_version, pact_for, signatures_of
from farelegami.pacts.queries.parts import was_disputed
from farelegami.pacts.rules.drafts import (
    NothingToEdit,
    OpenAmendment,
    WordsAgreed,
)
from farelegami.pacts.rules.family import SignedInPart
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.rules.readiness import (
    CategoryRule,
    Draft,
    Holder,
    Missing,
    NotReady,
    TypeRule,
    missing_to_agree,
)
from farelegami.pacts.rules.stages import (
    OVER,
    STAGE_LABELS,
    Move,
    WrongStage,
    check_words_live,
    moved,
)
from farelegami.people.queries.files import notice_given
from farelegami.programmes.models import PactType
from farelegami.programmes.queries import categories

if TYPE_CHECKING:
    pass

_EURO: Final = (Purse.AVAILABLE, Purse.COMMITTED, Purse.DOCUMENTED, Purse.PAID, Purse.RECONCILED)
_TIME: Final = (Purse.GIVING, Purse.DONE, Purse.CONFIRMED)
_ADULT: Final = 18


def category_rules(programme_id: UUID) -> Mapping[str, CategoryRule]:
    """Return the support categories of a programme as the rules read them, by code. One query.

    Their labels are in the language of the page: for refusals and choices, never for the text.
    """
    return {
        each.code: CategoryRule(
            each.code,
            each.said,
            None if each.limit_cents is None else Cents(each.limit_cents),
            each.needs_reason,
        )
        for each in categories([programme_id]).get(programme_id, ())
    }


def draft_of(pact: Pact, version: PactVersion) -> Draft:
    """Return everything the rules look at before the words are agreed. Three queries."""
    holders = [member for member in members_of([pact.pk])[pact.pk] if member.is_holder]
    told = notice_given([holder.person_id for holder in holders])
    pact_type: PactType = pact.pact_type
    return Draft(
        terms=version.terms,
        cap=Cents(pact.cap_cents),
        holders=[
            Holder(
                person_id=holder.person_id,
                name=holder.person.given_name,
                born_on=holder.person.birth_date,
                notice_given=holder.person_id in told,
                unemployed=holder.unemployed_on is not None,
            )
            for holder in holders
        ],
        has_case_manager=pact.case.manager_id is not None,
        type_rule=TypeRule(pact_type.min_age, pact_type.max_age, pact_type.requires_unemployed),
        categories=category_rules(pact.programme_id),
        on=clock.today(),
    )


def told(missing: Sequence[Missing]) -> str:
    """Return what is missing as one phrase in the reader's language."""
    return "; ".join(gettext(each.text) % each.facts for each in missing)


@transaction.atomic
def agree(actor: Actor, pact_id: UUID) -> PactVersion:
    """Close the words: family and worker agree on them, the coordinator is asked. Returns them.

    Raises:
        NotReady: with what is missing; and as `save_goal`.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    check_words_live(pact.stage_now)
    version = open_version(pact_id)
    if version is None:
        raise NothingToEdit
    if version.agreed_on is not None:
        raise WordsAgreed
    missing = missing_to_agree(draft_of(pact, version))
    if missing:
        raise NotReady(list=told(missing))
    version.agreed_on = clock.today()
    version.returned_note = ""
    version.save(update_fields=["agreed_on", "returned_note"])
    if pact.signed_on is None:
        moved(pact.stage_now, Move.AGREE)
        pact.agreed_on = version.agreed_on
        pact.save(update_fields=["agreed_on"])
    record(
        actor,
        Verb.DECIDED,
        kind="pacts.version",
        object_id=version.pk,
        district_id=pact.district_id,
        facts={"agreed": True, "pact": str(pact.pk)},
    )
    return version


@transaction.atomic
def reopen(actor: Actor, pact_id: UUID) -> PactVersion:
    """Open agreed words again, before anybody authorised them, or after if the family said no to
    them. Returns the version.

    Raises:
        NotFound, NotAllowed, NothingToEdit: not visible, not the actor's, nothing open.
        WordsAgreed: authorised, and disputed by nobody; WrongStage: as `save_goal`.
        SignedInPart: somebody has signed them.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    check_words_live(pact.stage_now)
    version = open_version(pact_id)
    if version is None or version.agreed_on is None:
        raise NothingToEdit
    if version.authorised_on is not None and not was_disputed(version.pk):
        raise WordsAgreed
    check_unsigned(version)
    _back_to_draft(pact, version)
    record(
        actor,
        Verb.CHANGED,
        kind="pacts.version",
        object_id=version.pk,
        district_id=pact.district_id,
        facts={"reopened": True},
    )
    return version


def check_unsigned(version: PactVersion) -> None:
    """Pass where nobody has signed a text: it may still change.

    Raises:
        SignedInPart: somebody has.
    """
    if signatures_of([version.pk]):
        raise SignedInPart


def _back_to_draft(pact: Pact, version: PactVersion) -> None:
    version.agreed_on = version.authorised_on = version.authorised_by = None
    version.save(update_fields=["agreed_on", "authorised_on", "authorised_by", "returned_note"])
    if pact.signed_on is None:
        pact.agreed_on = pact.authorised_on = None
        pact.save(update_fields=["agreed_on", "authorised_on"])


@transaction.atomic
def amend(actor: Actor, pact_id: UUID, *, kind: str, reason: str) -> PactVersion:
    """Start a new version from the words in force, to be agreed, authorised and signed again.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to write.
        OpenAmendment: one is already being written.
        WrongStage: the pact is under final review or over.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    check_words_live(pact.stage_now)
    # Before the signature the first text is open: only a signed pact passes here.
    if open_version(pact_id) is not None:
        raise OpenAmendment
    last = PactVersion.objects.filter(pact=pact).order_by("-number").first()
    current = PactVersion.objects.get(pact=pact, number=pact.version_number)
    version = PactVersion.objects.create(
        pact=pact,
        number=(last.number if last else 0) + 1,
        kind=kind,
        reason=reason,
        terms_json=current.terms_json,
        created_by_id=actor.account_id,
        created_at=clock.now(),
    )
    record(
        actor,
        Verb.CREATED,
        kind="pacts.version",
        object_id=version.pk,
        district_id=pact.district_id,
        facts={"pact": str(pact.pk), "kind": kind},
    )
    return version


@transaction.atomic
def drop_amendment(actor: Actor, pact_id: UUID) -> None:
    """Leave an unsigned amendment: the words in force stay.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to write.
        NothingToEdit: no amendment is open.
        WrongStage: the pact is over.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    if pact.stage_now in OVER:
        raise WrongStage(stage_label=STAGE_LABELS[pact.stage_now], move="words")
    version = open_version(pact_id)
    if version is None or version.number == 1:
        raise NothingToEdit
    _drop(actor, pact, version)


def _drop(actor: Actor, pact: Pact, version: PactVersion) -> None:
    version.dropped_on = clock.today()
    version.save(update_fields=["dropped_on"])
    record(
        actor,
        Verb.DELETED,
        kind="pacts.version",
        object_id=version.pk,
        district_id=pact.district_id,
        facts={"pact": str(pact.pk)},
    )


def drop_open_words(actor: Actor, pact: Pact) -> None:
    """Drop whatever words are open on a locked pact that ends: nobody writes them any more."""
    version = open_version(pact.pk)
    if version is not None:
        _drop(actor, pact, version)


@transaction.atomic
def withdraw(actor: Actor, pact_id: UUID, *, reason: str) -> Pact:
    """Withdraw a pact that was never signed; its words are dropped. Returns it.

    Raises:
        NotFound, NotAllowed, WrongStage: nothing is written.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    moved(pact.stage_now, Move.WITHDRAW)
    pact.withdrawn_on = clock.today()
    pact.end_reason = reason
    pact.save(update_fields=["withdrawn_on", "end_reason"])
    drop_open_words(actor, pact)
    record(
        actor,
        Verb.DECIDED,
        kind="pacts.pact",
        object_id=pact.pk,
        district_id=pact.district_id,
        facts={"withdrawn": True},
    )
    return pact
