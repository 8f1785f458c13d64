"""Opening a pact for a family, and saying who is in it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import connection, transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.cases.queries.cases import case_to_write
from farelegami.cases.rules.phases import Phase
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready, gettext_noop
from farelegami.kernel.ids import new_id
from farelegami.kernel.periods import full_years, months_later
from farelegami.ledger.rules import Unit
from farelegami.ledger.services import NewAccount, open_accounts
from farelegami.pacts.models import Pact, PactMember, PactVersion
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import open_version, pact_for
from farelegami.pacts.rules.drafts import (
    CannotBeOffered,
    CaseNotInDesign,
    HolderNotAdult,
    MemberHasCommitment,
    MemberNotInHousehold,
    MembersFixed,
    UnknownTemplate,
    WordsAgreed,
)
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.rules.stages import (
    check_words_live,
)
from farelegami.pacts.rules.terms import (
    Goal,
    Result,
    Terms,
    encode,
    new_key,
)
from farelegami.people.queries.households import members_of as household_members
from farelegami.programmes.models import GoalTemplate, PactType
from farelegami.programmes.queries import goal_templates, pact_type_for
from farelegami.search.services import put
from farelegami.storage.acts import one_act
from farelegami.storage.inserts import insert
from farelegami.storage.once import written_once

if TYPE_CHECKING:
    from farelegami.cases.models import Case

_EURO: Final = (Purse.AVAILABLE, Purse.COMMITTED, Purse.DOCUMENTED, Purse.PAID, Purse.RECONCILED)
_TIME: Final = (Purse.GIVING, Purse.DONE, Purse.CONFIRMED)
_ADULT: Final = 18


@one_act
def open_pact(
    actor: Actor,
    *,
    case_id: UUID,
    pact_type_id: UUID,
    body_id: UUID,
    title: str,
    starts_on: date,
    holder_ids: Sequence[UUID],
    member_ids: Sequence[UUID] = (),
    template_codes: Sequence[str] = (),
    once: UUID | None = None,
) -> Pact:
    """Return a new draft of a pact for the household of a case, its accounts opened.

    `member_ids` are the members named besides the holders; the chosen goal templates become goals.
    `once` names the act: the same twice opens one pact.

    Raises:
        NotFound, NotAllowed: the actor does not see the case, or does not follow it.
        CaseNotInDesign: its analysis is not complete.
        CannotBeOffered: the type is not open here, or the body no partner of its programme.
        UnknownTemplate: a template of another type.
        SentAlready: sent before with other data than the pact has now.
        MemberNotInHousehold: somebody named is not of the household today.
        HolderNotAdult: a holder is under eighteen.
    """
    case = case_to_write(actor, case_id)
    if not may_write_pact(actor, manager_id=case.manager_id):
        raise NotAllowed
    if not may_hold_a_pact(case):
        raise CaseNotInDesign
    pact_type = _offered(pact_type_id, district_id=case.district_id, body_id=body_id)
    named = _checked_members(case.household_id, holder_ids, member_ids, day=starts_on)
    # The person the work began with is named first.
    named.sort(key=lambda person_id: person_id != case.contact_id)
    chosen = _chosen_templates(pact_type, template_codes)
    ends_on = months_later(starts_on, pact_type.validity_months) - timedelta(days=1)
    pact = Pact(
        id=once or new_id(),
        district_id=case.district_id,
        title=title,
        programme_id=pact_type.programme_id,
        pact_type=pact_type,
        case=case,
        household_id=case.household_id,
        body_id=body_id,
        cap_cents=pact_type.cap_cents,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=clock.now(),
    )
    sent = ("pact_type_id", "body_id", "title", "starts_on")
    pact, is_new = written_once(
        pact, of="case_id", sent=sent, prepare=_take_code, named=once is not None
    )
    if not is_new:
        _check_same_people_and_goals(pact, holder_ids, member_ids, chosen)
        return pact
    insert(
        [
            PactMember(pact=pact, person_id=person_id, is_holder=person_id in set(holder_ids))
            for person_id in named
        ]
    )
    _write_first_version(actor, pact, chosen)
    open_accounts(
        NewAccount(pact.pk, kind, unit, pact.district_id, None if kind == Purse.GIVING else 0)
        for unit, kinds in ((Unit.CENTS, _EURO), (Unit.MINUTES, _TIME))
        for kind in kinds
    )
    record(
        actor,
        Verb.CREATED,
        kind="pacts.pact",
        object_id=pact.pk,
        district_id=pact.district_id,
        person_ids=named,
        purpose=gettext_noop("nuovo patto"),
    )
    put("pacts.pact", pact.pk, pact.district_id, f"{pact.code} {title}", f"{pact.code} {title}")
    return pact


def _offered(pact_type_id: UUID, *, district_id: int, body_id: UUID) -> PactType:
    try:
        pact_type = pact_type_for(pact_type_id, district_id=district_id, body_id=body_id)
    except NotFound as error:
        raise CannotBeOffered from error
    if not pact_type.is_open:
        raise CannotBeOffered
    return pact_type


def _chosen_templates(pact_type: PactType, template_codes: Sequence[str]) -> Sequence[GoalTemplate]:
    if not template_codes:
        return ()
    known = goal_templates([pact_type.pk]).get(pact_type.pk, ())
    chosen = [each for each in known if each.code in set(template_codes)]
    if len(chosen) != len(set(template_codes)):
        raise UnknownTemplate
    return chosen


def may_hold_a_pact(case: "Case") -> bool:
    """Return whether a case has come to the point where a pact is written."""
    return case.phase in {Phase.CODESIGN, Phase.IN_PACT}


def _check_same_people_and_goals(
    pact: Pact,
    holder_ids: Sequence[UUID],
    member_ids: Sequence[UUID],
    chosen: Sequence[GoalTemplate],
) -> None:
    holders = set(holder_ids)
    sent = {each: each in holders for each in (*holder_ids, *member_ids)}
    named = dict(PactMember.objects.filter(pact=pact).values_list("person_id", "is_holder"))
    first = PactVersion.objects.get(pact=pact, number=1)
    suggested = {each.title for each in goal_templates([pact.pact_type_id])[pact.pact_type_id]}
    taken = suggested & {goal.title for goal in first.terms.goals}
    if sent != named or {each.title for each in chosen} != taken:
        raise SentAlready


def _checked_members(
    household_id: UUID, holder_ids: Sequence[UUID], member_ids: Sequence[UUID], *, day: date
) -> list[UUID]:
    at_home = household_members([household_id]).get(household_id, ())
    people = {member.person_id: member for member in at_home}
    named = list(dict.fromkeys([*holder_ids, *member_ids]))
    if not set(named) <= set(people):
        raise MemberNotInHousehold
    has_adults = any(member.may_hold_a_pact for member in at_home)
    for holder in (people[holder_id] for holder_id in holder_ids):
        too_young = holder.birth_date and full_years(holder.birth_date, day) < _ADULT
        if too_young or (has_adults and not holder.may_hold_a_pact):
            raise HolderNotAdult(name=holder.name)
    return named


def _take_code(pact: Pact) -> None:
    """Give a pact the next number of its district's year, in one statement.

    Its row stays locked until the transaction ends: two pacts cannot share a number.
    """
    year = clock.today().year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pacts_pactnumber (district_id, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (district_id, year) DO UPDATE SET last = pacts_pactnumber.last + 1"
            " RETURNING last",
            [pact.district_id, year],
        )
        last = cursor.fetchone()[0]
    sigla = pact.case.district.province.sigla
    pact.code = f"{sigla}{pact.district_id % 100}-{year}-{last:04d}"


def _write_first_version(actor: Actor, pact: Pact, templates: Sequence[GoalTemplate]) -> None:
    goals = tuple(
        Goal(
            key=new_key(),
            title=template.title,
            results=tuple(
                Result(
                    key=new_key(),
                    text=result["title"],
                    indicator=result.get("indicator", ""),
                    due_on=min(
                        months_later(pact.starts_on, int(result.get("months", 6))), pact.ends_on
                    ),
                )
                for result in template.results
            ),
        )
        for template in templates
    )
    terms = Terms(starts_on=pact.starts_on, ends_on=pact.ends_on, goals=goals)
    version = PactVersion(
        pact=pact,
        number=1,
        kind=PactVersion.Kind.FIRST,
        terms_json=encode(terms),
        created_by_id=actor.account_id,
        created_at=clock.now(),
    )
    insert([version])


@transaction.atomic
def set_members(
    actor: Actor, pact_id: UUID, *, holder_ids: Sequence[UUID], member_ids: Sequence[UUID] = ()
) -> None:
    """Say again who is named in a pact never signed, and who of them signs.

    Raises:
        NotFound, NotAllowed: not visible, or not the actor's to write.
        MembersFixed: signed already; WordsAgreed: agreed already; WrongStage: as `save_goal`.
        MemberNotInHousehold, HolderNotAdult: as `open_pact`.
        MemberHasCommitment: somebody left out has promised something.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    check_words_live(pact.stage_now)
    version = open_version(pact_id)
    if pact.signed_on is not None or version is None:
        raise MembersFixed
    if version.agreed_on is not None:
        raise WordsAgreed
    named = _checked_members(pact.household_id, holder_ids, member_ids, day=pact.starts_on)
    for commitment in version.terms.commitments:
        if commitment.person_id not in named:
            raise MemberHasCommitment(name=commitment.person_name)
    PactMember.objects.filter(pact=pact).exclude(person_id__in=named).delete()
    holders = set(holder_ids)
    present = {member.person_id: member for member in PactMember.objects.filter(pact=pact)}
    for person_id in named:
        member = present.get(person_id) or PactMember(pact=pact, person_id=person_id)
        member.is_holder = person_id in holders
        member.save()
    record(
        actor,
        Verb.CHANGED,
        kind="pacts.pact",
        object_id=pact.pk,
        district_id=pact.district_id,
        person_ids=named,
        facts={"holders": len(holders), "members": len(named)},
    )


@transaction.atomic
def confirm_unemployed(actor: Actor, pact_id: UUID, person_id: UUID) -> None:
    """Note that a holder has no job today, as the patto per l'autonomia asks (R6).

    Raises:
        NotFound, NotAllowed: not visible, not named in it, or not the actor's to write.
        WrongStage: the pact is under final review or over.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    check_words_live(pact.stage_now)
    changed = PactMember.objects.filter(pact=pact, person_id=person_id, is_holder=True).update(
        unemployed_on=clock.today()
    )
    if not changed:
        raise NotFound
    record(
        actor,
        Verb.CHANGED,
        kind="pacts.pact",
        object_id=pact.pk,
        district_id=pact.district_id,
        person_ids=[person_id],
        facts={"unemployed_on": clock.today().isoformat()},
    )
