"""Who acts: frozen plain data, loaded once for each request and handed down as an argument."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from farelegami.kernel.errors import gettext_noop


class Role(StrEnum):
    """What someone is in a district, an organisation or a programme (domain.md, Roles and sight)."""

    SOCIAL_WORKER = "social_worker"
    COORDINATOR = "coordinator"
    CLERK = "clerk"
    COMMUNITY_MAKER = "community_maker"
    HOST = "host"
    PANEL = "panel"
    PROGRAMME_MANAGER = "programme_manager"
    EVALUATOR = "evaluator"
    DPO = "dpo"
    SYSTEM_ADMIN = "system_admin"


ROLE_LABELS: Final = {
    Role.SOCIAL_WORKER: gettext_noop("assistente sociale"),
    Role.COORDINATOR: gettext_noop("coordinatore di ambito"),
    Role.CLERK: gettext_noop("amministrativo"),
    Role.COMMUNITY_MAKER: gettext_noop("community maker"),
    Role.HOST: gettext_noop("referente di un ente"),
    Role.PANEL: gettext_noop("commissione della Camera di Commercio"),
    Role.PROGRAMME_MANAGER: gettext_noop("responsabile di programma"),
    Role.EVALUATOR: gettext_noop("valutatore o finanziatore"),
    Role.DPO: gettext_noop("responsabile della protezione dei dati"),
    Role.SYSTEM_ADMIN: gettext_noop("amministratore di sistema"),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """One role and where it holds; `None` places it nowhere in particular on that axis."""

    role: Role
    district_id: int | None = None
    organisation_id: UUID | None = None
    programme_id: UUID | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who reads or writes; `account_id` is what separates one pair of hands from another.

    `invited` is false where nobody ever called the account into a team: one question less.
    """

    account_id: UUID | None
    name: str
    person_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    system: bool = False
    invited: bool = True

    def holds(self, *roles: Role, district_id: int | None = None) -> bool:
        """Return whether the actor has one of `roles`, in that district if one is named."""
        return any(
            grant.role in roles and (district_id is None or grant.district_id == district_id)
            for grant in self.grants
        )

    def districts(self, *roles: Role) -> frozenset[int]:
        """Return the districts in which the actor has one of `roles`."""
        return frozenset(
            grant.district_id
            for grant in self.grants
            if grant.role in roles and grant.district_id is not None
        )

    def organisations(self, *roles: Role) -> frozenset[UUID]:
        """Return the organisations for which the actor has one of `roles`."""
        return frozenset(
            grant.organisation_id
            for grant in self.grants
            if grant.role in roles and grant.organisation_id is not None
        )

    def programmes(self, *roles: Role) -> frozenset[UUID]:
        """Return the programmes for which the actor has one of `roles`."""
        return frozenset(
            grant.programme_id
            for grant in self.grants
            if grant.role in roles and grant.programme_id is not None
        )

    def roles(self) -> frozenset[Role]:
        """Return every role the actor has anywhere."""
        return frozenset(grant.role for grant in self.grants)


NOBODY: Final = Actor(account_id=None, name="")


def system_actor(name: str, grants: Iterable[Grant] = ()) -> Actor:
    """Return the named actor of a job that no person started."""
    return Actor(account_id=None, name=name, grants=tuple(grants), system=True)
