"""``ccmon follow``: writes a switch's events to the call database, live, until stopped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccmon.cli import say
from ccmon.cli.import_ import EncodingOption, QueuesConfOption, SourceOption, named
from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path
from ccmon.errors import CcmonError, UsageError, os_error
from ccmon.model.sources import default_source_name

if TYPE_CHECKING:
    from ccmon.sources.connection import Session

AMI_PASSWORD, FREESWITCH_PASSWORD = "CCMON_AMI_PASSWORD", "CCMON_FREESWITCH_PASSWORD"
"""Environment variables that hold passwords."""
LARGEST_PORT = 65_535

PasswordFileOption = Annotated[Path | None, typer.Option(metavar="FILE", help="File whose first line is the password.")]

follow_app = typer.Typer(help="Follow a switch live until stopped.", no_args_is_help=True)
app.add_typer(follow_app, name="follow")


@follow_app.command(
    "queue-log",
    epilog=examples(
        "ccmon follow queue-log /var/log/asterisk/queue_log",
        "ccmon follow queue-log /var/log/asterisk/queue_log --queues-conf /etc/asterisk/queues.conf",
    ),
)
def follow_queue_log(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Asterisk's queue log; it need not exist yet.")],
    db: DatabaseOption = None,
    source: SourceOption = "queue-log",
    queues_conf: QueuesConfOption = None,
    encoding: EncodingOption = "utf-8",
) -> None:
    """Follow an Asterisk queue log, through rotation and restarts; Ctrl-C or SIGTERM ends it."""
    from ccmon.sources.queue_log.follow import Follower
    from ccmon.sources.queue_log.members import read_members

    members = read_members(queues_conf) if queues_conf is not None else None
    path = database_path(db)
    follower = Follower(path, file, source=source, say=say, encoding=encoding, members=members)
    with follower.stopping.on_signals():
        say(f'following {file} into {path} as source "{source}"; Ctrl-C stops.')
        follower.run()


@follow_app.command(
    "ami",
    epilog=examples(
        "ccmon follow ami --user ccmon --password-file ami-password",
        "ccmon follow ami --user ccmon --password-file ami-password \\",
        "    --queue-log /var/log/asterisk/queue_log",
        "ccmon follow ami --user ccmon --password-file ami-password --host pbx --tls --wrap-up sales=15",
    ),
)
def follow_ami(
    user: Annotated[str, typer.Option(metavar="NAME", help="Manager user: a section of manager.conf.")],
    db: DatabaseOption = None,
    host: Annotated[str, typer.Option(metavar="HOST", help="Where Asterisk runs.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(metavar="PORT", min=1, max=65_535, help="Default: 5038, with TLS 5039.")
    ] = None,
    password_file: PasswordFileOption = None,
    tls: Annotated[bool, typer.Option("--tls", help="Use TLS; the switch's certificate is checked.")] = False,
    ca: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also trust this certificate (PEM); with --tls.")
    ] = None,
    wrap_up: Annotated[
        list[str] | None,
        typer.Option(
            metavar="QUEUE=SECONDS", help="Wrap-up of a queue, which the manager does not report; repeatable."
        ),
    ] = None,
    queue_log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Follow this queue log of the same switch too; each call counts once."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", callback=named, help="Name of the source. Default: ami; with --queue-log: queue-log."
        ),
    ] = None,
) -> None:
    """Follow Asterisk's manager (AMI); Ctrl-C or SIGTERM ends it. The password is in CCMON_AMI_PASSWORD or a file."""
    from ccmon.sources.ami.follow import ManagerSession
    from ccmon.sources.connection import Login, tls_context

    if ca is not None and not tls:
        raise typer.BadParameter("--ca needs --tls.")
    if queue_log is not None and wrap_up:
        raise typer.BadParameter("with --queue-log, the log itself reports wrap-up.", param_hint="--wrap-up")
    secret = _password(AMI_PASSWORD, password_file)
    login = Login(host, port or (5039 if tls else 5038), user, secret, tls_context(ca) if tls else None)
    path = database_path(db)
    name = source or default_source_name("ami", has_queue_log=queue_log is not None)
    if queue_log is not None:
        from ccmon.sources.ami.with_queue_log import LogAndManager

        both = LogAndManager(path, queue_log, login, source=name, say=say)
        with both.stopping.on_signals():
            both.run()
        return
    session = ManagerSession(login, say=say, wrap_up_ms=_wrap_ups(wrap_up or []))
    _follow(session, path, name)


