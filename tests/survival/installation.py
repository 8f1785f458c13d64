"""A real installation in a folder of its own: server and worker are processes that can be killed."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0
_LIMITED = (
    "import os, resource, sys; most = int(sys.argv[1]);"
    " resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)); os.execv(sys.argv[2], sys.argv[2:])"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """A data folder, a database, and the processes that work on it; all of them are ours to kill."""

    def __init__(self, folder: Path, database_url: str = "", **more: str) -> None:
        self.folder, self.url = folder, database_url
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("FARELEGAMI_", "DJANGO_"))
        }
        self.env = {
            **clean,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "PYTHONUNBUFFERED": "1",
            "FARELEGAMI_DATA": str(folder),
            "FARELEGAMI_DATABASE_URL": database_url,
            "FARELEGAMI_BACKUP_KEY": base64.urlsafe_b64encode(bytes(range(32))).decode(),
            **more,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def is_sqlite(self) -> bool:
        return not self.url

    @property
    def database(self) -> Path:
        return self.folder / "farelegami.sqlite3"

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `farelegami …` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "farelegami.config.cli", *arguments],
            env={**self.env, **more}, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def must(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def prepare(self) -> dict[str, Any]:
        """Migrate and make pacts and tokens for programs that write; return what they need."""
        self.must("migrate")
        done = subprocess.run(
            [sys.executable, "-m", "tests.survival.prepare"],
            env={**self.env, "DJANGO_SETTINGS_MODULE": "farelegami.config.settings.local"},
            capture_output=True, text=True, check=False, timeout=300, cwd=ROOT,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def start(self, what: str, *arguments: str, largest: int = 0) -> None:
        """Start `farelegami what` in a group of its own, so that its children die with it.

        With `largest` no file may grow beyond so many bytes: a disk that is full, without one.
        """
        self.kill(what)
        limit = [sys.executable, "-c", _LIMITED, str(largest)] if largest else []
        with (self.folder / f"{what}.log").open("ab") as log:
            self.processes[what] = subprocess.Popen(
                [*limit, sys.executable, "-m", "farelegami.config.cli", what, *arguments],
                env=self.env, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def serve(self, workers: int = 2, largest: int = 0) -> None:
        """Start the server and wait until it answers."""
        ways = ("--port", str(self.port), "--workers", str(workers))
        self.start("serve", *ways, largest=largest)
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            try:
                self.get("/static/web/none")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.log("serve"))

    def log(self, what: str) -> str:
        file = self.folder / f"{what}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def get(
        self, path: str, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Mapping[str, str], str]:
        return self.ask("GET", path, headers=headers)

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Mapping[str, str], str]:
        """Ask the server once and return status, headers by small letters, and text.

        Raises:
            OSError: no answer came back.
        """
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request(method, path, body, dict(headers or {}))
            answer = line.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            line.close()

    def kill(self, what: str) -> None:
        """SIGKILL a process and whatever it started, at once."""
        process = self.processes.pop(what, None)
        if process is not None:
            _kill_group(process.pid)
            process.wait()

    def kill_one_server_process(self, pick: int) -> None:
        """SIGKILL one of the processes that answer requests; the server is to start another."""
        children = _children(self.processes["serve"].pid)
        answering = [pid for pid in children if not _children_alone(pid)] or children
        os.kill(answering[pick % len(answering)], signal.SIGKILL)

    def stop(self) -> None:
        for what in list(self.processes):
            self.kill(what)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question put past the application."""
        if self.is_sqlite:
            # Closed at once: a connection left to the collector would hold what files were deleted.
            with closing(sqlite3.connect(self.database, timeout=30)) as line:
                return line.execute(sql).fetchall()
        with psycopg.connect(self.url) as line:
            return line.execute(sql).fetchall()

    def do(self, *statements: str) -> None:
        """Change the database past the application."""
        if self.is_sqlite:
            with closing(sqlite3.connect(self.database, timeout=30)) as line, line:
                for statement in statements:
                    line.execute(statement)
            return
        with psycopg.connect(self.url) as line:
            for statement in statements:
                line.execute(statement)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _children_alone(pid: int) -> list[int]:
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in file.read_text().split()] if file.exists() else []


def _children(pid: int) -> list[int]:
    own = _children_alone(pid)
    return own + [each for child in own for each in _children(child)]
