"""A queue log that is being written: the position read up to, and where reading resumes after a rotation.

A position in a log is an offset and an anchor, a digest of the bytes before it. The anchor distinguishes the same log
under another name (rotation by rename) or in another file (copy and truncate) from a new one, whatever its inode and
size are now.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

_ANCHOR_BYTES = 256
_ROTATED = re.compile(r"[.-][0-9][0-9T:_.-]*")


@dataclass(frozen=True, slots=True)
class LogPosition:
    """How far a log has been read: to the end of a line."""

    offset: int = 0
    line: int = 0
    """Number of lines before the position."""
    anchor: str = ""
    """Digest of up to 256 bytes before the position."""

    def as_json(self) -> dict[str, Any]:
        """The position as JSON, for `Writer.write_source`."""
        return {"offset": self.offset, "line": self.line, "anchor": self.anchor}

    @classmethod
    def from_json(cls, stored: Any) -> Self | None:
        """The counterpart of `as_json`; None for anything else."""
        try:
            return cls(int(stored["offset"]), int(stored["line"]), str(stored["anchor"]))
        except (TypeError, KeyError, ValueError):
            return None


class FollowedLog:
    """One open log file."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            OSError: it cannot be opened.
        """
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        found = os.fstat(self._file)
        self.identity = (found.st_dev, found.st_ino)
        self.position = LogPosition()
        self._seen = (-1, -1)
        """Size and time of modification when it was last read to its end."""

    def close(self) -> None:
        """Close it."""
        os.close(self._file)

    @property
    def size(self) -> int:
        """Its present size in bytes."""
        return os.fstat(self._file).st_size

    def has_news(self) -> bool:
        """Whether it has changed since the last `read` found nothing: more was written, or it was truncated."""
        found = os.fstat(self._file)
        return (found.st_size, found.st_mtime_ns) != self._seen

    def holds(self, position: LogPosition) -> bool:
        """Whether this is the log that was read up to ``position``."""
        if position.offset > self.size:
            return False
        return position.offset == 0 or self._anchor(position.offset) == position.anchor

    def read(self, most: int) -> list[bytes]:
        """The next finished lines, without their ends; none if no line is finished. `position` moves past them.

        Args:
            most: bytes to look at, at most.
        """
        found = os.fstat(self._file)
        data = b""
        while True:
            block = os.pread(self._file, most, self.position.offset + len(data))
            data += block
            end = data.rfind(b"\n") + 1
            if end or not block:
                break
        if not end:
            self._seen = (found.st_size, found.st_mtime_ns)
            return []
        lines = data[: end - 1].split(b"\n")
        offset = self.position.offset + end
        self.position = LogPosition(offset, self.position.line + len(lines), self._anchor(offset))
        return lines

    def has_more(self) -> bool:
        """Whether there is anything after the position."""
        return self.size > self.position.offset

    def unfinished(self) -> bytes:
        """The text after the last finished line."""
        return os.pread(self._file, 1 << 20, self.position.offset)

    def _anchor(self, offset: int) -> str:
        start = max(0, offset - _ANCHOR_BYTES)
        return blake2b(os.pread(self._file, offset - start, start), digest_size=16).hexdigest()


def is_empty(path: Path) -> bool:
    """Whether the file of this name is empty or missing."""
    try:
        return path.stat().st_size == 0
    except OSError:
        return True


def open_log(path: Path) -> FollowedLog | None:
    """The log of this name; None if it does not exist yet.

    Raises:
        OSError: it exists but cannot be read.
    """
    try:
        return FollowedLog(path)
    except FileNotFoundError:
        return None


def rotated(path: Path) -> list[Path]:
    """Older parts of a log beside it, the oldest first: ``queue_log.0``, ``queue_log.1``, ``queue_log-20261123``."""
    siblings = []
    with suppress(OSError):
        for sibling in path.parent.iterdir():
            if sibling.name.startswith(path.name) and _ROTATED.fullmatch(sibling.name[len(path.name) :]):
                with suppress(OSError):  # one may be removed meanwhile
                    siblings.append((sibling.stat().st_mtime_ns, sibling))
    return [sibling for _, sibling in sorted(siblings)]
