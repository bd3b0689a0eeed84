"""Where calls come from, as one word of an answer says it."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from ccmon.database.source_status import SourceRow
from ccmon.errors import UsageError
from ccmon.model.sources import default_source_name
from ccmon.services.specifiers import UnknownWord
from ccmon.services.unit import FollowArguments

LOCAL = "127.0.0.1"
MANAGER_PORT, EVENT_SOCKET_PORT = 5038, 8021
_ADDRESS = re.compile(r"[\w.-]+:\d{1,5}")
READ_BYTES = 1 << 16
"""Of the beginning of a file, to see whether it is a queue log."""
_LINE = re.compile(rb"\d+(\.\d+)?\|[^|]*\|[^|]*\|[^|]*\|[A-Z]")
_SQLITE = b"SQLite format 3\0"


class SourceKind(StrEnum):
    """What kind of program or file tells about calls."""

    NONE = "none"
    QUEUE_LOG = "queue-log"
    AMI = "ami"
    """Asterisk's manager, with or without the queue log."""
    EVENT_SOCKET = "event-socket"
    """FreeSWITCH's."""
    CALLCENTER = "callcenter"
    """FreeSWITCH's callcenter.db alone."""

    @property
    def follow_command(self) -> str:
        """The command of ``ccmon follow``, which is also the kind of source in the database."""
        return "freeswitch" if self in {SourceKind.EVENT_SOCKET, SourceKind.CALLCENTER} else self.value


FORMS = (
    f"a queue log's path, {SourceKind.AMI}, {SourceKind.AMI}+PATH (with the queue log), HOST:PORT of FreeSWITCH's "
    f"event socket, the path of its callcenter.db, or {SourceKind.NONE}"
)


