"""``ccmon setup``: from nothing to a floor of one's own."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.sentences import tell
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path


class _GroupedHelp(TyperGroup):
    """Shows options under headings, in the order in which setup asks."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options group by group, then the commands."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(EACH_OPTION)
        groups: dict[str, list[tuple[str, str]]] = {heading: [] for heading in (RUN, *HEADINGS)}
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx)
            if record is not None:
                groups[getattr(option, "rich_help_panel", None) or RUN].append(record)
        for heading, records in groups.items():
            with formatter.section(heading):
                formatter.write_dl(records)
        self.format_commands(ctx, formatter)


EACH_OPTION = "Each option answers one question, which is then not asked; without any, all are asked."
RUN = "How it runs"
SWITCH, SITE, FLOOR, ACCESS = HEADINGS = (
    "Where calls come from",
    "The site",
    "Queues, teams and quota",
    "Who may look, and what follows the switch",
)

setup_app = typer.Typer(cls=_GroupedHelp, invoke_without_command=True, subcommand_metavar="[ssh]")
app.add_typer(
    setup_app,
    name="setup",
    epilog=examples(
        "sudo ccmon setup                   for everybody on this machine",
        "ccmon setup                        for your own account alone",
        "ccmon setup --yes --time-zone Europe/Amsterdam --currency EUR",
        "ccmon setup --source ami+/var/log/asterisk/queue_log --switch-user ccmon",
        'ccmon setup --queue "600=sales,80%,20s" --team "Care: eva, omar" --quota 120',
        "sudo ccmon setup ssh",
    ),
)


def _option(metavar: str, text: str, *names: str, group: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=text, rich_help_panel=group)


Source = Annotated[
    str | None,
    _option(
        "WHERE",
        "A queue log; ami; ami+QUEUE_LOG; HOST:PORT of FreeSWITCH's event socket; a callcenter.db; or none.",
        group=SWITCH,
    ),
]
SwitchUser = Annotated[str | None, _option("NAME", "User of the manager or the event socket.", group=SWITCH)]
PasswordFile = Annotated[str | None, _option("FILE", "File whose first line is that user's password.", group=SWITCH)]
Past = Annotated[
    bool | None,
    typer.Option("--past/--no-past", help="Import what the log and its older files hold.", rich_help_panel=SWITCH),
]
Db = Annotated[str | None, _option("PATH", "Where the call database lies.", "--db", "--database", group=SITE)]
TakeAlong = Annotated[
    bool | None,
    typer.Option(
        "--take-along/--no-take-along",
        help="At a new place, copy all that the database so far has.",
        rich_help_panel=SITE,
    ),
]
Zone = Annotated[str | None, _option("ZONE", "Of the floor, such as Europe/Amsterdam.", group=SITE)]
Name = Annotated[str | None, _option("NAME", "Of the site.", group=SITE)]
Currency = Annotated[str | None, _option("CODE", "Of sales, such as EUR; or none.", group=SITE)]
DayStarts = Annotated[str | None, _option("HH:MM", "When a business day starts.", group=SITE)]
OpeningHours = Annotated[
    str | None, _option("WEEK", "Such as 'mon-fri 09:00-17:30; sat 10:00-14:00', or none.", group=SITE)
]
Queues = Annotated[
    list[str] | None,
    _option(
        "NAME=WORDS",
        "What a queue is for, and its target: 600=sales,80%,20s; repeatable.",
        "--queue",
        "--queues",
        group=FLOOR,
    ),
]
Teams = Annotated[
    list[str] | None,
    _option("TEAM: AGENTS", "A team, or the path of a table of agents; repeatable.", "--team", "--teams", group=FLOOR),
]
Quota = Annotated[str | None, _option("SALES", "Sales a day of the whole centre, or none.", group=FLOOR)]
Look = Annotated[str | None, _option("ACCOUNTS", "Root: who may look at the screen.", group=ACCESS)]
Act = Annotated[
    str | None, _option("ACCOUNTS", "Root: who may settle follow-ups: nobody, all, or accounts.", group=ACCESS)
]
Service = Annotated[
    bool | None,
    typer.Option("--service/--no-service", help="Keep ccmon follow running by systemd.", rich_help_panel=ACCESS),
]
ForUser = Annotated[
    bool | None,
    typer.Option("--user/--system", help="For this account alone, or for the system. Default: the system for root."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: a question without an option gets its default.")]

StartAnew = Annotated[bool, typer.Option("--start-anew", help="Leave out the answers of a setup that was broken off.")]


@setup_app.callback()
def setup(
    context: typer.Context,
    yes: Yes = False,
    source: Source = None,
    switch_user: SwitchUser = None,
    password_file: PasswordFile = None,
    past: Past = None,
    database: Db = None,
    take_along: TakeAlong = None,
    time_zone: Zone = None,
    name: Name = None,
    currency: Currency = None,
    day_starts: DayStarts = None,
    opening_hours: OpeningHours = None,
    queues: Queues = None,
    teams: Teams = None,
    quota: Quota = None,
    look: Look = None,
    act: Act = None,
    service: Service = None,
    user: ForUser = None,
    start_anew: StartAnew = False,
) -> None:
    """Set up ccmon for your own calls: asks, shows what it will do, does it, checks it. May be run again."""
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from ccmon.cli.import_ import progress_bar
    from ccmon.setup.machine import Machine
    from ccmon.setup.questions import QUESTIONS
    from ccmon.setup.session import SetupSession

    is_root = os.geteuid() == 0
    if user is False and not is_root:
        raise typer.BadParameter("only root can set up the system: sudo ccmon setup", param_hint="--system")
    answers = {each.name: context.params[each.name] for each in QUESTIONS}
    given = {question: _text(answer) for question, answer in answers.items() if answer not in {None, ()}}
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # names of agents that the terminal cannot show
    console = Console(highlight=False, soft_wrap=True)
    SetupSession(Machine(is_root=is_root and not user), console, progress_bar).run(given, yes=yes, anew=start_anew)


@setup_app.command(epilog=examples("ccmon setup ssh", "sudo ccmon setup ssh > ccmon.conf"))
def ssh(db: DatabaseOption = None) -> None:
    """Print the lines for sshd that let supervisors in, and check them.

    Where standard output is no terminal it gets these lines alone, and all else goes to standard error.
    """
    from ccmon.database.doctor import SIGNS
    from ccmon.setup import ssh as sshd
    from ccmon.setup.machine import Machine

    machine, database = Machine(is_root=os.geteuid() == 0), database_path(db)
    is_for_people = sys.stdout.isatty()
    prose = sys.stdout if is_for_people else sys.stderr
    file, lines = sshd.file_for_lines(machine), sshd.whole(database)
    typer.echo(f"In {file}:\n" if is_for_people else f"These lines belong in {file}.", file=prose)
    for line in lines:
        typer.echo(f"    {line}" if is_for_people else line)
    if is_for_people:
        typer.echo("")
    then = "Then:"
    if sshd.is_in_force(machine, database):
        then = "sshd's files have them already. If they were written just now, sshd reads them by:"
    what = "The first three give supervisors the screen and nothing else."
    typer.echo(f"{what} {then}\n\n    {sshd.reload_command(machine)}\n", file=prose)
    wrong = False
    for finding in sshd.check(machine, database):
        wrong = wrong or finding.verdict == "wrong"
        tell(f"{SIGNS[finding.verdict]} {finding.verdict:5}  {finding.text}", " " * 9, prose)
    if wrong:
        raise typer.Exit(1)


def _text(answer: Any) -> str:
    """An option's value as an answer."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return answer if isinstance(answer, str) else "\n".join(answer)
