"""What the worker does goes on, whatever one of its jobs meets."""

from __future__ import annotations

from argparse import Namespace

import pytest

from farelegami.config.working import sweep, worker
from farelegami.giveback.tests.test_secrecy import after
from farelegami.giveback.tests.test_settling import LONG, told_then_uncovered
from farelegami.kernel import clock
from farelegami.outbox.models import Event
from farelegami.outbox.services import queue_mail

pytestmark = pytest.mark.django_db


def test_mail_goes_out_though_a_turn_cannot_be_settled() -> None:
    _meeting, bare = told_then_uncovered()
    with clock.at(after(bare) + LONG):
        queue_mail("anna@example.org", "Prova", "Prova", key="prova")
        assert worker(Namespace(once=True)) == 0
        assert not Event.objects.filter(key="prova", delivered_at=None).exists()


def test_a_daily_job_that_fails_stops_no_other_and_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done = []

    def breaks() -> None:
        raise ValueError("non torna")

    def works() -> None:
        done.append("fatto")

    failed = sweep([breaks, works])
    assert done == ["fatto"]
    assert [name.rsplit(".", 1)[1] for name in failed] == ["breaks"]
    assert "non torna" in caplog.text


def test_what_keeps_everything_from_being_written_is_no_job_s_fault() -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        sweep([full])
