"""Options that several commands share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from ccmon.cli.completion import names_of
from ccmon.cli.status_forms import EVERY_S
from ccmon.errors import CcmonError


def database_file(text: str) -> Path:
    """The file that ``--db`` names. Wrong usage if it cannot be a file's name."""
    from ccmon.database_path import database_named  # not needed for --help

    try:
        return database_named(text)
    except CcmonError as error:
        raise typer.BadParameter(str(error)) from None


DatabaseOption = Annotated[
    Path | None,
    typer.Option("--db", metavar="PATH", parser=database_file, help="Call database; else CCMON_DB, else the settings."),
]
"""``--db PATH`` of a command. Pass the value through `database_path`."""


def every_option(help_text: str) -> Any:
    """``--every SECONDS`` of a command that goes on until it is stopped."""
    return typer.Option(metavar="SECONDS", min=EVERY_S[0], max=EVERY_S[1], help=help_text, callback=_refuse_nan)


def _refuse_nan(value: float | None) -> float | None:
    if value is not None and math.isnan(value):  # passes every range check
        raise typer.BadParameter(f"{value} is not a number of seconds.")
    return value


A_WEEKDAY = "friday (the last one before today)"
"""In the help of options that take a day or a time of the past: a weekday is one, too."""

QueueOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Only this queue.", autocompletion=names_of("queues")),
]
TeamOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Only this team.", autocompletion=names_of("teams")),
]
ClientOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Only this client.", autocompletion=names_of("clients")),
]


def examples(*lines: str) -> str:
    """What stands below a command's options in its ``--help``: lines as somebody would type them."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
