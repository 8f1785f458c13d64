"""What people decided against each other, what changed meanwhile, rows nobody expected."""

from datetime import timedelta
from typing import Any

import pytest

from farelegami.giveback.models import HeldRequirement, Match, Offer
from farelegami.giveback.rules.needs import Need, NeedKind, Requirement
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.matches import (
    Proposal,
    accept_as_host,
    accept_as_person,
    decline_as_person,
    propose,
)
from farelegami.giveback.services.offers import close_offer, see_requirement
from farelegami.giveback.services.opportunities import pause_opportunity
from farelegami.giveback.tests.builders import (
    TUESDAY,
    a_free_offer,
    a_host,
    a_host_body,
    a_volunteer,
    an_opportunity,
)
from farelegami.kernel import clock
from farelegami.matching.engine import engine
from farelegami.matching.models import PlanItem
from farelegami.matching.queries.plans import proposals_of, stranded_pins, weights_in
from farelegami.matching.services.choices import look_at_offer, look_at_opportunity
from farelegami.matching.services.plans import (
    exclude,
    ground_in,
    make_plan,
    pin,
    release,
)
from farelegami.matching.services.taking import take_up, take_up_all
from farelegami.pacts.tests.builders import Crew, a_crew

pytestmark = pytest.mark.django_db
FOOD = Need(NeedKind.REQUIREMENT, Requirement.FOOD_HYGIENE.value)


@pytest.fixture
def crew() -> Crew:
    return a_crew()


def only_item(crew: Crew) -> PlanItem:
    plan = make_plan(crew.worker, crew.district_id)
    return PlanItem.objects.get(plan=plan)


def looks(crew: Crew, offer: Offer) -> Any:
    return look_at_offer(crew.worker, offer)


def test_a_date_within_hours_of_every_week_does_not_stop_the_plan_of_all(crew: Crew) -> None:
    """Both may be said of an offer; the same moment is one placement's."""
    day = clock.today() + timedelta(days=14 + (1 - clock.today().weekday()) % 7)
    a_free_offer(crew, places=2, slots=[Slot(1, 840, 1080), Slot(1, 900, 1140, day)])
    body = a_host_body(crew)
    an_opportunity(crew, body)
    an_opportunity(crew, body, title="Quel giorno", slots=[Slot(1, 1080, 1140, day)])
    assert make_plan(crew.worker, crew.district_id).placed == 2


def test_the_page_of_who_is_pinned_elsewhere_is_shown(crew: Crew) -> None:
    offer = a_free_offer(crew)
    body = a_host_body(crew)
    an_opportunity(crew, body)
    pin(crew.worker, only_item(crew).pk)
    other = an_opportunity(crew, body, title="Un altro")
    look = look_at_offer(crew.worker, offer)
    assert len(look.best) == 2
    assert {one.cost for one in look.best} == {None}, "nothing to reckon: a person decided"
    assert look_at_opportunity(crew.worker, other).best


def test_who_said_no_is_not_planned_there_again_though_pinned(crew: Crew) -> None:
    a_free_offer(crew)
    an_opportunity(crew)
    item = only_item(crew)
    pin(crew.worker, item.pk)
    decline_as_person(crew.worker, take_up(crew.worker, item.pk).pk)
    assert make_plan(crew.worker, crew.district_id).placed == 0


def test_who_is_left_out_of_a_place_is_pinned_to_none_of_its_hours(crew: Crew) -> None:
    a_free_offer(crew, slots=[Slot(1, 840, 1080), Slot(3, 840, 1080)], places=2)
    an_opportunity(crew, slots=[TUESDAY, Slot(3, 900, 1020)], seats=2)
    plan = make_plan(crew.worker, crew.district_id)
    first, second = PlanItem.objects.filter(plan=plan)
    pin(crew.worker, first.pk)
    exclude(crew.worker, second.pk, reason="Non va bene")
    assert make_plan(crew.worker, crew.district_id).placed == 0


def test_a_pin_whose_paper_has_run_out_says_so(crew: Crew) -> None:
    offer = a_free_offer(crew)
    an_opportunity(crew, needs=[FOOD])
    see_requirement(crew.worker, offer.person_id, Requirement.FOOD_HYGIENE, seen_on=clock.today())
    pin(crew.worker, only_item(crew).pk)
    HeldRequirement.objects.update(expires_on=clock.today() - timedelta(days=1))
    item = only_item(crew)
    assert item.is_pinned
    kinds = [chip["kind"] for chip in item.facts]
    assert kinds.count("warn") == 1
    assert {"time", "travel"} <= set(kinds), "and why it was thought of, as for the others"
    assert item.score > 0
    assert "attestato" in next(chip["text"] for chip in item.facts if chip["kind"] == "warn")


def test_where_all_is_excluded_nobody_is_planned(crew: Crew) -> None:
    for name in ("Ada", "Bea"):
        a_free_offer(crew, a_volunteer(crew, name))
    an_opportunity(crew, seats=2, slots=[TUESDAY])
    for item in PlanItem.objects.filter(plan=make_plan(crew.worker, crew.district_id)):
        exclude(crew.worker, item.pk, reason="No")
    assert make_plan(crew.worker, crew.district_id).placed == 0


def test_what_is_excluded_on_an_old_plan_leaves_the_newest_and_comes_back(crew: Crew) -> None:
    a_free_offer(crew)
    an_opportunity(crew)
    old = only_item(crew)
    plan = make_plan(crew.worker, crew.district_id)
    exclude(crew.worker, old.pk, reason="No")
    assert not proposals_of(crew.worker, plan)


