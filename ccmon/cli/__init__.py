"""The command line. Each group of commands is a module here that adds its commands to `app`.

A module is imported when one of its commands is run: `COMMANDS` says what ``ccmon --help`` needs. What is heavy
(SQLite, Textual, tables) a module imports inside the command that needs it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from ccmon import __version__
from ccmon.errors import CcmonError

COMMANDS = {
    "init": ("database", "Make an empty call database, or bring an older one up to date."),
    "doctor": (
        "database",
        "See whether everything is right: settings, database, totals, age of the data, terminal; "
        "say what to do if not.",
    ),
    "demo": ("demo", "Show a simulated floor: nothing needs to be set up."),
    "seed": ("demo", "Fill an empty database with demo data; demo data that is there is replaced."),
    "monitor": ("monitor", "Show the floor, live, until it is ended."),
    "sources": (
        "sources",
        "Show what feeds the database: since when, how much, how old its last news is, and whether it has gone silent.",
    ),
    "status": ("status", "Show the floor once, as text or JSON, and exit."),
    "import": ("import_table", "Import history. Safe to run again: nothing is imported twice."),
    "follow": ("follow", "Follow a switch live until stopped."),
    "follow-up": ("follow_up", "Calls promised to customers: list, settle, move, hand over, undo."),
}
"""Module and help of each command, in the order of ``ccmon --help``."""


class _UnloadedCommand(TyperCommand):
    """A command whose module has not been imported: its name and its help. To be run, it is loaded."""

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        """Import its module, and parse the arguments as the command does that this has added to `app`."""
        name = str(self.name)
        import_module(f"ccmon.cli.{COMMANDS[name][0]}")
        gc.enable()
        return typer.main.get_group(app).commands[name].make_context(*arguments, **settings)


class _Commands(TyperGroup):
    """All commands; those whose modules have been imported as they are."""

    def __init__(self, *, commands: dict[str, Any], **settings: Any) -> None:
        every = {name: commands.get(name) or _UnloadedCommand(name, help=text) for name, (_, text) in COMMANDS.items()}
        super().__init__(commands=every, **settings)


app = typer.Typer(
    name="ccmon",
    cls=_Commands,
    help="The screen a call-centre floor supervisor keeps open all day. Without a command: the monitor.",
    add_completion=False,
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
) -> None:
    """The screen a call-centre floor supervisor keeps open all day. Without a command: the monitor."""


def main() -> None:
    """Run the command line: errors become one line on standard error and exit status 1, wrong usage 2."""
    ended = _run()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # all is done: Python need not report where it was
    sys.exit(ended)


def _run() -> int:
    try:
        # All is loaded: from here on there may be something to undo.
        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        status = app(args=_with_command(sys.argv[1:]), prog_name="ccmon", standalone_mode=False)
        sys.stdout.flush()
    except CcmonError as error:
        return say(str(error))
    except typer.Abort:
        return say("stopped.", 130)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _forget_output()
        return 0
    except Exception as error:  # the last line of defence: never a traceback
        return _explain(error)
    return status if isinstance(status, int) else 0


def _with_command(arguments: list[str]) -> list[str]:
    """The arguments, with the monitor as the command where none is named: ``ccmon --db PATH`` watches that database."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in {"-h", "--help", "--version"}):
        return ["monitor", *arguments]
    return arguments


def _explain(error: Exception) -> int:
    """Say what an error means that no command has explained; wrong usage is Typer's to explain."""
    message = getattr(error, "format_message", None)
    if message is not None:
        text = message()
        if text.startswith("Usage:"):  # of a group without a command: its whole help
            typer.echo(text, err=True)
            return int(getattr(error, "exit_code", 2))
        context = getattr(error, "ctx", None)
        help_hint = f" Try: {context.command_path} --help" if context is not None else ""
        # Of the address of a server, which may hold a password, only the scheme is repeated.
        said, scheme, _ = text.partition("://")
        return say(f"{said}{scheme}{'...' if scheme else ''}{help_hint}", getattr(error, "exit_code", 2))
    if os.environ.get("CCMON_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, OSError) and error.strerror:
        from ccmon.errors import os_error

        return say(os_error(error.filename or "this cannot be done", error))
    return say(
        f"this should not happen ({type(error).__name__}: {error}); please report it with what CCMON_DEBUG=1 shows."
    )


def say(sentence: str, exit_status: int = 1) -> int:
    """Say a sentence to a person, on one line: parts of it may have come from a file or a switch.

    Returns the exit status it was given.
    """
    from ccmon.formatting import plain

    typer.echo(f"ccmon: {' '.join(map(plain, sentence.split()))}", err=True)
    return exit_status


def _forget_output() -> None:
    """Whoever read our output has gone: let nothing try to flush it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
