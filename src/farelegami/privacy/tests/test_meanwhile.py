"""What happens to a person while somebody decides on their data: merged, restricted, sent twice."""

from pathlib import Path

import pytest

from farelegami.access.models import Account
from farelegami.audit.models import Entry
from farelegami.audit.rules import Verb
from farelegami.kernel.errors import NotFound
from farelegami.pacts.tests.builders import a_crew
from farelegami.people.models import Person
from farelegami.people.rules.privacy import Restricted
from farelegami.people.services.merging import merge_people, unmerge
from farelegami.people.services.restricting import restrict_person
from farelegami.people.tests.builders import a_person
from farelegami.privacy.models import DataRequest, Erasure, RetentionItem, RetentionList
from farelegami.privacy.rules.requests import AnsweredAlready, ExtendedAlready, Outcome, RequestKind
from farelegami.privacy.rules.retention import PERSON, InAListAlready, ListMovedOn, StillNamed
from farelegami.privacy.services.copies import copy_for_request
from farelegami.privacy.services.requests import answer, extend, link_person
from farelegami.privacy.services.retention import (
    approve,
    draw_up_lists,
    drop_list,
    propose_for_request,
    take_out,
)
from farelegami.privacy.tests.builders import a_dpo, an_approved_list, eleven_years_later, erase_all
from farelegami.privacy.tests.test_erasing import left_of
from farelegami.privacy.tests.test_requests import a_request, opened

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_shelf(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def asked(kind: RequestKind, person: Person) -> DataRequest:
    dpo = a_dpo(1901)
    return link_person(dpo, a_request(dpo, kind).pk, person.pk)


def test_an_erasure_proposed_twice_is_one_list() -> None:
    crew = a_crew()
    request = asked(RequestKind.ERASURE, a_person(crew.worker))
    dpo = a_dpo(1901)
    first = propose_for_request(dpo, request.pk)
    assert propose_for_request(dpo, request.pk) == first
    approve(crew.coordinator, first.pk)
    erase_all()
    assert propose_for_request(dpo, request.pk) == first
    assert RetentionItem.objects.count() == Erasure.objects.count() == 1


def test_one_taken_out_may_be_proposed_again() -> None:
    crew = a_crew()
    request = asked(RequestKind.ERASURE, a_person(crew.worker))
    first = propose_for_request(a_dpo(1901), request.pk)
    take_out(crew.coordinator, first.pk, first.items.get().pk, reason="Una causa in corso.")
    assert propose_for_request(a_dpo(1901), request.pk) != first


def test_who_is_in_a_list_of_terms_is_not_proposed_beside_it() -> None:
    crew = a_crew()
    person = a_person(crew.worker)
    dpo = a_dpo(1901)
    request = asked(RequestKind.ERASURE, person)
    with eleven_years_later():
        draw_up_lists(dpo, [1901])
        assert RetentionItem.objects.filter(object_id=person.pk).exists()
        with pytest.raises(InAListAlready):
            propose_for_request(dpo, request.pk)
    assert RetentionList.objects.filter(root=PERSON).count() == 1


@pytest.mark.parametrize("kind", [RequestKind.ACCESS, RequestKind.OBJECTION])
def test_who_asked_for_something_else_is_not_erased(kind: RequestKind) -> None:
    crew = a_crew()
    with pytest.raises(NotFound):
        propose_for_request(a_dpo(1901), asked(kind, a_person(crew.worker)).pk)


def test_a_request_follows_the_person_who_is_merged_and_parted() -> None:
    crew = a_crew()
    kept, gone = a_person(crew.worker, given_name="Sara"), a_person(crew.worker, given_name="Sarah")
    request = asked(RequestKind.ACCESS, gone)
    done = merge_people(crew.coordinator, kept.pk, gone.pk, reason="Stesso documento.")
    request.refresh_from_db()
    assert request.person_id == kept.pk
    told, _page, _names = opened(copy_for_request(a_dpo(1901), request.pk))
    names = {row["nome"] for each in told["sections"] if each["table"] == "people.Person"
             for row in each["rows"]}  # fmt: skip
    assert names == {"Sara", "Sarah"}
    unmerge(crew.coordinator, done.pk)
    request.refresh_from_db()
    assert request.person_id == gone.pk


def test_a_restriction_granted_after_a_merge_closes_the_file_that_is_kept() -> None:
    crew = a_crew()
    kept, gone = a_person(crew.worker, given_name="Sara"), a_person(crew.worker, given_name="Sarah")
    request = asked(RequestKind.RESTRICTION, gone)
    done = merge_people(crew.coordinator, kept.pk, gone.pk, reason="Stesso documento.")
    answer(a_dpo(1901), request.pk, outcome=Outcome.GRANTED, answer="Va bene.")
    kept.refresh_from_db()
    assert kept.restricted_on is not None
    with pytest.raises(Restricted):
        unmerge(crew.coordinator, done.pk)


def test_who_is_restricted_after_the_approval_is_not_erased() -> None:
    crew = a_crew()
    person = a_person(crew.worker)
    request = asked(RequestKind.ERASURE, person)
    found = propose_for_request(a_dpo(1901), request.pk)
    approve(crew.coordinator, found.pk)
    restrict_person(a_dpo(1901), person.pk)
    erase_all()
    person.refresh_from_db()
    assert person.erased_at is None
    item = RetentionItem.objects.get()
    assert item.taken_out_reason


def test_who_is_merged_after_the_approval_is_not_erased_by_half() -> None:
    crew = a_crew()
    kept, gone = a_person(crew.worker, given_name="Sara"), a_person(crew.worker, given_name="Sarah")
    request = asked(RequestKind.ERASURE, gone)
    found = propose_for_request(a_dpo(1901), request.pk)
    approve(crew.coordinator, found.pk)
    merge_people(crew.coordinator, kept.pk, gone.pk, reason="Stesso documento.")
    erase_all()
    assert not Erasure.objects.exists()
    request.refresh_from_db()
    again = propose_for_request(a_dpo(1901), request.pk)
    assert again.items.get().object_id == kept.pk


def test_why_the_diary_went_into_a_copy_goes_with_the_person() -> None:
    crew = a_crew()
    person = a_person(crew.worker)
    request = asked(RequestKind.ACCESS, person)
    answer(
        a_dpo(1901), request.pk, outcome=Outcome.GRANTED, answer="Ecco.", includes_diary=True,
        diary_reason="Lo chiede Zanzibara stessa.",
    )  # fmt: skip
    found = propose_for_request(a_dpo(1901), asked(RequestKind.ERASURE, person).pk)
    approve(crew.coordinator, found.pk)
    erase_all()
    assert left_of("Zanzibara") == []


def test_an_answer_pressed_twice_is_one_and_another_one_is_refused() -> None:
    crew = a_crew()
    dpo = a_dpo(1901)
    request = asked(RequestKind.ACCESS, a_person(crew.worker))
    once = answer(dpo, request.pk, outcome=Outcome.GRANTED, answer="Ecco.\r\n")
    assert answer(dpo, request.pk, outcome=Outcome.GRANTED, answer="Ecco.") == once
    assert Entry.objects.filter(kind="privacy.request", verb=Verb.DECIDED).count() == 1
    for hand, outcome in ((dpo, Outcome.REFUSED), (a_dpo(1901), Outcome.GRANTED)):
        with pytest.raises(AnsweredAlready):
            answer(hand, request.pk, outcome=outcome, answer="Ecco.")


def test_an_extension_and_a_list_left_pressed_twice_are_one() -> None:
    crew = a_crew()
    dpo = a_dpo(1901)
    request = asked(RequestKind.ERASURE, a_person(crew.worker))
    due_on = extend(dpo, request.pk, reason="Tre archivi.").due_on
    assert extend(dpo, request.pk, reason="Tre archivi.").due_on == due_on
    with pytest.raises(ExtendedAlready):
        extend(dpo, request.pk, reason="Quattro archivi.")
    found = propose_for_request(dpo, request.pk)
    for _ in range(2):
        assert drop_list(crew.coordinator, found.pk, reason="Una causa.").dropped_at
    with pytest.raises(ListMovedOn):
        drop_list(dpo, found.pk, reason="Una causa.")


def test_who_was_merged_onwards_is_copied_and_erased_with_the_one_kept() -> None:
    crew = a_crew()
    names = ("Zanzibara", "Zirconia", "Zefferina")
    first, second, third = (a_person(crew.worker, given_name=name) for name in names)
    for keep, gone in ((second, first), (third, second)):
        merge_people(crew.coordinator, keep.pk, gone.pk, reason="Stesso documento.")
    _told, page, _names = opened(copy_for_request(a_dpo(1901), asked(RequestKind.ACCESS, third).pk))
    assert [name for name in names if name not in page] == []
    found = propose_for_request(a_dpo(1901), asked(RequestKind.ERASURE, third).pk)
    approve(crew.coordinator, found.pk)
    erase_all()
    assert [left_of(name) for name in names] == [[], [], []]


@pytest.mark.parametrize("root", ["asked", "past"])
def test_who_works_here_under_a_registration_merged_away_is_not_erased(root: str) -> None:
    crew = a_crew()
    kept, gone = a_person(crew.worker, given_name="Sara"), a_person(crew.worker)
    Account.objects.filter(pk=crew.clerk.account_id).update(person=gone)
    dpo = a_dpo(1901)
    if root == "past":
        found = an_approved_list(dpo, crew, PERSON)
        merge_people(crew.coordinator, kept.pk, gone.pk, reason="Stesso documento.")
    else:
        merge_people(crew.coordinator, kept.pk, gone.pk, reason="Stesso documento.")
        request = asked(RequestKind.ERASURE, kept)
        with pytest.raises(StillNamed):
            propose_for_request(dpo, request.pk)
        found = None
    erase_all()
    if found is not None:
        assert found.items.get(object_id=kept.pk).taken_out_at
    assert Account.objects.get(pk=crew.clerk.account_id).is_active
