"""The command line in Typer. Each group of commands is a module of this package that adds its commands to `app`.

A module is imported when one of its commands is run: `COMMANDS` holds what ``ccmon --help`` needs. Modules import heavy
packages (SQLite, Textual, tables) inside the commands that need them.
"""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from ccmon import __version__

COMMANDS = {
    "setup": (
        "setup",
        "Set up ccmon for your own calls: asks, shows what it will do, does it, checks it. May be run again.",
    ),
    "init": ("database", "Make an empty call database, or bring an older one up to date."),
    "doctor": (
        "database",
        "Check settings, database, totals, age of the data and terminal; say what to do about what is wrong.",
    ),
    "demo": ("demo", "Show a simulated floor: nothing needs to be set up."),
    "seed": ("demo", "Fill a new or empty database with demo data; existing demo data is replaced."),
    "monitor": ("monitor", "Show the floor, live, until it is ended."),
    "views": ("views", "List and remove views that were saved on the screen under a name."),
    "sources": (
        "sources",
        "Show what feeds the database: since when, how much, how old its last news is, and whether it has gone silent.",
    ),
    "status": (
        "status",
        "Show the floor once, as text or JSON, and exit; or watch it as lines of JSON, or check figures.",
    ),
    "proof": ("proof", "Explain a figure: what it is, what it is counted from, and the calls behind it."),
    "openmetrics": (
        "openmetrics",
        "Write the figures as metrics for Prometheus (OpenMetrics): once, as a file again and again, or at a port.",
    ),
    "report": ("report", "Report on a day, a week or a month: text, Markdown, HTML, CSV or JSON."),
    "import": ("import_table", "Import history. Safe to run again: nothing is imported twice."),
    "export": ("export", "Write rows of the database as CSV, which import table takes back; or totals."),
    "follow": ("follow", "Follow a switch live until stopped."),
    "config": ("config", "See and change the settings: of the site, and of this machine."),
    "templates": (
        "templates",
        "Copy what to start from into a directory: templates, mappings, a dashboard, documents, the JSON Schema.",
    ),
    "service": ("service", "Keep what follows a switch running, by systemd."),
    "backup": (
        "backup",
        "Copy the database, also while it is in use, into a dated file; check that the copy is whole.",
    ),
    "restore": (
        "backup",
        "Put a copy in the place of the database, which is kept under another name. Stop what writes before.",
    ),
    "alarms": (
        "alarms",
        "What needs a person: list it, take it on, ask for quiet, give it back; the log of a day; a command for each.",
    ),
    "follow-up": (
        "follow_up",
        "Calls promised to customers: list them, add one, mark them done, move, hand over, undo.",
    ),
}
"""Module and help of each command, in the order of ``ccmon --help``."""


LONGEST_HELP = 200
"""Characters of what a list of commands says of one; it takes their first sentence."""


class _UnloadedCommand(TyperCommand):
    """A command whose module has not been imported: only its name and help. Its module is imported to run it."""

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        """Import its module and let the command that this adds to `app` parse the arguments."""
        name = str(self.name)
        import_module(f"ccmon.cli.{COMMANDS[name][0]}")
        gc.enable()
        return typer.main.get_group(app).commands[name].make_context(*arguments, **settings)


class _Commands(TyperGroup):
    """All commands; those of imported modules are the real ones."""

    def __init__(self, *, commands: dict[str, Any], **settings: Any) -> None:
        every = {name: commands.get(name) or _UnloadedCommand(name, help=text) for name, (_, text) in COMMANDS.items()}
        super().__init__(commands=every, **settings)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write what each command does, in as many lines as it takes: nothing is cut."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        texts = [(name, each.get_short_help_str(LONGEST_HELP)) for name, each in commands.items() if each is not None]
        with formatter.section("Commands"):
            formatter.write_dl(texts)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take what follows the command too; of the words that bash makes of ``--db=PATH``, leave the sign out."""
        if ctx.resilient_parsing:
            args = [each for before, each in zip(["", *args], args, strict=False) if each != "=" or before[:2] != "--"]
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="ccmon",
    cls=_Commands,
    help="The screen a call-centre floor supervisor keeps open all day. Without a command: the monitor.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"ccmon {__version__}")
        raise typer.Exit


@app.callback()
def ccmon(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    _db: Annotated[str | None, typer.Option("--db", hidden=True)] = None,
) -> None:
    """The screen a call-centre floor supervisor keeps open all day. Without a command: the monitor."""
    # ``--db`` before a command is put behind it before this runs (`ccmon.cli`): here a shell that completes finds it.


def run(arguments: list[str]) -> object:
    """Run a command; return what it returns. Where a shell asks which words may follow, print these instead."""
    return app(args=arguments, prog_name="ccmon", standalone_mode=False)
