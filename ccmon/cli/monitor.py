"""``ccmon monitor``, also run by ``ccmon`` without a command: the live screen."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from ccmon.cli.completion import names_of_views
from ccmon.cli.options import ClientOption, DatabaseOption, QueueOption, TeamOption, examples
from ccmon.cli.run_monitor import run_monitor
from ccmon.cli.typer_app import app
from ccmon.settings import REFRESH_SECONDS, THEMES


@app.command(epilog=examples("ccmon", "ccmon --queue Sales", "ccmon monitor --read-only --refresh 5"))
def monitor(
    db: DatabaseOption = None,
    refresh: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=REFRESH_SECONDS[0],
            max=REFRESH_SECONDS[1],
            help="Seconds between two polls of the database.",
            show_default="1",
        ),
    ] = None,
    queue: QueueOption = None,
    team: TeamOption = None,
    client: ClientOption = None,
    ascii_only: Annotated[
        bool | None,
        typer.Option("--ascii/--no-ascii", help="Draw with ASCII characters only; else as the locale says."),
    ] = None,
    mouse: Annotated[
        bool | None, typer.Option("--mouse/--no-mouse", help="Use the mouse too.", show_default="no")
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Change nothing: follow-ups cannot be settled, moved or handed over.")
    ] = False,
    theme: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="dark, light, or terminal: as the terminal says.", show_default="terminal"),
    ] = None,
    view: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Begin with the view saved under this name.", autocompletion=names_of_views),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin as usual, not as the screen was left.")] = False,
) -> int:
    """Show the floor, live, until it is ended."""
    if refresh is not None and math.isnan(refresh):  # passes every range check
        raise typer.BadParameter(f"{refresh} is not a number of seconds.", param_hint="--refresh")
    if theme is not None and theme not in THEMES:
        raise typer.BadParameter(f"{theme} is not one of {', '.join(THEMES)}.", param_hint="--theme")
    return run_monitor(
        db,
        refresh=refresh,
        queue=queue,
        team=team,
        client=client,
        ascii_only=ascii_only,
        mouse=mouse,
        read_only=read_only,
        theme=theme,
        view=view,
        fresh=fresh,
    )
