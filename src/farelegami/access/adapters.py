"""How the sign-in library behaves here: nobody signs up alone, people are invited."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from farelegami.access.models import Account
from farelegami.kernel import clock


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: an account begins with an invitation."""
        return False

    def new_user(self, request: HttpRequest) -> Account:
        return Account(created_at=clock.now())

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Leave the name the person chose."""
