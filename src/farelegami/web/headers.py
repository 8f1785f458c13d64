"""What a browser may do for our pages, said to it with every answer."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

# Passkeys, copying recovery codes, and saying "it is here" are all that pages need of the machine.
_OWN: Final = (
    "publickey-credentials-get", "publickey-credentials-create", "clipboard-write", "geolocation",
)  # fmt: skip
_NEVER: Final = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "fullscreen", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone",
    "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS_POLICY: Final = ", ".join(
    [*(f"{name}=()" for name in _NEVER), *(f"{name}=(self)" for name in _OWN)]
)


class BrowserHeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
