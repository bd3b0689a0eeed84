"""A queue log kept as a table gives what the file would have given."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccmon.errors import CcmonError
from ccmon.sources.queue_log.import_files import import_logs
from tests.databases import new_database
from tests.public_data import FOLDERS
from tests.sources.queue_log.test_import import VISITS, rows, take, write
from tests.sources.queue_log.test_recording import log

PARIS = ZoneInfo("Europe/Paris")
COLUMNS = ("id", "time", "callid", "queuename", "agent", "event", "data1", "data2", "data3", "data4", "data5")


def as_row(number: int, line: str, zone: ZoneInfo | None = PARIS) -> tuple[object, ...]:
    """A line as Asterisk writes it to its table: local time, five columns of data, the rest joined in the last."""
    moment, callid, queue, agent, event, *data = line.split("|")
    at = datetime.fromtimestamp(int(moment), zone or UTC)
    head, rest = data[:4], "|".join(data[4:])
    return (number, f"{at:%Y-%m-%d %H:%M:%S}.000000", callid, queue, agent, event, *head, *[""] * (4 - len(head)), rest)


def in_sqlite(path: Path, table: Sequence[tuple[object, ...]]) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        columns = ", ".join(f"{name} {'INTEGER PRIMARY KEY' if name == 'id' else 'TEXT'}" for name in COLUMNS)
        connection.execute(f"CREATE TABLE queue_log ({columns})")
        connection.executemany(f"INSERT INTO queue_log VALUES ({', '.join('?' * len(COLUMNS))})", table)
        connection.commit()
    return path


def in_csv(path: Path, table: Sequence[tuple[object, ...]], delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(COLUMNS)
        writer.writerows(table)
    return path


@pytest.mark.parametrize("form", ["sqlite", "comma", "tab"])
def test_the_recording_as_a_table_is_the_recording(path: Path, tmp_path: Path, form: str) -> None:
    # A member's name with a | in it has a column of its own in the table, which a line does not tell.
    lines = [line for line in log().decode().splitlines() if "A|B" not in line and "|Pipe" not in line]
    other = new_database(tmp_path / "other.db", time_zone="Europe/Paris")
    take(path, write(tmp_path / "queue_log", *lines))
    table = [as_row(number, line) for number, line in enumerate(lines, 1)]
    if form == "sqlite":
        file = in_sqlite(tmp_path / "asterisk.db", table)
    else:
        file = in_csv(tmp_path / "queue_log.csv", table, "\t" if form == "tab" else ",")
    summary = take(other, file)
    assert (summary.records, summary.rejected) == (len(lines), 0)
    assert rows(other, VISITS) == rows(path, VISITS)
    assert len(rows(path, VISITS)) > 250
    assert take(other, file).records == 0


def test_the_hour_that_comes_twice_is_told_apart_by_the_order(path: Path, tmp_path: Path) -> None:
    first = int(datetime(2026, 10, 25, 2, 50, tzinfo=PARIS).timestamp())
    moments = [first, first + 300, first + 1200, first + 3000, first + 4200]
    lines = [f"{at}|1.{n}|sales|NONE|ENTERQUEUE||7|1" for n, at in enumerate(moments)]
    table = [as_row(number, line) for number, line in enumerate(lines, 1)]
    assert [str(row[1])[11:16] for row in table] == ["02:50", "02:55", "02:10", "02:40", "03:00"]
    take(path, in_sqlite(tmp_path / "asterisk.db", table))
    assert [at for (at,) in rows(path, "SELECT entered_at / 1000 FROM calls ORDER BY call_id")] == moments


def test_times_in_utc_or_as_numbers_and_the_columns_of_queuemetrics(path: Path, tmp_path: Path) -> None:
    line = "1795422000|1.1|sales|NONE|ENTERQUEUE||7|1"
    import_logs(path, [str(in_sqlite(tmp_path / "a.db", [as_row(1, line, None)]))], source="a", time_zone="UTC")
    metrics = tmp_path / "metrics.csv"
    metrics.write_text(
        "partition;time_id;call_id;queue;agent;verb;data1;data2;data3\nP1;1795422000;1.1;sales;NONE;ENTERQUEUE;;7;1\n"
    )
    import_logs(path, [str(metrics)], source="b")
    found = rows(path, "SELECT source, entered_at, caller FROM calls ORDER BY source")
    assert found == [("a", 1_795_422_000_000, "7"), ("b", 1_795_422_000_000, "7")]


def test_what_is_wrong_with_a_table_is_said(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "none.db")) as connection:
        connection.execute("CREATE TABLE other (a)")
    with pytest.raises(CcmonError, match="holds no queue log that can be read: no such table: queue_log"):
        take(path, tmp_path / "none.db")
    (tmp_path / "short.csv").write_text("callid,event,time\n1,2,3\n")
    with pytest.raises(CcmonError, match="is no queue log: it has no column agent"):
        take(path, tmp_path / "short.csv")
    bad = in_csv(tmp_path / "bad.csv", [(1, "yesterday", "1.1", "sales", "NONE", "ENTERQUEUE", "", "7", "1", "", "")])
    assert take(path, bad).rejected == 1
    assert rows(path, "SELECT reason FROM rejected_lines") == [("does not start with a time in seconds",)]
    with pytest.raises(CcmonError, match="did you mean Europe/Paris"):
        import_logs(path, [str(bad)], source="x", time_zone="Europe/Pariss")


@pytest.mark.parametrize("folder", FOLDERS)
def test_another_sites_realtime_table(path: Path, tmp_path: Path, folder: Path) -> None:
    source = folder / "queue_log_malariapbx2023" / "queue_log.sql"
    found = re.findall(r"\((\d+,.*?)\)(?=[,;])", source.read_text().partition("VALUES")[2])
    table = [tuple(next(csv.reader([row], quotechar="'"))) for row in found]
    summary = take(path, in_sqlite(tmp_path / "asterisk.db", table))
    assert (summary.records, summary.rejected, summary.unknown.total()) == (len(table), 0, 0)
    events = [row[5] for row in table]
    outcomes = dict(rows(path, "SELECT class, count(*) FROM calls GROUP BY class"))
    assert outcomes == {
        "answered": events.count("CONNECT"),
        "abandoned": events.count("ABANDON"),
        "timed_out": events.count("EXITWITHTIMEOUT"),
    }


@pytest.mark.parametrize("form", ["sqlite", "comma"])
def test_a_row_that_cannot_be_is_set_aside_and_the_rest_goes_in(path: Path, tmp_path: Path, form: str) -> None:
    number = "9" * 20
    good = as_row(1, "1795422000|1.1|sales|NONE|ENTERQUEUE||0612|1")
    moments = ["0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "1999-12-31 12:00:00", number, "", "x", "\x01"]
    nasty = [(2 + place, moment, *good[2:]) for place, moment in enumerate(moments)]
    end = as_row(20, f"1795422009|1.1|sales|NONE|ABANDON|1|1|{number}")
    table = [good, *nasty, end]
    file = in_sqlite(tmp_path / "log.db", table) if form == "sqlite" else in_csv(tmp_path / "log.csv", table)
    if form == "sqlite":
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(
                "INSERT INTO queue_log SELECT 30, time, callid, CAST(x'ff31' AS TEXT), agent, event, 9e999, x'00ff',"
                " NULL, 1.5, '' FROM queue_log WHERE id = 1"
            )
    summary = take(path, file)
    assert (summary.records, summary.rejected) == (2, len(nasty) + (form == "sqlite"))
    assert rows(path, "SELECT outcome, (ended_at - entered_at) / 1000 FROM calls") == [("abandoned", 9)]
    assert rows(path, "SELECT incomplete_records FROM sources") == [(1,)]
