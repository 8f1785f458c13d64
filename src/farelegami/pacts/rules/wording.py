"""The exact text that is signed, made from the terms and nothing else.

The same facts give the same text to the letter, so its hash says whether a paper is the one signed.
What is signed is Italian; `say` renders the same lines in another language, to be read beside it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.pacts.rules.terms import Basis, Terms

Say = Callable[[str], str]
_BASIS: Final = {
    Basis.VOLUNTARY: _("impegno volontario, non retribuito"),
    Basis.PUC: _("progetto utile alla collettività"),
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


def in_italian(sentence: str) -> str:
    """Return the sentence as the code has it: the words that are signed."""
    return sentence


def isolating(say: Say) -> Say:
    """Return `say` with what is filled in set apart, for languages written from the right.

    Italian names inside an Arabic sentence keep their own direction, and their commas stay with
    them.
    """
    return lambda sentence: _FILLED_IN.sub("\u2068\\g<0>\u2069", say(sentence))


_FILLED_IN: Final = re.compile(r"%\(\w+\)s")


def words(
    heading: Heading, terms: Terms, categories: Mapping[str, str], say: Say = in_italian
) -> str:
    """Return the text of a version: plain lines, one thing each, as many in every language."""
    return "\n".join(
        (
            *_top(heading, terms, say),
            *_goals(terms, say),
            *_supports(terms, categories, say),
            *_giveback(terms, say),
            *("", *(say(sentence) for sentence in _END)),
        )
    )


def hash_of(text: str) -> str:
    """Return the SHA-256 of a signed text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def money(cents: int, say: Say = in_italian) -> str:
    """Return an amount as it is written in a pact: 1.234,50 euro."""
    whole, rest = divmod(cents, 100)
    return say(_("%(amount)s euro")) % {"amount": f"{whole:,}".replace(",", ".") + f",{rest:02d}"}


def time(minutes: int, say: Say = in_italian) -> str:
    """Return a length of time as it is written in a pact: 3 ore e 30 minuti."""
    whole, rest = divmod(minutes, 60)
    if rest:
        sentence = (
            _("1 ora e %(rest)s minuti") if whole == 1 else _("%(whole)s ore e %(rest)s minuti")
        )
    else:
        sentence = _("1 ora") if whole == 1 else _("%(whole)s ore")
    return say(sentence) % {"whole": whole, "rest": rest}


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _top(heading: Heading, terms: Terms, say: Say) -> Iterator[str]:
    yield say(_("PATTO GENER-ATTIVO %(code)s")) % {"code": heading.code}
    yield say(_("%(pact_type)s, programma %(programme)s, testo numero %(number)s")) % {
        "pact_type": heading.pact_type,
        "programme": heading.programme,
        "number": heading.version,
    }
    yield ""
    holders = f" {say(_('e'))} ".join(heading.holders)
    yield say(_("Fra %(holders)s e %(body)s.")) % {"holders": holders, "body": heading.body}
    others = [name for name in heading.members if name not in heading.holders]
    if others:
        yield say(_("Il patto riguarda anche %(names)s.")) % {"names": ", ".join(others)}
    yield say(_("Lo segue %(name)s.")) % {"name": heading.case_manager}
    yield say(_("Vale dal %(starts)s al %(ends)s.")) % {
        "starts": _day(terms.starts_on),
        "ends": _day(terms.ends_on),
    }


def _goals(terms: Terms, say: Say) -> Iterator[str]:
    yield ""
    yield say(_("OBIETTIVI"))
    for number, goal in enumerate(terms.goals, start=1):
        yield f"{number}. {goal.title}"
        for result in goal.results:
            told = say(_("%(result)s, entro il %(day)s")) % {
                "result": result.text,
                "day": _day(result.due_on),
            }
            seen = say(_(" (si vede da: %(indicator)s)")) % {"indicator": result.indicator}
            yield f"   - {told}{seen if result.indicator else ''}"


