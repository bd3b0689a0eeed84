"""``ccmon report``: a day, a week, a month, or the time since a moment, as a page to hand on."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from ccmon.cli.completion import words_of
from ccmon.cli.options import A_WEEKDAY, ClientOption, DatabaseOption, QueueOption, TeamOption, examples
from ccmon.cli.typer_app import app
from ccmon.report.formats import FORMATS, PERIODS


@app.command(
    epilog=examples(
        "ccmon report",
        "ccmon report --date yesterday --output yesterday.html",
        "ccmon report day --date 2026-11-23 --client 'Northwind Energy'",
        "ccmon report week --date yesterday --format markdown",
        "ccmon report month --format csv > month.csv",
        "ccmon report since 09:00 --team Care",
    )
)
def report(
    period: Annotated[
        str,
        typer.Argument(
            metavar="[day|week|month|since]",
            help="Today, this week or month so far, or since a time.",
            autocompletion=words_of(PERIODS),
        ),
    ] = "day",
    since: Annotated[
        str | None,
        typer.Argument(metavar="[TIME]", help=f"With since: 09:00, yesterday 14:00, {A_WEEKDAY}, 2026-11-23T14:30."),
    ] = None,
    db: DatabaseOption = None,
    date: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help=f"Another day, or the week or month that it is in: yesterday, {A_WEEKDAY}, 2026-11-23.",
        ),
    ] = None,
    queue: QueueOption = None,
    team: TeamOption = None,
    client: ClientOption = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="text, markdown, html, csv or json; else by the ending of --output, else text.",
            autocompletion=words_of(FORMATS),
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write it to this file, whole or not at all; a file that is there is replaced."
        ),
    ] = None,
) -> None:
    """Report on a day, a week or a month: text, Markdown, HTML, CSV or JSON."""
    from ccmon.cli.run_report import run_report

    gc.disable()  # the process ends right after
    run_report(
        db, period=period, since=since, date=date, queue=queue, team=team, client=client, form=form, output=output
    )
