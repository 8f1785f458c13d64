"""Writing the words of a pact with the family, until they are agreed."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec
from django.db import transaction

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.kernel.periods import months_later
from farelegami.kernel.units import Cents
from farelegami.pacts.models import Pact, PactVersion
from farelegami.pacts.permissions import may_write_pact
from farelegami.pacts.queries import members_of, open_version, pact_for
from farelegami.pacts.rules.drafts import (
    DatesWrong,
    MemberNotInHousehold,
    NothingToEdit,
    PeriodWrong,
    StaleEdit,
    StartIsPast,
    UnknownCategory,
    WordsAgreed,
)
from farelegami.pacts.rules.money import Purse
from farelegami.pacts.rules.stages import (
    check_words_live,
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
from farelegami.pacts.services.agreeing import category_rules
from farelegami.programmes.queries import goal_templates

if TYPE_CHECKING:
    pass

_EURO: Final = (Purse.AVAILABLE, Purse.COMMITTED, Purse.DOCUMENTED, Purse.PAID, Purse.RECONCILED)
_TIME: Final = (Purse.GIVING, Purse.DONE, Purse.CONFIRMED)
_ADULT: Final = 18


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
