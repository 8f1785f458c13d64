"""From the ties of a person to what is drawn of them, and what changed, in a sentence."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farelegami.people.models import Person
from farelegami.people.models import Tie as PersonTie
from farelegami.people.queries.files import Ecomap as Snapshot
from farelegami.people.rules.ecomap import STRENGTH_LABELS, Circle, EcomapChange
from farelegami.people.rules.ecomap import Direction as Way
from farelegami.web.drawings.ecomap import Direction, Ecomap, Kind, Node, Ring, Strength, Tie

_PLACES: Final[Mapping[Circle, tuple[Ring, Kind]]] = {
    Circle.HOME: (Ring.HOME, Kind.FAMILY),
    Circle.FRIENDS: (Ring.FRIENDS, Kind.FRIEND),
    Circle.COMMUNITY: (Ring.SERVICES, Kind.COMMUNITY),
    Circle.SERVICES: (Ring.SERVICES, Kind.SERVICE),
}
_WAYS: Final[Mapping[Way, Direction]] = {
    Way.GIVES: Direction.GIVES,
    Way.RECEIVES: Direction.RECEIVES,
    Way.BOTH: Direction.MUTUAL,
}
_NAMED: Final = 3


def drawing_of(person: Person, snapshot: Snapshot) -> Ecomap:
    """Return a snapshot as the drawing takes it."""
    bonds = [_bond(tie) for tie in snapshot.ties]
    # By ring, so that the list that phones show instead of the words has each ring once.
    order = {ring: number for number, ring in enumerate(Ring)}
    bonds.sort(key=lambda bond: order[bond[0].ring])
    return Ecomap(person.given_name, tuple(bonds))


def _bond(tie: PersonTie) -> tuple[Node, Tie]:
    ring, kind = _PLACES[Circle(tie.circle)]
    node = Node(key=tie.draft().key, label=tie.label, sub=tie.detail, ring=ring, kind=kind)
    return node, Tie(Strength(tie.strength), _WAYS[Way(tie.direction)])


def what_changed(change: EcomapChange) -> str:
    """Return in one or two sentences how a drawing differs from an earlier one."""
    parts = []
    if change.new:
        count = len(change.new)
        said = ngettext("%(n)s legame nuovo", "%(n)s legami nuovi", count) % {"n": count}
        outside = change.new_outside_home
        if outside == count:
            said += _(", fuori casa") if count == 1 else _(", tutti fuori casa")
        elif outside:
            said += _(", %(n)s fuori casa") % {"n": outside}
        parts.append(said)
    if change.lost:
        count = len(change.lost)
        names = ", ".join(tie.label for tie in change.lost[:_NAMED])
        said = ngettext("%(n)s non c’è più", "%(n)s non ci sono più", count) % {"n": count}
        parts.append(f"{said} ({names})")
    sentences = [f"{', '.join(parts)}."] if parts else []
    sentences += [
        _("Con %(who)s: da %(before)s a %(after)s.")
        % {
            "who": one.label,
            "before": _(STRENGTH_LABELS[one.before]),
            "after": _(STRENGTH_LABELS[one.after]),
        }
        for one in change.changed[:_NAMED]
    ]
    return " ".join(sentences) or _("nessun cambiamento.")
