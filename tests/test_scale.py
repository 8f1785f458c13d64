"""The province copied many times over is as sound as the one it is made of."""

import pytest
from django.apps import apps

from farelegami.audit.services import check_chain
from farelegami.cases.models import Case
from farelegami.demo.scale import ALONE, COPIED, AlreadyMultiplied, multiply
from farelegami.kernel.actor import Role
from farelegami.ledger.queries import verify
from farelegami.pacts.models import Pact
from farelegami.people.models import Person
from farelegami.search.queries import find
from farelegami.storage import guards
from farelegami.storage.models import Row
from farelegami.territory.models import District
from tests.world import World

pytestmark = pytest.mark.django_db


def test_every_table_is_copied_or_said_to_stand_alone() -> None:
    """A new table that is in neither list would leave copies without a part."""
    known = {model._meta.label for model in apps.get_models() if issubclass(model, Row)}
    known |= {"access.Account"}
    assert not (set(COPIED) & ALONE)
    assert known - set(COPIED) - ALONE == set()


def test_copies_are_sound(world: World) -> None:
    del world
    people, pacts = Person.objects.count(), Pact.objects.count()
    multiply(people * 6)
    assert Person.objects.count() == people * 6
    assert Pact.objects.count() > pacts
    assert Pact.objects.values("code").distinct().count() == Pact.objects.count()
    assert list(verify()) == []
    report = check_chain()
    assert (list(report.faults), report.waiting) == ([], 0)
    copied = District.objects.get(name__startswith="Ambito dimostrativo")
    case = Case.objects.filter(district=copied).select_related("manager", "contact").first()
    assert case is not None
    grants = case.manager.grants.all()
    assert {(grant.role, grant.district_id) for grant in grants} == {
        (Role.SOCIAL_WORKER, copied.pk)
    }
    hits = find(case.contact.name, kinds=["people.person"], district_ids=[copied.pk])
    assert case.contact_id in {hit.object_id for hit in hits}
    with pytest.raises(AlreadyMultiplied):
        multiply(people * 12)


def test_guards_are_back_after_copying(world: World) -> None:
    del world
    multiply(Person.objects.count() * 2)
    from django.db import connection  # noqa: PLC0415

    assert guards.missing(connection) == []
