"""Import queue logs: any number of files, in any order, as often as one likes; nothing is ingested twice.

Files imported out of order give the same result as one import of all in order of time. For calls that always holds. For
memberships, pauses and agents' states it holds if at most `ccmon.database.imported_records.KEPT` records follow the
late file; after these, anything not reported before then (the end of a pause, say) may be missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ccmon import garbage_collection
from ccmon.database import database_file, sqlite_errors
from ccmon.database.progress import long_work
from ccmon.database.site import named_zone, read_site
from ccmon.database.source_records import RecordFaultError
from ccmon.database.writer import Writer
from ccmon.sources.queue_log.files import STANDARD_INPUT, STANDARD_INPUT_NAME, LogFile
from ccmon.sources.queue_log.ingester import LineCounts, LogIngester
from ccmon.sources.queue_log.members import ConfiguredMember, write_aliases
from ccmon.sources.queue_log.realtime import TableLog, is_table

KIND = "queue-log"

_BYTES_OF_A_ROW = 50
"""About how many bytes of a log make one row of a table; far fewer in a compressed one."""

Progress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes read so far and the bytes of all files."""


@dataclass(slots=True)
class Summary(LineCounts):
    """What an import did."""

    files: int = 0
    lines: int = 0
    unfinished: int = 0
    """Last lines without an end, which are left out: they may be incomplete."""
    calls: int = 0
    """New visits."""
    seconds: float = 0.0


def import_logs(
    path: Path,
    names: list[str],
    *,
    source: str,
    encoding: str = "utf-8",
    members: list[ConfiguredMember] | None = None,
    time_zone: str | None = None,
    progress: Progress | None = None,
    origin: str | None = None,
) -> Summary:
    """Import queue logs into the database at ``path``. Each file is imported as a whole or not at all.

    ``names`` are files, or tables that hold a queue log; ``-`` is standard input. ``time_zone`` applies to moments in
    tables without an offset; None: the site's. ``progress`` is called from time to time. ``origin`` is where
    the source's records are said to come from: the log that will be followed.

    Raises:
        CcmonError: a file cannot be read or is no queue log, or the database cannot be written.
    """
    started = time.monotonic()
    if time_zone is not None:
        named_zone(time_zone)  # also where no table needs it
    logs = sorted((_opened(path, name, encoding, time_zone) for name in names), key=lambda log: log.first_at or 0)
    summary = Summary(files=len(logs))
    total = sum(log.size for log in logs)
    with (
        garbage_collection.seldom(),
        Writer(path, source=source, kind=KIND, origin=origin) as writer,
        sqlite_errors.translate_errors(path),
    ):
        write_aliases(writer, members or [])
        with long_work(writer.connection, "import of queue logs", total) as set_done:
            done = 0
            for log in logs:
                if log is not logs[0]:
                    set_done(done)
                report = progress and _from(progress, log, done, total)
                ingester = _import_with_care(writer, log, encoding, members or [], report)
                summary.lines += ingester.line
                summary.records += ingester.counts.records
                summary.known += ingester.counts.known
                summary.unknown += ingester.counts.unknown
                summary.rejected += ingester.counts.rejected
                summary.unfinished += bool(log.unfinished)
                done += log.size
        summary.records -= writer.set_aside_count
        summary.rejected += writer.set_aside_count
        summary.calls = writer.new_calls
    summary.seconds = time.monotonic() - started
    return summary


def _opened(path: Path, name: str, encoding: str, time_zone: str | None) -> LogFile | TableLog:
    if name == STANDARD_INPUT or not is_table(Path(name)):
        return LogFile(name, encoding=encoding)
    if time_zone is None:
        with database_file.open_for_reading(path) as connection:
            time_zone = read_site(connection).time_zone
    return TableLog(Path(name), named_zone(time_zone))


def _from(progress: Progress, log: LogFile | TableLog, done: int, total: int) -> Callable[[], None]:
    return lambda: progress(log.name, done + log.bytes_read, total)


def _import_with_care(
    writer: Writer,
    log: LogFile | TableLog,
    encoding: str,
    members: list[ConfiguredMember],
    progress: Callable[[], None] | None,
) -> LogIngester:
    """Import a file; if SQLite rejects the rows of a record, import it again from its beginning."""
    set_aside, calls = writer.set_aside_count, writer.new_calls
    writer.savepoint_per_record = log.name == STANDARD_INPUT_NAME  # it cannot be read twice
    try:
        return _import_one(writer, log, encoding, progress)
    except RecordFaultError:
        writer.start_over()
        write_aliases(writer, members)
        writer.set_aside_count, writer.new_calls, writer.savepoint_per_record = set_aside, calls, True
        return _import_one(writer, log, encoding, progress)


def _import_one(
    writer: Writer, log: LogFile | TableLog, encoding: str, progress: Callable[[], None] | None
) -> LogIngester:
    ingester = LogIngester(writer, encoding=encoding)
    ingester.begin(log.name)
    rows = log.size // _BYTES_OF_A_ROW if log.is_large and not writer.savepoint_per_record else 0
    with writer.transaction(bulk=log.is_large, rows=rows):
        for block in log.blocks():
            ingester.ingest(block)
            writer.flush()
            if progress is not None:
                progress()
        ingester.finish()
        writer.flush()
        writer.write_source()
        ingester.write()
    return ingester
