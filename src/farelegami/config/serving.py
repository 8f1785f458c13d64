"""How the server of pages is started."""

import os
import subprocess
import sys
from typing import Final

APPLICATION: Final = "farelegami.config.wsgi:application"
# One pool of memory for all threads of a process: they wait for each other anyway, and with a pool
# each a worker keeps six megabytes more that it has no use for. Only glibc heeds it.
_MEMORY: Final = {"MALLOC_ARENA_MAX": "1"}


def start_server(
    host: str,
    port: int,
    *,
    workers: int = 2,
    application: str = APPLICATION,
    keeping: tuple[int, ...] = (),
) -> "subprocess.Popen[bytes]":
    """Start the processes that answer at an address, and return the first of them.

    `keeping` are files that they hold open as this process does.
    """
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host,
        "--port", str(port), "--workers", str(workers), "--blocking-threads", "2", "--no-ws",
        "--log-level", "warning", "--respawn-failed-workers", application,
    ]  # fmt: skip
    return subprocess.Popen(command, env={**_MEMORY, **os.environ}, pass_fds=keeping)  # noqa: S603