def fell(crew: Crew, *items: PlanItem) -> list[str]:
    taken = take_up_all(crew.worker, [item.pk for item in items])
    return [type(one.why).__name__ for one in taken.left]


def test_a_place_that_filled_up_meanwhile_is_told(crew: Crew) -> None:
    a_free_offer(crew, a_volunteer(crew, "Ada"))
    place = an_opportunity(crew)
    item = only_item(crew)
    bea = a_free_offer(crew, a_volunteer(crew, "Bea"))
    match = propose(crew.worker, Proposal(bea.pk, place.slots.get().pk))
    accept_as_person(crew.worker, match.pk)
    accept_as_host(a_host(crew.worker, place)[0], match.pk)
    assert not proposals_of(crew.worker, item.plan), "the board does not show it any more"
    assert fell(crew, item) == ["PlanOutdated"]
    assert Match.objects.count() == 1


def test_a_paper_that_ran_out_meanwhile_is_told(crew: Crew) -> None:
    offer = a_free_offer(crew)
    an_opportunity(crew, needs=[FOOD])
    see_requirement(crew.worker, offer.person_id, Requirement.FOOD_HYGIENE, seen_on=clock.today())
    item = only_item(crew)
    HeldRequirement.objects.update(expires_on=clock.today() - timedelta(days=1))
    taken = take_up_all(crew.worker, [item.pk])
    (left,) = taken.left
    assert "attestato" in str(left.why.facts())
    assert (left.name, left.title) == (offer.person.name, "Mediatrice al corso di italiano")


def test_a_paused_place_a_withdrawn_offer_and_an_exclusion_are_told(crew: Crew) -> None:
    body = a_host_body(crew)
    offers = [a_free_offer(crew, a_volunteer(crew, name)) for name in ("Ada", "Bea", "Cleo")]
    for title in ("Uno", "Due", "Tre"):
        an_opportunity(crew, body, title=title)
    plan = make_plan(crew.worker, crew.district_id)
    one, two, three = PlanItem.objects.filter(plan=plan)
    pause_opportunity(crew.worker, one.slot.opportunity_id)
    close_offer(crew.worker, two.offer_id)
    exclude(crew.worker, three.pk, reason="No")
    assert len(offers) == 3
    assert not proposals_of(crew.worker, plan)
    assert len(fell(crew, one, two, three)) == 3
    assert not Match.objects.exists()


def test_what_still_can_be_is_proposed_though_others_fell(crew: Crew) -> None:
    body = a_host_body(crew)
    for name, title in (("Ada", "Uno"), ("Bea", "Due")):
        a_free_offer(crew, a_volunteer(crew, name))
        an_opportunity(crew, body, title=title)
    plan = make_plan(crew.worker, crew.district_id)
    one, two = PlanItem.objects.filter(plan=plan)
    pause_opportunity(crew.worker, one.slot.opportunity_id)
    taken = take_up_all(crew.worker, [one.pk, two.pk])
    assert taken.done == 1
    assert [left.item_id for left in taken.left] == [one.pk]


def test_a_plan_of_yesterday_proposes_what_still_holds(crew: Crew) -> None:
    a_free_offer(crew)
    an_opportunity(crew)
    item = only_item(crew)
    with clock.at(clock.now() + timedelta(days=1)):
        assert take_up_all(crew.worker, [item.pk]).done == 1


def test_two_plans_do_not_send_one_person_to_two_places(crew: Crew) -> None:
    """Each plan is right by itself: the one confirmed later meets the one confirmed before."""
    offer = a_free_offer(crew)
    body = a_host_body(crew)
    first = an_opportunity(crew, body, title="Uno")
    one = only_item(crew)
    pause_opportunity(crew.worker, first.pk)
    an_opportunity(crew, body, title="Due")
    two = only_item(crew)
    assert take_up_all(crew.worker, [two.pk]).done == 1
    assert take_up_all(crew.worker, [one.pk]).done == 0
    assert Match.objects.filter(offer=offer).count() == 1


def test_a_pinned_proposal_is_taken_up_though_a_condition_is_broken(crew: Crew) -> None:
    offer = a_free_offer(crew)
    an_opportunity(crew, needs=[FOOD])
    see_requirement(crew.worker, offer.person_id, Requirement.FOOD_HYGIENE, seen_on=clock.today())
    item = only_item(crew)
    pin(crew.worker, item.pk)
    HeldRequirement.objects.update(expires_on=clock.today() - timedelta(days=1))
    assert take_up_all(crew.worker, [item.pk]).done == 1


def test_a_pin_that_cannot_be_is_told_and_let_go(crew: Crew) -> None:
    a_free_offer(crew)
    place = an_opportunity(crew)
    held = pin(crew.worker, only_item(crew).pk)
    plan = make_plan(crew.worker, crew.district_id)
    assert not stranded_pins(crew.worker, plan)
    pause_opportunity(crew.worker, place.pk)
    plan = make_plan(crew.worker, crew.district_id)
    (stranded,) = stranded_pins(crew.worker, plan)
    assert stranded.pk == held.pk
    release(crew.worker, held.pk)
    assert not stranded_pins(crew.worker, plan)


def test_weights_changed_since_change_nothing_of_what_was_confirmed(crew: Crew) -> None:
    a_free_offer(crew)
    an_opportunity(crew)
    item = only_item(crew)
    ground = ground_in(crew.district_id, clock.today())
    assert engine().make(ground, weights_in(crew.district_id), seed=1).found
    assert take_up_all(crew.worker, [item.pk]).done == 1
