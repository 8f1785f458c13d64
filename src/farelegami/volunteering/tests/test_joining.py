"""One person has one stay: who looks like somebody is asked about, doubled stays become one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from farelegami.kernel import clock
from farelegami.kernel.actor import Role
from farelegami.kernel.ids import new_id
from farelegami.outbox.models import Event
from farelegami.outbox.services import deliver_one
from farelegami.people.models import Person
from farelegami.people.services.merging import merge_people, unmerge
from farelegami.people.tests.builders import ANNA, a_person, an_actor
from farelegami.volunteering.models import Cover, RegisterEntry, ServiceDay, Volunteer
from farelegami.volunteering.queries import is_in_register, verify_register
from farelegami.volunteering.queries.covers import cover_on
from farelegami.volunteering.queries.printed import register_rows
from farelegami.volunteering.services import (
    delegate_register,
    join_doubled_stays,
    leave_register,
    lookalikes_in,
)
from farelegami.volunteering.tests.builders import (
    CODES,
    MONDAY,
    Body,
    a_body,
    a_policy,
    a_volunteer,
    some_facts,
    someone,
)
from farelegami.volunteering.tests.test_covers import served
from farelegami.volunteering.tests.test_views import FACTS, told, url
from farelegami.volunteering.tests.test_views import Body as Pressed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TOMORROW = MONDAY + DAY


@pytest.fixture(autouse=True)
def _shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def alike(body: Body, **changes):
    with clock.at(MONDAY):
        return lookalikes_in(body.host, body.id, some_facts(**changes))


def test_who_is_in_the_register_without_tax_code_is_recognised() -> None:
    body = a_body()
    stay = a_volunteer(body)
    for changes in (
        {},
        {"given_name": "LIDIA "},
        {"given_name": "Fontana", "family_name": "Lidia"},
    ):
        (found,) = alike(body, **changes)
        assert (found.person_id, found.is_present) == (stay.person_id, True)
    assert not alike(body, given_name="Bruno", birth_date=date(1991, 1, 1))
    with clock.at(MONDAY):
        leave_register(body.host, body.id, stay.person_id, left_on=MONDAY)
    (found,) = alike(body)
    assert not found.is_present


def test_the_tax_code_says_who_it_is_and_nobody_is_asked_about() -> None:
    body = a_body()
    a_volunteer(body)
    a_volunteer(body, facts=some_facts(tax_code=CODES[1]))
    assert not alike(body, tax_code=CODES[1])


def test_a_body_is_not_told_of_who_is_in_the_registry_or_elsewhere() -> None:
    body, other = a_body(), a_body("Altro circolo")
    a_volunteer(other)
    a_person(ANNA, given_name="Lidia", family_name="Fontana", birth_date=date(1960, 5, 4))
    assert not alike(body)


def test_who_keeps_it_for_the_body_is_told_of_the_registry_they_see() -> None:
    body = a_body()
    known = a_person(ANNA, given_name="Lidia", family_name="Fontana", birth_date=date(1960, 5, 4))
    delegate_register(body.host, body.id, delegation="lettera")
    (found,) = lookalikes_in(ANNA, body.id, some_facts())
    assert (found.person_id, found.is_present) == (known.pk, False)


def test_the_page_asks_and_takes_both_answers() -> None:
    body = Pressed().opened().insured()
    typed = FACTS | {"entered_on": str(clock.today()), "once": str(new_id())}
    there = url("enter", body.id)
    assert body.desk.post(there, typed).status_code == 302
    # The same act once more is the same act.
    assert body.desk.post(there, typed).status_code == 302
    again = typed | {"once": str(new_id())}
    asked = body.desk.post(there, again)
    assert asked.status_code == 422
    assert "Forse è già qui" in told(asked)
    assert "via dei Pioppi 4" in asked.content.decode()
    assert Volunteer.objects.count() == 1
    seen = str(Volunteer.objects.get().person_id)
    same = body.desk.post(there, again | {"same": seen}, follow=True)
    assert "è già nel registro" in told(same)
    assert Volunteer.objects.count() == 1
    changed = again | {"same": seen, "given_name": "Bruno", "birth_date": "1991-01-01"}
    assert "guarda di nuovo" in told(body.desk.post(there, changed))
    stale = body.desk.post(there, again | {"anyway": "1", "seen": str(new_id())})
    assert stale.status_code == 422
    assert Volunteer.objects.count() == 1
    assert body.desk.post(there, again | {"anyway": "1", "seen": seen}).status_code == 302
    assert Volunteer.objects.count() == Person.objects.count() == 2


def test_who_comes_back_is_the_same_person() -> None:
    body = Pressed().opened().insured()
    stay = body.entered()
    leave_register(body.host, body.id, stay.person_id, left_on=clock.today())
    typed = FACTS | {"entered_on": str(clock.today()), "same": str(stay.person_id)}
    assert body.desk.post(url("enter", body.id), typed).status_code == 302
    assert set(Volunteer.objects.values_list("person_id", flat=True)) == {stay.person_id}
    assert Volunteer.objects.count() == 2


def doubled(*, late: int = 0) -> tuple[Body, Volunteer, Volunteer]:
    """Return two stays of who will turn out to be one person; the second begins `late` days on."""
    body = a_body()
    a_policy(body)
    gone = a_volunteer(body, facts=some_facts(tax_code=""))
    kept = a_volunteer(body, on=MONDAY + late * DAY, facts=some_facts(tax_code=CODES[1]))
    return body, kept, gone


def deliver() -> None:
    while deliver_one():
        pass
    assert not Event.objects.exclude(last_error="").exists()


def test_two_stays_of_one_person_become_one_by_a_line_that_says_which() -> None:
    body, kept, gone = doubled()
    served(gone, body, TOMORROW)
    with clock.at(MONDAY + 3 * DAY):
        merge_people(ANNA, kept.person_id, gone.person_id, reason="la stessa persona")
        deliver()
        deliver()
        assert join_doubled_stays() == 0
    (stay,) = Volunteer.objects.filter(left_on=None)
    assert stay.pk == kept.pk
    line = RegisterEntry.objects.get(kind="left")
    assert (line.corrects_id, line.day) == (gone.entry_id, MONDAY + 3 * DAY)
    assert line.recorded_by_name == "unione di due schede"
    assert register_rows([line])[0][10] == gone.entry.number
    assert verify_register(body.register.pk).sound
    assert ServiceDay.objects.get().person_id == kept.person_id
    for days in range(1, 40):
        assert cover_on(kept.person_id, body.id, MONDAY + days * DAY) is not None


def test_not_a_day_is_left_bare_while_the_one_kept_is_not_yet_covered() -> None:
    _body, kept, gone = doubled(late=9)
    with clock.at(MONDAY + 9 * DAY):
        merge_people(ANNA, kept.person_id, gone.person_id, reason="la stessa persona")
        Volunteer.objects.filter(pk=kept.pk).update(coverable_from=MONDAY + 20 * DAY)
        deliver()
        assert join_doubled_stays() == 0
    with clock.at(MONDAY + 19 * DAY):
        assert join_doubled_stays() == 1
    assert list(Volunteer.objects.filter(left_on=None)) == [kept]


def test_who_is_parted_again_is_entered_again() -> None:
    body, kept, gone = doubled()
    with clock.at(MONDAY + 3 * DAY):
        done = merge_people(ANNA, kept.person_id, gone.person_id, reason="la stessa persona")
        deliver()
    with clock.at(MONDAY + 5 * DAY):
        unmerge(ANNA, done.pk)
        deliver()
        deliver()
    for person_id in (kept.person_id, gone.person_id):
        assert is_in_register(person_id, body.id)
        assert cover_on(person_id, body.id, MONDAY + 6 * DAY) is not None
    last = RegisterEntry.objects.order_by("number").last()
    assert (last.kind, last.recorded_by_name) == ("entered", "due schede di nuovo divise")
    assert RegisterEntry.objects.count() == 4
    assert verify_register(body.register.pk).sound


def test_who_left_by_themselves_is_not_entered_when_two_are_parted() -> None:
    body, kept, gone = doubled()
    with clock.at(MONDAY + 3 * DAY):
        leave_register(body.host, body.id, gone.person_id, left_on=MONDAY + 3 * DAY)
        done = merge_people(ANNA, kept.person_id, gone.person_id, reason="la stessa persona")
        unmerge(ANNA, done.pk)
        deliver()
    assert not is_in_register(gone.person_id, body.id)
    assert Cover.objects.filter(person_id=gone.person_id).count() == 1


def test_somebody_alone_in_the_register_moves_with_the_merge() -> None:
    body = a_body()
    stay = a_volunteer(body)
    keep = someone(tax_code=CODES[1])
    merge_people(an_actor(Role.COORDINATOR), keep.pk, stay.person_id, reason="la stessa")
    deliver()
    assert is_in_register(keep.pk, body.id)
