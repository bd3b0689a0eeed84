"""Rows that cannot be as they are, such as with seconds for milliseconds, which other programs have written by SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from msgspec import Struct

from ccmon.database.driver import Database
from ccmon.formatting import plural
from ccmon.plausibility import AHEAD_MS, EARLIEST_IN_TABLES_MS, PLANNED_AHEAD_MS
from ccmon.time_units import DAY_MS, MINUTE_MS

_MOST_NAMED = 5


class _ImpossibleRows(Struct, frozen=True):
    """Rows of a table with impossible moments in a column. A row of the query ``impossible_moments``."""

    kind: str
    """The table."""
    moment: str
    """The column."""
    number: int
    ids: str
    """The first ids, with commas between them."""


class _WrongRows(Struct, frozen=True):
    """Rows of a table in which a column cannot be as it is. A row of the query ``impossible_rows``."""

    kind: str
    """The table."""
    field: str
    """The column."""
    fault: str
    """What is wrong with it: the rest of a sentence."""
    number: int
    names: str
    """The first ids, or of quotas the keys, with commas between them."""


def impossible_rows(connection: sqlite3.Connection, at: int) -> Iterator[str]:
    """A sentence for each column that contradicts another, or holds what an import refuses: an answer before the entry.

    A switch's own moments may be a minute in the wrong order, as in an import. Moments that `impossible_moments` tells
    are left to it.

    Args:
        connection: to the database.
        at: the floor's moment.
    """
    limits = {
        "apart": MINUTE_MS,
        "day": DAY_MS,
        "earliest": EARLIEST_IN_TABLES_MS,
        "latest": at + PLANNED_AHEAD_MS,
        "named": _MOST_NAMED,
    }
    for found in Database(connection).rows("impossible_rows", _WrongRows, limits):
        more = f" and {found.number - _MOST_NAMED} more" if found.number > _MOST_NAMED else ""
        named = f"{'' if found.kind == 'quotas' else 'id '}{found.names}{more}"
        yield (
            f"{found.field} of {plural(found.number, '{n} row', '{n} rows')} of {found.kind} {found.fault} ({named}): "
            "correct or delete what is there"
        )


def impossible_moments(connection: sqlite3.Connection, at: int) -> Iterator[str]:
    """A sentence for each column with moments before 1990, more than a day ahead, or planned for too far ahead.

    Args:
        connection: to the database.
        at: the floor's moment.
    """
    limits = {
        "earliest": EARLIEST_IN_TABLES_MS,
        "latest": at + AHEAD_MS,
        "latest_plan": at + PLANNED_AHEAD_MS,
        "named": _MOST_NAMED,
    }
    for found in Database(connection).rows("impossible_moments", _ImpossibleRows, limits):
        more = f" and {found.number - _MOST_NAMED} more" if found.number > _MOST_NAMED else ""
        lies = "lies" if found.number == 1 else "lie"
        ahead = "ten years" if found.moment in {"due_at", "promised_at", "starts_at", "ends_at"} else "a day"
        yield (
            f"{found.moment} of {plural(found.number, '{n} row', '{n} rows')} of {found.kind} {lies} before 1990 "
            f"or more than {ahead} ahead (id {found.ids}{more}): "
            "write milliseconds since 1970, and correct or delete what is there"
        )
