"""``ccmon import table``: imports tables exported from other systems."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccmon.cli.import_ import byte_counter, import_app, progress_bar
from ccmon.cli.options import DatabaseOption, examples
from ccmon.cli.sentences import tell
from ccmon.cli.values import database_path
from ccmon.errors import CcmonError, UsageError

if TYPE_CHECKING:
    from ccmon.sources.table.import_report import ImportReport, RowFaults
    from ccmon.sources.table.mapping import Mapping

SHOWN = 20
"""The most refused rows shown one by one, unless all are asked for; if there are more, reasons are shown."""
SHOWN_REASONS = 10
_ADD = "--add-missing"
SOME_REFUSED = 3
"""The exit status where some rows were refused, and the others went in."""

KindArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="KIND",
        help="clients, teams, queues, campaigns, agents, pause-reasons, opening-hours, holidays, customers, calls, "
        "sales, surveys, survey-invitations, quotas, follow-ups, contact-reasons, call-reasons, shifts, investments, "
        "agent-states or queue-members. In this order each finds what it names.",
        show_default="the mapping's",
    ),
]
FileArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        help="The table: CSV and its like (also compressed by gzip), an Excel workbook (XLSX) or an SQLite file; "
        "- is standard input. It must be named.",
    ),
]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Import also what seems to be there under another call_id or reference.")
]
EncodingOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="The file's encoding, such as windows-1252.", show_default="detected in the file"
    ),
]
TableOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The sheet of a workbook, or the table of an SQLite file.",
        show_default="the mapping's, else the first sheet with rows, or the only table",
    ),
]
AddMissingOption = Annotated[
    str | None,
    typer.Option(
        "--add-missing",
        metavar="KINDS",
        help="Add what rows name and nobody is: all, or some of clients, teams, queues, campaigns, agents, "
        "contact-reasons and customers, such as agents,customers.",
        show_default="such rows are refused",
    ),
]
AllRefusedOption = Annotated[
    bool, typer.Option("--all-refused", help=f"Show every refused row, even where more than {SHOWN} are.")
]


@import_app.command(
    "table",
    epilog=examples(
        "ccmon import table customers customers.csv --dry-run",
        "ccmon import table customers customers.csv",
        "ccmon import table sales orders.xlsx --table Orders",
        "zcat orders.csv.gz | ccmon import table sales -",
        "ccmon import table sales orders.csv --guess > orders.toml",
        "ccmon import table sales orders.csv --mapping orders.toml --dry-run",
        "ccmon import table sales orders.csv --mapping orders.toml --add-missing agents,customers",
    ),
)
def import_table(
    context: typer.Context,
    kind: KindArgument = None,
    file: FileArgument = None,
    db: DatabaseOption = None,
    mapping: Annotated[Path | None, typer.Option(metavar="M.toml", help="What the file's columns mean.")] = None,
    guess: Annotated[
        bool, typer.Option("--guess", help="Look at the file and print a mapping to start from; import nothing.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the first rows, say what would happen; change nothing.")
    ] = False,
    yes: YesOption = False,
    encoding: EncodingOption = None,
    table: TableOption = None,
    add_missing: AddMissingOption = None,
    all_rejected: AllRefusedOption = False,
) -> int:
    """Import a table with a header line, as often as you like: nothing is imported twice.

    Exits with 3 if some rows were refused and the others went in, with 1 if none went in.
    """
    kind, named = _kind_and_file(kind, file)
    file = _readable(context, named)
    _check_table(file, table)
    if guess:
        from ccmon.sources.table.infer_kind import infer_any_mapping

        typer.echo(infer_any_mapping(file, kind, encoding, table), nl=False)
        return 0
    if kind is None and mapping is None:
        raise UsageError(_which_kind(file, named, encoding, table))
    rules = _rules(kind, named, mapping, table)
    kind = rules.kind if rules else str(kind)
    adds = _kinds_to_add(add_missing, kind)
    asking = partial(_import_asking, kind, file, db, rules, dry_run=dry_run, encoding=encoding, table=table, yes=yes)
    report = _adding_missing(asking, adds, may_ask=add_missing is None and not dry_run)
    if report is None:
        typer.echo("Nothing was changed.")
        return 0
    return _show(
        kind, file, report, dry_run=dry_run, all_rejected=all_rejected, are_kept=kind == "calls" and not dry_run
    )


def _readable(context: typer.Context, file: Path) -> Path:
    """The file, or until the command ends a copy of what comes through a pipe."""
    from ccmon.sources.table.row_reader import is_piped, readable_file

    if not is_piped(file):
        return file
    with byte_counter() as show:
        return context.with_resource(readable_file(file, show))


def _kind_and_file(kind: str | None, file: Path | None) -> tuple[str | None, Path]:
    """The kind and the file; the kind is None if only a file is named."""
    from ccmon.database.table_specs import KINDS

    kinds = ("calls", *KINDS)
    if kind is None or (file is None and kind in kinds and not Path(kind).exists()):
        raise typer.BadParameter(f"name the file: ccmon import table {kind or 'KIND'} FILE", param_hint="FILE")
    if file is None:
        return None, Path(kind)
    if kind == "totals":
        raise typer.BadParameter(
            "totals are never imported: ccmon counts them from calls, states of agents and sales.", param_hint="KIND"
        )
    if kind not in kinds:
        raise typer.BadParameter(
            f"{kind} is not a kind of table; the kinds are: {', '.join(kinds)}.", param_hint="KIND"
        )
    return kind, file


def _kinds_to_add(said: str | None, kind: str) -> tuple[str, ...]:
    """The kinds of which names are added that nobody has."""
    if said is None:
        return ()
    from ccmon.database.reference_names import ADDABLE

    if kind == "calls":
        raise typer.BadParameter("a table of calls adds the names in it by itself: leave it out.", param_hint=_ADD)
    named = tuple(filter(None, map(str.strip, said.split(","))))
    if named == ("all",):
        return tuple(ADDABLE)
    wrong = [each for each in named if each not in ADDABLE]
    if wrong or not named:
        raise typer.BadParameter(
            f"{wrong[0] if wrong else 'nothing'} cannot be added so; there are: {', '.join(ADDABLE)}, or all.",
            param_hint=_ADD,
        )
    return named


def _adding_missing(
    run: Callable[..., ImportReport | None], adds: tuple[str, ...], *, may_ask: bool
) -> ImportReport | None:
    """Import; where rows name what is not known, and a person agrees, once more and with these names added."""
    from ccmon.cli import questions

    report = run(adds=adds)
    if report is None or not report.unknown or not may_ask or not questions.can_ask():
        return report
    tell(f"{_counted(report.unknown)} that rows name {_are(report.unknown)} not known: {_named(report)}.")
    is_one = sum(report.unknown.values()) == 1
    them = "it, with nothing but this name" if is_one else "them, with nothing but these names"
    if not questions.agreed(f"Add {them}?"):
        return report
    again = run(adds=tuple(report.unknown))
    if again is not None:
        before = report.added + report.changed
        again.added, again.changed = again.added + report.added, again.changed + report.changed
        again.same -= before
    return again


def _counted(numbers: dict[str, int]) -> str:
    """Rows by kind, such as "8 agents and 3 campaigns"."""
    from ccmon.formatting import plural, regular

    *first, last = [plural(n, *regular(kind.removesuffix("s").replace("-", " "))) for kind, n in numbers.items()]
    return f"{', '.join(first)} and {last}" if first else last


def _named(report: ImportReport) -> str:
    """The first names that are not known, kind by kind."""
    shown = (
        f"{', '.join(names)}{', …' if len(names) < report.unknown[kind] else ''}"
        for kind, names in report.unknown_names.items()
    )
    return "; ".join(shown)


def _are(numbers: dict[str, int]) -> str:
    return "is" if sum(numbers.values()) == 1 else "are"


def _which_kind(file: Path, named: Path, encoding: str | None, table: str | None) -> str:
    """The sentence that asks what kind of table a file is, with the kind that it looks like.

    Raises:
        CcmonError: it cannot be read, or looks like none, or like several.
    """
    from ccmon.sources.table.kind_fit import infer_kind
    from ccmon.sources.table.sample_file import read_sample

    kind = infer_kind(file, read_sample(file, encoding, table))
    return (
        f"{file} looks like a table of {kind}: say so (ccmon import table {kind} {named}), or give its mapping with "
        f"--mapping; to start one: ccmon import table {named} --guess > M.toml"
    )


def _check_table(file: Path, table: str | None) -> None:
    """Check that a table is named of a file that has tables."""
    if table is not None:
        from ccmon.sources.table.row_reader import has_tables

        if not has_tables(file):
            raise typer.BadParameter(f"{file} is no workbook and no SQLite file: leave it out.", param_hint="--table")


def _rules(kind: str | None, file: Path, mapping: Path | None, table: str | None) -> Mapping | None:
    """The mapping of the file; None if there is none, and none is needed."""
    if mapping is None:
        if kind == "calls":
            raise CcmonError(
                f"A table of calls needs --mapping M.toml, which says what its columns mean; to start one: "
                f"ccmon import table calls {file} --guess > M.toml"
            )
        return None
    from ccmon.sources.table.mapping import read

    rules = read(mapping, kind)
    return rules if table is None else replace(rules, table=table)


def _show(kind: str, file: Path, report: ImportReport, *, dry_run: bool, all_rejected: bool, are_kept: bool) -> int:
    """Print refused rows to standard error, changed settings and totals to standard output.

    With ``are_kept``, the database has the refused rows, too. Returns 0 if no row was refused, 1 if rows were and none
    went in, else `SOME_REFUSED`.
    """
    from ccmon.formatting import plural

    if report.preview is not None and report.preview.rows:
        typer.echo("The first rows as they would be stored:")
        for line in report.preview.lines(shutil.get_terminal_size((120, 24)).columns):
            typer.echo(line)
    if all_rejected or report.rejected_count <= SHOWN:
        for row in report.rejected:
            tell(f"{file} line {row.line}: {row.reason}", output=sys.stderr)
        hidden = report.rejected_count - len(report.rejected)
        if hidden:
            where = "; ccmon sources --rejected shows them" if are_kept else ""
            typer.echo(f"and {hidden:,} more{where}.", err=True)
    else:
        _show_reasons(file, report.reasons)
        typer.echo("--all-refused shows each of them.", err=True)
    _show_reasons(file, report.impossible, after="; treated as missing")
    for note in report.notes:
        tell(note, output=sys.stderr)
    would = "would be " if dry_run else ""
    if report.added_names:
        tell(f"Added as rows name them: {_counted(report.added_names)}.", output=sys.stderr)
    if report.unknown:
        them, kinds = "it" if sum(report.unknown.values()) == 1 else "them", ",".join(report.unknown)
        tell(
            f"{_counted(report.unknown)} {_are(report.unknown)} not known: add {them} with --add-missing {kinds}, or "
            f"import {them} first (ccmon import table {next(iter(report.unknown))} FILE).",
            output=sys.stderr,
        )
    for difference in report.differences[:SHOWN]:
        tell(difference)
    if len(report.differences) > SHOWN:
        where = "" if dry_run else "; ccmon config log shows them"
        tell(f"and {plural(len(report.differences) - SHOWN, '{n} other change', '{n} other changes')}{where}.")
    skipped = plural(report.unanswered, "{n} empty answer", "{n} empty answers")
    unanswered = f", {skipped} skipped" if report.unanswered else ""
    left_out = f", {report.left_out:,} left out by the mapping" if report.left_out else ""
    where = " (ccmon sources --rejected shows them)" if report.rejected_count and are_kept else ""
    tell(
        f"{kind}: {plural(report.added, '{n} row', '{n} rows')} {would}added, {report.changed:,} changed, "
        f"{report.same:,} as before, {report.rejected_count:,} refused{where}{left_out}{unanswered}"
    )
    if not report.rejected_count:
        return 0
    return SOME_REFUSED if report.went_in else 1


def _show_reasons(file: Path, reasons: RowFaults, after: str = "") -> None:
    """Print what is wrong with many rows, the most frequent first; ``after`` is added to each."""
    from ccmon.formatting import plural

    each = reasons.most_common()
    for reason in each[:SHOWN_REASONS]:
        tell(f"{file} {reason}{after}", output=sys.stderr)
    rest = sum(reason.rows for reason in each[SHOWN_REASONS:])
    if rest:
        typer.echo(f"and {plural(rest, '{n} row', '{n} rows')} for other reasons{after}", err=True)


@contextmanager
def _bar(file: Path) -> Iterator[Callable[[int], None] | None]:
    """A progress bar on a terminal, by bytes of the file."""
    if not file.is_file():
        yield None
        return
    size = file.stat().st_size
    with progress_bar() as show:
        yield show and (lambda done: show(done, size))


def _import_asking(
    kind: str,
    file: Path,
    db: Path | None,
    rules: Mapping | None,
    *,
    dry_run: bool,
    encoding: str | None,
    table: str | None,
    yes: bool,
    adds: tuple[str, ...],
) -> ImportReport | None:
    """Import a table; None: a person does not want its rows to count twice."""
    from ccmon.cli import questions
    from ccmon.sources.table.doubled_rows import DoubledRowsError

    def run(*, may_double: bool) -> ImportReport:
        path = database_path(db)
        with _bar(file) as progress:
            if kind == "calls" and rules is not None:
                from ccmon.sources.table.call_import import import_calls

                return import_calls(
                    path, file, rules, dry_run=dry_run, encoding=encoding, progress=progress, may_double=may_double
                )
            from ccmon.configuration import table_import

            return table_import.import_table(
                path,
                kind,
                file,
                dry_run=dry_run,
                encoding=encoding,
                table=table,
                mapping=rules,
                may_double=may_double,
                adds=adds,
                progress=progress,
            )

    try:
        try:
            return run(may_double=yes)
        except DoubledRowsError as error:
            if not questions.can_ask():
                raise CcmonError(f"Nothing was changed. {error} Or add --yes, if they are other {kind}.") from None
            tell(str(error))
        return run(may_double=True) if questions.agreed("Import them all the same?") else None
    except KeyboardInterrupt:
        if kind == "calls":
            typer.echo("ccmon: stopped; the same command goes on from there.", err=True)
        raise
