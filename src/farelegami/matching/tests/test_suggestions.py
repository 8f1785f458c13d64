"""The best five for one person: what the plan would say, asked of the database and plain Python."""

import os
import subprocess
import sys
from typing import Any

import pytest

from farelegami.giveback.queries.waiting import free_in, taken_in, waiting_as
from farelegami.giveback.rules.needs import Need, NeedKind, Requirement, Weight
from farelegami.giveback.rules.slots import Slot
from farelegami.giveback.services.matches import Proposal, accept_as_host, accept_as_person, propose
from farelegami.giveback.tests.builders import (
    a_crew,
    a_free_offer,
    a_host,
    a_host_body,
    a_person_with_a_week,
    a_volunteer,
    an_opportunity,
)
from farelegami.kernel import clock
from farelegami.matching.engine import engine
from farelegami.matching.queries.plans import weights_in
from farelegami.matching.services.choices import suggestions_for
from farelegami.people.models import PersonLanguage
from farelegami.people.rules.persons import Level
from farelegami.people.rules.weeks import Answer

pytestmark = pytest.mark.django_db


def test_a_page_suggests_what_the_plan_would() -> None:
    """The database rules out, plain Python judges: the same places, reasons and order."""
    crew = a_crew()
    person = a_person_with_a_week(crew)
    PersonLanguage.objects.create(
        district_id=person.district_id, person=person, language="ar", level=Level.B2.value
    )
    rita = a_free_offer(crew, a_volunteer(crew, "Rita"))
    body = a_host_body(crew)
    asks = [
        [],
        [Need(NeedKind.LANGUAGE, "ar", Weight.MUST, "b1")],
        [Need(NeedKind.LANGUAGE, "ar", Weight.MUST, "c1")],
        [
            Need(NeedKind.LANGUAGE, "fr", Weight.ANY_OF),
            Need(NeedKind.LANGUAGE, "ar", Weight.ANY_OF),
        ],
        [Need(NeedKind.REQUIREMENT, Requirement.FOOD_HYGIENE.value)],
    ]
    for number, needs in enumerate(asks):
        an_opportunity(crew, body, title=f"Posto {number}", needs=needs)
    an_opportunity(crew, body, title="Di sera", slots=[Slot(1, 1080, 1200)])
    an_opportunity(crew, body, title="Troppo tardi", slots=[Slot(1, 1000, 1140)])
    an_opportunity(crew, body, title="Per bambini", max_age=20, min_age=16)
    an_opportunity(crew, a_host_body(crew, "Scoperta", insured=False))
    taken = an_opportunity(crew, a_host_body(crew, "Altra"), title="Uno solo")
    match = propose(crew.worker, Proposal(rita.pk, taken.slots.get().pk))
    accept_as_person(crew.worker, match.pk)
    accept_as_host(a_host(crew.worker, taken)[0], match.pk)
    best = suggestions_for(person)
    day, waiting = clock.today(), waiting_as(person, clock.today())
    assert waiting is not None
    free = free_in(crew.district_id, day, taken_in(crew.district_id))
    planning = engine()
    ground = planning.ground_of([waiting], free, planning.Apart(insured=[body.pk]), day)
    same = planning.best_places(ground, weights_in(crew.district_id), row=0)
    assert [(one.slot_id, one.reasons) for one in best] == [
        (one.slot_id, one.facts) for one, _cost in same
    ]
    assert {one.name for one in best} == {"Posto 0", "Posto 1", "Posto 3"}


def test_suggestions_cost_the_same_queries_however_many_places(
    django_assert_num_queries: Any,
) -> None:
    crew = a_crew()
    person = a_person_with_a_week(crew, Answer.MAYBE)
    body = a_host_body(crew)
    for many in (1, 8):
        for number in range(many):
            an_opportunity(crew, body, title=f"Posto {many} {number}")
        person.refresh_from_db()
        with django_assert_num_queries(12):
            assert suggestions_for(person)


ASKING = """
import sys
import django
django.setup()
from django.db import connection
connection.creation.create_test_db(verbosity=0)
from farelegami.giveback.tests.builders import a_crew, a_person_with_a_week, an_opportunity
from farelegami.matching.services.choices import suggestions_for
crew = a_crew()
an_opportunity(crew)
assert suggestions_for(a_person_with_a_week(crew))
print(sorted({name.partition(".")[0] for name in sys.modules} & {"numpy", "ortools", "pandas"}))
"""


def test_suggestions_load_neither_numpy_nor_the_solver() -> None:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "farelegami.config.settings.test"}
    env.pop("FARELEGAMI_DATABASE_URL", None)
    asked = subprocess.run(  # noqa: S603
        [sys.executable, "-c", ASKING], capture_output=True, text=True, env=env, check=True
    )
    assert asked.stdout.split() == ["[]"]
