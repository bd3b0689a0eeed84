"""Write the calls of a table, batch by batch; each transaction also records the position reached in the file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from ccmon.database import database_file, progress
from ccmon.database.bulk_insert import deferred_checks, insert_staged
from ccmon.database.connection import savepoint, transaction
from ccmon.database.driver import Database
from ccmon.database.floor_writer import NameIds
from ccmon.database.site import read_site
from ccmon.database.source_lock import SourceLock
from ccmon.database.source_records import FaultyRecord, is_of_a_record
from ccmon.database.source_state import source_position
from ccmon.database.sql_files import sql
from ccmon.database.table_writer import TableWriter
from ccmon.database.totals import bulk_load
from ccmon.database.visit_numbers import VisitNumbers
from ccmon.real_time import real_now

BULK_FROM = 2_000
"""From this many rows in a batch, counting them set by set is quicker than each by triggers."""
_BULK_UP_TO = 3
"""Batches. Where rows change, their days are counted again: slower where they hold more calls than this, as in a file
without order."""


class TableCalls(NamedTuple):
    """Calls as a table describes them, by column: each holds the values of all calls."""

    call_id: Sequence[str | None]
    """None: the row's own number is its name (`CallTableWriter.write` must know it)."""
    visit: Sequence[int | None]
    """None: the number that the row has among this call's rows in its file."""
    direction: Sequence[str]
    queue: Sequence[str | None]
    campaign: Sequence[str | None]
    agent: Sequence[str | None]
    customer: Sequence[str | None]
    caller: Sequence[str | None]
    caller_name: Sequence[str | None]
    entered_at: Sequence[int]
    answered_at: Sequence[int | None]
    ended_at: Sequence[int]
    wrapped_up_at: Sequence[int | None]
    hold_ms: Sequence[int | None]
    outcome: Sequence[str]
    ended_by: Sequence[str | None]
    disposition: Sequence[str | None]
    right_party: Sequence[int | None]
    reason: Sequence[str | None]
    score: Sequence[int | None]
    scale: Sequence[int | None]

    @property
    def size(self) -> int:
        """How many calls there are."""
        return len(self.call_id)

    @staticmethod
    def joined(each: Sequence[TableCalls]) -> TableCalls:
        """The calls of several batches, one after the other."""
        return TableCalls._make(list(chain.from_iterable(columns)) for columns in zip(*each, strict=True))

    def chosen(self, places: Sequence[int]) -> TableCalls:
        """The calls at the given places, in that order."""
        return TableCalls._make([column[place] for place in places] for column in self)


class WrittenCalls(NamedTuple):
    """What became of a batch."""

    added: int
    changed: int


