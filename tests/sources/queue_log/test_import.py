"""Importing queue logs: nothing twice, nothing lost, whatever the files look like."""

from __future__ import annotations

import gzip
import io
import random
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from ccmon.database import database_file, totals
from ccmon.errors import CcmonError
from ccmon.sources.queue_log.import_files import Summary, import_logs
from tests.examples import every
from tests.sources.queue_log.database_contents import contents
from tests.sources.queue_log.test_recording import log

BASE = 1_795_422_000


def take(path: Path, *files: Path | str) -> Summary:
    return import_logs(path, [str(file) for file in files], source="queue-log")


def write(path: Path, *records: str) -> Path:
    path.write_text("".join(f"{record}\n" for record in records))
    return path


def rows(path: Path, query: str) -> list[Any]:
    connection = database_file.open_reader(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def between_seconds(lines: list[bytes], near: int) -> int:
    """The next place to cut at which no second lies on both sides."""
    return next(cut for cut in range(near, len(lines)) if lines[cut][:10] != lines[cut - 1][:10])


def nobody_named(missed: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Missed calls without the call: one that rang without its entry being known keeps no name."""
    return sorted(row[2:] for row in missed)


VISITS = (
    "SELECT call_id, visit, (entered_at/1000)-1795422000, (answered_at/1000)-1795422000, "
    "(ended_at/1000)-1795422000, outcome, ended_by FROM calls ORDER BY call_id, visit"
)


def test_twice_changes_nothing(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "queue_log"
    file.write_bytes(log())
    first = take(path, file)
    once = contents(path)
    second = take(path, file)
    assert contents(path) == once
    assert (first.records, first.calls, first.unknown.total()) == (1168, 272, 12)
    assert (second.records, second.known, second.calls) == (0, 1168, 0)


def test_rotated_copies_and_overlaps_change_nothing(path: Path, tmp_path: Path, empty_database: Path) -> None:
    """A copy, parts of the log cut anywhere, compressed ones among them, in any order and beside the whole."""
    whole = tmp_path / "queue_log"
    whole.write_bytes(log())
    take(path, whole)
    expected = contents(path)
    lines = log().splitlines(keepends=True)
    chance = random.Random(7)
    for _ in range(3):
        parts: list[Path] = []
        for start in range(0, len(lines), 300):
            part = tmp_path / f"queue_log.{len(parts)}"
            part.write_bytes(b"".join(lines[max(0, start - chance.randrange(50)) : start + 300]))
            parts.append(part)
        compressed = tmp_path / "queue_log.9.gz"
        compressed.write_bytes(gzip.compress(b"".join(lines[200:500])))
        chance.shuffle(parts)
        other = Path(shutil.copy(empty_database, tmp_path / "other.db"))
        take(other, *parts, compressed, parts[0])
        assert contents(other) == expected
        take(path, *parts, compressed)
        assert contents(path) == expected


def without_desks(members: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Not those who log in by an interface and work under a name: the later part alone cannot say that they are one."""
    return [row for row in members if not re.search(r"7\d$", row[1])]


def test_older_history_after_newer(path: Path, tmp_path: Path, empty_database: Path) -> None:
    """The second half first, then the first: every visit is as if both had come in order."""
    whole = tmp_path / "queue_log"
    whole.write_bytes(log())
    take(path, whole)
    expected = contents(path)
    lines = log().splitlines(keepends=True)
    for cut in (between_seconds(lines, near) for near in range(20, len(lines), 97 * every(3))):
        older, newer = tmp_path / "older", tmp_path / "newer"
        older.write_bytes(b"".join(lines[:cut]))
        newer.write_bytes(b"".join(lines[cut:]))
        other = Path(shutil.copy(empty_database, tmp_path / "other.db"))
        take(other, newer)
        take(other, older)
        found = contents(other)
        assert found["calls"] == expected["calls"], cut
        assert nobody_named(found["missed_calls"]) == nobody_named(expected["missed_calls"]), cut
        assert without_desks(found["queue_members"]) == without_desks(expected["queue_members"]), cut
        connection = database_file.open_reader(other)
        assert totals.check(connection) == [], cut
        connection.close()


def test_a_lost_log_found_again(path: Path, tmp_path: Path, empty_database: Path) -> None:
    whole = tmp_path / "queue_log"
    whole.write_bytes(log())
    take(path, whole)
    expected = contents(path)
    lines = log().splitlines(keepends=True)
    for first, second in ((200, 400), (350, 351), (600, 1100), (50, 1000)):
        begin, end = between_seconds(lines, first), between_seconds(lines, second)
        parts = [lines[:begin], lines[end:], lines[begin:end]]
        other = Path(shutil.copy(empty_database, tmp_path / "other.db"))
        for part in parts:
            whole.write_bytes(b"".join(part))
            take(other, whole)
        found = contents(other)
        assert found["calls"] == expected["calls"], (first, second)
        assert nobody_named(found["missed_calls"]) == nobody_named(expected["missed_calls"])


def test_standard_input(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(log())))
    assert take(path, "-").calls == 272


def test_unfinished_last_line_is_left_for_the_next_time(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "queue_log"
    record = f"{BASE + 40}|1.1|sales|Ann|COMPLETEAGENT|5|33|1\n"
    start = f"{BASE}|1.1|sales|NONE|ENTERQUEUE||100|1\n{BASE + 7}|1.1|sales|Ann|CONNECT|7|1.2|2\n"
    file.write_text(start + record[:-4])
    assert take(path, file).unfinished == 1
    assert rows(path, VISITS) == [("1.1", 1, 0, 7, None, None, None)]
    file.write_text(start + record)
    assert take(path, file).known == 2
    assert rows(path, VISITS) == [("1.1", 1, 0, 7, 40, "answered", "agent")]


def test_garbage_is_kept_and_the_rest_goes_in(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "queue_log"
    file.write_bytes(
        b"\xff\xfe\x00garbage\n"
        b"\n"
        b"no pipes at all\n"
        + f"{BASE}|1.1|sales|NONE|ENTERQUEUE||100|1\r\n".encode()
        + f"{BASE + 1}|1.1|sales\n".encode()
        + f"{BASE + 2}|1.1|sales|Zo\xeb|CONNECT|2|x|1\n".encode("latin-1")
        + f"{BASE + 3}|NONE|sales|NONE|ENTERQUEUE||7|1\n".encode()
        + f"{BASE + 4}|1.1|sales||CONNECT|7|1.2|2\n".encode()
        + f"{BASE + 5}|1.1|sales|NONE|SOMETHINGNEW|7\n".encode()
        + b"12|1.1|sales|NONE|ABANDON|1|1|9\n"
        + f"{BASE + 9}|1.1|sales|NONE|ABANDON|1|1|9\r\n".encode()
    )
    summary = take(path, file)
    assert (summary.lines, summary.records, summary.rejected, summary.unknown) == (11, 3, 7, {"SOMETHINGNEW": 1})
    assert rows(path, VISITS) == [("1.1", 1, 0, None, 9, "abandoned", "caller")]
    kept = rows(path, "SELECT file, line, reason, content FROM rejected_lines ORDER BY line")
    assert [(name, line) for name, line, *_ in kept] == [(str(file), line) for line in (1, 3, 5, 6, 7, 8, 10)]
    assert kept[0][2:] == ("holds bytes that are no text", "\\xff\\xfe\\x00garbage")
    assert kept[5][2] == "CONNECT names no agent"
    before = contents(path)
    assert take(path, file).rejected == 0
    assert contents(path) == before


def test_zeros_that_a_crash_left_before_a_record_do_not_take_it_away(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "queue_log"
    file.write_bytes(
        f"{BASE}|1.1|sales|NONE|ENTERQUEUE||100|1\n".encode()
        + bytes(4096)
        + f"{BASE + 9}|NONE|NONE|NONE|QUEUESTART|\n".encode()
        + bytes(7)
        + b"\n"
        + f"{BASE + 12}|1.2|sales|NONE|ENTERQUEUE||101|1\n".encode()
    )
    summary = take(path, file)
    assert (summary.records, summary.rejected) == (3, 1)
    assert rows(path, VISITS) == [("1.1", 1, 0, None, 9, "unknown", None), ("1.2", 1, 12, None, None, None, None)]
    file.write_bytes(file.read_bytes().replace(b"\0", b""))
    assert take(path, file).known == 3


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: None, "No such file"),
        (lambda path: path.write_bytes(random.Random(1).randbytes(400_000)), "is no queue log"),
        (lambda path: path.write_bytes(gzip.compress(b"1\n" * 9000)[:-9]), "damaged or cut short"),
    ],
)
def test_what_cannot_be_imported(path: Path, tmp_path: Path, make: object, sentence: str) -> None:
    file = tmp_path / "queue_log"
    assert callable(make)
    make(file)
    before = contents(path)
    with pytest.raises(CcmonError, match=sentence):
        take(path, file)
    assert contents(path) == before


def test_empty_log(path: Path, tmp_path: Path) -> None:
    assert take(path, write(tmp_path / "queue_log")).lines == 0


def test_a_bad_file_leaves_the_good_ones(path: Path, tmp_path: Path) -> None:
    good = write(tmp_path / "good", f"{BASE}|1.1|sales|NONE|ENTERQUEUE||100|1")
    bad = tmp_path / "bad"
    bad.write_bytes(gzip.compress(f"{BASE + 5}|1.1|sales|NONE|ABANDON|1|1|5\n".encode())[:-4])
    with pytest.raises(CcmonError):
        take(path, good, bad)
    assert rows(path, "SELECT count(*) FROM calls WHERE ended_at IS NOT NULL") == [(0,)]
