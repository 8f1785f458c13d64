"""Keys are changed while people work: everything stays readable, and an interruption costs nothing."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction

from farelegami.access.adapters import FactorAdapter
from farelegami.access.tests.builders import an_account
from farelegami.cases.models import DiaryEntry, Referral
from farelegami.cases.rules.teamwork import DiaryKind
from farelegami.cases.services.diaries import write_diary
from farelegami.cases.tests.builders import a_case, a_worker
from farelegami.kernel import clock
from farelegami.people.models import Person
from farelegami.people.rules.tax_codes import TaxCodeKnown
from farelegami.people.tests.builders import ANNA, a_person
from farelegami.storage import rotation
from farelegami.storage.fields import blind_index
from farelegami.storage.guards import missing

pytestmark = pytest.mark.django_db
OLD, NEW = django_settings.FIELD_KEYS["a"], django_settings.FIELD_KEYS["b"]
OTHER_INDEX = "ZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGQ="
CODE = "BLPSMR92C48Z330Y"


def silent(_place: str, _done: int, _of: int) -> None:
    """Nobody watches."""


@pytest.fixture
def old_rows(settings):
    """Seven people, a diary and a second factor sealed with the old keys; new ones are in front."""
    settings.FIELD_KEYS = {"a": OLD}
    for number in range(6):
        a_person(given_name=f"Nome{number}", birth_date=None)
    a_person(tax_code=CODE)
    worker = a_worker()
    case = a_case(worker)
    write_diary(
        worker,
        case.pk,
        kind=DiaryKind.TALK,
        happened_on=clock.today(),
        text="Una nota del diario.",
    )
    Authenticator.objects.create(
        user=an_account(), type="totp", data={"secret": FactorAdapter().encrypt("SEGRETO")}
    )
    settings.FIELD_KEYS = {"b": NEW, "a": OLD}
    settings.BLIND_INDEX_KEY = f"{OTHER_INDEX},{django_settings.BLIND_INDEX_KEY}"
    return settings


def keys_of_the_diary() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM cases_diaryentry")
        return {value.partition(".")[0] for (value,) in cursor.fetchall()}


def test_after_a_rotation_the_old_key_is_no_longer_needed(old_rows) -> None:
    assert rotation.waiting()["cases_diaryentry"] == 1
    rotation.renew(tell=silent, size=2)
    assert rotation.waiting() == {}
    old_rows.FIELD_KEYS = {"b": NEW}
    old_rows.BLIND_INDEX_KEY = OTHER_INDEX
    assert DiaryEntry.objects.get().text == "Una nota del diario."
    person = Person.objects.get(tax_code__isnull=False)
    assert (person.tax_code, person.tax_code_index) == (CODE, blind_index(CODE))
    kept = Authenticator.objects.get().data["secret"]
    assert FactorAdapter().decrypt(kept) == "SEGRETO"
    assert keys_of_the_diary() == {"b"}


def test_without_a_rotation_the_old_key_cannot_be_taken_away(old_rows) -> None:
    old_rows.FIELD_KEYS = {"b": NEW}
    with pytest.raises((KeyError, InvalidTag)):
        DiaryEntry.objects.get()


def test_a_diary_sealed_anew_is_as_untouchable_as_before(old_rows) -> None:
    rotation.renew(tell=silent)
    assert missing(connection) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        DiaryEntry.objects.update(text="Altro")


def test_interrupted_midway_nothing_is_lost_and_the_next_run_finishes(old_rows) -> None:
    class Stopped(Exception):
        pass

    def stop(place: str, done: int, _of: int) -> None:
        if place == "people_person.tax_code_index" or done:
            raise Stopped(place)

    before = sum(rotation.waiting().values())
    with pytest.raises(Stopped):
        rotation.renew(tell=stop, size=1)
    halfway = sum(rotation.waiting().values())
    assert 0 < halfway < before
    assert DiaryEntry.objects.get().text == "Una nota del diario."
    assert all(Referral.objects.values_list("reason", flat=True))
    assert missing(connection) == []
    assert rotation.renew(tell=silent, size=1) == halfway
    assert rotation.waiting() == {}


def test_a_batch_that_fails_leaves_its_rows_and_its_guards(old_rows, monkeypatch) -> None:
    def broken(*_arguments, **_options):
        raise RuntimeError

    monkeypatch.setattr("django.db.models.query.QuerySet.bulk_update", broken)
    before = rotation.waiting()
    with pytest.raises(RuntimeError):
        rotation.renew(tell=silent)
    assert rotation.waiting() == before
    assert missing(connection) == []


def test_while_keys_change_the_same_fiscal_code_is_not_taken_twice(old_rows) -> None:
    with pytest.raises(TaxCodeKnown):
        a_person(ANNA, given_name="Altra", tax_code=CODE)


def test_running_it_again_changes_nothing(old_rows) -> None:
    rotation.renew(tell=silent)
    assert rotation.renew(tell=silent) == 0
