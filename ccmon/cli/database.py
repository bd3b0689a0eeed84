"""``ccmon init`` and ``ccmon doctor``: the database itself."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Annotated, Literal

import typer

from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path


@app.command(epilog=examples("ccmon init", "ccmon init --db new.db --time-zone Europe/Amsterdam --currency EUR"))
def init(
    db: DatabaseOption = None,
    time_zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Such as Europe/Amsterdam. Default: this machine's.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the site.")] = None,
    currency: Annotated[str | None, typer.Option(metavar="CODE", help="The site's currency, such as EUR.")] = None,
) -> None:
    """Make an empty call database, or bring an older one up to date."""
    from functools import partial

    from ccmon import settings
    from ccmon.configuration.history import record_new
    from ccmon.database import creation, database_file
    from ccmon.setup.time_zone import machine_time_zone

    path = database_path(db)
    if path.is_file() and path.stat().st_size and (time_zone, name, currency) == (None, None, None):
        version = database_file.upgrade(path)
        typer.echo(f"{path} is up to date (schema {version}).")
        return
    if path == settings.default_database():
        path.parent.mkdir(parents=True, exist_ok=True)
    zone = machine_time_zone() if time_zone is None else time_zone
    creation.create(path, time_zone=zone, name=name, currency=currency, record=partial(record_new, act="init"))
    typer.echo(f"Made {path}, in the time zone {zone}.")


@app.command(
    epilog="Exits with 1 if something is wrong (!); what is only worth a look (?) does not count.\n\n"
    + examples("ccmon doctor", "ccmon doctor --db calls.db", "sudo ccmon doctor    also tries the rights of others")
)
def doctor(
    db: DatabaseOption = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Recount all totals from the rows.")] = False,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Apply the queues' present targets to all past days; recounts.")
    ] = False,
) -> None:
    """Check settings, database, totals, age of the data and terminal; say what to do about what is wrong."""
    from ccmon import settings
    from ccmon.cli.sentences import tell
    from ccmon.database import database_file, doctor, reader
    from ccmon.errors import CcmonError, NeedsFollowerError
    from ccmon.formatting import plain
    from ccmon.services import outdated
    from ccmon.services.installed import service_of, with_start_command
    from ccmon.setup import access, directory_steps, former_database, kept_answers, owner, place, ssh

    is_root = os.geteuid() == 0
    findings: list[doctor.Finding] = []
    try:
        read = ", ".join(map(str, settings.load().files))
        findings.append(doctor.Finding("ok", "settings", read or "no settings file; the defaults apply"))
    except CcmonError as error:
        findings.append(doctor.Finding("wrong", "settings", str(error)))
    try:
        path = database_path(db)
        if rebuild or recompute:
            with database_file.open_for_writing(path) as connection:
                doctor.repair(connection, recompute_targets=recompute)
        with database_file.open_for_reading(path) as connection:
            at = reader.floor_now(connection)
            examined = [*doctor.examine(path, connection, at, service_of)]
        findings += former_database.findings(path, is_root=is_root)
        around = [*access.findings(path), *owner.findings(path), *outdated.findings(path), *ssh.findings(path)]
        wrong = [finding for finding in around if finding.verdict == "wrong"]  # why nothing comes: first
        examined = [place.with_place_of_calls(finding, path, is_root=is_root) for finding in examined]
        examined += place.findings(path, is_root=is_root)
        findings += [*wrong, *examined, *(finding for finding in around if finding not in wrong)]
        findings += directory_steps.findings(path.absolute(), is_root=is_root)
    except NeedsFollowerError as error:
        findings.append(doctor.Finding("wrong", "database", str(with_start_command(error))))
    except CcmonError as error:
        findings.append(doctor.Finding("wrong", "database", str(error)))
    findings += kept_answers.findings(is_root=is_root)
    findings.append(doctor.Finding(*_terminal()))
    for finding in findings:
        text = " ".join(map(plain, finding.text.split()))
        tell(f"{doctor.SIGNS[finding.verdict]} {finding.verdict:5}  {plain(finding.subject):20} {text}", " " * 30)
    typer.echo(doctor.summary(findings))
    if any(finding.verdict == "wrong" for finding in findings):
        raise typer.Exit(1)


def _terminal() -> tuple[Literal["ok", "note", "wrong"], str, str]:
    """Verdict, subject and text about this terminal, as the monitor would find it."""
    if not sys.stdout.isatty():
        return ("ok", "terminal", "none here: the monitor needs one, ccmon status does not")
    size = shutil.get_terminal_size()
    term = os.environ.get("TERM", "")
    encoding = (sys.stdout.encoding or "").lower()
    colours = os.environ.get("COLORTERM") or "16 colours or more"
    if os.environ.get("NO_COLOR"):
        colours = "no colours (NO_COLOR)"
    found = f"{term or 'TERM is not set'}, {size.columns}x{size.lines}, {encoding}, {colours}"
    if not term or term == "dumb":
        return ("wrong", "terminal", f"{found}: the monitor cannot draw here; set TERM, such as xterm-256color")
    if size.columns < 80 or size.lines < 24:
        return ("note", "terminal", f"{found}: make it at least 80x24 for the monitor")
    if "utf" not in encoding:
        return ("note", "terminal", f"{found}: drawn with ASCII only; a UTF-8 locale gives finer lines")
    return ("ok", "terminal", found)
