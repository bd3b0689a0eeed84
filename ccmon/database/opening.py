"""Opens a database for a single reading, in a thread, while the modules that read it are imported.

SQLite opens files and reads its schema, which takes 3 ms for each connection, without the interpreter. So this module
imports little, and nothing of msgspec or typing. While one connection reads the schema, the other is used already.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread  # threading takes as long as three of our modules
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType

from ccmon.database.connection import Connection
from ccmon.database.database_file import open_for_reading, read_schema, second_reader
from ccmon.database.sqlite_errors import translate_errors

TRIES = 10
"""How often two connections are brought to one moment."""
_MEMORY = 4 << 20
"""As much as a thread of SQLite's needs, in bytes."""


class Opening:
    """Two connections to a database as of one moment, which are being opened; at the context's end they are closed.

    They are the same connection where two cannot be brought to one moment.
    """

    def __init__(self, path: Path) -> None:
        """Begin to open a database.

        Args:
            path: the database.
        """
        self.path = path
        self._opened = ExitStack()
        self._connections: tuple[Connection, Connection] | None = None
        self._runs = allocate_lock()
        """Held while the thread runs."""
        self._opens = allocate_lock()
        """Held until both connections are open, or cannot be."""
        self._runs.acquire()
        self._opens.acquire()
        try:
            start_new_thread(self._open, ())
        except RuntimeError:  # this user may start no more threads
            self._open()

    def _open(self) -> None:
        """Never raise anything: others wait for both locks."""
        with suppress(Exception):  # it is met again where the connections are asked for
            _get_memory()
            self._connections = self._open_both()
        self._opens.release()
        if self._connections is not None:
            with suppress(Exception):  # the first query raises it again; lack of memory is no sqlite3.Error
                read_schema(self._connections[1])
        self._runs.release()

    def _open_both(self) -> tuple[Connection, Connection]:
        connection = self._opened.enter_context(open_for_reading(self.path, any_thread=True))
        beside = self._opened.enter_context(second_reader(self.path, connection))
        return connection, beside if _see_the_same(connection, beside) else connection

    def connections(self) -> tuple[Connection, Connection]:
        """Wait until they are open, each in a transaction; any thread may use them.

        Raises:
            CcmonError: no call database of this version is there, or it cannot be read.
        """
        with self._opens:
            pass
        if self._connections is None:
            # In the thread no error could be explained: what that takes would be imported while packages are in part.
            self._connections = self._open_both()
        return self._connections

    def check_unchanged(self) -> None:
        """Raise if what was read is of no use; needed only where the context does not end.

        Raises:
            ChangedWhileReadError: others have written what is read without locks.
        """
        with translate_errors(self.path):
            self.connections()[0].check_unchanged()

    def __enter__(self) -> Opening:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections. SQLite's errors are translated."""
        with self._runs:
            pass
        self._opened.__exit__(kind, error, traceback)


def _see_the_same(connection: Connection, other: Connection) -> bool:
    """Begin a transaction in each, so that both see the database as of one moment; return whether they do.

    The first notices what others have written since it was last asked. It begins after the other, so if nothing has
    been written by then, both see what was there before. Whoever may not write, and reads what nobody else has open,
    always notices something: SQLite then makes the index of the -wal file anew for each transaction.
    """
    version = _version(connection)
    for _ in range(TRIES):
        for each in (other, connection):
            each.execute("BEGIN")
            seen = _version(each)
        if seen == version:
            return True
        version = seen
        for each in (other, connection):
            each.execute("ROLLBACK")
    connection.execute("BEGIN")
    return False


def _version(connection: Connection) -> int:
    """A number that changes when others write; asking for it begins to read."""
    [(number,)] = connection.execute("PRAGMA data_version")
    return int(number)


def _get_memory() -> None:
    """Have the C library get this thread's memory at once, and keep what is freed.

    glibc would enlarge it by a page at a time, 900 times. A large block is mapped by itself; once one has been freed,
    others of that size come from the thread's memory, which is not given back.
    """
    for _ in range(2):
        bytes(_MEMORY)
