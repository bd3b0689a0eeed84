"""``ccmon import queue-log``: writes history to the call database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path

if TYPE_CHECKING:
    from ccmon.sources.queue_log.import_files import Summary

SHOWN_EVENTS = 5
"""The most unknown events that are named."""

import_app = typer.Typer(help="Import history. Safe to run again: nothing is imported twice.", no_args_is_help=True)
app.add_typer(import_app, name="import")


def named(source: str | None) -> str | None:
    """The name of a source, if it is one."""
    if source is not None and not source.strip():
        raise typer.BadParameter("give the source a name, or leave the option out.", param_hint="--source")
    return source


SourceOption = Annotated[
    str, typer.Option(metavar="NAME", callback=named, help="Name of the log, where several switches write one each.")
]


def _known_encoding(name: str) -> str:
    """The encoding, if Python knows it and its line ends are those of ASCII."""
    try:
        if "|\n".encode(name) == b"|\n":
            return name
    except LookupError:
        pass
    raise typer.BadParameter(f"{name} cannot be a queue log's encoding; try utf-8 or latin-1.", param_hint="--encoding")


EncodingOption = Annotated[
    str, typer.Option(metavar="NAME", callback=_known_encoding, help="Encoding of the log's texts.")
]
QueuesConfOption = Annotated[
    Path | None,
    typer.Option(
        "--queues-conf",
        metavar="FILE",
        help="Asterisk's queues.conf: says which interface and which member name belong together.",
    ),
]


@import_app.command(
    "queue-log",
    epilog=examples(
        "ccmon import queue-log /var/log/asterisk/queue_log*",
        "zcat old.gz | ccmon import queue-log - --source pbx2",
        "ccmon import queue-log asterisk.db --time-zone UTC",
    ),
)
def import_queue_log(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…",
            help="Queue logs, also rotated or .gz ones, or the realtime table (SQLite, CSV); - is standard input.",
        ),
    ],
    db: DatabaseOption = None,
    source: SourceOption = "queue-log",
    queues_conf: QueuesConfOption = None,
    encoding: EncodingOption = "utf-8",
    time_zone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE",
            help="Time zone of the realtime table: UTC with queue_log_realtime_use_gmt.",
            show_default="the site's",
        ),
    ] = None,
) -> int:
    """Import Asterisk queue logs: several files in any order, as often as you like.

    If more than 20,000 records follow a file that comes late, what it says about agents may not join theirs: the end
    of a pause may be missing, for example. Calls are right in any order.
    """
    from ccmon.sources.queue_log.import_files import import_logs
    from ccmon.sources.queue_log.members import read_members

    members = read_members(queues_conf) if queues_conf is not None else None
    path = database_path(db)
    try:
        with progress_bar() as show:
            summary = import_logs(
                path,
                files,
                source=source,
                encoding=encoding,
                members=members,
                time_zone=time_zone,
                progress=show and (lambda _, done, total: show(done, total)),
            )
    except KeyboardInterrupt:
        typer.echo(
            "ccmon: stopped; each log is imported whole or not at all: the same command imports the rest.", err=True
        )
        raise
    typer.echo(_summary_text(summary))
    if summary.rejected and not (summary.records or summary.known):
        typer.echo("ccmon: no line was understood: is it a queue log, and --encoding its encoding?", err=True)
        return 1
    return 0


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error that shows how much is done of how much (0: unknown); None without a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Remaining(TimeRemainingColumn):
        """The time that is left; once all is read, that it is not over yet."""

        def render(self, task: Task) -> Text:
            read = task.total is not None and task.completed >= task.total
            return Text("finishing", style="progress.remaining") if read else super().render(task).append(" left")

    columns = TextColumn("{task.percentage:>3.0f} %"), BarColumn(), Remaining()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)


@contextmanager
def byte_counter() -> Iterator[Callable[[int], None] | None]:
    """Shows on standard error how many bytes have come, where nobody knows how many will; None without a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import FileSizeColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn

    columns = TextColumn("reading"), FileSizeColumn(), TransferSpeedColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as counter:
        task = counter.add_task("", total=None)
        yield lambda done: counter.update(task, completed=done)


def events_by_name(events: Mapping[str, int]) -> str:
    """How many records there are of each event, the most frequent first; a name may be anything."""
    from ccmon.formatting import plain

    most = sorted(events.items(), key=lambda each: -each[1])
    rest = sum(records for _, records in most[SHOWN_EVENTS:])
    named = [f"{plain(name)} {records:,}" for name, records in most[:SHOWN_EVENTS]]
    return ", ".join([*named, *([f"others {rest:,}"] if rest else [])])


def _summary_text(summary: Summary) -> str:
    """A summary of the import in a few lines, for a person."""
    from ccmon.formatting import plural, regular

    speed = f", {summary.lines / summary.seconds:,.0f} lines a second" if summary.seconds >= 1 else ""
    read, files = plural(summary.lines, "{n} line", "{n} lines"), plural(summary.files, "{n} file", "{n} files")
    calls = plural(summary.calls, "{n} call", "{n} calls")
    lines = [
        f"{read} of {files} in {summary.seconds:,.1f} s{speed}",
        f"{calls} from {plural(summary.records, '{n} new record', '{n} new records')}",
    ]
    for number, noun, what in (
        (summary.known, "line", "in the database already"),
        (summary.unknown.total(), "record", f"of events that ccmon does not know: {events_by_name(summary.unknown)}"),
        (summary.rejected, "line", "not understood; ccmon sources --rejected shows which"),
        (summary.unfinished, "unfinished last line", "left out; import again when the log has grown"),
    ):
        if number:
            lines.append(f"{plural(number, *regular(noun))} {what}")
    return "\n".join(lines)
