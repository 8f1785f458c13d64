"""Opening a pact and writing its words with the family, until they are agreed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.utils.translation import gettext

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.cases.queries.cases import case_for
from farelegami.cases.rules.phases import Phase
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.kernel.periods import full_years, months_later
from farelegami.kernel.units import Cents
from farelegami.ledger.rules import Unit
from farelegami.ledger.services import NewAccount, open_accounts
from farelegami.pacts.models import Pact, PactMember, PactVersion
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import members_of, open_version, pact_for
from farelegami.pacts.rules.drafts import (
    CannotBeOffered,
    CaseNotInDesign,
    DatesWrong,
    HolderNotAdult,
    MemberHasCommitment,
    MemberNotInHousehold,
    MembersFixed,
    NothingToEdit,
    OpenAmendment,
    PeriodWrong,
    StaleEdit,
    StartIsPast,
    UnknownCategory,
    UnknownTemplate,
    WordsAgreed,
)
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
from farelegami.pacts.rules.terms import (
    Commitment,
    Goal,
    Result,
    Support,
    Terms,
    encode,
    new_key,
    with_commitment,
    with_goal,
    with_result,
    with_support,
    without,
)
from farelegami.people.queries.files import notice_given
from farelegami.people.queries.households import members_of as household_members
from farelegami.programmes.models import GoalTemplate, PactType
from farelegami.programmes.queries import categories, goal_templates, pact_type_for
from farelegami.search.services import put
from farelegami.storage.once import written_once

if TYPE_CHECKING:
    from farelegami.cases.models import Case

_EURO: Final = (Purse.AVAILABLE, Purse.COMMITTED, Purse.DOCUMENTED, Purse.PAID, Purse.RECONCILED)
_TIME: Final = (Purse.GIVING, Purse.DONE, Purse.CONFIRMED)
_ADULT: Final = 18


@transaction.atomic
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
    case = case_for(actor, case_id, for_update=True)
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
    pact, is_new = written_once(pact, of="case_id", sent=sent, prepare=_take_code)
    if not is_new:
        _check_same_people_and_goals(pact, holder_ids, member_ids, chosen)
        return pact
    PactMember.objects.bulk_create(
        PactMember(pact=pact, person_id=person_id, is_holder=person_id in set(holder_ids))
        for person_id in named
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
        purpose=gettext("nuovo patto"),
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
    PactVersion.objects.create(
        pact=pact,
        number=1,
        kind=PactVersion.Kind.FIRST,
        terms_json=encode(terms),
        created_by_id=actor.account_id,
        created_at=clock.now(),
    )


def _edit(
    actor: Actor, pact_id: UUID, change: Callable[[Terms], Terms], *, edit_number: int | None
) -> PactVersion:
    """Apply `change` to the words being written and return their version.

    `edit_number`, where a form was filled from older words, refuses to write over newer ones.
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
    if edit_number is not None and edit_number != version.edit_number:
        raise StaleEdit
    before = version.terms
    after = change(before)
    if after == before:
        return version
    version.terms_json = encode(after)
    version.edit_number += 1
    version.save(update_fields=["terms_json", "edit_number"])
    record(
        actor,
        Verb.CHANGED,
        kind="pacts.version",
        object_id=version.pk,
        district_id=pact.district_id,
        facts={"pact": str(pact.pk), "edit": version.edit_number},
    )
    return version


@transaction.atomic
def set_dates(
    actor: Actor,
    pact_id: UUID,
    *,
    starts_on: date,
    ends_on: date,
    edit_number: int | None = None,
) -> PactVersion:
    """Set the days of the words being written; once signed only the end moves. Returns the version.

    Raises:
        PeriodWrong: the end is not after the start.
        StartIsPast: the start of a signed pact.
        DatesWrong: a result or a commitment would fall outside; and as `save_goal`.
    """
    pact = pact_for(actor, pact_id)

    def change(terms: Terms) -> Terms:
        if ends_on <= starts_on:
            raise PeriodWrong
        if pact.signed_on is not None and starts_on != terms.starts_on:
            raise StartIsPast
        days = [result.due_on for goal in terms.goals for result in goal.results]
        days += [commitment.ends_on for commitment in terms.commitments]
        if any(not starts_on <= day <= ends_on for day in days):
            raise DatesWrong(starts=starts_on, ends=ends_on)
        return msgspec.structs.replace(terms, starts_on=starts_on, ends_on=ends_on)

    version = _edit(actor, pact_id, change, edit_number=edit_number)
    if pact.signed_on is None:
        Pact.objects.filter(pk=pact_id).update(starts_on=starts_on, ends_on=ends_on)
    return version


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
def save_goal(
    actor: Actor, pact_id: UUID, *, title: str, key: str = "", edit_number: int | None = None
) -> PactVersion:
    """Add a goal, or rename the one of that key; returns the version.

    Raises:
        NotFound, NotAllowed, NothingToEdit, WordsAgreed, StaleEdit: nothing is written.
        WrongStage: the pact is under final review or over.
    """

    def change(terms: Terms) -> Terms:
        old = next((goal for goal in terms.goals if goal.key == key), None)
        if key and old is None:
            raise NotFound
        goal = msgspec.structs.replace(old, title=title) if old else Goal(new_key(), title)
        return with_goal(terms, goal)

    return _edit(actor, pact_id, change, edit_number=edit_number)


