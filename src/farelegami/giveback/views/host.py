"""The pages of who receives people, by a signed link or as referent of an organisation."""

from django.http import HttpResponse

from farelegami.access.requests import ActorRequest


def home_page(request: ActorRequest, token: str) -> HttpResponse:
    raise NotImplementedError
