"""A real deployment: it starts only with real secrets, and its answers bind the browser."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from farelegami.config.settings import test as test_settings

ROOT = Path(__file__).resolve().parents[1]
ASK = """
import django; django.setup()
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
host = {"host": "patti.example.it"}
with override_settings(STORAGES={"staticfiles": plain}):
    answer = Client().get(reverse("account_login"), secure=True, headers=host)
print(answer.status_code)
for name, value in answer.headers.items(): print(f"{name}: {value}")
for cookie in answer.cookies.values(): print(cookie.OutputString())
"""


GOOD = "hK0oQb7uWc5Zk2pXr9Tn4vYs8Lm1Jd6Gf3Ha0Ce5BiE="


def a_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def in_production(folder: Path, *program: str, **changes: str):
    sound = {
        "DJANGO_SETTINGS_MODULE": "farelegami.config.settings.production",
        "FARELEGAMI_SECRET_KEY": secrets.token_urlsafe(60),
        "FARELEGAMI_FIELD_KEYS": f"k1:{a_key()}",
        "FARELEGAMI_BLIND_INDEX_KEY": a_key(),
        "FARELEGAMI_HOSTS": "patti.example.it",
        "FARELEGAMI_DATA": str(folder),
        "PYTHONPATH": str(ROOT / "src"),
    }
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("FARELEGAMI_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, *program],
        env={**clean, **sound, **changes},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def check(folder: Path, **changes: str):
    return in_production(folder, "-m", "farelegami.config.cli", "check", "--deploy", **changes)


def test_the_settings_of_production_pass_every_check(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "breve"),
        ("SECRET_KEY", test_settings.SECRET_KEY),
        ("FIELD_KEYS", ""),
        ("FIELD_KEYS", f"a:{test_settings.FIELD_KEYS['a']}"),
        ("FIELD_KEYS", f"k1:{GOOD},a:{test_settings.FIELD_KEYS['a']}"),
        ("FIELD_KEYS", "k1:corta"),
        ("BLIND_INDEX_KEY", ""),
        ("BLIND_INDEX_KEY", test_settings.BLIND_INDEX_KEY),
        ("DEMO", "true"),
    ],
)
def test_without_a_real_secret_it_does_not_start_and_says_which(
    tmp_path: Path, name: str, value: str
) -> None:
    done = check(tmp_path, **{f"FARELEGAMI_{name}": value})
    assert done.returncode == 1
    assert f"FARELEGAMI_{name}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not value or len(value) < 6 or value not in done.stderr


def test_secrets_come_from_the_environment_alone(tmp_path: Path) -> None:
    left = f"FARELEGAMI_SECRET_KEY={secrets.token_urlsafe(60)}\n"
    (tmp_path / "secrets.env").write_text(left, encoding="utf-8")
    done = check(tmp_path, FARELEGAMI_SECRET_KEY="")
    assert done.returncode == 1
    assert "FARELEGAMI_SECRET_KEY" in done.stderr


def test_its_answers_bind_the_browser(tmp_path: Path) -> None:
    said = in_production(tmp_path, "-c", ASK).stdout
    assert said.startswith("200")
    assert "max-age=31536000; includeSubDomains; preload" in said
    assert "upgrade-insecure-requests" in said
    cookies = [line for line in said.splitlines() if line.startswith("__Host-")]
    assert cookies
    assert all("Secure" in line and "Path=/" in line and "Domain" not in line for line in cookies)


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/", "/accounts/login/", "/no-such-page/"])
def test_no_page_lets_a_browser_run_what_is_not_ours(client: Client, url: str) -> None:
    headers = client.get(url).headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
