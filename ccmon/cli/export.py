"""``ccmon export``: rows of the call database as CSV."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from ccmon.cli.completion import names_of_sources, words_of
from ccmon.cli.options import A_WEEKDAY, ClientOption, DatabaseOption, QueueOption, TeamOption, examples
from ccmon.cli.typer_app import app
from ccmon.cli.values import database_path
from ccmon.errors import CcmonError, UsageError, os_error

if TYPE_CHECKING:
    from ccmon.database.export_columns import Export
    from ccmon.database.exports import ExportedRows

KINDS = (
    "clients", "teams", "queues", "campaigns", "agents", "pause-reasons", "opening-hours", "holidays", "customers",
    "calls", "sales", "surveys", "survey-invitations", "quotas", "follow-ups", "contact-reasons", "call-reasons",
    "shifts", "investments", "agent-states", "queue-members", "totals",
)  # fmt: skip
"""What can be exported; listed here, so that help and shells need not read how."""
TOTALS_BY = ("queue-day", "queue-quarter", "agent-day")
STANDARD_OUTPUT = "-"


KindArgument = Annotated[
    str, typer.Argument(metavar="KIND", help=f"{', '.join(KINDS[:-1])} or {KINDS[-1]}.", autocompletion=words_of(KINDS))
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="TIME",
        help=f"From when on, in the site's zone: yesterday, {A_WEEKDAY}, friday 9:00, 14:30, 2026-11-23. A day alone: "
        "its start.",
        show_default="the beginning",
    ),
]
ToOption = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="TIME",
        help="Until when, written alike. A day alone: its end, the whole day included; of a time, the moment itself is "
        "left out.",
        show_default="the end",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Written whole or not at all.", show_default="standard output"),
]
ByOption = Annotated[
    str | None,
    typer.Option(
        metavar="WHAT",
        help=f"Totals: {', '.join(TOTALS_BY[:-1])} or {TOTALS_BY[-1]}.",
        show_default=TOTALS_BY[0],
        autocompletion=words_of(TOTALS_BY),
    ),
]
SourceOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Calls: only of this source.", autocompletion=names_of_sources)
]


@app.command(
    epilog=examples(
        "ccmon export calls --from yesterday --to yesterday --output calls.csv",
        "ccmon export calls --from 2026-11-01 --to 2026-11-30 --queue Sales > november.csv",
        "ccmon export totals --from 2026-11-01 --by agent-day",
        "ccmon export sales --team Care",
    )
)
def export(
    kind: KindArgument,
    first: FromOption = None,
    last: ToOption = None,
    output: OutputOption = None,
    by: ByOption = None,
    queue: QueueOption = None,
    team: TeamOption = None,
    client: ClientOption = None,
    source: SourceOption = None,
    db: DatabaseOption = None,
) -> None:
    """Write rows of the database as CSV, which import table takes back; or totals."""
    exported = _export(kind, by)
    narrowed = {"queue": queue, "team": team, "client": client, "source": source}
    for name, value in narrowed.items():
        if value is not None and name not in exported.narrowed_by:
            _refuse(kind, name, exported)
    if not exported.moment and (first is not None or last is not None):
        raise typer.BadParameter(
            f"{kind} are not of a time: leave it out.", param_hint="--to" if first is None else "--from"
        )
    _write(exported, database_path(db), output, first, last, narrowed)


def _refuse(kind: str, name: str, exported: Export) -> None:
    """Say that rows of a kind cannot be narrowed to one of something, and to what they can."""
    if name == "source":
        raise typer.BadParameter("only calls have a source.", param_hint="--source")
    known = [f"--{each}" for each in exported.narrowed_by]
    said = f"; there can be {' and '.join(known)}" if known else ""
    raise typer.BadParameter(f"{kind} cannot be narrowed to one {name}{said}.", param_hint=f"--{name}")


def _export(kind: str, by: str | None) -> Export:
    """The kind of export that is asked for."""
    from ccmon.database import export_columns, exports
    from ccmon.spelling import suggestion

    if by is not None and kind != "totals":
        raise typer.BadParameter("only totals are by something.", param_hint="--by")
    if kind == "totals":
        by = TOTALS_BY[0] if by is None else by
        if by not in export_columns.TOTALS:
            raise typer.BadParameter(f"{by} are no totals; {suggestion(by, export_columns.TOTALS)}", param_hint="--by")
        return export_columns.totals(by)
    if kind not in exports.kinds():
        raise typer.BadParameter(f"{kind} cannot be exported; {suggestion(kind, KINDS)}", param_hint="KIND")
    return exports.kinds()[kind]


def _write(
    exported: Export,
    path: Path,
    output: Path | None,
    first: str | None,
    last: str | None,
    narrowed: Mapping[str, str | None],
) -> None:
    """Write the rows that are asked for."""
    from ccmon.cli.import_ import progress_bar
    from ccmon.cli.sentences import tell
    from ccmon.database import exports
    from ccmon.formatting import plural
    from ccmon.report.csv_export import write_csv

    since = until = None
    if first is not None or last is not None:
        from ccmon.cli.values import present_of
        from ccmon.views.moments import span

        since, until = span(first, last, present_of(path))
    with exports.open_export(path, exported, exports.Asked(since, until, **narrowed)) as rows:
        if output is None or str(output) == STANDARD_OUTPUT:
            write_csv(rows, _standard_output(), for_terminal=sys.stdout.isatty())
            _tell_of_sources(rows)
            return
        with _output_file(output) as stream, progress_bar() as show:
            count = write_csv(rows, stream, progress=show and (lambda done: show(done, rows.total)))
    tell(f"Wrote {plural(count, '{n} row', '{n} rows')} of {exported.name} to {output}.")
    _tell_of_sources(rows)


def _tell_of_sources(rows: ExportedRows) -> None:
    """Say on standard error that calls of several sources cannot be imported from one file."""
    from ccmon.formatting import plain

    if len(rows.sources) > 1:
        names = ", ".join(plain(name) for name in sorted(rows.sources))
        typer.echo(
            f"These calls come from {len(rows.sources)} sources ({names}): to import them somewhere, export each by "
            "itself with --source.",
            err=True,
        )


def _standard_output() -> TextIO:
    """Standard output as UTF-8, whatever the locale, with line ends as they are."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    return sys.stdout


@contextmanager
def _output_file(path: Path) -> Iterator[TextIO]:
    """The file to write: whole or not at all, but for a device or a pipe, in whose place no file can come."""
    from ccmon.whole_file import open_whole

    if path.is_dir():
        raise UsageError(f"{path} is a directory; name a file in it.")
    if path.exists() and not path.is_file():
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                yield file
        except OSError as error:
            raise CcmonError(os_error(f"{path} cannot be written", error)) from None
        return
    with open_whole(path.resolve()) as file:
        yield file
