import pytest

from farelegami.cases.tests.builders import CREMA
from farelegami.giveback.models import Match
from farelegami.giveback.rules.matches import MatchStage, ReasonMissing
from farelegami.giveback.rules.needs import Need, NeedKind, Requirement, Weight
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.matches import accept_as_person, decline_as_person
from farelegami.giveback.services.offers import see_requirement
from farelegami.giveback.tests.builders import (
    a_free_offer,
    a_host_body,
    a_pact_offer,
    a_volunteer,
    an_opportunity,
)
from farelegami.kernel import clock
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.matching.engine import engine
from farelegami.matching.models import PlanItem
from farelegami.matching.queries.plans import last_plan, proposals_of, weights_in
from farelegami.matching.rules.parts import NothingWeighs, WeightOutOfRange
from farelegami.matching.services.plans import (
    allow,
    exclude,
    ground_in,
    make_plan,
    pin,
    set_weights,
    unpin,
)
from farelegami.matching.services.taking import take_up, take_up_all
from farelegami.matching.solver import sealed_holds
from farelegami.pacts.tests.builders import a_crew
from farelegami.people.models import PersonLanguage
from farelegami.people.rules.persons import Level

pytestmark = pytest.mark.django_db


def speaks(person, language: str, level: Level) -> None:  # type: ignore[no-untyped-def]
    PersonLanguage.objects.create(
        district_id=person.district_id, person=person, language=language, level=level.value
    )


def test_a_plan_proposes_the_only_place_that_fits_and_says_why() -> None:
    crew = a_crew()
    person = a_volunteer(crew)
    speaks(person, "ar", Level.NATIVE)
    offer = a_free_offer(crew, person)
    arabic = Need(NeedKind.LANGUAGE, "ar", Weight.MUST, "b1")
    french = Need(NeedKind.LANGUAGE, "fr", Weight.MUST)
    fits = an_opportunity(crew, needs=[arabic])
    an_opportunity(crew, a_host_body(crew, "Altra"), needs=[french])
    plan = make_plan(crew.worker, crew.district_id)
    (proposed,) = proposals_of(crew.worker, plan)
    assert (proposed.offer_id, proposed.opportunity_id) == (offer.pk, fits.pk)
    said = {chip["kind"] for chip in proposed.reasons}
    assert {"language", "time", "travel"} <= said
    assert plan.placed == 1
    assert plan.proof is not None
    assert sealed_holds(bytes(plan.proof))


def test_the_same_district_gives_the_same_plan() -> None:
    crew = a_crew()
    for name in ("Ada", "Bea", "Cleo"):
        a_free_offer(crew, a_volunteer(crew, name))
    body = a_host_body(crew)
    for title in ("Uno", "Due"):
        an_opportunity(crew, body, title=title)
    first, second = (make_plan(crew.worker, crew.district_id) for _ in range(2))
    pairs = [
        set(PlanItem.objects.filter(plan=plan).values_list("offer_id", "slot_id"))
        for plan in (first, second)
    ]
    assert pairs[0] == pairs[1]
    assert len(pairs[0]) == 2
    assert (first.number, second.number) == (1, 2)


def test_without_insurance_nobody_is_planned_there() -> None:
    """R10."""
    crew = a_crew()
    a_free_offer(crew)
    an_opportunity(crew, a_host_body(crew, insured=False))
    assert make_plan(crew.worker, crew.district_id).placed == 0


def test_a_paper_opens_a_place_and_the_plan_says_so() -> None:
    crew = a_crew()
    offer = a_free_offer(crew)
    need = Need(NeedKind.REQUIREMENT, Requirement.FOOD_HYGIENE.value)
    place = an_opportunity(crew, needs=[need])
    assert make_plan(crew.worker, crew.district_id).placed == 0
    ground = ground_in(crew.district_id, clock.today())
    openings = engine().openings_of(ground, offer.pk)
    assert [(one.opens, one.ids) for one in openings] == [(1, (place.pk,))]
    assert "HACCP" in str(openings[0].says["values"])
    (other_way,) = engine().openings_at(ground, place.pk)
    assert other_way.ids == (offer.pk,)
    see_requirement(crew.worker, offer.person_id, Requirement.FOOD_HYGIENE, seen_on=clock.today())
    assert make_plan(crew.worker, crew.district_id).placed == 1


def test_what_is_under_way_is_not_planned_again() -> None:
    crew = a_crew()
    a_free_offer(crew)
    an_opportunity(crew)
    plan = make_plan(crew.worker, crew.district_id)
    (proposed,) = proposals_of(crew.worker, plan)
    match = take_up(crew.worker, proposed.id)
    assert match.stage == MatchStage.PROPOSED
    assert match.reasons == proposed.reasons
    assert take_up(crew.worker, proposed.id).pk == match.pk, "twice is once"
    assert not proposals_of(crew.worker, plan)
    assert make_plan(crew.worker, crew.district_id).placed == 0
    decline_as_person(crew.worker, match.pk)
    assert make_plan(crew.worker, crew.district_id).placed == 0, "they said no to this one"


