"""Persons and households; the sealed codice fiscale stays out of the API."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from farelegami.api.schemas.common import Named


class PersonRowOut(BaseModel):
    id: UUID
    name: str
    district_id: int
    age: int | None
    town: str
    quarter: str
    households: list[str]


class LanguageOut(BaseModel):
    language: str
    level: str


class SkillOut(BaseModel):
    code: str
    words: str
    stage: str


class PersonOut(BaseModel):
    id: UUID
    given_name: str
    family_name: str
    district_id: int
    birth_date: date | None
    age: int | None
    preferred_language: str
    form_of_address: str
    municipality_id: str | None
    town: str
    quarter: str
    address: str
    phone: str
    email: str
    preferred_channel: str
    contact_hours: str
    restricted_on: date | None
    languages: list[LanguageOut]
    skills: list[SkillOut]
    households: list[Named]


class HouseholdRowOut(BaseModel):
    id: UUID
    name: str
    district_id: int
    formed_on: date
    dissolved_on: date | None


class HouseholdMemberOut(BaseModel):
    person_id: UUID
    name: str
    role: str
    age: int | None
    starts_on: date
    ends_on: date | None


class HouseholdOut(BaseModel):
    id: UUID
    name: str
    district_id: int
    formed_on: date
    dissolved_on: date | None
    members: list[HouseholdMemberOut]
    cases: list[UUID]
