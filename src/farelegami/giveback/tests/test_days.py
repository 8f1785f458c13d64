"""No day that cannot be meant is offered, asked for or seen: it is asked again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from farelegami.giveback.models import HeldRequirement, Offer, Opportunity
from farelegami.giveback.rules.needs import Requirement
from farelegami.giveback.rules.slots import Slot, SlotInThePast, SlotOutside
from farelegami.giveback.services.offers import change_offer, offer_freely, see_requirement
from farelegami.giveback.services.opportunities import change_opportunity, post_opportunity
from farelegami.giveback.tests.builders import (
    TUESDAY,
    a_free_offer,
    a_host_body,
    a_volunteer,
    an_offer_draft,
    an_opportunity,
    an_opportunity_draft,
)
from farelegami.kernel import clock
from farelegami.kernel.errors import Refusal
from farelegami.pacts.tests.builders import a_crew

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAST = [date.min, date(1900, 1, 1), date(2020, 2, 29)]
FAR = [date(2100, 12, 31), date(9999, 12, 31)]


def once_on(day: date) -> Slot:
    return Slot(day.weekday(), 15 * 60, 17 * 60, day)


def refused_on(field: str) -> pytest.RaisesExc:
    return pytest.raises(Refusal, check=lambda refusal: refusal.field == field)


@pytest.mark.parametrize("day", [*PAST, *FAR])
def test_time_is_offered_for_days_that_can_be_meant(day: date) -> None:
    crew = a_crew()
    person = a_volunteer(crew)
    far = max(day, clock.today() + 180 * DAY)
    with refused_on("starts_on"):
        offer_freely(crew.worker, person.pk, an_offer_draft(starts_on=day, ends_on=far))
    with refused_on("ends_on"):
        offer_freely(crew.worker, person.pk, an_offer_draft(ends_on=day))
    assert not Offer.objects.exists()


def test_time_offered_until_yesterday_is_no_offer() -> None:
    crew = a_crew()
    today = clock.today()
    over = an_offer_draft(starts_on=today - 9 * DAY, ends_on=today - DAY)
    with refused_on("ends_on"):
        offer_freely(crew.worker, a_volunteer(crew).pk, over)


def test_a_single_day_that_has_gone_is_neither_offered_nor_needed() -> None:
    crew = a_crew()
    today = clock.today()
    gone, late = [once_on(today - DAY)], [once_on(today + 200 * DAY)]
    person, body = a_volunteer(crew), a_host_body(crew)
    with pytest.raises(SlotInThePast):
        offer_freely(crew.worker, person.pk, an_offer_draft(slots=gone))
    with pytest.raises(SlotOutside):
        offer_freely(crew.worker, person.pk, an_offer_draft(slots=late))
    with pytest.raises(SlotInThePast):
        post_opportunity(crew.worker, body.pk, an_opportunity_draft(slots=gone))
    with pytest.raises(SlotOutside):
        post_opportunity(
            crew.worker, body.pk, an_opportunity_draft(slots=late, ends_on=today + 100 * DAY)
        )
    early = an_opportunity_draft(slots=[once_on(today)], starts_on=today + 9 * DAY)
    with pytest.raises(SlotOutside):
        post_opportunity(crew.worker, body.pk, early)
    assert not Offer.objects.exists()
    assert not Opportunity.objects.exists()


def test_a_single_day_that_was_said_and_has_gone_stays_when_the_rest_changes() -> None:
    crew = a_crew()
    today = clock.today()
    slots = [once_on(today), TUESDAY]
    offer = a_free_offer(crew, slots=slots)
    place = an_opportunity(crew, slots=slots)
    with clock.at(today + 30 * DAY):
        said = an_offer_draft(starts_on=offer.starts_on, ends_on=offer.ends_on, slots=slots)
        assert change_offer(crew.worker, offer.pk, said).slots.count() == 2
        asked = an_opportunity_draft(title="Altro", starts_on=place.starts_on, slots=slots)
        assert change_opportunity(crew.worker, place.pk, asked).title == "Altro"
        with pytest.raises(SlotInThePast):
            change_opportunity(
                crew.worker, place.pk, an_opportunity_draft(slots=[once_on(today + DAY)])
            )


@pytest.mark.parametrize("day", [*PAST, *FAR])
def test_what_is_needed_begins_and_ends_on_days_that_can_be_meant(day: date) -> None:
    crew = a_crew()
    body = a_host_body(crew)
    with refused_on("starts_on"):
        post_opportunity(crew.worker, body.pk, an_opportunity_draft(starts_on=day))
    with refused_on("ends_on"):
        post_opportunity(crew.worker, body.pk, an_opportunity_draft(ends_on=day))
    assert not Opportunity.objects.exists()


def test_what_began_long_ago_is_changed_without_a_new_beginning() -> None:
    crew = a_crew()
    with clock.at(clock.today() - 900 * DAY):
        place = an_opportunity(crew)
    asked = an_opportunity_draft(title="Ancora", starts_on=place.starts_on)
    assert change_opportunity(crew.worker, place.pk, asked).title == "Ancora"


@pytest.mark.parametrize(
    ("seen_on", "expires_on", "field"),
    [
        (date(1900, 1, 1), None, "seen_on"),
        (date.min, None, "seen_on"),
        (None, date(2099, 1, 1), "expires_on"),
        (None, date.max, "expires_on"),
    ],
)
def test_a_paper_was_seen_and_ends_on_days_that_can_be_meant(seen_on, expires_on, field) -> None:
    crew = a_crew()
    person = a_volunteer(crew)
    with refused_on(field):
        see_requirement(
            crew.worker, person.pk, Requirement.FOOD_HYGIENE, seen_on=seen_on or clock.today(),
            expires_on=expires_on,
        )  # fmt: skip
    assert not HeldRequirement.objects.exists()
