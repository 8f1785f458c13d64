from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farelegami.audit.models import Entry as LogEntry
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor, Grant, Role
from farelegami.kernel.errors import NotAllowed, NotFound, Refusal
from farelegami.network.models import Organisation, OrganisationLink
from farelegami.network.queries import (
    NetworkFilters,
    data_role_in_force,
    organisation_choices,
    organisation_file,
    organisation_for,
    organisation_refs,
    organisations_page,
    visible_organisations,
)
from farelegami.network.rules import (
    AlreadyLinked,
    AlreadyRegistered,
    DataCapacity,
    EndsBeforeItStarts,
    GroupWithTaxCode,
    LegalType,
    LinkedTheOtherWay,
    LinkedToItself,
    LinkKind,
    LinkNotYet,
    NameMissing,
    NotInTheRegister,
    OrganisationKind,
    RoleNotWritten,
    TaxCodeMalformed,
    tidy_tax_code,
)
from farelegami.network.services import (
    add_contact,
    change_organisation,
    close_organisation,
    end_contact,
    end_link,
    link_organisations,
    register_organisation,
    write_role,
)
from farelegami.network.tests.builders import a_body_draft, an_organisation
from farelegami.people.tests.builders import A_STRANGER, ANNA, CARLA, an_actor
from farelegami.territory.tests.builders import CREMASCO, CREMONESE, a_municipality

DAY = date(2026, 3, 2)
TAX_CODE = "00743110157"


@given(st.text(max_size=20))
def test_a_tax_code_is_tidied_or_refused(text: str) -> None:
    try:
        code = tidy_tax_code(text)
    except Refusal:
        return
    assert code == "" or len(code) in (11, 16)


def test_a_body_has_eleven_digits_or_the_code_of_its_owner() -> None:
    assert tidy_tax_code(" 00743 110157") == TAX_CODE
    assert tidy_tax_code("rssmra85t10a562s") == "RSSMRA85T10A562S"
    with pytest.raises(TaxCodeMalformed):
        tidy_tax_code("00743110158")


@pytest.mark.django_db
class TestSight:
    def test_staff_see_their_district_and_the_whole_province(self) -> None:
        here, wide = (
            an_organisation(),
            an_organisation(district_id=None, name="Provincia di Cremona"),
        )
        there = an_organisation(an_actor(Role.COORDINATOR, district_id=CREMONESE), CREMONESE)
        for role in Role:
            assert set(visible_organisations(an_actor(role))) == {here, wide}
        with pytest.raises(NotFound):
            organisation_for(CARLA, there.pk)
        assert not visible_organisations(Actor(uuid4(), "nessuno")).exists()

    def test_who_works_for_a_body_sees_it_wherever_it_is(self) -> None:
        there = an_organisation(an_actor(Role.COORDINATOR, district_id=CREMONESE), CREMONESE)
        host = Actor(uuid4(), "Rita", grants=(Grant(Role.HOST, organisation_id=there.pk),))
        assert organisation_for(host, there.pk) == there

    def test_contacts_are_for_those_who_work_with_bodies(self) -> None:
        body = an_organisation()
        add_contact(CARLA, body.pk, name="Rita Olmi", day=DAY)
        assert [one.name for one in organisation_file(ANNA, body.pk).contacts or ()] == [
            "Rita Olmi"
        ]
        assert organisation_file(an_actor(Role.HOST), body.pk).contacts is None

    def test_search_stays_inside_what_is_seen(self) -> None:
        an_organisation(an_actor(Role.COORDINATOR, district_id=CREMONESE), CREMONESE)
        here = an_organisation(name="Cooperativa Il Mulinello", kind=OrganisationKind.COOPERATIVE)
        rows = organisations_page(ANNA, NetworkFilters(text="mulino")).rows
        assert [row.id for row in rows] == [here.pk]


