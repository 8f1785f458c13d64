"""The instruments that come with the package, each in a folder with its licence."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from farelegami.cases.rules.assessments import Instrument, UnknownInstrument, read_instrument


@cache
def instruments() -> Mapping[str, Instrument]:
    """Return every installed instrument by code; a folder without a licence is no instrument."""
    found: dict[str, Instrument] = {}
    for folder in (files("farelegami.cases") / "instruments").iterdir():
        if folder.is_dir() and (folder / "LICENSE.txt").is_file():
            instrument = read_instrument((folder / "instrument.toml").read_bytes())
            found[instrument.code] = instrument
    return dict(sorted(found.items()))


def instrument_for(code: str) -> Instrument:
    """Return one instrument.

    Raises:
        UnknownInstrument: none is installed under this code.
    """
    if code not in instruments():
        raise UnknownInstrument
    return instruments()[code]
