"""Somebody signed in, and people of their district, for the pages of the desk."""

from django.test import Client

from farelegami.access.models import Account
from farelegami.access.tests.builders import an_actor
from farelegami.kernel.actor import Actor, Role
from farelegami.people.models import Person
from farelegami.people.services.persons import PersonDraft, register_person
from farelegami.territory.tests.builders import CREMASCO, CREMONESE, a_district, a_municipality


def at_work(
    role: Role = Role.SOCIAL_WORKER,
    district_id: int | None = CREMASCO,
    name: str = "Anna Prova",
    **place,
) -> tuple[Client, Actor]:
    """Return a browser signed in as somebody with a role in a place, and who that is."""
    a_district(CREMASCO, "Cremasco")
    a_district(CREMONESE, "Cremonese")
    a_municipality()
    actor = an_actor(role, district_id=district_id, name=name, **place)
    return signed_in(actor), actor


def signed_in(actor: Actor) -> Client:
    """Return a browser signed in as an actor with an account."""
    client = Client()
    account = Account.objects.get(pk=actor.account_id)
    client.force_login(account, "farelegami.access.backends.AccountBackend")
    return client


def a_person(actor: Actor, given: str = "Samira", family: str = "Belprato", **more) -> Person:
    """Return a person registered by the actor in their district."""
    district = min(grant.district_id for grant in actor.grants if grant.district_id)
    return register_person(actor, district, PersonDraft(given, family, **more)).person


def rows_of(prefix: str, *rows: dict[str, str], initial: int = 0) -> dict[str, str]:
    """Return what a browser posts for the rows of a form."""
    posted = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": str(initial)}
    for number, row in enumerate(rows):
        posted |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return posted
