"""What makes a secret no secret: production does not start with one, and says which."""

import base64
import binascii
from typing import Final

_LEAST_LENGTH: Final = 50
_LEAST_DIFFERENT: Final = 12
_KEY_BYTES: Final = 32


def weakness_of_secret(text: str) -> str:
    """Return why a text cannot sign sessions, or nothing.

    >>> weakness_of_secret("test-" * 12)
    'sembra scritta a mano o di prova'
    """
    if not text:
        return "manca"
    if len(text) < _LEAST_LENGTH:
        return f"è più corta di {_LEAST_LENGTH} caratteri"
    if len(set(text)) < _LEAST_DIFFERENT or text.startswith(("test-", "django-insecure-")):
        return "sembra scritta a mano o di prova"
    return ""


def weakness_of_key(text: str) -> str:
    """Return why a text is not base64 of 32 random bytes, or nothing.

    >>> weakness_of_key("YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=")
    'sembra scritta a mano o di prova'
    """
    if not text:
        return "manca"
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return "non è base64"
    if len(key) != _KEY_BYTES:
        return f"non è di {_KEY_BYTES} byte"
    return "sembra scritta a mano o di prova" if len(set(key)) < _LEAST_DIFFERENT else ""
