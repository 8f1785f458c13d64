"""A point of the map, as a phone or a map gives it."""

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from farelegami.kernel.points import Point

_DIGITS: Final = 5


def rounded(point: Point) -> Point:
    """Return a point as a page shows it: to about a metre."""
    return Point(round(point.latitude, _DIGITS), round(point.longitude, _DIGITS))


class PointField(forms.CharField):
    """A point typed or copied from a map as two numbers, 45.1333, 10.0245; the page may fill it.

    Cleans to a `Point` to about a metre, None where left empty.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "unread": _("Scrivi due numeri come 45,1333 10,0245: prima la latitudine."),
    }
    _SHAPE: Final = re.compile(
        r"(-?\d{1,2}[.,]\d{1,15})\s*°?\s*N?[,;\s]\s*(-?\d{1,3}[.,]\d{1,15})\s*°?\s*E?", re.ASCII
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value[0]:.5f}, {value[1]:.5f}" if isinstance(value, tuple) else value

    def clean(self, value: Any) -> Point | None:
        """Return the point, None where none was said."""
        text = super().clean(value)
        if not text:
            return None
        found = self._SHAPE.fullmatch(text)
        if found is None:
            raise ValidationError(self.error_messages["unread"], code="unread")
        lat, lon = (round(float(part.replace(",", ".")), 5) for part in found.groups())
        if abs(lat) > 90 or abs(lon) > 180:  # noqa: PLR2004
            raise ValidationError(self.error_messages["unread"], code="unread")
        return Point(lat, lon)
