"""The territory: public reference data."""

from typing import Final

from farelegami.kernel.errors import gettext_noop as _
from farelegami.storage.keeping import Declaration, NothingPersonal

KEEPING: Final[dict[str, Declaration]] = {
    "territory.Province": NothingPersonal(
        why=_("Una provincia."),
        plain=(
            "code",
            "name",
            "sigla",
            "region_code",
            "region_name",
        ),
    ),
    "territory.District": NothingPersonal(
        why=_("Un ambito sociale."),
        plain=(
            "id",
            "name",
            "short_name",
            "lead_body",
            "province",
        ),
    ),
    "territory.Municipality": NothingPersonal(
        why=_("Un comune."),
        plain=(
            "istat_code",
            "name",
            "name_alt",
            "province",
            "district",
            "district_basis",
            "belfiore_code",
            "postcode",
            "postcodes",
            "residents",
            "latitude",
            "longitude",
            "area_km2",
            "closed_on",
        ),
    ),
    "territory.BirthPlace": NothingPersonal(
        why=_("I luoghi di nascita possibili."),
        plain=(
            "belfiore_code",
            "name",
            "sigla",
            "kind",
            "valid_from",
            "valid_to",
            "folded",
        ),
    ),
    "territory.Quarter": NothingPersonal(
        why=_("Un quartiere."),
        plain=(
            "id",
            "district",
            "municipality",
            "name",
        ),
    ),
    "territory.Place": NothingPersonal(
        why=_("Un luogo della comunità."),
        plain=(
            "id",
            "district",
            "municipality",
            "quarter",
            "name",
            "address",
            "latitude",
            "longitude",
        ),
    ),
}
