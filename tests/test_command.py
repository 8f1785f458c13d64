"""The `farelegami` command as somebody types it, in a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def farelegami(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("FARELEGAMI_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "farelegami.config.cli", *arguments],
        env={**clean, "PYTHONPATH": str(ROOT / "src"), "FARELEGAMI_DATA": str(folder), **more},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    assert farelegami(folder, "migrate").returncode == 0
    return folder


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = farelegami(tmp_path, "--help").stdout
    assert all(name in shown for name in ("serve", "worker", "demo", "migrate", "check", "user"))


def test_a_misspelt_command_ends_with_two(tmp_path: Path) -> None:
    assert farelegami(tmp_path, "serv").returncode == 2


def test_a_sound_installation_passes_its_check(installed: Path) -> None:
    done = farelegami(installed, "check")
    assert (done.returncode, "tutto torna" in done.stdout) == (0, True)


def test_the_demonstration_never_replaces_a_real_installation(installed: Path) -> None:
    before = (installed / "farelegami.sqlite3").stat().st_ino
    done = farelegami(installed, "demo", "--rebuild")
    assert done.returncode == 1
    assert "installazione vera" in done.stderr
    assert (installed / "farelegami.sqlite3").stat().st_ino == before


def test_an_account_that_cannot_have_its_role_is_not_made(installed: Path) -> None:
    secret = {"FARELEGAMI_PASSWORD": "una frase molto lunga"}
    role = ("user", "carla", "--name", "Carla", "--role", "coordinator")
    assert farelegami(installed, *role, **secret).returncode == 1
    assert farelegami(installed, *role, "--district", "999", **secret).returncode == 1
    assert farelegami(installed, *role, "--district", "1902", **secret).returncode == 0


def test_a_short_password_is_refused_with_a_sentence(installed: Path) -> None:
    done = farelegami(installed, "user", "rita", "--name", "Rita", FARELEGAMI_PASSWORD="a")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_named(installed: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = farelegami(installed, "serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "porta" in done.stderr


def test_keys_are_made_counted_and_changed(installed: Path) -> None:
    made = farelegami(installed, "keys", "new").stdout.strip()
    secrets = (installed / "secrets.env").read_text(encoding="utf-8")
    old = next(line for line in secrets.splitlines() if "FIELD_KEYS" in line).partition("=")[2]
    both = {"FARELEGAMI_FIELD_KEYS": f"{made},{old}"}
    assert farelegami(installed, "keys", "rotate", **both).returncode == 0
    assert "tutto è sigillato" in farelegami(installed, "keys", "status", **both).stdout
    assert made.partition(":")[0] in farelegami(installed, "check", "database", **both).stdout


def test_a_token_and_a_hook_are_made_listed_and_ended(installed: Path) -> None:
    password = {"FARELEGAMI_PASSWORD": "una frase molto lunga"}
    who = ("user", "programma-esterno", "--name", "Un programma")
    assert farelegami(installed, *who, **password).returncode == 0
    token = ("token", "create", "programma-esterno", "--name", "prova", "--days", "2")
    assert farelegami(installed, *token, "--scope", "all").returncode == 1
    made = farelegami(installed, *token, "--scope", "pacts:read").stdout
    assert made.splitlines()[-1].startswith("fl_")
    token_id = made.split()[1].rstrip(",")
    assert "programma" in farelegami(installed, "token", "list").stdout
    assert farelegami(installed, "token", "revoke", token_id).returncode == 0
    assert farelegami(installed, "token", "revoke", token_id).returncode == 0
    inside = ("hook", "create", "http://127.0.0.1:1/", "--topic", "*")
    assert farelegami(installed, *inside).returncode == 1
    hook = farelegami(installed, *inside, "--private").stdout
    assert "127.0.0.1" in farelegami(installed, "hook", "list").stdout
    assert farelegami(installed, "worker", "--once").returncode == 0
    assert farelegami(installed, "hook", "end", hook.split()[1].rstrip(".")).returncode == 0
