"""``ccmon demo`` and ``ccmon seed``: a simulated floor where there is no real one."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from ccmon.cli.options import A_WEEKDAY, DatabaseOption, database_file, examples
from ccmon.cli.run_demo import AGENTS, PAST_DAYS, SPEEDS, run_demo
from ccmon.cli.run_seed import DAYS_BEFORE, run_seed
from ccmon.cli.typer_app import app

AgentsOption = Annotated[int, typer.Option(metavar="N", min=AGENTS[0], max=AGENTS[1], help="Size of the floor.")]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", help="The same number gives the same floor.")]


@app.command(epilog=examples("ccmon demo", "ccmon demo --speed 60 --agents 200"))
def demo(
    speed: Annotated[
        float, typer.Option(metavar="N", min=SPEEDS[0], max=SPEEDS[1], help="How many times faster than real time.")
    ] = 1.0,
    agents: AgentsOption = 40,
    seed_number: SeedOption = 1,
    days: Annotated[
        int,
        typer.Option(metavar="N", min=PAST_DAYS[0], max=PAST_DAYS[1], help="Past days to fill in, in the background."),
    ] = 35,
    db: Annotated[
        Path | None,
        typer.Option(
            "--db",
            metavar="PATH",
            parser=database_file,
            help="Keep the database here (an earlier demo's is replaced); else it is deleted at the end.",
        ),
    ] = None,
) -> int:
    """Show a simulated floor: nothing needs to be set up."""
    if math.isnan(speed):  # passes every range check
        raise typer.BadParameter(f"{speed} is not a number.", param_hint="--speed")
    return run_demo(db, speed=speed, agents=agents, seed_number=seed_number, days=days)


@app.command(epilog=examples("ccmon seed --db demo.db", "ccmon seed --db demo.db --days 7 --until 'yesterday 14:30'"))
def seed(
    db: DatabaseOption = None,
    days: Annotated[
        int, typer.Option(metavar="N", min=DAYS_BEFORE[0], max=DAYS_BEFORE[1], help="Days before the last one.")
    ] = 35,
    agents: AgentsOption = 40,
    seed_number: SeedOption = 1,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help=f"The moment at which the data ends: 14:30, yesterday 14:30, {A_WEEKDAY}, 2026-11-23.",
            show_default="now",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Fill also a database that somebody has configured.")] = False,
) -> None:
    """Fill a new or empty database with demo data; existing demo data is replaced."""
    run_seed(db, days=days, agents=agents, seed_number=seed_number, until=until, yes=yes)
