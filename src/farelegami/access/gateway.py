"""Sign-in through an OpenID provider, such as a gateway of SPID and CIE.

The library speaks the protocol; here is what it leaves out (nonce, level of assurance, signature of
what comes straight from the provider) and whom an answer stands for. Nothing that the provider says
about somebody is kept, and nobody gets an account by coming in this way.
"""

import logging
import secrets
from typing import Any, Final

import jwt
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from farelegami.access.queries import account_of_claims
from farelegami.access.rules import proves_level

PROVIDER_ID: Final = "gateway"
_ALGORITHMS: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256"})
_log: Final = logging.getLogger("farelegami.access")


class GatewayProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """Asks for a nonce and a level; nothing of the request is taken from the address."""

    def get_auth_params_from_request(self, request: HttpRequest, action: Any) -> dict[str, str]:
        """Return our own parameters: no address adds any."""
        params: dict[str, str] = self.get_auth_params()
        return params

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        scope: list[str] = self.get_scope()
        return scope

    def get_oauth2_adapter(self, request: HttpRequest) -> "GatewayFlow":
        return GatewayFlow(request, self.app.provider_id)

    def redirect(
        self,
        request: HttpRequest,
        process: Any,
        next_url: Any = None,
        data: Any = None,
        **more: Any,
    ) -> HttpResponse:
        """Return the way to the provider; the nonce waits in the state until the answer."""
        nonce = secrets.token_urlsafe(24)
        asked = {**(more.pop("auth_params", None) or {}), "nonce": nonce}
        if _ours().acr:
            asked["acr_values"] = " ".join(_ours().acr)
        answer: HttpResponse = super().redirect(
            request, process, next_url=next_url, data=data, auth_params=asked, nonce=nonce, **more
        )
        return answer


class GatewayFlow(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """One round trip; what does not hold ends it with `OAuth2Error`."""

    nonce = ""

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        address: str = build_absolute_uri(
            request, reverse("access:gateway_return"), self.redirect_uri_protocol
        )
        return address

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Return who came in, after every check.

        Raises:
            OAuth2Error: another issuer, nonce, subject or level, or a signature that does not hold.
        """
        wanted = _ours().issuer.rstrip("/")
        _require(self.openid_config["issuer"].rstrip("/") == wanted, "issuer")
        said = self._decode_id_token(app, kwargs["response"].get("id_token") or "")
        _require(bool(self.nonce) and said.get("nonce") == self.nonce, "nonce")
        _require(proves_level(str(said.get("acr", "")), _ours().acr), "acr")
        more = (
            self._fetch_user_info(token.token) if "userinfo_endpoint" in self.openid_config else {}
        )
        _require(not more or more.get("sub") == said["sub"], "sub")
        return self.get_provider().sociallogin_from_response(request, {**said, **more})

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Return the claims of a signed token: the signature is checked though TLS brought it."""
        try:
            algorithm = jwt.get_unverified_header(id_token).get("alg")
        except jwt.PyJWTError:
            algorithm = None
        _require(algorithm in _ALGORITHMS, "id_token")
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims


def _ours() -> Any:
    """Return what the settings say of the provider: its pages are closed where they say nothing."""
    if settings.GATEWAY is None:
        message = "no provider is set"
        raise OAuth2Error(message)
    return settings.GATEWAY


def _require(holds: bool, what: str) -> None:  # noqa: FBT001
    if not holds:
        message = f"the answer of the provider does not hold: {what}"
        raise OAuth2Error(message)


class GatewayReturn(OAuth2CallbackView):  # type: ignore[misc]
    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, answer = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, answer


class GatewayAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Whom an answer stands for: an account that is there, or nobody."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **what: Any) -> None:
        """Note why a sign-in failed; never what the provider said of somebody."""
        error = what.get("exception")
        _log.warning("gateway: %s", error if isinstance(error, OAuth2Error) else what.get("error"))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Sign in the account the claims stand for, or show a page to who has none."""
        account = account_of_claims(sociallogin.account.extra_data)
        if account is None:
            answer = render(request, "access/unknown_person.html", status=403)
            add_never_cache_headers(answer)
            raise ImmediateHttpResponse(answer)
        # A level that was asked for and proved is a second factor of its own.
        request.vouched_for = bool(_ours().acr)  # type: ignore[attr-defined]
        record_authentication(request, account, "gateway")
        raise ImmediateHttpResponse(
            perform_login(request, account, redirect_url=sociallogin.get_redirect_url(request))
        )
