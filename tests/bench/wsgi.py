"""What the measured server loads: the floor of one row stands beside the whole, in one process."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

from farelegami.config.wsgi import application as whole


class _Bare(WSGIHandler):
    def load_middleware(self, is_async: bool = False) -> None:
        with override_settings(MIDDLEWARE=[]):
            super().load_middleware(is_async)


_bare = _Bare()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer the floor without any middleware, everything else as users are answered."""
    handler = _bare if environ["PATH_INFO"].startswith("/floor/row/") else whole
    return handler(environ, start_response)
