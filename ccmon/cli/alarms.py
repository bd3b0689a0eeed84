"""``ccmon alarms``: what needs a person, what did today, and what is done about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ccmon.cli.completion import rules_of_alarms
from ccmon.cli.options import A_WEEKDAY, DatabaseOption, examples
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path

alarms_app = typer.Typer(
    help="What needs a person: list it, take it on, ask for quiet, give it back; the log of a day; a command for each.",
)
app.add_typer(alarms_app, name="alarms")

RuleArgument = Annotated[
    str,
    typer.Argument(metavar="RULE", help="The rule, such as longest_wait.", autocompletion=rules_of_alarms),
]
SubjectArgument = Annotated[
    str | None,
    typer.Argument(metavar="SUBJECT", help="The queue, agent or customer it is about.", show_default="the only one"),
]
WhoOption = Annotated[str | None, typer.Option(metavar="NAME", help="Who does this.", show_default="this account")]


@alarms_app.callback(
    invoke_without_command=True,
    epilog=examples(
        "ccmon alarms",
        "ccmon alarms --log",
        "ccmon alarms --log --date yesterday --json",
        "ccmon alarms have longest_wait Sales",
        "ccmon alarms --exec /usr/local/bin/tell-us",
    ),
)
def alarms(
    ctx: typer.Context,
    log: Annotated[
        bool, typer.Option("--log", help="Those of the day, from when they opened until they cleared.")
    ] = False,
    date: Annotated[
        str | None,
        typer.Option(metavar="DAY", help=f"With --log: yesterday, {A_WEEKDAY}, 2026-11-23.", show_default="today"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: docs/alarms.md.")] = False,
    command: Annotated[
        str | None,
        typer.Option(
            "--exec",
            metavar="COMMAND",
            help="Go on, and run a command when an alarm opens and when it clears, with JSON on its standard input.",
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --exec: where to remember what was told.", show_default="by command"),
    ] = None,
    db: DatabaseOption = None,
) -> None:
    """What needs a person: list it, take it on, ask for quiet, give it back; the log of a day; a command for each."""
    if ctx.invoked_subcommand is not None:
        return
    from ccmon.cli import run_alarms

    if date is not None and not log:
        raise typer.BadParameter("it goes with --log.", param_hint="--date")
    if command is not None:
        if log or as_json:
            raise typer.BadParameter("it goes with neither --log nor --json.", param_hint="--exec")
        from ccmon.cli.alarm_command import run_for_alarms

        run_for_alarms(db, command, state)
        return
    if state is not None:
        raise typer.BadParameter("it goes with --exec.", param_hint="--state")
    if log:
        run_alarms.write_log(db, date, as_json=as_json)
    else:
        run_alarms.write_standing(db, as_json=as_json)


@alarms_app.command(epilog=examples("ccmon alarms have longest_wait Sales", "ccmon alarms have longest_wait --who eva"))
def have(rule: RuleArgument, subject: SubjectArgument = None, who: WhoOption = None, db: DatabaseOption = None) -> None:
    """Take an alarm on: everybody sees who has it, until it clears or becomes worse again."""
    from ccmon.cli import run_alarms

    typer.echo(run_alarms.take(database_path(db), rule, subject, who))


@alarms_app.command(
    epilog=examples(
        "ccmon alarms quiet longest_wait --for '30 min'", "ccmon alarms quiet longest_wait Sales --until shift"
    )
)
def quiet(
    rule: RuleArgument,
    subject: SubjectArgument = None,
    length: Annotated[
        str | None, typer.Option("--for", metavar="LENGTH", help="For how long.", show_default="30 min")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Until when: 17:00, friday 9:00; shift: until the site closes, else the day ends."
        ),
    ] = None,
    who: WhoOption = None,
    db: DatabaseOption = None,
) -> None:
    """Hear no more of an alarm for a while: it stands last, and is told nobody. This ends by itself."""
    from ccmon.cli import run_alarms

    if length is not None and until is not None:
        raise typer.BadParameter("it does not go with --until.", param_hint="--for")
    typer.echo(run_alarms.quieten(database_path(db), rule, subject, who, length=length, until=until))


@alarms_app.command(epilog=examples("ccmon alarms release longest_wait Sales"))
def release(
    rule: RuleArgument, subject: SubjectArgument = None, who: WhoOption = None, db: DatabaseOption = None
) -> None:
    """Give an alarm back, or end its quiet."""
    from ccmon.cli import run_alarms

    typer.echo(run_alarms.give_back(database_path(db), rule, subject, who))
