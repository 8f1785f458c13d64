"""The exact Italian text that is signed, made from the terms and nothing else.

The same facts give the same text to the letter, so its hash says whether a paper is the one signed.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from farelegami.pacts.rules.terms import Basis, Terms

_BASIS: Final = {
    Basis.VOLUNTARY: "impegno volontario, non retribuito",
    Basis.PUC: "progetto utile alla collettività",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """Who makes the pact, as the first lines say it."""

    code: str
    programme: str
    pact_type: str
    body: str
    case_manager: str
    holders: Sequence[str]
    members: Sequence[str]
    version: int


def words(heading: Heading, terms: Terms, categories: Mapping[str, str]) -> str:
    """Return the text of a version: plain lines, one thing each."""
    return "\n".join(
        (
            *_top(heading, terms),
            *_goals(terms),
            *_supports(terms, categories),
            *_giveback(terms),
            *_END,
        )
    )


def hash_of(text: str) -> str:
    """Return the SHA-256 of a signed text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def money(cents: int) -> str:
    """Return an amount as it is written in a pact: 1.234,50 euro."""
    whole, rest = divmod(cents, 100)
    return f"{whole:,}".replace(",", ".") + f",{rest:02d} euro"


def time(minutes: int) -> str:
    """Return a length of time as it is written in a pact: 3 ore e 30 minuti."""
    whole, rest = divmod(minutes, 60)
    hours = "1 ora" if whole == 1 else f"{whole} ore"
    return f"{hours} e {rest} minuti" if rest else hours


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _top(heading: Heading, terms: Terms) -> Iterator[str]:
    yield f"PATTO GENER-ATTIVO {heading.code}"
    yield f"{heading.pact_type}, programma {heading.programme}, testo numero {heading.version}"
    yield ""
    yield f"Fra {' e '.join(heading.holders)} e {heading.body}."
    others = [name for name in heading.members if name not in heading.holders]
    if others:
        yield f"Il patto riguarda anche {', '.join(others)}."
    yield f"Lo segue {heading.case_manager}."
    yield f"Vale dal {_day(terms.starts_on)} al {_day(terms.ends_on)}."


def _goals(terms: Terms) -> Iterator[str]:
    yield ""
    yield "OBIETTIVI"
    for number, goal in enumerate(terms.goals, start=1):
        yield f"{number}. {goal.title}"
        for result in goal.results:
            how = f" (si vede da: {result.indicator})" if result.indicator else ""
            yield f"   - {result.text}, entro il {_day(result.due_on)}{how}"


def _supports(terms: Terms, categories: Mapping[str, str]) -> Iterator[str]:
    yield ""
    yield "LA FAMIGLIA RICEVE"
    for support in terms.supports:
        cost = money(support.amount_cents) if support.amount_cents else "senza spesa"
        detail = f", {support.detail}" if support.detail else ""
        category = categories.get(support.category, support.category)
        yield f"- {support.title} ({category}), da {support.provider}: {cost}{detail}"
    yield f"In tutto fino a {money(terms.budget)}."


def _giveback(terms: Terms) -> Iterator[str]:
    yield ""
    yield "LA FAMIGLIA RESTITUISCE ALLA COMUNITÀ"
    if not terms.commitments:
        yield "Per ora nessuna ora: se ne riparla insieme negli incontri."
    for each in terms.commitments:
        when = f", {each.when}" if each.when else ""
        helpers = f", con l'aiuto di {each.helpers}" if each.helpers else ""
        yield (
            f"- {each.person_name}: {each.title}, presso {each.host}{when}: {time(each.minutes)}"
            f" entro il {_day(each.ends_on)}{helpers} ({_BASIS[each.basis]})"
        )
    if terms.giveback_note:
        yield terms.giveback_note


_END: Final = (
    "",
    "La restituzione è libera: se non si riesce, se ne parla, e i sostegni non si perdono per questo.",
    "Ogni modifica si scrive in un nuovo testo e si firma di nuovo.",
)
