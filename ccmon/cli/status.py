"""``ccmon status``: the floor at one moment."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from ccmon.cli.options import ClientOption, DatabaseOption, QueueOption, TeamOption, examples
from ccmon.cli.run_status import run_status
from ccmon.cli.typer_app import app


@app.command(
    epilog=examples(
        "ccmon status",
        "ccmon status --queue Sales",
        "ccmon status --at 'yesterday 14:30'",
        "ccmon status --at 2026-11-23 --team Care --json",
    )
)
def status(
    db: DatabaseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: docs/status.schema.json.")] = False,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="An earlier moment, in the site's zone: 14:30, yesterday 14:30, 2026-11-23T14:30. "
            "A day alone: as it ended.",
        ),
    ] = None,
    queue: QueueOption = None,
    team: TeamOption = None,
    client: ClientOption = None,
) -> None:
    """Show the floor once, as text or JSON, and exit."""
    gc.disable()  # the process ends right after
    run_status(db, as_json=as_json, at=at, queue=queue, team=team, client=client)
