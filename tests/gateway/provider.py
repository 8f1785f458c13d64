"""A real OpenID provider in a process of its own: `python -m tests.gateway.provider PORT RETURN`."""

from __future__ import annotations

import os
import sys
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.gateway.provider_settings"
django.setup()

from allauth.idp.oidc.models import Client  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

from tests.gateway.known import CLAIMS, CLIENT, PASSWORD, SECRET  # noqa: E402


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until stopped, people and client being there."""
    call_command("migrate", verbosity=0)
    for name, claims in CLAIMS.items():
        User.objects.create_user(name, claims["email"], PASSWORD)
    client = Client(id=CLIENT, name="FareLegami", skip_consent=True)
    client.set_secret(SECRET)
    client.set_redirect_uris([sys.argv[2]])
    client.set_scopes(["openid", "profile", "email"])
    client.save()
    port = int(sys.argv[1])
    make_server("127.0.0.1", port, get_wsgi_application(), handler_class=Quiet).serve_forever()


if __name__ == "__main__":
    main()
