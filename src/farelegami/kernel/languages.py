"""The languages in which families are spoken to, each under its own name; Italian is the signed one."""

from collections.abc import Mapping
from typing import Final

SPOKEN: Final[Mapping[str, str]] = {
    "it": "Italiano",
    "en": "English",
    "ro": "Română",
    "ar": "العربية",
    "pa": "ਪੰਜਾਬੀ",
    "sq": "Shqip",
    "fr": "Français",
}
