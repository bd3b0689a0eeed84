"""Opens a database for a single reading, in a thread, while the modules that read it are imported.

SQLite opens files and reads its schema, which takes 6 ms for two connections, without the interpreter. So this module
imports little, and nothing of msgspec or typing.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread  # threading takes as long as three of our modules
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from ccmon.database.connection import Connection
from ccmon.database.database_file import open_for_reading, second_reader

_MEMORY = 4 << 20
"""As much as a thread of SQLite's needs, in bytes."""


class Opening:
    """Two connections to a database, which are being opened; a context at whose end they are closed."""

    def __init__(self, path: Path) -> None:
        """Begin to open a database.

        Args:
            path: the database.
        """
        self.path = path
        self._opened = ExitStack()
        self._connections: tuple[Connection, Connection] | None = None
        self._error: Exception | None = None
        self._runs = allocate_lock()
        """Held while the thread runs."""
        self._runs.acquire()
        try:
            start_new_thread(self._open, ())
        except RuntimeError:  # this user may start no more threads
            self._open()

    def _open(self) -> None:
        try:
            _get_memory()
            connection = self._opened.enter_context(open_for_reading(self.path, any_thread=True))
            beside = self._opened.enter_context(second_reader(self.path, connection))
            self._connections = connection, beside
        except Exception as error:  # it is raised where the connections are asked for
            self._error = error
        finally:
            self._runs.release()

    def connections(self) -> tuple[Connection, Connection]:
        """Wait until they are open; any thread may use them.

        Raises:
            CcmonError: no call database of this version is there, or it cannot be read.
        """
        with self._runs:
            pass
        if self._connections is None:
            raise self._error or AssertionError
        return self._connections

    def __enter__(self) -> Opening:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections. SQLite's errors are translated."""
        with self._runs:
            pass
        self._opened.__exit__(kind, error, traceback)


def _get_memory() -> None:
    """Have the C library get this thread's memory at once, and keep what is freed.

    glibc would enlarge it by a page at a time, 900 times. A large block is mapped by itself; once one has been freed,
    others of that size come from the thread's memory, which is not given back.
    """
    for _ in range(2):
        bytes(_MEMORY)
