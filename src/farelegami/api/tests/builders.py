"""Programs with a token, asking as they do from outside."""

import json
from dataclasses import dataclass
from typing import Any, Final

from django.test import Client

from farelegami.access.models import Account
from farelegami.access.tests.builders import SYSTEM
from farelegami.api.rules import Scope
from farelegami.api.services.tokens import create_token
from farelegami.kernel.actor import Actor

EVERYTHING: Final = tuple(str(scope) for scope in Scope)
ROOT: Final = "/api/v1"


@dataclass(frozen=True)
class Program:
    secret: str
    client: Client

    def headers(self, more: dict[str, str] | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} | (more or {})

    def get(self, path: str, **asked: Any) -> Any:
        return self.client.get(f"{ROOT}{path}", asked, headers=self.headers())

    def post(self, path: str, sent: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = "" if sent is None else json.dumps(sent)
        return self.client.generic(
            "POST", f"{ROOT}{path}", body, "application/json", headers=self.headers(named)
        )


def a_program(who: Actor | Account, *scopes: str, days: int = 30) -> Program:
    """Return a program that acts for an account, with every scope unless some are named."""
    account = who if isinstance(who, Account) else Account.objects.get(pk=who.account_id)
    _token, secret = create_token(
        SYSTEM, account.username, name="prova", scopes=scopes or EVERYTHING, days=days
    )
    return Program(secret, Client(raise_request_exception=False))
