"""What is kept about whom, why and until when: one declaration a table, beside the models.

A room says it in `keeping.py`, a mapping named in its `AppConfig` as `keeping`. From these are made
the page on what we keep, the copy of a person's data, and erasure: nothing else knows the tables.
Every concrete field of a model stands in exactly one list; a test names those that do not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeAlias

from django.apps import apps
from django.db import models
from django.utils.module_loading import import_string

from farelegami.kernel.errors import gettext_noop


class Basis(StrEnum):
    """On what the keeping rests (R20)."""

    TASK = "task"
    CARE = "care"
    CONSENT = "consent"
    LAW = "law"
    SECURITY = "security"


BASIS_LABELS: Final = {
    Basis.TASK: gettext_noop("compito di interesse pubblico (GDPR art. 6.1.e)"),
    Basis.CARE: gettext_noop("assistenza sociale, anche con dati delicati (GDPR art. 9.2.g)"),
    Basis.CONSENT: gettext_noop("consenso, che si ritira quando si vuole (GDPR art. 6.1.a)"),
    Basis.LAW: gettext_noop("obbligo di legge: conti e atti pubblici (GDPR art. 6.1.c)"),
    Basis.SECURITY: gettext_noop("sicurezza di chi entra e dei dati (GDPR art. 32)"),
}


class Erase(StrEnum):
    """The row goes; it stays without what leads to a person; or its room has its own way."""

    DELETE = "delete"
    BLANK = "blank"
    OWN = "own"


# Of what a row is part, when its time comes: each has a term in the conservation plan.
REFERRAL: Final = "cases.Referral"
CASE: Final = "cases.Case"
PERSON: Final = "people.Person"
ROOTS: Final = (REFERRAL, CASE, PERSON)


@dataclass(frozen=True, slots=True)
class Kept:
    """A table that holds something about people.

    `what`, `why`: sentences for anyone. `until`: code of the term in the conservation plan.
    `under`: from which roots erasure comes, each with the paths from the row to the root.
    `owned`: columns with the id, not the key, of an object that is erased.
    `person`: paths to the person in whose copy the row goes; `only` narrows those rows.
    Fields: `fields` go into the copy and are erased; `stays` go into it and stay, since alone they
    lead to nobody; `others` are somebody else's, erased and never copied; `sealed` are the diary,
    copied only when the DPO so decided; `staff` say which of us acted; `plain` are machinery.
    `values` replace an erased field where nothing would not do; `unless_shared` keeps the row while
    a person on that path is still known.
    """

    what: str
    why: str
    until: str
    basis: Basis = Basis.CARE
    erase: Erase = Erase.DELETE
    under: Mapping[str, Sequence[str]] = field(default_factory=dict)
    owned: Sequence[str] = ()
    person: Sequence[str] = ()
    only: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    stays: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    staff: Sequence[str] = ()
    plain: Sequence[str] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    unless_shared: str = ""

    def named(self) -> list[str]:
        """Return every field the declaration names, in its order, repeated if it repeats."""
        lists = (self.fields, self.stays, self.others, self.sealed, self.staff, self.plain)
        return [name for one in lists for name in one]

    def told(self) -> Mapping[str, str]:
        """Return the labels of everything that says something of a person."""
        return {**self.fields, **self.stays, **self.others, **self.sealed}

    def erased(self) -> list[str]:
        """Return the fields that erasure empties where the row stays."""
        return [*self.fields, *self.others, *self.sealed]


@dataclass(frozen=True, slots=True)
class NothingPersonal:
    """A table that says nothing of anybody, and why; its fields are named all the same."""

    why: str
    plain: Sequence[str]

    def named(self) -> list[str]:
        return list(self.plain)


Declaration: TypeAlias = Kept | NothingPersonal


def declarations() -> Mapping[str, Declaration]:
    """Return every declaration by `room.Model`, rooms above first, in the order of each room."""
    found: dict[str, Declaration] = {}
    for config in apps.get_app_configs():
        where = getattr(config, "keeping", "")
        found.update(import_string(where) if where else {})
    return found


def kept() -> Iterator[tuple[type[models.Model], Kept]]:
    """Yield the tables that hold something about people, with their declarations."""
    for label, declaration in declarations().items():
        if isinstance(declaration, Kept):
            yield apps.get_model(label), declaration


def undeclared() -> list[str]:
    """Return a sentence for each model or field that no declaration names, or that two do."""
    declared, faults = declarations(), []
    models_by_label = {model._meta.label: model for model in apps.get_models()}
    for label, model in models_by_label.items():
        declaration = declared.get(label)
        if declaration is None:
            faults.append(f"{label}: say in its room's keeping.py what it keeps, why, until when")
            continue
        named = declaration.named()
        there = [each.name for each in model._meta.concrete_fields]
        faults += [f"{label}.{name}: in no list of its keeping" for name in there
                   if name not in named]  # fmt: skip
        faults += [f"{label}.{name}: declared, and not there" for name in named
                   if name not in there]  # fmt: skip
        faults += [f"{label}.{name}: in two lists" for name in sorted(set(named))
                   if named.count(name) > 1]  # fmt: skip
    return faults + [f"{label}: declared, and not there" for label in declared
                     if label not in models_by_label]  # fmt: skip
