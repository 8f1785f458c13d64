"""An act that names itself is written once; events serve as the rows of an example."""

import pytest
from django.db import IntegrityError

from farelegami.kernel import clock
from farelegami.kernel.errors import NotFound, SentAlready
from farelegami.kernel.ids import new_id
from farelegami.outbox.models import Event
from farelegami.storage.once import written_once

pytestmark = pytest.mark.django_db


def an_event(**changes: object) -> Event:
    told = {"topic": "prova", "key": "prova.1", "district_id": 1, "created_at": clock.now()}
    return Event(**{**told, "due_at": clock.now(), "payload": {"n": 1}, **changes})


def write(event: Event, numbers: list[int] | None = None) -> tuple[Event, bool]:
    return written_once(
        event,
        of="district_id",
        sent=("payload",),
        prepare=None if numbers is None else lambda _row: numbers.append(1),
    )


def test_the_first_time_the_row_is_written() -> None:
    event, is_new = write(an_event())
    assert is_new
    assert Event.objects.get() == event


def test_the_same_act_again_returns_what_it_wrote() -> None:
    once = new_id()
    first, _ = write(an_event(id=once))
    again, is_new = write(an_event(id=once))
    assert (again, is_new) == (first, False)
    assert Event.objects.count() == 1


def test_the_same_act_with_other_data_is_refused() -> None:
    once = new_id()
    write(an_event(id=once))
    with pytest.raises(SentAlready):
        write(an_event(id=once, payload={"n": 2}))


def test_a_name_taken_by_somebody_else_is_not_found() -> None:
    once = new_id()
    write(an_event(id=once))
    with pytest.raises(NotFound):
        write(an_event(id=once, district_id=2))


def test_a_row_refused_for_another_reason_says_so() -> None:
    write(an_event())
    with pytest.raises(IntegrityError):
        write(an_event())


def test_what_writing_uses_up_is_prepared_with_it() -> None:
    numbers: list[int] = []
    write(an_event(), numbers)
    assert numbers == [1]
