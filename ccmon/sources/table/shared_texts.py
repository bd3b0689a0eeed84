"""The texts that cells of a workbook share, kept in a temporary file: there may be another one for each cell."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache

from ccmon.errors import CcmonError, os_error

_IN_MEMORY = 1 << 20
"""So many bytes of texts need no file yet."""
_CACHED = 2_000
"""Texts that are kept in memory, too: names of queues and the like stand in many cells."""


class SharedTexts:
    """Texts by number, in the order in which they were added."""

    def __init__(self) -> None:
        """No texts; to be closed after use."""
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, prefix="ccmon-")  # noqa: SIM115
        self._ends = array("Q", [0])
        """Where each text ends in the file, after where the first begins."""
        self._cached = lru_cache(_CACHED)(self._read)

    def extend(self, texts: Iterable[str]) -> None:
        """Add texts after those that are there.

        Raises:
            CcmonError: there is no room for them.
        """
        for text in texts:
            content = text.encode()
            try:
                self._file.write(content)
            except OSError as error:
                raise _no_room(error) from None
            self._ends.append(self._ends[-1] + len(content))
        try:
            self._file.flush()
        except OSError as error:
            raise _no_room(error) from None

    def __getitem__(self, number: int) -> str:
        """The text with a number; the first has 0.

        Raises:
            IndexError: there is none.
        """
        return self._cached(number)

    def _read(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        start, end = self._ends[number], self._ends[number + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode()

    def close(self) -> None:
        """Remove the temporary file."""
        with suppress(OSError):  # of what could not be written
            self._file.close()


def _no_room(error: OSError) -> CcmonError:
    return CcmonError(os_error(f"The texts of the workbook cannot be copied to {tempfile.gettempdir()}", error))
