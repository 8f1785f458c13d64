"""Lists: two people, reasons, one list at a time, nobody by themselves."""

import msgspec
import pytest
from django.db import DatabaseError, transaction

from farelegami.access.tests.builders import an_actor
from farelegami.audit.models import Entry
from farelegami.kernel.actor import Role, system_actor
from farelegami.kernel.errors import NotAllowed, NotFound
from farelegami.pacts.tests.builders import a_crew
from farelegami.privacy.models import RetentionList
from farelegami.privacy.queries import plan as plan_module
from farelegami.privacy.queries.retention import past_term
from farelegami.privacy.rules import retention
from farelegami.privacy.rules.retention import (
    REFERRAL,
    ListMovedOn,
    ListStage,
    NothingLeft,
    ReasonMissing,
    SameHands,
)
from farelegami.privacy.services.retention import (
    approve,
    draw_up_lists,
    drop_list,
    propose,
    take_out,
)
from farelegami.privacy.tests.builders import a_dpo, an_old_referral
from farelegami.storage.keeping import ROOTS

pytestmark = pytest.mark.django_db
WORKER = system_actor("prova")


def a_list():
    crew = a_crew()
    an_old_referral(crew)
    an_old_referral(crew, months=20)
    (found,) = draw_up_lists(WORKER, [crew.district_id])
    return found, crew, a_dpo(crew.district_id)


def test_what_is_past_its_term_is_listed_once_and_nothing_else() -> None:
    crew = a_crew()
    old = an_old_referral(crew)
    an_old_referral(crew, months=11)
    (found,) = draw_up_lists(WORKER, [crew.district_id])
    assert [item.object_id for item in found.items.all()] == [old.pk]
    assert draw_up_lists(WORKER, [crew.district_id]) == []
    assert past_term(crew.district_id, REFERRAL) == []


def test_a_list_names_nobody() -> None:
    found, _crew, _dpo = a_list()
    for item in found.items.all():
        assert item.label.isascii()
        assert "Zizzania" not in item.label


def test_the_dpo_proposes_and_the_coordinator_approves() -> None:
    found, crew, dpo = a_list()
    with pytest.raises(NotAllowed):
        propose(crew.coordinator, found.pk)
    with pytest.raises(ListMovedOn):
        approve(crew.coordinator, found.pk)
    propose(dpo, found.pk)
    with pytest.raises(NotAllowed):
        approve(dpo, found.pk)
    assert approve(crew.coordinator, found.pk).stage is ListStage.APPROVED
    assert Entry.objects.filter(kind="privacy.list", object_id=found.pk).count() == 3


def test_one_person_with_both_roles_does_not_do_both() -> None:
    found, crew, _dpo = a_list()
    both = an_actor(Role.DPO, Role.COORDINATOR, district_id=crew.district_id)
    propose(both, found.pk)
    with pytest.raises(SameHands):
        approve(both, found.pk)


def test_the_database_wants_two_hands_too_and_takes_no_approval_back() -> None:
    found, crew, dpo = a_list()
    propose(dpo, found.pk)
    rows = RetentionList.objects.filter(pk=found.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(approved_at=found.drawn_at, approved_by_id=dpo.account_id)
    approve(crew.coordinator, found.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(approved_at=None, approved_by_id=None)


def test_an_item_is_taken_out_with_a_reason_and_comes_back_only_after_a_year() -> None:
    found, crew, dpo = a_list()
    item = found.items.first()
    with pytest.raises(ReasonMissing):
        take_out(dpo, found.pk, item.pk, reason=" ")
    take_out(dpo, found.pk, item.pk, reason="Una causa in corso.")
    propose(dpo, found.pk)
    approve(crew.coordinator, found.pk)
    with pytest.raises(ListMovedOn):
        take_out(crew.coordinator, found.pk, found.items.last().pk, reason="tardi")
    assert draw_up_lists(WORKER, [crew.district_id]) == []


def test_a_list_without_items_is_left() -> None:
    found, crew, dpo = a_list()
    for item in found.items.all():
        take_out(dpo, found.pk, item.pk, reason="serve ancora")
    with pytest.raises(NothingLeft):
        propose(dpo, found.pk)
    drop_list(crew.coordinator, found.pk, reason="serve tutto")
    found.refresh_from_db()
    assert found.stage is ListStage.DROPPED


def test_nobody_of_another_district_sees_a_list() -> None:
    found, _crew, _dpo = a_list()
    stranger = a_dpo(1902) if found.district_id != 1902 else a_dpo(1901)
    with pytest.raises(NotFound):
        propose(stranger, found.pk)


def test_rules_and_declarations_mean_the_same_roots() -> None:
    assert (retention.REFERRAL, retention.CASE, retention.PERSON) == ROOTS


def test_a_plan_of_one_s_own_changes_the_terms(settings, tmp_path) -> None:
    crew = a_crew()
    an_old_referral(crew, months=14)
    settings.DATA = tmp_path
    own = tmp_path / "conservation.toml"
    own.write_text('[referral]\nsaid = "18 mesi"\nmonths = 18\nsource = "delibera 7"\n', "utf-8")
    assert draw_up_lists(WORKER, [crew.district_id]) == []
    an_old_referral(crew, months=19)
    assert len(draw_up_lists(WORKER, [crew.district_id])) == 1
    own.write_text("[referral]\nmonths = 'molti'\n", "utf-8")
    plan_module.plan_of.cache_clear()
    with pytest.raises(msgspec.DecodeError):
        draw_up_lists(WORKER, [1902, crew.district_id])