def _supports(terms: Terms, categories: Mapping[str, str], say: Say) -> Iterator[str]:
    yield ""
    yield say(_("LA FAMIGLIA RICEVE"))
    for support in terms.supports:
        cost = money(support.amount_cents, say) if support.amount_cents else say(_("senza spesa"))
        told = say(_("%(support)s (%(category)s), da %(provider)s: %(cost)s")) % {
            "support": support.title,
            "category": categories.get(support.category, support.category),
            "provider": support.provider,
            "cost": cost,
        }
        yield f"- {told}" + (f", {support.detail}" if support.detail else "")
    yield say(_("In tutto fino a %(amount)s.")) % {"amount": money(terms.budget, say)}


def _giveback(terms: Terms, say: Say) -> Iterator[str]:
    yield ""
    yield say(_("LA FAMIGLIA RESTITUISCE ALLA COMUNITÀ"))
    if not terms.commitments:
        yield say(_("Per ora nessuna ora: se ne riparla insieme negli incontri."))
    for each in terms.commitments:
        helpers = say(_(", con l'aiuto di %(names)s")) % {"names": each.helpers}
        told = say(
            _("%(person)s: %(title)s, presso %(host)s%(when)s: %(time)s entro il %(day)s")
        ) % {
            "person": each.person_name,
            "title": each.title,
            "host": each.host,
            "when": f", {each.when}" if each.when else "",
            "time": time(each.minutes, say),
            "day": _day(each.ends_on),
        }
        yield f"- {told}{helpers if each.helpers else ''} ({say(_BASIS[each.basis])})"
    if terms.giveback_note:
        yield terms.giveback_note


_END: Final = (
    _(
        "La restituzione è libera: se non si riesce, se ne parla, e i sostegni non si perdono per questo."
    ),
    _("Ogni modifica si scrive in un nuovo testo e si firma di nuovo."),
)


class LineKind(StrEnum):
    """What a line of the text is, which its beginning says."""

    TITLE = "title"
    SECTION = "section"
    GOAL = "goal"
    RESULT = "result"
    ITEM = "item"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, without the signs that say its kind."""

    kind: LineKind
    text: str


_GOAL_LINE: Final = re.compile(r"\d+\. ")


def lines_of(text: str) -> list[Line]:
    """Return the lines of an Italian text, the empty ones left out: a paper shows each in its form.

    The kinds follow from the text alone, so that a text signed long ago is shown as it was.
    """
    return [Line(kind, _bare(kind, line)) for line, kind in _kinds(text) if kind is not None]


def lines_beside(italian: str, other: str) -> list[tuple[Line, str]]:
    """Return each line with its fellow of another language, which `words` made of the same facts.

    Nothing, where the two do not have as many lines: a text signed under other wording stands
    alone.
    """
    fellows = other.split("\n")
    if italian.count("\n") + 1 != len(fellows):
        return []
    pairs = zip(_kinds(italian), fellows, strict=True)
    return [
        (Line(kind, _bare(kind, line)), _bare(kind, fellow))
        for (line, kind), fellow in pairs
        if kind is not None
    ]


def _kinds(text: str) -> Iterator[tuple[str, LineKind | None]]:
    after_blank = False
    for number, line in enumerate(text.split("\n")):
        yield line, _kind(line, first=number == 0, after_blank=after_blank)
        after_blank = not line


def _kind(line: str, *, first: bool, after_blank: bool) -> LineKind | None:
    if not line:
        return None
    if first:
        return LineKind.TITLE
    if after_blank and line == line.upper():
        return LineKind.SECTION
    if line.startswith("   - "):
        return LineKind.RESULT
    if line.startswith("- "):
        return LineKind.ITEM
    return LineKind.GOAL if _GOAL_LINE.match(line) else LineKind.PARAGRAPH


def _bare(kind: LineKind, line: str) -> str:
    return line.removeprefix("   ").removeprefix("- ") if kind in _MARKED else line


_MARKED: Final = frozenset({LineKind.RESULT, LineKind.ITEM})
