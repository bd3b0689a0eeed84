"""``ccmon follow freeswitch``: the floor of mod_callcenter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccmon.cli import say
from ccmon.cli.follow import follow_app
from ccmon.cli.options import DatabaseOption, database_path
from ccmon.cli.secrets import PasswordFileOption, password

if TYPE_CHECKING:
    from ccmon.sources.connection import Session

LARGEST_PORT = 65_535
PASSWORD_VARIABLE = "CCMON_FREESWITCH_PASSWORD"  # noqa: S105 (the name of a variable)


@follow_app.command("freeswitch")
def follow_freeswitch(
    db: DatabaseOption = None,
    event_socket: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The event socket, such as 127.0.0.1:8021.")
    ] = None,
    database: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The switch's callcenter.db: says less, needs no password.")
    ] = None,
    user: Annotated[
        str | None, typer.Option(metavar="USER@DOMAIN", help="Directory user, with rights of its own.")
    ] = None,
    password_file: PasswordFileOption = None,
    source: Annotated[str, typer.Option(metavar="NAME", help="Name of the source in the database.")] = "freeswitch",
) -> None:
    """Follow FreeSWITCH; Ctrl-C or SIGTERM ends it. The password is in CCMON_FREESWITCH_PASSWORD or a file."""
    from ccmon.sources.connection import Login
    from ccmon.sources.freeswitch.follow import DatabaseSession, EventSocketSession
    from ccmon.sources.stop import Stop

    session: Session
    if event_socket is not None:
        host, port = _address(event_socket)
        login = Login(host, port, user or "", password(PASSWORD_VARIABLE, password_file))
        session = EventSocketSession(login, say=say, file=database)
    elif database is not None:
        session = DatabaseSession(database, say=say)
    else:
        raise typer.BadParameter("name the switch by --event-socket HOST:PORT, or its database by --database FILE.")
    stop = Stop()
    with stop.on_signals():
        session.follow(database_path(db), source=source, stop=stop)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= LARGEST_PORT:
        raise typer.BadParameter(f"{text} is not HOST:PORT, such as 127.0.0.1:8021.", param_hint="--event-socket")
    return host.strip("[]"), int(port)
