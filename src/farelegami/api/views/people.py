"""People and households of the districts whose registry one reads."""

from typing import Final
from uuid import UUID

from ninja import Query, Router

from farelegami.api.rules import Answer
from farelegami.api.schemas.common import Named, PageOf
from farelegami.api.schemas.filters import HouseholdFilters, PeopleFilters
from farelegami.api.schemas.people import (
    HouseholdOut,
    HouseholdRowOut,
    LanguageOut,
    PersonOut,
    PersonRowOut,
    SkillOut,
)
from farelegami.api.services.reading import PURPOSE
from farelegami.api.services.reading import read_household as open_household
from farelegami.api.views.doorway import TokenRequest, checked_cursor, listed, reads, shown
from farelegami.api.views.telling import member_told
from farelegami.kernel.errors import gettext_noop
from farelegami.people.queries.files import PersonFile
from farelegami.people.queries.households import households_page
from farelegami.people.queries.persons import PeopleFilters as Narrowed
from farelegami.people.queries.persons import people_page
from farelegami.people.services.files import person_file

router: Final = Router(tags=[gettext_noop("persone")])


@reads(router, "/people", PageOf[PersonRowOut])
def list_people(request: TokenRequest, asked: Query[PeopleFilters]) -> Answer:
    narrowed = Narrowed(
        text=asked.text, municipality_id=asked.municipality, district_id=asked.district
    )
    cursor = checked_cursor(asked.cursor, 2)
    page = people_page(request.actor, narrowed, cursor, size=asked.limit)
    rows = [
        PersonRowOut(
            id=row.id,
            name=row.name,
            district_id=row.district_id,
            age=row.age,
            town=row.town,
            quarter=row.quarter,
            households=list(row.households),
        )
        for row in page.rows
    ]
    return listed(rows, page)


@reads(router, "/people/{uuid:person_id}", PersonOut)
def read_person(request: TokenRequest, person_id: UUID) -> Answer:
    return shown(_person(person_file(request.actor, person_id, purpose=PURPOSE)))


_SAME: Final = (
    "id", "given_name", "family_name", "district_id", "birth_date", "preferred_language",
    "form_of_address", "municipality_id", "address", "phone", "email", "preferred_channel",
    "contact_hours", "restricted_on",
)  # fmt: skip


def _person(file: PersonFile) -> PersonOut:
    person = file.person
    return PersonOut(
        **{name: getattr(person, name) for name in _SAME},
        age=file.age,
        town=person.municipality.name if person.municipality else "",
        quarter=person.quarter.name if person.quarter else "",
        languages=[
            LanguageOut(language=each.language, level=each.level) for each in file.languages
        ],
        skills=[
            SkillOut(
                code=each.skill.code if each.skill else "",
                words=each.words or (each.skill.label_it if each.skill else ""),
                stage=each.stage,
            )
            for each in file.skills
        ],
        households=[Named(id=home.id, name=home.name) for home in file.households],
    )


@reads(router, "/households", PageOf[HouseholdRowOut])
def list_households(request: TokenRequest, asked: Query[HouseholdFilters]) -> Answer:
    page = households_page(
        request.actor,
        district_id=asked.district,
        cursor=checked_cursor(asked.cursor, 2),
        size=asked.limit,
    )
    rows = [
        HouseholdRowOut(
            id=row.pk,
            name=row.name,
            district_id=row.district_id,
            formed_on=row.formed_on,
            dissolved_on=row.dissolved_on,
        )
        for row in page.rows
    ]
    return listed(rows, page)


@reads(router, "/households/{uuid:household_id}", HouseholdOut)
def read_household(request: TokenRequest, household_id: UUID) -> Answer:
    file = open_household(request.actor, household_id)
    home = file.household
    told = HouseholdOut(
        id=home.pk,
        name=home.name,
        district_id=home.district_id,
        formed_on=home.formed_on,
        dissolved_on=home.dissolved_on,
        members=[member_told(each) for each in file.members],
        cases=list(file.case_ids),
    )
    return shown(told)
