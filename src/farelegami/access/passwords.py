"""What a password must be, in our words: the library says part of it in English."""

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return ngettext(
            "La password è troppo corta: serve almeno %(n)d carattere. Una frase va benissimo.",
            "La password è troppo corta: servono almeno %(n)d caratteri. Una frase va benissimo.",
            self.min_length,
        ) % {"n": self.min_length}

    def get_help_text(self) -> str:
        return ngettext(
            "Almeno %(n)d carattere: una frase va benissimo.",
            "Almeno %(n)d caratteri: una frase va benissimo.",
            self.min_length,
        ) % {"n": self.min_length}


class UnlikeItsOwner(UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return _("La password somiglia troppo al nome o alla posta elettronica di chi la usa.")

    def get_help_text(self) -> str:
        return _("Non deve somigliare al nome o alla posta elettronica.")


class Uncommon(CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("Questa password è fra quelle che si indovinano subito: serve qualcosa di tuo.")

    def get_help_text(self) -> str:
        return _("Non deve essere fra le password più usate.")
