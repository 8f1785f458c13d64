"""Whose hands a token is."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from farelegami.kernel.actor import Role


class RoleOut(BaseModel):
    role: Role
    district_id: int | None
    organisation_id: UUID | None
    programme_id: UUID | None


class WhoOut(BaseModel):
    account_id: UUID
    name: str
    token: str
    scopes: list[str]
    expires_on: date
    roles: list[RoleOut]