def _wrap_ups(texts: list[str]) -> dict[str, int]:
    found = {}
    for text in texts:
        queue, _, seconds = text.rpartition("=")
        try:
            found[queue] = round(float(seconds) * 1000)
        except (ValueError, OverflowError):
            found[queue] = -1
        if not queue or found[queue] < 0:
            raise UsageError(f"--wrap-up {text} is not QUEUE=SECONDS, such as sales=15.")
    return found


@follow_app.command(
    "freeswitch",
    epilog=examples(
        "ccmon follow freeswitch --event-socket 127.0.0.1:8021 --password-file esl-password",
        "ccmon follow freeswitch --database /var/lib/freeswitch/db/callcenter.db",
    ),
)
def follow_freeswitch(
    db: DatabaseOption = None,
    event_socket: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The event socket, such as 127.0.0.1:8021.")
    ] = None,
    database: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The switch's callcenter.db: says less, needs no password.")
    ] = None,
    user: Annotated[
        str | None, typer.Option(metavar="USER@DOMAIN", help="Directory user, whose own rights then apply.")
    ] = None,
    password_file: PasswordFileOption = None,
    source: Annotated[
        str, typer.Option(metavar="NAME", callback=named, help="Name of the source in the database.")
    ] = "freeswitch",
) -> None:
    """Follow FreeSWITCH; Ctrl-C or SIGTERM ends it. The password is in CCMON_FREESWITCH_PASSWORD or a file."""
    from ccmon.sources.connection import Login
    from ccmon.sources.freeswitch.follow import DatabaseSession, EventSocketSession

    session: Session
    if event_socket is not None:
        host, port = _address(event_socket)
        login = Login(host, port, user or "", _password(FREESWITCH_PASSWORD, password_file))
        session = EventSocketSession(login, say=say, file=database)
    elif database is not None:
        session = DatabaseSession(database, say=say)
    else:
        raise typer.BadParameter("name the switch by --event-socket HOST:PORT, or its database by --database FILE.")
    _follow(session, database_path(db), source)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= LARGEST_PORT:
        raise typer.BadParameter(f"{text} is not HOST:PORT, such as 127.0.0.1:8021.", param_hint="--event-socket")
    return host.strip("[]"), int(port)


def _follow(session: Session, path: Path, source: str) -> None:
    from ccmon.sources.stop import Stop

    stop = Stop()
    with stop.on_signals():
        session.follow(path, source=source, stop=stop)


def _password(variable: str, file: Path | None) -> str:
    """A switch's password: the first line of ``file``, if named, else the value of ``variable``.

    Never an argument on the command line, which everybody on the machine can read.

    Raises:
        CcmonError: there is none, or the file cannot be read.
    """
    if file is None:
        found = os.environ.get(variable, "")
        if not found:
            raise CcmonError(f"no password: set {variable}, or name a file that holds it with --password-file.")
        return found
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CcmonError(os_error(f"{file} cannot be read", error)) from None
    except UnicodeDecodeError:
        raise CcmonError(f"{file} cannot be read: it is not text; write the password in the first line.") from None
    if not lines or not lines[0]:
        raise CcmonError(f"{file} holds no password; write it in the first line.")
    if file.stat().st_mode & 0o007:
        typer.echo(f"ccmon: everybody on this machine can read {file}: chmod o= {file}", err=True)
    return lines[0]
