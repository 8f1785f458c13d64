"""Text sealed with AES-GCM before it reaches the database (libraries.md, slot 16)."""

import base64
import hashlib
import hmac
import secrets
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

_NONCE_BYTES: Final = 12


def _ring() -> dict[str, AESGCM]:
    return {
        key_id: AESGCM(base64.urlsafe_b64decode(key)) for key_id, key in settings.FIELD_KEYS.items()
    }


def seal(text: str, bound_to: str) -> str:
    """Return `text` encrypted with the first key, readable only with the same `bound_to`."""
    key_id, cipher = next(iter(_ring().items()))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + cipher.encrypt(nonce, text.encode(), bound_to.encode())
    return f"{key_id}.{base64.urlsafe_b64encode(sealed).decode()}"


def unseal(sealed: str, bound_to: str) -> str:
    """Return the text of `sealed`.

    Raises:
        KeyError: the key it was written with is not in the ring.
        cryptography.exceptions.InvalidTag: changed, or moved to another place.
    """
    key_id, body = sealed.split(".", 1)
    raw = base64.urlsafe_b64decode(body)
    return (
        _ring()[key_id].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode()).decode()
    )


def blind_index(text: str) -> str:
    """Return a keyed digest by which equal values are found without being stored in clear."""
    key = base64.urlsafe_b64decode(settings.BLIND_INDEX_KEY)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """A text column whose content only this application reads; it cannot be searched."""

    def _bound_to(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else seal(str(value), self._bound_to())

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        return None if value is None else unseal(value, self._bound_to())

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            message = f"{self.name} is sealed: it cannot be looked up by {lookup_name}"
            raise TypeError(message)
        return super().get_lookup(lookup_name)
