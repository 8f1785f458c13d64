"""What provider and tests know of each other."""

CLIENT, SECRET = "farelegami", "un segreto fra i due"
PASSWORD = "una parola del fornitore"
LEVEL_2 = "https://www.spid.gov.it/SpidL2"
# What the provider knows of each of its people.
CLAIMS = {
    "samira": {"fiscal_number": "TINIT-BLPSMR92C48Z330Y", "email": "samira@example.org"},
    "nessuno": {"fiscal_number": "TINIT-RSSMRA80A01H501U", "email": "nessuno@example.org"},
}
