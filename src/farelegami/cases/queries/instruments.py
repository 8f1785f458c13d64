"""The instruments that come with the package, each in a folder with its licence."""

from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files

from django.utils.translation import get_language, override, pgettext

from farelegami.cases.rules.assessments import (
    Instrument,
    UnknownInstrument,
    read_instrument,
    said,
)


def instruments() -> Mapping[str, Instrument]:
    """Return every installed instrument by code, in the language of the page where it is told in it.

    A folder without a licence is no instrument.
    """
    return _instruments_in(get_language() or "it")


@cache
def _instruments_in(language: str) -> Mapping[str, Instrument]:
    found: dict[str, Instrument] = {}
    with override(language):
        for folder in (files("farelegami.cases") / "instruments").iterdir():
            if folder.is_dir() and (folder / "LICENSE.txt").is_file():
                instrument = read_instrument((folder / "instrument.toml").read_bytes())
                say = partial(pgettext, f"cases/instruments/{folder.name}")
                found[instrument.code] = said(instrument, say)
    return dict(sorted(found.items()))


def instrument_for(code: str) -> Instrument:
    """Return one instrument, in the language of the page.

    Raises:
        UnknownInstrument: none is installed under this code.
    """
    if code not in instruments():
        raise UnknownInstrument
    return instruments()[code]
