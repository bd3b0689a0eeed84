"""``ccmon import table``: imports tables exported from other systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccmon.cli.import_ import import_app, progress_bar
from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.sentences import tell
from ccmon.cli.values import database_path
from ccmon.errors import CcmonError

if TYPE_CHECKING:
    from ccmon.sources.table.import_report import ImportReport, RowFaults

SHOWN = 20
"""The most refused rows shown one by one, unless all are asked for; if there are more, reasons are shown."""
SHOWN_REASONS = 10

YesOption = Annotated[
    bool, typer.Option("--yes", help="Calls: import also what seems to be there under another call_id.")
]
EncodingOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="The file's encoding, such as windows-1252.", show_default="detected in the file"
    ),
]
TableOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The table of an SQLite file.", show_default="the mapping's, or the only one"),
]
AllRefusedOption = Annotated[
    bool, typer.Option("--all-refused", help=f"Show every refused row, even where more than {SHOWN} are.")
]


@import_app.command(
    "table",
    epilog=examples(
        "ccmon import table customers customers.csv --dry-run",
        "ccmon import table customers customers.csv",
        "ccmon import table calls export.csv --guess > export.toml",
        "ccmon import table calls export.csv --mapping export.toml --dry-run",
    ),
)
def import_table(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND",
            help="clients, teams, queues, campaigns, agents, pause-reasons, opening-hours, holidays, customers, calls, "
            "sales, surveys, survey-invitations, quotas, follow-ups, contact-reasons, call-reasons, shifts or "
            "investments. In this order each finds what it names.",
            show_default="calls",
        ),
    ] = None,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The table; it must be named.")] = None,
    db: DatabaseOption = None,
    mapping: Annotated[Path | None, typer.Option(metavar="M.toml", help="Calls: what the file's columns mean.")] = None,
    guess: Annotated[
        bool, typer.Option("--guess", help="Calls: look at the file and print a mapping to start from; import nothing.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")] = False,
    yes: YesOption = False,
    encoding: EncodingOption = None,
    table: TableOption = None,
    all_rejected: AllRefusedOption = False,
) -> int:
    """Import a table with a header line, as often as you like: nothing is imported twice."""
    kind, file = _kind_and_file(kind, file)
    if kind != "calls" and (mapping is not None or guess):
        raise typer.BadParameter("only a table of calls has a mapping.", param_hint="--mapping")
    if table is not None:
        from ccmon.sources.table.row_reader import is_sqlite

        if not is_sqlite(file):
            raise typer.BadParameter(f"{file} is no SQLite file: leave it out.", param_hint="--table")
    if guess:
        from ccmon.sources.table.infer_mapping import infer_mapping

        typer.echo(infer_mapping(file, encoding, table), nl=False)
        return 0
    if kind == "calls":
        found = _import_calls(file, db, mapping, dry_run=dry_run, encoding=encoding, table=table, yes=yes)
        if found is None:
            typer.echo("Nothing was changed.")
            return 0
        report = found
    else:
        from ccmon.configuration import table_import

        with _bar(file) as progress:
            report = table_import.import_table(
                database_path(db), kind, file, dry_run=dry_run, encoding=encoding, table=table, progress=progress
            )
    return _show(file, report, dry_run=dry_run, all_rejected=all_rejected, are_kept=kind == "calls" and not dry_run)


def _kind_and_file(kind: str | None, file: Path | None) -> tuple[str, Path]:
    """The kind and the file; the kind is calls if only a file is named."""
    from ccmon.database.table_specs import KINDS

    kinds = ("calls", *KINDS)
    if kind is None or (file is None and kind in kinds and not Path(kind).exists()):
        raise typer.BadParameter(f"name the file: ccmon import table {kind or 'KIND'} FILE", param_hint="FILE")
    if file is None:
        return "calls", Path(kind)
    if kind not in kinds:
        raise typer.BadParameter(
            f"{kind} is not a kind of table; the kinds are: {', '.join(kinds)}.", param_hint="KIND"
        )
    return kind, file


def _show(file: Path, report: ImportReport, *, dry_run: bool, all_rejected: bool, are_kept: bool) -> int:
    """Print refused rows to standard error, changed settings and totals to standard output.

    With ``are_kept``, the database has the refused rows, too. Returns 1 if rows were refused and none went in.
    """
    from ccmon.formatting import plural

    if all_rejected or report.rejected_count <= SHOWN:
        for row in report.rejected:
            typer.echo(f"{file} line {row.line}: {row.reason}", err=True)
        hidden = report.rejected_count - len(report.rejected)
        if hidden:
            where = "; ccmon sources --rejected shows them" if are_kept else ""
            typer.echo(f"and {hidden:,} more{where}.", err=True)
    else:
        _show_reasons(file, report.reasons)
        typer.echo("--all-refused shows each of them.", err=True)
    _show_reasons(file, report.impossible, after="; treated as missing")
    for note in report.notes:
        typer.echo(note, err=True)
    for difference in report.differences[:SHOWN]:
        tell(difference)
    if len(report.differences) > SHOWN:
        where = "" if dry_run else "; ccmon config log shows them"
        tell(f"and {plural(len(report.differences) - SHOWN, 'other change')}{where}.")
    would = "would be " if dry_run else ""
    left_out = f", {report.left_out:,} left out by the mapping" if report.left_out else ""
    where = " (ccmon sources --rejected shows them)" if report.rejected_count and are_kept else ""
    typer.echo(
        f"{plural(report.added, 'row')} {would}added, {report.changed:,} changed, {report.same:,} as before, "
        f"{report.rejected_count:,} refused{where}{left_out}"
    )
    return 1 if report.rejected_count and not report.went_in else 0


def _show_reasons(file: Path, reasons: RowFaults, after: str = "") -> None:
    """Print what is wrong with many rows, the most frequent first; ``after`` is added to each."""
    from ccmon.formatting import plural

    each = reasons.most_common()
    for reason in each[:SHOWN_REASONS]:
        typer.echo(f"{file} {reason}{after}", err=True)
    rest = sum(reason.rows for reason in each[SHOWN_REASONS:])
    if rest:
        typer.echo(f"and {plural(rest, 'row')} for other reasons{after}", err=True)


@contextmanager
def _bar(file: Path) -> Iterator[Callable[[int], None] | None]:
    """A progress bar on a terminal, by bytes of the file."""
    if not file.is_file():
        yield None
        return
    size = file.stat().st_size
    with progress_bar() as show:
        yield show and (lambda done: show(done, size))


def _import_calls(
    file: Path,
    db: Path | None,
    mapping: Path | None,
    *,
    dry_run: bool,
    encoding: str | None,
    table: str | None,
    yes: bool,
) -> ImportReport | None:
    """Import calls; None: a person does not want them to count twice."""
    if mapping is None:
        raise CcmonError(
            f"A table of calls needs --mapping M.toml, which says what its columns mean; to start one: "
            f"ccmon import table calls {file} --guess > M.toml"
        )
    from ccmon.cli import questions
    from ccmon.sources.table.call_import import DoubledCallsError, import_calls
    from ccmon.sources.table.mapping import read

    rules = read(mapping)
    if table is not None:
        rules = replace(rules, table=table)

    def run(*, may_double: bool) -> ImportReport:
        with _bar(file) as progress:
            return import_calls(
                database_path(db),
                file,
                rules,
                dry_run=dry_run,
                encoding=encoding,
                progress=progress,
                may_double=may_double,
            )

    try:
        try:
            return run(may_double=yes)
        except DoubledCallsError as error:
            if not questions.can_ask():
                raise CcmonError(f"Nothing was changed. {error} Or add --yes, if they are other calls.") from None
            tell(str(error))
        return run(may_double=True) if questions.agreed("Import them all the same?") else None
    except KeyboardInterrupt:
        typer.echo("ccmon: stopped; the same command goes on from there.", err=True)
        raise
