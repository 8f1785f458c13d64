"""Two hands on one register at the same moment: entered once, refunded within the limit."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from farelegami.kernel import clock
from farelegami.kernel.ids import new_id
from farelegami.volunteering.models import Cover, Refund, RegisterEntry, ServiceDay, Volunteer
from farelegami.volunteering.queries import verify_register
from farelegami.volunteering.rules.covers import NotCovered
from farelegami.volunteering.rules.refunds import (
    ExpenseKind,
    Manner,
    SelfDayExceeded,
    SelfMonthExceeded,
)
from farelegami.volunteering.rules.registers import (
    EmployeeOfTheBody,
    PaidKind,
    ServedAfterwards,
    VolunteerOfTheBody,
)
from farelegami.volunteering.services import (
    ask_refund,
    enter_for_placement,
    enter_volunteer,
    leave_register,
    note_service,
    write_paid_link,
)
from farelegami.volunteering.tests.builders import (
    CODES,
    MONDAY,
    a_body,
    a_policy,
    a_volunteer,
    some_facts,
    someone,
)
from farelegami.volunteering.tests.test_refunds import SESSIONS, a_serving_volunteer, resolved
from tests.races.test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def on(day: date, act):
    """Run an act on a day: a clock that is set holds for one thread."""

    def run() -> object:
        with clock.at(datetime(day.year, day.month, day.day, 10, tzinfo=clock.ROME)):
            return act()

    return run


def test_one_person_entered_by_four_hands_stands_in_the_register_once() -> None:
    body = a_body()
    a_policy(body)
    facts = some_facts(tax_code=CODES[0])
    outcomes = at_once(*[
        on(MONDAY, lambda: enter_volunteer(body.host, body.id, facts=facts, entered_on=MONDAY))
    ] * 4)  # fmt: skip
    assert not [one for one in outcomes if isinstance(one, BaseException)], outcomes
    assert Volunteer.objects.count() == RegisterEntry.objects.count() == Cover.objects.count() == 1


def test_two_placements_of_one_person_with_one_body_are_one_entry() -> None:
    body = a_body()
    a_policy(body)
    person = someone()
    said = {"organisation_id": body.id, "person_id": person.pk, "day": MONDAY}
    outcomes = at_once(*[on(MONDAY, lambda: enter_for_placement(SESSIONS, **said))] * 3)
    assert outcomes == [MONDAY + DAY] * 3
    assert RegisterEntry.objects.count() == 1


def test_entries_written_at_once_are_numbered_one_after_the_other() -> None:
    body = a_body()

    def entered(name: str):
        facts = some_facts(given_name=name)
        return on(
            MONDAY,
            lambda: enter_volunteer(body.host, body.id, facts=facts, entered_on=MONDAY),
        )

    at_once(*[entered(name) for name in ("Ada", "Ugo", "Rita", "Elio")])
    report = verify_register(body.register.pk)
    assert (report.entries, report.sound) == (4, True)


def test_two_self_certifications_at_once_do_not_pass_ten_euro() -> None:
    """R14."""
    body = a_body()
    a_policy(body)
    resolved(body)
    volunteer, (service, *_rest) = a_serving_volunteer(body)

    def ask() -> object:
        return ask_refund(
            body.host, body.id, volunteer.person_id, kind=ExpenseKind.TRAVEL,
            manner=Manner.SELF, parts={service.pk: 600},
        )  # fmt: skip

    outcomes = at_once(*[on(date(2026, 6, 30), ask)] * 3)
    assert refusals(outcomes, SelfDayExceeded) == 2
    assert Refund.objects.count() == 1


def test_the_last_euros_of_a_month_are_refunded_to_one_of_three_hands() -> None:
    """R14: of 150 euros 145 are asked for; three hands ask for the last five."""
    body = a_body()
    a_policy(body)
    resolved(body)
    volunteer, services = a_serving_volunteer(body, days=18)
    said = {"kind": ExpenseKind.TRAVEL, "manner": Manner.SELF}
    end = date(2026, 6, 30)

    def ask(**parts):
        return on(end, lambda: ask_refund(body.host, body.id, volunteer.person_id, **said, **parts))

    ask(parts={each.pk: 1_000 for each in services[:14]} | {services[14].pk: 500})()
    outcomes = at_once(*[ask(parts={each.pk: 500}) for each in services[15:18]])
    assert refusals(outcomes, SelfMonthExceeded) == 2, outcomes
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == 15_000


def test_one_service_noted_by_two_hands_counts_once() -> None:
    body = a_body()
    a_policy(body)
    volunteer = a_volunteer(body)
    said = {
        "person_id": volunteer.person_id, "organisation_id": body.id, "day": MONDAY + DAY,
        "minutes": 60, "source_id": new_id(),
    }  # fmt: skip
    outcomes = at_once(*[on(MONDAY + 2 * DAY, lambda: note_service(SESSIONS, **said))] * 4)
    assert not [one for one in outcomes if isinstance(one, BaseException)], outcomes
    assert ServiceDay.objects.count() == 1


def test_a_service_and_a_leaving_at_once_never_leave_a_service_without_cover() -> None:
    body = a_body()
    a_policy(body)
    volunteer = a_volunteer(body)
    said = {
        "person_id": volunteer.person_id, "organisation_id": body.id, "day": MONDAY + 3 * DAY,
        "minutes": 60, "source_id": new_id(),
    }  # fmt: skip
    later = MONDAY + 4 * DAY
    outcomes = at_once(
        on(later, lambda: note_service(SESSIONS, **said)),
        on(
            later,
            lambda: leave_register(
                body.host, body.id, volunteer.person_id, left_on=MONDAY + 2 * DAY
            ),
        ),
    )
    failed = [one for one in outcomes if isinstance(one, BaseException)]
    assert len(failed) == 1, outcomes
    assert isinstance(failed[0], NotCovered | ServedAfterwards)
    for service in ServiceDay.objects.select_related("cover"):
        assert service.cover.starts_on <= service.day <= service.cover.ends_on


def test_nobody_becomes_paid_and_a_volunteer_in_the_same_moment() -> None:
    """R15."""
    body = a_body()
    volunteer = a_volunteer(body)
    with clock.at(MONDAY + DAY):
        leave_register(body.host, body.id, volunteer.person_id, left_on=MONDAY)
    day = MONDAY + 2 * DAY
    outcomes = at_once(
        on(
            day,
            lambda: write_paid_link(
                body.host, body.id, volunteer.person_id, PaidKind.EMPLOYEE, starts_on=day
            ),
        ),
        on(
            day,
            lambda: enter_volunteer(
                body.host, body.id, facts=some_facts(), entered_on=day,
                person_id=volunteer.person_id,
            ),
        ),
    )  # fmt: skip
    failed = [one for one in outcomes if isinstance(one, BaseException)]
    assert len(failed) == 1, outcomes
    assert isinstance(failed[0], EmployeeOfTheBody | VolunteerOfTheBody)
