"""Erasing a person empties what registers of volunteers say of them, and the chain holds."""

import pytest

from farelegami.documents.models import Document, IssuedPaper
from farelegami.kernel import clock
from farelegami.kernel.ids import new_id
from farelegami.privacy.services.erasing import erase_all_of
from farelegami.territory.tests.builders import CREMASCO
from farelegami.volunteering.models import RegisterEntry, Volunteer
from farelegami.volunteering.queries import verify_register
from farelegami.volunteering.services import register_paper, register_table
from farelegami.volunteering.tests.builders import a_body, a_policy, a_volunteer, some_facts
from farelegami.volunteering.tests.test_exports import table_of, where

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_erasing_a_person_empties_their_lines_and_papers_and_the_chain_holds() -> None:
    """R25: what is left leads to nobody, and proves that nothing else was touched."""
    body = a_body()
    a_policy(body)
    volunteer = a_volunteer(body)
    a_volunteer(body, facts=some_facts(given_name="Ada"))
    register_paper(body.host, body.id, address=where)
    before = RegisterEntry.objects.order_by("number").values_list("hash", flat=True)
    hashes = list(before)
    erase_all_of(
        "people.Person", volunteer.person_id, act_id=new_id(), district_id=CREMASCO,
        at=clock.now(),
    )  # fmt: skip
    first, second = RegisterEntry.objects.order_by("number")
    assert (first.told, first.facts_label) == (None, "")
    assert second.told.given_name == "Ada"
    assert [first.hash, second.hash] == hashes
    assert not Document.objects.exists()
    assert not IssuedPaper.objects.exists()
    assert Volunteer.objects.order_by("id").first().name == ""
    report = verify_register(body.register.pk)
    assert (report.sound, report.emptied) == (True, 1)
    assert len(table_of(register_table(body.host, body.id))) == 2
    register_paper(body.host, body.id, address=where)