def test_nobody_is_planned_where_they_are_placed_at_that_time() -> None:
    crew = a_crew()
    offer = a_free_offer(crew, places=2, slots=[Slot(1, 840, 1080), Slot(3, 840, 1080)])
    body = a_host_body(crew)
    an_opportunity(crew, body)
    (proposed,) = proposals_of(crew.worker, make_plan(crew.worker, crew.district_id))
    accept_as_person(crew.worker, take_up(crew.worker, proposed.id).pk)
    an_opportunity(crew, body, title="Stesso orario")
    thursday = an_opportunity(crew, body, title="Giovedì", slots=[Slot(3, 900, 1020)])
    plan = make_plan(crew.worker, crew.district_id)
    item = PlanItem.objects.get(plan=plan)
    assert (item.offer_id, item.slot.opportunity_id) == (offer.pk, thursday.pk)


def test_one_person_is_planned_once_in_a_slot_that_both_their_stretches_touch() -> None:
    crew = a_crew()
    a_free_offer(crew, places=2, slots=[Slot(1, 840, 960), Slot(1, 960, 1080)])
    an_opportunity(crew, seats=2, slots=[Slot(1, 840, 1080)], least_minutes=60)
    assert make_plan(crew.worker, crew.district_id).placed == 1


def test_what_is_excluded_stays_out_until_it_is_allowed() -> None:
    crew = a_crew()
    a_free_offer(crew)
    an_opportunity(crew)
    (proposed,) = proposals_of(crew.worker, make_plan(crew.worker, crew.district_id))
    with pytest.raises(ReasonMissing):
        exclude(crew.worker, proposed.id, reason=" ")
    left_out = exclude(crew.worker, proposed.id, reason="Si conoscono troppo bene")
    assert make_plan(crew.worker, crew.district_id).placed == 0
    allow(crew.worker, left_out.pk)
    assert make_plan(crew.worker, crew.district_id).placed == 1


def test_what_is_pinned_stays_in() -> None:
    crew = a_crew()
    for name in ("Ada", "Bea"):
        a_free_offer(crew, a_volunteer(crew, name))
    an_opportunity(crew)
    (proposed,) = proposals_of(crew.worker, make_plan(crew.worker, crew.district_id))
    pin(crew.worker, proposed.id)
    plan = make_plan(crew.worker, crew.district_id)
    (again,) = proposals_of(crew.worker, plan)
    assert again.is_pinned
    assert again.offer_id == proposed.offer_id
    unpin(crew.worker, again.id)
    assert not any(one.is_pinned for one in proposals_of(crew.worker, plan))


def test_proposals_of_a_pact_are_seen_by_its_own_people() -> None:
    crew, others = a_crew(), a_crew()
    a_pact_offer(crew)
    an_opportunity(crew)
    plan = make_plan(others.worker, crew.district_id)
    assert plan.placed == 1
    assert not proposals_of(others.worker, plan)
    (item,) = proposals_of(crew.worker, plan)
    with pytest.raises(NotFound):
        take_up(others.worker, item.id)
    refused = take_up_all(others.worker, [item.id])
    assert (refused.done, [left.name for left in refused.left]) == (0, [""])
    assert take_up_all(crew.worker, [item.id]).done == 1
    assert Match.objects.count() == 1


def test_a_coordinator_says_what_counts() -> None:
    crew = a_crew()
    with pytest.raises(NotAllowed):
        set_weights(crew.worker, crew.district_id, {"travel": 9})
    with pytest.raises(WeightOutOfRange):
        set_weights(crew.coordinator, crew.district_id, {"travel": 11})
    set_weights(crew.coordinator, crew.district_id, {"travel": 9})
    assert weights_in(crew.district_id).travel == 9
    assert make_plan(crew.worker, crew.district_id).weights["travel"] == 9


def test_a_plan_of_a_district_one_does_not_see_is_none() -> None:
    crew = a_crew()
    with pytest.raises(NotFound):
        make_plan(crew.worker, CREMA)


def test_weights_that_are_all_nothing_are_refused() -> None:
    crew = a_crew()
    nothing = dict.fromkeys(weights_in(crew.district_id).kept(), 0)
    with pytest.raises(NothingWeighs):
        set_weights(crew.coordinator, crew.district_id, nothing)
    assert set_weights(crew.coordinator, crew.district_id, {**nothing, "hosts": 1})


def test_the_best_five_for_one_person() -> None:
    crew = a_crew()
    offer = a_free_offer(crew)
    body = a_host_body(crew)
    for number in range(7):
        an_opportunity(crew, body, title=f"Posto {number}")
    ground = ground_in(crew.district_id, clock.today(), offer_ids=[offer.pk])
    best = [one for one, _cost in engine().best_places(ground, weights_in(crew.district_id), row=0)]
    assert len(best) == 5
    assert len({one.opportunity_id for one in best}) == 5
    assert [one.score for one in best] == sorted((one.score for one in best), reverse=True)


def test_what_an_override_costs_is_told() -> None:
    crew = a_crew()
    offers = [a_free_offer(crew, a_volunteer(crew, name)) for name in ("Ada", "Bea")]
    place = an_opportunity(crew)
    slot = place.slots.get()
    ground = ground_in(crew.district_id, clock.today())
    weights = weights_in(crew.district_id)
    costs = [engine().cost_of(ground, weights, offer.pk, slot.pk) for offer in offers]
    assert min(cost for cost in costs if cost is not None) == 0
    assert last_plan(crew.district_id) is None
