"""What lies around one is read, not the whole district: the answers are those of the whole."""
# ruff: noqa: S311

import random
from typing import Any

import pytest
from django.db.models import Q

from farelegami.giveback.models import HeldRequirement, Offer, OfferSlot, Opportunity
from farelegami.giveback.rules.needs import Field, Need, NeedKind, Requirement, Weight
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.matches import decline_as_person
from farelegami.giveback.services.opportunities import pause_opportunity
from farelegami.giveback.tests.builders import (
    a_free_offer,
    a_host_body,
    a_pact_offer,
    a_volunteer,
    an_opportunity,
)
from farelegami.kernel import clock
from farelegami.matching.engine import engine
from farelegami.matching.models import PlanItem
from farelegami.matching.queries.plans import weights_in
from farelegami.matching.services.choices import (
    look_at_offer,
    look_at_opportunity,
    placed_in,
)
from farelegami.matching.services.plans import exclude, ground_in, make_plan, pin
from farelegami.matching.services.taking import take_up
from farelegami.pacts.tests.builders import Crew, a_crew
from farelegami.people.models import PersonLanguage, PersonSkill, Skill
from farelegami.people.rules.persons import Transport

pytestmark = pytest.mark.django_db
CODES = ("S1", "S1.2", "S1.2.3", "S2", "S2.1", "T", "T1")
PAPERS = (Requirement.FOOD_HYGIENE.value, Requirement.FIRST_AID.value)
WHOLE = 10**9


class District:
    """Some who offer and some places, made up so that one thing is often all that is missing."""

    def __init__(self, seed: int) -> None:
        self.crew, self.rng = a_crew(), random.Random(seed)
        Skill.objects.bulk_create(
            Skill(code=code, uri="https://example.org", pillar=code[0], level=code.count("."))
            for code in CODES
        )
        self.bodies = [
            a_host_body(self.crew, f"Ente {number}", insured=number > 0) for number in range(4)
        ]
        for number in range(14):
            self.offer(number)
        for number in range(20):
            self.place(number)
        self.decide()

    def hours(self) -> Slot:
        start = 480 + 60 * self.rng.randrange(9)
        return Slot(self.rng.randrange(2), start, start + 60 * self.rng.randint(1, 4))

    def moved(self, row: Any) -> None:
        row.latitude += self.rng.gauss(0, 0.03)
        row.longitude += self.rng.gauss(0, 0.04)
        row.save()

    def offer(self, number: int) -> None:
        rng = self.rng
        person = a_volunteer(self.crew, f"Nome{number}")
        days = rng.sample(range(2), rng.randint(1, 2))
        slots = [Slot(day, one.starts, one.ends) for day in days for one in [self.hours()]]
        offer = a_free_offer(
            self.crew,
            person,
            slots=slots,
            places=rng.randint(1, 2),
            weekly_minutes=rng.choice([60, 120, 240, 600]),
            travel_minutes=rng.choice([10, 20, 30, 45]),
            transport=rng.sample(list(Transport), rng.randint(0, 2)),
        )
        OfferSlot.objects.filter(offer=offer, weekday=days[0]).update(is_certain=rng.random() < 0.5)
        self.moved(offer)
        whose = {"district_id": person.district_id, "person": person}
        for code in rng.sample(CODES, rng.randint(0, 4)):
            stage = rng.choice(["can", "can", "learns"])
            PersonSkill.objects.create(**whose, skill_id=code, stage=stage)
        for code in rng.sample(["ar", "fr", "ro"], rng.randint(0, 2)):
            level = rng.choice(["a2", "b1", "c1", "native"])
            PersonLanguage.objects.create(**whose, language=code, level=level)
        for code in rng.sample(PAPERS, rng.randint(0, 2)):
            HeldRequirement.objects.create(
                **whose, requirement=code, seen_on=clock.today(), seen_by_name="Prova"
            )

    def needs(self) -> list[Need]:
        rng = self.rng
        found = [
            Need(NeedKind.SKILL, code, rng.choice([Weight.MUST, Weight.NICE]))
            for code in rng.sample(CODES, rng.choice([0, 1, 1, 2]))
        ]
        if rng.random() < 0.3:
            found.append(Need(NeedKind.LANGUAGE, "ar", Weight.MUST, rng.choice(["", "b1"])))
        if rng.random() < 0.2:
            found += [Need(NeedKind.LANGUAGE, code, Weight.ANY_OF) for code in ("fr", "ro")]
        if rng.random() < 0.3:
            found.append(Need(NeedKind.REQUIREMENT, rng.choice(PAPERS)))
        return found

    def place(self, number: int) -> None:
        rng = self.rng
        slots = [self.hours()]
        if rng.random() < 0.4:
            slots = sorted({one.weekday: one for one in (*slots, self.hours())}.values())
        opportunity = an_opportunity(
            self.crew,
            rng.choice(self.bodies),
            title=f"Posto {number}",
            needs=self.needs(),
            field=rng.choice(list(Field)),
            seats=rng.randint(1, 2),
            slots=slots,
            min_age=rng.choice([16, 18, 50]),
            by_bus=rng.random() < 0.5,
            least_minutes=60,
        )
        self.moved(opportunity)

    def decide(self) -> None:
        """Take up, refuse, leave out and fix some of a plan, then make another."""
        who = self.crew.worker
        plan = make_plan(who, self.crew.district_id)
        for number, item in enumerate(PlanItem.objects.filter(plan=plan)):
            if number == 0:
                decline_as_person(who, take_up(who, item.pk).pk)
            elif number == 1:
                take_up(who, item.pk)
            elif number == 2:
                exclude(who, item.pk, reason="No")
            elif number == 3:
                pin(who, item.pk)
        make_plan(who, self.crew.district_id)


