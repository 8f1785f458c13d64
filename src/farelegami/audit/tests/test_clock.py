"""The log under a clock that jumps: every entry is sealed, of whatever time it says it is."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from farelegami.audit.models import Entry, Link
from farelegami.audit.rules import Verb
from farelegami.audit.services import check_chain, record, seal
from farelegami.kernel import clock
from farelegami.kernel.actor import system_actor
from farelegami.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def an_entry(of: timedelta) -> None:
    """Write an entry as a process does whose clock is off by so much, its id included."""
    with clock.at(clock.now() + of):
        record(system_actor("prova"), Verb.CHANGED, kind="people.person", object_id=new_id())
    last = Entry.objects.order_by("-id")[0]
    shift = (time.time_ns() // 1_000_000 + int(of.total_seconds() * 1000)) << 80
    # Another id, also where all this took less than a millisecond.
    last.id = type(last.id)(int=((last.id.int ^ 1) & (1 << 80) - 1) | shift)
    last.digest = last.computed_digest()
    Entry.objects.bulk_create([last])


def unsealed() -> int:
    return Entry.objects.count() - Link.objects.count()


def test_entries_after_a_clock_was_put_back_are_sealed() -> None:
    an_entry(timedelta(days=3650))
    assert seal()
    an_entry(timedelta())
    assert seal()
    assert unsealed() == 0
    assert check_chain().faults == []


def test_entries_of_a_clock_that_was_behind_are_sealed_by_the_daily_round() -> None:
    an_entry(timedelta())
    assert seal()
    an_entry(timedelta(days=-700))
    seal()
    seal(everything=True)
    assert unsealed() == 0
    assert check_chain().faults == []
