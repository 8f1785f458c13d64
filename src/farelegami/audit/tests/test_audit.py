"""The log holds what was done, and shows what was changed."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from farelegami.audit.models import Entry, Link
from farelegami.audit.queries import log_page, who_opened
from farelegami.audit.rules import Verb, digest_of, link_hash
from farelegami.audit.services import check_chain, record, record_read, seal
from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.ids import new_id
from farelegami.storage import guards

DISTRICT = 1901
ANNA = Actor(account_id=new_id(), name="Anna", grants=(Grant(Role.SOCIAL_WORKER, DISTRICT),))
DPO = Actor(account_id=new_id(), name="Dora", grants=(Grant(Role.DPO, DISTRICT),))
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def some_entries(how_many: int) -> None:
    for _ in range(how_many):
        record(ANNA, Verb.CHANGED, kind="people.person", object_id=new_id(), district_id=DISTRICT)


def without_guards(statement: str, *values: object) -> None:
    """Change the log as only somebody with the database in hand could."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    guards.install(connection)


@given(st.dictionaries(st.text(), json))
def test_a_digest_does_not_depend_on_the_order_of_the_fields(content) -> None:
    assert digest_of(content) == digest_of(dict(reversed(content.items())))


@given(st.text(), st.text(), st.text())
def test_a_link_depends_on_everything_before_it(previous: str, other: str, digest: str) -> None:
    assert (link_hash(previous, digest) == link_hash(other, digest)) == (previous == other)


@pytest.mark.django_db
def test_a_read_of_two_people_is_two_lines_for_two_people() -> None:
    """R22."""
    one, two = new_id(), new_id()
    record_read(
        ANNA, kind="pacts.pact", object_id=new_id(), district_id=DISTRICT, person_ids=[one, two],
        purpose="incontro",
    )  # fmt: skip
    assert [entry.purpose for entry in who_opened(one).rows] == ["incontro"]
    assert len(who_opened(two).rows) == 1
    assert who_opened(new_id()).rows == []


@pytest.mark.django_db
def test_the_chain_holds_after_sealing_in_batches() -> None:
    some_entries(7)
    assert seal(most=4) == 4
    assert seal(most=4) == 3
    assert seal() == 0
    report = check_chain()
    assert (report.sealed, report.waiting, report.faults) == (7, 0, [])


@pytest.mark.django_db
@pytest.mark.parametrize("sealed", [True, False])
def test_a_changed_entry_is_found(sealed: bool) -> None:
    some_entries(3)
    if sealed:
        seal()
    without_guards("UPDATE audit_entry SET actor_name = 'nessuno'")
    assert len(check_chain().faults) == 3


@pytest.mark.django_db
def test_a_vanished_entry_is_found() -> None:
    some_entries(3)
    seal()
    gone = Link.objects.get(number=2).entry_id
    without_guards(
        "DELETE FROM audit_entry WHERE id = %s",
        gone.hex if connection.vendor == "sqlite" else gone,
    )
    assert [fault for fault in check_chain().faults if "sparita" in fault]


@pytest.mark.django_db
def test_a_chain_with_a_link_cut_out_is_found() -> None:
    some_entries(3)
    seal()
    without_guards("DELETE FROM audit_link WHERE number = 2")
    assert check_chain().faults


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET actor_name = 'x'", "DELETE FROM audit_entry"]
)
def test_the_database_refuses_to_change_the_log(statement: str) -> None:
    some_entries(1)
    refused = pytest.raises((IntegrityError, DatabaseError))
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.get().actor_name == "Anna"


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="only SQLite replaces rows")
def test_a_row_of_the_log_is_not_replaced_by_a_new_one() -> None:
    some_entries(1)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO audit_entry SELECT id, at, account_id, 'altro', verb, kind,"
            " object_id, district_id, person_id, purpose, facts, digest FROM audit_entry"
        )
    assert Entry.objects.get().actor_name == "Anna"


@pytest.mark.django_db
def test_the_dpo_reads_the_log_of_their_district_alone() -> None:
    some_entries(2)
    record(ANNA, Verb.READ, kind="people.person", object_id=new_id(), district_id=1801)
    assert len(log_page(DPO).rows) == 2
    assert log_page(ANNA).rows == []


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 60])
def test_a_page_of_the_log_costs_one_query(how_many: int, django_assert_num_queries) -> None:
    some_entries(how_many)
    with django_assert_num_queries(1):
        assert log_page(DPO).rows
