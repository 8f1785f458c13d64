"""Build the wheel, install it in a fresh environment, and serve the public page from an empty folder."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]


def main() -> int:
    """Return 0 when the wheel answers with its front-end files, 1 with a reason otherwise."""
    work = Path(tempfile.mkdtemp(prefix="fl-wheel-"))
    try:
        return _try(work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _try(work: Path) -> int:
    run = {"check": True, "cwd": work, "stdout": subprocess.DEVNULL}
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", work, ROOT], **run
    )
    wheel = next(work.glob("*.whl"))
    subprocess.run([sys.executable, "-m", "venv", "--system-site-packages", work / "env"], **run)
    python = work / "env" / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements" / "base.txt"], **run)
    subprocess.run([*pip, "--no-deps", wheel], **run)
    empty = work / "empty"
    empty.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FARELEGAMI_", "DJANGO_", "PYTHON"))
    }
    command = work / "env" / "bin" / "farelegami"
    subprocess.run([command, "migrate"], check=True, cwd=empty, env=environment)
    server = subprocess.Popen([command, "serve", "--port", str(port)], cwd=empty, env=environment)
    try:
        return _answers(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(timeout=20)


def _answers(address: str) -> int:
    for _ in range(120):
        try:
            page = urllib.request.urlopen(f"{address}/", timeout=5).read().decode()  # noqa: S310
        except OSError:
            time.sleep(0.5)
            continue
        style = page.split('rel="stylesheet" href="')[1].split('"')[0]
        with urllib.request.urlopen(address + style, timeout=5) as answer:  # noqa: S310
            print("the wheel answers", answer.status, style)
            return 0 if answer.status == 200 else 1
    print("the wheel does not answer")
    return 1


if __name__ == "__main__":
    sys.exit(main())
