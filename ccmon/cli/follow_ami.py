"""``ccmon follow ami``: the floor as Asterisk's manager shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ccmon.cli import say
from ccmon.cli.follow import follow_app
from ccmon.cli.options import DatabaseOption, database_path
from ccmon.cli.secrets import PasswordFileOption, password
from ccmon.errors import CcmonError

PASSWORD_VARIABLE = "CCMON_AMI_PASSWORD"  # noqa: S105 (the name of a variable)


@follow_app.command("ami")
def follow_ami(
    user: Annotated[str, typer.Option(metavar="NAME", help="Manager user: a section of manager.conf.")],
    db: DatabaseOption = None,
    host: Annotated[str, typer.Option(metavar="HOST", help="Where Asterisk runs.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(metavar="PORT", min=1, max=65_535, help="Default: 5038, with TLS 5039.")
    ] = None,
    password_file: PasswordFileOption = None,
    tls: Annotated[bool, typer.Option("--tls", help="Speak TLS; the switch's certificate is checked.")] = False,
    ca: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Trust this certificate (PEM) beside the system's; with --tls.")
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
        str | None, typer.Option(metavar="NAME", help="Name of the source. Default: ami, with --queue-log queue-log.")
    ] = None,
) -> None:
    """Follow Asterisk's manager (AMI); Ctrl-C or SIGTERM ends it. The password is in CCMON_AMI_PASSWORD or a file."""
    from ccmon.sources.ami.follow import ManagerSession
    from ccmon.sources.connection import Login, tls_context
    from ccmon.sources.stop import Stop

    if ca is not None and not tls:
        raise typer.BadParameter("--ca is for --tls.")
    if queue_log is not None and wrap_up:
        raise typer.BadParameter("with --queue-log the log's own records tell of wrap-up.", param_hint="--wrap-up")
    secret = password(PASSWORD_VARIABLE, password_file)
    login = Login(host, port or (5039 if tls else 5038), user, secret, tls_context(ca) if tls else None)
    path = database_path(db)
    if queue_log is not None:
        from ccmon.sources.ami.with_queue_log import LogAndManager

        both = LogAndManager(path, queue_log, login, source=source or "queue-log", say=say)
        with both.stopping.on_signals():
            both.run()
        return
    session = ManagerSession(login, say=say, wrap_up_ms=_wrap_ups(wrap_up or []))
    stop = Stop()
    with stop.on_signals():
        session.follow(path, source=source or "ami", stop=stop)


def _wrap_ups(texts: list[str]) -> dict[str, int]:
    found = {}
    for text in texts:
        queue, _, seconds = text.rpartition("=")
        try:
            found[queue] = round(float(seconds) * 1000)
        except ValueError:
            found[queue] = -1
        if not queue or found[queue] < 0:
            raise CcmonError(f"--wrap-up {text} is not QUEUE=SECONDS, such as sales=15.")
    return found
