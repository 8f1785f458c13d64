"""A query compiled once gives the rows Django would have given, whatever is asked for."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from hypothesis import given
from hypothesis import strategies as st

from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.ids import new_id
from farelegami.ledger.models import Account
from farelegami.ledger.rules import Unit
from farelegami.pacts.models import FollowUp
from farelegami.storage.inserts import insert
from farelegami.storage.prepared import NotPrepared, prepared
from farelegami.territory.models import District, Municipality, Province

pytestmark = pytest.mark.django_db


@prepared
def of_owners(owner_ids: list[UUID], floor: int | None) -> QuerySet[Account]:
    rows = Account.objects.filter(owner_id__in=owner_ids).order_by("kind", "id")
    return rows if floor is None else rows.filter(floor=floor)


def some_accounts(*owners: UUID, floor: int = 0) -> list[Account]:
    rows = [
        Account(owner_id=owner, kind=kind, unit=Unit.CENTS, floor=floor)
        for owner in owners
        for kind in ("a", "b")
    ]
    insert(rows)
    return rows


@pytest.fixture
def ground() -> None:
    province = Province.objects.create(
        code="019", name="Cremona", sigla="CR", region_code="03", region_name="Lombardia"
    )
    for number in (1901, 1902):
        District.objects.create(
            pk=number, name=f"Ambito {number}", short_name=str(number), lead_body="x",
            province=province,
        )  # fmt: skip
        Municipality.objects.create(
            istat_code=f"01{number}", name=f"Borgo 100%_{number}", province=province,
            district_id=number, belfiore_code=f"Z{number % 1000}", latitude=45, longitude=10,
            area_km2=1,
        )  # fmt: skip


def test_what_is_asked_for_changes_and_the_words_do_not(django_assert_num_queries) -> None:
    one, two = new_id(), new_id()
    some_accounts(one, two)
    for owners in ([one], [two], [one, two], [], [new_id()], [two, one]):
        expected = list(Account.objects.filter(owner_id__in=owners).order_by("kind", "id"))
        assert of_owners(owners, None) == expected
    with django_assert_num_queries(1):
        of_owners([one, two], None)
    assert of_owners([one], 0) == of_owners([one], None)
    assert of_owners([one], 7) == []


def test_a_row_is_whole_and_may_be_saved() -> None:
    owner = new_id()
    first, _second = some_accounts(owner)
    found = of_owners([owner], None)[0]
    assert (found.pk, found.unit, found.balance) == (first.pk, Unit.CENTS, 0)
    assert found._state.adding is False
    found.refresh_from_db()


@given(numbers=st.lists(st.integers(min_value=0, max_value=10**9), max_size=6))
def test_any_list_of_numbers_is_asked_for_as_it_is(numbers: list[int]) -> None:
    @prepared
    def of(found: list[int]) -> QuerySet[Account]:
        return Account.objects.filter(floor__in=found)

    sql: list[object] = []
    with connection.execute_wrapper(lambda run, *given: (sql.append(given[1]), run(*given))[1]):
        of(numbers)
    assert [set(map(int, params)) for params in sql] == ([set(numbers)] if numbers else [])


def test_two_lists_are_not_taken_one_for_the_other() -> None:
    @prepared
    def of(owner_ids: list[UUID], but: list[UUID]) -> QuerySet[Account]:
        return Account.objects.filter(owner_id__in=owner_ids).exclude(owner_id__in=but)

    one, two, three = known = [new_id() for _ in range(3)]
    some_accounts(*known)
    asked = (
        ([one, two], [three]),
        ([one], [two, three]),
        ([one, two], []),
        ([], [one, two]),
        ([two, one], [one]),
    )
    told = [{each.owner_id for each in of(*lists)} for lists in asked]
    assert told == [{one, two}, {one}, {one, two}, set(), {two}]


def test_lists_of_many_lengths_are_a_handful_of_queries() -> None:
    @prepared
    def of(owner_ids: list[UUID]) -> QuerySet[Account]:
        return Account.objects.filter(owner_id__in=owner_ids)

    known = [new_id() for _ in range(70)]
    some_accounts(*known)
    for length in range(71):
        assert len(of(known[:length])) == 2 * length
    assert len(of._plans) <= 9


@pytest.mark.usefixtures("ground")
def test_sight_and_words_are_those_of_who_asks() -> None:
    @prepared
    def towns(actor: Actor, words: str | None) -> QuerySet[Municipality]:
        rows = Municipality.objects.filter(district_id__in=actor.districts(Role.SOCIAL_WORKER))
        return (
            rows.select_related("district") if words is None else rows.filter(name__icontains=words)
        )

    def worker(*districts: int) -> Actor:
        grants = tuple(Grant(Role.SOCIAL_WORKER, district_id=number) for number in districts)
        return Actor(new_id(), "Anna", grants=grants)

    for districts in ((1901,), (1902,), (1901, 1902), (1902, 1902), ()):
        found = towns(worker(*districts), None)
        assert {town.district_id for town in found} == set(districts)
        assert {town.district.pk for town in found} == set(districts)
    assert len(towns(worker(1901), "borgo 100%_")) == 1
    assert towns(worker(1901), "borgo_100") == []
    assert towns(Actor(new_id(), "Nessuno"), None) == []


def test_a_number_is_found_in_the_smallest_of_columns() -> None:
    @prepared
    def of(months: int) -> QuerySet[FollowUp]:
        return FollowUp.objects.filter(months=months)

    seen: list[object] = []
    with connection.execute_wrapper(lambda run, *given: (seen.append(given[1]), run(*given))[1]):
        of(6)
    assert [[int(each) for each in params] for params in seen] == [[6]]


def test_the_day_is_that_of_the_asking() -> None:
    @prepared
    def fallen_due() -> QuerySet[Account]:
        return Account.objects.filter(given__happened_on=clock.today())

    seen: list[object] = []
    for day in (date(2026, 3, 1), date(2026, 3, 2)):
        with (
            clock.at(day),
            connection.execute_wrapper(lambda run, *given: (seen.append(given[1]), run(*given))[1]),
        ):
            fallen_due()
    assert [str(params[0]) for params in seen] == ["2026-03-01", "2026-03-02"]


def test_what_cannot_be_prepared_says_so() -> None:
    @prepared
    def reckoned() -> QuerySet[Account]:
        return Account.objects.filter(given__happened_on=clock.today() - timedelta(days=7))

    @prepared
    def unused(owner_id: UUID) -> QuerySet[Account]:
        assert owner_id
        return Account.objects.all()

    @prepared
    def odd(value: object) -> QuerySet[Account]:
        return Account.objects.filter(kind=str(value))

    for act in (reckoned, lambda: unused(new_id()), lambda: odd(object())):
        with pytest.raises(NotPrepared):
            act()


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_only_within_a_transaction() -> None:
    @prepared
    def locked(owner_id: UUID) -> QuerySet[Account]:
        return Account.objects.filter(owner_id=owner_id).select_for_update()

    with pytest.raises(TransactionManagementError):
        locked(new_id())


@prepared
def towns_with_their_province(codes: list[str]) -> QuerySet[Municipality]:
    towns = Municipality.objects.filter(pk__in=codes).select_related("province", "district")
    return towns.order_by("pk")


def test_an_object_beside_many_rows_is_made_once_and_none_stays_none(ground: None) -> None:
    province = Province.objects.get(code="019")
    Municipality.objects.create(
        istat_code="01999", name="Altrove", province=province, district=None,
        belfiore_code="Z999", latitude=45, longitude=10, area_km2=1,
    )  # fmt: skip
    codes = ["011901", "011902", "01999"]
    towns = towns_with_their_province(codes)
    assert towns == list(Municipality.objects.filter(pk__in=codes).order_by("pk"))
    assert [town.district and town.district.pk for town in towns] == [1901, 1902, None]
    assert towns[0].province == province
    assert {id(town.province) for town in towns} == {id(towns[0].province)}


def test_what_differs_each_time_is_not_taken_for_part_of_the_shape() -> None:
    @prepared
    def of(*, owner_id: UUID) -> QuerySet[Account]:
        return Account.objects.filter(owner_id=owner_id)

    with pytest.raises(NotPrepared):
        of(owner_id=new_id())
