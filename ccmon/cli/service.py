"""``ccmon service``: keeps what follows a switch running, by systemd."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.sentences import tell
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path
from ccmon.errors import CcmonError
from ccmon.model.sources import DEFAULT_SERVICE

if TYPE_CHECKING:
    from ccmon.services.systemd import Systemd
    from ccmon.services.unit import FollowUnit


service_app = typer.Typer(help="Keep what follows a switch running, by systemd.", no_args_is_help=True)
app.add_typer(service_app, name="service")


def _name_of_unit(name: str) -> str:
    """The name, if systemd takes it."""
    if re.fullmatch(r"[A-Za-z0-9:_.@-]{1,200}", name) is None or name.startswith("."):
        raise typer.BadParameter(
            f"{name!r} cannot be a service's name; write one such as {DEFAULT_SERVICE}.", param_hint="--name"
        )
    return name


NameOption = Annotated[str, typer.Option("--name", metavar="NAME", callback=_name_of_unit, help="Name of the service.")]
UserServiceOption = Annotated[
    bool | None,
    typer.Option("--user/--system", help="This user's own service, or the system's. Default: the system's for root."),
]
AccountOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="The account it runs as. Default: the database's owner.")
]
FollowArgument = Annotated[
    list[str], typer.Argument(metavar="SOURCE…", help="What follows ccmon follow: the source, its options and files.")
]


@service_app.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    epilog=examples(
        "ccmon service install queue-log /var/log/asterisk/queue_log",
        "ccmon service install ami --user ccmon --password-file /etc/ccmon/ami-password \\",
        "    --queue-log /var/log/asterisk/queue_log",
        "ccmon service install --dry-run queue-log /var/log/asterisk/queue_log",
    ),
)
def install(
    follow: FollowArgument,
    name: NameOption = DEFAULT_SERVICE,
    account: AccountOption = None,
    user: UserServiceOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
    db: DatabaseOption = None,
) -> None:
    """Write a unit that follows a switch, start it, and have it started at each boot.

    Options of this command stand before the source, those of ccmon follow after it.
    """
    from ccmon.services import systemd
    from ccmon.services.program import check_program

    services = _services(user)
    given = _parsed(follow)
    unit = _unit(follow, given, db, account, services)
    text = unit.text()
    if dry_run:
        typer.echo(text, nl=False)
        return
    if not systemd.is_there():
        raise CcmonError(
            "systemd does not run here; have what starts services on this machine keep this running: "
            + shlex.join(_follow_command(follow, given, unit.database))
        )
    _check_what_it_reads(unit, given)
    if unit.account is not None:
        check_program(unit.account)
    is_new = not services.unit(name).exists()
    if not is_new:
        for line in services.difference(name, text):
            tell(line, " " * 4)
    services.install(name, text)
    if is_new:
        typer.echo(f"Wrote {services.unit(name)}.")
    typer.echo(f"Started {name}, which follows the switch from now on and after each boot.")
    if services.is_user:
        from ccmon.accounts import account_name

        if sentence := systemd.how_to_stay(account_name()):
            typer.echo(sentence)


@service_app.command(epilog=examples("ccmon service show"))
def show(user: UserServiceOption = None) -> None:
    """Show the units that ccmon has written, and what has been added to them (systemctl edit)."""
    services = _services(user)
    for unit in _ours(services):
        for path in (unit, *services.drop_ins(unit.stem)):
            typer.echo(f"# {path}\n{path.read_text(encoding='utf-8')}")
    _tell_of_others(services)


@service_app.command(epilog=examples("ccmon service status"))
def status(user: UserServiceOption = None) -> None:
    """Show whether the services run as their units say; exits with 1 if one does not.

    ccmon sources shows what they write.
    """
    from ccmon.services.outdated import outdated
    from ccmon.services.systemd import is_running

    services = _services(user)
    wrong = False
    for path in _ours(services):
        state = services.state(path.stem)
        runs = is_running(state)
        wrong = wrong or not runs
        since = f" since {state['ActiveEnterTimestamp']}" if runs and state.get("ActiveEnterTimestamp") else ""
        boot = "" if state.get("UnitFileState") == "enabled" else "; it is not started at boot"
        restarts = state.get("NRestarts", "0")
        times = "once" if restarts == "1" else f"{restarts} times"
        again = "" if restarts == "0" else f"; restarted {times}"
        typer.echo(
            f"{path.stem}: {'runs' if runs else 'does not run'}{since}{again}{boot}"
            + (
                ""
                if runs
                else f" ({state.get('SubState')}, {state.get('Result')}); see {' '.join(services.journal(path.stem))}"
            )
        )
        former = outdated(services, path.stem)
        if former is not None:
            wrong = True
            tell(f"    {former.text}", " " * 6)
    _tell_of_others(services)
    if wrong:
        raise typer.Exit(1)


@service_app.command(epilog=examples("sudo ccmon service remove", "ccmon service remove --user"))
def remove(name: NameOption = DEFAULT_SERVICE, user: UserServiceOption = None) -> None:
    """Stop a service and take its unit away. The database stays."""
    from ccmon.services.installed import elsewhere

    services = _services(user)
    others = [] if services.unit(name) in services.ours() else list(elsewhere(services))
    try:
        services.remove(name)
    except CcmonError as error:
        raise CcmonError(" ".join([str(error), *others])) from None
    typer.echo(f"Removed {name}.")


def _services(user: bool | None) -> Systemd:
    from ccmon.services.systemd import Systemd

    return Systemd(is_user=os.geteuid() != 0 if user is None else user)


def _ours(services: Systemd) -> list[Path]:
    from ccmon.services.installed import elsewhere

    found = services.ours()
    if not found:
        others = "".join(f" {each}" for each in elsewhere(services))
        raise CcmonError(
            f"ccmon has written no service in {services.directory}; write one by: ccmon service install{others and '.'}"
            + others
        )
    return found


def _tell_of_others(services: Systemd) -> None:
    """Name the services of the other place: the system's to a user, the user's own to root."""
    from ccmon.services.installed import elsewhere

    for sentence in elsewhere(services):
        typer.echo(sentence, err=True)


def _unit(
    follow: list[str], given: dict[str, Any], db: Path | None, account: str | None, services: Systemd
) -> FollowUnit:
    from ccmon.services import unit
    from ccmon.services.account import account_for
    from ccmon.services.program import program_files

    database = database_path(Path(given["db"]) if given.get("db") is not None else db).absolute()
    words, password_file = unit.without_password_file(_follow_command(follow, given, database))
    has_password = _has_password(follow[0], given)
    if password_file is None and has_password:
        raise CcmonError("a service reads its switch's password from a file: write it there, and add --password-file.")
    return unit.FollowUnit(
        command=words,
        database=database,
        needs_network=has_password,
        password_file=password_file,
        account=None if services.is_user else account_for(account, database, map(Path, _files(given))),
        program_files=program_files(),
    )


def _check_what_it_reads(unit: FollowUnit, given: dict[str, Any]) -> None:
    """Refuse what the service would end with at once, again and again.

    Raises:
        CcmonError: there is no such file, or it is something else.
    """
    from ccmon.database.database_file import open_for_reading

    with open_for_reading(unit.database):
        pass
    if unit.account is None and not os.access(unit.database, os.W_OK):
        raise CcmonError(f"{unit.database} cannot be written by this user: install the service as one who may.")
    needed = {Path(given[name]) for name in ("ca", "database", "queues_conf") if given.get(name) is not None}
    if unit.password_file is not None:
        needed.add(unit.password_file)
    for path in sorted(needed):
        if not path.is_file():
            raise CcmonError(f"There is no file {path}; check its path.")
    for path in map(Path, _files(given)):
        if path.is_dir():
            raise CcmonError(f"{path} is a directory; name the file in it.")


def _has_password(source: str, given: dict[str, Any]) -> bool:
    """Whether it logs in to a program of the switch's, over the network; else it reads a file."""
    return source == "ami" or given.get("event_socket") is not None


