"""Make the database of an earlier commit that the upgrade test starts from.

    python scripts/old_database.py COMMIT tests/survival/old/FILE.sqlite3.xz

The commit is checked out beside; its own code and test builders fill the database, through its
services, with the keys of the test settings.
"""

import lzma
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
_FILL: Final = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from farelegami.audit.services import seal
from farelegami.outbox.services import queue_mail
from farelegami.pacts.rules.money import Spend
from farelegami.pacts.rules.stages import Stage
from farelegami.pacts.tests.builders import a_crew, a_pact, a_spend, some_hours
from farelegami.cases.services.diaries import write_diary
from farelegami.cases.rules.teamwork import DiaryKind
from farelegami.kernel import clock
crew = a_crew()
for stage in Stage:
    a_pact(stage, crew=crew)
pact, crew = a_pact(crew=crew)
for stage in (Spend.REQUESTED, Spend.COMMITTED, Spend.PAID, Spend.RECONCILED):
    a_spend(crew, pact, stage)
some_hours(crew, pact, confirmed=True)
write_diary(crew.worker, pact.case_id, kind=DiaryKind.TALK, happened_on=clock.today(),
            text="Una nota del diario.")
while seal():
    pass
# The builders call it otherwise, and the true list of provinces comes with the first migrate.
from farelegami.territory.models import Province
Province.objects.filter(code="018").update(sigla="PV")
queue_mail("qualcuno@example.org", "Oggetto", "Testo", key="prova")
"""
_SETTINGS: Final = """
from farelegami.config.settings.test import *
DATABASES["default"]["NAME"] = {database!r}
"""


def main(commit: str, target: Path) -> None:
    """Write the compressed database of a commit."""
    work = Path(tempfile.mkdtemp(prefix="fl-old-"))
    tree, database = work / "tree", work / "old.sqlite3"
    git = ["git", "-C", str(ROOT)]
    subprocess.run([*git, "worktree", "add", "--detach", "--quiet", tree, commit], check=True)
    try:
        settings = _SETTINGS.format(database=str(database))
        (work / "old_settings.py").write_text(settings, encoding="utf-8")
        path = f"{tree / 'src'}:{tree}:{work}"
        subprocess.run(
            [sys.executable, "-c", _FILL],
            env={**os.environ, "PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "old_settings"},
            check=True,
        )
        line = sqlite3.connect(database, isolation_level=None)
        line.execute("VACUUM INTO ?", [str(work / "small.sqlite3")])
        line.close()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(lzma.compress((work / "small.sqlite3").read_bytes(), preset=9))
        print(f"{target}: {target.stat().st_size} bytes")
    finally:
        subprocess.run([*git, "worktree", "remove", "--force", tree], check=True)
        shutil.rmtree(work)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