@pytest.mark.django_db
class TestWriting:
    def test_a_body_of_the_whole_province_is_written_by_coordinators_only(self) -> None:
        with pytest.raises(NotAllowed):
            register_organisation(ANNA, None, a_body_draft())
        with pytest.raises(NotAllowed):
            an_organisation(A_STRANGER)
        with pytest.raises(NotAllowed):
            an_organisation(an_actor(Role.CLERK))
        assert register_organisation(CARLA, None, a_body_draft()).district_id is None

    @pytest.mark.parametrize("district_id", [CREMASCO, None])
    def test_a_tax_code_is_registered_once(self, district_id: int | None) -> None:
        an_organisation(district_id=district_id, tax_code=TAX_CODE)
        with pytest.raises(AlreadyRegistered) as refused:
            an_organisation(district_id=district_id, tax_code=TAX_CODE, name="Altro")
        assert refused.value.facts() == {"name": "Circolo Il Mulino"}

    def test_an_informal_group_has_no_tax_code_and_no_register_number(self) -> None:
        with pytest.raises(GroupWithTaxCode):
            an_organisation(kind=OrganisationKind.INFORMAL_GROUP, tax_code=TAX_CODE)
        with pytest.raises(NotInTheRegister):
            an_organisation(runts_number="12345")
        with pytest.raises(NameMissing):
            an_organisation(name="  ")
        assert an_organisation(legal_type=LegalType.APS.value, runts_number="12345").legal_label

    def test_a_change_is_logged_and_found_under_the_new_name(self) -> None:
        body, crema = an_organisation(), a_municipality()
        change_organisation(
            CARLA, body.pk, a_body_draft(name="Circolo La Rogge", municipality_id=crema.pk)
        )
        change_organisation(
            CARLA, body.pk, a_body_draft(name="Circolo La Rogge", municipality_id=crema.pk)
        )
        entry = LogEntry.objects.get(object_id=body.pk, verb="changed")
        assert entry.facts == {
            "name": ["Circolo Il Mulino", "Circolo La Rogge"],
            "municipality_id": [None, crema.pk],
        }
        assert organisations_page(ANNA, NetworkFilters(text="rogge crema")).rows[0].town == "Crema"
        assert organisations_page(ANNA, NetworkFilters(text="mulino")).rows == []

    def test_a_contact_answers_from_a_day_until_a_day(self) -> None:
        body = an_organisation()
        contact = add_contact(CARLA, body.pk, name="Rita Olmi", role="presidente", day=DAY)
        with pytest.raises(EndsBeforeItStarts):
            end_contact(CARLA, body.pk, contact.pk, day=DAY - timedelta(days=1))
        end_contact(CARLA, body.pk, contact.pk, day=DAY)
        assert organisation_file(CARLA, body.pk).contacts == []
        with pytest.raises(NotFound):
            end_contact(CARLA, body.pk, uuid4(), day=DAY)
        with pytest.raises(NameMissing):
            add_contact(CARLA, body.pk, name=" ", day=DAY)

    def test_a_data_role_rests_on_a_document_and_is_written_by_the_coordinator(self) -> None:
        body = an_organisation()
        terms = {
            "subject": "patti gener-attivi",
            "document_reference": "Accordo 12/2026",
            "starts_on": DAY,
        }
        with pytest.raises(NotAllowed):
            write_role(ANNA, body.pk, DataCapacity.PROCESSOR, **terms)
        with pytest.raises(RoleNotWritten):
            write_role(
                CARLA, body.pk, DataCapacity.PROCESSOR, **{**terms, "document_reference": " "}
            )
        with pytest.raises(EndsBeforeItStarts):
            write_role(CARLA, body.pk, DataCapacity.JOINT, **terms, ends_on=DAY - timedelta(days=1))
        write_role(
            CARLA, body.pk, DataCapacity.PROCESSOR, **terms, ends_on=DAY + timedelta(days=30)
        )
        with clock.at(DAY):
            assert [one.capacity_label for one in data_role_in_force(body.pk)] == [
                "responsabile (art. 28)"
            ]
        with clock.at(DAY + timedelta(days=31)):
            assert data_role_in_force(body.pk) == []

    def test_organisations_are_linked_once_and_not_to_themselves(self) -> None:
        body = an_organisation()
        consortium = an_organisation(name="Consorzio Arcobaleno", kind=OrganisationKind.CONSORTIUM)
        link = link_organisations(CARLA, body.pk, consortium.pk, LinkKind.MEMBER_OF, day=DAY)
        assert link.kind_label == "aderisce a"
        with pytest.raises(AlreadyLinked):
            link_organisations(CARLA, body.pk, consortium.pk, LinkKind.MEMBER_OF, day=DAY)
        with pytest.raises(LinkedToItself):
            link_organisations(CARLA, body.pk, body.pk, LinkKind.PART_OF, day=DAY)
        assert organisation_file(ANNA, consortium.pk).links == [link]

    def test_a_link_begins_by_today_and_two_bodies_are_not_within_each_other(self) -> None:
        small, middle, large = (an_organisation(name=name) for name in ("Uno", "Due", "Tre"))

        def within(one: Organisation, other: Organisation, **more: Any) -> OrganisationLink:
            terms = {"kind": LinkKind.PART_OF, "day": DAY} | more
            return link_organisations(CARLA, one.pk, other.pk, terms["kind"], day=terms["day"])

        with pytest.raises(LinkNotYet):
            within(small, middle, day=date(2099, 1, 1))
        first = within(small, middle)
        within(middle, large)
        for inner in (middle, large):
            with pytest.raises(LinkedTheOtherWay):
                within(inner, small)
        within(middle, small, kind=LinkKind.WORKS_WITH)
        end_link(CARLA, small.pk, first.pk, day=DAY)
        assert within(middle, small).pk

    def test_a_contact_ended_twice_keeps_its_last_day(self) -> None:
        body = an_organisation()
        contact = add_contact(CARLA, body.pk, name="Ines", role="", day=DAY)
        for day in (DAY, DAY - timedelta(days=3)):
            end_contact(CARLA, body.pk, contact.pk, day=day)
        contact.refresh_from_db()
        assert contact.ends_on == DAY

    def test_a_closed_body_is_not_offered_any_more(self) -> None:
        body = an_organisation()
        close_organisation(CARLA, body.pk, day=DAY)
        assert organisation_choices(ANNA) == []
        assert organisations_page(ANNA).rows[0].closed


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 25, 100])
def test_the_list_costs_one_query_however_long(
    how_many: int, django_assert_num_queries: object
) -> None:
    crema = a_municipality()
    bodies = [an_organisation(name=f"Ente {n}", municipality_id=crema.pk) for n in range(how_many)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        page = organisations_page(ANNA)
    assert len(page.rows) == min(how_many, 25)
    assert page.rows[0].kind_label == "associazione"
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(organisation_refs([body.pk for body in bodies])) == how_many
    assert len(organisation_choices(ANNA, kinds=["association"])) == how_many