def told(found: Any) -> list[Any]:
    return [(one.says, one.opens, set(one.ids)) for one in found]


@pytest.mark.parametrize("seed", range(4))
def test_what_lies_around_gives_the_answers_of_the_whole_district(seed: int) -> None:
    district = District(seed)
    crew, day, some = district.crew, clock.today(), 0
    for offer in Offer.objects.order_by("pk"):
        near = look_at_offer(crew.worker, offer, at_once=0)
        whole = look_at_offer(crew.worker, offer, at_once=WHOLE)
        assert [(one.slot_id, one.reasons) for one in near.best] == [
            (one.slot_id, one.reasons) for one in whole.best
        ]
        assert told(near.openings) == told(whole.openings)
        assert near.is_waiting == whole.is_waiting
        some += len(near.openings) + len(near.best)
    assert some > 20
    ground = ground_in(crew.district_id, day)
    placed = placed_in(crew.district_id, Q())
    for place in Opportunity.objects.order_by("pk"):
        look = look_at_opportunity(crew.worker, place)
        row = next((at for at, each in enumerate(ground.free) if each.id == place.pk), None)
        assert look.is_waiting == (row is not None)
        if row is None:
            continue
        best = engine().best_people(ground, weights_in(crew.district_id), row=row)
        assert [(one.offer_id, one.slot_id, one.reasons) for one in look.best] == [
            (one.offer_id, one.slot_id, one.facts) for one in best
        ]
        assert told(look.openings) == told(engine().openings_at(ground, place.pk, placed))
        some += len(look.openings) + len(look.best)
    assert some > 40


def test_who_cannot_be_seen_is_not_counted_among_those_who_could_come(crew_of_two: Any) -> None:
    crew, others, place = crew_of_two
    assert look_at_opportunity(crew.worker, place).best
    look = look_at_opportunity(others.worker, place)
    assert not look.best
    assert not look.openings


@pytest.fixture
def crew_of_two() -> tuple[Crew, Crew, Opportunity]:
    crew, others = a_crew(), a_crew()
    a_pact_offer(crew)
    return crew, others, an_opportunity(crew)


def test_a_place_that_is_not_free_says_so() -> None:
    crew = a_crew()
    place = an_opportunity(crew)
    pause_opportunity(crew.worker, place.pk)
    place.refresh_from_db()
    assert not look_at_opportunity(crew.worker, place).is_waiting
