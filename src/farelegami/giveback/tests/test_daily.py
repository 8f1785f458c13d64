from datetime import timedelta

import pytest

from farelegami.giveback.models import Session
from farelegami.giveback.services.daily import ask_hosts, each_day
from farelegami.giveback.services.opportunities import answer_still_needed, close_opportunity
from farelegami.giveback.tests.builders import a_meeting, an_active_match
from farelegami.kernel import clock
from farelegami.outbox.models import Event

pytestmark = pytest.mark.django_db


def questions() -> int:
    return Event.objects.filter(key__startswith="giveback:needed:").count()


def test_a_host_is_asked_after_two_months_of_silence_and_once() -> None:
    meeting = a_meeting()
    with clock.at(clock.today() + timedelta(days=59)):
        assert ask_hosts() == 0
    with clock.at(clock.today() + timedelta(days=60)):
        ask_hosts()
        ask_hosts()
        assert questions() == 1
        answer_still_needed(meeting.host, meeting.opportunity.pk, still=True)
        assert ask_hosts() == 0
    with clock.at(clock.today() + timedelta(days=130)):
        ask_hosts()
        assert questions() == 2
        close_opportunity(meeting.crew.worker, meeting.opportunity.pk)
        assert ask_hosts() == 0


def test_turns_are_planned_ahead_each_day_and_no_more() -> None:
    match = an_active_match(a_meeting(with_pact=False))
    Session.objects.filter(match=match).order_by("-day").first().delete()  # type: ignore[union-attr]
    before = Session.objects.filter(match=match).count()
    each_day()
    assert Session.objects.filter(match=match).count() == before + 1
    each_day()
    assert Session.objects.filter(match=match).count() == before + 1