class CallTableWriter:
    """Writes one file of one source into the database. Use as a context manager; what is not committed is lost."""

    def __init__(self, path: Path, source: str, file: Path, *, dry_run: bool = False) -> None:
        """Open the database and lock the source, so that nobody else writes it.

        Args:
            path: the call database.
            source: what ``calls.source`` says.
            file: the table.
            dry_run: roll back each batch at once, and make no file.

        Raises:
            CcmonError: the database cannot be opened, or another program writes this source.
        """
        self.path = path
        self._source = source
        self._file = file
        self._dry_run = dry_run
        started_at = real_now()
        self._started_at: int | None = started_at
        self._lock = SourceLock(path, source, make=not dry_run)
        try:
            self._connection = database_file.open_writer(path)
        except BaseException:
            self._lock.release()
            raise
        self._names = NameIds(self._connection)
        self._tables = TableWriter(self._connection, now=started_at)
        self._visits = VisitNumbers(self._connection, source, dry_run=dry_run)
        last = source_position(self._connection, source)
        self.position: dict[str, Any] = json.loads(last.position) if last.position else {}
        """Where the last import of this source ended, as it was given to `write`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._lock.release()

    @property
    def time_zone(self) -> str:
        """The site's time zone."""
        return read_site(self._connection).time_zone

    def long_work(self, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Show the progress of an import of several batches, by `ccmon.database.progress.long_work`.

        Args:
            total: size of the file in bytes.
        """
        return progress.long_work(self._connection, f"import of {self._file.name}", total)

    def begin(self) -> None:
        """Start the file from its beginning: forget which of its lines were rejected before, and how many."""
        connection = self._connection
        with transaction(connection):
            taken_in = Database(connection).values("delete_rejected_lines_of_file", (self._source, str(self._file)))
            counts = {"rejected": len(taken_in) - sum(taken_in), "incomplete": sum(taken_in)}
            connection.execute(sql("subtract_rejected_lines"), {"source": self._source, **counts})

    def resume(self) -> bool:
        """Go on with the file from `position`; return whether the rows before it must be passed to `pass_over`."""
        return self._visits.resume(self.position)

    def pass_over(self, calls: TableCalls) -> None:
        """Note calls already in the database, so that further rows of theirs become further visits."""
        named = zip(calls.call_id, calls.visit, strict=True)
        self._visits.of([call_id for call_id, visit in named if call_id is not None and visit is None])

    def write(
        self,
        calls: TableCalls,
        rejected: Sequence[FaultyRecord],
        position: dict[str, Any],
        *,
        on_rejected: Callable[[int, Exception], None] | None = None,
    ) -> WrittenCalls:
        """Write a batch in one transaction.

        Args:
            calls: each with its call id.
            rejected: lines that could not be understood, or that were ingested without an impossible number.
            position: the place in the file up to which everything is written.
            on_rejected: called with the place and the error of a call that the database rejects, before ``rejected`` is
                written; None: the error ends the import.

        Raises:
            sqlite3.Error: an error of the database; nothing of the batch is written.
        """
        # Names found in a batch that is rolled back are gone afterwards.
        self._names = NameIds(self._connection) if self._dry_run else self._names
        calls = self._numbered(calls)
        with transaction(self._connection, keep=not self._dry_run):
            written = self._written(calls, on_rejected)
            self._write_source(max(calls.ended_at, default=None), written, rejected, position)
        return written

    def end(self, position: dict[str, Any]) -> None:
        """Note that the whole file has been read."""
        with transaction(self._connection, keep=not self._dry_run):
            self._write_source(None, WrittenCalls(0, 0), (), position)

    def known_share(self, calls: TableCalls) -> float:
        """The share of the calls' ids that this source has already."""
        call_ids = set(calls.call_id)
        known = {"source": self._source, "call_ids": json.dumps(list(call_ids))}
        number: int = Database(self._connection).value("count_known_calls", known)
        return number / max(1, len(call_ids))

    def like_share(self, calls: TableCalls) -> float:
        """The share of calls that began and ended together with one of this source, from the same number."""
        each = list(zip(calls.caller, calls.entered_at, calls.ended_at, strict=True))
        number: int = Database(self._connection).value(
            "count_like_calls", {"source": self._source, "calls": json.dumps(each)}
        )
        return number / max(1, calls.size)

    def _numbered(self, calls: TableCalls) -> TableCalls:
        """The calls, each with its visit number."""
        named = zip(calls.call_id, calls.visit, strict=True)
        numbers = iter(self._visits.of([call_id or "" for call_id, visit in named if visit is None]))
        return calls._replace(visit=[next(numbers) if visit is None else visit for visit in calls.visit])

    def _written(self, calls: TableCalls, on_rejected: Callable[[int, Exception], None] | None) -> WrittenCalls:
        """Write all calls together; if the database rejects one, write each by itself."""
        try:
            return self._write_calls(calls)
        except (sqlite3.Error, ValueError, OverflowError) as error:
            if on_rejected is None or not is_of_a_record(error):
                raise
        added = changed = 0
        for place in range(calls.size):
            try:
                one = self._write_calls(calls.chosen([place]))
            except (sqlite3.Error, ValueError, OverflowError) as error:
                on_rejected(place, error)
            else:
                added, changed = added + one.added, changed + one.changed
        return WrittenCalls(added, changed)

    def _write_calls(self, calls: TableCalls) -> WrittenCalls:
        """Write calls, their reasons and their scores: all or nothing."""
        with self._all_or_nothing():
            written = self._write_rows(calls)
            self._write_reasons_and_scores(calls)
            return written

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        try:
            with savepoint(self._connection):
                yield
        except BaseException:
            # Names found on the way are gone after the rollback.
            self._names = NameIds(self._connection)
            raise

    def _few_days(self, calls: TableCalls) -> bool:
        """Whether the days of these calls hold few others."""
        moments = min(calls.entered_at), max(calls.entered_at)
        others: int = Database(self._connection).value("count_calls_between", moments)
        return bool(others < _BULK_UP_TO * calls.size)

    def _write_rows(self, calls: TableCalls) -> WrittenCalls:
        connection, names = self._connection, self._names
        customers = [customer for customer in dict.fromkeys(calls.customer) if customer is not None]
        self._tables.insert_trusted("customers", [{"reference": customer} for customer in customers])
        columns = [
            [self._source] * calls.size,
            calls.call_id,
            calls.visit,
            calls.direction,
            names.ids(names.queues, names.queue, calls.queue),
            names.ids(names.campaigns, names.campaign, calls.campaign),
            names.ids(names.agents, names.agent, calls.agent),
            calls.customer,
            calls.caller,
            calls.caller_name,
            calls.entered_at,
            calls.answered_at,
            calls.ended_at,
            calls.wrapped_up_at,
            calls.hold_ms,
            calls.outcome,
            calls.ended_by,
            calls.disposition,
            calls.right_party,
        ]
        many = calls.size >= BULK_FROM
        with (
            bulk_load(connection, appends_to="calls") if many else nullcontext(),
            deferred_checks(connection, "calls", calls.size),
        ):
            added = insert_staged(connection, "insert_table_call", columns)
        if added == calls.size:
            return WrittenCalls(added, 0)
        with bulk_load(connection) if many and self._few_days(calls) else nullcontext():
            changed = connection.executemany(sql("update_table_call"), zip(*columns, strict=True)).rowcount
        return WrittenCalls(max(0, added), max(0, changed))

    def _write_reasons_and_scores(self, calls: TableCalls) -> None:
        """Write reasons and scores."""
        connection, source = self._connection, self._source
        keyed = zip(calls.call_id, calls.visit, calls.reason, strict=True)
        reasons = [(source, *key, reason) for *key, reason in keyed if reason is not None]
        if reasons:
            names = dict.fromkeys(reason for *_, reason in reasons)
            self._tables.insert_trusted("contact-reasons", [{"name": name} for name in names])
            connection.executemany(sql("delete_replaced_call_reason"), reasons)
            connection.executemany(sql("insert_primary_call_reason"), reasons)
        scored = zip(calls.call_id, calls.visit, calls.score, calls.scale, strict=True)
        scores = [(source, *key, score, scale) for *key, score, scale in scored if score is not None]
        if scores:
            connection.executemany(sql("update_call_score"), scores)
            connection.executemany(sql("insert_call_score"), scores)

    def _write_source(
        self, last: int | None, written: WrittenCalls, rejected: Sequence[FaultyRecord], position: dict[str, Any]
    ) -> None:
        now = real_now()
        self._connection.executemany(sql("insert_rejected_line"), [(self._source, *line, now) for line in rejected])
        row = {
            "name": self._source,
            "kind": "table",
            "path": str(self._file),
            "following": 0,
            "started_at": self._started_at,
            "last_record_at": last,
            "checked_at": None,
            "records": written.added,
            "unknown": 0,
            "rejected": sum(not line.taken_in for line in rejected),
            "incomplete": sum(line.taken_in for line in rejected),
            "position": json.dumps(position | self._visits.position()),
            "carried": None,
            "process_namespace": None,
        }
        self._connection.execute(sql("write_source"), row)
        self._started_at = None