class FollowedSource(Struct, frozen=True):
    """Which program or file tells about calls."""

    kind: SourceKind
    log: Path | None = None
    address: str = ""
    database: Path | None = None

    @property
    def has_password(self) -> bool:
        """Whether it asks for a user and a password."""
        return self.kind in {SourceKind.AMI, SourceKind.EVENT_SOCKET}

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Where it listens."""
        host, _, port = (self.address or f"{LOCAL}:{MANAGER_PORT}").rpartition(":")
        return host, int(port)

    @property
    def name(self) -> str:
        """Its name in the database."""
        return default_source_name(self.kind.follow_command, has_queue_log=self.log is not None)

    @property
    def answer(self) -> str:
        """The word that `parse` reads as this source."""
        match self.kind:
            case SourceKind.NONE:
                return SourceKind.NONE.value
            case SourceKind.QUEUE_LOG:
                return str(self.log)
            case SourceKind.AMI:
                return f"{SourceKind.AMI}+{self.log}" if self.log else SourceKind.AMI.value
            case SourceKind.EVENT_SOCKET:
                return self.address
            case SourceKind.CALLCENTER:
                return str(self.database)

    @property
    def files(self) -> list[Path]:
        """The files that are followed."""
        return [path for path in (self.log, self.database) if path is not None]

    def follow_arguments(self, user: str, password_file: str, queues_conf: Path | None) -> list[str]:
        """The words after ``ccmon follow`` that follow it.

        Args:
            user: of the switch; empty: none.
            password_file: for a source that asks for a password.
            queues_conf: Asterisk's, for a queue log.
        """
        login = [*(["--user", user] if user else []), "--password-file", password_file]
        words = {
            SourceKind.NONE: [],
            SourceKind.QUEUE_LOG: [str(self.log), *(["--queues-conf", str(queues_conf)] if queues_conf else [])],
            SourceKind.AMI: [*login, *(["--queue-log", str(self.log)] if self.log else [])],
            SourceKind.EVENT_SOCKET: ["--event-socket", self.address, *login],
            SourceKind.CALLCENTER: ["--database", str(self.database)],
        }[self.kind]
        return [self.kind.follow_command, *words] if words else []

    @classmethod
    def from_follow_arguments(cls, given: FollowArguments) -> FollowedSource | None:
        """The source that the words of a service follow; None if they name none, or it is not known which."""
        log, database = given.options.get("--queue-log"), given.options.get("--database")
        named = given.file, log, database, given.options.get("--event-socket")
        if any(isinstance(each, UnknownWord) for each in named):
            return None
        match given.kind:
            case "queue-log" if given.file is not None:
                return cls(SourceKind.QUEUE_LOG, log=Path(given.file))
            case "ami":
                return cls(SourceKind.AMI, log=Path(log) if log else None)
            case "freeswitch" if "--event-socket" in given.options:
                beside = Path(database) if database else None
                return cls(SourceKind.EVENT_SOCKET, address=given.options["--event-socket"], database=beside)
            case "freeswitch" if database:
                return cls(SourceKind.CALLCENTER, database=Path(database))
        return None

    def __str__(self) -> str:
        """In words."""
        return {
            SourceKind.QUEUE_LOG: f"Asterisk's queue log {self.log}",
            SourceKind.AMI: "Asterisk's manager" + (f" with the queue log {self.log}" if self.log else ""),
            SourceKind.EVENT_SOCKET: f"FreeSWITCH's event socket {self.address}",
            SourceKind.CALLCENTER: f"FreeSWITCH's database {self.database}",
            SourceKind.NONE: "nothing is followed",
        }[self.kind]


def parse(text: str) -> FollowedSource:
    """The source that a text names.

    Raises:
        UsageError: it names none.
    """
    word = text.strip()
    if word.lower() == SourceKind.NONE:
        return FollowedSource(SourceKind.NONE)
    if word.lower() == SourceKind.AMI:
        return FollowedSource(SourceKind.AMI)
    if word.lower().startswith(f"{SourceKind.AMI}+"):
        return FollowedSource(SourceKind.AMI, log=_queue_log(_file(word.partition("+")[2])))
    if _ADDRESS.fullmatch(word) and not Path(word).exists():
        return FollowedSource(SourceKind.EVENT_SOCKET, address=word)
    path = _file(word)
    with path.open("rb") as file:
        is_database = file.read(len(_SQLITE)) == _SQLITE
    if is_database:
        return FollowedSource(SourceKind.CALLCENTER, database=path)
    return FollowedSource(SourceKind.QUEUE_LOG, log=_queue_log(path))


def _queue_log(path: Path) -> Path:
    """The same path, unless the file holds lines, and none that a queue log has.

    Raises:
        UsageError: it does.
    """
    with path.open("rb") as file:
        lines = [line for line in file.read(READ_BYTES).splitlines() if line.strip()]
    if lines and not any(map(_LINE.match, lines)):
        raise UsageError(
            f"{path} is no queue log: not one of its first {len(lines)} lines is. A table of calls is imported, and "
            f"not followed: --source none, then ccmon import table calls {shlex.quote(str(path))} (docs/tables.md)."
        )
    return path


def is_usable(answer: str) -> bool:
    """Whether an answer names a source that this account can read."""
    with suppress(UsageError):
        return bool(parse(answer))
    return False


def _file(text: str) -> Path:
    try:
        path = Path(text).expanduser().absolute()
        if path.is_dir():
            raise UsageError(f"{path} is a directory; name the queue log in it, or {FORMS.partition(', ')[2]}.")
        if not path.is_file():
            raise UsageError(f"There is no file {path}; name {FORMS}.")
        path.open("rb").close()
    except PermissionError:
        raise UsageError(f"{text} cannot be read: this account has no right to it.") from None
    except (OSError, RuntimeError, ValueError):
        raise UsageError(f"{text!r} is no source; name {FORMS}.") from None
    return path


def of_row(row: SourceRow) -> str | None:
    """The answer that a source of the database stands for."""
    if row.kind == SourceKind.QUEUE_LOG.follow_command and row.origin:
        return row.origin if Path(row.origin).is_file() else None
    if row.kind == SourceKind.AMI.follow_command:
        return SourceKind.AMI.value
    if row.kind == SourceKind.EVENT_SOCKET.follow_command and row.origin:
        return row.origin
    return None
