"""No day that cannot be meant is written down: typed wrong, it is asked for again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from farelegami.kernel import clock
from farelegami.kernel.errors import Refusal
from farelegami.kernel.ids import new_id
from farelegami.network.tests.builders import an_organisation
from farelegami.people.tests.builders import ANNA
from farelegami.territory.tests.builders import CREMASCO
from farelegami.volunteering.models import PaidLink, Register, RegisterEntry
from farelegami.volunteering.rules.covers import PolicyEndsAlready
from farelegami.volunteering.rules.days import DayOutside
from farelegami.volunteering.rules.refunds import ExpenseKind, KindLimit, PaidBeforeApproval
from farelegami.volunteering.rules.registers import PaidKind, PaidLinkEndsAlready
from farelegami.volunteering.services import (
    approve_refund,
    correct_entry,
    end_paid_link,
    end_policy,
    end_puc_position,
    enter_volunteer,
    leave_register,
    open_register,
    pay_refund,
    resolve_refund_kinds,
    write_paid_link,
)
from farelegami.volunteering.tests.builders import (
    MONDAY,
    Body,
    a_body,
    a_host,
    a_policy,
    a_volunteer,
    some_facts,
    someone,
)
from farelegami.volunteering.tests.test_covers import a_puc
from farelegami.volunteering.tests.test_refunds import LATER, asked, ready

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FAR = [date(1900, 1, 1), date(1991, 12, 31), date(2099, 1, 1), date(9999, 12, 31), date.min]


@pytest.fixture(autouse=True)
def _shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def refused(field: str) -> pytest.RaisesExc:
    return pytest.raises(DayOutside, check=lambda refusal: refusal.field == field)


@pytest.mark.parametrize("day", [*FAR, MONDAY + DAY])
def test_a_register_is_opened_on_a_day_that_has_been(day: date) -> None:
    organisation = an_organisation()
    with clock.at(MONDAY), refused("opened_on"):
        open_register(a_host(organisation.pk), organisation.pk, opened_on=day, district_id=CREMASCO)
    assert not Register.objects.exists()


@pytest.mark.parametrize("day", [*FAR, MONDAY + 366 * DAY])
def test_nobody_is_entered_for_a_day_out_of_reach(day: date) -> None:
    body = a_body()
    with pytest.raises(Refusal, check=lambda refusal: refusal.field == "entered_on"):
        enter(body, day)
    assert not RegisterEntry.objects.exists()


def enter(body: Body, day: date):
    with clock.at(MONDAY):
        return enter_volunteer(body.host, body.id, facts=some_facts(), entered_on=day)


@pytest.mark.parametrize("born", [MONDAY + DAY, date(1899, 12, 31), date(9999, 12, 31), date.min])
def test_a_day_of_birth_that_cannot_be_is_not_written_nor_corrected_in(born: date) -> None:
    body = a_body()
    a_policy(body)
    with pytest.raises(Refusal, check=lambda refusal: refusal.field == "birth_date"):
        a_volunteer(body, facts=some_facts(birth_date=born))
    stay = a_volunteer(body)
    with (
        clock.at(MONDAY),
        pytest.raises(Refusal, check=lambda refusal: refusal.field == "birth_date"),
    ):
        correct_entry(body.host, body.id, stay.person_id, facts=some_facts(birth_date=born))
    assert RegisterEntry.objects.count() == 1


def test_who_was_entered_for_a_day_to_come_can_leave_before_it_came() -> None:
    body = a_body()
    a_policy(body)
    stay = enter(body, MONDAY + 40 * DAY)
    with clock.at(MONDAY + DAY):
        left = leave_register(body.host, body.id, stay.person_id, left_on=stay.entered_on)
    assert left.left_on == stay.entered_on
    assert list(stay.covers.values_list("void", flat=True)) == [True]


@pytest.mark.parametrize("day", FAR)
def test_a_policy_has_days_that_an_insurer_writes(day: date) -> None:
    body = a_body()
    with refused("starts_on"):
        a_policy(body, starts_on=day, ends_on=max(day, date(2026, 12, 31)))
    with pytest.raises(Refusal, check=lambda refusal: refusal.field == "ends_on"):
        a_policy(body, starts_on=date(2026, 1, 1), ends_on=day)


def test_a_policy_that_ends_is_not_made_to_end_later() -> None:
    body = a_body()
    policy = a_policy(body)
    with pytest.raises(PolicyEndsAlready):
        end_policy(body.host, body.id, policy.pk, day=policy.ends_on + DAY, reason="?")
    same = end_policy(body.host, body.id, policy.pk, day=policy.ends_on, reason="?")
    assert same.agreed_until is None


@pytest.mark.parametrize("day", FAR)
def test_a_paid_link_has_days_of_a_working_life(day: date) -> None:
    body = a_body()
    person = a_volunteer(body).person_id
    with clock.at(MONDAY):
        leave_register(body.host, body.id, person, left_on=MONDAY)
        if day.year != 1991:
            with refused("starts_on"):
                write_paid_link(body.host, body.id, person, PaidKind.EMPLOYEE, starts_on=day)
        with pytest.raises(Refusal, check=lambda refusal: refusal.field == "ends_on"):
            write_paid_link(
                body.host, body.id, person, PaidKind.EMPLOYEE, starts_on=MONDAY + DAY, ends_on=day
            )
    assert not PaidLink.objects.exists()


def test_a_paid_link_that_ended_is_not_said_to_have_ended_on_another_day() -> None:
    body = a_body()
    person = a_volunteer(body).person_id
    with clock.at(MONDAY):
        leave_register(body.host, body.id, person, left_on=MONDAY)
        link = write_paid_link(
            body.host, body.id, person, PaidKind.EMPLOYEE, starts_on=MONDAY + DAY
        )
        for day in FAR:
            with pytest.raises(Refusal):
                end_paid_link(body.host, body.id, link.pk, day=day)
        end_paid_link(body.host, body.id, link.pk, day=MONDAY + 9 * DAY)
        end_paid_link(body.host, body.id, link.pk, day=MONDAY + 9 * DAY)
        with pytest.raises(PaidLinkEndsAlready):
            end_paid_link(body.host, body.id, link.pk, day=MONDAY + 10 * DAY)


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("opened_on", {"opened_on": date(1900, 1, 1)}),
        ("opened_on", {"opened_on": date(2023, 12, 31)}),
        ("starts_on", {"starts_on": date(2027, 3, 3), "ends_on": date(2027, 4, 1)}),
        ("starts_on", {"starts_on": date(9999, 12, 31), "ends_on": date(9999, 12, 31)}),
        ("ends_on", {"ends_on": date(2099, 1, 1)}),
        ("ends_on", {"ends_on": date(9999, 12, 31)}),
    ],
)
def test_a_position_for_the_collectivity_has_days_of_a_project(field: str, days) -> None:
    """R11: there are none of before 2024 (D.M. 156/2023), nor premiums for them."""
    body = a_body()
    with refused(field):
        a_puc(body, someone(), **days)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2017, 8, 2)])
def test_a_body_resolves_on_refunds_under_the_law_that_asks_it_to(day: date) -> None:
    body = a_body()
    limits = {ExpenseKind.TRAVEL: KindLimit(1_000)}
    with clock.at(LATER), refused("resolved_on"):
        resolve_refund_kinds(
            body.host, body.id, resolution="1/1900", resolved_on=day, limits=limits
        )


def test_a_refund_is_paid_once_it_was_approved_and_not_before() -> None:
    body, volunteer, (first, *_rest) = ready()
    refund = asked(body, volunteer, {first.pk: 500})
    other = replace(body.host, account_id=new_id())
    with clock.at(LATER):
        approve_refund(other, refund.pk)
        for day in (date(1900, 1, 1), LATER - DAY):
            with pytest.raises(PaidBeforeApproval):
                pay_refund(other, refund.pk, paid_on=day)
        assert pay_refund(other, refund.pk, paid_on=LATER).paid_on == LATER


@pytest.mark.parametrize("day", [*FAR, MONDAY - DAY, date(2026, 7, 1)])
def test_a_position_ends_within_its_days_or_the_day_before(day: date) -> None:
    body = a_body()
    position = a_puc(body, someone())
    with clock.at(MONDAY), refused("ended_on"):
        end_puc_position(ANNA, position.pk, ended_on=day)
    with clock.at(MONDAY):
        assert end_puc_position(ANNA, position.pk, ended_on=MONDAY).ended_on == MONDAY
