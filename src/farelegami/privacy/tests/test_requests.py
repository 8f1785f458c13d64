"""Requests of people, their month, and the copy of what is kept."""

import json
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from farelegami.access.queries import actor_for
from farelegami.access.services import create_account
from farelegami.access.tests.builders import SYSTEM, an_actor
from farelegami.audit.models import Entry
from farelegami.audit.rules import Verb
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.pacts.tests.builders import a_crew
from farelegami.people.models import Person
from farelegami.people.services.restricting import lift_restriction, restrict_person
from farelegami.privacy.models import DataRequest, Erasure
from farelegami.privacy.queries.retention import past_term
from farelegami.privacy.rules.requests import (
    AnsweredAlready,
    DiaryNeedsReason,
    ExtendedAlready,
    NobodyLinked,
    NotReceivedYet,
    Outcome,
    RequestKind,
    TooLateToExtend,
    due_from,
)
from farelegami.privacy.rules.retention import CASE, StillNamed
from farelegami.privacy.services.copies import copy_for_request, copy_of_own
from farelegami.privacy.services.requests import (
    RequestDraft,
    answer,
    extend,
    find_person,
    link_person,
    register_request,
)
from farelegami.privacy.services.retention import approve, propose_for_request
from farelegami.privacy.tests.builders import (
    MARK,
    a_dpo,
    a_family_that_is_over,
    an_approved_list,
    eleven_years_later,
    erase_all,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_shelf(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def a_request(dpo: Actor, kind: RequestKind = RequestKind.ACCESS, **changes) -> DataRequest:
    draft = RequestDraft(kind, "Sara Prova", "via posta", clock.today(), "Vorrei vedere tutto.")
    for name, value in changes.items():
        object.__setattr__(draft, name, value)
    return register_request(dpo, 1901, draft)


def test_a_request_is_due_a_month_after_it_was_received() -> None:
    a_crew()
    dpo = a_dpo(1901)
    request = a_request(dpo, received_on=clock.today() - timedelta(days=3))
    assert request.due_on == due_from(clock.today() - timedelta(days=3))
    assert due_from(date(2027, 1, 31)) == date(2027, 2, 28)
    with pytest.raises(NotReceivedYet):
        a_request(dpo, received_on=clock.today() + timedelta(days=1))


def test_only_the_dpo_of_the_district_registers_and_sees() -> None:
    crew = a_crew()
    with pytest.raises(NotAllowed):
        a_request(crew.coordinator)
    request = a_request(a_dpo(1901))
    with pytest.raises(NotFound):
        answer(a_dpo(1902), request.pk, outcome=Outcome.GRANTED, answer="ecco")


def test_the_term_is_extended_once_and_in_time() -> None:
    a_crew()
    dpo = a_dpo(1901)
    request = extend(dpo, a_request(dpo).pk, reason="Tre archivi.")
    assert request.due_on > due_from(request.received_on)
    with pytest.raises(ExtendedAlready):
        extend(dpo, request.pk, reason="ancora")
    late = a_request(dpo, received_on=clock.today() - timedelta(days=40))
    with pytest.raises(TooLateToExtend):
        extend(dpo, late.pk, reason="tardi")


def test_it_is_answered_once_and_the_diary_needs_a_reason() -> None:
    a_crew()
    dpo = a_dpo(1901)
    request = a_request(dpo)
    with pytest.raises(DiaryNeedsReason):
        answer(dpo, request.pk, outcome=Outcome.GRANTED, answer="ecco", includes_diary=True)
    answer(dpo, request.pk, outcome=Outcome.GRANTED, answer="ecco")
    with pytest.raises(AnsweredAlready):
        answer(dpo, request.pk, outcome=Outcome.REFUSED, answer="no")


def test_a_restriction_granted_closes_the_file_and_one_refused_does_not() -> None:
    family = a_family_that_is_over()
    for outcome in (Outcome.REFUSED, Outcome.GRANTED):
        assert family.person.restricted_on is None
        request = a_request(family.dpo, RequestKind.RESTRICTION)
        if outcome is Outcome.GRANTED:
            with pytest.raises(NobodyLinked):
                answer(family.dpo, request.pk, outcome=outcome, answer="Va bene.")
        link_person(family.dpo, request.pk, family.case.contact_id)
        answer(family.dpo, request.pk, outcome=outcome, answer="Ecco perché.")
    assert family.person.restricted_on == clock.today()


def test_what_is_restricted_is_in_no_list_until_it_is_lifted() -> None:
    family = a_family_that_is_over()
    restrict_person(family.dpo, family.case.contact_id)
    with eleven_years_later():
        assert not past_term(1901, CASE)
        lift_restriction(family.dpo, family.case.contact_id, reason="Il processo è finito.")
        assert [each.object_id for each in past_term(1901, CASE)] == [family.case.pk]


def opened(archive) -> tuple[dict, str, list[str]]:
    with ZipFile(archive) as packed:
        told = json.loads(packed.read("dati.json"))
        return told, packed.read("leggimi.html").decode(), packed.namelist()


def a_copy(family, **decision) -> tuple[dict, str, list[str]]:
    request = a_request(family.dpo)
    link_person(family.dpo, request.pk, family.case.contact_id)
    answer(family.dpo, request.pk, outcome=Outcome.GRANTED, answer="Ecco.", **decision)
    return opened(copy_for_request(family.dpo, request.pk))


def test_the_copy_holds_what_is_kept_and_it_is_logged() -> None:
    family = a_family_that_is_over()
    told, page, names = a_copy(family)
    tables = {section["table"] for section in told["sections"]}
    assert {"people.Person", "cases.Case", "pacts.Pact", "pacts.SpendRequest"} <= tables
    assert f"via {MARK} 1" in page
    assert told["sections"][0]["table"] == "people.Person"
    (pact,) = next(each["rows"] for each in told["sections"] if each["table"] == "pacts.Pact")
    assert pact["tetto (euro)"] == "2000.00"
    assert any(name.startswith("documenti/") for name in names)
    exported = Entry.objects.get(verb=Verb.EXPORTED, kind="people.person")
    assert exported.person_id == family.case.contact_id
    assert exported.account_id == family.dpo.account_id


def test_the_diary_is_in_the_copy_only_by_decision() -> None:
    family = a_family_that_is_over()
    told, page, _names = a_copy(family)
    assert "racconta" not in page + json.dumps(told, ensure_ascii=False)
    _told, page, _names = a_copy(
        family, includes_diary=True, diary_reason="Chi scrive è d’accordo."
    )
    assert f"{MARK} racconta." in page


def test_the_copy_of_a_child_does_not_carry_the_mother_s_file() -> None:
    family = a_family_that_is_over()
    child = (
        Person.objects.filter(memberships__household=family.case.household_id)
        .exclude(pk=family.case.contact_id)
        .get()
    )
    request = a_request(family.dpo)
    link_person(family.dpo, request.pk, child.pk)
    told, page, _names = opened(copy_for_request(family.dpo, request.pk))
    rows = {section["table"]: section["rows"] for section in told["sections"]}
    assert [row["nome"] for row in rows["people.Person"]] == [child.given_name]
    assert "cases.Finding" not in rows
    assert "cases.Assessment" not in rows
    assert "people.EcomapSnapshot" not in rows
    assert "Teresa" not in page


def test_somebody_with_an_account_takes_the_same_copy_without_the_diary() -> None:
    family = a_family_that_is_over()
    account = create_account(SYSTEM, username="sara", name="Sara", person_id=family.case.contact_id)
    told, page, _names = opened(copy_of_own(actor_for(account.pk)))
    assert "racconta" not in page
    assert "access.Account" in {section["table"] for section in told["sections"]}
    with pytest.raises(NotFound):
        copy_of_own(an_actor(Role.CLERK, district_id=1901))


def test_whom_a_search_showed_is_logged() -> None:
    family = a_family_that_is_over()
    request = a_request(family.dpo)
    before = Entry.objects.filter(verb=Verb.READ, account_id=family.dpo.account_id).count()
    found = find_person(family.dpo, request.pk, MARK)
    assert family.case.contact_id in {person.pk for person in found}
    after = Entry.objects.filter(verb=Verb.READ, account_id=family.dpo.account_id).count()
    assert after - before == len(found)


def test_an_erasure_asked_for_waits_for_the_terms_of_what_names_the_person() -> None:
    family = a_family_that_is_over()
    request = a_request(family.dpo, RequestKind.ERASURE)
    with pytest.raises(NobodyLinked):
        propose_for_request(family.dpo, request.pk)
    link_person(family.dpo, request.pk, family.case.contact_id)
    with pytest.raises(StillNamed):
        propose_for_request(family.dpo, request.pk)
    an_approved_list(family.dpo, family.crew, CASE)
    erase_all()
    found = propose_for_request(family.dpo, request.pk)
    with eleven_years_later():
        approve(family.crew.coordinator, found.pk)
    erase_all()
    assert family.person.erased_at is not None
    assert Erasure.objects.filter(object_id=family.case.contact_id).exists()
    request.refresh_from_db()
    assert request.name == ""
