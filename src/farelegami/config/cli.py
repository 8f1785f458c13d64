"""The `farelegami` command: what a person types, before and around Django."""

import argparse
import base64
import os
import secrets
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

OK: Final = 0
FAILED: Final = 1
MISUSED: Final = 2
_SETTINGS: Final = "DJANGO_SETTINGS_MODULE"
_EMBEDDED: Final = "farelegami.config.settings.local"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="farelegami",
        description="FareLegami: software aperto per il welfare di comunità generativo.",
        epilog="Le impostazioni arrivano dall'ambiente: i nomi sono in .env.example.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMANDO")

    serve = commands.add_parser("serve", help="serve le pagine")
    serve.add_argument("--host", default="127.0.0.1", help="indirizzo (127.0.0.1)")
    serve.add_argument("--port", type=int, default=8000, help="porta (8000)")
    serve.add_argument("--workers", type=int, default=2, help="processi (2)")
    serve.add_argument("--with-worker", action="store_true", help="avvia anche il lavoro di fondo")

    worker = commands.add_parser("worker", help="consegna messaggi e sigilla il registro")
    worker.add_argument("--once", action="store_true", help="fa quello che c'è da fare ed esce")

    demo = commands.add_parser("demo", help="costruisce la provincia dimostrativa")
    demo.add_argument("--serve", action="store_true", help="poi serve le pagine")
    demo.add_argument("--port", type=int, default=8000, help="porta (8000)")
    demo.add_argument(
        "--scale", type=int, metavar="N", help="poi la moltiplica fino a circa N persone"
    )
    demo.add_argument("--rebuild", action="store_true", help="butta la vecchia e ricomincia")

    commands.add_parser("migrate", help="porta la base dati alla versione del programma")

    check = commands.add_parser("check", help="controlla che tutto torni")
    check.add_argument(
        "what",
        nargs="?",
        choices=["all", "ledger", "audit", "registers", "database"],
        default="all",
    )

    check.add_argument(
        "--deploy", action="store_true", help="controlla solo le impostazioni, senza base dati"
    )

    keys = commands.add_parser("keys", help="cambia le chiavi dei campi sigillati")
    keys.add_argument(
        "what", choices=["new", "status", "rotate"], help="vedi docs/guides/deploy.md"
    )
    keys.add_argument("--batch", type=int, default=500, help="righe per volta (500)")

    _add_backups(commands)

    retention = commands.add_parser(
        "retention", help="che cosa è oltre il termine, e cancellazioni"
    )
    retention.add_argument(
        "what", choices=["list", "run", "register"],
        help="list: fa e mostra le liste; run: cancella ciò che è stato autorizzato;"
        " register: scrive il registro delle cancellazioni, per chi riprende una copia",
    )  # fmt: skip

    user = commands.add_parser("user", help="crea un accesso, con un ruolo se indicato")
    user.add_argument("username")
    user.add_argument("--name", required=True, help="nome e cognome")
    user.add_argument("--email", default="")
    user.add_argument("--role", default="", help="per esempio: coordinator, system_admin")
    user.add_argument("--district", type=int, help="numero dell'ambito in cui vale il ruolo")

    token = commands.add_parser("token", help="crea, elenca o revoca i token dell'API")
    acts = token.add_subparsers(dest="act", required=True, metavar="AZIONE")
    create = acts.add_parser("create", help="crea un token e lo mostra, questa volta sola")
    create.add_argument("username", help="di chi ha gli occhi e le mani")
    create.add_argument("--name", required=True, help="a che cosa serve")
    create.add_argument("--scope", action="append", default=[], help="per esempio: pacts:read")
    create.add_argument("--days", type=int, default=90, help="quanti giorni vale (90)")
    listing = acts.add_parser("list", help="elenca i token che valgono")
    listing.add_argument("username", nargs="?", default="")
    acts.add_parser("revoke", help="revoca un token").add_argument("id")

    hook = commands.add_parser("hook", help="avvisa altri programmi di ciò che succede")
    acts = hook.add_subparsers(dest="act", required=True, metavar="AZIONE")
    create = acts.add_parser("create", help="avvisa un indirizzo, e mostra la chiave delle firme")
    create.add_argument("url")
    create.add_argument("--topic", action="append", default=[], help="per esempio: pacts.spend.*")
    create.add_argument(
        "--private", action="store_true", help="anche se l'indirizzo è della nostra rete"
    )
    acts.add_parser("list", help="elenca chi è avvisato")
    acts.add_parser("end", help="non avvisa più un indirizzo").add_argument("id")
    return parser


