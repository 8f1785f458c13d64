"""What the provider says of its people."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter

from tests.gateway.known import CLAIMS, LEVEL_2


class Adapter(DefaultOIDCAdapter):
    def get_claims(self, purpose: str, user: Any, client: Any, scopes: Any, **more: Any) -> Any:
        claims = super().get_claims(purpose, user, client, scopes, **more)
        known = {**CLAIMS[user.get_username()], "email_verified": True}
        return {**claims, **known, **({"acr": LEVEL_2} if purpose == "id_token" else {})}
