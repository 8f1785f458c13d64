"""The request as every view of ours receives it."""

from django.http import HttpRequest

from farelegami.access.models import Account
from farelegami.kernel.actor import Actor


class ActorRequest(HttpRequest):
    actor: Actor
    user: Account
