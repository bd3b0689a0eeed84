"""Where calls come from, as one word of an answer says it."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from ccmon.database.source_status import SourceRow
from ccmon.errors import UsageError
from ccmon.model.sources import default_source_name
from ccmon.services.unit import FollowArguments

LOCAL = "127.0.0.1"
MANAGER_PORT, EVENT_SOCKET_PORT = 5038, 8021
NONE, MANAGER = "none", "ami"
_ADDRESS = re.compile(r"[\w.-]+:\d{1,5}")
_FOLLOW_KINDS = {
    "none": "none", "queue-log": "queue-log", "ami": "ami", "event-socket": "freeswitch", "callcenter": "freeswitch",
}  # fmt: skip
"""By the kind of a source, the command of ``ccmon follow``."""
_SQLITE = b"SQLite format 3\0"
FORMS = (
    f"a queue log's path, {MANAGER}, {MANAGER}+PATH (with the queue log), HOST:PORT of FreeSWITCH's event socket, "
    f"the path of its callcenter.db, or {NONE}"
)


class FollowedSource(Struct, frozen=True):
    """Which program or file tells about calls."""

    kind: str
    """queue-log, ami, event-socket, callcenter, none."""
    log: Path | None = None
    address: str = ""
    database: Path | None = None

    @property
    def has_password(self) -> bool:
        """Whether it asks for a user and a password."""
        return self.kind in {"ami", "event-socket"}

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Where it listens."""
        host, _, port = (self.address or f"{LOCAL}:{MANAGER_PORT}").rpartition(":")
        return host, int(port)

    @property
    def name(self) -> str:
        """Its name in the database."""
        return default_source_name(_FOLLOW_KINDS[self.kind], has_queue_log=self.log is not None)

    @property
    def answer(self) -> str:
        """The word that `parse` reads as this source."""
        match self.kind:
            case "queue-log":
                return str(self.log)
            case "ami":
                return f"{MANAGER}+{self.log}" if self.log else MANAGER
            case "event-socket":
                return self.address
            case "callcenter":
                return str(self.database)
        return NONE

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
            "none": [],
            "queue-log": [str(self.log), *(["--queues-conf", str(queues_conf)] if queues_conf else [])],
            "ami": [*login, *(["--queue-log", str(self.log)] if self.log else [])],
            "event-socket": ["--event-socket", self.address, *login],
            "callcenter": ["--database", str(self.database)],
        }[self.kind]
        return [_FOLLOW_KINDS[self.kind], *words] if words else []

    @classmethod
    def from_follow_arguments(cls, given: FollowArguments) -> FollowedSource | None:
        """The source that the words of a service follow; None if they name none."""
        log, database = given.options.get("--queue-log"), given.options.get("--database")
        match given.kind:
            case "queue-log" if given.file is not None:
                return cls("queue-log", log=Path(given.file))
            case "ami":
                return cls("ami", log=Path(log) if log else None)
            case "freeswitch" if "--event-socket" in given.options:
                beside = Path(database) if database else None
                return cls("event-socket", address=given.options["--event-socket"], database=beside)
            case "freeswitch" if database:
                return cls("callcenter", database=Path(database))
        return None

    def __str__(self) -> str:
        """In words."""
        return {
            "queue-log": f"Asterisk's queue log {self.log}",
            "ami": "Asterisk's manager" + (f" with the queue log {self.log}" if self.log else ""),
            "event-socket": f"FreeSWITCH's event socket {self.address}",
            "callcenter": f"FreeSWITCH's database {self.database}",
            "none": "nothing is followed",
        }[self.kind]


def parse(text: str) -> FollowedSource:
    """The source that a text names.

    Raises:
        UsageError: it names none.
    """
    word = text.strip()
    if word.lower() == NONE:
        return FollowedSource("none")
    if word.lower() == MANAGER:
        return FollowedSource("ami")
    if word.lower().startswith(f"{MANAGER}+"):
        return FollowedSource("ami", log=_file(word[len(MANAGER) + 1 :]))
    if _ADDRESS.fullmatch(word) and not Path(word).exists():
        return FollowedSource("event-socket", address=word)
    path = _file(word)
    with path.open("rb") as file:
        is_database = file.read(len(_SQLITE)) == _SQLITE
    return FollowedSource("callcenter", database=path) if is_database else FollowedSource("queue-log", log=path)


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
    if row.kind == "queue-log" and row.origin:
        return row.origin if Path(row.origin).is_file() else None
    if row.kind == "ami":
        return MANAGER
    if row.kind == "freeswitch" and row.origin:
        return row.origin
    return None
