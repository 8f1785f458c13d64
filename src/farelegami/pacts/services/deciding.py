"""What a coordinator decides: authorising words, sending them back, setting a cap."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language_bidi, gettext

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed, gettext_noop
from farelegami.kernel.ids import new_id
from farelegami.kernel.units import Cents
from farelegami.outbox.services import queue_mail
from farelegami.pacts.models import CapAct, Pact, PactMember, PactVersion
from farelegami.pacts.permissions import may_authorise
from farelegami.pacts.queries import members_of, open_version, pact_for
from farelegami.pacts.rules.drafts import NothingToEdit
from farelegami.pacts.rules.money import OwnHousehold
from farelegami.pacts.rules.readiness import CapExceeded
from farelegami.pacts.rules.signing import check_cap
from farelegami.pacts.rules.stages import STAGE_LABELS, Move, WrongStage, check_words_live, moved
from farelegami.pacts.rules.wording import Heading, Say, hash_of, in_italian, isolating, words
from farelegami.pacts.services.agreeing import check_unsigned
from farelegami.people.queries.households import members_of as household_members
from farelegami.programmes.models import SupportCategory
from farelegami.programmes.queries import categories, funding_sources
from farelegami.storage.once import written_once


def check_not_own_household(actor: Actor, pact: Pact) -> None:
    """Pass where the actor is not of the household of the pact (R2).

    Raises:
        OwnHousehold: they are.
    """
    if actor.person_id is None:
        return
    at_home = household_members([pact.household_id]).get(pact.household_id, ())
    named = PactMember.objects.filter(pact=pact, person_id=actor.person_id).exists()
    if named or any(member.person_id == actor.person_id for member in at_home):
        raise OwnHousehold


def _agreed_version(pact: Pact) -> PactVersion:
    check_words_live(pact.stage_now)
    version = open_version(pact.pk)
    if version is None:
        raise NothingToEdit
    if version.agreed_on is None:
        raise WrongStage(stage_label=STAGE_LABELS[pact.stage_now], move=str(Move.AUTHORISE))
    return version


@transaction.atomic
def authorise(actor: Actor, pact_id: UUID) -> PactVersion:
    """Authorise agreed words and fix the exact text to be signed. Returns the version.

    Raises:
        NotFound, NotAllowed: not visible; not a coordinator, or the hands that wrote it.
        OwnHousehold: the actor is of the family.
        WrongStage: not agreed, authorised already, or the pact is under final review or over.
        CapExceeded: the budget is above the cap.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    version = open_version(pact_id)
    if not may_authorise(
        actor,
        district_id=pact.district_id,
        written_by_id=version.created_by_id if version else None,
        manager_id=pact.case.manager_id,
    ):
        raise NotAllowed
    check_not_own_household(actor, pact)
    version = _agreed_version(pact)
    if version.authorised_on is not None:
        raise WrongStage(stage_label=STAGE_LABELS[pact.stage_now], move=str(Move.AUTHORISE))
    terms = version.terms
    if terms.budget > pact.cap_cents:
        raise CapExceeded(budget_cents=terms.budget, cap_cents=Cents(pact.cap_cents))
    version.text = text_of(pact, version)
    version.text_hash = hash_of(version.text)
    version.authorised_on = clock.today()
    version.authorised_by_id = actor.account_id
    version.save(update_fields=["text", "text_hash", "authorised_on", "authorised_by"])
    if pact.signed_on is None:
        moved(pact.stage_now, Move.AUTHORISE)
        pact.authorised_on = version.authorised_on
    if pact.funding_source_id is None:
        sources = funding_sources([pact.programme_id]).get(pact.programme_id, ())
        pact.funding_source = sources[0] if sources else None
    pact.save(update_fields=["authorised_on", "funding_source"])
    record(
        actor,
        Verb.DECIDED,
        kind="pacts.version",
        object_id=version.pk,
        district_id=pact.district_id,
        facts={"authorised_cents": terms.budget, "pact": str(pact.pk), "hash": version.text_hash},
    )
    return version


def text_of(pact: Pact, version: PactVersion) -> str:
    """Return the exact text of a version as it stands. Two queries."""
    labels = {each.code: each.label for each in _categories(pact)}
    return _text(pact, version, in_italian, pact.pact_type.name, labels)


