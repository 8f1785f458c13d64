"""What who receives people types: a yes, a length, a word why."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from farelegami.giveback.queries.opportunities import HostedTurn
from farelegami.giveback.rules.changes import MOST_REACHED, Change
from farelegami.giveback.rules.sessions import LONGEST, Said, Word
from farelegami.kernel.units import Minutes
from farelegami.web.forms import MinutesField

_WORDS: Final = (
    (Word.HELD.value, _("c’è stata, il turno è svolto")),
    (Word.EXCUSED.value, _("non c’è stata, e ha avvisato o si sa perché")),
    (Word.ABSENT.value, _("non c’è stata")),
)
_SHORT: Final = (
    ("", "–"),
    (Word.HELD.value, _("svolto")),
    (Word.EXCUSED.value, _("assenza giustificata")),
    (Word.ABSENT.value, _("assenza")),
)


class SaidForm(forms.Form):
    """What came of a turn, and how long it was."""

    word = forms.ChoiceField(label=_("Com’è andata?"), choices=_WORDS, widget=forms.RadioSelect)
    minutes = MinutesField(
        label=_("Quanto è durato?"),
        required=False,
        min_minutes=1,
        max_minutes=LONGEST,
        help_text=_("Per esempio 2 oppure 1:30. Serve solo se il turno è svolto."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the length of what was held."""
        data = super().clean() or {}
        is_held = data.get("word") == Word.HELD.value
        if is_held and not data.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _now("Scrivi quanto è durato."))
        return data

    def said(self) -> Said:
        """Return the word and, of a turn held, its minutes."""
        word = Word(self.cleaned_data["word"])
        if word is not Word.HELD:
            return Said(word)
        return Said(word, Minutes(self.cleaned_data["minutes"]))


class ReachField(forms.IntegerField):
    """About how many people it reached; nobody has to count them."""

    def __init__(self) -> None:
        super().__init__(
            label=_("A quante persone è servito, più o meno?"),
            required=False,
            min_value=0,
            max_value=MOST_REACHED,
            widget=forms.NumberInput(attrs={"class": "fld-short", "inputmode": "numeric"}),
        )


class TurnForm(SaidForm):
    note = forms.CharField(
        label=_("Vuoi aggiungere qualcosa?"),
        required=False,
        max_length=300,
        help_text=_("La legge chi coordina, non chi è venuto."),
    )
    changed_for_others = forms.CharField(
        label=_("Che cosa è cambiato per gli altri?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Una frase sola, se ti va. Si chiede una volta."),
    )

    reached_people = ReachField()

    def __init__(self, *args: Any, asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["changed_for_others"]
            del self.fields["reached_people"]

    def change(self) -> Change | None:
        """Return what was said of others; None for an empty line, which is not yet an answer."""
        data = self.cleaned_data
        said = Change(data.get("changed_for_others", ""), data.get("reached_people"))
        return said or None


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Perché?"), max_length=300)


class ChangedForm(forms.Form):
    reached_people = ReachField()
    words = forms.CharField(
        required=False,
        max_length=2000,
        error_messages={
            "max_length": _("Sono %(show_value)s caratteri: ne entrano %(limit_value)s. Accorcia.")
        },
    )

    def change(self) -> Change:
        """Return what was said of others."""
        return Change(self.cleaned_data["words"], self.cleaned_data["reached_people"])


class RowForm(forms.Form):
    """One line of the sheet typed in: what came of a turn, and how long."""

    word = forms.ChoiceField(label=_("Com’è andata"), choices=_SHORT, required=False)
    minutes = MinutesField(
        label=_("Durata"), required=False, min_minutes=1, max_minutes=LONGEST
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for the length of what was held."""
        data = super().clean() or {}
        is_held = data.get("word") == Word.HELD.value
        if is_held and not data.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _now("Scrivi quanto è durato."))
        return data

    def said(self) -> Said | None:
        """Return the word, or nothing where the line was left as it is."""
        if not self.cleaned_data.get("word"):
            return None
        word = Word(self.cleaned_data["word"])
        if word is not Word.HELD:
            return Said(word)
        return Said(word, Minutes(self.cleaned_data["minutes"]))


def rows_of(data: Any, turns: Sequence[HostedTurn]) -> list[tuple[HostedTurn, RowForm]]:
    """Return the lines to type, one a turn; `data` is None where nothing was sent."""
    return [
        (
            turn,
            RowForm(data, prefix=turn.session_id.hex, initial={"minutes": turn.minutes}),
        )
        for turn in turns
    ]
