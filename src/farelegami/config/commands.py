"""What the `farelegami` command does once the settings are known."""

import argparse
import base64
import getpass
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.password_validation import validate_password  # noqa: E402
from django.core.exceptions import ValidationError  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.management.base import SystemCheckError  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.utils import OperationalError  # noqa: E402
from rich.progress import Progress  # noqa: E402
from rich.table import Table  # noqa: E402

from farelegami.access.services import create_account, grant_role  # noqa: E402
from farelegami.api.queries import open_hooks, tokens_of  # noqa: E402
from farelegami.api.services.hooks import create_hook, end_hook  # noqa: E402
from farelegami.api.services.tokens import create_token, revoke_token  # noqa: E402
from farelegami.audit.services import check_chain, seal  # noqa: E402
from farelegami.config.backing_up import backup, restore  # noqa: E402
from farelegami.config.retaining import retention  # noqa: E402
from farelegami.config.saying import CommandFailed, out  # noqa: E402
from farelegami.config.saying import bar as _bar  # noqa: E402
from farelegami.config.serving import start_server  # noqa: E402
from farelegami.config.working import worker  # noqa: E402
from farelegami.demo.scale import multiply  # noqa: E402
from farelegami.demo.services import build_province, demo_users  # noqa: E402
from farelegami.demo.staff import DemoUser  # noqa: E402
from farelegami.kernel import clock  # noqa: E402
from farelegami.kernel.actor import Role, system_actor  # noqa: E402
from farelegami.kernel.errors import NotFound, Refusal  # noqa: E402
from farelegami.ledger.queries import verify  # noqa: E402
from farelegami.people.services.capabilities import load_skills  # noqa: E402
from farelegami.programmes.services import reload_programmes  # noqa: E402
from farelegami.storage.databases import make_if_missing  # noqa: E402
from farelegami.storage.fields import newest_key  # noqa: E402
from farelegami.storage.guards import missing  # noqa: E402
from farelegami.storage.presence import at_work  # noqa: E402
from farelegami.storage.rotation import renew, waiting  # noqa: E402
from farelegami.territory.queries import district_names  # noqa: E402
from farelegami.territory.services import load_reference  # noqa: E402
from farelegami.volunteering.queries import verify_registers  # noqa: E402
from farelegami.web.catalogues import compile_catalogues  # noqa: E402
from farelegami.web.refusals import sentence  # noqa: E402


def run(options: argparse.Namespace) -> int:
    """Do the command and return its exit code.

    Raises:
        CommandFailed: with a sentence to print.
    """
    doing: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "serve": _serve,
        "worker": worker,
        "demo": _demo,
        "migrate": _migrate,
        "check": _check_settings if getattr(options, "deploy", False) else _check,
        "user": _user,
        "token": _token,
        "hook": _hook,
        "keys": _keys,
        "backup": backup,
        "restore": restore,
        "retention": retention,
    }
    try:
        return doing[options.command](options)
    except OperationalError as error:
        message = f"la base dati non risponde, o è vuota (`farelegami migrate`): {error}"
        raise CommandFailed(message) from error
    except Refusal as refusal:
        raise CommandFailed(sentence(refusal)) from refusal


def _migrate(_options: argparse.Namespace) -> int:
    make_if_missing(connection)
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    with out.status("Dati di riferimento…"):
        load_reference()
        load_skills()
        reload_programmes(system_actor("migrate"))
    out.print("Base dati pronta.")
    return 0


def _behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _prepare_static() -> None:
    """Collect and compress the front-end files once for each version of the package."""
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    newest = str(max(path.stat().st_mtime_ns for path in settings.PACKAGE.rglob("static/**/*")))
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == newest:
        return
    with out.status("Preparo le pagine…"):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(newest, encoding="utf-8")