@transaction.atomic
def add_goal_from_template(
    actor: Actor, pact_id: UUID, *, template_code: str, edit_number: int | None = None
) -> PactVersion:
    """Add a goal with the results its template suggests; returns the version.

    Raises:
        NotFound: no such template for the pact's type; and as `save_goal`.
    """
    pact = pact_for(actor, pact_id)
    found = goal_templates([pact.pact_type_id]).get(pact.pact_type_id, ())
    template = next((each for each in found if each.code == template_code), None)
    if template is None:
        raise NotFound

    def change(terms: Terms) -> Terms:
        results = tuple(
            Result(
                new_key(),
                each["title"],
                min(months_later(terms.starts_on, int(each.get("months", 6))), terms.ends_on),
                each.get("indicator", ""),
            )
            for each in template.results
        )
        return with_goal(terms, Goal(new_key(), template.title, results))

    return _edit(actor, pact_id, change, edit_number=edit_number)


@transaction.atomic
def save_result(
    actor: Actor,
    pact_id: UUID,
    *,
    goal_key: str,
    text: str,
    due_on: date,
    indicator: str = "",
    baseline: str = "",
    key: str = "",
    edit_number: int | None = None,
) -> PactVersion:
    """Add an expected result to a goal, or change the one of that key; returns the version.

    Raises:
        DatesWrong: due outside the pact; and as `save_goal`.
    """

    def change(terms: Terms) -> Terms:
        if not terms.starts_on <= due_on <= terms.ends_on:
            raise DatesWrong(starts=terms.starts_on, ends=terms.ends_on)
        if not any(goal.key == goal_key for goal in terms.goals):
            raise NotFound
        return with_result(
            terms, goal_key, Result(key or new_key(), text, due_on, indicator, baseline)
        )

    return _edit(actor, pact_id, change, edit_number=edit_number)


@transaction.atomic
def save_support(
    actor: Actor,
    pact_id: UUID,
    *,
    category: str,
    title: str,
    provider: str,
    amount_cents: Cents,
    detail: str = "",
    provider_id: UUID | None = None,
    key: str = "",
    edit_number: int | None = None,
) -> PactVersion:
    """Add a support of a named body, or change the one of that key; returns the version.

    The cap and the limits of categories are looked at when the words are agreed, so that people
    may first write and then balance.

    Raises:
        UnknownCategory: not one of the programme's; and as `save_goal`.
    """
    pact = pact_for(actor, pact_id)
    if category not in category_rules(pact.programme_id):
        raise UnknownCategory
    support = Support(
        key=key or new_key(),
        category=category,
        title=title,
        provider=provider,
        amount_cents=amount_cents,
        detail=detail,
        provider_id=provider_id,
    )
    return _edit(
        actor, pact_id, lambda terms: with_support(terms, support), edit_number=edit_number
    )


@transaction.atomic
def save_commitment(
    actor: Actor, pact_id: UUID, commitment: Commitment, *, edit_number: int | None = None
) -> PactVersion:
    """Add what a member gives back, or change the one of that key; returns the version.

    Raises:
        MemberNotInHousehold: the person is not named in the pact.
        DatesWrong: ends outside the pact; and as `save_goal`.
    """
    named = {member.person_id: member for member in members_of([pact_id])[pact_id]}
    if commitment.person_id not in named:
        raise MemberNotInHousehold
    person = named[commitment.person_id].person
    whole = msgspec.structs.replace(
        commitment, key=commitment.key or new_key(), person_name=person.given_name
    )

    def change(terms: Terms) -> Terms:
        if not terms.starts_on <= commitment.ends_on <= terms.ends_on:
            raise DatesWrong(starts=terms.starts_on, ends=terms.ends_on)
        return msgspec.structs.replace(with_commitment(terms, whole), giveback_discussed=True)

    return _edit(actor, pact_id, change, edit_number=edit_number)


@transaction.atomic
def remove_line(
    actor: Actor, pact_id: UUID, key: str, *, edit_number: int | None = None
) -> PactVersion:
    """Take a goal, result, support or commitment out of the words; returns the version.

    Raises:
        As `save_goal`.
    """
    return _edit(actor, pact_id, lambda terms: without(terms, key), edit_number=edit_number)


@transaction.atomic
def discuss_giveback(
    actor: Actor, pact_id: UUID, *, note: str = "", edit_number: int | None = None
) -> PactVersion:
    """Say that give-back was talked over, whatever came of it: zero hours are welcome (R5).

    Raises:
        As `save_goal`.
    """
    return _edit(
        actor,
        pact_id,
        lambda terms: msgspec.structs.replace(terms, giveback_discussed=True, giveback_note=note),
        edit_number=edit_number,
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


def category_rules(programme_id: UUID) -> Mapping[str, CategoryRule]:
    """Return the support categories of a programme as the rules read them, by code. One query."""
    return {
        each.code: CategoryRule(
            each.code,
            each.label,
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
    """Open agreed words again, before anybody authorised them. Returns the version.

    Raises:
        NotFound, NotAllowed, NothingToEdit: not visible, not the actor's, nothing open.
        WordsAgreed: already authorised; WrongStage: as `save_goal`.
    """
    pact = pact_for(actor, pact_id, for_update=True)
    if not may_write_pact(actor, manager_id=pact.case.manager_id):
        raise NotAllowed
    check_words_live(pact.stage_now)
    version = open_version(pact_id)
    if version is None or version.agreed_on is None:
        raise NothingToEdit
    if version.authorised_on is not None:
        raise WordsAgreed
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
