"""What plans keep of people: who was thought of for where, until they are erased."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import CASE, PERSON, Declaration, Kept, NothingPersonal

_OF_OFFER: Final = {CASE: ("offer__pact__case",), PERSON: ("offer__person",)}
_WHOM: Final = ("offer__person",)

KEEPING: Final[dict[str, Declaration]] = {
    "matching.DistrictWeights": NothingPersonal(
        why=_("Che cosa conta quanto nei piani di un ambito."),
        plain=("id", "district", "weights", "changed_at", "changed_by_name"),
    ),
    "matching.Plan": NothingPersonal(
        why=_(
            "I piani fatti: quanti posti e quante persone, e la prova che non ce n’è uno migliore."
        ),
        plain=(
            "id",
            "district",
            "number",
            "made_at",
            "made_by_name",
            "weights",
            "offers",
            "places",
            "candidates",
            "placed",
            "value",
            "took_ms",
            "proof",
        ),
    ),
    "matching.PlanItem": Kept(
        what=_("I posti a cui il piano ha pensato per te"),
        why=_("Per mostrare a chi ti segue quale posto, e perché."),
        until="person",
        under=_OF_OFFER,
        person=_WHOM,
        fields={"facts": _("perché"), "points": _("punti per voce")},
        stays={
            "score": _("punti"),
            "is_pinned": _("fissato"),
            "taken_at": _("proposto il"),
        },
        plain=("id", "plan", "district", "offer", "slot", "match"),
    ),
    "matching.Pin": Kept(
        what=_("I posti fissati per te"),
        why=_("Perché i piani seguenti ne tengano conto."),
        until="person",
        under=_OF_OFFER,
        person=_WHOM,
        stays={"pinned_at": _("dal"), "lifted_at": _("fino al")},
        staff=("pinned_by_name",),
        plain=("id", "district", "offer", "slot"),
    ),
    "matching.Exclusion": Kept(
        what=_("I posti esclusi per te"),
        why=_("Perché i piani seguenti non li propongano."),
        until="person",
        under=_OF_OFFER,
        person=_WHOM,
        fields={"reason": _("motivo")},
        stays={"excluded_at": _("dal"), "lifted_at": _("fino al")},
        staff=("excluded_by_name",),
        plain=("id", "district", "offer", "opportunity"),
    ),
}
