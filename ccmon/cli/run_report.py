"""Runs ``ccmon report``."""

from __future__ import annotations

import sys
from pathlib import Path

from ccmon import settings
from ccmon.cli.run_status import refuse_unknown
from ccmon.cli.sentences import tell
from ccmon.cli.values import database_path, present_of
from ccmon.database.report_reader import read_report
from ccmon.database.sqlite_errors import ChangedWhileReadError
from ccmon.errors import UsageError
from ccmon.model.stretches import StretchKind
from ccmon.report.asked import asked_stretch
from ccmon.report.content import Report, report_of
from ccmon.report.formats import ENDINGS, FORMATS, PERIODS
from ccmon.snapshot.narrow import Filters
from ccmon.spelling import folded
from ccmon.whole_file import write_whole


def run_report(
    db: Path | None,
    *,
    period: str = "day",
    since: str | None = None,
    date: str | None = None,
    queue: str | None = None,
    team: str | None = None,
    client: str | None = None,
    form: str | None = None,
    output: Path | None = None,
) -> None:
    """Write a report to standard output, or to a file.

    Raises:
        CcmonError: the database cannot be read, a given name does not exist, or the file cannot be written.
        UsageError: the words do not go together, or are no time, period or format.
    """
    kind = _kind(period, since, date)
    written_as = _format(form, output)
    path = database_path(db)
    present = present_of(path)
    stretch = asked_stretch(kind, since if kind is StretchKind.SINCE else date, present)
    own_limits = settings.load(db).alarms
    try:
        figures = read_report(path, stretch, own_limits)
    except ChangedWhileReadError:  # others write what this user reads without locks
        figures = read_report(path, stretch, own_limits)
    filters = Filters(queue, team, client)
    refuse_unknown(path, figures.floor, filters)
    made = report_of(figures, filters.spelt(figures.floor), max(present.now, figures.covered.stretch.at))
    text = _written(made, written_as, to_file=output is not None)
    if output is None:
        sys.stdout.write(text)
    else:
        write_whole(output, text)
        tell(f"Wrote {output}.")


def _kind(period: str, since: str | None, date: str | None) -> StretchKind:
    if period not in PERIODS:
        raise UsageError(f"There is no report {period!r}: it is one of {', '.join(PERIODS)}.")
    kind = StretchKind(period)
    if kind is StretchKind.SINCE:
        if since is None:
            raise UsageError("Since when? Name a time, as in: ccmon report since 09:00.")
        if date is not None:
            raise UsageError("With since, name the day with the time, as in: ccmon report since 'yesterday 09:00'.")
    elif since is not None:
        raise UsageError(f"Nothing can follow {period}, and there is: {since}; a day is named with --date.")
    return kind


def _format(form: str | None, output: Path | None) -> str:
    if form is not None:
        if folded(form) not in FORMATS:
            raise UsageError(f"There is no format {form!r}: it is one of {', '.join(FORMATS)}.")
        return folded(form)
    if output is None:
        return "text"
    found = ENDINGS.get(output.suffix.lower())
    if found is None:
        endings = ", ".join(FORMATS.values())
        raise UsageError(f"{output.name} has none of the endings {endings}: name the format with --format.")
    return found


def _written(made: Report, form: str, *, to_file: bool) -> str:
    """The report in a format; what writes the others is not imported."""
    if form == "html":
        from ccmon.report.html import as_html

        return as_html(made)
    if form == "markdown":
        from ccmon.report.markdown import as_markdown

        return as_markdown(made)
    if form == "text":
        from ccmon.report.plain_text import as_plain_text
        from ccmon.report.text import USUAL_WIDTH, output_width
        from ccmon.views.glyphs import needs_ascii

        if to_file:
            return as_plain_text(made, USUAL_WIDTH)
        ascii_alone = needs_ascii() or not (sys.stdout.encoding or "utf-8").lower().startswith("utf")
        return as_plain_text(made, output_width(sys.stdout), ascii_alone=ascii_alone)
    from ccmon.report.data import as_csv, as_json

    return as_json(made) if form == "json" else as_csv(made)
