"""A little ground for tests: two districts of one province, a town in each."""

from farelegami.territory.models import District, Municipality, Province

CREMONESE, CREMASCO = 1901, 1902


def a_province(code: str = "019", sigla: str = "CR") -> Province:
    """Return a province, made if it is not there."""
    province, _ = Province.objects.get_or_create(
        code=code,
        defaults={
            "name": "Cremona",
            "sigla": sigla,
            "region_code": "03",
            "region_name": "Lombardia",
        },
    )
    return province


def a_district(number: int = CREMASCO, short_name: str = "Cremasco") -> District:
    """Return a district, made if it is not there."""
    district, _ = District.objects.get_or_create(
        id=number,
        defaults={
            "name": f"Ambito territoriale sociale {short_name.lower()}",
            "short_name": short_name,
            "lead_body": "Comunità Sociale Cremasca",
            "province": a_province(),
        },
    )
    return district


def a_municipality(
    istat_code: str = "019035",
    name: str = "Crema",
    belfiore_code: str = "D142",
    district_id: int | None = CREMASCO,
) -> Municipality:
    """Return a municipality, made if it is not there; its district too."""
    if district_id is not None:
        a_district(district_id, "Cremasco" if district_id == CREMASCO else "Cremonese")
    town, _ = Municipality.objects.get_or_create(
        istat_code=istat_code,
        defaults={
            "name": name,
            "province": a_province(),
            "district_id": district_id,
            "district_basis": "listed",
            "belfiore_code": belfiore_code,
            "postcode": "26013",
            "residents": 34_000,
            "latitude": 45.36,
            "longitude": 9.68,
            "area_km2": 34.5,
        },
    )
    return town
