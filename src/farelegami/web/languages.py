"""Which language a page is said in: two are whole everywhere, five more on the family's pages."""

from typing import Final

from django.http import HttpRequest
from django.utils import translation

_FAMILY: Final = "/mio/"
_EVERYWHERE: Final = frozenset({"it", "en"})


def spoken_at(path: str, language: str) -> str:
    """Return the language a page is shown in to somebody who asks for `language`."""
    return language if path.startswith(_FAMILY) or language in _EVERYWHERE else "it"


def speak(request: HttpRequest, language: str) -> None:
    """Answer a request in `language`, as far as its page is whole in it."""
    spoken = spoken_at(request.path, language)
    # Each request begins by choosing its own: nothing is left to put back.
    translation.activate(spoken)
    request.LANGUAGE_CODE = spoken
