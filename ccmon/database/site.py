"""The site whose calls a database holds, and its time zone."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from ccmon.database.database_file import open_for_reading
from ccmon.database.driver import Database
from ccmon.errors import CcmonError
from ccmon.model.site import Site


def read_site(connection: sqlite3.Connection) -> Site:
    """The one row that says what the site is."""
    return Database(connection).one_row("site", Site)


def site_zone(connection: sqlite3.Connection) -> ZoneInfo:
    """The site's time zone."""
    return named_zone(read_site(connection).time_zone)


def zone_of_database(path: Path) -> ZoneInfo:
    """The time zone of a call database's site.

    Raises:
        CcmonError: no call database is there.
    """
    with open_for_reading(path) as connection:
        return site_zone(connection)


def named_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name.

    Raises:
        CcmonError: there is none; the sentence names one that is written alike.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a directory's name an OSError
        import difflib  # noqa: PLC0415 (few write a wrong name)

        known = {each.lower(): each for each in available_timezones()}
        word = name.strip().replace(" ", "_").lower()
        by_city = {each.rpartition("/")[2]: whole for each, whole in sorted(known.items())}
        near = [known[match] for match in difflib.get_close_matches(word, known, n=1, cutoff=0.7)]
        near += [by_city[match] for match in difflib.get_close_matches(word.rpartition("/")[2], by_city, n=1)]
        hint = f"did you mean {near[0]}?" if near else "give an IANA name such as Europe/Amsterdam."
        raise CcmonError(f"There is no time zone {name!r}; {hint}") from None