def _serve(options: argparse.Namespace) -> int:
    if _behind():
        message = "la base dati è di un'altra versione: esegui prima `farelegami migrate`"
        raise CommandFailed(message)
    _check_port(options.host, options.port)
    compile_catalogues()
    _prepare_static()
    connection.close()
    with at_work() as keeping:
        children = [
            start_server(
                options.host, options.port, workers=getattr(options, "workers", 2), keeping=keeping
            )
        ]
        if getattr(options, "with_worker", False):
            worker = [sys.executable, "-m", "farelegami.config.cli", "worker"]
            children.append(subprocess.Popen(worker))  # noqa: S603
        out.print(
            f"[bold]FareLegami[/bold] su http://{options.host}:{options.port}  (Ctrl+C per fermare)"
        )
        return _wait_for(children)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            message = f"la porta {port} su {host} non si può usare: indicane un'altra con --port"
            raise CommandFailed(message) from error


def _wait_for(children: list[subprocess.Popen[bytes]]) -> int:
    """Wait for the server; when it or we are asked to stop, stop the children we started."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        return children[0].wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


def _demo(options: argparse.Namespace) -> int:
    make_if_missing(connection)
    fresh = _behind()
    if fresh:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
    if not demo_users(settings.DATA):
        compile_catalogues()
        with Progress(console=out, transient=True) as progress:
            task = progress.add_task("Dati di riferimento", total=None)
            load_reference()
            progress.remove_task(task)
            build_province(settings.DATA, progress=_bar(progress))
        while seal():
            pass
    if options.scale:
        with Progress(console=out, transient=True) as progress:
            multiply(options.scale, progress=_bar(progress))
    _print_users(demo_users(settings.DATA), options.port)
    if not options.serve:
        return 0
    options.host, options.with_worker, options.workers = "127.0.0.1", True, 2
    return _serve(options)


def _print_users(users: list[DemoUser], port: int) -> None:
    table = Table(title=f"Provincia dimostrativa, http://127.0.0.1:{port}")
    for heading in ("Chi", "Nome utente", "Password"):
        table.add_column(heading)
    for user in users:
        if user.username:
            table.add_row(user.name, user.username, user.password)
    out.print(table)


def _check_settings(_options: argparse.Namespace) -> int:
    try:
        call_command("check", deploy=True, fail_level="WARNING")
    except SystemCheckError as error:
        raise CommandFailed(str(error)) from error
    return 0


def _check(options: argparse.Namespace) -> int:
    faults = [
        fault for what, look in _LOOKS.items() if options.what in {"all", what} for fault in look()
    ]
    if options.what in {"all", "database"}:
        _say_old_keys()
    for fault in faults:
        out.print(f"[red]✗[/red] {fault}")
    if not faults:
        out.print("[green]✓[/green] tutto torna")
    return 1 if faults else 0


def _database_faults() -> list[str]:
    faults = [f"guardia mancante: {name}" for name in missing(connection)]
    if _behind():
        faults.append("la base dati è indietro: esegui `farelegami migrate`")
    return faults


def _ledger_faults() -> list[str]:
    with out.status("Risommo il libro mastro…"):
        return [
            f"libro mastro, {each.what} {each.object_id}: scritto {each.kept}, sommato {each.added}"
            for each in verify()
        ]


def _log_faults() -> list[str]:
    with out.status("Ricalcolo la catena del registro…"):
        report = check_chain()
    out.print(
        f"Registro: {report.sealed} registrazioni sigillate, {report.waiting} in attesa,"
        f" testa {report.head[:16]}"
    )
    return list(report.faults)


def _register_faults() -> list[str]:
    with out.status("Ricalcolo i registri dei volontari…"):
        return [
            f"registro dei volontari di {name}, riga {fault.number}: {fault.what}"
            for name, found in verify_registers()
            for fault in found.faults
        ]


_LOOKS: Mapping[str, Callable[[], list[str]]] = {
    "database": _database_faults,
    "ledger": _ledger_faults,
    "audit": _log_faults,
    "registers": _register_faults,
}


def _say_old_keys() -> None:
    with out.status("Guardo con quali chiavi è sigillato…"):
        old = waiting()
    if not old:
        out.print(f"Chiavi: tutto è sigillato con la più nuova, {newest_key()}")
    for place, rows in old.items():
        out.print(f"[yellow]Chiavi[/yellow]: {place}, {rows} righe hanno ancora una chiave vecchia")


def _keys(options: argparse.Namespace) -> int:
    if options.what == "new":
        made = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        out.print(f"k{clock.today():%Y%m%d}:{made}", soft_wrap=True)
        return 0
    if options.what == "rotate":
        with Progress(console=out, transient=True) as progress:
            rows = renew(tell=_bar(progress), size=options.batch)
        out.print(f"Sigillate di nuovo: {rows} righe")
    _say_old_keys()
    return 0


@transaction.atomic
def _user(options: argparse.Namespace) -> int:
    role = None
    if options.role:
        try:
            role = Role(options.role)
        except ValueError as error:
            message = f"ruolo sconosciuto: {options.role}. Ci sono: {', '.join(Role)}"
            raise CommandFailed(message) from error
    if options.district and options.district not in district_names():
        message = f"l'ambito {options.district} non c'è: {district_names()}"
        raise CommandFailed(message)
    actor = system_actor("riga di comando")
    try:
        password = os.environ.get("FARELEGAMI_PASSWORD") or getpass.getpass("Password: ")
        validate_password(password)
        account = create_account(
            actor,
            username=options.username,
            name=options.name,
            email=options.email,
            password=password,
        )
        if role is not None:
            grant_role(actor, account.pk, role, district_id=options.district)
    except ValidationError as error:
        raise CommandFailed("; ".join(error.messages)) from error
    except EOFError as error:
        message = "serve una password: da un terminale, o in FARELEGAMI_PASSWORD"
        raise CommandFailed(message) from error
    out.print(f"Creato {account.username}.")
    return 0


def _token(options: argparse.Namespace) -> int:
    actor = system_actor("riga di comando")
    try:
        if options.act == "create":
            token, secret = create_token(
                actor, options.username, name=options.name, scopes=options.scope, days=options.days
            )
            out.print(f"Token {token.pk}, vale fino al {token.expires_at:%d/%m/%Y}:")
            # Alone on its line, so that a script can keep it; it is not shown again.
            print(secret)  # noqa: T201
        elif options.act == "revoke":
            revoke_token(actor, _id_of(options.id))
            out.print("Revocato.")
        else:
            _print_tokens(options.username)
    except NotFound as error:
        message = "non c'è"
        raise CommandFailed(message) from error
    return 0


def _id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _print_tokens(username: str) -> None:
    table = Table()
    for heading in ("Id", "Di chi", "Nome", "Permessi", "Fino al", "Usato il"):
        # An id is copied whole into the next command.
        table.add_column(heading, min_width=36 if heading == "Id" else None, overflow="fold")
    for token in tokens_of(username):
        used = f"{token.last_used_on:%d/%m/%Y}" if token.last_used_on else ""
        table.add_row(
            str(token.pk), token.account.username, token.name, ", ".join(token.scopes),
            f"{token.expires_at:%d/%m/%Y}", used,
        )  # fmt: skip
    out.print(table)


def _hook(options: argparse.Namespace) -> int:
    actor = system_actor("riga di comando")
    try:
        if options.act == "create":
            hook, secret = create_hook(
                actor, options.url, topics=options.topic, private=options.private
            )
            out.print(f"Avviso {hook.pk}. La chiave delle firme:")
            print(secret)  # noqa: T201
        elif options.act == "end":
            end_hook(actor, _id_of(options.id))
            out.print("Non sarà più avvisato.")
        else:
            for hook in open_hooks():
                out.print(f"{hook.pk} {hook.url} {', '.join(hook.topics)}")
    except NotFound as error:
        message = "non c'è"
        raise CommandFailed(message) from error
    return 0