def text_beside(pact: Pact, version: PactVersion) -> str:
    """Return the same text in the language that is active, to be read beside it. Two queries."""
    say = isolating(gettext) if get_language_bidi() else gettext
    labels = {each.code: each.said for each in _categories(pact)}
    return _text(pact, version, say, pact.pact_type.said, labels)


def _categories(pact: Pact) -> Sequence[SupportCategory]:
    return categories([pact.programme_id]).get(pact.programme_id, ())


def _text(
    pact: Pact, version: PactVersion, say: Say, pact_type: str, labels: Mapping[str, str]
) -> str:
    members = members_of([pact.pk])[pact.pk]
    heading = Heading(
        code=pact.code,
        programme=pact.programme.name,
        pact_type=pact_type,
        body=pact.body.name,
        case_manager=pact.case.manager.name if pact.case.manager else "",
        holders=[str(member.person) for member in members if member.is_holder],
        members=[str(member.person) for member in members],
        version=version.number,
    )
    return words(heading, version.terms, labels, say)


@transaction.atomic
def send_back(actor: Actor, pact_id: UUID, *, reason: str) -> PactVersion:
    """Send agreed words back to who wrote them, with a reason. Returns the version.

    Raises:
        NotFound, NotAllowed, WrongStage: as `authorise`.
        SignedInPart: somebody has signed them.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not actor.holds(Role.COORDINATOR, district_id=pact.district_id):
        raise NotAllowed
    version = _agreed_version(pact)
    check_unsigned(version)
    version.agreed_on = version.authorised_on = version.authorised_by = None
    version.returned_note = reason
    version.save(update_fields=["agreed_on", "authorised_on", "authorised_by", "returned_note"])
    if pact.signed_on is None:
        moved(pact.stage_now, Move.SEND_BACK)
        pact.agreed_on = pact.authorised_on = None
        pact.save(update_fields=["agreed_on", "authorised_on"])
    record(
        actor,
        Verb.DECIDED,
        kind="pacts.version",
        object_id=version.pk,
        district_id=pact.district_id,
        facts={"sent_back": True, "pact": str(pact.pk)},
    )
    manager = pact.case.manager
    if manager is not None and manager.email:
        queue_mail(
            manager.email,
            gettext_noop("Patto %(code)s: da rivedere"),
            gettext_noop(
                "%(name)s ha rimandato il testo del patto %(code)s.\n\nMotivo: %(reason)s\n"
            ),
            key=f"send-back:{version.pk}:{version.edit_number}:{clock.now():%Y%m%d%H%M%S}",
            facts={"code": pact.code, "name": actor.name, "reason": reason},
            language=manager.language,
        )
    return version


@transaction.atomic
def set_cap(
    actor: Actor, pact_id: UUID, *, cap_cents: Cents, reason: str, once: UUID | None = None
) -> CapAct:
    """Set a pact's cap by a coordinator's act, which is kept with its reason (R1). Returns it.

    `once` names the act: the same twice is one.

    Raises:
        SentAlready: sent before with other data.
        NotFound, NotAllowed: not visible; not a coordinator, or the one who follows the case.
        OwnHousehold: the actor is of the family.
        CapBelowBudget, CapTooHigh: below the budget in force; above ten times the type's cap.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if (
        not actor.holds(Role.COORDINATOR, district_id=pact.district_id)
        or actor.account_id == pact.case.manager_id
    ):
        raise NotAllowed
    check_not_own_household(actor, pact)
    check_cap(
        cap_cents,
        budget=Cents(pact.authorised_cents),
        type_cap=Cents(pact.pact_type.cap_cents),
    )
    act = CapAct(
        id=once or new_id(),
        pact=pact,
        cap_cents=cap_cents,
        reason=reason,
        decided_by_id=actor.account_id,
        decided_at=clock.now(),
    )
    act, is_new = written_once(act, of="pact_id", sent=("cap_cents", "reason"))
    if not is_new:
        return act
    record(
        actor,
        Verb.DECIDED,
        kind="pacts.pact",
        object_id=pact.pk,
        district_id=pact.district_id,
        facts={"cap_cents": [pact.cap_cents, cap_cents]},
    )
    pact.cap_cents = cap_cents
    pact.save(update_fields=["cap_cents"])
    return act
