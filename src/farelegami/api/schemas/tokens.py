"""Whose hands a token is."""

from datetime import date
from uuid import UUID

from ninja import Schema

from farelegami.kernel.actor import Role


class RoleOut(Schema):
    role: Role
    district_id: int | None
    organisation_id: UUID | None
    programme_id: UUID | None


class WhoOut(Schema):
    account_id: UUID
    name: str
    token: str
    scopes: list[str]
    expires_on: date
    roles: list[RoleOut]
