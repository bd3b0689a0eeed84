"""Reading queue logs as files: plain, compressed or standard input, in blocks of finished lines."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, cast

from ccmon.errors import CcmonError, os_error
from ccmon.real_time import real_now
from ccmon.sources.queue_log import lines as log_lines
from ccmon.sources.queue_log.translator import TRANSLATORS

BLOCK = 1 << 19
"""Bytes read at once, which is a batch's cost in memory."""

STANDARD_INPUT = "-"
STANDARD_INPUT_NAME = "standard input"

_LARGE = 1 << 18
_GZIP = b"\x1f\x8b"
_LONGEST = log_lines.LONGEST_LINE * 4


class LogFile:
    """One log, to be read from beginning to end."""

    def __init__(self, name: str, *, encoding: str = "utf-8") -> None:
        """Open a file (``-``: standard input) and read its first block to find its first record.

        Raises:
            CcmonError: it cannot be opened or read.
        """
        self.path = None if name == STANDARD_INPUT else Path(name)
        self.name = STANDARD_INPUT_NAME if name == STANDARD_INPUT else name
        self.size = 0
        """Bytes on disk; 0 for standard input."""
        self.unfinished = b""
        """The text after the last line end, once all is read."""
        self.bytes_read = 0
        """Bytes on disk read so far."""
        self._standard_input = self._read(sys.stdin.buffer) if self.path is None else None
        first = next(self.blocks(), [])
        self.is_large = self.size > _LARGE or sum(map(len, first)) > _LARGE
        """Whether it is large enough for a bulk load."""
        self.first_at = _first_moment(first, encoding)
        """Moment of the first record, Unix milliseconds; None if there is none near the beginning."""
        if self._standard_input is not None:
            self._standard_input = chain([first], self._standard_input)

    def blocks(self) -> Iterator[list[bytes]]:
        """Finished lines without their ends, many at a time.

        Raises:
            CcmonError: it cannot be read to its end.
        """
        if self._standard_input is not None:
            yield from self._standard_input
            return
        path = cast("Path", self.path)
        if path.is_dir():
            raise CcmonError(f"{path} is a directory; name the queue logs in it: {path}/queue_log*")
        with self._translate_errors(), path.open("rb") as raw:
            self.size = path.stat().st_size
            compressed = raw.read(2) == _GZIP
            raw.seek(0)
            file = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if compressed else raw
            for lines in self._read(file):
                self.bytes_read = raw.tell()
                yield lines

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise CcmonError(
                f"{self.name} is damaged or cut short: nothing of it was taken in; import a whole copy of it."
            ) from None
        except OSError as error:
            raise CcmonError(os_error(f"{self.name} cannot be read", error)) from None

    def _read(self, file: IO[bytes]) -> Iterator[list[bytes]]:
        rest = b""
        while block := file.read(BLOCK):
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            if len(rest) >= _LONGEST:
                lines.append(rest)
                rest = b""
            if lines:
                yield lines
        self.unfinished = rest


def _first_moment(lines: list[bytes], encoding: str) -> int | None:
    now = real_now()
    for line in log_lines.texts(lines[:1000], encoding):
        try:
            at, _ = log_lines.parse(line, TRANSLATORS, now)
        except ValueError:
            continue
        return at
    return None
