"""Whether a database can still grow where it lies."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

LEAST = 256 * 1024
"""Fewer bytes do not hold what SQLite writes at once."""


class DiskSpace(Struct, frozen=True):
    """What is free on a file system, for accounts without special rights."""

    free: int
    """In bytes."""
    free_share: float
    has_inodes: bool
    """Whether another file can be made, as SQLite does beside a database."""

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be written."""
        return self.free < LEAST or not self.has_inodes


def disk_space(database: Path) -> DiskSpace | None:
    """What is free where a database lies; None if the system does not say."""
    with suppress(OSError):
        found = os.statvfs(os.path.dirname(os.path.realpath(database)))  # noqa: PTH120
        share = found.f_bavail / max(1, found.f_blocks)
        return DiskSpace(found.f_bavail * found.f_frsize, share, not found.f_files or found.f_favail > 0)
    return None


def is_read_only(database: Path) -> bool:
    """Whether the file system that a database lies on is mounted so that nobody can write there."""
    with suppress(OSError):
        return bool(os.statvfs(os.path.dirname(os.path.realpath(database))).f_flag & os.ST_RDONLY)  # noqa: PTH120
    return False


def is_full(database: Path) -> bool:
    """Whether nothing more can be written where a database lies."""
    space = disk_space(database)
    return space is not None and space.is_full
