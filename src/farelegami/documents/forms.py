"""What anyone types or brings to check a paper."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from farelegami.documents.rules.codes import CODE_LENGTH, plain_code


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Codice di controllo"), max_length=40,
        help_text=_("È in fondo a ogni pagina: dodici fra lettere e numeri, come K7F2-0Q9X-MM01."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def clean_code(self) -> str:
        """Refuse what cannot be a code of ours."""
        code = plain_code(self.cleaned_data["code"])
        if len(code) != CODE_LENGTH:
            raise ValidationError(_("Un codice ha dodici fra lettere e numeri: ricontrollalo."))
        return code


class CopyForm(forms.Form):
    copy = forms.FileField(
        label=_("Il file da confrontare"),
        help_text=_("Serve il PDF così come è stato rilasciato. Non viene conservato."),
    )
