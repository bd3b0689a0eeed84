"""Text files as programs write them: compressed, in any encoding, with a line for Excel, through a pipe."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import threading
from pathlib import Path

import pytest

from ccmon.errors import CcmonError
from ccmon.sources.table.file_content import PipedFile, readable_file
from ccmon.sources.table.row_reader import find_format, open_rows
from ccmon.sources.table.text_form import find_separator

ROWS = [["id", "naam", "bedrag"], ["1", "Zoë", "1,5"], ["2", "Bé", "2,5"]]
TEXT = "\n".join(";".join(row) for row in ROWS) + "\n"


def read(path: Path, encoding: str | None = None, separator: str | None = None) -> list[list[str]]:
    with open_rows(path, find_format(path, encoding, separator)) as (rows, _):
        return [row.cells for row in rows]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("first", ["", "sep=;\n", '"sep=;"\n', "SEP=;\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"])
@pytest.mark.parametrize("compressed", [False, True])
def test_however_it_is_written(tmp_path: Path, line_end: str, first: str, encoding: str, compressed: bool) -> None:
    content = (first + TEXT).replace("\n", line_end).encode(encoding)
    path = tmp_path / "export.txt"
    path.write_bytes(gzip.compress(content) if compressed else content)
    assert read(path) == ROWS


def test_a_byte_order_mark_is_stronger_than_what_is_said(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TEXT.encode("utf-8-sig"))
    assert read(path, "utf-8") == ROWS
    assert read(path, "windows-1252") == ROWS


def test_the_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("sep=;\n\na;b\n1;2\n")
    with open_rows(path, find_format(path)) as (rows, _):
        assert [(row.line, row.cells) for row in rows] == [(3, ["a", "b"]), (4, ["1", "2"])]


def test_a_separator_that_a_person_names_is_the_one(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("sep=;\na,b\n1,2;3\n")
    assert read(path, separator=",") == [["a", "b"], ["1", "2;3"]]


TITLE = "Report, November\n"
LONG_TITLE = "Made on Monday, 30 November, by Eva\n\n"


@pytest.mark.parametrize("titles", ["", TITLE, LONG_TITLE, TITLE + LONG_TITLE, "Report\nNovember\n"])
@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("day;amount", "{0:02}-11-2026;{0},50 €"),  # the head has no comma, and each row one
        ("wait;talk", "{0},5;{0},7"),  # more commas than semicolons
        ("id;day;amount", "O-{0};2026-11-{0:02};{0},50"),
    ],
)
def test_titles_and_decimal_commas_do_not_hide_the_separator(titles: str, head: str, row: str) -> None:
    rows = "".join(f"{row.format(number)}\n" for number in range(1, 20))
    assert find_separator(f"{titles}{head}\n{rows}") == ";"


def test_the_bytes_of_a_compressed_file_are_counted_as_they_lie_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode() * 5_000, mtime=0))
    with open_rows(path, find_format(path)) as (rows, bytes_read):
        list(rows)
        assert bytes_read() == path.stat().st_size < len(TEXT) * 100


def test_a_compressed_file_that_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    whole = gzip.compress(os.urandom(200_000).hex().encode() + b"\n" + TEXT.encode(), mtime=0)
    path.write_bytes(whole[:-50])
    with open_rows(path, find_format(path)) as (rows, _), pytest.raises(CcmonError, match="compressed, and broken"):
        list(rows)


def test_a_pipe_can_be_read_more_than_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(gzip.compress(TEXT.encode()),))
    writer.start()
    with readable_file(pipe) as file:
        writer.join()
        assert isinstance(file, PipedFile)
        assert (str(file), file.name, f"{file}") == (str(pipe), str(pipe), str(pipe))
        assert read(file) == read(file) == ROWS
        held = Path(os.fspath(file))
        assert held.exists()
    assert not held.exists()


def test_a_file_is_read_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with readable_file(path) as file:
        assert file is path


def test_an_error_of_the_copy_is_told_and_one_of_what_reads_it_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a;b")))
    with pytest.raises(PermissionError), readable_file(Path("-")) as file:
        assert Path(os.fspath(file)).read_bytes() == b"a;b"
        raise PermissionError
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(CcmonError, match=r"^standard input cannot be copied to .*/none: "), readable_file(Path("-")):
        pass


def test_what_has_come_through_a_pipe_is_told(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = os.urandom(600_000)
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    told: list[int] = []
    with readable_file(pipe, told.append) as file:
        writer.join()
        assert Path(os.fspath(file)).read_bytes() == content
    assert len(told) > 2
    assert told == sorted(set(told))
    assert told[-1] == len(content)
