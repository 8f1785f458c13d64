"""`farelegami backup` and `farelegami restore`."""

import argparse
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext
from rich.progress import Progress

from farelegami.backups.rules import key_from
from farelegami.backups.services.making import default_name, let_go, make_backup
from farelegami.backups.services.reading import Contents, check_backup
from farelegami.backups.services.restoring import Restored, restore_backup
from farelegami.config.saying import CommandFailed, bar, out
from farelegami.kernel.actor import system_actor
from farelegami.privacy.rules.retention import ROOT_ONE


def backup(options: argparse.Namespace) -> int:
    """Make a backup, or check one; 1 if documents were found damaged while making it."""
    key = key_from(settings.BACKUP_KEY)
    if options.check:
        with Progress(console=out, transient=True) as progress:
            contents = check_backup(Path(options.check), key=key, tell=bar(progress))
        _describe(options.check, contents)
        return 0
    if not options.to:
        message = "di' dove: `farelegami backup CARTELLA`"
        raise CommandFailed(message)
    place = Path(options.to)
    target = place / default_name() if place.is_dir() else place
    if target.exists():
        message = f"{target} c'è già: una copia non ne copre un'altra"
        raise CommandFailed(message)
    with Progress(console=out, transient=True) as progress:
        contents = make_backup(system_actor("backup"), target, key=key, tell=bar(progress))
    _describe(str(target), contents)
    if contents.damaged:
        # The old ones may hold what this one lacks.
        return 1
    if options.keep and place.is_dir():
        for name in let_go(place, keep=options.keep):
            out.print(f"Cancellata la più vecchia: {name}")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Put a backup in place of what is there; 1 if an erasure could not be made again."""
    key = key_from(settings.BACKUP_KEY)
    with Progress(console=out, transient=True) as progress:
        restored = restore_backup(
            system_actor("restore"),
            Path(options.source),
            key=key,
            replace=options.replace,
            tell=bar(progress),
            erasures=Path(options.erasures) if options.erasures else None,
        )
    _describe(options.source, restored.contents)
    out.print("Ripresa e controllata. Le sessioni sono finite: ognuno entra di nuovo.")
    _describe_erasures(restored)
    return 1 if restored.repeated.left else 0


def _describe_erasures(restored: Restored) -> None:
    """Say what was erased again, and what nobody but the reader can see to."""
    made_at = f"{restored.contents.made_at:%d/%m/%Y %H:%M} UTC"
    if not restored.register_read:
        out.print(
            f"[yellow]Cancellazioni[/yellow]: nessun registro dice quelle fatte dopo il {made_at}:"
            " se ce ne sono, quelle persone sono tornate. Riprendi di nuovo con --erasures FILE"
            " (da `farelegami retention register`), o ripetile prima che qualcuno lavori.",
            soft_wrap=True,
        )
        return
    out.print(f"Cancellazioni fatte dopo il {made_at}, ripetute: {len(restored.repeated.done)}")
    for proof in restored.repeated.left:
        out.print(
            f"[red]✗[/red] da ripetere a mano: {gettext(ROOT_ONE.get(proof.root, proof.root))}"
            f" {proof.label}, {proof.object_id}, cancellazione del {proof.erased_at:%d/%m/%Y}",
            soft_wrap=True,
        )


def _describe(name: str, contents: Contents) -> None:
    out.print(
        f"[green]✓[/green] {name}: {contents.made_at:%d/%m/%Y %H:%M} UTC, versione"
        f" {contents.version}, {len(contents.rows)} tabelle, {contents.all_rows} righe,"
        f" {contents.files} documenti",
        soft_wrap=True,
    )
    for path in contents.damaged:
        out.print(f"[red]✗[/red] documento mancante o rovinato: {path}", soft_wrap=True)
