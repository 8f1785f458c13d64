"""A browser in somebody's hands, and the addresses of the room."""

from typing import Any

from django.test import Client
from django.urls import reverse

from farelegami.access.models import Account
from farelegami.kernel.actor import Actor


def desk_of(actor: Actor) -> Client:
    """Return a client that has signed in as the actor."""
    client = Client()
    client.force_login(Account.objects.get(pk=actor.account_id))
    return client


def url(name: str, *args: Any) -> str:
    """Return an address of the room."""
    return reverse(f"cases:{name}", args=args)
