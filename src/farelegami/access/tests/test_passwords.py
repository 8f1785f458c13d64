import pytest
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError

from farelegami.access.models import Account

BICI = Account(username="bicicletta.lunga", name="Bicicletta Lunga", email="b@example.org")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        (
            "corta",
            "La password è troppo corta: servono almeno 12 caratteri. Una frase va benissimo.",
        ),
        (
            "bicicletta lunga",
            "La password somiglia troppo al nome o alla posta elettronica di chi la usa.",
        ),
        (
            "1234567890123",
            "Questa password è fra quelle che si indovinano subito: serve qualcosa di tuo.",
        ),
    ],
)
def test_a_weak_password_is_refused_in_our_words(password, said):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, BICI)
    assert said in refused.value.messages


def test_a_sentence_of_ones_own_is_a_password():
    validate_password("catena e pedali nella nebbia", BICI)


def test_what_is_asked_of_a_password_is_said_in_our_words():
    assert password_validators_help_texts() == [
        "Non deve somigliare al nome o alla posta elettronica.",
        "Almeno 12 caratteri: una frase va benissimo.",
        "Non deve essere fra le password più usate.",
    ]
