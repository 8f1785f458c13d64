"""How words are folded so that a spelling heard, mistyped or transliterated finds the one written.

Every word is kept twice: as it sounds (`sounds`) and as its consonants alone (`bones`), the latter
behind a zero so that the two never meet. What the fold cannot make equal, trigrams bring near.
docs/domain/search.md has the table and worked examples.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from anyascii import anyascii
from rapidfuzz.distance import JaroWinkler

EVERYWHERE: Final = 0
MOST_WORDS: Final = 5
_PARTICLE: Final = 3
_SHORTEST_BONES: Final = 3
_BONES_MARK: Final = "0"
_SAME_BONES: Final = 0.86

_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")
_DOUBLE: Final = re.compile(r"([a-z])\1+")
# In this order: the longer spelling of a sound comes before the shorter one inside it.
_SPELLINGS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"xh", "g"),
        (r"tch|cz", "c"),
        (r"sch(?=[aou])", "sk"),
        (r"sc(?=[eiy])|sch|sh|sz|ss", "s"),
        (r"gh", "g"),
        (r"kh|ck|cq", "k"),
        (r"ph", "f"),
        (r"th|tt", "t"),
        (r"dh", "d"),
        (r"gn", "n"),
        (r"ou|oo", "u"),
        (r"ee", "i"),
        (r"w", "v"),
        (r"y", "i"),
        (r"gi(?=[aou])", "g"),
        (r"ci(?=[aou])", "c"),
        (r"c(?![eihj])", "k"),
        (r"q", "k"),
        (r"x", "ks"),
        (r"ts|tz", "z"),
    )
)
# One spelling, two sounds: Chiara and Rachid, Jamila and Jovan. Both are kept.
_OF_J: Final = re.compile(r"dzh|dj")
_TWO_SOUNDS: Final = (("ch", "k", "s"), ("j", "g", "i"))


def words(text: str) -> list[str]:
    """Return the words of `text` in plain lower-case letters, whatever script they came in.

    >>> words("D’Andrea, Žáç")
    ['d', 'andrea', 'zac']
    """
    return [word for word in _NOT_WORD.split(anyascii(text.replace("’", "'")).lower()) if word]


def _readings(word: str) -> set[str]:
    readings = {_OF_J.sub("j", word)}
    for spelling, first, second in _TWO_SOUNDS:
        readings = {
            reading.replace(spelling, sound) for reading in readings for sound in (first, second)
        }
    return readings


def _fold(word: str) -> str:
    for pattern, sound in _SPELLINGS:
        word = pattern.sub(sound, word)
    return word


@lru_cache(maxsize=20_000)
def sounds(word: str) -> tuple[str, ...]:
    """Return how a plain word may sound, most often one way.

    >>> sounds("gheorghe") == sounds("george")
    True
    >>> sounds("chiara")
    ('kiara', 'siara')
    """
    folded = {_fold(reading) for reading in _readings(word)}
    bare = {_DOUBLE.sub(r"\1", form.replace("h", "") or form) for form in folded}
    return tuple(sorted(bare))


@lru_cache(maxsize=20_000)
def bones(word: str) -> str:
    """Return the first letter and the consonants after it, or nothing where too few to tell.

    >>> bones("mohammed"), bones("muhamad"), bones("yusuf"), bones("youssef")
    ('mhmd', 'mhmd', 'isf', 'isf')
    """
    folded = _DOUBLE.sub(r"\1", _fold(min(_readings(word))))
    kept = folded[:1] + re.sub(r"[aeiou]", "", folded[1:])
    kept = _DOUBLE.sub(r"\1", kept)
    return kept if len(kept) >= _SHORTEST_BONES else ""


def _with_joined(plain: Sequence[str]) -> list[tuple[str, ...]]:
    """Each word with what it becomes when a particle is written together: ben ali, benali."""
    slots: list[tuple[str, ...]] = [(word,) for word in plain]
    for index, (word, following) in enumerate(pairwise(plain)):
        if len(word) <= _PARTICLE and word.isalpha():
            joined = word + following
            slots[index] = (*slots[index], joined)
            slots[index + 1] = (*slots[index + 1], joined)
    return slots


def folded(text: str) -> str:
    """Return what is stored of a text: each sound and the bones of each word, between spaces."""
    stored: dict[str, None] = {}
    for forms in _with_joined(words(text)):
        for form in forms:
            stored.update(dict.fromkeys(sounds(form)))
            if bones(form):
                stored[_BONES_MARK + bones(form)] = None
    return f" {' '.join(stored)} "


@dataclass(frozen=True, slots=True)
class Slot:
    """One word asked for: any of its sounds will do, or its bones."""

    sounds: tuple[str, ...]
    bones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed, folded the way stored texts are."""

    slots: tuple[Slot, ...]

    @property
    def text(self) -> str:
        """The first sound of every word."""
        return " ".join(slot.sounds[0] for slot in self.slots)


def question(text: str) -> Question:
    """Return `text` as a question; its words beyond the fifth do not count."""
    slots = []
    for forms in _with_joined(words(text)[:MOST_WORDS]):
        heard = tuple(dict.fromkeys(sound for form in forms for sound in sounds(form)))
        bare = tuple(_BONES_MARK + bones(form) for form in forms if bones(form))
        slots.append(Slot(heard, bare))
    return Question(tuple(slots))


def closeness(asked: Question, stored: str) -> float:
    """Return how near a stored text is to a question, from 0 to 1: the mean of its words' best."""
    if not asked.slots:
        return 0.0
    present = stored.split()
    heard = [word for word in present if not word.startswith(_BONES_MARK)]
    bare = {word for word in present if word.startswith(_BONES_MARK)}
    return sum(_best(slot, heard, bare) for slot in asked.slots) / len(asked.slots)


def _best(slot: Slot, heard: Sequence[str], bare: set[str]) -> float:
    nearest = max((_likeness(sound, word) for sound in slot.sounds for word in heard), default=0.0)
    return max(nearest, _SAME_BONES) if bare.intersection(slot.bones) else nearest


def _likeness(asked: str, word: str) -> float:
    if asked == word:
        return 1.0
    if word.startswith(asked):
        return 0.9 + 0.1 * len(asked) / len(word)
    if len(asked) > _PARTICLE and asked in word:
        return 0.8 + 0.1 * len(asked) / len(word)
    return 0.95 * JaroWinkler.similarity(asked, word)


def sort_key(*names: str) -> str:
    """Return names as one plain lower-case text by which a list is put in order."""
    return " ".join(word for name in names for word in words(name))
