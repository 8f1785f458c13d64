"""Unusual readings: on the real log, and as rules alone."""

from datetime import datetime, time, timedelta

import pytest

from farelegami.access.tests.builders import an_actor
from farelegami.audit.services import record_read
from farelegami.cases.tests.builders import a_person
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Role
from farelegami.kernel.errors import NotFound
from farelegami.pacts.tests.builders import a_crew, a_draft_pact
from farelegami.people.models import Person
from farelegami.privacy.models import Anomaly
from farelegami.privacy.queries.anomalies import unusual_on
from farelegami.privacy.rules.anomalies import Reader, Rule, findings_of
from farelegami.privacy.rules.retention import ReasonMissing
from farelegami.privacy.services.anomalies import find_anomalies, note_seen
from farelegami.privacy.tests.builders import a_dpo

pytestmark = pytest.mark.django_db
D = 1901


def reads(actor: Actor, person_ids, *, hour: int = 10) -> None:
    moment = datetime.combine(clock.today(), time(hour, 5), tzinfo=clock.ROME)
    with clock.at(moment):
        for person_id in person_ids:
            record_read(actor, kind="people.person", object_id=person_id, district_id=D,
                        person_ids=[person_id], purpose="sintesi")  # fmt: skip


def rules_met(actor: Actor) -> set[str]:
    return {f.rule for f in unusual_on(D, clock.today()) if f.reader.account_id == actor.account_id}


def people(crew, count: int) -> list:
    return [a_person(crew.worker, D, f"Nome{number}") for number in range(count)]


def test_a_day_of_few_own_files_is_nothing_unusual() -> None:
    crew = a_crew()
    reads(crew.worker, people(crew, 4))
    assert rules_met(crew.worker) == set()


def test_many_files_against_one_s_own_days_and_those_of_colleagues() -> None:
    crew = a_crew()
    reads(crew.worker, people(crew, 21))
    assert rules_met(crew.worker) == {Rule.MANY}


def test_families_followed_by_others() -> None:
    crew = a_crew()
    families = [a_draft_pact(crew).case.contact_id for _ in range(5)]
    other = an_actor(Role.SOCIAL_WORKER, district_id=D, name="Bruno Salici")
    reads(other, families)
    reads(crew.worker, families)
    assert rules_met(other) == {Rule.OUTSIDE}
    assert rules_met(crew.worker) == set()


def test_files_opened_at_night() -> None:
    crew = a_crew()
    reads(crew.worker, people(crew, 3), hour=23)
    assert rules_met(crew.worker) == {Rule.NIGHT}


def test_one_file_of_the_same_surname_is_enough() -> None:
    crew = a_crew()
    (person_id,) = people(crew, 1)
    Person.objects.filter(pk=person_id).update(family_name="Pioppi")
    reads(crew.worker, [person_id])
    assert rules_met(crew.worker) == {Rule.FAMILY}


def test_a_day_is_written_down_once_and_looked_at_with_a_note() -> None:
    crew = a_crew()
    reads(crew.worker, people(crew, 3), hour=23)
    find_anomalies([D], clock.today())
    find_anomalies([D], clock.today())
    found = Anomaly.objects.get()
    assert "3 schede" in found.reason
    dpo = a_dpo(D)
    with pytest.raises(NotFound):
        note_seen(a_dpo(1902), found.pk, note="era di turno")
    with pytest.raises(ReasonMissing):
        note_seen(dpo, found.pk, note=" ")
    assert note_seen(dpo, found.pk, note="Era di turno.").seen_at is not None


def test_the_cost_does_not_grow_with_the_readings(django_assert_num_queries) -> None:
    crew = a_crew()
    some = people(crew, 30)
    reads(crew.worker, some[:2])
    unusual_on(D, clock.today())
    with django_assert_num_queries(6):
        unusual_on(D, clock.today())
    reads(crew.worker, some)
    with django_assert_num_queries(6):
        unusual_on(D, clock.today())


def test_somebody_who_always_reads_many_is_not_unusual() -> None:
    at = datetime.combine(clock.today(), time(10), tzinfo=clock.ROME)
    crew = a_crew()
    readings = [(each, at + timedelta(minutes=1)) for each in people(crew, 24)]
    usual = Reader(crew.worker.account_id, "Anna", readings, usual=(22, 25, 24))
    assert list(findings_of(usual, peers=[10])) == []
    assert [f.rule for f in findings_of(usual.__class__(crew.worker.account_id, "Anna", readings),
                                        peers=[2])] == [Rule.MANY]  # fmt: skip
