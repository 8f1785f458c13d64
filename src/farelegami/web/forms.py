"""Form fields for Italian amounts, durations and days, and the renderer that dresses them."""

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from farelegami.kernel.ids import may_be_ours, new_id
from farelegami.web.formats import amount, euro, hours

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
SPACES: Final = re.compile(r"\s+")
DJANGO_ROWS: Final = "10"
CHOICES: Final = frozenset({"checkbox", "radio", "hidden"})


class Renderer(TemplatesSetting):
    """Bootstrap Italia markup: label, help and errors above each field, a summary on top."""

    form_template_name = "web/form.html"
    field_template_name = "web/field.html"

    def render(
        self, template_name: str, context: Mapping[str, Any], request: HttpRequest | None = None
    ) -> str:
        widget = context.get("widget")
        if widget and widget.get("type") not in CHOICES:
            classes = widget["attrs"].get("class", "")
            if "fld" not in classes.split():
                widget["attrs"]["class"] = f"fld {classes}".strip()
            if widget["attrs"].get("rows") == DJANGO_ROWS:
                widget["attrs"]["rows"] = "5"
        return super().render(template_name, dict(context), request)


class EuroField(forms.Field):
    """An amount typed as Italians do, cleaned to whole cents.

    "1.234,50", "1234,5", "1234.5", "1.234" (thousands) and "80 €" are understood.
    """

    widget = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "fld-short"}
    )
    unit = "€"
    default_error_messages = {
        "unreadable": _("Scrivi un importo in euro, per esempio 1.234,50."),
        "decimals": _("Un importo ha al massimo due cifre dopo la virgola."),
        "too_small": _("L’importo deve essere almeno %(limit)s."),
        "too_large": _("L’importo può essere al massimo %(limit)s."),
    }

    def __init__(self, *, min_cents: int = 0, max_cents: int = 10**11, **kwargs: Any) -> None:
        self.min_cents, self.max_cents = min_cents, max_cents
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        text = SPACES.sub("", str(value)).removeprefix("€").removesuffix("€")
        if not text:
            return None
        whole, decimals = self._parts(text)
        return int(whole) * 100 + int(decimals.ljust(2, "0"))

    def _parts(self, text: str) -> tuple[str, str]:
        """Digits before and after the separator; a dot groups thousands when it can."""
        if not re.fullmatch(r"[0-9.,]{1,20}", text):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        if re.fullmatch(r"[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]*)?", text):
            text = text.replace(".", "")
        match = re.fullmatch(r"([0-9]+)(?:[.,]([0-9]*))?", text)
        if not match:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        whole, decimals = match[1], match[2] or ""
        if len(decimals) > 2:  # noqa: PLR2004
            raise ValidationError(self.error_messages["decimals"], code="decimals")
        return whole, decimals

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if value < self.min_cents:
            limit = {"limit": euro(self.min_cents)}
            raise ValidationError(self.error_messages["too_small"], "too_small", limit)
        if value > self.max_cents:
            limit = {"limit": euro(self.max_cents)}
            raise ValidationError(self.error_messages["too_large"], "too_large", limit)

    def prepare_value(self, value: Any) -> Any:
        return amount(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


DURATION: Final = re.compile(
    r"(?:(?P<h>\d{1,5})(?:h|ore|ora|:))?(?:e)?(?:(?P<m>\d{1,5})(?:min|minuti|minuto|m|')?)?",
    re.IGNORECASE,
)
DECIMAL_HOURS: Final = re.compile(r"(\d{1,5})(?:[.,](\d{1,4}))?(?:h|ore|ora)?", re.IGNORECASE)
THOUSANDS_OF_HOURS: Final = re.compile(r"\d{1,3}(\.\d{3})+(?!\d)")
ONLY_MINUTES: Final = re.compile(r"(\d{1,6})(?:min|minuti|minuto|m|')", re.IGNORECASE)


class MinutesField(forms.Field):
    """A duration cleaned to whole minutes: "3 h 30", "3:30", "2,5" (hours), "45 min"."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "class": "fld-short"})
    default_error_messages = {
        "unreadable": _("Scrivi il tempo in ore e minuti, per esempio 3 h 30 oppure 3:30."),
        "sixty": _("Dopo le ore, i minuti vanno da 0 a 59."),
        "too_small": _("Il tempo deve essere almeno %(limit)s."),
        "too_large": _("Il tempo può essere al massimo %(limit)s."),
    }

    def __init__(
        self, *, min_minutes: int = 0, max_minutes: int = 60 * 10_000, **kwargs: Any
    ) -> None:
        self.min_minutes, self.max_minutes = min_minutes, max_minutes
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        text = SPACES.sub("", str(value)).rstrip(".")
        return self._minutes(text) if text else None

    def _minutes(self, text: str) -> int:
        if match := THOUSANDS_OF_HOURS.match(text):
            text = match[0].replace(".", "") + text[match.end() :]
        if match := DECIMAL_HOURS.fullmatch(text):
            return self._from_decimal(match[1], match[2] or "")
        if match := ONLY_MINUTES.fullmatch(text):
            return int(match[1])
        match = DURATION.fullmatch(text)
        if not match or match["h"] is None:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        minutes = int(match["m"] or 0)
        if minutes > 59:  # noqa: PLR2004
            raise ValidationError(self.error_messages["sixty"], code="sixty")
        return int(match["h"]) * 60 + minutes

    def _from_decimal(self, whole: str, decimals: str) -> int:
        minutes = (int(whole) + Fraction(int(decimals or 0), 10 ** len(decimals))) * 60
        if minutes.denominator != 1:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        return minutes.numerator

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if value < self.min_minutes:
            limit = {"limit": hours(self.min_minutes)}
            raise ValidationError(self.error_messages["too_small"], "too_small", limit)
        if value > self.max_minutes:
            limit = {"limit": hours(self.max_minutes)}
            raise ValidationError(self.error_messages["too_large"], "too_large", limit)

    def prepare_value(self, value: Any) -> Any:
        return hours(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


class DayField(forms.DateField):
    """A day chosen in the browser's calendar, or typed as 12/03/2026."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "fld-short"})
    default_error_messages = {
        "invalid": _("Scrivi un giorno come 12/03/2026."),
        "far": _("Scrivi un giorno fra il 1900 e il 2100."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"])
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    def validate(self, value: Any) -> None:
        super().validate(value)
        # A year typed short or long is a slip, and the calendar's own ends break arithmetic.
        if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["far"], code="far")


class LateChoiceField(forms.TypedChoiceField):
    """A choice whose list is loaded when it is shown; what may be chosen the service checks.

    `choices` is set to a function. Sending the form then costs no query for its lists.
    """

    def valid_value(self, value: Any) -> bool:
        return True


class LateChoicesField(forms.TypedMultipleChoiceField):
    """Some of a list loaded when it is shown; as `LateChoiceField`."""

    def valid_value(self, value: Any) -> bool:
        return True


class OnceField(forms.UUIDField):
    """The name a form gives its act; one that we did not make is none."""

    # Some browsers keep hidden values when a page is loaded again: the act would keep its name.
    widget = forms.HiddenInput(attrs={"autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        try:
            given = super().to_python(value)
        except ValidationError:
            return None
        return given if given and may_be_ours(given) else None


class OnceForm(forms.Form):
    """A form that names its act, so that sent twice it acts once."""

    once = OnceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = new_id
