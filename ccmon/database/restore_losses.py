"""What a database holds beside a copy that is to take its place, and what a source cannot report again after that."""

from __future__ import annotations

import re
import sqlite3
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from ccmon.database.database_file import open_for_reading
from ccmon.database.driver import Database
from ccmon.database.moments import newest_moment
from ccmon.database.restore import former_name
from ccmon.database.site import site_zone
from ccmon.database.source_status import SourceRow
from ccmon.errors import CcmonError
from ccmon.formatting import iso_minute, plain

_ADDRESS = re.compile(r".*:\d+")
"""Of a program of the switch's; other origins are files."""


class HoldingsCounts(Struct, frozen=True):
    """How many rows of what a person would miss. A row of ``holdings``."""

    calls: int
    sales: int
    follow_ups: int
    acts: int
    """On follow-ups."""
    changes: int
    """Of the configuration."""


class Holdings(Struct, frozen=True):
    """What a database holds."""

    newest_at: int | None
    """The moment of its newest data, as the doctor has it: of what the switch reported, else of anything; None: none.

    What persons did to follow-ups has a line of its own.
    """
    zone: ZoneInfo
    counts: HoldingsCounts


def holdings(path: Path) -> Holdings | None:
    """What a database of the present schema holds; None: there is none, or it cannot be read."""
    with suppress(CcmonError, sqlite3.Error), open_for_reading(path) as connection:
        database = Database(connection)
        newest = newest_moment(database)
        return Holdings(
            newest.reported_at or newest.anything_at or None,
            site_zone(connection),
            database.one_row("holdings", HoldingsCounts),
        )
    return None


def lost_by_restoring(copy: Path, database: Path, usual: Path | None = None) -> list[str]:
    """A sentence for each source that has, or may have, reported something since a copy was made, and does not keep it.

    Args:
        copy: what is about to be put in the place; of the present schema.
        database: the place; there need not be a database, nor one that can be read.
        usual: the database that commands use by themselves; with all that is in the copy it is the original, and stays
            where it is if nothing is in the place.
    """
    kept = _sources(copy) or {}
    with open_for_reading(copy) as connection:
        zone = site_zone(connection)
    is_there = database.exists()
    if not is_there and usual is not None:
        original = _sources(usual) or {}
        if all(name in original and _ends(original[name]) >= _ends(row) for name, row in kept.items()):
            return []
    now = _sources(database)
    stay = f"; they stay only in {former_name(database)}" if is_there else ""
    lost = []
    for row in (kept if now is None else now).values():
        ends = _ends(kept[row.name]) if row.name in kept else 0
        if now is not None and _ends(row) <= ends:
            continue
        since = f"calls since {iso_minute(ends, zone)}" if ends else "all its calls"
        if now is None:
            since = f"{since}, if there were any,"
        text = _loss(row, since, stay)
        if text:
            lost.append(f"{plain(row.name)}: {text}")
    return lost


def is_followed(path: Path) -> bool:
    """Whether news of a source of a database is expected; not where there is no database, or none that can be read."""
    return any(row.following for row in (_sources(path) or {}).values())


def _sources(path: Path) -> dict[str, SourceRow] | None:
    """The sources of a database by name; None: there is no database, or it cannot be read."""
    with suppress(CcmonError, sqlite3.Error), open_for_reading(path) as connection:
        return {row.name: row for row in Database(connection).rows("sources", SourceRow)}
    return None


def _ends(source: SourceRow) -> int:
    """When a source's newest record is; 0: it has none."""
    return source.last_record_at or 0


def _loss(source: SourceRow, since: str, stay: str) -> str:
    """What becomes of the calls of a source; empty if it tells of them again by itself."""
    is_program = _ADDRESS.fullmatch(source.origin or "") is not None
    match source.kind:
        case "ami" if is_program:
            return (
                f"{since} are not in the switch any more{stay}. Asterisk's queue log, where it writes one, gives "
                "them back: import its lines of that time."
            )
        case "freeswitch" if is_program:
            return f"{since} are not in the switch any more{stay}."
        case "freeswitch":
            return f"{since} cannot be read from FreeSWITCH again, except those of the last minute{stay}."
        case "table":
            return f"{since} come back only if their files are imported again{stay}."
        case "queue-log" | "ami" | "simulator":
            return ""
    return f"{since} have to be written again by the program that wrote them{stay}."
