"""An import of several transactions: whoever looks in between is told that rows are still coming in."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ccmon.database import database_file, reader
from ccmon.errors import CcmonError
from ccmon.sources.queue_log.import_files import import_logs
from ccmon.sources.table.call_import import import_calls
from ccmon.sources.table.mapping import parse
from ccmon.sources.table.site_table_import import import_table
from tests.databases import new_database

MAPPING = 'source = "table"\n[call]\ncall_id = "id"\nentered_at = "at"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    new_database(tmp_path / "calls.db", time_zone="Europe/Amsterdam")
    return tmp_path / "calls.db"


class Watcher:
    """Looks at the database each time an import says how far it is."""

    def __init__(self, path: Path, table: str) -> None:
        self.path = path
        self.table = table
        self.seen: list[tuple[int, bool]] = []

    def __call__(self, *_: object) -> None:
        self.seen.append((self.rows(), reader.snapshot(self.path).incomplete is not None))

    def rows(self) -> int:
        connection = database_file.open_reader(self.path)
        try:
            [(number,)] = connection.execute(f"SELECT count(*) FROM {self.table}").fetchall()
            return int(number)
        finally:
            connection.close()

    def check(self, whole: int) -> None:
        """Part of the rows was seen, and never without being told."""
        between = {rows for rows, _ in self.seen} - {0, whole}
        assert between, self.seen
        assert all(told for rows, told in self.seen if rows in between)
        assert self.rows() == whole
        assert reader.snapshot(self.path).incomplete is None, "the import is over"


def test_a_table_of_calls(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text("id,at\n" + "".join(f"c{n},2026-11-23 10:00:{n:02}\n" for n in range(7)))
    watcher = Watcher(path, "calls")
    import_calls(path, file, parse(tomllib.loads(MAPPING), "M.toml"), batch=2, progress=watcher)
    watcher.check(7)


def test_a_table_of_records(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("reference,name\n" + "".join(f"K-{n},Customer {n}\n" for n in range(4500)))
    watcher = Watcher(path, "customers")
    import_table(path, "customers", file, progress=watcher)
    watcher.check(4500)


def test_queue_logs(path: Path, tmp_path: Path) -> None:
    files = []
    for number in range(3):
        file = tmp_path / f"queue_log.{number}"
        at = 1_795_440_600 + 1000 * number
        file.write_text(f"{at}|{at}.1|sales|NONE|ENTERQUEUE||030|1\n{at + 9}|{at}.1|sales|NONE|ABANDON|1|1|9\n")
        files.append(str(file))
    watcher = Watcher(path, "calls")
    import_logs(path, files, source="log", progress=watcher)
    watcher.check(3)


def test_what_fits_one_transaction_makes_nothing_unknown(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text("id,at\nc1,2026-11-23 10:00:00\n")
    watcher = Watcher(path, "calls")
    import_calls(path, file, parse(tomllib.loads(MAPPING), "M.toml"), progress=watcher)
    assert watcher.seen == [(1, False)]


def test_an_import_that_fails_is_over(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text("id,at\n" + "".join(f"c{n},2026-11-23 10:00:{n:02}\n" for n in range(7)))

    def fails(_: int) -> None:
        raise CcmonError("the disk is full")

    with pytest.raises(CcmonError):
        import_calls(path, file, parse(tomllib.loads(MAPPING), "M.toml"), batch=2, progress=fails)
    assert reader.snapshot(path).incomplete is None
