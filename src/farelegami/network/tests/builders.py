"""Organisations for tests, made through the service."""

from dataclasses import replace
from typing import Any

from farelegami.kernel.actor import Actor
from farelegami.network.models import Organisation
from farelegami.network.rules import OrganisationKind
from farelegami.network.services import OrganisationDraft, register_organisation
from farelegami.people.tests.builders import CARLA
from farelegami.territory.tests.builders import CREMASCO, a_district


def a_body_draft(**changes: Any) -> OrganisationDraft:
    """Return an association with `changes`."""
    return replace(OrganisationDraft("Circolo Il Mulino", OrganisationKind.ASSOCIATION), **changes)


def an_organisation(
    actor: Actor = CARLA, district_id: int | None = CREMASCO, **changes: Any
) -> Organisation:
    """Return a registered organisation."""
    if district_id is not None:
        a_district(district_id, "Cremasco" if district_id == CREMASCO else "Cremonese")
    return register_organisation(actor, district_id, a_body_draft(**changes))
