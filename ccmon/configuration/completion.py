"""What a shell offers for the name and the value of a setting, read without what only a change of one needs."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from ccmon import settings
from ccmon.configuration.names import Name, parse, quoted
from ccmon.configuration.site_columns import DAYS_TOGETHER, SECTIONS, SINGLE_ROWS, column_named, own_columns
from ccmon.database.cell_types import CellType
from ccmon.database.database_file import open_for_reading
from ccmon.database.table_specs import KINDS
from ccmon.errors import CcmonError, UsageError
from ccmon.metrics.opening_hours import WEEKDAYS

_WHOLE_PARTS = re.compile(r"""(?:(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^."']+)\.)*""")
_QUOTA = {column.name: column.words for column in KINDS["quotas"].columns}

Names = Callable[[str], list[str]]
"""The names of the rows of a section."""


def names(typed: str, database: Path | None, *, whole: bool = False) -> list[str]:
    """The names that begin as typed: up to the next dot, unless only one goes on there.

    Args:
        typed: the beginning of a name.
        database: the one that an option names, else that of the settings. Without one, only what needs none is offered.
        whole: whether they are offered as a whole instead.
    """
    found = _WHOLE_PARTS.match(typed)
    above = found[0] if found else ""
    with suppress(UsageError):  # a part is no part of a name
        return list(_offered(above, typed.removeprefix(above), rows_of(database), whole=whole))
    return []


def _offered(above: str, rest: str, rows: Names, *, whole: bool) -> Iterator[str]:
    """The names below a part that begin with a rest."""
    node = parse(above[:-1]) if above else ()
    found = [(_written(part), goes_on) for part, goes_on in _parts_below(node, rows) if _written(part).startswith(rest)]
    for part, goes_on in found:
        if goes_on and (whole or len(found) == 1):
            yield from _offered(f"{above}{part}.", "", rows, whole=whole)
        else:
            yield f"{above}{part}{'.' * goes_on}"


def values(name: str, database: Path | None) -> list[str]:
    """The values that a setting may have, where these are a choice; none where they are not."""
    try:
        section, *parts = parse(name)
    except UsageError:
        return []
    if not parts:
        return list(settings.CHOICES.get(section, ()))
    column = column_named((section, *parts))
    if column is None:
        return []
    if column.refers_to:
        return rows_of(database)(f"{column.refers_to}s")
    return ["yes", "no"] if column.type is CellType.FLAG else list(column.words)


def _written(part: str) -> str:
    """A part of a name, quoted only where it must be."""
    return quoted(part) if re.search(r"""[."']|^\s|\s$|^$""", part) else part


def rows_of(database: Path | None) -> Names:
    """What reads the names in a database; there are none where it cannot be read."""

    def rows(section: str) -> list[str]:
        spec = SECTIONS[section]
        place = spec.fields.index(spec.key_fields[0][0])
        with suppress(CcmonError, sqlite3.Error, OSError):
            path = settings.load().database if database is None else database
            with open_for_reading(path) as connection:
                return sorted({str(row[place]) for row in connection.execute(spec.find(()))})
        return []

    return lru_cache(rows)


def _parts_below(node: Name, rows: Names) -> Iterator[tuple[str, bool]]:
    """The parts that may follow those of a name, each with whether others follow it."""
    if not node:
        yield from ((name, False) for name in settings.file_setting_names())
        yield from ((section, True) for section in (settings.KEYS, *SECTIONS))
        return
    section, *parts = node
    if section == settings.KEYS and not parts:
        from ccmon.views.keys import KEYS  # noqa: PLC0415 - few map a key

        yield from ((key.id, False) for key in KEYS)
    spec = SECTIONS.get(section)
    if spec is None:
        return
    if section == "quotas":
        yield from _parts_of_quota(parts, rows)
    elif section == "opening_hours":
        yield from ((day, False) for day in (*WEEKDAYS, *DAYS_TOGETHER) if not parts)
    elif not parts and spec not in SINGLE_ROWS:
        yield from ((name, bool(own_columns(spec))) for name in rows(section))
    elif len(parts) < (1 if spec in SINGLE_ROWS else 2):
        yield from ((name, False) for name in own_columns(spec))


def _parts_of_quota(parts: list[str], rows: Names) -> Iterator[tuple[str, bool]]:
    levels: list[Callable[[], list[str]]] = [lambda: list(_QUOTA["scope"])]
    if parts and parts[0] != "centre":
        if parts[0] not in _QUOTA["scope"]:
            return
        levels.append(lambda: rows(f"{parts[0]}s"))
    levels += [lambda: list(_QUOTA["period"]), lambda: list(own_columns(KINDS["quotas"]))]
    if len(parts) < len(levels):
        yield from ((part, len(parts) + 1 < len(levels)) for part in levels[len(parts)]())
