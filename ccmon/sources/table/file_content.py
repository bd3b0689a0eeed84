"""What a file holds by its first bytes, and files without a place of their own: standard input and pipes."""

from __future__ import annotations

import gzip
import os
import stat
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from io import BufferedReader
from pathlib import Path, PosixPath
from typing import IO, cast

from ccmon.errors import CcmonError, os_error

SAMPLE_BYTES = 64 * 1024
"""The first bytes of a file, by which its form is found out."""
STANDARD_INPUT = "-"
"""How a command names standard input."""
_BLOCK = 256 * 1024
"""Bytes of a pipe that are copied at once."""
_GZIP = b"\x1f\x8b"
_SQLITE = b"SQLite format 3\0"
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The container of Office before 2007, and of a workbook that is protected by a password."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE = "open it in a spreadsheet program, and save it as XLSX or CSV"


class Content(StrEnum):
    """What a file holds."""

    TEXT = "text"
    SQLITE = "sqlite"
    WORKBOOK = "workbook"
    """An XLSX file."""


class PipedFile(PosixPath):
    """What came through a pipe, held in a temporary file. As a text it is what a person calls it."""

    said: str = "standard input"

    def __str__(self) -> str:
        return self.said

    def __fspath__(self) -> str:
        return super().__str__()

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.said


def as_typed(path: Path) -> str:
    """A file as it is named in a command."""
    return STANDARD_INPUT if isinstance(path, PipedFile) and path.said == PipedFile.said else str(path)


def name_of_rows(path: Path, kind: str, column: str) -> str:
    """The name of a file, by which rows without a name of their own are known.

    Raises:
        CcmonError: it came through a pipe: the next one would be called the same.
    """
    if isinstance(path, PipedFile):
        raise CcmonError(
            f"{kind.capitalize()} without a {column} are known by the name of their file, and {path} has none; import "
            f"a file, or name the column of {column} in the mapping."
        )
    return path.name


@contextmanager
def readable_file(path: Path, progress: Callable[[int], None] | None = None) -> Iterator[Path]:
    """A file that can be read several times: the file itself, or what comes through standard input or another pipe.

    Of a pipe a copy is kept on disk, in the folder for temporary files, until the context ends; ``progress`` is called
    with the bytes that have come so far.

    Raises:
        CcmonError: there is no room for the copy.
    """
    if not is_piped(path):
        yield path
        return
    is_input = str(path) == STANDARD_INPUT
    said = PipedFile.said if is_input else str(path)
    with ExitStack() as opened:
        try:
            copy = opened.enter_context(tempfile.NamedTemporaryFile(prefix="ccmon-"))
            opened_file = sys.stdin.buffer if is_input else opened.enter_context(path.open("rb"))
            source = cast("BufferedReader", opened_file)
            while block := source.read1(_BLOCK):  # what has come, without waiting for more
                copy.write(block)
                if progress is not None:
                    progress(copy.tell())
            copy.flush()
        except OSError as error:
            raise CcmonError(os_error(f"{said} cannot be copied to {tempfile.gettempdir()}", error)) from None
        piped = PipedFile(copy.name)
        piped.said = said
        yield piped


def is_piped(path: Path) -> bool:
    """Whether a file is standard input or another pipe, which can be read only once."""
    if str(path) == STANDARD_INPUT:
        return True
    try:
        mode = path.stat().st_mode
    except OSError:
        return False  # opening it says what is wrong
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def is_gzip(path: Path) -> bool:
    """Whether a file is compressed by gzip, whatever its name."""
    with path.open("rb") as file:
        return file.read(len(_GZIP)) == _GZIP


@contextmanager
def open_bytes(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The content of a file, decompressed if need be; and the file itself, whose place says how much has been read."""
    compressed = is_gzip(path)
    with path.open("rb") as raw:
        if not compressed:
            yield raw, raw
            return
        with gzip.GzipFile(fileobj=raw) as content:
            yield cast("IO[bytes]", content), raw


def first_bytes(path: Path) -> bytes:
    """The first bytes of what a file holds.

    Raises:
        CcmonError: it is compressed, and broken.
    """
    with open_bytes(path) as (content, _), broken_gzip(path):
        return content.read(SAMPLE_BYTES)


@contextmanager
def broken_gzip(path: Path) -> Iterator[None]:
    """Turn the errors of a broken compressed file into one sentence."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CcmonError(f"{path} is compressed, and broken ({error}); fetch it again.") from None


def content_of(path: Path, sample: bytes) -> Content:
    """What a file holds, by its first bytes.

    Raises:
        CcmonError: it is something that is no table; the sentence says what to do.
    """
    fault = None
    content = Content.TEXT
    if sample.startswith(_SQLITE):
        content = Content.SQLITE
    elif sample.startswith(_ZIP):
        content = Content.WORKBOOK
        fault = None if is_gzip(path) else _fault_of_archive(path)
    elif sample.startswith(_OLD_OFFICE):
        fault = _fault_of_old_office(path)
    elif sample.startswith(b"%PDF"):
        fault = "is a PDF: export the table itself, as XLSX or CSV"
    elif sample.lstrip(b"\xef\xbb\xbf \t\r\n")[:9].lower().startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        fault = f"is a web page or XML, whatever its name: {_SAVE}"
    if fault is None and content is not Content.TEXT and is_gzip(path):
        fault = "is compressed, and holds no text: decompress it first (gunzip)"
    if fault is not None:
        raise CcmonError(f"{path} {fault}.")
    return content


def _fault_of_archive(path: Path) -> str | None:
    """Why a ZIP archive is no workbook; None if it is one."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        return f"is broken ({error}): fetch it again, or {_SAVE}"
    fault = None
    if "xl/workbook.bin" in names:
        fault = f"is a binary workbook (XLSB): {_SAVE}"
    elif b"opendocument" in kind:
        fault = f"is an OpenDocument file (ODS): {_SAVE}"
    elif any(name.startswith("Index") and name.endswith((".iwa", ".zip")) for name in names):
        fault = "is a file of Numbers: export it from there as Excel (XLSX) or CSV"
    elif "[Content_Types].xml" not in names:
        fault = "is a ZIP archive: unpack it, and name the table in it"
    elif any(name.startswith(("word/", "ppt/")) for name in names):
        fault = "is no workbook: copy its table into a spreadsheet program, and save it as XLSX or CSV"
    return fault


def _fault_of_old_office(path: Path) -> str:
    with path.open("rb") as file:
        before = b""
        while block := file.read(SAMPLE_BYTES):
            if _ENCRYPTED in before + block:
                return "is protected by a password: save it without one, as XLSX or CSV"
            before = block[-len(_ENCRYPTED) :]
    return f"is a workbook of Excel before 2007 (XLS): {_SAVE}"


def real_path(path: Path) -> Path:
    """Where a file lies, for what takes a path as a text."""
    return Path(os.fspath(path))
