"""``ccmon openmetrics``: the figures as metrics for Prometheus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ccmon.cli.options import ClientOption, DatabaseOption, QueueOption, TeamOption, every_option, examples
from ccmon.cli.typer_app import app
from ccmon.errors import UsageError


@app.command(
    epilog=examples(
        "ccmon openmetrics",
        "ccmon openmetrics --output ccmon.prom",
        "ccmon openmetrics --output /var/lib/prometheus/node-exporter/ccmon.prom --every 15",
        "ccmon openmetrics --listen 127.0.0.1:9469 --agents",
    )
)
def openmetrics(
    db: DatabaseOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write this file instead, whole or not at all: .prom for node_exporter's textfile collector.",
        ),
    ] = None,
    every: Annotated[
        float | None,
        every_option("With --output: write it again each so many seconds, until stopped."),
    ] = None,
    listen: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT", help="Answer GET /metrics there instead, such as at 127.0.0.1:9469, until stopped."
        ),
    ] = None,
    allow_remote: Annotated[
        bool,
        typer.Option("--allow-remote", help="With --listen: take an address that other machines reach."),
    ] = False,
    agents: Annotated[
        bool,
        typer.Option("--agents", help="Also metrics of each agent by login; else how many are in which state."),
    ] = False,
    queue: QueueOption = None,
    team: TeamOption = None,
    client: ClientOption = None,
) -> None:
    """Write the figures as metrics for Prometheus (OpenMetrics): once, as a file again and again, or at a port."""
    if listen is not None and (output is not None or every is not None):
        raise UsageError("--listen answers whoever asks, --output writes a file; leave one of them out.")
    if every is not None and output is None:
        raise UsageError("--every says how often a file is written; add --output FILE.")
    if allow_remote and listen is None:
        raise UsageError("--allow-remote is about the address of --listen; add --listen HOST:PORT.")
    from ccmon.cli import run_openmetrics
    from ccmon.snapshot.narrow import Filters

    wanted = run_openmetrics.Wanted(db, Filters(queue, team, client), agents=agents)
    if listen is not None:
        run_openmetrics.serve(wanted, run_openmetrics.address(listen, allow_remote=allow_remote))
    elif output is None:
        run_openmetrics.print_once(wanted)
    else:
        run_openmetrics.write_file(wanted, output, every_s=every)