def _add_backups(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = commands.add_parser("backup", help="mette tutto in un file chiuso a chiave")
    backup.add_argument("to", nargs="?", metavar="DOVE", help="un file nuovo, o una cartella")
    backup.add_argument("--keep", type=int, default=0, metavar="N", help="tiene le N più nuove")
    backup.add_argument("--check", metavar="FILE", help="rilegge e controlla una copia, e basta")

    restore = commands.add_parser("restore", help="riprende tutto da una copia")
    restore.add_argument("source", metavar="FILE")
    restore.add_argument("--replace", action="store_true", help="al posto di quello che c'è")
    restore.add_argument(
        "--erasures", metavar="FILE",
        help="ripete anche le cancellazioni di un file di `retention register`",
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 1 something is wrong, 2 misused."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault(_SETTINGS, _EMBEDDED)
    if os.environ[_SETTINGS] == _EMBEDDED:
        _embed(rebuild=getattr(options, "rebuild", False), demo=options.command == "demo")
    # Imported only now: Django reads the environment when it is imported.
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    try:
        from farelegami.config import commands  # noqa: PLC0415
        from farelegami.config.saying import CommandFailed  # noqa: PLC0415
    except ImproperlyConfigured as error:
        sys.stderr.write(f"farelegami: {error}\n")
        return FAILED
    try:
        return commands.run(options)
    except KeyboardInterrupt:
        return OK
    except CommandFailed as error:
        sys.stderr.write(f"farelegami: {error}\n")
        return FAILED


def _embed(*, rebuild: bool, demo: bool) -> None:
    """Make the data folder and its secrets, once, for an installation on one machine."""
    data = Path(os.environ.get("FARELEGAMI_DATA", "var")).resolve()
    data.mkdir(parents=True, exist_ok=True)
    file = data / "secrets.env"
    if demo:
        _check_is_demo(data, file)
    if rebuild or (demo and not (data / "demo-users.json").exists()):
        # Also where a first build was interrupted: half a province is never mended.
        _empty(data)
    if not file.exists():
        file.touch(mode=0o600)
        lines = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "FIELD_KEYS": f"k1:{_key()}",
            "BLIND_INDEX_KEY": _key(),
            "DEMO": "true" if demo else "false",
        }
        file.write_text(
            "".join(f"FARELEGAMI_{name}={value}\n" for name, value in lines.items()),
            encoding="utf-8",
        )


def _check_is_demo(data: Path, secrets_file: Path) -> None:
    """Stop where the folder is somebody's real installation: a demonstration never replaces it."""
    if secrets_file.exists() and "FARELEGAMI_DEMO=true" not in secrets_file.read_text("utf-8"):
        sys.stderr.write(
            f"farelegami: {data} contiene un'installazione vera, non una dimostrazione:"
            " indica un'altra cartella con FARELEGAMI_DATA\n"
        )
        raise SystemExit(FAILED)


def _empty(data: Path) -> None:
    for name in (*(f"farelegami.sqlite3{end}" for end in ("", "-wal", "-shm")), "demo-users.json"):
        (data / name).unlink(missing_ok=True)
    shutil.rmtree(data / "files", ignore_errors=True)


def _key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


if __name__ == "__main__":
    sys.exit(main())
