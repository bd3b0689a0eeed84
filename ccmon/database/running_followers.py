"""Whether followers whose sign of life is late still run: the database does not change when one is killed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from ccmon.model.sources import FOLLOWED_KINDS, Source

LATE_MS = 8_000
"""Followers give a sign of life every five seconds. While they do, a reader looks at nothing but the database."""


def with_running(path: Path, sources: Sequence[Source], at: int) -> Sequence[Source]:
    """The sources of a database, with `running` and `disk_is_full` of those that are late; the same object if none is.

    Args:
        path: the database.
        sources: its sources.
        at: now, by the floor's clock.
    """
    for each in sources:
        if _is_late(each, at):
            break
    else:
        return sources
    from ccmon.database.disk_space import is_full  # noqa: PLC0415 (seldom needed)
    from ccmon.database.source_lock import is_locked  # noqa: PLC0415

    no_room = is_full(path)
    return [
        replace(each, running=is_locked(path, each.name, each.process_namespace), disk_is_full=no_room)
        if _is_late(each, at)
        else each
        for each in sources
    ]


def _is_late(source: Source, at: int) -> bool:
    is_ours = bool(source.following) and source.kind in FOLLOWED_KINDS
    return is_ours and (source.checked_at is None or at - source.checked_at > LATE_MS)