def _parsed(follow: list[str]) -> dict[str, Any]:
    """The parameters of ``ccmon follow`` with these words. Wrong usage if they are none of its."""
    import ccmon.cli.follow

    group = typer.main.get_group(ccmon.cli.follow.follow_app)
    group.name = "ccmon follow"
    source, *words = follow
    command = group.commands.get(source)
    if command is None:
        known = ", ".join(group.commands)
        raise typer.BadParameter(f"there is no source {source}; there are {known}.", param_hint="SOURCE")
    return dict(command.make_context(f"ccmon follow {source}", list(words)).params)


_PATHS = ("ca", "database", "file", "queue_log", "queues_conf")
"""Parameters of ``ccmon follow`` that name a file of the switch's."""


def _files(given: dict[str, Any]) -> list[str]:
    return [str(given[name]) for name in _PATHS if given.get(name) is not None]


def _follow_command(follow: list[str], given: dict[str, Any], database: Path) -> list[str]:
    """The whole command, with absolute paths: a service starts in another directory."""
    from ccmon.services.program import program

    named = {text: str(Path(text).absolute()) for text in [*_files(given), str(given.get("db"))]}
    words = []
    for word in follow:
        option, has_value, value = word.partition("=")
        if has_value and option.startswith("--") and value in named:
            words.append(f"{option}={named[value]}")
        else:
            words.append(named.get(word, word))
    if given.get("db") is None:
        words += ["--db", str(database)]
    return [*program(), "follow", *words]
