"""``ccmon proof``: how a figure comes about."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from ccmon.cli.completion import figures_to_prove, names_of, words_of
from ccmon.cli.options import ClientOption, DatabaseOption, QueueOption, TeamOption, examples
from ccmon.cli.status_forms import WINDOWS
from ccmon.cli.typer_app import app
from ccmon.errors import UsageError


@app.command(
    epilog=examples(
        "ccmon proof service_level",
        "ccmon proof service_level --queue Sales --at 'yesterday 14:30'",
        "ccmon proof aht --agent 'Eva de Vries' --rows 100",
        "ccmon proof abandonment_rate --window 30 --json",
        "ccmon proof lost --sql | sqlite3 calls.db",
    )
)
def proof(
    figure: Annotated[
        str | None,
        typer.Argument(
            metavar="[FIGURE]",
            help="Its name, such as service_level, or its head on the screen. Without one: the names of all.",
            autocompletion=figures_to_prove,
        ),
    ] = None,
    db: DatabaseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: docs/proofs.md.")] = False,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="At an earlier moment: 14:30, yesterday 14:30, 2026-11-23T14:30."),
    ] = None,
    queue: QueueOption = None,
    team: TeamOption = None,
    client: ClientOption = None,
    agent: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of this agent.", autocompletion=names_of("agents")),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option(
            metavar="MINUTES",
            help="Calls of queues over the last 15, 30 or 60 minutes, or since opening; else today.",
            autocompletion=words_of(WINDOWS),
        ),
    ] = None,
    rows: Annotated[
        int,
        typer.Option(metavar="NUMBER", min=0, help="List so many of the calls behind it, those against it first."),
    ] = 20,
    sql: Annotated[
        bool, typer.Option("--sql", help="Write the statement that lists all of them, and no more.")
    ] = False,
) -> None:
    """Explain a figure: what it is, what it is counted from, and the calls behind it."""
    from ccmon.cli.run_proof import run_proof, write_names

    gc.disable()  # the process ends right after
    if window is not None and window not in WINDOWS:
        raise typer.BadParameter(f"{window} is not one of {', '.join(WINDOWS)}.", param_hint="--window")
    if figure is None:
        write_names()
        return
    if sql and as_json:
        raise UsageError("--json has the statement among its keys; leave out --sql.")
    run_proof(
        db, figure, as_json=as_json, at=at, queue=queue, team=team, client=client, agent=agent, window=window,
        rows=rows, sql=sql,
    )  # fmt: skip
