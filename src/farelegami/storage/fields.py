"""Text sealed with AES-GCM before it reaches the database (libraries.md, slot 16)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

_NONCE_BYTES: Final = 12


def _ring() -> Mapping[str, AESGCM]:
    return _ring_of(tuple(settings.FIELD_KEYS.items()))


@lru_cache(maxsize=4)
def _ring_of(keys: tuple[tuple[str, str], ...]) -> Mapping[str, AESGCM]:
    return {key_id: AESGCM(base64.urlsafe_b64decode(key)) for key_id, key in keys}


def newest_key() -> str:
    """Return the id of the key that seals: the first; the others only read."""
    return next(iter(_ring()))


def is_old(sealed: str) -> bool:
    """Return whether a sealed text needs a key that no longer seals."""
    return sealed.partition(".")[0] != newest_key()


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
    return blind_indexes(text)[0]


def blind_indexes(text: str) -> Sequence[str]:
    """Return the digest under every key in use, the newest first: all are to be looked for."""
    return [
        hmac.new(base64.urlsafe_b64decode(key), text.encode(), hashlib.sha256).hexdigest()
        for key in settings.BLIND_INDEX_KEY.split(",")
    ]


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
