"""Accounts and districts for tests, built as the application builds them."""

from uuid import UUID

from farelegami.access.models import Account
from farelegami.access.queries import actor_for
from farelegami.access.services import create_account, grant_role
from farelegami.kernel.actor import Actor, Role, system_actor
from farelegami.kernel.ids import new_id

SYSTEM = system_actor("prova")
PASSWORD = "una frase lunga per provare"


def an_account(name: str = "Anna Prova", username: str = "") -> Account:
    return create_account(
        SYSTEM, username=username or f"u{new_id().hex[-12:]}", name=name, password=PASSWORD
    )


def an_actor(
    *roles: Role,
    district_id: int | None = None,
    organisation_id: UUID | None = None,
    programme_id: UUID | None = None,
    name: str = "Anna Prova",
) -> Actor:
    account = an_account(name)
    for role in roles:
        grant_role(
            SYSTEM,
            account.pk,
            role,
            district_id=district_id,
            organisation_id=organisation_id,
            programme_id=programme_id,
        )
    return actor_for(account.pk)
