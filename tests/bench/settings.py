"""The embedded installation with two more addresses: the floors everything is measured against."""

from farelegami.config.settings.local import *

INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench"]
ROOT_URLCONF = "tests.bench.urls"
# One token asks for all: what is measured is the answer, not the waiting.
API_REQUESTS_A_MINUTE = 10_000_000
# The count of queries is taken in this process, by the test client.
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
