"""``ccmon status``: the floor at one moment."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from ccmon.cli.completion import figures_to_check, keys_of_the_json, words_of
from ccmon.cli.options import A_WEEKDAY, ClientOption, DatabaseOption, QueueOption, TeamOption, every_option, examples
from ccmon.cli.run_status import run_status
from ccmon.cli.status_forms import WINDOWS, run_status_form
from ccmon.cli.typer_app import app


def _window(text: str | None) -> str | None:
    if text is not None and text not in WINDOWS:
        raise typer.BadParameter(f"{text} is not one of {', '.join(WINDOWS)}.")
    return text


WindowOption = Annotated[
    str | None,
    typer.Option(
        metavar="MINUTES",
        help="Count the calls of queues over the last 15, 30 or 60 minutes, or since opening; else today.",
        autocompletion=words_of(WINDOWS),
        callback=_window,
    ),
]
OnlyOption = Annotated[
    str | None,
    typer.Option(
        metavar="KEY,KEY",
        help="With --json or --watch: these keys alone, and those that say how old they are.",
        autocompletion=keys_of_the_json,
    ),
]
WatchOption = Annotated[
    bool,
    typer.Option("--watch", help="Go on: a line of JSON for each change, at most one a second. docs/streams.md."),
]
EveryOption = Annotated[
    float | None,
    every_option("With --watch: a line each so many seconds instead, changed or not."),
]
CheckOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIGURE<WARNING,CRITICAL",
        help="Check a figure of total, data_age_s or alarms as a monitoring plug-in does: < or >, one line, exit "
        "status 0 to 3. Repeatable. docs/streams.md.",
        autocompletion=figures_to_check,
    ),
]


@app.command(
    epilog=examples(
        "ccmon status",
        "ccmon status --queue Sales",
        "ccmon status --window 30",
        "ccmon status --at 'yesterday 14:30'",
        "ccmon status --at 2026-11-23 --team Care --json",
        "ccmon status --watch --only queues,alarms | jq --unbuffered -c .alarms",
        "ccmon status --watch --every 10 --queue Sales >> sales.jsonl",
        "ccmon status --check 'service_level<0.8,0.6' --check 'data_age_s>60,300'",
    )
)
def status(
    db: DatabaseOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: docs/status.schema.json.")] = False,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="An earlier moment, in the site's zone: 14:30, yesterday 14:30, 2026-11-23T14:30. A day alone, such "
            f"as {A_WEEKDAY}: as it ended.",
        ),
    ] = None,
    queue: QueueOption = None,
    team: TeamOption = None,
    client: ClientOption = None,
    window: WindowOption = None,
    only: OnlyOption = None,
    watch: WatchOption = False,
    every: EveryOption = None,
    check: CheckOption = None,
) -> int:
    """Show the floor once, as text or JSON, and exit; or watch it as lines of JSON, or check figures."""
    gc.disable()  # the process ends right after
    if only is not None or every is not None or watch or check:
        return run_status_form(
            db,
            as_json=as_json,
            at=at,
            queue=queue,
            team=team,
            client=client,
            window=window,
            only=only,
            watch=watch,
            every=every,
            check=check,
        )
    run_status(db, as_json=as_json, at=at, queue=queue, team=team, client=client, window=window)
    return 0
