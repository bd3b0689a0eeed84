"""What the values of shared options mean."""

from __future__ import annotations

from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ccmon.views.moments import Present


def database_path(option: Path | None) -> Path:
    """A command's database: the option, else ``CCMON_DB``, else the settings, else the default path."""
    if option is not None:
        return option
    from ccmon.partial_imports import import_parts

    import_parts("msgspec")
    from ccmon import settings

    return settings.load().database


def present_of(database: Path) -> Present:
    """The present of a database's floor, by which a time that somebody has typed is read.

    Raises:
        CcmonError: the database cannot be read.
    """
    from datetime import date
    from zoneinfo import ZoneInfo

    from ccmon.database.database_file import open_for_reading
    from ccmon.database.driver import Database
    from ccmon.database.moments import read_site_and_day
    from ccmon.database.reader import floor_now
    from ccmon.views.moments import Present

    with open_for_reading(database) as connection:
        now = floor_now(connection)
        site, day = read_site_and_day(Database(connection), now)
    return Present(now, ZoneInfo(site.time_zone), date.fromisoformat(day.date), site.day_starts_ms)
