"""Two recorded floors, written record by record: what a live reader keeps is what reading everything gives."""

from __future__ import annotations

import lzma
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import database_file, floor_reader
from ccmon.database.driver import Database
from ccmon.database.live_rows import LiveRows
from ccmon.database.writer import Writer
from ccmon.snapshot import assemble, assemble_cached
from ccmon.snapshot.cached_snapshot import CachedSnapshot
from ccmon.snapshot.floor_data import FloorData
from ccmon.snapshot.input_cache import InputCache
from ccmon.sources.freeswitch.reported_agents import ReportedAgents
from ccmon.sources.freeswitch.translator import EventTranslator
from ccmon.sources.queue_log.ingester import LogIngester
from tests.database.test_live_rows import are_same_objects, fields
from tests.databases import new_database
from tests.examples import every
from tests.sources import freeswitch_recording

QUEUE_LOG = Path(__file__).parents[1] / "data" / "asterisk_run1" / "queue_log.xz"
POLL_MS = 1_000
STRIDE, FIRST = every(16), 3
Recording = Callable[[Writer], Iterator[int]]


def queue_log(writer: Writer) -> Iterator[int]:
    """Write a line at a time; yields the moment of each before it is written."""
    ingester = LogIngester(writer)
    for line in lzma.decompress(QUEUE_LOG.read_bytes()).splitlines():
        at = int(line.split(b"|", 1)[0]) * 1000
        yield at
        with writer.transaction():
            ingester.begin("queue_log", trusted=True)
            ingester.ingest([line])
            writer.flush()
            writer.write_source(checked_at=at)


def freeswitch(writer: Writer) -> Iterator[int]:
    """Write an event at a time, and what the switch answered; yields the moment of each before it is written."""
    translator, answers = EventTranslator(ReportedAgents()), list(freeswitch_recording.moments())
    for at, event in freeswitch_recording.events():
        yield at
        news = [*translator.expire(at), *translator.translate(at, event)]
        while answers and at >= answers[0].at:
            news += translator.reported.refresh(at, answers.pop(0).tables)
        if news:
            writer.apply(news)
            writer.commit(checked_at=at)


class Reader:
    """Polls, and compares what it keeps with what is read and assembled from nothing.

    It compares the first polls that find each kind of change, and every `STRIDE`-th: what was kept too long then shows.
    """

    def __init__(self, database: Database, at: int) -> None:
        self.at = at
        self.assembled = self.reused = 0
        self._database = database
        self._live, self._cache = LiveRows(), InputCache()
        self._before: FloorData | None = None
        self._floor: CachedSnapshot | None = None
        self._polls: Counter[tuple[bool, ...]] = Counter()

    def is_compared(self, data: FloorData) -> bool:
        kind = tuple(
            getattr(data, name) is not getattr(self._before, name, None) for name in FloorData.__struct_fields__
        )
        self._polls[kind] += 1
        return self._polls[kind] <= FIRST or self._polls.total() % STRIDE == 0

    def poll(self, at: int) -> None:
        self.at, fresh = at, None
        with self._database.read_transaction():
            data = self._live.read(self._database, at)
            if self.is_compared(data):
                fresh = floor_reader.read_floor_data(self._database, at, is_latest=True)
                assert fields(data) == fields(fresh), at
        if self._before is not None:
            are_same_objects(self._before, data)
        self._before = data
        snapshot = None if self._floor is None else self._floor.snapshot_at(data, at, None)
        if snapshot is None:
            self._floor = assemble_cached(data, at, periodic=None, cache=self._cache)
            snapshot = self._floor.snapshot
            self.assembled += 1
        else:
            self.reused += 1
        assert fresh is None or snapshot == assemble(fresh, at), at


@pytest.mark.parametrize("recording", [queue_log, freeswitch])
def test_cached_rows_and_figures_are_those_read_from_nothing(tmp_path: Path, recording: Recording) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    with (
        Writer(path, source="pbx", kind="freeswitch", following=True) as writer,
        closing(database_file.open_reader(path)) as connection,
    ):
        moments = recording(writer)
        reader, written_at = Reader(Database(connection), next(moments)), 0
        for at in moments:
            # A poll after each record, and each second until the next one.
            reader.poll(max(written_at + POLL_MS // 4, reader.at + 1))
            while reader.at + POLL_MS < at:
                reader.poll(reader.at + POLL_MS)
            written_at = at
    assert reader.assembled > 100
    assert reader.reused > 50
