"""From where a request comes, through the proxies this installation says it stands behind."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address of who asks: the one our outermost proxy saw, never one they wrote."""
    near: str = request.META.get("REMOTE_ADDR", "")
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    proxies: int = settings.PROXIES
    return told[-proxies] if 0 < proxies <= len(told) and told[-proxies] else near
